"""What is promised is shown: each of the things that always hold has a test that names it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def marked() -> Iterator[int]:
    """Yield the numbers that tests are marked with, read from their source."""
    for file in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef):
                for mark in node.decorator_list:
                    found = re.fullmatch(r"pytest\.mark\.invariant\(n=(\d+)\)", ast.unparse(mark))
                    if found:
                        yield int(found[1])


def test_each_promise_has_a_test_and_each_mark_a_promise() -> None:
    text = (ROOT / "docs" / "trust.md").read_text()
    promised = [int(number) for number in re.findall(r"^(\d+)\. ", text, re.MULTILINE)]

    assert promised == list(range(1, 17))
    assert set(marked()) == set(promised)
