"""Why there is a task, in one sentence: in English for programs, in the reader's words on pages."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from prescription.labels import say
from prescription.task.rules import kinds
from prescription.task.talk import REASONS, Log, shows

Task = Mapping[str, Any]


def values(task: Task, names: Mapping[str, str]) -> dict[str, Any]:
    """Return what stands in a task's sentence.

    Args:
        task: as the projection has it.
        names: of exercises by id.
    """
    day = task["day"] and date.fromisoformat(task["day"])
    offered = (names.get(one["exercise"], "") for one in task["offers"])
    numbers = {name: task[name] for name in ("number", "of")}
    return {"day": day, "exercises": ", ".join(offered), **numbers}


def english(task: Task, names: Mapping[str, str]) -> str:
    """Return the sentence in English."""
    return _sentence(task) % values(task, names)


def told(task: Task, names: Mapping[str, str]) -> Any:
    """Return the sentence in the words of who reads the page."""
    return say(_sentence(task), **values(task, names))


def _sentence(task: Task) -> str:
    found = kinds().get(task["kind"])
    return found.reason if found else "It is to be looked at."


def shown(log: Log) -> list[Any]:
    """Return what the log shows in the words of who reads the page."""
    return [say(sentence, **_spoken(values)) for sentence, values in shows(log)]


def _spoken(values: dict[str, Any]) -> dict[str, Any]:
    reasons = [str(say(REASONS.get(one, one))) for one in values.get("reasons", ())]
    return values | ({"reasons": ", ".join(reasons)} if reasons else {})
