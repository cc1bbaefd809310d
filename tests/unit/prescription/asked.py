"""What the rules are asked in these tests: commands as a therapist would send them."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from prescription.commands import (
    AskedDiagnosis,
    AskedExercise,
    AskedPhase,
    PrescribeProgram,
    ReviseProgram,
)
from prescription.dosage import Shelf
from prescription.events import Dose, ExercisePublished, PatientRegistered
from prescription.exercise import Exercise
from prescription.patient import Patient
from prescription.program import Desk, Program, evolve, prescribe
from prescription.rules import rules

ANA = PatientRegistered("ana", "north", "Europe/Madrid", "en", None, 1950, None)
DOSE = Dose(3, 10, None, None, None, None, "each", 1, 7, (), None, None, None)
SIT = AskedExercise("sit", DOSE, 1, "Hold on to the table.")
BEGIN = AskedPhase(1, "Begin")
PRESCRIBE = PrescribeProgram(
    program="p",
    patient="ana",
    title="Stronger legs",
    diagnosis=AskedDiagnosis("M17.1", "ICD-10", True, "Sore knee"),
    goals=("Climb the stairs",),
    start=date(2026, 9, 7),
    end=date(2026, 10, 18),
    phase=BEGIN,
    exercises=(SIT,),
    source=None,
)
REVISE = ReviseProgram(
    program="p",
    version=1,
    reason="progressed",
    note="No pain.",
    effective=date(2026, 9, 14),
    end=PRESCRIBE.end,
    phase=BEGIN,
    exercises=(replace(SIT, dose=replace(DOSE, repetitions=12)),),
)


def known(identity: str, kind: str = "strength") -> Exercise:
    """Return an exercise of the library, in its first version."""
    published = ExercisePublished(
        identity, identity, identity, kind, ("Go.",), (), None, None, None, None, None
    )
    return Exercise((published,))


LIBRARY = {"sit": known("sit"), "bridge": known("bridge")}
DESK = Desk(Patient(ANA), Shelf(LIBRARY), date(2026, 9, 7), rules())


def keep(words: str, *place: str) -> str:
    """Return an id that shows what it stands for."""
    del place
    return f"id of {words}"


def prescribed() -> Program:
    (event,) = prescribe(PRESCRIBE, DESK, keep)
    return evolve(Program(), event)


def pointers(refused: pytest.ExceptionInfo[Any]) -> list[str]:
    return [fault.pointer for fault in refused.value.faults]
