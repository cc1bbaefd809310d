"""The demonstration's script: made of the data alone, true to its sources, fit to be sent."""

import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby
from typing import Any

import pytest
from marshmallow import Schema

from adherence import schemas as adherence
from deploy.local.demo.people import Patient, cast
from deploy.local.demo.play import ahead
from deploy.local.demo.published import CATALOGUE, HERE, published
from deploy.local.demo.script import STOPS, Step, resolve, steps, stops
from notifications.rules import rules
from prescription import schemas as prescription
from prescription.catalogue import catalogue, identity
from prescription.dose import faults
from prescription.rules import rules as codes

PRINTED = "from deploy.local.demo.script import steps; print(steps())"
AMOUNTS = ("sets", "repetitions", "hold_seconds", "minutes", "times_per_day", "days_per_week")
IDS = {step.name: f"{number:032x}" for number, step in enumerate(steps())} | {
    f"catalogue:{word}": identity("riverside", word) for word in catalogue().entries
}


def sent(*kinds: str) -> list[Step]:
    return [step for step in steps() if step.name.split(":")[0] in kinds]


def of(patient: Patient, *kinds: str) -> list[Step]:
    return [step for step in sent(*kinds) if step.name.split(":")[1] == patient.key]


def prescribed(patient: Patient) -> dict[str, Any]:
    (step,) = of(patient, "program")
    return dict(step.body)


def occurred(step: Step) -> datetime:
    return datetime.fromisoformat(step.body["occurred"])


def read(key: str) -> dict[str, Any]:
    return tomllib.loads((HERE / "programs" / f"{key}.toml").read_text())


def doses() -> Iterator[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]]:
    """Yield what is sent of each exercise, beside its dose and its program in the file."""
    for patient in cast().patients:
        program = read(patient.program)
        for step in of(patient, "program", "revision"):
            phase = program["phases"][step.body["phase"]["number"] - 1]
            for asked, dose in zip(step.body["exercises"], phase["doses"], strict=True):
                yield asked, dose, program


def test_every_dose_goes_with_the_kind_of_its_exercise() -> None:
    kinds = {f"@{step.name}": step.body["kind"] for step in sent("exercise")}
    kinds |= {f"{CATALOGUE}{word}": entry.kind for word, entry in catalogue().entries.items()}
    asked = [one for step in sent("program", "revision") for one in step.body["exercises"]]
    loaded = [(prescription.DoseRequest().load(one["dose"]), one["exercise"]) for one in asked]
    found = [told for dose, name in loaded for told in faults(dose, "", codes(), kinds[name])]

    assert asked
    assert found == []


def test_the_script_is_the_same_every_time() -> None:
    others = subprocess.run(
        [sys.executable, "-c", PRINTED], capture_output=True, text=True, check=True
    )

    assert others.stdout.strip() == str(steps())


def test_it_is_in_order_and_every_command_has_a_name_of_its_own() -> None:
    moments = [step.moment for step in steps()]

    assert moments == sorted(moments)
    assert Counter(step.name for step in steps()).most_common(1)[0][1] == 1


def test_twelve_people_of_24_to_84_are_each_on_a_program_of_their_own() -> None:
    patients = cast().patients
    ages = sorted(cast().first.year - patient.born for patient in patients)

    assert len({patient.program for patient in patients}) == len(patients) == 12
    assert (ages[0], ages[-1]) == (24, 84)
    assert {patient.language for patient in patients} == {"en", "es"}
    assert all(prescribed(one)["start"] == cast().first.isoformat() for one in patients)


@pytest.mark.parametrize("patient", cast().patients, ids=lambda patient: patient.key)
def test_every_session_lies_within_its_program(patient: Patient) -> None:
    end = prescribed(patient)["end"]
    for step in of(patient, "revision"):
        end = step.body.get("end", end)
    for step in of(patient, "end"):
        end = step.body["date"]
    days = [date.fromisoformat(step.body["local_date"]) for step in of(patient, "session")]

    assert min(days) >= cast().first
    assert max(days) <= min(cast().last, date.fromisoformat(end or "9999-12-31"))


def test_a_session_names_the_revision_that_is_in_force() -> None:
    for patient in cast().patients:
        for step in of(patient, "session"):
            day = occurred(step).date()
            begun = [one for one in of(patient, "revision") if one.body["effective"] <= str(day)]

            assert step.body["revision"] == 1 + len(begun)


@pytest.mark.parametrize(
    ("zone", "day", "offsets"),
    [
        ("Europe/Madrid", date(2026, 10, 25), {"+0100", "+0200"}),
        ("America/New_York", date(2026, 11, 1), {"-0400", "-0500"}),
    ],
)
def test_the_change_of_hours_lies_among_the_sessions(
    zone: str, day: date, offsets: set[str]
) -> None:
    patients = [patient for patient in cast().patients if patient.zone.key == zone]
    moments = [occurred(step) for patient in patients for step in of(patient, "session")]

    assert {f"{moment:%z}" for moment in moments} == offsets
    assert day in {moment.date() for moment in moments}


def test_somebody_exercises_in_the_hour_that_comes_twice() -> None:
    night = {step.body["occurred"] for step in sent("session")}

    assert "2026-10-25T02:40:00+01:00" in night


