"""What exercises are found by: words and their beginnings, and codes as `kind=strength`.

The engine has no index of texts: a document holds what finds it as a list, which has one.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

WORD = re.compile(r"[^\W_]+")
# From which letter on a beginning finds a word.
SHORTEST = 3
SPOKEN = ("name", "plain_name")
# By what else exercises are looked for, each in a list of the rules.
FACETS = ("region", "kind", "equipment", "position")


INDEX = ("tokens", "order")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for in the library.

    Attributes:
        text: words, whole or from their third letter on, in any language; empty for all.
        codes: facet to the code that it must have; an empty one narrows nothing.
        favourite: only the asker's own favourites.
        offered: only those that wait to be taken in for all sites.
        retired: those that are prescribed no more instead of those that are.
    """

    text: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    favourite: bool = False
    offered: bool = False
    retired: bool = False


def folded(text: str) -> list[str]:
    """Return the words of a text, without capitals and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return WORD.findall("".join(one for one in plain if not unicodedata.combining(one)))


def words(exercise: Mapping[str, Any]) -> list[str]:
    """Return what an exercise as published is found by: names in every language, muscles, codes."""
    guide = exercise.get("guide") or {}
    spoken = [exercise, *guide.get("wordings", ())]
    said = [one[name] for one in spoken for name in SPOKEN] + list(guide.get("muscles", ()))
    found = {word for text in said for word in folded(text)}
    beginnings = {word[:end] for word in found for end in range(SHORTEST, len(word))}
    return sorted(found | beginnings | set(_codes(exercise, guide)))


def tokens(words: Iterable[str], *, retired: bool) -> list[str]:
    """Return what the index holds of an exercise: its words, and whether it is prescribed."""
    return [*words, in_use(retired=retired)]


def wanted(asked: Asked) -> dict[str, Any]:
    """Return the query that finds exercises, to be read by INDEX.

    One thing is asked of the index, the longest word, and the others of what that has found.
    """
    told = dict.fromkeys(sorted(folded(asked.text), key=len, reverse=True))
    named = [*told, *(code(name, value) for name, value in asked.codes.items() if value)]
    first, *others = named or [in_use(retired=asked.retired)]
    found: dict[str, Any] = {"tokens": first, "retired": asked.retired}
    found |= {"words": {"$all": others}} if others else {}
    return found | ({"offered": True} if asked.offered else {})


def code(name: str, value: str) -> str:
    """Return what finds by a code; no word holds its sign."""
    return f"{name}={value}"


def in_use(*, retired: bool) -> str:
    """Return what finds exercises that are prescribed, or those that are no more."""
    return code("in", "past" if retired else "use")


def _codes(exercise: Mapping[str, Any], guide: Mapping[str, Any]) -> Iterator[str]:
    yield code("kind", exercise["kind"])
    for name in ("region", "position"):
        if name in guide:
            yield code(name, guide[name])
    yield from _each("equipment", guide.get("equipment", ()))
    yield from _each("easier", guide.get("easier", ()))


def _each(name: str, values: Iterable[str]) -> Iterator[str]:
    return (code(name, value) for value in values)
