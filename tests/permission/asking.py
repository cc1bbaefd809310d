"""Every route of the running apps, and the request that asks for it with ids of a record."""

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Any

from shared.permission import Action
from tests.given import RING
from tests.permission.world import NORTH, Anyone, World
from tests.services.adherence.conftest import body as session
from tests.services.prescription.conftest import EXERCISE, PLAN, SCREEN, SITE, TEMPLATE, VISIT

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
    "pages.kept.send_worker",
    "demonstrations.show",
    "demonstrations.show_phases",
    "demonstrations.show_still",
    "demonstrations.show_moving",
}


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


def bodies(world: World) -> dict[str, Any]:
    """Return a body that holds, by endpoint of the API, with the ids of the record."""
    here = world.here
    return (
        _administering(here)
        | _treating(here)
        | _exercising(here)
        | {
            "parking.drain_all": {},
            "parking.discard": {"sequence": 1, "reason": "Seen."},
        }
    )


def _administering(here: dict[str, str]) -> dict[str, Any]:
    work = {"email": "bo@example.org", "role": "therapist", "sites": [here["site"]]}
    return {
        "prescription.register_practice": {"name": "North", "language": "en"},
        "prescription.change_practice": {"name": "North", "language": "en"},
        "prescription.register_region": {"name": "Coast"},
        "prescription.rename_region": {"name": "Coast"},
        "prescription.register_site": SITE,
        "prescription.change_site": SITE,
        "prescription.set_rota": {"shifts": [], "fallback": here["staff"]},
        "prescription.register_staff": {"name": "Bo"} | work,
        "prescription.change_staff": {"name": "Bo"} | work,
        "prescription.leave_staff": {"date": "2026-09-30"},
        "scim.create_user": {"userName": "kim@example.org"},
        "scim.replace_user": {"userName": "kim@example.org"},
        "scim.patch_user": {"Operations": []},
    }


def _treating(here: dict[str, str]) -> dict[str, Any]:
    where = {"zone": "Europe/Madrid", "language": "en", "site": here["site"]}
    kim = {"name": "Kim Vale", "email": "kim@example.org", "birth_year": 1950}
    return {
        "prescription.register_patient": kim | where,
        "prescription.update_patient": {"name": "Ana Ruiz", "email": "ana@example.org"} | where,
        "prescription.search_patients": {"q": "ruiz"},
        "prescription.assign_patient": {"therapist": None},
        "prescription.place_hold": {"reason": "litigation"},
        "prescription.end_program": {"date": "2026-09-20", "reason": "goals_met"},
        "prescription.pause_program": {"reason": "illness"},
        "prescription.close_task": {"word": "I called."},
        "prescription.change_phase": {"number": 2, "name": "Load"},
        **_caring(),
        "adherence.issue_invitation": {"way": "link"},
    }


def _caring() -> dict[str, Any]:
    return {
        "prescription.begin_plan": PLAN,
        "prescription.change_plan": PLAN | {"reason": "goals"},
        "prescription.close_plan": {"date": "2026-09-07", "reason": "goals_met"},
        "prescription.record_visit": VISIT,
        "prescription.amend_visit": VISIT | {"reason": "correction"},
        "prescription.withdraw_visit": {"reason": "recorded_twice"},
        "prescription.answer_screen": SCREEN,
        "prescription.decide_screen": {"decision": "refer"},
    }


def _exercising(here: dict[str, str]) -> dict[str, Any]:
    dose = {"sets": 3, "repetitions": 10, "times_per_day": 1, "days_per_week": 7}
    asked = {
        "phase": {"number": 1, "name": "Begin"},
        "exercises": [{"exercise": here["exercise"], "dose": dose}],
    }
    diagnosis = {"code": "x", "system": "practice", "text": "Knee", "verified": False}
    told = session(entries=[{"exercise": here["exercise"], "done": {"sets": 3}}])
    phase = {"name": "Begin", "exit": [{"measure": "therapist"}], "exercises": asked["exercises"]}
    amended = {name: value for name, value in told.items() if name != "local_date"}
    return {
        "prescription.publish_exercise": EXERCISE,
        "prescription.revise_exercise": EXERCISE,
        "prescription.save_draft": {"title": "Legs"},
        "prescription.fill_draft": {"template": here["template"]},
        "prescription.set_record": {"conditions": []},
        "prescription.publish_template": TEMPLATE | {"owner": here["staff"], "phases": [phase]},
        "prescription.revise_template": TEMPLATE | {"owner": here["staff"], "phases": [phase]},
        "prescription.answer_offer": {"accepted": True},
        "prescription.mark_favourite": {"favourite": True},
        "prescription.suggest_exercises": {
            "diagnosis": {"code": "M17.9"},
            "age": 58,
            "phase": "late",
        }
        | {"irritability": "low", "equipment": [], "restrictions": []},
        "prescription.prescribe_program": asked
        | {"patient": here["patient"], "title": "Legs", "diagnosis": diagnosis}
        | {"goals": ["Stairs"], "start": "2026-09-07"},
        "prescription.step_exercise": {
            "exercise": here["exercise"],
            "step": "more",
            "field": "sets",
        },
        "prescription.revise_program": asked | {"reason": "progressed", "effective": "2026-09-14"},
        "adherence.log_session": told,
        "adherence.amend_session": amended | {"reason": "correction"},
    }


QUERIES = {
    "prescription.read_cards": "?ids={patient}",
    "prescription.read_texts": "?ids={patient}",
    "prescription.read_questions": "?region=lower_back",
    "prescription.read_names": "?ids=therapist-1",
    "prescription.read_demonstrations": "?ids={exercise}",
    "prescription.read_difference": "?from=1&to=1",
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
        subject = Anyone().verify(token).subject if token else ""
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
