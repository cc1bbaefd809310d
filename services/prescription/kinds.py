"""The kinds of field that requests have, each saying in plain words what is wrong with it."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from prescription.rules import Limits
from shared.language import LANGUAGES

FILL = "Fill this in."
DAY = "Give a date as 2026-09-07."
SPOKEN = validate.OneOf(LANGUAGES, error="The platform speaks: " + ", ".join(LANGUAGES) + ".")


class Line(fields.String):
    """One line of text, without blanks around it."""

    def __init__(self, most: int, **options: Any) -> None:
        super().__init__(**_messages("Give text."), **options)
        self.most = most
        self.metadata = {**self.metadata, "maxLength": most, "minLength": 1}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        found = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        if not found:
            raise ValidationError(FILL)
        if len(found) > self.most:
            raise ValidationError(f"Say it in {self.most} letters at most.")
        return found


class Rows(fields.List[Any]):
    """A list, as the rules want it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return tuple(super()._deserialize(value, attr, data, **kwargs))


def rows(inner: Any, most: int, **options: Any) -> Rows:
    return Rows(
        inner,
        validate=validate.Length(max=most, error=f"Give {most} at most."),
        **_messages("Give a list."),
        **options,
    )


def whole(limits: Limits | None = None, **options: Any) -> fields.Integer:
    return fields.Integer(
        strict=True, metadata=_between(limits), **_messages("Give a whole number."), **options
    )


def number(limits: Limits | None = None, **options: Any) -> fields.Float:
    messages = _messages("Give a number.")
    messages["error_messages"] |= {"special": "Give a number.", "too_large": "Give a number."}
    return fields.Float(metadata=_between(limits), **messages, **options)


def day(**options: Any) -> fields.Date:
    return fields.Date(**_messages(DAY), **options)


def clock(**options: Any) -> fields.Time:
    return fields.Time(format="%H:%M", **_messages("Give a time as 08:30."), **options)


def flag(**options: Any) -> fields.Boolean:
    return fields.Boolean(
        truthy={True}, falsy={False}, **_messages("Give true or false."), **options
    )


def nested(schema: type[Schema], **options: Any) -> fields.Nested:
    return fields.Nested(schema, **_messages("Give an object."), **options)


def identity(**options: Any) -> Line:
    return Line(64, **options)


def address(**options: Any) -> fields.Email:
    return fields.Email(**_messages("Give an address, as ana@example.org."), **options)


def language(**options: Any) -> fields.String:
    return fields.String(validate=SPOKEN, **_messages("Give text."), **options)


def _messages(wrong: str) -> dict[str, Any]:
    return {"error_messages": {"required": FILL, "null": FILL, "invalid": wrong, "type": wrong}}


def _between(limits: Limits | None) -> dict[str, float]:
    return {"minimum": limits[0], "maximum": limits[1]} if limits else {}
