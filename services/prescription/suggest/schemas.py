"""What a request for suggestions holds: a case, and nobody's name."""

from typing import Any

from marshmallow import Schema, ValidationError, post_load, validate, validates_schema

from prescription import kinds
from prescription.rules import rules as codes
from prescription.schemas import CODE, LINE, OPEN, PARAGRAPH
from prescription.suggest.case import Case
from prescription.suggest.rules import PHASES, rules

MOST = 20


def _one_of(*known: str) -> validate.OneOf:
    return validate.OneOf(known, error="Use one of: " + ", ".join(known) + ".")


class DiagnosisQuery(Schema):
    """What is treated: by a code of ICD-10, in words of English or Spanish, or both."""

    system = kinds.Line(40, load_default="ICD-10", validate=CODE)
    code = kinds.Line(40, **OPEN, validate=CODE)
    words = kinds.Line(LINE, **OPEN)

    @validates_schema
    def check(self, data: dict[str, Any], **_: Any) -> None:
        if not data.get("code") and not data.get("words"):
            raise ValidationError("Give a code or words.", "words")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {name: value or "" for name, value in data.items()}


class SuggestionQuery(Schema):
    """A case: say nobody's name in it. It is answered and not kept."""

    diagnosis = kinds.nested(DiagnosisQuery, required=True)
    age = kinds.whole((0, codes().oldest), required=True)
    goals = kinds.rows(kinds.Line(PARAGRAPH), MOST, load_default=())
    phase = kinds.Line(40, required=True, validate=_one_of(*PHASES))
    irritability = kinds.Line(40, required=True, validate=_one_of(*rules().irritabilities))
    equipment = kinds.rows(kinds.Line(40), MOST, required=True)
    restrictions = kinds.rows(kinds.Line(40), len(rules().restrictions), required=True)
    language = kinds.language(load_default="en")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        language, diagnosis = data.pop("language"), data.pop("diagnosis")
        return {"case": Case(**diagnosis, **data), "language": language}
