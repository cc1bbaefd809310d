"""The library over HTTP: found by words and codes, put in, changed, shared and retired."""

from dataclasses import replace
from typing import Any

import pytest

from prescription import duties
from prescription.catalogue import catalogue, identity
from prescription.protocol.programs import programs
from prescription.rules import rules
from shared.due import Due
from shared.errors import NotYet
from tests.people import ADA, BO, DEE, IDENTITIES
from tests.services.prescription.conftest import EXERCISE, NOW, SITE, Clinic

GUIDE = {
    "purpose": "Makes your legs strong.",
    "region": "knee",
    "position": "sitting",
    "space": "stand",
    "supervision": "alone",
    "sides": "both",
    "equipment": ["chair"],
    "usual": {"dose": {"sets": 2, "repetitions": 10, "days_per_week": 3}},
}
OWN = EXERCISE | GUIDE


def stock(clinic: Clinic, **data: Any) -> None:
    """Take the whole catalogue in, as due work does, piece by piece."""
    own = {"edition": catalogue().edition, "start": 0} | data
    size = rules().catalogue[1]
    for start in range(own["start"], len(catalogue().entries) + len(programs()), size):
        due = Due(f"due{start}", "stock", "north", "library-north", NOW, 1, own | {"start": start})
        duties.stock_library(due, clinic.service)


def names(clinic: Clinic, query: str, person: str = BO) -> list[str]:
    answer = clinic.get(f"/exercises?{query}", person)
    assert answer.status_code == 200, answer.json
    return [item["name"] for item in answer.json["items"]]


def tell(clinic: Clinic, exercise: str, what: str, body: Any = None, person: str = BO) -> Any:
    """Say something of an exercise at the version in which it is."""
    version = clinic.get(f"/exercises/{exercise}", person).headers.get("ETag", '"0"')
    return clinic.post(f"/exercises/{exercise}/{what}", body or {}, person, **{"If-Match": version})


