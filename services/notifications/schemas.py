"""The shapes of what is answered and published."""

from typing import get_args

from marshmallow import Schema, fields, validate

from notifications.events import Channel, Kind, Reached, Reason

STATES = ("planned", "sent", "expired", "failed")


def identifier(description: str) -> fields.String:
    """Return a field that holds an id."""
    return fields.String(required=True, metadata={"description": description})


class MilestoneSchema(Schema):
    """What a celebration is about."""

    kind = fields.String(required=True, validate=validate.OneOf(get_args(Reached)))
    count = fields.Integer(required=True, metadata={"description": "sessions, weeks or the phase"})


class MessageSchema(Schema):
    """One message of the inbox."""

    id = fields.String(required=True, attribute="message")
    kind = fields.String(required=True, validate=validate.OneOf(get_args(Kind)))
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    channel = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(get_args(Channel)),
        metadata={"description": "how it went or should have gone; null while it is planned"},
    )
    reason = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "code of what kept it from being sent; null otherwise"},
    )
    written = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)
    local_date = fields.String(
        required=True, metadata={"description": "date where the patient lives", "format": "date"}
    )
    program = fields.String(
        required=True, allow_none=True, metadata={"description": "null for an invitation"}
    )
    milestones = fields.List(fields.Nested(MilestoneSchema), required=True)


class MessagesSchema(Schema):
    """A page of the inbox, the newest message first."""

    items = fields.List(fields.Nested(MessageSchema), required=True)
    next = fields.String(
        required=True, allow_none=True, metadata={"description": "cursor of the next page"}
    )


class ReminderDecidedPayload(Schema):
    program = identifier("the program")
    patient = identifier("the patient")
    local_date = fields.Date(required=True)
    zone = fields.String(required=True, metadata={"description": "IANA zone that the date is of"})
    revision = fields.Integer(
        required=True, metadata={"description": "the latest one known when it was decided"}
    )
    open = fields.Boolean(required=True, metadata={"description": "whether the patient is told"})
    reason = fields.String(required=True, validate=validate.OneOf(get_args(Reason)))
    next_date = fields.Date(
        required=True,
        allow_none=True,
        metadata={"description": "decided upon next; null where no date is left"},
    )


class MessageSentPayload(Schema):
    message = identifier("the message")
    patient = identifier("whom it is for")
    program = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "the program it is about; null for an invitation"},
    )
    kind = fields.String(required=True, validate=validate.OneOf(get_args(Kind)))
    channel = fields.String(required=True, validate=validate.OneOf(get_args(Channel)))
    local_date = fields.Date(required=True, metadata={"description": "of what it is about"})
    milestones = fields.List(
        fields.Nested(MilestoneSchema),
        required=True,
        metadata={"description": "what a celebration is about; empty for all else"},
    )


class MessageUnsentPayload(MessageSentPayload):
    reason = fields.String(
        required=True, metadata={"description": "code of what kept it; may be empty"}
    )