def test_every_dose_is_the_published_one_or_the_least_of_its_range() -> None:
    for asked, dose, _ in doses():
        for name in AMOUNTS:
            published_one = dose.get(name)
            least = min(published_one) if isinstance(published_one, list) else published_one

            assert asked["dose"].get(name) == least


def test_a_range_and_what_was_not_seen_are_said_beside_the_dose() -> None:
    for asked, dose, program in doses():
        ranges = [value for name, value in dose.items() if name in AMOUNTS and type(value) is list]
        words = {"en": "Not checked", "es": "Sin comprobar"}[program["language"]]
        unseen = bool(dose.get("unseen") or program.get("unseen"))

        assert all(str(high) in asked["instructions"] for _, high in ranges)
        assert (words in (asked["instructions"] or "")) == unseen


def test_only_a_program_that_was_seen_whole_is_verified() -> None:
    for patient in cast().patients:
        program = read(patient.program)
        parts = [program, *(dose for phase in program["phases"] for dose in phase["doses"])]
        whole = not any(part.get("unseen") for part in parts)

        assert prescribed(patient)["source"]["verified"] == whole
        assert prescribed(patient)["diagnosis"]["verified"] is False
    assert {prescribed(patient)["source"]["verified"] for patient in cast().patients} == {
        True,
        False,
    }


def test_every_exercise_of_the_library_is_in_a_program() -> None:
    used = {asked["exercise"] for asked, _, _ in doses()}
    own = {name for name in used if not name.startswith(CATALOGUE)}

    assert own == {f"@{step.name}" for step in sent("exercise")}


def test_what_the_catalogue_has_is_prescribed_from_it() -> None:
    used = {asked["exercise"].removeprefix(CATALOGUE) for asked, _, _ in doses()}
    names = {
        name.casefold()
        for entry in catalogue().entries.values()
        for name in (entry.name, *(wording.name for wording in entry.wordings))
    }

    assert {"ankle-pump", "bridge", "sit-to-stand", "walking"} <= used
    assert not [step for step in sent("exercise") if step.body["name"].casefold() in names]


SCHEMAS: dict[str, type[Schema]] = {
    "practice": prescription.PracticeRequest,
    "site": prescription.SiteRequest,
    "staff": prescription.StaffRequest,
    "exercise": prescription.ExerciseRequest,
    "patient": prescription.PatientRequest,
    "program": prescription.ProgramRequest,
    "revision": prescription.RevisionRequest,
    "end": prescription.EndRequest,
    "session": adherence.LogRequest,
    "amendment": adherence.AmendRequest,
}


@pytest.mark.parametrize("kind", SCHEMAS)
def test_every_body_is_one_that_the_service_takes(kind: str) -> None:
    for step in sent(kind):
        assert SCHEMAS[kind]().validate(resolve(step.body, IDS)) == {}, step.name


def test_a_name_is_resolved_only_after_its_thing_was_made() -> None:
    known = {name: one for name, one in IDS.items() if name.startswith(CATALOGUE[1:])}
    for step in steps():
        path = resolve(step.path, known)
        resolve(step.body, known)
        known[step.name] = IDS[step.name]

        assert "@" not in path


def test_several_logs_a_day_and_one_log_a_day_both_occur() -> None:
    a_day = {
        patient.key: max(
            len(list(logs))
            for _, logs in groupby(of(patient, "session"), lambda step: step.body["local_date"])
        )
        for patient in cast().patients
    }

    assert (a_day["antonio"], a_day["aiko"], a_day["lucia"]) == (3, 3, 1)


def test_what_is_told_late_keeps_its_own_time() -> None:
    late = [
        step
        for step in sent("session")
        if step.body["device_now"][:10] > step.body["occurred"][:10]
    ]

    assert [step.body["local_date"] for step in late] == ["2026-10-09", "2026-10-12", "2026-10-14"]
    assert all(step.body["device_now"].startswith("2026-10-15T09:3") for step in late)


def test_a_fast_telephone_may_show_tomorrow() -> None:
    (step,) = [
        step
        for step in sent("session")
        if step.actor == "mateo" and step.body["occurred"] == "2026-10-17T00:25:00-04:00"
    ]

    assert step.body["local_date"] == "2026-10-17"
    assert step.moment.isoformat() == "2026-10-17T03:45:00+00:00"


def test_pain_that_is_not_answered_is_not_zero() -> None:
    answers = [step.body["pain"] for step in sent("session")]

    assert {None, 0} < set(answers)
    assert all(pain is None or 0 <= pain <= 10 for pain in answers)


def test_the_clock_stands_still_where_the_notifications_rules_say_that_something_is_due() -> None:
    found = rules()

    assert [stop.replace(second=0) for stop in STOPS[:2]] == [found.quiet_until, found.remind_at]
    assert STOPS[2] < found.quiet_from


def test_what_is_ahead_begins_where_an_earlier_run_left_off() -> None:
    found = list(ahead(steps(), 100))

    assert [step for _, step in found if step] == list(steps()[100:])
    moments = [moment for moment, _ in found]
    assert moments == sorted(moments)
    assert moments[0] >= steps()[99].moment


def test_all_stops_lie_before_the_clock_runs_on() -> None:
    assert max(stops()) < cast().then


def test_all_programs_are_somebodys() -> None:
    assert set(published()) == {patient.program for patient in cast().patients}
