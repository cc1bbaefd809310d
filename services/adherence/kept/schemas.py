"""What a device tells of later, when there is a network again."""

from typing import Any, get_args

from marshmallow import ValidationError, fields, validates_schema

from adherence.events import Evidence, Mode
from adherence.schemas import (
    AnswersRequest,
    Entries,
    Moment,
    one_of,
    says,
    whole,
)

# What the patient meant: another go, or what was told before, as it should be.
KINDS = ("go", "change")


class EntryRequest(AnswersRequest):
    """One thing that was written down on a device: exercises, or how a session felt."""

    kind = one_of(KINDS, required=True)
    revision = whole(1, 100_000, required=True, metadata={"description": "that the device showed"})
    local_date = fields.Date(required=True, error_messages=says("Give a date as 2026-09-07."))
    occurred = Moment(required=True)
    device_now = Moment(required=True)
    entries = Entries(load_default=())
    mode = one_of(get_args(Mode), load_default="edited")
    evidence = one_of(get_args(Evidence), load_default="tap")

    @validates_schema
    def check_something(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse what tells nothing."""
        told = {"entries"} | AnswersRequest().fields.keys()
        if not any(data.get(name) not in (None, ()) for name in told):
            raise ValidationError("It tells nothing.", "entries")
