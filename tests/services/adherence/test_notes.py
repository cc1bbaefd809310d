"""A note is sealed before the commit that refers to it; what may come in between does no harm."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from adherence.commands import LogSession
from adherence.handlers import log_session
from shared.service import Service
from shared.store import Commit, Repeated
from shared.stream import Cause
from tests.people import ANA_ID
from tests.services.adherence.conftest import Home
from tests.unit.adherence.facts import MONDAY, logs

MINE = Cause("north", "ana", "k", "mine")


def clock(service: Service, between: Callable[[], object]) -> Callable[[], datetime]:
    """Return the service's clock; something happens whenever somebody looks at it."""

    def look() -> datetime:
        between()
        return service.clock()

    return look


def tell(service: Service, note: str, cause: Cause = MINE) -> Commit:
    command: LogSession = logs(MONDAY, note=note)
    return log_session(command, service, cause)


def test_of_two_notes_under_one_key_at_once_the_committed_one_is_kept(ana: Home) -> None:
    rival = replace(MINE, fingerprint="other")
    first = clock(ana.service, lambda: tell(ana.service, "The first to be there.", rival))

    # A decision looks at the clock after its stream was read and before its note is sealed.
    with pytest.raises(Repeated):
        tell(replace(ana.service, clock=first), "The last to be sealed.")

    assert ana.session()["note"] == "The first to be there."


def test_a_note_of_a_patient_who_is_erased_meanwhile_is_destroyed(ana: Home) -> None:
    forget = lambda: ana.service.vault.erase("north", ANA_ID)  # noqa: E731
    streams = replace(ana.service.streams, clock=clock(ana.service, forget))

    # A commit looks at the clock after its note was sealed.
    tell(replace(ana.service, streams=streams), "My neighbour Luis helped me.")

    assert ana.service.database["sealed"].count_documents({}) == 0
    assert ana.session()["note"] is None
