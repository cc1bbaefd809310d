"""Forms of pages: what was typed, as the API takes it."""

import pytest
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from prescription import forms
from prescription.program import ProgramImpossible
from shared.errors import Fault


def posted(**fields: str) -> MultiDict[str, str]:
    return MultiDict({name.replace("__", "-"): value for name, value in fields.items()})


ROW = {"exercises__0__exercise": "e1", "exercises__0__side": "none", "exercises__0__priority": "1"}


def test_what_is_empty_is_left_out_and_dates_and_lists_are_read() -> None:
    form = posted(title=" Knees ", note="", goals="Walk\n\n Climb \n", start__day="7")
    form.update({"start-month": "9", "start-year": "2026", "phase-number": "2"})

    values = forms.typed(form, dates=("start",))

    assert forms.body(values, ("title", "note", "goals", "start", "phase-number")) == {
        "title": "Knees",
        "goals": ["Walk", "Climb"],
        "start": "2026-09-07",
        "phase": {"number": 2},
    }


def test_a_row_is_read_with_numbers_in_either_spelling() -> None:
    form = posted(**ROW, exercises__0__sets="3", exercises__0__load_kg="2,5")

    (row,) = forms.content(forms.typed(form))

    assert row["dose"] == {"sets": 3, "load_kg": 2.5, "weekdays": []}
    assert (row["exercise"], row["priority"]) == ("e1", 1)


def test_what_is_no_number_is_left_for_the_schema_to_refuse() -> None:
    (row,) = forms.content(forms.typed(posted(**ROW, exercises__0__sets="three")))

    assert row["dose"]["sets"] == "three"


def test_empty_rows_are_ignored_and_half_filled_ones_are_not() -> None:
    form = posted(exercises__0__exercise="", exercises__0__times_per_day="1")
    form.update({"exercises-7-exercise": "", "exercises-7-sets": "3"})

    assert len(forms.content(forms.typed(form))) == 1


def test_days_that_are_ticked_replace_every_day() -> None:
    form = posted(**ROW, exercises__0__days_per_week="7")
    form.setlist("exercises-0-weekdays", ["1", "3"])

    (row,) = forms.content(forms.typed(form))

    assert row["dose"]["weekdays"] == [1, 3]
    assert "days_per_week" not in row["dose"]


def test_rows_are_added_and_removed_without_javascript() -> None:
    form = posted(exercises__0__exercise="e1", exercises__3__exercise="e2")

    added = forms.typed(MultiDict({**form, "add": "1"}))["exercises"]
    removed = forms.typed(MultiDict({**form, "remove": "0"}))["exercises"]

    assert [row["exercise"] for row in added] == ["e1", "e2", ""]
    assert [row["exercise"] for row in removed] == ["e2"]


@pytest.mark.parametrize(
    ("pointer", "name"),
    [
        ("/title", "title"),
        ("/diagnosis/code", "diagnosis-code"),
        ("/goals/2", "goals"),
        ("/exercises", "exercises-0-exercise"),
        ("/exercises/1/exercise", "exercises-1-exercise"),
        ("/exercises/1/dose/sets", "exercises-1-sets"),
        ("/exercises/1/dose/weekdays/0", "exercises-1-weekdays"),
        ("/exercises/1/instructions", "exercises-1-instructions"),
        ("", ""),
    ],
)
def test_a_pointer_leads_to_its_control(pointer: str, name: str) -> None:
    assert forms.control(pointer) == name


def test_errors_stand_in_the_order_of_the_page() -> None:
    pointers = ("/exercises/1/dose/sets", "/exercises/0/dose/sets", "/start", "/title", "/title")
    refusal = ProgramImpossible("", faults=[Fault(pointer, "why") for pointer in pointers])

    assert list(forms.wrong(refusal)) == ["title", "start", "exercises-0-sets", "exercises-1-sets"]


def test_a_schemas_refusal_is_told_as_a_rules() -> None:
    refusal = ValidationError({"diagnosis": {"code": ["Fill this in."]}})

    assert forms.wrong(refusal) == {"diagnosis-code": forms.Wrong("Fill this in.", {})}
