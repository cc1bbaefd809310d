"""What exercises are found by: words and their beginnings, and codes as `kind=strength`.

The engine has no index of texts: a document holds what finds it as a list, which has one. Asked for
several of a list at once, some engines read all there is, so the index is asked for one of them and
what it has found is looked through here.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.letters import plain

WORD = re.compile(r"[^\W_]+")
# From which letter on a beginning finds a word.
SHORTEST = 3
SPOKEN = ("name", "plain_name")
# By what else exercises are looked for, each in a list of the rules.
FACETS = ("region", "kind", "equipment", "position")


# What finds every exercise.
ALL = "*"


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
    return WORD.findall(plain(text))


def words(exercise: Mapping[str, Any]) -> list[str]:
    """Return what an exercise as published is found by: names in every language, muscles, codes."""
    guide = exercise.get("guide") or {}
    spoken = [exercise, *guide.get("wordings", ())]
    said = [one[name] for one in spoken for name in SPOKEN] + list(guide.get("muscles", ()))
    found = {word for text in said for word in folded(text)}
    beginnings = {word[:end] for word in found for end in range(SHORTEST, len(word))}
    return sorted(found | beginnings | set(_codes(exercise, guide)))


def tokens(words: Iterable[str], *, retired: bool) -> list[str]:
    """Return what the index holds of an exercise; what is retired is found among its like alone."""
    return [_of(word, retired=retired) for word in (*words, ALL)]


def first(asked: Asked) -> str:
    """Return what is asked of the index: the longest word, else a code, else all there is."""
    return _of(next(iter(wanted(asked)), ALL), retired=asked.retired)


def wanted(asked: Asked) -> list[str]:
    """Return all that must find an exercise, the longest word first."""
    told = sorted(folded(asked.text), key=len, reverse=True)
    codes = (code(name, value) for name, value in asked.codes.items() if value)
    return list(dict.fromkeys([*told, *codes]))


def code(name: str, value: str) -> str:
    """Return what finds by a code; no word holds its sign."""
    return f"{name}={value}"


def _of(word: str, *, retired: bool) -> str:
    return f"past {word}" if retired else word


def _codes(exercise: Mapping[str, Any], guide: Mapping[str, Any]) -> Iterator[str]:
    yield code("kind", exercise["kind"])
    for name in ("region", "position"):
        if name in guide:
            yield code(name, guide[name])
    yield from _each("equipment", guide.get("equipment", ()))
    yield from _each("easier", guide.get("easier", ()))


def _each(name: str, values: Iterable[str]) -> Iterator[str]:
    return (code(name, value) for value in values)
