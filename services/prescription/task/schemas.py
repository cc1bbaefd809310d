"""What requests on tasks and proposals hold."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from prescription import kinds
from prescription.schemas import OPEN, PARAGRAPH
from prescription.task.commands import Value
from prescription.task.queries import ALL, MINE
from shared.web import api


class TasksQuery(api.PageQuery):
    """Query of the queue."""

    whose = fields.String(
        load_default=ALL,
        validate=validate.OneOf((MINE, ALL), error="Use one of: mine, all."),
        metadata={"description": "mine: of the asker's own patients; all: at the asker's sites"},
    )


class ClosingRequest(Schema):
    """Why there is nothing to do any more."""

    word = kinds.Line(PARAGRAPH, required=True)


class ValueRequest(Schema):
    """What an exercise's measure is to be instead of what was proposed."""

    exercise = kinds.identity(required=True)
    value = kinds.number(required=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Value:
        return Value(**data)


class AcceptanceRequest(Schema):
    """What was proposed is taken over: as it is, or with other values."""

    values = kinds.rows(kinds.nested(ValueRequest), 100, load_default=())


class DeclineRequest(Schema):
    """What was proposed is not taken over."""

    word = kinds.Line(PARAGRAPH, **OPEN)
