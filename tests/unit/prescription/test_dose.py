"""What a dose can be."""

from dataclasses import asdict, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prescription import dose
from prescription.events import Dose
from prescription.payloads import DoseSchema
from prescription.rules import rules
from prescription.schemas import DoseRequest
from shared.codec import converter
from tests.unit.prescription.asked import DOSE

LIMITS = rules().limits


def wrong(**other: Any) -> list[str]:
    found = dose.faults(replace(DOSE, **other), "/dose", rules())
    return [fault.pointer.removeprefix("/dose/") for fault in found]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sets", 0),
        ("sets", 21),
        ("repetitions", 0),
        ("hold_seconds", -1),
        ("minutes", 0),
        ("load_kg", -0.5),
        ("times_per_day", 0),
        ("days_per_week", 9),
        ("days_per_week", 0),
        ("effort", 11),
        ("rest_seconds", -1),
        ("band", "pink"),
        ("side", "top"),
        ("tempo", "slow"),
        ("tempo", "3-1"),
    ],
)
def test_what_cannot_be_is_named(field: str, value: Any) -> None:
    assert wrong(**{field: value}) == [field]


@pytest.mark.parametrize("weekdays", [(0,), (8,), (1, 1), (1, 3)])
def test_weekdays_are_days_each_once_and_as_many_as_are_asked_for(weekdays: Any) -> None:
    assert wrong(weekdays=weekdays, days_per_week=3) == ["weekdays"]


def test_weekdays_that_agree_with_their_number_are_a_dose() -> None:
    assert wrong(weekdays=(1, 3, 5), days_per_week=3) == []


def test_a_dose_says_how_much() -> None:
    assert wrong(repetitions=None) == ["repetitions"]


@pytest.mark.parametrize("amount", ["repetitions", "hold_seconds", "minutes"])
def test_one_amount_is_enough(amount: str) -> None:
    none: dict[str, Any] = {"repetitions": None, "hold_seconds": None, "minutes": None}

    assert wrong(**none | {amount: 5}) == []


def test_everything_wrong_is_told_at_once() -> None:
    assert wrong(sets=0, days_per_week=9, load_kg=-1) == ["sets", "load_kg", "days_per_week"]


def test_how_often_follows_from_the_weekdays_and_else_is_every_day() -> None:
    every = DoseRequest().load({"repetitions": 10})
    some = DoseRequest().load({"repetitions": 10, "weekdays": [2, 4]})

    assert (every.times_per_day, every.days_per_week) == (1, 7)
    assert some.days_per_week == 2


def whole(name: str) -> st.SearchStrategy[int | None]:
    low, high = LIMITS[name]
    return st.none() | st.integers(int(low), int(high))


def number(name: str) -> st.SearchStrategy[float | None]:
    low, high = LIMITS[name]
    return st.none() | st.floats(low, high)


@st.composite
def doses(draw: st.DrawFn) -> Dose:
    weekdays = tuple(draw(st.lists(st.integers(1, 7), max_size=7, unique=True)))
    return Dose(
        sets=draw(whole("sets")),
        repetitions=draw(st.integers(1, 500)),
        hold_seconds=draw(whole("hold_seconds")),
        minutes=draw(number("minutes")),
        load_kg=draw(number("load_kg")),
        band=draw(st.none() | st.sampled_from(rules().bands)),
        side=draw(st.none() | st.sampled_from(rules().sides)),
        times_per_day=draw(st.integers(1, 24)),
        days_per_week=len(weekdays) or draw(st.integers(1, 7)),
        weekdays=weekdays,
        effort=draw(whole("effort")),
        rest_seconds=draw(whole("rest_seconds")),
        tempo=draw(
            st.none() | st.from_regex(rules().tempo, fullmatch=True, alphabet="0123456789-")
        ),
    )


@given(doses())
def test_any_dose_that_can_be_survives_request_store_and_publication(found: Dose) -> None:
    assert list(dose.faults(found, "", rules())) == []
    assert DoseRequest().load({**asdict(found), "weekdays": list(found.weekdays)}) == found
    assert converter.structure(converter.unstructure(found), Dose) == found
    assert DoseRequest().load(DoseSchema().dump(found)) == found
