"""What a snapshot keeps of a service's state is what the fold of its events gives."""

import hashlib
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from typing import Any, get_args, get_type_hints

import bson
import pytest

from adherence import diary
from notifications import mailbox
from notifications.events import MessageSent, Milestone, ReminderDecided
from shared.codec import converter
from shared.stream import Kind
from tests.unit.adherence import facts

# Of each kind with snapshots, what its state looked like when its shape was last raised.
SHAPES = {
    "adherence program 3": "d794ab68477a",
    "notifications patient 1": "d1eaac7a7584",
}
KINDS: dict[str, Kind[Any]] = {
    "adherence program": diary.KIND,
    "notifications patient": mailbox.KIND,
}
MONDAY = date(2026, 9, 7)


@pytest.mark.parametrize("name", KINDS)
def test_a_state_that_looks_different_has_another_shape(name: str) -> None:
    kind = KINDS[name]

    assert SHAPES.get(f"{name} {kind.shape}") == _looks(type(kind.initial)), (
        f"raise the shape of {name} in its Kind and put the new look into SHAPES"
    )


def test_a_diary_comes_back_from_its_snapshot_with_all_that_decisions_ask_of_it() -> None:
    program = facts.program()
    hurting = [facts.logs(day, pain=8, effort=9) for day in facts.days(4, facts.MONDAY)]
    kept, _ = facts.logged(program, *hurting)
    kept, _ = facts.done(program, *facts.days(4, facts.MONDAY + facts.DAY * 4), before=kept)

    again = _through_a_snapshot(diary.KIND, kept)

    assert again.milestones == kept.milestones
    assert again.noticed == kept.noticed
    assert kept.noticed.pained
    assert kept.noticed.hard
    assert kept.noticed.standing
    assert again.done_on() == kept.done_on()
    assert [_plain(one) for one in again.sessions.values()] == [
        _plain(one) for one in kept.sessions.values()
    ]


def test_a_mailbox_comes_back_from_its_snapshot() -> None:
    box = mailbox.Mailbox()
    sent = MessageSent("m", "ana", "p", "celebration", "email", MONDAY, (Milestone("streak", 7),))
    box = mailbox.evolve(box, sent)
    for number in range(3):
        day = MONDAY + timedelta(days=number)
        box = mailbox.evolve(
            box,
            ReminderDecided(
                "p", "ana", day, "Europe/Madrid", 1, open=True, reason="due", next_date=None
            ),
        )

    assert _through_a_snapshot(mailbox.KIND, box) == box


def _through_a_snapshot(kind: Kind[Any], state: Any) -> Any:
    stored = bson.decode(bson.encode({"state": converter.unstructure(state)}))
    return converter.structure(stored["state"], type(kind.initial))


def _plain(session: Any) -> dict[str, Any]:
    """Return a session whatever event told it: decisions ask only what it says."""
    return {one.name: getattr(session, one.name) for one in fields(diary.Session)}


def _looks(state: Any) -> str:
    """Return a hash of a type's fields, and of those inside."""
    return hashlib.sha256(repr(_tree(state)).encode()).hexdigest()[:12]


def _tree(kind: Any) -> Any:
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return [(one.name, _tree(hints[one.name])) for one in fields(kind)]
    return [str(kind), *map(_tree, get_args(kind))]
