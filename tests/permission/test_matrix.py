"""Every route by every role by every relation: what the table says is what the routes do.

Routes come from the running apps' URL maps. A command is sent without its idempotency key: who may
send it is asked for the key, and nothing is changed.
"""

import re
from collections import Counter
from importlib import import_module
from typing import Any

import pytest

from shared import permission
from shared.permission import Action
from shared.web import contracts
from tests.permission.asking import Route, ask, routes
from tests.permission.table import DOCUMENT, ROLES, printed
from tests.permission.world import NAMES, NORTH, PARTS, SOUTH, World, person

VERBS = ("get", "post", "put", "patch")
NOWHERE = "9" * 32
# Whom each role reaches, by how its holder stands to the record at the first site.
REACHED = {
    "own": {"own"},
    "allowed": {"own"},
    "site": {"here", "everywhere"},
    "tenant": {"own", "other", "here", "elsewhere", "everywhere"},
    "peer": {"everywhere"},
    "platform": {"here", "elsewhere", "everywhere", "foreign"},
}


def standings(world: World, role: str) -> dict[str, str]:
    """Return tokens of the role by how their holder stands to the record."""
    here = world.here
    if role in ("patient", "supporter"):
        return {
            "own": person(role, patient=here["patient"]),
            "other": person(role, patient=NOWHERE),
            "foreign": person(role, SOUTH, patient=here["patient"]),
        }
    if role == "service":
        return {"everywhere": person(role, ""), "foreign": person(role, "")}
    return {
        "here": person(role, sites=(here["site"],)),
        "elsewhere": person(role, sites=(world.elsewhere,)),
        "everywhere": person(role),
        "foreign": person(role, SOUTH, sites=(here["site"],)),
    }


def is_allowed(action: Action, role: str, standing: str) -> bool:
    return standing in REACHED.get(action.who.get(role, ""), set())


def test_every_route_is_in_the_table_and_in_openapi(world: World) -> None:
    for service, app in world.apps.items():
        rules = [rule for rule in app.url_map.iter_rules() if "/v1/" in rule.rule]
        served = {
            (re.sub(r"<(\w+)>", r"{\1}", rule.rule), method.lower())
            for rule in rules
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        }
        described = contracts.openapi(import_module(f"{service}.app").DEFINITION)["paths"]
        listed = {(path, method) for path, found in described.items() for method in found}

        assert served == {(path, method) for path, method in listed if method in VERBS}

    used = {route.action.name for route in routes(world)}
    assert used == set(permission.actions()), "an action of the table that no route asks for"


@pytest.mark.parametrize("service", NAMES)
def test_every_cell_answers_as_the_table_says(world: World, service: str) -> None:
    cells: Counter[str] = Counter()
    wrong = []
    asked = [route for route in routes(world) if route.service == service]
    for route in asked:
        for role in ROLES:
            for standing, token in standings(world, role).items():
                tenant = SOUTH if standing == "foreign" else NORTH
                answer = ask(world, route, token, world.here, tenant)
                fault = _fault(route, role, standing, answer, world)
                cells["allowed" if is_allowed(route.action, role, standing) else "refused"] += 1
                if fault:
                    wrong.append(f"{route.method} {route.rule} {role} {standing}: {fault}")
        answer = ask(world, route, "", world.here)
        cells["without a token"] += 1
        led = 302 if route.method == "GET" else 307
        expected = led if route.is_page else 401
        if answer.status_code != expected:
            wrong.append(f"{route.method} {route.rule} nobody: {answer.status_code}")

    assert not wrong, "\n".join(wrong)
    print(f"\n{sum(cells.values())} cells of {len(asked)} routes of {service}: {dict(cells)}")  # noqa: T201


def _fault(route: Route, role: str, standing: str, answer: Any, world: World) -> str:
    """Say what is wrong with the answer of a cell, or nothing."""
    status, text = answer.status_code, answer.text
    if status >= 500:
        return f"{status} {text[:200]}"
    if role not in route.action.who:
        return "" if status == 403 else f"{status} where the role is not in the table"
    if is_allowed(route.action, role, standing):
        return "" if status not in (401, 403) and not _is_unknown(route, answer) else f"{status}"
    told = [word for word in world.secrets if word in text]
    if told:
        return f"tells {told}"
    narrowed = bool({*route.names} & WHOSE) or route.endpoint in NARROWED
    return "" if _is_unknown(route, answer) or not narrowed else f"{status} {text[:200]}"


# What belongs to somebody; a stream that is not there has no events, and answers so.
WHOSE = {"patient", "program", "site", "staff", "exercise"}
# Whose record it is stands in the body.
NARROWED = {"prescription.prescribe_program": "/patient", "prescription.register_patient": "/site"}


def _is_unknown(route: Route, answer: Any) -> bool:
    """Tell whether the answer is that of something that is not there."""
    if route.endpoint in NARROWED:
        faults = (answer.json or {}).get("errors", [])
        return [found["pointer"] for found in faults] == [NARROWED[route.endpoint]]
    missing = bool(answer.status_code == 404)
    # What is parked is looked for by every operator; the key of this test is not there.
    return missing and route.action.name not in ("parked.read", "parked.mend")


def test_what_is_anothers_answers_like_what_is_not_there(world: World) -> None:
    nothing = dict.fromkeys(world.here, NOWHERE) | {
        "session": "2026-09-07",
        "day": "2026-09-07",
    }
    for route in routes(world):
        if not set(route.names) & {"patient", "program"}:
            continue
        for role, relation in route.action.who.items():
            if relation not in ("own", "allowed", "site"):
                continue
            standing = "elsewhere" if relation == "site" else "other"
            token = standings(world, role)[standing]

            anothers = ask(world, route, token, world.here)
            nobodys = ask(world, route, token, nothing)

            assert anothers.status_code == nobodys.status_code == 404, (route.rule, role)
            assert anothers.text.replace(world.here["program"], "") == nobodys.text, route.rule
            assert set(anothers.headers.keys()) == set(nobodys.headers.keys())


def test_a_supporter_sees_nothing_that_the_patient_has_not_allowed(world: World) -> None:
    supported = [route for route in routes(world) if "allowed" in route.action.who.values()]
    for route in supported:
        others = tuple(part for part in PARTS if part != route.action.part)
        token = person("supporter", patient=world.here["patient"], scopes=others)

        assert ask(world, route, token, world.here).status_code == 403, route.rule

    assert {route.action.part for route in supported} == set(PARTS)


def test_the_table_in_the_documents_is_the_one_in_force() -> None:
    assert DOCUMENT.read_text() == printed(), "run `make contracts`"
