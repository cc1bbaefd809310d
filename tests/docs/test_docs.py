"""The documents name all there is: a setting, metric, problem or event without words fails."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from deploy.local.cli import VERBS
from deploy.local.stack import SERVICES
from shared import metrics
from shared.errors import Refusal
from shared.verify.faults import FAULTS

ROOT = Path(__file__).parents[2]
DOCS = {path.stem: path.read_text() for path in (ROOT / "docs").glob("*.md")}
README = (ROOT / "README.md").read_text()


def refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    yield kind
    for inner in kind.__subclasses__():
        yield from refusals(inner)


def test_every_setting_is_explained() -> None:
    read = "".join((ROOT / "shared" / f"{name}.py").read_text() for name in ("settings", "reach"))
    names = re.findall(r'env\.\w+\("(\w+)"|_file\(env, "(\w+)"', read)

    settings = {f"HEP_{first or second}" for first, second in names}

    assert settings == set(re.findall(r"^\| `(HEP_\w+)`", DOCS["operators"], re.MULTILINE))


def test_every_metric_is_explained() -> None:
    families = metrics.REGISTRY.collect()
    exported = {found.name for found in families if found.name.startswith("hep_")}
    named = re.findall(r"^\| `(hep_\w+)`", DOCS["operators"], re.MULTILINE)

    assert exported
    assert {name.removesuffix("_total") for name in named} == exported


def test_every_refusal_says_what_to_do() -> None:
    for service in SERVICES:
        import_module(f"{service}.app")
    names = {kind.slug for kind in refusals() if not kind.__module__.startswith("tests")}

    assert names <= set(re.findall(r"^\| `([a-z-]+)`", DOCS["problems"], re.MULTILINE))


def test_every_fault_that_verify_knows_is_explained() -> None:
    named = re.findall(r"^\| `([a-z]+-[a-z]+|undecodable)` \|", DOCS["operators"], re.MULTILINE)

    assert named == list(FAULTS)


def test_every_published_event_is_listed_and_no_other() -> None:
    published = {
        name for service in SERVICES for name in import_module(f"{service}.app").DEFINITION.payloads
    }

    assert published == set(re.findall(r"^\| `(hep\.[\w.]+)`", DOCS["partners"], re.MULTILINE))


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_of_hep_is_in_the_readme(verb: str) -> None:
    assert f"hep {verb}" in README


def test_the_readme_is_short_and_its_commands_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()

    verbs = set(re.findall(r"`make (\w+)|^make (\w+)", README, re.MULTILINE))

    assert len(README.splitlines()) <= 120
    assert all(f"\n{first or second}:" in makefile for first, second in verbs)


def test_what_a_page_of_the_documents_links_to_is_there() -> None:
    named = {
        path for text in [README, *DOCS.values()] for path in re.findall(r"docs/[\w/.-]+\w", text)
    }

    assert [path for path in named if not (ROOT / path).exists()] == []


def test_a_decision_fits_on_a_page() -> None:
    long = [
        path.name
        for path in (ROOT / "docs" / "decisions").glob("*.md")
        if len(path.read_text().splitlines()) > 30
    ]

    assert long == []