@pytest.fixture
def north(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> str:
    """A therapist whose work is limited to the clinic's site."""
    monkeypatch.setitem(IDENTITIES, "gus", replace(IDENTITIES[BO], sites=(clinic.site,)))
    return "gus"


def test_the_catalogue_comes_in_whole_and_again_changes_nothing(clinic: Clinic) -> None:
    stock(clinic)
    before = len(clinic.events())
    stock(clinic)
    clinic.catch_up()

    brought = [event for event in clinic.events() if event.data.get("word")]
    assert {event.data["word"] for event in brought} == {*catalogue().entries, *programs()}
    assert len(clinic.events()) == before
    assert clinic.get(f"/exercises/{identity('north', 'step-up')}").json["word"] == "step-up"


def test_a_newer_edition_waits_for_newer_code(clinic: Clinic) -> None:
    with pytest.raises(NotYet):
        stock(clinic, edition="2999-01")

    assert not [event for event in clinic.events() if event.data.get("word")]


def test_a_practice_with_an_older_edition_is_given_the_new_one(clinic: Clinic) -> None:
    clinic.post("/practice", {"name": "North", "language": "en"}, ADA)
    clinic.catch_up()
    (given,) = duties.outdated(clinic.service)
    stock(clinic)
    clinic.catch_up()

    assert (given.tenant, given.data) == ("north", {"edition": catalogue().edition, "start": 0})
    assert list(duties.outdated(clinic.service)) == []


def test_the_library_is_searched_in_both_languages_and_by_codes(clinic: Clinic) -> None:
    stock(clinic)
    clinic.catch_up()

    assert names(clinic, "q=subir escalon") == ["Step-up"]
    assert names(clinic, "q=HEEL ra") == []
    assert names(clinic, "q=HEEL rai stand") == ["Heel raise, standing"]
    assert names(clinic, "kind=cold") == ["Cold pack"]
    assert names(clinic, "region=hip&position=side_lying&equipment=mat") == [
        "Clamshell",
        "Hip adduction, lying on the side",
    ]
    assert clinic.get("/exercises?region=tail").status_code == 422


def test_pages_of_a_search_follow_each_other(clinic: Clinic) -> None:
    stock(clinic)
    clinic.catch_up()
    found: list[str] = []
    path = "/exercises?region=knee&limit=3"
    cursor = ""
    while cursor is not None:
        page = clinic.get(f"{path}&cursor={cursor}").json
        found += [item["name"] for item in page["items"]]
        cursor = page["next"]

    expected = [entry.name for entry in catalogue().entries.values() if entry.region == "knee"]
    assert found == sorted(expected, key=str.casefold)


def test_an_exercise_has_all_its_parts_and_its_ladder(clinic: Clinic) -> None:
    stock(clinic)
    clinic.catch_up()
    found = clinic.get(f"/exercises/{identity('north', 'sit-to-stand')}").json

    assert found["guide"]["usual"]["dose"]["repetitions"] == 10
    assert found["guide"]["wordings"][0]["machine"]
    assert identity("north", "step-up") in found["harder"]
    assert found["edition"] == catalogue().edition


def test_favourites_are_the_askers_own(clinic: Clinic) -> None:
    clinic.catch_up()
    path = f"/exercises/{clinic.exercise}/favourite"
    assert clinic.post(path, {"favourite": True}).status_code == 201

    assert names(clinic, "favourite=true") == ["Sit to stand"]
    assert names(clinic, "favourite=true", DEE) == []
    assert clinic.get(f"/exercises/{clinic.exercise}").json["favourite"]
    clinic.post(path, {"favourite": False})
    assert names(clinic, "favourite=true") == []


@pytest.mark.parametrize(
    ("other", "pointers"),
    [
        ({"purpose": ""}, ["/purpose"]),
        ({"region": "tail"}, ["/region"]),
        ({"equipment": ["sofa"]}, ["/equipment/0"]),
        ({"usual": {"dose": {"repetitions": 0}}}, ["/usual/dose/repetitions"]),
        (
            {"kind": "breathing", "usual": {"dose": {"minutes": 5, "load_kg": 2}}},
            ["/usual/dose/load_kg"],
        ),
        (
            {"kind": "heat", "usual": {"dose": {"repetitions": 9}}},
            ["/usual/dose/repetitions", "/usual/dose/minutes"],
        ),
        ({"easier": ["f" * 32]}, ["/easier/0"]),
        ({"easier": "f"}, ["/easier"]),
        ({"site": "f" * 32}, ["/site"]),
        ({"verified": "yes"}, ["/verified"]),
    ],
)
def test_an_own_exercise_that_cannot_be_is_told_by_field(
    clinic: Clinic, other: dict[str, Any], pointers: list[str]
) -> None:
    answer = clinic.post("/exercises", OWN | other)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == pointers


def test_a_guide_without_what_it_is_for_is_not_whole(clinic: Clinic) -> None:
    answer = clinic.post("/exercises", EXERCISE | {"region": "knee"})

    pointers = {error["pointer"] for error in answer.json["errors"]}
    assert pointers == {"/purpose", "/position", "/space", "/supervision", "/sides"}


def test_a_ladder_with_a_circle_is_refused_at_its_rung(clinic: Clinic) -> None:
    low = clinic.create("/exercises", OWN | {"name": "Low"})
    middle = clinic.create("/exercises", OWN | {"name": "Middle", "easier": [low]})
    high = clinic.create("/exercises", OWN | {"name": "High", "easier": [middle]})

    answer = tell(clinic, low, "revisions", OWN | {"easier": [high]})

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == ["/easier/0"]


def test_a_program_keeps_the_version_that_it_was_prescribed_with(clinic: Clinic) -> None:
    own = clinic.create("/exercises", OWN)
    asked = {"exercise": own, "dose": {"repetitions": 10}}
    before = clinic.prescribe(exercises=[asked])
    assert tell(clinic, own, "revisions", OWN | {"name": "Stand up twice"}).status_code == 201
    after = clinic.prescribe(exercises=[asked])
    clinic.revise(before, 1, exercises=[asked | {"dose": {"repetitions": 12}}])

    for program, version, name in ((before, 1, "Sit to stand"), (after, 2, "Stand up twice")):
        (found,) = clinic.get(f"/programs/{program}").json["exercises"]
        assert (found["version"], found["name"]) == (version, name)


def test_a_retired_exercise_is_prescribed_no_more_and_programs_go_on(clinic: Clinic) -> None:
    other = clinic.create("/exercises", EXERCISE | {"name": "Bridge"})
    dose = {"repetitions": 10}
    program = clinic.prescribe()
    without = clinic.prescribe(exercises=[{"exercise": other, "dose": dose}])
    assert tell(clinic, clinic.exercise, "retirement").status_code == 201

    anew = clinic.post("/programs", clinic.program_body())
    added = clinic.revise(without, 1)
    kept = clinic.revise(program, 1)

    for refused in (anew, added):
        assert refused.status_code == 422
        (error,) = refused.json["errors"]
        assert error["pointer"] == "/exercises/0/exercise"
        assert "retired" in error["reason"]
    assert kept.status_code == 201
    clinic.catch_up()
    assert names(clinic, "") == ["Bridge"]
    assert names(clinic, "retired=true") == ["Sit to stand"]
    assert tell(clinic, clinic.exercise, "retirement").json["type"] == "/problems/exercise-retired"


def test_a_retired_exercise_that_comes_back_is_prescribed_again(clinic: Clinic) -> None:
    early = tell(clinic, clinic.exercise, "restoration")
    assert (early.status_code, early.json["type"]) == (409, "/problems/exercise-not-retired")
    tell(clinic, clinic.exercise, "retirement")

    assert tell(clinic, clinic.exercise, "restoration").status_code == 201

    assert clinic.post("/programs", clinic.program_body()).status_code == 201
    clinic.catch_up()
    assert names(clinic, "") == ["Sit to stand"]
    assert names(clinic, "retired=true") == []


@pytest.mark.parametrize(
    ("kind", "dose", "field"),
    [
        ("breathing", {"minutes": 5, "load_kg": 3}, "load_kg"),
        ("heat", {"minutes": 15, "repetitions": 10}, "repetitions"),
        ("cold", {"minutes": 10, "band": "red"}, "band"),
        ("electrical", {"minutes": 30, "layers": 2}, "layers"),
        ("strength", {"repetitions": 10, "frequency_hz": 100}, "frequency_hz"),
        ("heat", {}, "minutes"),
    ],
)
def test_a_dose_of_another_kind_is_refused_at_the_field(
    clinic: Clinic, kind: str, dose: dict[str, Any], field: str
) -> None:
    own = clinic.create("/exercises", EXERCISE | {"kind": kind})
    body = clinic.program_body(exercises=[{"exercise": own, "dose": dose}])

    answer = clinic.post("/programs", body)

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [f"/exercises/0/dose/{field}"]


def test_a_modality_has_a_dose_of_its_own(clinic: Clinic) -> None:
    own = clinic.create("/exercises", EXERCISE | {"kind": "electrical"})
    dose = {"minutes": 30, "frequency_hz": 100, "pulse_us": 120, "milliamperes": 20}
    program = clinic.prescribe(exercises=[{"exercise": own, "dose": dose}])

    (found,) = clinic.get(f"/programs/{program}").json["exercises"]
    assert dose.items() <= found["dose"].items()


def test_a_site_keeps_its_own_until_it_is_taken_in_for_all(
    clinic: Clinic, north: str, elsewhere: str
) -> None:
    assert clinic.post("/exercises", OWN, north).json["errors"][0]["pointer"] == "/site"
    own = clinic.create("/exercises", OWN | {"name": "Ours", "site": clinic.site}, north)
    clinic.catch_up()
    assert names(clinic, "q=ours", north) == ["Ours"]
    assert names(clinic, "q=ours", elsewhere) == []
    assert clinic.get(f"/exercises/{own}", elsewhere).status_code == 404

    assert tell(clinic, own, "offer", person=north).status_code == 201
    assert tell(clinic, own, "answer", {"accepted": True}, north).status_code == 403
    clinic.catch_up()
    assert names(clinic, "offered=true", DEE) == ["Ours"]
    assert tell(clinic, own, "answer", {"accepted": True}, DEE).status_code == 201

    clinic.catch_up()
    assert names(clinic, "q=ours", elsewhere) == ["Ours"]
    assert names(clinic, "offered=true", DEE) == []
    told = tell(clinic, own, "retirement", person=north)
    assert told.json["type"] == "/problems/exercise-of-all-sites"


def test_another_sites_exercise_is_not_in_the_library_of_this_one(clinic: Clinic) -> None:
    south = clinic.create("/sites", SITE | {"name": "South"}, ADA)
    own = clinic.create("/exercises", OWN | {"site": south})
    body = clinic.program_body(exercises=[{"exercise": own, "dose": {"repetitions": 10}}])

    answer = clinic.post("/programs", body)

    assert [error["pointer"] for error in answer.json["errors"]] == ["/exercises/0/exercise"]


def test_an_exercise_of_the_catalogue_changes_with_it_alone(clinic: Clinic) -> None:
    stock(clinic)
    told = tell(clinic, identity("north", "step-up"), "revisions", OWN)

    assert (told.status_code, told.json["type"]) == (409, "/problems/exercise-of-catalogue")


@pytest.mark.parametrize(
    "what", ["revisions", "retirement", "restoration", "offer", "answer", "favourite"]
)
def test_nothing_is_said_of_an_exercise_that_is_not_there(clinic: Clinic, what: str) -> None:
    bodies = {"revisions": OWN, "answer": {"accepted": True}, "favourite": {"favourite": True}}

    assert tell(clinic, "f" * 32, what, bodies.get(what), DEE).status_code == 404
