"""The promise to other services and partners: which events are published, in which shape.

Stored events may change with their upcasters; a publication changes only by adding.
"""

from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema


@dataclass(frozen=True, slots=True)
class Publication:
    """How one stored event is published.

    Attributes:
        name: `<noun>.<verb>`, for example `program.prescribed`.
        schema: the marshmallow schema whose fields are the payload, read from the stored event's
            attributes of the same name.
        major: grows with a breaking change, on a topic of its own.
    """

    name: str
    schema: type[Schema]
    major: int = 1
    loaded: Schema = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "loaded", self.schema())

    def full_name(self, service: str) -> str:
        """Return the CloudEvents type."""
        return f"hep.{service}.{self.name}.v{self.major}"

    def dump(self, event: object) -> dict[str, Any]:
        """Return the payload."""
        payload: dict[str, Any] = self.loaded.dump(event)
        return payload


def owner_of(topic: str) -> str:
    """Return the service that publishes on a topic."""
    return topic.split(".")[1]


def topic_name(service: str, major: int = 1) -> str:
    """Return the name of the topic that a service publishes on."""
    return f"hep.{service}.v{major}"
