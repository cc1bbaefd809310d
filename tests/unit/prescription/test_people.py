"""Practice, sites, staff and patients: who is registered, and what cannot be."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from prescription import patient, practice, site, staff
from prescription.commands import (
    AssignPatient,
    ChangePractice,
    ChangeStaff,
    ErasePatient,
    LeaveStaff,
    RegisterPatient,
    RegisterPractice,
    RegisterSite,
    RegisterStaff,
    ReturnStaff,
    UpdatePatient,
)
from prescription.events import PatientErased, PatientUpdated, PracticeRegistered
from prescription.region import Region
from prescription.rules import rules
from shared.errors import NotFound
from tests.unit.prescription.asked import ANA, keep, pointers

REGISTER = RegisterPatient(
    patient="ana",
    name="Ana Ruiz",
    email="ana@example.org",
    phone=None,
    subject=None,
    birth_year=1950,
    zone="Europe/Madrid",
    language="en",
    site="north",
    therapist=None,
    precautions="Osteoporosis",
)
DESK = patient.Desk(site.Site("North", "Europe/Madrid"), staff.Staff(), date(2026, 9, 7), rules())


def test_a_practice_is_registered_once() -> None:
    command = RegisterPractice("north", "North", "en")
    (event,) = practice.register(practice.Practice(), command)

    assert event == PracticeRegistered("north", "North", "en")
    with pytest.raises(practice.AlreadyRegistered):
        practice.register(practice.evolve(practice.Practice(), event), command)


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "", "../../etc/passwd", "europe/madrid"])
def test_a_site_lies_in_a_time_zone_that_there_is(zone: str) -> None:
    with pytest.raises(site.SiteImpossible) as refused:
        site.register(RegisterSite("n", "North", zone, "en", None), Region())

    assert pointers(refused) == ["/zone"]


def test_staff_have_a_known_role_at_known_sites() -> None:
    command = RegisterStaff("bo", "Bo", "bo@example.org", "juggler", ("north", "south"))

    with pytest.raises(staff.StaffImpossible) as refused:
        staff.register(staff.Staff(), command, {"north"}, rules())

    assert pointers(refused) == ["/role", "/sites/1"]


def test_a_patient_is_registered_without_a_name_in_the_event() -> None:
    (event,) = patient.register(REGISTER, DESK, keep)

    assert event == replace(ANA, precautions="id of Osteoporosis")


@pytest.mark.parametrize(
    ("other", "pointer"),
    [
        ({"therapist": "bo"}, "/therapist"),
        ({"zone": "Europe/Nowhere"}, "/zone"),
        ({"birth_year": 1850}, "/birth_year"),
        ({"birth_year": 2027}, "/birth_year"),
    ],
)
def test_what_cannot_be_about_a_patient_is_named(other: dict[str, Any], pointer: str) -> None:
    with pytest.raises(patient.PatientImpossible) as refused:
        patient.register(replace(REGISTER, **other), DESK, keep)

    assert pointers(refused) == [pointer]


def test_a_patient_is_treated_at_a_site_of_the_practice() -> None:
    with pytest.raises(patient.PatientImpossible) as refused:
        patient.register(REGISTER, replace(DESK, site=site.Site()), keep)

    assert pointers(refused) == ["/site"]


@pytest.mark.parametrize(
    ("role", "treats"), [("therapist", True), ("lead", True), ("biller", False)]
)
def test_patients_belong_to_those_who_treat(role: str, treats: bool) -> None:
    assert staff.Staff(role).treats is treats


def test_only_who_was_registered_can_be_erased() -> None:
    registered = patient.evolve(patient.Patient(), ANA)

    assert patient.erase(registered, ErasePatient("ana")) == [PatientErased("ana")]
    assert not patient.evolve(registered, PatientErased("ana")).present
    with pytest.raises(NotFound):
        patient.erase(patient.Patient(), ErasePatient("ana"))


def test_a_name_is_found_by_its_words_and_their_beginnings() -> None:
    assert patient.findable("Li Ruiz") == {"Li", "Ruiz", "Rui"}


BO = staff.Staff("therapist", ("north",))
CHANGE = ChangeStaff("bo", 1, "Bo", "bo@example.org", "lead", ("north",))
LEAVE = LeaveStaff("bo", 1, date(2026, 9, 30), "dee")
DEE = staff.Staff("lead", ())


def test_a_role_and_sites_change() -> None:
    (event,) = staff.change(BO, CHANGE, {"north"}, rules())

    assert staff.evolve(BO, event) == staff.Staff("lead", ("north",))


def test_who_leaves_has_no_patients_and_is_not_changed_until_back() -> None:
    (left,) = staff.leave(BO, LEAVE, DEE)
    gone = staff.evolve(BO, left)

    assert not gone.treats
    with pytest.raises(staff.StaffGone):
        staff.change(gone, CHANGE, {"north"}, rules())
    (back,) = staff.come_back(gone, ReturnStaff("bo", 2))
    assert staff.evolve(gone, back) == BO
    assert staff.come_back(BO, ReturnStaff("bo", 2)) == []


@pytest.mark.parametrize(
    ("successor", "member"),
    [("eve", staff.Staff()), ("eve", staff.Staff("biller")), ("bo", BO)],
)
def test_who_takes_over_treats(successor: str, member: staff.Staff) -> None:
    with pytest.raises(staff.StaffImpossible) as refused:
        staff.leave(BO, replace(LEAVE, successor=successor), member)

    assert pointers(refused) == ["/successor"]


UPDATE = UpdatePatient(
    patient="ana",
    version=1,
    name="Ana Torres",
    email="ana@example.org",
    phone=None,
    zone="Europe/Paris",
    language="es",
    site="south",
)
REGISTERED = patient.evolve(patient.Patient(), ANA)


def test_an_update_moves_a_patient_and_says_no_name() -> None:
    (event,) = patient.update(REGISTERED, UPDATE, DESK.site)

    assert event == PatientUpdated("ana", "south", "Europe/Paris", "es")
    moved = patient.evolve(REGISTERED, event).registered
    assert moved == replace(ANA, site="south", zone="Europe/Paris", language="es")


def test_a_patient_is_assigned_to_who_treats_at_the_site() -> None:
    command = AssignPatient("ana", 1, "bo")
    (event,) = patient.assign(REGISTERED, command, BO)
    assigned = patient.evolve(REGISTERED, event)

    assert patient.assign(assigned, command, BO) == []
    for member in (staff.Staff(), replace(BO, sites=("south",)), staff.Staff("biller")):
        with pytest.raises(patient.PatientImpossible) as refused:
            patient.assign(REGISTERED, command, member)
        assert pointers(refused) == ["/therapist"]


def test_who_was_erased_is_neither_updated_nor_assigned() -> None:
    erased = patient.evolve(REGISTERED, PatientErased("ana"))

    with pytest.raises(NotFound):
        patient.update(erased, UPDATE, DESK.site)
    with pytest.raises(NotFound):
        patient.assign(erased, AssignPatient("ana", 2, None), staff.Staff())


def test_a_practice_has_another_name_and_language() -> None:
    (event,) = practice.change(ChangePractice("north", 1, "North group", "es"))

    assert practice.evolve(practice.Practice("North", "en"), event) == practice.Practice(
        "North group", "es"
    )
