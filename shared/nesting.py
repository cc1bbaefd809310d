"""How deep a JSON value is nested."""

from typing import Any


def depth(value: Any) -> int:
    """Return how many levels of objects and arrays there are; no recursion, whatever comes."""
    found, level = 0, [value]
    while level := [inner for inner in level if isinstance(inner, dict | list)]:
        found += 1
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return found
