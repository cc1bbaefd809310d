"""Notes to paste into any record system: plain text of a visit, and of a revision of a program.

A note says what this service knows. What the patient did at home is not known here, so it is left
to the timeline and never guessed. People's own words stand on lines of their own, so that a text
that is read from right to left turns no other line around.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flask import current_app
from markupsafe import Markup

from prescription.care.events import Authorisation
from prescription.care.standing import spend
from prescription.labels import called, say

Told = Mapping[str, Any]


def of_visit(visit: Told, plan: Told, programs: Mapping[str, Told], names: Told) -> str:
    """Return the note of a visit.

    Args:
        visit: as answers.Visit has it.
        plan: its plan of care, as answers.Plan has it.
        programs: those that were reviewed, with their revisions, by id.
        names: of who recorded it.
    """
    lines = [
        _text("Visit").upper(),
        _line("Date", _day(visit["day"])),
        _line("How", f"{_code(visit['kind'])}, {_minutes(visit['minutes'])}"),
        _line("Treated by", _code(visit["furnished"])),
        _line("Plan of care", _diagnosis(plan)),
        _line("Certified", _span(plan["first"], plan["last"])),
        *_authorised(visit, plan),
        *_listed("Goals", plan["goals"]),
        *_listed("Done", [_code(one) for one in visit["done"]]),
    ]
    for one in visit["reviewed"]:
        lines += _reviewed(one, programs[one["program"]])
    if visit["note"]:
        lines += [f"{_text('Notes')}:", visit["note"]]
    lines.append(_text("What was done at home is not part of this note: see the timeline."))
    if visit["withdrawn"]:
        reason = _code(visit["withdrawn"]["reason"])
        lines.append(_line("Withdrawn", f"{reason}, {_day(visit['withdrawn']['recorded'].date())}"))
    for one in visit["amendments"]:
        lines.append(_line("Corrected", f"{_code(one['reason'])}, {_day(one['recorded'].date())}"))
        lines += [one["why"]] if one["why"] else []
    lines.append(_by(visit, names))
    return "\n".join(lines) + "\n"


def of_revision(program: Told, revision: Told, changes: list[Told], names: Told) -> str:
    """Return the note of a revision of a program.

    Args:
        program: as answers.Program has it.
        revision: as answers.Revision has it.
        changes: exercises whose dose changed: name, and the doses before and after or None.
        names: of who decided it.
    """
    reason = _code(revision["reason"]) if revision["reason"] else _text("Prescribed")
    lines = [
        _text("Exercise program").upper(),
        _line("Program", _words(program["title"])),
        _line("Diagnosis", _diagnosis(program)),
        _line("Revision", f"{revision['revision']}, {_from(revision['effective'])}"),
        _line("Phase", f"{revision['phase']['number']}, {_words(revision['phase']['name'])}"),
        _line("Reason", reason),
    ]
    if revision["note"]:
        lines += [f"{_text('What was seen')}:", revision["note"]]
    if revision["end"]:
        lines.append(_line("Last day", _day(revision["end"])))
    lines += _listed("Goals", program["goals"])
    lines += [f"{_text('Prescribed')}:", *_doses(revision["exercises"])]
    if revision["reason"]:
        lines += _listed("Changed", [_change(one) for one in changes])
    lines.append(_text("What was done at home is not part of this note: see the timeline."))
    lines.append(_by(revision, names))
    return "\n".join(lines) + "\n"


def _reviewed(one: Told, program: Told) -> Iterator[str]:
    revision = program["revisions"][one["revision"] - 1]
    told = say("revision %(number)s", number=one["revision"])
    yield _line("Program reviewed", f"{_words(program['title'])}, {_plain(told)}")
    yield from _doses(revision["exercises"])
    gone = [held["name"] for held in revision["exercises"] if held["exercise"] in one["exercises"]]
    yield from _listed("Gone through together", gone)


def _authorised(visit: Told, plan: Told) -> Iterator[str]:
    """Yield how many visits were used by that day: the same whenever the note is made."""
    if not visit["counted"]:
        yield _line("Authorised visits", _text("this one is not taken off"))
    elif plan["standing"]["authorised"]:
        day = visit["day"]
        kept = (one for one in plan["visits"] if one["counted"] and not one["withdrawn"])
        days = [one["day"] for one in kept if one["day"] <= day]
        known = plan["standing"]["spent"]
        authorised = [Authorisation(one["first"], one["last"], one["visits"]) for one in known]
        spent, over = spend(authorised, days)
        for one in spent:
            if one.first <= day <= one.last:
                told = say("%(used)s of %(visits)s used", used=one.used, visits=one.visits)
                yield _line("Authorised visits", f"{_plain(told)}, {_span(one.first, one.last)}")
        if over:
            yield _line("Visits", _plain(say("%(over)s without an authorisation", over=over)))


def _doses(exercises: list[Told]) -> list[str]:
    return [f"- {one['name']}: {_dose(one['dose'])}" for one in exercises]


def _change(change: Told) -> str:
    before, after = change["before"], change["after"]
    if not after:
        return f"{change['name']}: {_text('left out')}"
    if not before:
        return f"{change['name']}: {_plain(say('new, %(dose)s', dose=_dose(after)))}"
    macros: Any = current_app.jinja_env.get_template("parts/exercise.html").module
    return f"{change['name']}: {_plain(macros.dose_change(before, after))}"


def _dose(dose: Told) -> str:
    """Return a dose in the words of the pages, with effort, rest and tempo."""
    load = current_app.jinja_env.get_template
    often: Any = load("parts/exercise.html").module
    more: Any = load("prescription/words.html").module
    return ", ".join(filter(None, (_plain(often.dose_words(dose)), _plain(more.more(dose)))))


def _diagnosis(found: Told) -> str:
    told = found["diagnosis"]
    code = "" if told["verified"] else f", {_text('code not checked')}"
    return f"{_words(told['text'])} ({told['code']}, {_code(told['system'])}{code})"


def _listed(label: str, items: list[Any]) -> list[str]:
    return [f"{_text(label)}:", *(f"- {_words(item)}" for item in items)] if items else []


def _by(said: Told, names: Told) -> str:
    day = _day(said["recorded"].date())
    return _line("Recorded by", f"{names.get(said['actor'], said['actor'])}, {day}")


def _span(first: date, last: date | None) -> str:
    if last is None:
        return _from(first)
    return _plain(say("%(first)s to %(last)s", first=first, last=last))


def _from(first: date) -> str:
    return _plain(say("from %(day)s", day=first))


def _minutes(minutes: int) -> str:
    return _plain(say("%(count)s min", count=minutes))


def _day(when: date) -> str:
    return _plain(say("%(day)s", day=when))


def _line(label: str, value: str) -> str:
    return f"{_text(label)}: {value}"


def _words(words: str | None) -> str:
    return _text("erased") if words is None else words


def _code(code: str) -> str:
    return _plain(called(code))


def _text(text: str) -> str:
    return _plain(say(text))


def _plain(text: str) -> str:
    """Return a text of a page as plain text."""
    return str(text.unescape() if isinstance(text, Markup) else text).strip()
