"""What can honestly be said in one or two sentences about a timeline.

Here is decided which claims the figures carry, and in which order; the words of each, in every
language, are in `templates/reporting/sentence.html`. Nothing here says why, and nothing judges.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from reporting.queries import Timeline
from reporting.summary import Pain, Window

DIGITS = 1

Kind = Literal[
    "begins", "waits", "none_kept", "kept", "extra", "unanswered", "answers", "so_far", "compared"
]


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim and the numbers in it."""

    kind: Kind
    values: Mapping[str, object]


def claims(timeline: Timeline) -> list[Claim]:
    """Return the claims to make, in order; pain that has grown stands in the first line."""
    if timeline.today < timeline.start:
        return [Claim("begins", {"start": timeline.start})]
    done = list(_done(timeline))
    felt = list(_felt(timeline.summary.pain)) if timeline.summary.pain else []
    return felt + done if any(map(_grown, felt)) else done + felt


def _done(timeline: Timeline) -> Iterator[Claim]:
    figures = timeline.summary
    counts = {"asked": figures.asked, "kept": figures.kept, "in_part": figures.in_part}
    if figures.asked:
        yield Claim("kept" if figures.kept else "none_kept", counts)
    elif not figures.extra:
        yield Claim("waits", {})
    if figures.extra:
        yield Claim("extra", {"extra": figures.extra})


def _felt(pain: Pain) -> Iterator[Claim]:
    whole, first, last = pain.whole, pain.first, pain.last
    if not whole.sessions:
        return
    if not whole.answered:
        yield Claim("unanswered", {"sessions": whole.sessions})
    elif last and first.mean is not None and last.mean is not None:
        weeks = ((first.end - first.start).days + 1) // 7
        ends = _ends("first", first) | _ends("last", last)
        yield Claim("compared", {"weeks": weeks, "high": whole.high, **ends})
    elif whole.mean is not None:
        span = {"low": whole.low, "high": whole.high}
        yield Claim("so_far", {**_ends("whole", whole), **span})
    else:
        counts = {"answered": whole.answered, "low": whole.low, "high": whole.high}
        yield Claim("answers", counts)


def _ends(name: str, window: Window) -> dict[str, object]:
    mean = None if window.mean is None else round(window.mean, DIGITS)
    return {name: mean, f"{name}_answered": window.answered}


def _grown(claim: Claim) -> bool:
    return claim.kind == "compared" and _number(claim, "last") > _number(claim, "first")


def _number(claim: Claim, name: str) -> float:
    found = claim.values[name]
    return found if isinstance(found, float) else 0.0
