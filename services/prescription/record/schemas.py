"""What requests about clinical records hold."""

from typing import Any

from marshmallow import Schema, post_load

from prescription import kinds
from prescription.record.events import Home


class HomeRequest(Schema):
    """What there is at home."""

    equipment = kinds.rows(kinds.Line(40), 30, load_default=())
    spaces = kinds.rows(kinds.Line(40), 10, load_default=())

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Home:
        return Home(**data)


class RecordRequest(Schema):
    """All that a record holds; a home that is null was not asked about."""

    conditions = kinds.rows(kinds.Line(40), 60, load_default=())
    home = kinds.nested(HomeRequest, load_default=None, allow_none=True)
