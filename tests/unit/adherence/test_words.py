"""Every word of the pages is said in Spanish too, with the same values in it."""

import re
from pathlib import Path

import pytest
from marshmallow import ValidationError

import adherence
from adherence import schemas
from adherence.rules import rules
from shared.errors import flatten
from shared.language import CATALOGUES, catalogue

HERE = Path(adherence.__file__).parent
TEMPLATES = "\n".join(path.read_text() for path in (HERE / "templates").rglob("*.html"))
SAID = re.compile(r"""(?<!\w)(?:_|ngettext)\(\s*'([^']+)'""")
VALUE = re.compile(r"%\(\w+\)s")
OWN = catalogue("es", HERE / "words")
KNOWN = catalogue("es", CATALOGUES) | OWN


@pytest.mark.parametrize("text", sorted(set(SAID.findall(TEMPLATES))))
def test_a_text_of_a_page_is_said_in_spanish(text: str) -> None:
    assert text in KNOWN

    assert set(VALUE.findall(text)) <= {
        value for form in KNOWN[text] for value in VALUE.findall(form)
    } | {"%(num)s"}


@pytest.mark.parametrize("code", rules().skipped)
def test_every_reason_to_leave_an_exercise_out_has_words(code: str) -> None:
    assert f"'{code}': _(" in TEMPLATES


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        (schemas.DoneRequest, dict.fromkeys(("sets", "repetitions", "hold_seconds"), 0)),
        (schemas.DoneRequest, {"minutes": 0, "load_kg": -1}),
        (schemas.AnswersRequest, dict.fromkeys(("pain", "effort", "difficulty"), "x")),
        (schemas.AnswersRequest, {"note": "x" * 2001}),
    ],
)
def test_what_a_form_is_told_is_said_in_spanish(schema: type, body: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refusal:
        schema().load(body)

    for fault in flatten(refusal.value.messages):
        assert fault.reason in OWN


def test_no_spanish_text_is_left_over() -> None:
    sources = TEMPLATES + "".join(path.read_text() for path in HERE.rglob("*.py"))
    said = {text for text in OWN if text not in sources}

    assert all(text.startswith(("Give ", "Say it in")) for text in said)
