"""A patient's tasks: which are open, what opens and what closes one.

At most one task of a kind is open for a program, and the newest proposal about an exercise stands.
What comes late, about something that was looked at since, opens nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from prescription.task.commands import CloseTask, OpenTask
from prescription.task.events import TaskClosed, TaskOpened
from prescription.task.rules import closes, kinds
from prescription.text import Keep
from shared.errors import Refusal
from shared.stream import Kind

BY_HAND = "by_hand"
NEWER = "newer"


class NothingToDo(Refusal):
    """What a task would be about is done, or is open already."""

    slug = "nothing-to-do"
    title = "There is nothing to do about this"


class TaskNotOpen(Refusal):
    """A task is closed once."""

    slug = "task-not-open"
    title = "This task is not open"


@dataclass(frozen=True, slots=True)
class Board:
    """A patient's open tasks, by id."""

    open: Mapping[str, TaskOpened] = field(default_factory=dict)


def evolve(board: Board, event: object) -> Board:
    """Return the board after an event."""
    if isinstance(event, TaskOpened):
        return replace(board, open={**board.open, event.task: event})
    if isinstance(event, TaskClosed):
        return Board({one: task for one, task in board.open.items() if one != event.task})
    return board


KIND = Kind("tasks", Board(), evolve)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a program stands, as far as tasks go.

    Attributes:
        here: whether there is a patient and a program to look after.
        facts: what closes tasks to when it was last recorded.
        now: those of them that hold at this moment: paused, ended.
        review: when it is to be looked at, None where it has ended.
        answered: proposals that were accepted or declined.
    """

    here: bool
    facts: Mapping[str, datetime]
    now: frozenset[str]
    review: object
    answered: frozenset[str]


def open_task(board: Board, command: OpenTask, standing: Standing) -> list[object]:
    """Decide a task.

    Args:
        board: the patient's tasks.
        command: what it is about.
        standing: how the program stands.

    Raises:
        NothingToDo: it is open, or there is nothing to do about it any more.
    """
    if not standing.here or _is_settled(command, standing):
        raise NothingToDo("It was looked at since, or the program is not running.")
    alike = [
        task
        for task in board.open.values()
        if (task.program, task.kind) == (command.program, command.kind)
    ]
    if alike and command.proposal is None:
        raise NothingToDo("There is a task about it already.")
    fields = {name: getattr(command, name) for name in TaskOpened.__slots__}
    older = [closed(task, NEWER) for task in board.open.values() if _gives_way(task, command)]
    return [*older, TaskOpened(**fields)]


def close_task(board: Board, command: CloseTask, keep: Keep) -> list[object]:
    """Decide that a task is done.

    Raises:
        TaskNotOpen: it is not open.
    """
    task = board.open.get(command.task)
    if task is None:
        raise TaskNotOpen("It was closed before.")
    return [closed(task, command.reason, keep(command.word, "word") if command.word else None)]


def closed(task: TaskOpened, reason: str, word: str | None = None) -> TaskClosed:
    """Return that a task is done."""
    return TaskClosed(task.task, task.patient, task.program, task.kind, reason, word)


def _is_settled(command: OpenTask, standing: Standing) -> bool:
    if command.kind not in kinds():
        return True
    if command.proposal in standing.answered or standing.now & kinds()[command.kind].closed:
        return True
    if command.kind == "review" and command.day != standing.review:
        return True
    return any(
        moment >= command.raised
        for fact, moment in standing.facts.items()
        if closes(command.kind, fact)
    )


def _gives_way(task: TaskOpened, command: OpenTask) -> bool:
    """Tell whether a proposal takes an older one's place: it is about one of its exercises."""
    if not (task.proposal and command.proposal) or task.program != command.program:
        return False
    return bool({one.exercise for one in task.offers} & {one.exercise for one in command.offers})
