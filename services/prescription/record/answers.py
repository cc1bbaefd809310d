"""What the API answers about clinical records."""

from marshmallow import Schema, fields


class HomeAnswer(Schema):
    """What there is at home."""

    equipment = fields.List(fields.String(), required=True)
    spaces = fields.List(fields.String(), required=True)


class ClinicalRecord(Schema):
    """Conditions by code, and what there is at home; null where nobody has asked."""

    patient = fields.String(required=True)
    conditions = fields.List(fields.String(), required=True)
    home = fields.Nested(HomeAnswer, required=True, allow_none=True)
