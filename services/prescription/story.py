"""A program as people read it: every revision with its words opened, who decided it and when."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from prescription import exercise
from prescription.course import review
from prescription.course.events import ProgramPaused, ProgramResumed, ProgramReviewed
from prescription.events import (
    BadDay,
    Exercise,
    Phase,
    ProgramEnded,
    ProgramPrescribed,
    ProgramRevised,
)
from prescription.exercise import Exercise as Known
from prescription.program import Program
from prescription.task.events import ProposalAccepted, ProposalDeclined
from shared.service import Service
from shared.stream import Loaded

HAPPENED = ("revisions", "reviews", "pauses", "answers")
LATEST = ("revision", "effective", "end", "phase", "exercises")


@dataclass(frozen=True, slots=True)
class Reader:
    """What a program refers to: people's words and exercises, by id; erased words are missing."""

    words: Mapping[str, str]
    library: Mapping[str, Known]

    def phase(self, found: Phase) -> dict[str, Any]:
        """Return a phase with its name."""
        return {"number": found.number, "name": self.words.get(found.name)}

    def exercise(self, found: Exercise) -> dict[str, Any]:
        """Return an exercise with its names and what is said about it."""
        known = self.library[found.exercise].versions[found.version - 1]
        return {
            "exercise": found.exercise,
            "version": found.version,
            "name": known.name,
            "plain_name": known.plain_name,
            "dose": asdict(found.dose),
            "priority": found.priority,
            "instructions": self.words.get(found.instructions or ""),
            "group": found.group,
            "bad_day": found.bad_day and self._bad_day(found.bad_day),
            "taught": found.taught,
        }

    def _bad_day(self, found: BadDay) -> dict[str, Any]:
        """Return what to do on a bad day, with the name of the easier exercise."""
        known = self.library.get(found.exercise or "")
        latest = known.latest if known else None
        return {**asdict(found), "plain_name": latest.plain_name if latest else None}

    def revision(self, event: ProgramPrescribed | ProgramRevised) -> dict[str, Any]:
        """Return a revision as answers.Revision has it, without actor and moment."""
        revised = event if isinstance(event, ProgramRevised) else None
        return {
            "revision": event.revision,
            "effective": event.effective,
            "reason": revised and revised.reason,
            "note": self.words.get((revised and revised.note) or ""),
            "end": event.end,
            "review": event.review or review.usual(event.effective, event.end),
            "phase": self.phase(event.phase),
            "exercises": [self.exercise(found) for found in event.exercises],
        }


def tell(loaded: Loaded[Program], tenant: str, service: Service) -> dict[str, Any]:
    """Return a program: as answers.Program has it, with all that happened to it.

    That is `revisions`, `reviews`, `pauses` and `answers` to proposals, each in order.
    """
    prescribed = loaded.state.prescribed
    if prescribed is None:
        raise KeyError(loaded.stream)
    reader = _reader(loaded.state, tenant, service)
    told: dict[str, Any] = {name: [] for name in HAPPENED} | {"ended": None}
    for event, said in _decisions(loaded, service):
        _add(told, event, said, reader)
    return {
        **_whole(prescribed, reader.words),
        **{name: told["revisions"][-1][name] for name in LATEST},
        **told,
        "review": loaded.state.review,
        "paused": told["pauses"][-1] if loaded.state.paused else None,
    }


def _add(told: dict[str, Any], event: object, said: dict[str, Any], reader: Reader) -> None:
    """Add an event to what is told of a program."""
    match event:
        case ProgramPrescribed() | ProgramRevised():
            told["revisions"].append(reader.revision(event) | said)
        case ProgramEnded():
            told["ended"] = {"date": event.date, "reason": event.reason, **said}
        case ProgramReviewed():
            told["reviews"].append({"date": event.local_date, "review": event.review, **said})
        case ProgramPaused():
            note = reader.words.get(event.note or "")
            pause = {"date": event.date, "reason": event.reason, "note": note}
            told["pauses"].append({**pause, "until": None, **said})
        case ProgramResumed():
            told["pauses"][-1]["until"] = event.date
        case ProposalAccepted():
            answer = {"proposal": event.proposal, "accepted": True, "edited": event.edited}
            told["answers"].append({**answer, "word": None, **said})
        case ProposalDeclined():
            answer = {"proposal": event.proposal, "accepted": False, "edited": False}
            word = reader.words.get(event.word or "")
            told["answers"].append({**answer, "word": word, **said})


def _whole(prescribed: ProgramPrescribed, words: Mapping[str, str]) -> dict[str, Any]:
    """Return what holds for all of a program."""
    diagnosis = prescribed.diagnosis
    return {
        "id": prescribed.program,
        "patient": prescribed.patient,
        "site": prescribed.site,
        "title": words.get(prescribed.title),
        "diagnosis": asdict(diagnosis) | {"text": words.get(diagnosis.text)},
        "goals": [words.get(goal) for goal in prescribed.goals],
        "start": prescribed.start,
        "source": prescribed.source and asdict(prescribed.source),
        "reasons": [
            {**asdict(one), "words": words.get(one.words or "")} for one in prescribed.reasons
        ],
        "targets": [
            {
                "goal": words.get(one.goal),
                "measure": words.get(one.measure or ""),
                "by": one.by,
            }
            for one in prescribed.targets
        ],
    }


def _decisions(loaded: Loaded[Program], service: Service) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Yield each event with who decided it and when it was recorded."""
    for commit in loaded.commits:
        for stored in commit.events:
            said = {"actor": commit.actor, "recorded": commit.recorded}
            yield service.streams.codec.decode(stored), said


def _reader(program: Program, tenant: str, service: Service) -> Reader:
    asked = [found for event in program.revisions for found in event.exercises]
    easier = {one.bad_day.exercise for one in asked if one.bad_day and one.bad_day.exercise}
    exercises = {found.exercise for found in asked} | easier
    library = {
        found: service.streams.peek(exercise.KIND, tenant, found).state for found in exercises
    }
    return Reader(service.vault.open(tenant, set(_texts(program))), library)


def _texts(program: Program) -> Iterator[str]:
    """Yield the ids of all texts that a program refers to."""
    if program.prescribed:
        yield from (program.prescribed.title, program.prescribed.diagnosis.text)
        yield from program.prescribed.goals
        yield from (one.words for one in program.prescribed.reasons if one.words)
        yield from (one.measure for one in program.prescribed.targets if one.measure)
    for event in program.revisions:
        yield event.phase.name
        yield from (found.instructions for found in event.exercises if found.instructions)
    yield from (event.note for event in program.revised if event.note)
    yield from (event.note for event in program.pauses if event.note)
    for answer in program.answers:
        if isinstance(answer, ProposalDeclined) and answer.word:
            yield answer.word
