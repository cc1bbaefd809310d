"""What a draft weighs: minutes, number, doses beyond what is usual, what is not at home."""

from dataclasses import replace
from typing import Any

import pytest

from prescription.builder import weighing
from prescription.builder.evidence import evidence
from prescription.builder.weighing import Row, Weighed
from prescription.events import Dose
from prescription.record.chart import Record
from prescription.record.conditions import known as conditions
from prescription.record.events import Home
from tests.unit.prescription.asked import SIT
from tests.unit.prescription.test_warrant import GUIDE

OPEN = Dose(None, None, None, None, None, None, None, 1, 7, (), None, None, None)
AT_HOME = Record(home=Home(("step",), ("stand",)))


def row(number: int = 0, kind: str = "strength", **dose: Any) -> Row:
    asked = replace(SIT, dose=replace(OPEN, **dose))
    return Row(number, asked, "Step-up", kind, GUIDE)


def weigh(*rows: Row, record: Record = AT_HOME, age: int = 40) -> Weighed:
    return weighing.weigh(rows, record, age, evidence())


def said(weighed: Weighed, kind: str) -> list[str]:
    return [one.told.reason for one in weighed.findings if one.kind == kind]


@pytest.mark.parametrize(
    ("dose", "minutes"),
    [
        ({"minutes": 20.0}, 21),
        ({"sets": 3, "repetitions": 10}, 4),
        ({"sets": 3, "repetitions": 10, "side": "each"}, 7),
        ({"sets": 3, "repetitions": 10, "rest_seconds": 0}, 3),
        ({"repetitions": 10, "hold_seconds": 26}, 6),
        ({"sets": 1, "repetitions": 10, "tempo": "3-0-3"}, 2),
        ({"sets": 3, "repetitions": 10, "times_per_day": 2}, 7),
    ],
)
def test_the_minutes_of_a_day_follow_from_the_dose(dose: Any, minutes: int) -> None:
    assert weigh(row(**dose)).minutes == minutes


@pytest.mark.parametrize(("number", "told", "asks"), [(4, 0, False), (5, 1, False), (7, 1, True)])
def test_more_than_four_exercises_are_warned_of_with_the_evidence(
    number: int, told: int, *, asks: bool
) -> None:
    weighed = weigh(*(row(n, sets=1, repetitions=10, days_per_week=3) for n in range(number)))

    found = [one for one in weighed.findings if one.kind == "number"]
    assert len(found) == told
    assert any(one.reason for one in found) == asks
    assert all(one.source and one.source.url for one in found)


@pytest.mark.parametrize(
    ("kind", "dose", "age", "sentence"),
    [
        ("strength", {"repetitions": 20, "days_per_week": 3}, 40, "usual is 8 to 12."),
        ("strength", {"repetitions": 20, "days_per_week": 3}, 70, "usual is 10 to 15."),
        ("strength", {"repetitions": 10, "days_per_week": 7}, 40, "usual is 2 to 3."),
        ("stretch", {"repetitions": 2, "hold_seconds": 60}, 40, "usual is 10 to 30."),
        ("stretch", {"repetitions": 1, "hold_seconds": 20}, 40, "usual is at least 60."),
        ("balance", {"hold_seconds": 20, "days_per_week": 1}, 40, "usual is 2 to 3."),
        ("aerobic", {"minutes": 10.0, "days_per_week": 3}, 40, "usual is at least 150."),
    ],
)
def test_a_dose_beyond_what_is_usual_is_a_hint_with_its_source(
    kind: str, dose: Any, age: int, sentence: str
) -> None:
    weighed = weigh(row(kind=kind, **dose), age=age)

    (found,) = [one for one in weighed.findings if one.kind == "dose"]
    assert found.told.reason.endswith(sentence)
    assert found.level == "info"
    assert found.source


@pytest.mark.parametrize(
    ("kind", "dose"),
    [
        ("strength", {"sets": 3, "repetitions": 10, "days_per_week": 3}),
        ("stretch", {"repetitions": 3, "hold_seconds": 20}),
        ("aerobic", {"minutes": 30.0, "days_per_week": 5}),
        ("vestibular", {"repetitions": 30}),
    ],
)
def test_a_usual_dose_is_no_finding(kind: str, dose: Any) -> None:
    assert weigh(row(kind=kind, **dose)).findings == ()


def test_what_is_not_at_home_is_told_and_that_nobody_has_asked() -> None:
    one = row(sets=1, repetitions=10, days_per_week=3)

    assert said(weigh(one, record=Record()), "home") == [
        "Nobody has asked yet what there is at home."
    ]
    assert said(weigh(one, record=Record(home=Home((), ()))), "equipment") == [
        "Step-up needs what is not at home: step."
    ]


def test_what_the_record_says_against_an_exercise_comes_first() -> None:
    record = replace(AT_HOME, conditions=("may_not_kneel", "achilles_tear"))

    weighed = weigh(row(repetitions=30), record=record)

    assert [(one.kind, one.level) for one in weighed.findings][:2] == [
        ("caution", "stop"),
        ("caution", "attention"),
    ]


def test_what_was_not_understood_is_told() -> None:
    one = row(sets=1, repetitions=10, days_per_week=3)
    again = replace(one, asked=replace(one.asked, taught="needs_repeat"))

    assert len(said(weigh(again), "taught")) == 1


def test_every_figure_names_where_it_comes_from() -> None:
    known = evidence()

    assert all(one.source in known.sources for one in known.usual)
    assert all(one.url.startswith("https://") for one in known.sources.values())
    assert known.warn_above < known.reason_above
    assert all(one.finds for one in conditions().values())
