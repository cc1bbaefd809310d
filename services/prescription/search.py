"""What exercises are found by: words and their beginnings, and codes as `kind=strength`.

The engine has no index of texts: a document holds what finds it as a list, which has one.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

WORD = re.compile(r"[^\W_]+")
# From which letter on a beginning finds a word.
SHORTEST = 3
SPOKEN = ("name", "plain_name")
# By what else exercises are looked for, each in a list of the rules.
FACETS = ("region", "kind", "equipment", "position")


def folded(text: str) -> list[str]:
    """Return the words of a text, without capitals and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return WORD.findall("".join(one for one in plain if not unicodedata.combining(one)))


def tokens(exercise: Mapping[str, Any]) -> list[str]:
    """Return what an exercise is found by: names in every language, muscles, codes.

    Args:
        exercise: as it is published, and whether it is `retired` and `offered`.
    """
    guide = exercise["guide"] or {}
    spoken = [exercise, *guide.get("wordings", ())]
    said = [one[name] for one in spoken for name in SPOKEN] + list(guide.get("muscles", ()))
    words = {word for text in said for word in folded(text)}
    beginnings = {word[:end] for word in words for end in range(SHORTEST, len(word))}
    return sorted(words | beginnings | set(_codes(exercise, guide)))


def wanted(words: str, codes: Mapping[str, str], *, retired: bool = False) -> list[str]:
    """Return what all must find an exercise.

    Args:
        words: of it, whole or from their third letter on, in any language.
        codes: facet to code; an empty one finds every exercise.
        retired: asks for those that are prescribed no more instead of those that are.
    """
    asked = [code(name, value) for name, value in codes.items() if value]
    return list(dict.fromkeys([*folded(words), *asked, in_use(retired=retired)]))


def code(name: str, value: str) -> str:
    """Return what finds by a code; no word holds its sign."""
    return f"{name}={value}"


def in_use(*, retired: bool) -> str:
    """Return what finds exercises that are prescribed, or those that are no more."""
    return code("in", "past" if retired else "use")


def _codes(exercise: Mapping[str, Any], guide: Mapping[str, Any]) -> Iterator[str]:
    yield code("kind", exercise["kind"])
    yield in_use(retired=exercise["retired"])
    if exercise["offered"]:
        yield code("offered", "yes")
    for name in ("region", "position"):
        if name in guide:
            yield code(name, guide[name])
    yield from _each("equipment", guide.get("equipment", ()))
    yield from _each("easier", guide.get("easier", ()))


def _each(name: str, values: Iterable[str]) -> Iterator[str]:
    return (code(name, value) for value in values)
