"""What may be read over HTTP, by whom, and how far it has come."""

from dataclasses import replace
from typing import Any

import pytest

from shared import position
from tests.people import ADA, ANA, BO, CY, DEE, IDENTITIES, SERVICE
from tests.services.adherence.conftest import Home, body
from tests.unit.adherence.facts import DAY, PROGRAM, SITE, days, evening

SESSIONS = f"/programs/{PROGRAM}/sessions"
MILESTONES = f"/programs/{PROGRAM}/milestones"
READS = (SESSIONS, f"{SESSIONS}/2026-09-07", MILESTONES)
NORTH = {"Hep-Tenant": "north"}


@pytest.fixture
def week(ana: Home) -> Home:
    """Ana has told of five days; the third she wrote something about."""
    for number, day in enumerate(days(5)):
        ana.watch.now = evening(day)
        note = {"note": "Went well."} if number == 2 else {}
        assert ana.log(body(day) | note).status_code == 201
    ana.catch_up()
    return ana


def note_of(home: Home) -> str:
    noted = next(event for event in home.published() if event.data.get("note"))
    return str(noted.data["note"])


def test_sessions_come_in_pages_in_the_order_of_their_dates(week: Home) -> None:
    dates, cursor = [], ""
    while cursor is not None:
        page = week.get(f"{SESSIONS}?limit=2&cursor={cursor}").json
        dates += [item["local_date"] for item in page["items"]]
        cursor = page["next"]

    assert dates == [day.isoformat() for day in days(5)]


def test_a_session_of_a_list_is_the_session_itself(week: Home) -> None:
    listed = week.get(SESSIONS).json["items"]

    assert listed == [week.session(day) for day in days(5)]
    assert [one["note"] for one in listed] == [None, None, "Went well.", None, None]
    assert listed[0]["entries"][0] == {
        "exercise": "1" * 32,
        "prescribed": {
            "sets": 3,
            "repetitions": 10,
            "hold_seconds": None,
            "minutes": None,
            "times_per_day": 1,
        },
        "done": {
            "sets": 3,
            "repetitions": 10,
            "hold_seconds": None,
            "minutes": None,
            "load_kg": None,
        },
        "skipped": None,
        "difficulty": None,
        "occurred": listed[0]["occurred"],
        "mode": "as_prescribed",
        "evidence": "tap",
        "goes": 1,
    }


def test_milestones_are_listed_as_they_were_reached(week: Home) -> None:
    first, streak = week.get(MILESTONES).json["items"]

    assert (first["kind"], first["count"], first["session"]) == ("first_session", 1, "2026-09-07")
    assert (streak["kind"], streak["count"], streak["local_date"]) == ("streak", 3, "2026-09-09")
    assert streak["reached"].startswith("2026-09-09T15:00:00")


def test_a_program_of_which_nothing_was_told_has_empty_lists(ana: Home) -> None:
    assert ana.get(SESSIONS).json == {"items": [], "next": None}
    assert ana.get(MILESTONES).json == {"items": []}
    assert ana.get(f"{SESSIONS}/2026-09-07").status_code == 404


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize(
    ("person", "status"),
    [(ANA, 200), (BO, 200), (DEE, 200), (ADA, 403), (SERVICE, 403), (CY, 404), ("nobody", 401)],
)
def test_the_patient_and_who_treats_her_may_read(
    week: Home, path: str, person: str, status: int
) -> None:
    assert week.get(path, person).status_code == status


@pytest.mark.parametrize(("sites", "status"), [((), 200), ((SITE,), 200), (("e" * 32,), 404)])
def test_staff_of_other_sites_find_nothing(
    week: Home, monkeypatch: pytest.MonkeyPatch, sites: tuple[str, ...], status: int
) -> None:
    monkeypatch.setitem(IDENTITIES, BO, replace(IDENTITIES[BO], sites=sites))

    assert [week.get(path, BO).status_code for path in READS] == [status] * 3
    assert week.log(body(), BO).status_code == (201 if status == 200 else 404)


@pytest.mark.parametrize("path", READS)
def test_a_program_that_is_not_there_answers_404(week: Home, path: str) -> None:
    assert week.get(path.replace(PROGRAM, "0" * 32)).status_code == 404


@pytest.mark.parametrize(
    ("query", "pointer"), [("limit=0", "/limit"), ("limit=201", "/limit"), ("cursor=x", "/cursor")]
)
def test_a_query_that_cannot_be_names_the_field(week: Home, query: str, pointer: str) -> None:
    answer = week.get(f"{SESSIONS}?{query}")

    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_a_list_says_that_it_has_not_seen_a_session_yet(
    ana: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(position, "WAIT_SECONDS", 0.0)
    told = ana.log(body())
    seen = {"Hep-Min-Position": told.headers["Hep-Position"]}

    assert ana.get(SESSIONS, **seen).headers["Hep-Stale"] == "true"
    assert ana.get(told.headers["Location"].removeprefix("/adherence/v1")).status_code == 200


def test_another_service_reads_words_by_id_within_its_tenant(week: Home) -> None:
    note = note_of(week)
    path = f"/texts?ids={note},{'0' * 32}"

    assert week.get(path, SERVICE, **NORTH).json == {"items": {note: "Went well."}}
    assert week.get(path, SERVICE, **{"Hep-Tenant": "south"}).json == {"items": {}}


@pytest.mark.parametrize("person", [ANA, BO, DEE, ADA])
def test_nobody_else_reads_words_by_id(week: Home, person: str) -> None:
    assert week.get(f"/texts?ids={note_of(week)}", person).status_code == 403


def test_too_many_words_at_once_are_refused(ana: Home) -> None:
    ids = ",".join(f"{number:032x}" for number in range(201))

    answer = ana.get(f"/texts?ids={ids}", SERVICE, **NORTH)

    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "/ids"


def test_a_late_log_is_marked_and_mends_the_streak(ana: Home) -> None:
    first, second, third = days(3)
    ana.log(body(first))
    ana.watch.now = evening(third)
    ana.log(body(third))
    ana.watch.now = evening(third + DAY)

    answer: Any = ana.log(body(second, device_now=ana.watch.now.isoformat()))

    assert answer.json["milestones"] == [{"kind": "streak", "count": 3}]
    assert ana.session(second)["late"]
