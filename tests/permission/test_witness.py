"""Who asked for whose record is written down before the answer; without that there is no answer."""

from typing import Any

import pytest
from pymongo.collection import Collection
from pymongo.errors import AutoReconnect

from shared.audit import AUDIT
from shared.verify import audits
from tests.given import Nobody
from tests.permission.world import SOUTH, World, person


def database(world: World, service: str = "prescription") -> Any:
    return world.apps[service].extensions["hep"].database


def get(world: World, path: str, token: str, service: str = "prescription") -> Any:
    headers = {"Authorization": f"Bearer {token}"}
    return world.apps[service].test_client().get(path, headers=headers)


def newest(world: World, service: str = "prescription") -> Any:
    """Return the entry that was written last."""
    (found,) = database(world, service)[AUDIT].find({}).sort("_id", -1).limit(1)
    return found


def count(world: World) -> int:
    return int(database(world)[AUDIT].count_documents({}))


def test_a_look_at_a_record_is_written_down(world: World) -> None:
    patient = world.here["patient"]

    get(world, f"/prescription/v1/patients/{patient}", person("therapist"))

    entry = newest(world)
    names = ("tenant", "actor", "roles", "action", "patients", "outcome", "method")
    assert {name: entry[name] for name in names} == {
        "tenant": "north",
        "actor": "therapist-1",
        "roles": ["therapist"],
        "action": "patient.read",
        "patients": [patient],
        "outcome": "let_through",
        "method": "GET",
    }
    assert patient not in entry["route"]


@pytest.mark.parametrize(
    ("token", "patients"),
    [
        (
            lambda world: person("therapist", sites=(world.elsewhere,)),
            lambda here: [here["patient"]],
        ),
        (lambda _: person("biller"), lambda _: []),
    ],
    ids=["out of reach", "role not named"],
)
def test_a_wish_that_was_refused_is_written_down(world: World, token: Any, patients: Any) -> None:
    get(world, f"/prescription/v1/patients/{world.here['patient']}", token(world))

    entry = newest(world)
    assert (entry["outcome"], entry["patients"]) == ("refused", patients(world.here))


def test_a_list_writes_down_everybody_on_it(world: World) -> None:
    answer = get(world, "/prescription/v1/patients", person("therapist"))

    assert newest(world)["patients"] == sorted(found["id"] for found in answer.json["items"])


def test_what_is_not_there_is_nobodys_record(world: World) -> None:
    before = count(world)

    get(world, f"/prescription/v1/patients/{world.here['patient']}", person("lead", SOUTH))

    # Nothing of theirs was asked for: what is not there is nobody's record.
    assert count(world) == before


def test_without_a_place_to_write_it_down_nothing_is_shown(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise AutoReconnect

    monkeypatch.setattr(Collection, "insert_many", away)
    answer = get(world, f"/prescription/v1/patients/{world.here['patient']}", person("therapist"))
    monkeypatch.undo()

    assert answer.status_code == 503
    assert "Ana" not in answer.text


def test_a_patient_sees_who_looked_and_not_that_she_did(world: World) -> None:
    patient = world.here["patient"]
    path = f"/adherence/v1/programs/{world.here['program']}/sessions"
    get(world, path, person("therapist"), "adherence")
    client = world.apps["adherence"].test_client()
    client.set_cookie("hep", person("patient", patient=patient))

    page = client.get("/adherence/accesses").text

    assert "A therapist looked at: what you wrote down" in page
    assert "Another patient" not in page


def test_a_patient_sees_the_names_of_the_staff_where_they_are_known(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = world.here["patient"]
    path = f"/adherence/v1/programs/{world.here['program']}/sessions"
    get(world, path, person("therapist"), "adherence")
    monkeypatch.setattr(Nobody, "names", lambda *_: {"therapist-1": "Bo Haraldsen"})
    client = world.apps["adherence"].test_client()
    client.set_cookie("hep", person("patient", patient=patient))

    page = client.get("/adherence/accesses").text

    assert "Bo Haraldsen looked at: what you wrote down" in page


def test_an_administrator_reads_the_list_as_data(world: World) -> None:
    path = f"/adherence/v1/programs/{world.here['program']}/sessions"
    get(world, path, person("therapist"), "adherence")

    listed = f"/adherence/v1/patients/{world.here['patient']}/accesses"
    items = get(world, listed, person("administrator"), "adherence").json["items"]

    assert ("therapist-1", "session.read", "let_through") in {
        (item["actor"], item["action"], item["outcome"]) for item in items
    }


def test_all_chains_hold(world: World) -> None:
    for service in world.apps:
        assert list(audits.held(database(world, service))) == []
