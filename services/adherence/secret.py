"""The secrets of invitations: drawn here, given to one person, and kept nowhere but sealed.

A link's is 256 random bits. A code on paper has letters that name it and letters that are secret,
and holds only with the year of birth: few letters will do, because wrong ones are counted.
"""

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from pymongo.errors import DuplicateKeyError

from adherence.rules import Inviting
from shared.errors import NotYet
from shared.mongo import Database, Document, majority
from shared.service import Service
from shared.vault import Vault

PLACES = "invitations"
BYTES = 32
DRAWS = 20
# Nobody types a longer one.
LONGEST = 400


@dataclass(frozen=True, slots=True)
class Drawn:
    """A new secret.

    Attributes:
        shown: what the invited person is given.
        place: by what the invitation is found.
        digest: by what the secret is recognized.
    """

    shown: str
    place: str
    digest: str


@dataclass(frozen=True, slots=True)
class Found:
    """Whose invitation was found, and what the given secret is recognized by."""

    tenant: str
    patient: str
    invitation: str
    digest: str


def link() -> Drawn:
    """Draw the secret of a link."""
    token = secrets.token_urlsafe(BYTES)
    digest = _hash(token)
    return Drawn(token, f"link|{digest}", digest)


def paper(service: Service, tenant: str, birth_year: int, rules: Inviting) -> Drawn:
    """Draw the secret of a code on paper, which holds only with this year of birth.

    Raises:
        NotYet: no name is free any more, which does not happen.
    """
    for _ in range(DRAWS):
        name = _letters(rules.name_letters, rules)
        place, code = f"paper|{name}", name + _letters(rules.secret_letters, rules)
        if service.database[PLACES].find_one({"_id": place}) is None:
            return Drawn(code, place, _mark(service.vault, tenant, code, birth_year))
    raise NotYet("There is no free code just now. Try again in a moment.")


def grouped(code: str, rules: Inviting) -> str:
    """Return a code as it is read aloud: K7QM-3PX-W9T."""
    half = rules.name_letters + rules.secret_letters // 2
    return "-".join((code[: rules.name_letters], code[rules.name_letters : half], code[half:]))


def note(database: Database, drawn: Drawn, found: Found) -> bool:
    """Keep where an invitation is found, before its commit; tell whether the place was free."""
    document: Document = {
        "_id": drawn.place,
        "tenant": found.tenant,
        "patient": found.patient,
        "invitation": found.invitation,
    }
    try:
        _places(database).insert_one(document)
    except DuplicateKeyError:
        return False
    return True


def by_link(service: Service, typed: str) -> Found | None:
    """Return the invitation of a link, or of its end alone; None where there is none."""
    token = typed.strip()[-LONGEST:].rpartition("#")[2]
    digest = _hash(token)
    return _found(service.database, f"link|{digest}", lambda _: digest)


def by_code(service: Service, typed: str, birth_year: int, rules: Inviting) -> Found | None:
    """Return the invitation that a code names, whether the rest of it is right or not."""
    code = plain(typed)
    place = f"paper|{code[: rules.name_letters]}"
    vault = service.vault
    return _found(service.database, place, lambda tenant: _mark(vault, tenant, code, birth_year))


def plain(typed: str) -> str:
    """Return a code as it was drawn, however it was typed."""
    return "".join(letter for letter in typed[:LONGEST].upper() if letter.isalnum())


def forget(database: Database, tenant: str, patient: str, invitation: str | None = None) -> None:
    """Forget where an invitation is found, or all of a patient's."""
    wanted = {"tenant": tenant, "patient": patient}
    _places(database).delete_many(wanted | ({"invitation": invitation} if invitation else {}))


def _found(database: Database, place: str, digest: Any) -> Found | None:
    kept = database[PLACES].find_one({"_id": place})
    if kept is None:
        return None
    return Found(kept["tenant"], kept["patient"], kept["invitation"], digest(kept["tenant"]))


def _letters(many: int, rules: Inviting) -> str:
    return "".join(secrets.choice(rules.alphabet) for _ in range(many))


def _mark(vault: Vault, tenant: str, code: str, birth_year: int) -> str:
    return vault.token(tenant, f"invitation|{code}|{birth_year}")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _places(database: Database) -> Any:
    return majority(database, PLACES)
