"""What was noticed of a program, read from its stream."""

from collections.abc import Iterator
from typing import Any

from adherence import diary
from adherence.signals.published import PUBLISHED
from shared.codec import converter
from shared.service import Service


def noticed(service: Service, tenant: str, program: str) -> Iterator[dict[str, Any]]:
    """Yield all signals of a program in their order, each with its name."""
    streams = service.streams
    for commit in streams.store.load(tenant, diary.KIND.stream(program)):
        for event in map(streams.codec.decode, commit.events):
            if type(event) in PUBLISHED:
                data = converter.unstructure(event)
                name = PUBLISHED[type(event)].name
                yield {"signal": name, "recorded": commit.recorded.isoformat(), **data}
