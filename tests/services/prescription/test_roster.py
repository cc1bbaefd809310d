"""Who of the staff signs in as whom."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from prescription import roster
from shared.session import STAFF as KIND
from shared.tokens import Identity
from tests.people import ADA, BO, SERVICE
from tests.services.prescription.conftest import NOW, Clinic

NORTH = {"Hep-Tenant": "north"}


def take_on(clinic: Clinic, **other: Any) -> str:
    body = {"name": "Bo Haraldsen", "email": "Bo@example.org", "role": "therapist"}
    return clinic.create("/staff", body | {"sites": [clinic.site]} | other, ADA)


def names(clinic: Clinic, subjects: str) -> Any:
    return clinic.get(f"/names?ids={subjects}", SERVICE, **NORTH).json["items"]


def arrive(clinic: Clinic, subject: str, email: str, tenant: str = "north") -> None:
    who = Identity(subject, tenant, ("therapist",), (), "", 0)
    roster.link(who, email, clinic.service)


def test_who_was_taken_on_with_a_subject_has_a_name(clinic: Clinic) -> None:
    take_on(clinic, subject="7c1f")

    assert names(clinic, "7c1f,nobody") == {"7c1f": "Bo Haraldsen"}


def test_who_was_taken_on_by_address_is_linked_at_the_first_sign_in(clinic: Clinic) -> None:
    take_on(clinic)

    arrive(clinic, "7c1f", "bo@Example.org")

    assert names(clinic, "7c1f") == {"7c1f": "Bo Haraldsen"}


@pytest.mark.parametrize(
    ("email", "tenant"),
    [("", "north"), ("bö@example.org", "north"), ("bo@example.org", "south")],
)
def test_an_address_that_is_another_links_nobody(clinic: Clinic, email: str, tenant: str) -> None:
    take_on(clinic)

    arrive(clinic, "7c1f", email, tenant)

    assert names(clinic, "7c1f") == {}


def test_nobody_takes_over_who_is_linked_already(clinic: Clinic) -> None:
    take_on(clinic, subject="7c1f")

    arrive(clinic, "other", "bo@example.org")

    assert names(clinic, "7c1f,other") == {"7c1f": "Bo Haraldsen"}


def test_an_address_that_two_share_links_neither(clinic: Clinic) -> None:
    take_on(clinic)
    take_on(clinic, name="Bea Holm")

    arrive(clinic, "7c1f", "bo@example.org")

    assert names(clinic, "7c1f") == {}


def test_the_store_tells_neither_subject_nor_address(clinic: Clinic) -> None:
    take_on(clinic, subject="7c1f-somebody")

    kept = str(list(clinic.service.database["sealed"].find()))

    assert "7c1f-somebody" not in kept
    assert "example.org" not in kept


def test_an_administrator_signs_a_colleague_out_everywhere(clinic: Clinic) -> None:
    bo = take_on(clinic, subject="bo")
    sessions = clinic.service.sessions
    for subject in ("bo", "bo", "cy"):
        sessions.begin(Identity(subject, "north", ("therapist",), (), "", 0), KIND, "")

    assert clinic.post(f"/staff/{bo}/sign-out", {}, BO).status_code == 403
    assert clinic.post(f"/staff/{bo}/sign-out", {}, ADA).json == {"ended": 2}
    assert [len(sessions.listed("north", one)) for one in ("bo", "cy")] == [0, 1]


def test_who_has_left_is_nobody_after_the_last_day(clinic: Clinic) -> None:
    bo = take_on(clinic, subject="7c1f")
    who = Identity("7c1f", "north", ("therapist",), (), "", 0)
    before = roster.now(who, clinic.service)

    answer = clinic.post(
        f"/staff/{bo}/departure", {"date": "2026-09-07"}, ADA, **{"If-Match": '"1"'}
    )

    assert answer.status_code == 201, answer.json
    assert before == roster.now(who, clinic.service) == who
    assert roster.now(who, replace(clinic.service, clock=lambda: NOW + timedelta(days=1))) is None


def test_whom_the_roster_does_not_know_is_who_the_provider_says(clinic: Clinic) -> None:
    take_on(clinic)
    who = Identity("7c1f", "north", ("therapist",), (), "", 0)

    assert roster.now(who, clinic.service) == who
