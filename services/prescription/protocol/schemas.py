"""What requests about templates hold."""

from typing import Any

from marshmallow import Schema, post_load

from prescription import kinds
from prescription.protocol.events import Basis, Coded, Criterion, Item, Stage
from prescription.rules import rules
from prescription.schemas import CODE, LINE, OPEN, PARAGRAPH, DoseRequest, SourceRequest


class CriterionRequest(Schema):
    """What must hold for a phase to begin, or to be over."""

    measure = kinds.Line(40, required=True)
    at_least = kinds.number(**OPEN)
    at_most = kinds.number(**OPEN)
    exercise = kinds.identity(**OPEN)
    unit = kinds.Line(20, **OPEN)
    score = kinds.Line(40, **OPEN)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Criterion:
        return Criterion(**data, verified=False)


class ItemRequest(Schema):
    """An exercise of a phase with the dose to begin with."""

    exercise = kinds.identity(required=True)
    name = kinds.Line(LINE, **OPEN)
    dose = kinds.nested(DoseRequest, required=True)
    affected = kinds.flag(load_default=False)
    priority = kinds.whole(rules().priorities, load_default=1)
    note = kinds.Line(PARAGRAPH, **OPEN)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Item:
        said = data | {"name": data["name"] or ""}
        return Item(**said, kind=None, ranges=(), unseen=())


class StageRequest(Schema):
    """A phase of a template."""

    name = kinds.Line(LINE, required=True)
    entry = kinds.rows(kinds.nested(CriterionRequest), 10, load_default=())
    exit = kinds.rows(kinds.nested(CriterionRequest), 10, load_default=())
    exercises = kinds.rows(kinds.nested(ItemRequest), 30, load_default=())

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Stage:
        return Stage(**data)


class CodedRequest(Schema):
    """A code of a coding system."""

    code = kinds.Line(40, required=True, validate=CODE)
    system = kinds.Line(40, required=True, validate=CODE)
    verified = kinds.flag(load_default=False)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Coded:
        return Coded(**data)


class TemplateRequest(Schema):
    """All that a template of the practice's own is like."""

    name = kinds.Line(LINE, required=True)
    condition = kinds.Line(LINE, required=True)
    region = kinds.Line(40, **OPEN)
    title = kinds.Line(LINE, required=True)
    diagnosis = kinds.nested(CodedRequest, **OPEN)
    weeks = kinds.rows(kinds.whole((1, 520)), 2, load_default=())
    source = kinds.nested(SourceRequest, **OPEN)
    progression = kinds.Line(PARAGRAPH, **OPEN)
    pain = kinds.Line(PARAGRAPH, **OPEN)
    stop = kinds.Line(PARAGRAPH, **OPEN)
    phases = kinds.rows(kinds.nested(StageRequest), 50, required=True)
    owner = kinds.identity(**OPEN)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Gather what is said besides the doses."""
        said = {name: data.pop(name) for name in ("progression", "pain", "stop")}
        open_ = dict.fromkeys(("population", "conflicts", "gap", "tier", "completeness"))
        basis = Basis(**said, **open_, unseen=())
        return data | {"basis": basis, "titles": (), "stages": data.pop("phases")}
