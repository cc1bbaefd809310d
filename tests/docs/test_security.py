"""What the documents say of security names tests that there are, and leaves nothing out."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("SECURITY.md", "docs/threats.md", "docs/asvs.md")
STRIDE = [
    "spoofing",
    "tampering",
    "repudiation",
    "information disclosure",
    "denial of service",
    "elevation of privilege",
]
STATES = ("holds", "not yet", "does not apply")
# Requirements of levels 1 and 2 in ASVS 5.0.0.
REQUIREMENTS = 253
ROW = re.compile(r"^\| ([\d., ]+) \| [12] \| (.+) \| ([a-z ]+) \| (.*) \|$", re.MULTILINE)


def written() -> set[str]:
    """Return the names of all tests, read from their source."""
    return {
        node.name
        for file in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_test_that_is_named_exists(document: str) -> None:
    named = set(re.findall(r"`(test_\w+)`", (ROOT / document).read_text()))

    assert named <= written()


def test_every_arrow_has_all_six_threats() -> None:
    text = (ROOT / "docs" / "threats.md").read_text()
    drawn = set(re.findall(r'-- "(\d+) ', text))
    parts = re.split(r"^## (\d+) .*$", text, flags=re.MULTILINE)

    told = dict(zip(parts[1::2], parts[2::2], strict=True))

    assert drawn == set(told)
    for number, part in told.items():
        rows = re.findall(rf"^\| ({'|'.join(STRIDE)}) \| .+ \| .+ \| (.+) \|$", part, re.MULTILINE)
        assert [name for name, _ in rows] == STRIDE, number
        assert all("test_" in shown or "not shown" in shown for _, shown in rows), number


def test_no_requirement_is_missing_or_there_twice() -> None:
    rows = ROW.findall((ROOT / "docs" / "asvs.md").read_text())
    numbers = [number for row in rows for number in row[0].split(", ")]

    assert len(numbers) == len(set(numbers)) == REQUIREMENTS
    assert {state for _, _, state, _ in rows} == set(STATES)


def test_the_counts_are_those_of_the_rows() -> None:
    text = (ROOT / "docs" / "asvs.md").read_text()
    found: Counter[str] = Counter()
    for numbers, _, state, _ in ROW.findall(text):
        found[state] += len(numbers.split(", "))

    holds, not_yet, without = (found[state] for state in STATES)
    assert f"{holds} hold, {not_yet} do not yet, {without} do not apply." in text
