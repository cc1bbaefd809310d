"""The one door for JSON that comes in: what passes can be kept, compared and answered.

Python's reader takes more than JSON is, and of a name that stands twice the last; what is stored
or asked next may read the first. Such a body is refused before any route sees it.
"""

import json
from collections.abc import Iterable
from typing import Any, NoReturn

import orjson
from flask import Flask, request

from shared.errors import Refusal
from shared.nesting import depth

# No body of ours has ten levels; each level of a stranger's costs us stack.
DEEPEST = 50


class Malformed(Refusal):
    """The body is no JSON that we take."""

    slug = "malformed"
    title = "This is not JSON"
    status = 400


def register(app: Flask) -> None:
    """Look at every JSON body before its route does."""

    def look() -> None:
        if request.is_json and (data := request.get_data()):
            check(data)

    app.before_request(look)


def check(data: bytes) -> None:
    """Let a body through.

    Raises:
        Malformed: it is no JSON, or none that can be kept as it is.
    """
    try:
        found = json.loads(data, object_pairs_hook=_once, parse_constant=_no_number)
    except RecursionError:
        raise Malformed(f"It is nested deeper than {DEEPEST} levels.") from None
    except ValueError:
        raise Malformed("The body cannot be read as JSON.") from None
    if depth(found) > DEEPEST:
        raise Malformed(f"It is nested deeper than {DEEPEST} levels.")
    try:
        orjson.dumps(found)
    except TypeError:
        detail = "It holds a number of more than 64 bits, or text that is not Unicode."
        raise Malformed(detail) from None


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Malformed("A name stands twice in one object.")
        found[name] = value
    return found


def _no_number(_: str) -> NoReturn:
    raise Malformed("NaN and Infinity are no JSON.")
