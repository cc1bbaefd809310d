"""One trace through everything: the command, its commit, its record, and what follows from it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.clock import system
from shared.commands import identify
from shared.due import Due, Timer
from shared.envelope import Envelope, decode, encode
from shared.send import Intent, Outcome, Sender
from shared.stream import Cause
from shared.views import Views
from tests.engine.pipeline import COUNTER, Bench, Counted

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def follow(event: Envelope, views: Views) -> None:
    """Have something decided and something sent because of an event."""
    now, tenant, name = event.recorded, event.tenant, event.subject
    views.schedule(event, Due(identify(event.id, "due"), "add", tenant, name, now, 1, {}))
    day = now + timedelta(days=1)
    views.intend(event, Intent(identify(event.id, "mail"), "mail", tenant, now, day, {}))


def add(bench: Bench, stream: str, cause: Cause) -> None:
    loaded = bench.streams.load(COUNTER, cause, stream)
    bench.streams.append(loaded, [Counted(1)], cause)


@pytest.mark.invariant(n=15)
def test_a_trace_is_in_the_commit_the_record_and_all_that_follows(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    handlers = dict.fromkeys(bench.projection.handlers, follow)
    monkeypatch.setattr(Bench, "projection", replace(bench.projection, handlers=handlers))

    def decide(due: Due) -> None:
        add(bench, "decided", due.cause("counter"))

    def record(intent: Intent, outcome: Outcome) -> None:
        add(bench, "sent", intent.cause("counter", outcome.state))

    add(bench, "asked", Cause("north", "bo", "c1", correlation="talk", traceparent=TRACE))
    (asked,) = bench.streams.store.load("north", "counter-asked")
    (event,) = (decode(encode(event)) for event in bench.published(asked))
    bench.apply(event)
    Timer(bench.database, {"add": decide}, system, "t1").step()
    Sender(bench.database, {"mail": lambda _: "post"}, record, system, "s1").step()

    followed = [bench.streams.store.load("north", f"counter-{n}")[0] for n in ("decided", "sent")]
    assert {found.traceparent for found in (asked, event, *followed)} == {TRACE}
    assert {found.correlation for found in followed} == {"talk"}
    assert {found.causation for found in followed} == {event.id}
