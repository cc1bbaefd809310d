"""The documents, from events in any order that keeps each stream's own."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reporting.projections import TIMELINE
from reporting.queries import joined
from shared.views import Views
from tests.events import LONG_AGO, documents, event, fold, interleavings
from tests.people import ANA_ID
from tests.unit.reporting.diary import (
    DAY,
    MONDAY,
    PROGRAM,
    amended,
    asks,
    ended,
    entry,
    logged,
    patient,
    paused,
    prescribed,
    published,
    reached,
    resumed,
    revised,
    timeline,
    told,
)

LENGTH = 45
COLLECTIONS = ("programs", "months", "patients", "exercises")


def story() -> list[Any]:
    """A program of two revisions over two months, amended, with milestones, ended."""
    return [
        patient(),
        published(),
        prescribed(),
        logged(told(MONDAY, note="4" * 32), sequence=1),
        reached("first_session", 1, MONDAY, sequence=2),
        revised(asks(repetitions=12, sets=3), effective=MONDAY + 7 * DAY),
        logged(told(MONDAY + 28 * DAY, pain=4), sequence=3),
        amended(told(MONDAY, entry(asks(), 0.5), completion=0.5, note="4" * 32), sequence=4),
        reached("total", 10, MONDAY + 28 * DAY, sequence=5),
        paused(MONDAY + 20 * DAY, sequence=3),
        resumed(MONDAY + 25 * DAY, sequence=4),
        ended(MONDAY + 30 * DAY, sequence=5),
    ]


def folded(events: list[Any]) -> dict[str, Any]:
    views = fold(TIMELINE, events)
    return {name: documents(views, name) for name in COLLECTIONS}


@pytest.mark.invariant(n=10)
def test_any_order_of_streams_gives_the_same_documents() -> None:
    expected = folded(story())

    for events in interleavings(story(), orders=60):
        assert folded(events) == expected


def test_who_moved_is_reached_from_the_new_site() -> None:
    data = {"patient": ANA_ID, "site": "south", "zone": "Europe/Paris", "language": "es"}
    moved = event("prescription.patient.updated", f"patient-{ANA_ID}", data, sequence=2)

    (found,) = folded([*story(), moved])["patients"].values()

    assert (found["site"], found["zone"]) == ("south", "Europe/Paris")


def test_what_a_handler_reads_is_named_beforehand_and_written_by_it_too() -> None:
    for found in story():
        asked: list[tuple[str, str]] = []
        views = Views(LONG_AGO, read=lambda name, ids, asked=asked: _remember(asked, name, ids))
        views.documents |= fold(TIMELINE, [prescribed(), paused(MONDAY)]).documents
        named = set(TIMELINE.documents(found))

        TIMELINE.handlers[found.type](found, views)

        assert set(asked) <= named <= set(views.changed)


def _remember(asked: list[tuple[str, str]], name: str, ids: list[str]) -> list[Any]:
    asked.extend((name, identity) for identity in ids)
    return []


def test_a_month_holds_its_own_days_and_the_amended_session_once() -> None:
    months = folded(story())["months"]

    assert {identity: list(month["days"]) for identity, month in months.items()} == {
        f"north|{PROGRAM}.2026-09": ["2026-09-07"],
        f"north|{PROGRAM}.2026-10": ["2026-10-05"],
    }
    first = months[f"north|{PROGRAM}.2026-09"]["days"]["2026-09-07"]
    assert (first["completion"], first["entries"][0]["done"]["repetitions"]) == (0.5, 5)


def test_a_milestone_before_its_program_makes_only_what_it_can() -> None:
    (program,) = folded([reached("first_session", 1, MONDAY, sequence=1)])["programs"].values()

    assert "start" not in program
    assert program["milestones"] == [
        {"kind": "first_session", "count": 1, "local_date": "2026-09-07"}
    ]


def test_no_document_holds_a_word_that_somebody_typed() -> None:
    (program,) = folded(story())["programs"].values()

    assert {type(program["title"]), len(program["title"])} == {str, 32}
    day = folded(story())["months"][f"north|{PROGRAM}.2026-09"]["days"]["2026-09-07"]
    assert day["note"] == "4" * 32


def test_the_end_and_its_reason_are_kept() -> None:
    (program,) = folded(story())["programs"].values()

    assert (program["ended"], program["end_reason"]) == ("2026-10-07", "goals_met")
    assert [one["reason"] for one in program["revisions"]] == [None, "progressed"]


diaries = st.dictionaries(
    st.integers(0, LENGTH - 1),
    st.tuples(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.one_of(st.none(), st.integers(0, 10))),
    max_size=15,
)
schedules = st.sampled_from(
    [{}, {"weekdays": [1, 4], "days_per_week": 2}, {"days_per_week": 3}, {"days_per_week": 1}]
)


def of_diary(diary: dict[int, tuple[float, int | None]], dose: dict[str, Any]) -> list[Any]:
    return [prescribed(asks(**dose))] + [
        logged(
            told(MONDAY + index * DAY, entry(asks(**dose), share), completion=share, pain=pain),
            sequence,
        )
        for sequence, (index, (share, pain)) in enumerate(sorted(diary.items()), start=1)
    ]


@settings(max_examples=40, deadline=None)
@given(diary=diaries, dose=schedules, today=st.integers(0, LENGTH + 20))
def test_what_the_months_hold_adds_up_to_what_the_days_show(
    diary: dict[int, tuple[float, int | None]], dose: dict[str, Any], today: int
) -> None:
    events = of_diary(diary, dose)
    months = documents(fold(TIMELINE, events), "months").values()

    line = timeline(events, MONDAY + today * DAY)

    held = [session for month in months for session in month["days"].values()]
    repetitions = sum(
        one["done"]["sets"] * one["done"]["repetitions"]
        for session in held
        for one in session["entries"]
        if one["done"]
    )
    assert sum(day.done_amount or 0 for day in line.days) == repetitions
    assert [day.pain for day in line.days if day.pain is not None] == [
        session["pain"] for session in held if session["pain"] is not None
    ]
    assert sum(bool(day.done) for day in line.days) == len(held)


@settings(max_examples=40, deadline=None)
@given(diary=diaries, dose=schedules, today=st.integers(0, LENGTH + 20))
def test_the_figures_are_those_of_the_days(
    diary: dict[int, tuple[float, int | None]], dose: dict[str, Any], today: int
) -> None:
    line = timeline(of_diary(diary, dose), MONDAY + today * DAY)
    figures = line.summary

    assert figures.kept + figures.missed == figures.asked == figures.adherence.days
    assert figures.full + figures.in_part == figures.kept
    kept = sum(day.status in ("done", "partial") for day in line.days)
    assert figures.kept + figures.extra == kept
    assert figures.week is None or figures.week.kept <= figures.week.asked
    dates = [day.date for day in line.days]
    assert dates == [MONDAY + DAY * number for number in range(len(dates))]
    for day in line.days:
        assert (day.adherence is None) == (day.status in ("off", "open", "ahead"))
        assert (day.prescribed_amount is None) == (not day.due)


@settings(max_examples=40, deadline=None)
@given(order=st.randoms(use_true_random=False))
def test_folding_any_interleaving_shows_the_same(order: Any) -> None:
    told_in_order = story()
    expected = timeline(told_in_order, MONDAY + 31 * DAY)
    streams: dict[tuple[str, str], list[Any]] = {}
    for found in told_in_order:
        streams.setdefault((found.source, found.subject), []).append(found)
    mixed = []
    while streams:
        chosen = order.choice(sorted(streams))
        mixed.append(streams[chosen].pop(0))
        if not streams[chosen]:
            del streams[chosen]

    assert timeline(mixed, MONDAY + 31 * DAY) == expected


def test_the_document_of_a_program_is_joined_without_any_month() -> None:
    (program,) = folded([prescribed()])["programs"].values()

    assert joined(program, [], MONDAY).days[0].status == "open"


SIGNALS = {
    "pain.flagged": {"session": "2026-09-07", "late": False, "pain": 8, "limit": 5},
    "program.not_started": {"start": "2026-09-07", "days": 3},
    "program.lapsed": {"last": "2026-09-07", "days": 7, "missed": 7},
    "program.resumed": {"session": "2026-09-20", "last": "2026-09-07", "days": 12},
}


def test_what_adherence_notices_changes_no_timeline() -> None:
    held = {"program": PROGRAM, "patient": ANA_ID, "local_date": "2026-09-07", "revision": 1}
    noticed = [
        event(
            f"adherence.{name}",
            f"program-{PROGRAM}",
            held | more | ({} if name == "program.resumed" else {"rule": "2026-12"}),
            sequence=10 + number,
        )
        for number, (name, more) in enumerate(SIGNALS.items())
    ]

    assert folded([*story(), *noticed]) == folded(story())
