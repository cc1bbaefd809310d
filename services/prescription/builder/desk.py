"""What the builder has at hand: a draft weighed, templates to begin with, a record."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from marshmallow import ValidationError

from prescription import exercise
from prescription.builder import draft, weighing
from prescription.builder.evidence import evidence
from prescription.builder.weighing import Row, Weighed
from prescription.desk import today
from prescription.forms import Typed, filled, is_empty
from prescription.protocol import queries, template
from prescription.record import chart
from prescription.record.chart import Record
from prescription.schemas import AskedExerciseRequest
from shared.errors import NotFound
from shared.permission import NOBODY_HERE, Asker
from shared.service import Service


def weigh(values: Typed, patient: dict[str, Any], asker: Asker, service: Service) -> Weighed:
    """Return what a draft weighs for a patient who was let through; unfinished rows do not."""
    age = service.clock().year - patient["birth_year"]
    return weighing.weigh(
        list(_rows(values, asker, service)),
        record(patient["id"], asker, service),
        age,
        evidence(),
    )


def record(patient: str, asker: Asker, service: Service) -> Record:
    """Return the record of a patient who was let through."""
    return service.streams.peek(chart.KIND, asker.tenant, patient).state


def templates(asker: Asker, service: Service) -> list[dict[str, str]]:
    """Return all templates in use, as options of a select: each with its phases."""
    found = queries.templates("", asker, service, limit=queries.MOST)
    return [
        {"value": f"{one['id']}:{number}", "text": _called(one, number)}
        for one in found
        for number in range(1, one["phases"] + 1)
    ]


def begin(chosen: str, side: str, patient: dict[str, Any], asker: Asker, service: Service) -> Typed:
    """Return a draft that a template begins.

    Args:
        chosen: id of the template and number of the phase, as `templates` gives them.
        side: the patient's affected one, or empty.
        patient: for whom.
        asker: who begins.
        service: whose.

    Raises:
        NotFound: there is no such template or phase.
        AlreadyRetired: the template fills no draft any more.
    """
    identity, _, number = chosen.partition(":")
    state = service.streams.peek(template.KIND, asker.tenant, identity).state
    template.check_in_use(state)
    latest = state.latest
    phase = int(number) if number.isascii() and number.isdigit() else 1
    if latest is None or not 1 <= phase <= len(latest.stages):
        raise NotFound(NOBODY_HERE)
    return draft.fill(
        latest, phase, language=patient["language"], side=side, today=today(patient["zone"])
    )


def told(weighed: Weighed) -> dict[str, Any]:
    """Return what a draft weighs, as the API answers it."""
    return {
        "minutes": weighed.minutes,
        "exercises": weighed.number,
        "findings": [
            {
                "exercise": one.row,
                "kind": one.kind,
                "level": one.level,
                "text": one.told.reason,
                "source": one.source and asdict(one.source),
                "reason": one.reason,
            }
            for one in weighed.findings
        ],
    }


def _called(found: dict[str, Any], number: int) -> str:
    name = f"{found['condition']}: {found['name']}"
    return name if found["phases"] == 1 else f"{name} ({number}/{found['phases']})"


def _rows(values: Typed, asker: Asker, service: Service) -> Iterator[Row]:
    for number, row in enumerate(values["exercises"] or []):
        if is_empty(row) or not row["exercise"]:
            continue
        state = service.streams.peek(exercise.KIND, asker.tenant, row["exercise"]).state
        try:
            asked = AskedExerciseRequest().load(filled(row))
        except ValidationError:
            continue
        if latest := state.latest:
            said = {name: getattr(latest, name) for name in ("plain_name", "steps", "stop_if")}
            yield Row(number, asked, latest.name, latest.kind, latest.guide, **said)


def shown(values: Typed, language: str, asker: Asker, service: Service) -> list[dict[str, Any]]:
    """Return the exercises of a draft as the patient will see them, in the patient's language."""
    return [
        _card(row, language) | {"instructions": row.asked.instructions}
        for row in _rows(values, asker, service)
    ]


def _card(row: Row, language: str) -> dict[str, Any]:
    wordings = {one.language: one for one in (row.guide.wordings if row.guide else ())}
    own = wordings.get(language)
    return {
        "id": row.asked.exercise,
        "name": own.plain_name if own else row.plain_name,
        "dose": asdict(row.asked.dose),
        "steps": own.steps if own else row.steps,
        "stop_if": own.stop_if if own else row.stop_if,
        "group": row.asked.group,
        "bad_day": row.asked.bad_day,
    }
