"""A record under a legal hold is not erased; what is past its time is listed, never erased."""

from datetime import date
from typing import Any

import pytest

from prescription import hold as holds
from prescription.commands import PlaceHold
from prescription.handlers import place_hold
from prescription.retention import past, retention
from shared.language import catalogue
from shared.stream import Cause
from tests.people import ADA, BO, DEE
from tests.services.prescription.conftest import TEMPLATES, Clinic

HOLD = {"reason": "litigation", "note": "Case 12 of Zenobia", "until": None}


def hold(clinic: Clinic, person: str = DEE, **other: Any) -> Any:
    return clinic.post(f"/patients/{clinic.patient}/hold", HOLD | other, person)


def erase(clinic: Clinic) -> Any:
    return clinic.post(f"/patients/{clinic.patient}/erasure", None, ADA)


def release(clinic: Clinic, person: str = ADA) -> Any:
    return clinic.post(f"/patients/{clinic.patient}/hold/release", None, person)


def test_a_held_record_is_not_erased_and_the_answer_says_why_and_whom_to_ask(
    clinic: Clinic,
) -> None:
    hold(clinic)

    answer = erase(clinic)

    assert (answer.status_code, answer.json["type"]) == (409, "/problems/on-hold")
    assert "litigation" in answer.json["detail"]
    assert "Ask dee" in answer.json["detail"]
    assert clinic.get(f"/patients/{clinic.patient}").json["name"] == "Ana Ruiz"


def test_once_released_it_is_erased(clinic: Clinic) -> None:
    hold(clinic)
    assert release(clinic).status_code == 200

    assert erase(clinic).status_code == 200
    assert clinic.get(f"/patients/{clinic.patient}").json["name"] is None


@pytest.mark.parametrize(("until", "status"), [("2026-09-06", 422), ("2026-09-07", 201)])
def test_a_hold_ends_on_a_day_to_come(clinic: Clinic, until: str, status: int) -> None:
    assert hold(clinic, until=until).status_code == status


def test_a_reason_is_one_of_the_codes(clinic: Clinic) -> None:
    answer = hold(clinic, reason="because")

    assert [error["pointer"] for error in answer.json["errors"]] == ["/reason"]


def test_what_is_not_held_cannot_be_released(clinic: Clinic) -> None:
    assert release(clinic).json["type"] == "/problems/not-held"


def test_who_was_erased_is_not_held(clinic: Clinic) -> None:
    erase(clinic)

    assert hold(clinic).status_code == 404


@pytest.mark.parametrize(("person", "status"), [(BO, 403), (DEE, 201), (ADA, 201)])
def test_who_leads_may_hold(clinic: Clinic, person: str, status: int) -> None:
    assert hold(clinic, person).status_code == status


def test_the_words_of_a_hold_are_sealed_and_nothing_of_it_is_published(clinic: Clinic) -> None:
    hold(clinic)

    stored = str(list(clinic.service.database["commits"].find({})))
    assert "Zenobia" not in stored
    assert not [one for one in clinic.events() if "held" in one.type]


def test_a_hold_that_comes_while_an_erasure_is_decided_wins(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(*_: Any) -> None:
        monkeypatch.undo()
        command = PlaceHold(clinic.patient, "litigation", None, None)
        place_hold(command, clinic.service, Cause("north", "dee", "hold"))

    monkeypatch.setattr(holds, "check", overtaken)

    assert erase(clinic).status_code == 409
    assert clinic.get(f"/patients/{clinic.patient}").json["name"] == "Ana Ruiz"


def test_every_kind_of_record_says_how_long_and_who_says_so(clinic: Clinic) -> None:
    told = clinic.get("/retention", DEE).json

    assert all(kind["source"] and kind["verified"] is False for kind in told["types"])
    assert "clinical record" in {kind["type"] for kind in told["types"]}


def test_a_record_past_its_time_is_listed_and_stays(clinic: Clinic) -> None:
    clinic.prescribe()
    clinic.catch_up()
    assert clinic.get("/retention/past", DEE).json["items"] == []

    clinic.service.database["lists.patients@1"].update_many(
        {}, {"$set": {"latest.end": "2016-09-06"}}
    )

    (found,) = clinic.get("/retention/past", DEE).json["items"]
    assert found == {"patient": clinic.patient, "type": "clinical record", "ended": "2016-09-06"}
    assert clinic.get(f"/patients/{clinic.patient}").json["erased"] is False


PATIENT: dict[str, Any] = {"patient": "p1", "registered": "2001-05-05T09:00:00+00:00"}
OPEN_END = {"ended": None, "end": None}


@pytest.mark.parametrize(
    ("latest", "found"),
    [
        (None, [("p1", date(2001, 5, 5))]),
        (OPEN_END, []),
        ({"ended": "2010-01-01", "end": "2030-01-01"}, [("p1", date(2010, 1, 1))]),
        ({"ended": None, "end": "2030-01-01"}, []),
    ],
    ids=["never began", "goes on", "ended early", "ends later"],
)
def test_care_ends_with_the_latest_program(latest: Any, found: list[Any]) -> None:
    assert list(past([PATIENT | {"latest": latest}], date(2016, 9, 7))) == found


def test_ten_years_before_a_leap_day_there_is_a_day() -> None:
    assert retention().before(date(2028, 2, 29)) == date(2018, 2, 28)


def test_what_outlives_is_said_in_spanish() -> None:
    known = catalogue("es", TEMPLATES.parent / "words")

    assert {left.text for left in retention().outlives} <= known.keys()
