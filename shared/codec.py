"""Turn events into what the store keeps and back, lifting old shapes on the way.

An upcaster is a pure function on a dictionary: it lifts the stored data of one event type from
schema n to n + 1. Whatever reads a stored event reads it through here, so nothing else knows that
there ever was another shape.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any

from cattrs.preconf.json import make_converter

from shared.store import Stored

Upcaster = Callable[[dict[str, Any]], dict[str, Any]]

converter = make_converter()
converter.omit_if_default = False
converter.register_unstructure_hook(time, time.isoformat)
converter.register_structure_hook(time, lambda value, _: time.fromisoformat(value))


class UnknownEvent(Exception):
    """The store holds an event type that this code does not know: an older version is running."""

    def __init__(self, name: str) -> None:
        self.told = f"no event of this version is called {name}"
        super().__init__(name)


@dataclass(slots=True)
class Codec:
    """The events of one service.

    Attributes:
        events: frozen dataclasses; the class name is the stored type and never changes.
        upcasters: `(type, schema)` to the function that lifts it to the next schema.
        kinds: the events by name.
    """

    events: Iterable[type]
    upcasters: Mapping[tuple[str, int], Upcaster] = field(default_factory=dict)
    kinds: dict[str, type] = field(init=False)

    def __post_init__(self) -> None:
        self.kinds = {event.__name__: event for event in self.events}

    def schema(self, name: str) -> int:
        """Return today's schema of an event type: one more than it has upcasters."""
        return 1 + sum(1 for kind, _ in self.upcasters if kind == name)

    def encode(self, event: object, recorded: datetime, sequence: int | None) -> Stored:
        """Return the event as the store keeps it.

        An event with a field `occurred` happened then, every other when it was recorded.
        """
        name = type(event).__name__
        if name not in self.kinds:
            raise UnknownEvent(name)
        return Stored(
            type=name,
            schema=self.schema(name),
            occurred=getattr(event, "occurred", None) or recorded,
            data=converter.unstructure(event),
            sequence=sequence,
        )

    def decode(self, stored: Stored) -> Any:
        """Return the event in today's shape.

        Raises:
            UnknownEvent: no class has this name.
        """
        if stored.type not in self.kinds:
            raise UnknownEvent(stored.type)
        data = dict(stored.data)
        for schema in range(stored.schema, self.schema(stored.type)):
            data = self.upcasters[stored.type, schema](data)
        return converter.structure(data, self.kinds[stored.type])
