"""What the API answers about templates."""

from marshmallow import Schema, fields

from prescription import payloads
from prescription.protocol.payloads import Content, CriterionSchema, ItemSchema


class ListedTemplate(Schema):
    """A template in a list."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    condition = fields.String(required=True)
    region = fields.String(required=True, allow_none=True)
    title = fields.String(required=True)
    weeks = fields.List(fields.Integer(), required=True)
    phases = fields.Integer(required=True)
    source = fields.Nested(payloads.SourceSchema, required=True, allow_none=True)
    lacking = fields.Boolean(
        required=True,
        metadata={"description": "whether some of its exercises are not in the library"},
    )
    owner = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True)
    word = fields.String(required=True, allow_none=True)
    retired = fields.Boolean(required=True)


class Criterion(CriterionSchema):
    called = fields.String(required=True, allow_none=True)


class Item(ItemSchema):
    called = fields.String(
        required=True, allow_none=True, metadata={"description": "as the library calls it"}
    )


class Stage(Schema):
    """A phase of a template."""

    name = fields.String(required=True)
    entry = fields.List(fields.Nested(Criterion), required=True)
    exit = fields.List(fields.Nested(Criterion), required=True)
    exercises = fields.List(fields.Nested(Item), required=True)


class Template(Content):
    """A template as its latest version says."""

    class Meta:
        exclude = ("template", "stages")

    id = fields.String(required=True)
    version = fields.Integer(required=True)
    word = fields.String(required=True, allow_none=True)
    retired = fields.Boolean(required=True)
    phases = fields.List(fields.Nested(Stage), required=True, attribute="stages")
