"""What requests and answers about invitations and supporters hold."""

from typing import get_args

from marshmallow import Schema, fields, validate

from adherence.events import Way
from adherence.invitation import State
from adherence.rules import rules
from adherence.schemas import FILL, one_of, says

YEAR = "Type the four numbers of the year."
YEARS = (1870, 2100)


class InvitationRequest(Schema):
    """How a patient is invited."""

    way = one_of(
        get_args(Way),
        required=True,
        metadata={"description": "link: by e-mail; paper: a code that is printed"},
    )


class InvitationAnswer(Schema):
    """An invitation; nothing here lets anybody in."""

    id = fields.String(required=True)
    way = fields.String(required=True, validate=validate.OneOf(get_args(Way)))
    state = fields.String(required=True, validate=validate.OneOf(get_args(State)))
    issued = fields.AwareDateTime(required=True)
    expires = fields.AwareDateTime(required=True)
    redeemed = fields.AwareDateTime(
        required=True,
        allow_none=True,
        metadata={"description": "when somebody came in by it; null where nobody did"},
    )


class InvitationsAnswer(Schema):
    """A patient's invitations, the newest first."""

    items = fields.List(fields.Nested(InvitationAnswer), required=True)


class LetterAnswer(Schema):
    """What is sent to the invited person, for the service that sends it."""

    secret = fields.String(
        required=True,
        metadata={"description": "what the link ends in; empty where it holds no more"},
    )
    name = fields.String(required=True, metadata={"description": "of a supporter, else empty"})
    email = fields.String(required=True, metadata={"description": "of a supporter, else empty"})


class SupporterRequest(Schema):
    """Whom the patient lets see what."""

    name = fields.String(
        required=True,
        validate=validate.Length(1, 100, error="Say their name, in 100 letters at most."),
        error_messages=says(FILL),
    )
    email = fields.Email(required=True, error_messages=says("Give an e-mail address."))
    parts = fields.List(
        one_of(rules().inviting.parts),
        required=True,
        validate=validate.Length(1, error="Choose at least one thing."),
        error_messages=says("Choose at least one thing."),
    )


class CodeRequest(Schema):
    """A code on paper as it was typed, and the year of birth."""

    code = fields.String(required=True, error_messages=says("Type the code."))
    birth_year = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(*YEARS, error=YEAR),
        error_messages=says(YEAR),
    )
