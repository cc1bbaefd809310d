"""Demonstrations: how an exercise is done, shown by a figure. Public facts about nobody."""

import gzip
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from prescription.figure import movement as movements
from prescription.figure import picture
from prescription.figure.movement import Movement
from shared.errors import NotFound
from shared.web.words import language

YEAR = 365 * 24 * 3600
SVG = "image/svg+xml"
# More of neither is ever prescribed; a number beyond is nobody's dose.
LONGEST, MOST = 300, 100
PROGRAM = re.compile("[0-9a-f]{32}")

demonstrations = Blueprint("demonstrations", __name__, url_prefix="/prescription/demonstrations")


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a movement.

    Attributes:
        stills: a picture of each key pose.
        moving: the picture that moves, compressed.
        mark: changes with it, so that a browser may keep it for a year.
        wide: whether a picture is wider than it is high.
    """

    stills: tuple[str, ...]
    moving: bytes
    mark: str
    wide: bool


@demonstrations.get("/<word>")
def show(word: str) -> Any:
    """Show how an exercise is done; a dose in the address sets hold, counter and side."""
    asked = {"hold": _asked("hold", LONGEST), "repetitions": _asked("repetitions", MOST)}
    program = request.args.get("program", "")
    return render_template(
        "prescription/demonstration.html",
        shown=describe(word, _side(), **asked),
        # Whoever came from a program's Today goes back there, and nowhere else.
        program=program if PROGRAM.fullmatch(program) else "",
    )


def has_figure(word: str | None) -> bool:
    """Tell whether a figure shows an exercise of the catalogue; None is of no catalogue."""
    return word in movements.words()


def describe(
    word: str, side: str = "right", hold: int | None = None, repetitions: int | None = None
) -> dict[str, Any]:
    """Return a movement in the reader's language, as `prescription/player.html` shows it.

    Args:
        word: the exercise's in the catalogue.
        side: left or right.
        hold: seconds to stay where something is held, instead of the movement's own.
        repetitions: where the counter ends.

    Raises:
        NotFound: no figure shows this exercise.
    """
    movement, shown = _found(word, side)
    return {
        "name": movement.name[language()],
        "text": movement.text[language()],
        "steps": [
            {"picture": still, "words": key.words[language()]}
            for still, key in zip(shown.stills, movement.keys, strict=True)
        ],
        "moving": url_for("demonstrations.show_moving", word=word, side=side, v=shown.mark),
        "printed": url_for("demonstrations.show_still", word=word, side=side),
        "phases": list(_phases(movement, hold)) if movement.moves else [],
        "repetitions": repetitions,
        "wide": shown.wide,
        "verified": movement.verified,
    }


@demonstrations.get("/<word>.json")
def show_phases(word: str) -> Any:
    """Tell what a player shows and says: the picture that moves and the phases of a repetition."""
    shown = describe(word, _side(), _asked("hold", LONGEST))
    answer = jsonify({name: shown[name] for name in ("name", "moving", "printed", "phases")})
    answer.vary.add("Accept-Language")
    return answer


@demonstrations.get("/<word>.svg")
def show_still(word: str) -> Response:
    """Show the key poses side by side, for paper."""
    side = _side()
    _found(word, side)
    return Response(_printed(word, side, language()), content_type=SVG)


@demonstrations.get("/<word>/moving.svg")
def show_moving(word: str) -> Response:
    """Show the picture that moves; it waits for a script to set its time."""
    movement, shown = _found(word, _side())
    if not movement.moves:
        raise NotFound("This exercise has one pose: its still shows it.")
    answer = Response(shown.moving, content_type=SVG)
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Cache-Control"] = f"public, max-age={YEAR}"
    return answer


def _found(word: str, side: str) -> tuple[Movement, Shown]:
    """Return a movement and its pictures.

    Raises:
        NotFound: no figure shows this exercise.
    """
    if not has_figure(word):
        raise NotFound("There is no figure for this exercise.")
    return _seen(word, side), _drawn(word, side)


def _seen(word: str, side: str) -> Movement:
    return replace(movements.movement(word), mirrored=side == "left")


# Drawn once a process: who is not signed in may ask too.
@cache
def _printed(word: str, side: str, spoken: str) -> str:
    movement = _seen(word, side)
    return picture.row(movement, movement.text[spoken])


@cache
def _drawn(word: str, side: str) -> Shown:
    movement = _seen(word, side)
    _, _, wide, high = picture.frame(movement)
    stills = tuple(picture.still(movement, number) for number in range(len(movement.keys)))
    moving = picture.moving(movement).encode()
    mark = hashlib.sha256(moving).hexdigest()[:12]
    return Shown(stills, gzip.compress(moving, mtime=0), mark, wide > high)


def _phases(movement: Movement, hold: int | None) -> Iterator[dict[str, Any]]:
    """Say each way from a key pose to the next: the words, how long it takes, how long to stay."""
    for key in movement.keys[1:]:
        yield _phase(key.words, key.seconds, key.hold, hold)
    yield _phase(movement.again, movement.back, movement.keys[0].hold, hold)


def _phase(words: Any, seconds: float, own: float, asked: int | None) -> dict[str, Any]:
    stays = asked if own and asked is not None else own
    return {"words": words[language()], "seconds": seconds, "hold": stays}


def _side() -> str:
    """Return which side the address asks to see; whatever is not the left one is the right one."""
    return "left" if request.args.get("side") == "left" else "right"


def _asked(name: str, most: int) -> int | None:
    """Return a number of the address, or None where there is none that can be."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and 1 <= int(text) <= most else None
