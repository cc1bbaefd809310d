"""Pages: a program's timeline for its therapist, and for the patient whose it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from flask import Blueprint, render_template

from reporting import queries
from reporting.amount import SHARE
from reporting.changes import Change, changes
from reporting.projections import TIMELINE
from reporting.queries import Timeline
from reporting.sentence import claims
from shared.mongo import Document
from shared.peers import Away
from shared.web import api
from shared.web.identity import asker, page, service

PERCENT = 100
MOST_REMARKS = 10

pages = Blueprint("reporting-pages", __name__, url_prefix="/reporting")


@dataclass(frozen=True, slots=True)
class Revised:
    """A revision as people read it; `note` is empty where none was written or it was erased."""

    revision: int
    date: date
    reason: str
    note: str
    phase: int
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Remark:
    """What a patient said of a day beside numbers.

    Attributes:
        date: of the session.
        pain: 0 to 10, None where it was not answered.
        skipped: exercise and reason of what was left out.
        words: the patient's own; empty where there are none, or they were erased.
    """

    date: date
    pain: int | None
    skipped: list[tuple[str, str]]
    words: str


@dataclass(frozen=True, slots=True)
class Words:
    """People's own words and names, by id; `away` tells that their owner does not answer."""

    texts: Mapping[str, str]
    cards: Mapping[str, Mapping[str, str]]
    away: bool = False


@pages.get("/")
@page("progress.read")
def show_progress() -> str:
    who = asker()
    stale = not api.await_position(TIMELINE)
    today = queries.today(service(), who.tenant, who.patient)
    found = queries.own(service(), who)
    current = queries.in_force(found, today)
    if current is None:
        return render_template("reporting/nothing.html", stale=stale)
    return _progress(current, found, today, stale=stale)


@pages.get("/programs/<program>")
@page("timeline.read")
def show_program(program: str) -> str:
    who = asker()
    stale = not api.await_position(TIMELINE)
    document = queries.in_reach(service(), who, program)
    today = queries.today(service(), who.tenant, document["patient"])
    if document["patient"] == who.patient:
        found = queries.own(service(), who)
        return _progress(document, found, today, stale=stale)
    shown = _shown(document, _words(document, [document["patient"]]), today)
    said = _said(document["tenant"], shown["timeline"])
    return render_template("reporting/program.html", **shown, remarks=said, stale=stale)


def _progress(document: Document, found: list[Document], today: date, *, stale: bool) -> str:
    others = [one for one in found if one["program"] != document["program"]]
    words = _words(document, [], *(one["title"] for one in others))
    shown = _shown(document, words, today)
    line: Timeline = shown["timeline"]
    listed = [
        {"program": one["program"], "title": words.texts.get(one["title"], ""), "start": start}
        for one in others
        for start in [date.fromisoformat(one["start"])]
    ]
    week = line.summary.week
    days = [day for day in line.days if week and week.start <= day.date <= week.end]
    return render_template(
        "reporting/progress.html", **shown, week_days=days, others=listed, stale=stale
    )


def _shown(document: Document, words: Words, today: date) -> dict[str, Any]:
    """Return what both pages draw."""
    line = queries.timeline(service(), document["tenant"], document["program"], today)
    return {
        "timeline": line,
        "claims": claims(line),
        "columns": columns(line),
        "title": words.texts.get(document["title"], ""),
        "name": words.cards.get(document["patient"], {}).get("name", ""),
        "phase_names": _phase_names(document, words),
        "revised": revised(document, words),
        "end_reason": document["end_reason"],
        "exercises": queries.names(service(), document["tenant"], _exercises(document)),
        "away": words.away,
    }


def columns(line: Timeline) -> list[dict[str, Any]]:
    """Return the days that the chart draws: those that are over, today, and any with a session."""
    scale = PERCENT if line.unit == SHARE else 1
    return [
        {
            "date": day.date,
            "status": day.status,
            "due": day.due,
            "adherence": day.adherence,
            "prescribed": None if day.prescribed_amount is None else day.prescribed_amount * scale,
            "done": None if day.done_amount is None else day.done_amount * scale,
            "pain": day.pain,
            "effort": day.effort,
            "late": day.late,
        }
        for day in line.days
        if day.date <= line.today or day.done
    ]


def revised(document: Document, words: Words) -> list[Revised]:
    """Return what was changed after the program was first prescribed, in order."""
    kept = document["revisions"]
    return [
        Revised(
            revision=later["revision"],
            date=date.fromisoformat(later["effective"]),
            reason=later["reason"],
            note=words.texts.get(later["note"], ""),
            phase=later["phase"]["number"],
            changes=changes(earlier["exercises"], later["exercises"]),
        )
        for earlier, later in pairwise(kept)
    ]


def remarks(line: Timeline, texts: Mapping[str, str]) -> list[Remark]:
    """Return the latest days of which the patient said more than numbers, the newest first."""
    found = [
        Remark(
            date=day.date,
            pain=day.pain,
            skipped=[(one["exercise"], one["skipped"]) for one in day.done if one["skipped"]],
            words=texts.get(day.note or "", ""),
        )
        for day in reversed(line.days)
    ]
    return [one for one in found if one.words or one.skipped][:MOST_REMARKS]


def _said(tenant: str, line: Timeline) -> list[Remark] | None:
    """Ask adherence for the patient's words; None while it does not answer."""
    ids = [day.note for day in line.days if day.note]
    try:
        return remarks(line, service().peers.texts("adherence", tenant, ids))
    except Away:
        return None


def _words(document: Document, people: Iterable[str], *more: str) -> Words:
    """Ask the owner of the words; a page without them still tells the figures."""
    peers, tenant = service().peers, document["tenant"]
    revisions = document["revisions"]
    ids = {document["title"], *more, *(one["phase"]["name"] for one in revisions)}
    ids |= {one["note"] for one in revisions if one["note"]}
    try:
        return Words(peers.texts("prescription", tenant, sorted(ids)), peers.cards(tenant, people))
    except Away:
        return Words({}, {}, away=True)


def _phase_names(document: Document, words: Words) -> dict[int, str]:
    phases = (one["phase"] for one in document["revisions"])
    return {phase["number"]: words.texts.get(phase["name"], "") for phase in phases}


def _exercises(document: Document) -> set[str]:
    return {one["exercise"] for found in document["revisions"] for one in found["exercises"]}
