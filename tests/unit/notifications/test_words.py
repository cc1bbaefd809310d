"""Everything that is said is said in Spanish too."""

import re
from pathlib import Path

import pytest

import notifications
from shared.language import CATALOGUES, catalogue

HERE = Path(str(notifications.__file__)).parent
SAID = re.compile(r"_\('((?:[^'\\]|\\.)*)'")


def said(template: Path) -> set[str]:
    return set(SAID.findall(template.read_text()))


TEMPLATES = sorted((HERE / "templates").rglob("*.*"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_text_of_a_template_has_its_spanish(template: Path) -> None:
    own, shared = catalogue("es", HERE / "words"), catalogue("es", CATALOGUES)

    assert said(template) - own.keys() - shared.keys() == set()


def test_no_translation_is_left_over() -> None:
    used = set().union(*(said(template) for template in TEMPLATES))

    assert catalogue("es", HERE / "words").keys() - used == set()
