"""However far a consumer is behind, it takes no more into memory than it can apply."""

import base64
import os
import threading
from collections.abc import Iterator
from dataclasses import replace

import psutil
import pytest

from shared import envelope, kafka
from shared.envelope import Envelope, event_id
from shared.publication import topic_name
from shared.views import Views
from tests.engine.pipeline import Bench, running
from tests.waiting import eventually

STREAMS, EVENTS, BYTES = 24, 320, 24_000
# Of 75 MB when this was written, whatever the backlog.
ROOM = 120_000_000


def backlog(bench: Bench) -> Iterator[Envelope]:
    """Yield the events of many streams, each so large that the whole is not to be held."""
    for stream in range(STREAMS):
        (first,) = bench.published(bench.count(f"s{stream}", 1))
        for number in range(1, EVENTS + 1):
            words = base64.b64encode(os.urandom(BYTES * 3 // 4)).decode()
            yield replace(
                first,
                id=event_id(bench.service, first.tenant, first.subject, number),
                **dict.fromkeys(("sequence", "version", "commit"), number),
                data={"words": words},
            )


def produce(bench: Bench) -> None:
    topic = topic_name(bench.service)
    kafka.ensure_topic(bench.bootstrap, topic)
    producer = kafka.producer(bench.bootstrap, "test")
    for event in backlog(bench):
        producer.send(topic, key=event.key.encode(), value=envelope.encode(event))
    producer.flush()
    producer.close()


@pytest.mark.invariant(n=16)
def test_a_slow_consumer_far_behind_keeps_its_memory_bounded(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied, pace, process = [], threading.Event(), psutil.Process()

    def slowly(event: Envelope, views: Views) -> None:
        del event, views
        pace.wait(0.01)
        applied.append(process.memory_info().rss)

    handlers = dict.fromkeys(bench.projection.handlers, slowly)
    monkeypatch.setattr(
        Bench, "projection", replace(bench.projection, handlers=handlers, documents=lambda _: ())
    )
    produce(bench)
    before = process.memory_info().rss

    with running(bench.consumer()):
        eventually(lambda: len(applied) >= 300)
        pace.set()
        eventually(lambda: len(applied) == STREAMS * EVENTS, 120)

    assert max(applied) - before < ROOM < STREAMS * EVENTS * BYTES
