"""Every route by every role by every relation: what the table says is what the routes do.

Routes come from the running apps' URL maps. A command is sent without its idempotency key: who may
send it is asked for the key, and nothing is changed.
"""

import hashlib
import hmac
import re
from collections import Counter
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from shared import permission
from shared.permission import Action
from shared.web import contracts
from tests.given import RING
from tests.permission import world as worlds
from tests.permission.table import DOCUMENT, ROLES, printed
from tests.permission.world import NORTH, PARTS, SOUTH, World, person
from tests.services.adherence.conftest import body as session
from tests.services.prescription.conftest import EXERCISE, SITE

VERBS = ("get", "post", "put", "patch")
# Open to everybody: they say nothing of anybody.
OPEN = {
    "static",
    "livez",
    "readyz",
    "metrics",
    "openapi",
    "asyncapi",
    "schema",
    "signin.sign_in",
    "signin.signed_in",
    "session.renew",
    "session.sign_out",
    "keys.keys",
    "pages.entrance.show_ways",
    "pages.entrance.show_link",
    "pages.entrance.redeem_link",
    "pages.entrance.redeem_code",
}
# Whom each role reaches, by how its holder stands to the record at the first site.
REACHED = {
    "own": {"own"},
    "allowed": {"own"},
    "site": {"here", "everywhere"},
    "tenant": {"own", "other", "here", "elsewhere", "everywhere"},
    "peer": {"everywhere"},
    "platform": {"here", "elsewhere", "everywhere", "foreign"},
}
NOWHERE = "9" * 32


@dataclass(frozen=True)
class Route:
    """One method of one address.

    Attributes:
        service: whose.
        rule: the address with its parameters.
        method: GET or POST.
        endpoint: the view.
        action: what the table calls it.
    """

    service: str
    rule: str
    method: str
    endpoint: str
    action: Action

    @property
    def is_page(self) -> bool:
        return "/v1/" not in self.rule

    @property
    def names(self) -> list[str]:
        return re.findall(r"<(\w+)>", self.rule)


def routes(world: World) -> list[Route]:
    return [
        Route(service, rule.rule, method, rule.endpoint, app.view_functions[rule.endpoint].action)
        for service, app in world.apps.items()
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "PATCH"})
        if rule.endpoint not in OPEN
    ]


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


def bodies(world: World) -> dict[str, Any]:
    """Return a body that holds, by endpoint of the API, with the ids of the record."""
    here = world.here
    dose = {"sets": 3, "repetitions": 10, "times_per_day": 1, "days_per_week": 7}
    exercises = [{"exercise": here["exercise"], "dose": dose}]
    phase = {"number": 1, "name": "Begin"}
    told = session(entries=[{"exercise": here["exercise"], "done": {"sets": 3}}])
    amended = {name: value for name, value in told.items() if name != "local_date"}
    return {
        "adherence.issue_invitation": {"way": "link"},
        "prescription.register_practice": {"name": "North", "language": "en"},
        "prescription.register_site": SITE,
        "prescription.register_staff": {
            "name": "Bo",
            "email": "bo@example.org",
            "role": "therapist",
            "sites": [here["site"]],
        },
        "prescription.register_patient": {
            "name": "Kim Vale",
            "email": "kim@example.org",
            "birth_year": 1950,
            "zone": "Europe/Madrid",
            "language": "en",
            "site": here["site"],
        },
        "prescription.change_practice": {"name": "North", "language": "en"},
        "prescription.register_region": {"name": "Coast"},
        "prescription.rename_region": {"name": "Coast"},
        "prescription.change_site": SITE,
        "prescription.set_rota": {"shifts": [], "fallback": here["staff"]},
        "prescription.change_staff": {
            "name": "Bo",
            "email": "bo@example.org",
            "role": "therapist",
            "sites": [here["site"]],
        },
        "prescription.leave_staff": {"date": "2026-09-30"},
        "prescription.update_patient": {
            "name": "Ana Ruiz",
            "email": "ana@example.org",
            "zone": "Europe/Madrid",
            "language": "en",
            "site": here["site"],
        },
        "prescription.assign_patient": {"therapist": None},
        "scim.create_user": {"userName": "kim@example.org"},
        "scim.replace_user": {"userName": "kim@example.org"},
        "scim.patch_user": {"Operations": []},
        "prescription.publish_exercise": EXERCISE,
        "prescription.prescribe_program": {
            "patient": here["patient"],
            "title": "Legs",
            "diagnosis": {"code": "x", "system": "practice", "text": "Knee", "verified": False},
            "goals": ["Stairs"],
            "start": "2026-09-07",
            "phase": phase,
            "exercises": exercises,
        },
        "prescription.revise_program": {
            "reason": "progressed",
            "effective": "2026-09-14",
            "phase": phase,
            "exercises": exercises,
        },
        "prescription.place_hold": {"reason": "litigation"},
        "prescription.end_program": {"date": "2026-09-20", "reason": "goals_met"},
        "adherence.log_session": told,
        "adherence.amend_session": amended | {"reason": "correction"},
        "parking.drain_all": {},
        "parking.discard": {"sequence": 1, "reason": "Seen."},
    }


