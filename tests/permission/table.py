"""The table of who may do what, as docs/permissions.md shows it."""

from pathlib import Path

from shared import permission
from shared.permission import ALLOWED, PARTNER, Action

DOCUMENT = Path(__file__).parents[2] / "docs" / "permissions.md"
ROLES = (
    "patient",
    "supporter",
    "therapist",
    "lead",
    "biller",
    "administrator",
    "partner",
    "service",
    "operator",
)
HEAD = """# Who may do what

Printed from `shared/permissions.toml` by `make contracts`, and compared by a test.
Another (tests/permission) asks every route as every role from every side.
What does not stand here is refused; what an asker does not reach answers like what is not there.

- **own**: the record of the patient who asks
- **allowed**: the record of the patient who allowed it, in the part that is named
- **site**: records of patients at the asker's sites; where none are named, at all of the group's
- **tenant**: what belongs to the practice group as a whole
- **peer**: another service, for the practice group that it names
- **platform**: across practice groups

A partner's program needs the scope that is named, besides.
"""


def printed() -> str:
    """Return the document: a row an action, a column a role."""
    roles = [
        role for role in ROLES if any(role in row.who for row in permission.actions().values())
    ]
    rows = [
        [f"`{found.name}`", found.lets, *(_reach(found, role) for role in roles)]
        for found in permission.actions().values()
    ]
    head = ["action", "lets one", *roles]
    table = [head, ["---"] * len(head), *rows]
    unused = ", ".join(role for role in ROLES if role not in roles)
    lines = ["| " + " | ".join(row) + " |" for row in table]
    return "\n".join([HEAD, *lines, "", f"Nothing yet for: {unused}.", ""])


def _reach(action: Action, role: str) -> str:
    scope = f" with `{action.scope}`" if role == PARTNER and action.scope else ""
    part = f": {action.part}" if action.who.get(role) == ALLOWED else ""
    return action.who.get(role, "") + scope + part
