"""What pages and routes read of a running program: which steps there are, what differs."""

from dataclasses import asdict
from typing import Any

from prescription import exercise, queries, shelves
from prescription.course.difference import Change, between
from prescription.course.rules import steering
from prescription.course.step import WAYS, instead, steps
from prescription.events import Dose
from prescription.exercise import Version
from prescription.fault import fault
from prescription.program import ProgramImpossible
from prescription.rules import rules
from shared.codec import converter
from shared.permission import Asker
from shared.service import Service


def difference(
    identity: str, first: int, second: int, asker: Asker, service: Service
) -> tuple[Change, ...]:
    """Return what differs between two revisions of a program, by their numbers.

    Raises:
        NotFound: there is no such program for this asker.
        ProgramImpossible: it has no such revision.
    """
    revisions = queries.find_program(identity, asker, service)[0]["revisions"]
    last = len(revisions)
    wrong = [
        fault(f"/{name}", "The program has revisions 1 to %(last)s.", last=last)
        for name, number in (("from", first), ("to", second))
        if not 1 <= number <= last
    ]
    if wrong:
        raise ProgramImpossible("Look at the revisions.", faults=wrong)
    return between(revisions[first - 1], revisions[second - 1])


def offered(found: dict[str, Any], asker: Asker, service: Service) -> dict[str, dict[str, Any]]:
    """Return by exercise the steps that there are: more, less, harder, easier.

    Each of the first two is {field, dose}, of the others {exercise, name, dose}, all after it.

    Args:
        found: a program as `queries.find_program` has it.
        asker: sees exercises of the asker's sites.
        service: whose.
    """
    taken = {one["exercise"] for one in found["exercises"]}
    return {one["exercise"]: _offered(one, taken, asker, service) for one in found["exercises"]}


def _offered(
    one: dict[str, Any], taken: set[str], asker: Asker, service: Service
) -> dict[str, Any]:
    state = service.streams.peek(exercise.KIND, asker.tenant, one["exercise"]).state
    dose = converter.structure(one["dose"], Dose)
    kind = state.versions[one["version"] - 1].kind
    guide = state.latest.guide if state.latest else None
    easier = shelves.named(list(guide.easier), asker, service) if guide else []
    harder = shelves.harder(one["exercise"], asker, service)
    moved: dict[str, Any] = {
        way: [asdict(step) for step in steps(dose, kind, way, rules(), steering())] for way in WAYS
    }
    forms = {
        way: [
            {"exercise": other["exercise"], "name": other["name"], "dose": _dose(dose, version)}
            for other in others
            if other["exercise"] not in taken and not other["retired"]
            if (version := _latest(other["exercise"], asker, service))
        ]
        for way, others in (("harder", harder), ("easier", easier))
    }
    return moved | forms


def _latest(identity: str, asker: Asker, service: Service) -> Version | None:
    return service.streams.peek(exercise.KIND, asker.tenant, identity).state.latest


def _dose(before: Dose, version: Version) -> dict[str, Any]:
    return asdict(instead(before, version, rules()))
