"""What controls and codes are called on pages, in English; other languages are in words/."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import current_app

CONTROL = re.compile(r"(exercises|shifts)-(\d{1,4})-(\w+)")
# In the order in which they stand on pages.

LABELS = {
    "name": "Name",
    "email": "E-mail",
    "phone": "Phone",
    "birth_year": "Year of birth",
    "site": "Clinic",
    "therapist": "Therapist",
    "zone": "Time zone",
    "language": "Language",
    "precautions": "Precautions",
    "number": "Record number",
    "birth": "Birthday or year of birth",
    "source": "Other system",
    "file": "File",
    "active": "Active",
    "region": "Region",
    "role": "Role",
    "sites": "Clinics",
    "successor": "Who takes over the patients",
    "patients": "Patients",
    "fallback": "Where nobody else is",
    "staff": "Who",
    "first": "From",
    "last": "Until",
    "hours": "Hours",
    "hours-1": "Monday",
    "hours-2": "Tuesday",
    "hours-3": "Wednesday",
    "hours-4": "Thursday",
    "hours-5": "Friday",
    "hours-6": "Saturday",
    "hours-7": "Sunday",
    "title": "Title",
    "diagnosis-text": "Diagnosis",
    "diagnosis-code": "Code",
    "diagnosis-system": "Coding system",
    "goals": "Goals",
    "start": "First day",
    "end": "Last day",
    "phase-number": "Phase",
    "phase-name": "Name of the phase",
    "reason": "Reason",
    "note": "What you saw",
    "effective": "From which day",
    "date": "Last day",
    "plain_name": "Name for patients",
    "kind": "Kind",
    "steps": "Steps",
    "stop_if": "Stop if",
    "purpose": "What it is for",
    "body": "Part of the body",
    "position": "Position",
    "sides": "Sides",
    "equipment": "Equipment",
    "space": "Space",
    "supervision": "Supervision",
    "muscles": "Muscles",
    "mistakes": "Common mistakes",
    "contraindications": "Not for",
    "easier": "Easier forms",
    "usual-sets": "Usual sets",
    "usual-repetitions": "Usual repetitions",
    "usual-hold_seconds": "Usual hold",
    "usual-minutes": "Usual minutes",
    "usual-times_per_day": "Usual times a day",
    "usual-days_per_week": "Usual days a week",
    "source-title": "Source",
    "source-url": "Address of the source",
    "exercise": "Exercise",
    "sets": "Sets",
    "repetitions": "Repetitions",
    "hold_seconds": "Hold",
    "minutes": "Minutes",
    "load_kg": "Load",
    "band": "Band",
    "side": "Side",
    "times_per_day": "Times a day",
    "days_per_week": "Days a week",
    "weekdays": "Only on these days",
    "effort": "Effort",
    "rest_seconds": "Rest",
    "tempo": "Tempo",
    "layers": "Layers of towel",
    "frequency_hz": "Frequency",
    "pulse_us": "Pulse width",
    "milliamperes": "Strength of the current",
    "instructions": "Words for the patient",
    "priority": "Priority",
}
CODES = {
    "practice": "Our own",
    "progressed": "Progressed",
    "eased": "Made easier",
    "pain": "Because of pain",
    "too_easy": "It was too easy",
    "too_hard": "It was too hard",
    "phase_completed": "The phase is completed",
    "schedule": "Other days or times",
    "correction": "To correct a mistake",
    "other": "Another reason",
    "goals_met": "The goals were met",
    "discharged": "Discharged",
    "replaced": "Replaced by another program",
    "patient_stopped": "The patient stopped",
    "medical": "For a medical reason",
    "therapist": "Therapist",
    "lead": "Lead",
    "biller": "Biller",
    "administrator": "Administrator",
    "strength": "Strength",
    "eccentric": "Eccentric strength",
    "isometric": "Isometric strength",
    "mobility": "Mobility",
    "stretch": "Stretch",
    "balance": "Balance",
    "motor_control": "Motor control",
    "task_practice": "Practice of a task",
    "aerobic": "Endurance",
    "vestibular": "Vestibular",
    "neural_glide": "Nerve gliding",
    "breathing": "Breathing",
    "plyometric": "Jumping",
    "heat": "Heat",
    "cold": "Cold",
    "electrical": "Electrical stimulation",
    "neck": "Neck",
    "shoulder": "Shoulder",
    "elbow": "Elbow",
    "hand": "Hand and wrist",
    "upper_back": "Upper back",
    "lower_back": "Lower back",
    "trunk": "Trunk",
    "pelvis": "Pelvic floor",
    "hip": "Hip",
    "knee": "Knee",
    "ankle": "Ankle and foot",
    "whole_body": "Whole body",
    "head": "Head and eyes",
    "lying": "Lying on the back",
    "side_lying": "Lying on the side",
    "face_down": "Lying face down",
    "all_fours": "On all fours",
    "kneeling": "Kneeling",
    "sitting": "Sitting",
    "standing": "Standing",
    "moving": "On the move",
    "nothing": "No equipment",
    "none": "No side",
    "chair": "Chair",
    "table": "Table",
    "wall": "Wall",
    "step": "Step",
    "band": "Elastic band",
    "weight": "Weight",
    "towel": "Towel",
    "pillow": "Pillow",
    "mat": "Mat",
    "bed": "Bed",
    "stick": "Stick",
    "ball": "Ball",
    "strap": "Strap",
    "cycle": "Exercise bike",
    "target": "Letter to look at",
    "hot_pack": "Warm pack",
    "cold_pack": "Cold pack",
    "stimulator": "Stimulator",
    "board": "Balance board",
    "seat": "Room for a chair",
    "floor": "Room to lie on the floor",
    "stand": "Room to stand",
    "lane": "A few steps of free floor",
    "outdoors": "Outdoors",
    "alone": "Safe alone",
    "within_reach": "Something firm within reach",
    "beside": "Somebody beside the patient",
    "one": "One side",
    "each": "Each side in turn",
    "both": "Both sides together",
    "tier_primary": "Primary source",
    "tier_secondary": "Secondary source",
    "tier_web": "Source: a web page",
    "dose_partial": "Dose incomplete in the source",
    "dose_knowledge": "Dose from general knowledge",
}


def split(name: str) -> tuple[int | None, str]:
    """Return the row that a control is in, if any, and what it is called there."""
    if found := CONTROL.fullmatch(name):
        return int(found[2]), found[3]
    return None, name


def label(name: str) -> Any:
    """Return what a control is called; one of an exercise names the exercise's number too."""
    row, field = split(name)
    text = say(LABELS.get(field, field))
    if row is None:
        return text
    if name.startswith("shifts"):
        return say("Row %(number)s, %(field)s", number=row + 1, field=text)
    return say("Exercise %(number)s, %(field)s", number=row + 1, field=text)


def called(code: str) -> Any:
    """Return a code as people say it; one without a word of ours, as it is."""
    return say(CODES.get(code, code))


def say(text: str, **values: object) -> Any:
    """Return a text in the reader's language, with the values in it; dates as people say them."""
    environment = current_app.jinja_env
    gettext: Callable[..., Any] = environment.globals["_"]  # type: ignore[assignment]
    day = environment.filters["day"]
    told = {
        name: day(value, "long") if isinstance(value, date) else value
        for name, value in values.items()
    }
    return gettext(text, **told)
