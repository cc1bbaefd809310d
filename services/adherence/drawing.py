"""A page of a date, drawn: the therapist's words and the library's exercises around the agenda."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast
from urllib.parse import urlencode

from flask import current_app, render_template

from adherence import queries
from adherence.agenda import Item
from adherence.projections import in_version
from adherence.visit import Visit
from shared.mongo import Document
from shared.peers import Away
from shared.web.identity import identity, service
from shared.web.words import language


@dataclass(frozen=True, slots=True)
class Words:
    """The therapist's words by id; `away` tells that their owner does not answer."""

    texts: Mapping[str, str]
    away: bool = False


def draw(
    template: str,
    visit: Visit,
    *,
    others: Sequence[Document] = (),
    errors: Mapping[str, str] | None = None,
    **more: Any,
) -> str:
    """Draw a page of a date.

    Args:
        template: which page.
        visit: the date.
        others: programs that it names too.
        errors: what is wrong by field, in English.
        more: what else the page shows.
    """
    words = words_of(visit, others)
    say: Callable[[str], str] = current_app.jinja_env.globals["_"]  # type: ignore[assignment]
    goals = (words.texts.get(goal) for goal in visit.document["goals"])
    return render_template(
        f"adherence/{template}",
        visit=visit,
        agenda=visit.agenda,
        cards=cards_of(visit, words),
        title=words.texts.get(visit.document["title"], ""),
        goals=[goal for goal in goals if goal],
        others=[(one["program"], words.texts.get(one["title"], "")) for one in others],
        away=words.away,
        errors={name: say(text) for name, text in (errors or {}).items()},
        key=str(visit.loaded.version),
        **more,
    )


def cards_of(visit: Visit, words: Words) -> dict[str, dict[str, Any]]:
    """Return what a card shows of each exercise, by its id; one that has not come has no name."""
    ids = {
        one["exercise"]: in_version(one["exercise"], one.get("version", 1))
        for one in _prescribed(visit)
    }
    asked = {one["exercise"]: one for one in _prescribed(visit)}
    easier = set(filter(None, map(_easier, asked.values())))
    library = queries.exercises(service(), identity().tenant, {*ids.values(), *easier})
    figures = _figures(ids)
    instructions = _instructions(visit)
    return {
        item.exercise: _card(
            item,
            library.get(ids[item.exercise], {}),
            words.texts.get(instructions[item.exercise], ""),
        )
        | _around(asked[item.exercise], library)
        | {
            "show": _shown(figures.get(item.exercise), item, visit),
            "figure": _figure(figures.get(item.exercise)),
        }
        for item in visit.agenda.items
    }


def _card(item: Item, known: Document, instructions: str) -> dict[str, Any]:
    source = known.get("source")
    spoken = _spoken(known)
    return {
        "id": item.exercise,
        "name": spoken.get("plain_name", ""),
        "dose": item.dose,
        "steps": spoken.get("steps", []),
        "stop_if": spoken.get("stop_if", []),
        "machine": spoken.get("machine", False),
        "unverified": source is not None and not source["verified"],
        "instructions": instructions,
        "done": asdict(item.entry.done) if item.entry and item.entry.done else None,
    }


def _around(asked: Document, library: Mapping[str, Document]) -> dict[str, Any]:
    """Return when in the day an exercise is done, and what is done instead on a bad day."""
    instead = library.get(_easier(asked) or "", {})
    return {
        "group": asked.get("group"),
        "bad_day": (asked.get("bad_day") or {}).get("way"),
        "easier": _spoken(instead).get("plain_name", ""),
    }


def _easier(asked: Document) -> str | None:
    """Return the exercise of a bad day; a program does not say which version, so its first."""
    found: str | None = (asked.get("bad_day") or {}).get("exercise")
    return found


def _spoken(known: Document) -> Document:
    """Return an exercise in the reader's language where it is said in it, else as it is."""
    for wording in known.get("wordings", ()):
        if wording["language"] == language():
            return cast("Document", wording)
    return known


def _instructions(visit: Visit) -> dict[str, str]:
    """Return the ids of the therapist's words on each exercise, as in force on the date."""
    return {one["exercise"]: one["instructions"] or "" for one in _prescribed(visit)}


def _prescribed(visit: Visit) -> Iterator[Document]:
    """Yield the exercises as they were published, of the revision in force on the date."""
    for revision in visit.document["revisions"]:
        if revision["revision"] == visit.agenda.revision:
            yield from revision["exercises"]


def _figures(exercises: Iterable[str]) -> dict[str, str | None]:
    """Return which exercises a figure shows; while nobody says, it is none."""
    try:
        return service().peers.figures(identity().tenant, sorted(exercises))
    except Away:
        return {}


def _figure(word: str | None) -> str:
    """Return where a figure says its phases; empty without a figure."""
    return f"/prescription/demonstrations/{word}.json" if word else ""


def _shown(word: str | None, item: Item, visit: Visit) -> str:
    """Return where an exercise is shown in its dose, with a way back; empty without a figure."""
    if word is None:
        return ""
    side = item.dose["side"] if item.dose["side"] == "left" else None
    asked = {
        "hold": item.dose["hold_seconds"],
        "repetitions": item.dose["repetitions"],
        "side": side,
        "program": visit.program.program,
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/prescription/demonstrations/{word}?{query}"


def words_of(visit: Visit, others: Iterable[Document] = ()) -> Words:
    """Ask the owner for the therapist's words; a page without them still tells what to do."""
    ids = {visit.document["title"], *visit.document["goals"], *(one["title"] for one in others)}
    ids |= set(filter(None, _instructions(visit).values()))
    try:
        return Words(service().peers.texts("prescription", identity().tenant, sorted(ids)))
    except Away:
        return Words({}, away=True)
