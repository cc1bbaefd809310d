"""What is published of templates: the promise to other services, changed only by adding."""

from marshmallow import Schema, fields

from prescription.payloads import DoseSchema, SourceSchema, code, identity


class CriterionSchema(Schema):
    """What must hold for a phase to begin, or to be over."""

    measure = code("what is looked at", "time")
    at_least = fields.Float(required=True, allow_none=True)
    at_most = fields.Float(required=True, allow_none=True)
    exercise = fields.String(
        required=True, allow_none=True, metadata={"description": "of a performance, or null"}
    )
    unit = fields.String(
        required=True, allow_none=True, metadata={"description": "of a performance, or null"}
    )
    score = fields.String(
        required=True, allow_none=True, metadata={"description": "an outcome score, or null"}
    )
    verified = fields.Boolean(
        required=True, metadata={"description": "whether a source was seen to say so"}
    )


class RangeSchema(Schema):
    """The most that a source gives of an amount; the dose holds the least."""

    name = fields.String(required=True, metadata={"description": "field of the dose"})
    most = fields.Float(required=True)


class ItemSchema(Schema):
    """An exercise of a phase with what the source says of its dose."""

    exercise = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "of the library; null where one is to be chosen"},
    )
    name = fields.String(required=True, metadata={"description": "as the source calls it"})
    kind = fields.String(required=True, allow_none=True)
    dose = fields.Nested(DoseSchema, required=True)
    affected = fields.Boolean(
        required=True, metadata={"description": "whether it is for the side that is treated"}
    )
    ranges = fields.List(fields.Nested(RangeSchema), required=True)
    unseen = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "fields of the dose that the source leaves open"},
    )
    priority = fields.Integer(required=True)
    note = fields.String(required=True, allow_none=True)


class StageSchema(Schema):
    """A phase of a template."""

    name = fields.String(required=True)
    entry = fields.List(fields.Nested(CriterionSchema), required=True)
    exit = fields.List(fields.Nested(CriterionSchema), required=True)
    exercises = fields.List(fields.Nested(ItemSchema), required=True)


class CodedSchema(Schema):
    """A code of a coding system."""

    code = fields.String(required=True)
    system = fields.String(required=True)
    verified = fields.Boolean(required=True)


class BasisSchema(Schema):
    """What the source says besides the doses, and how well it was read."""

    population = fields.String(required=True, allow_none=True)
    progression = fields.String(required=True, allow_none=True)
    pain = fields.String(required=True, allow_none=True)
    stop = fields.String(required=True, allow_none=True)
    conflicts = fields.String(required=True, allow_none=True)
    gap = fields.String(required=True, allow_none=True)
    tier = fields.String(required=True, allow_none=True)
    completeness = fields.String(required=True, allow_none=True)
    unseen = fields.List(fields.String(), required=True)


class TitleSchema(Schema):
    """What patients read as the title, in another language."""

    language = fields.String(required=True)
    machine = fields.Boolean(required=True)
    title = fields.String(required=True)


class Content(Schema):
    """All that a version of a template says."""

    template = identity("the template")
    name = fields.String(required=True, metadata={"description": "as therapists say it"})
    condition = fields.String(required=True)
    region = fields.String(required=True, allow_none=True)
    title = fields.String(required=True, metadata={"description": "as patients read it"})
    titles = fields.List(fields.Nested(TitleSchema), required=True)
    diagnosis = fields.Nested(CodedSchema, required=True, allow_none=True)
    weeks = fields.List(
        fields.Integer(), required=True, metadata={"description": "least and most, or none"}
    )
    source = fields.Nested(SourceSchema, required=True, allow_none=True)
    basis = fields.Nested(BasisSchema, required=True)
    stages = fields.List(fields.Nested(StageSchema), required=True)
    owner = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "the staff member who answers for it; null for HEP's"},
    )
    edition = fields.String(
        required=True, allow_none=True, metadata={"description": "of the catalogue, or null"}
    )


class Published(Content):
    word = fields.String(
        required=True, allow_none=True, metadata={"description": "which of HEP's it is, or null"}
    )


class Revised(Content):
    version = fields.Integer(required=True)


class OfTemplate(Schema):
    template = identity("the template")