QUERIES = {
    "prescription.read_cards": "?ids={patient}",
    "prescription.read_texts": "?ids={patient}",
    "prescription.read_names": "?ids=therapist-1",
    "adherence.read_texts": "?ids={patient}",
    "exports.part": "?patient={patient}",
    "owner.heads": "?until=2026-09-08T00:00:00Z",
    "operations.show_key": "?key={key}",
}


def ask(world: World, route: Route, token: str, ids: dict[str, str], tenant: str = NORTH) -> Any:
    """Send the request of a route, with these ids."""
    path = re.sub(r"<(\w+)>", lambda found: ids[found[1]], route.rule)
    path += QUERIES.get(route.endpoint, "").format(**ids)
    client = world.apps[route.service].test_client()
    headers = {"Hep-Tenant": tenant}
    sent: dict[str, Any] = {}
    if route.is_page:
        if token:
            client.set_cookie("hep", token)
        subject = worlds.Anyone().verify(token).subject if token else ""
        key = RING.derive("forms")
        mark = hmac.new(key, f"csrf|{subject}".encode(), hashlib.sha256).hexdigest()
        sent = {"data": {"csrf": mark}} if route.method == "POST" else {}
    else:
        headers |= {"Authorization": f"Bearer {token}"} if token else {}
        sent = {"json": _body(world, route, ids)} if route.method != "GET" else {}
    return client.open(path, method=route.method, headers=headers, **sent)


def _body(world: World, route: Route, ids: dict[str, str]) -> Any:
    found = bodies(world).get(route.endpoint, {})
    if route.endpoint == "prescription.prescribe_program":
        return found | {"patient": ids["patient"]}
    if route.endpoint == "prescription.register_patient":
        return found | {"site": ids["site"]}
    return found


def test_every_route_is_in_the_table_and_in_openapi(world: World) -> None:
    for service, app in world.apps.items():
        rules = [rule for rule in app.url_map.iter_rules() if "/v1/" in rule.rule]
        served = {
            (re.sub(r"<(\w+)>", r"{\1}", rule.rule), method.lower())
            for rule in rules
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        }
        documents = contracts.documents(import_module(f"{service}.app").DEFINITION)
        described = contracts.json.loads(documents["openapi.json"])["paths"]
        listed = {(path, method) for path, found in described.items() for method in found}

        assert served == {(path, method) for path, method in listed if method in VERBS}

    used = {route.action.name for route in routes(world)}
    assert used == set(permission.actions()), "an action of the table that no route asks for"


def test_every_cell_answers_as_the_table_says(world: World) -> None:
    cells: Counter[str] = Counter()
    wrong = []
    for route in routes(world):
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
    print(f"\n{sum(cells.values())} cells of {len(routes(world))} routes: {dict(cells)}")  # noqa: T201


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
