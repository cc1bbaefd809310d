"""Who is let in, how often it may be tried, and what takes an invitation's place."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adherence.commands import (
    InviteSupporter,
    IssueInvitation,
    RedeemInvitation,
    RemoveSupporter,
    RevokeInvitation,
)
from adherence.events import (
    InvitationIssued,
    InvitationLocked,
    InvitationMistaken,
    InvitationRedeemed,
    InvitationRevoked,
    InvitationSealed,
    SupporterAllowed,
    SupporterRemoved,
)
from adherence.invitation import (
    Closed,
    Desk,
    Door,
    Expired,
    Kept,
    Locked,
    TooManySupporters,
    Unknown,
    Used,
    evolve,
    invite_supporter,
    issue,
    redeem,
    remove_supporter,
    revoke,
)
from adherence.rules import rules
from shared.errors import Invalid, NotFound
from tests.people import ANA_ID

NOW = datetime(2026, 9, 7, 9, tzinfo=UTC)
DESK = Desk(NOW, rules().inviting)
FIRST, SECOND, SON = "1" * 32, "2" * 32, "3" * 32
RIGHT, WRONG = "right", "wrong"


def given(*steps: list[object], door: Door | None = None) -> Door:
    """Return the door after what was decided."""
    found = door or Door()
    for events in steps:
        for event in events:
            found = evolve(found, event)
    return found


def kept(digest: str = RIGHT) -> Kept:
    return Kept(digest, f"sealed-{digest}")


def asks(identity: str = FIRST, way: Any = "link", supporter: str | None = None) -> IssueInvitation:
    return IssueInvitation(identity, ANA_ID, way, supporter=supporter)


def invited(identity: str = FIRST, way: Any = "link") -> Door:
    return given(issue(Door(), asks(identity, way), kept(), DESK))


def tries(door: Door, digest: str = RIGHT, after: timedelta = timedelta()) -> list[object]:
    desk = replace(DESK, now=NOW + after)
    return redeem(door, RedeemInvitation(FIRST, ANA_ID, digest), desk)


def helps(parts: Any = ("progress",), identity: str = SON) -> InviteSupporter:
    return InviteSupporter(identity, SECOND, ANA_ID, "Juan", "juan@example.org", parts)


@pytest.mark.parametrize(("way", "days"), [("link", 7), ("paper", 30)])
def test_an_invitation_holds_for_the_days_of_its_way(way: Any, days: int) -> None:
    assert issue(Door(), asks(way=way), kept(), DESK) == [
        InvitationIssued(FIRST, ANA_ID, None, way, NOW + timedelta(days=days)),
        InvitationSealed(FIRST, RIGHT, "sealed-right"),
    ]


def test_a_newer_one_takes_the_place_of_an_open_one() -> None:
    events = issue(invited(), asks(SECOND), kept(), DESK)

    assert events[0] == InvitationRevoked(FIRST, "replaced")
    with pytest.raises(Closed):
        tries(given(events, door=invited()))


def test_a_newer_one_leaves_one_that_was_used_as_it_was() -> None:
    door = given(tries(invited()), door=invited())

    assert not any(
        isinstance(event, InvitationRevoked) for event in issue(door, asks(SECOND), kept(), DESK)
    )


def test_the_right_secret_lets_in_once() -> None:
    door = invited()

    events = tries(door)

    assert events == [InvitationRedeemed(FIRST, ANA_ID, None, "link")]
    with pytest.raises(Used):
        tries(given(events, door=door))


def test_it_lets_nobody_in_from_the_moment_that_it_expires() -> None:
    lasts = rules().inviting.lasts["link"]

    assert tries(invited(), after=lasts - timedelta(seconds=1))
    with pytest.raises(Expired):
        tries(invited(), after=lasts)


def test_the_fifth_wrong_try_locks_and_the_right_one_comes_too_late() -> None:
    door = invited(way="paper")
    for _ in range(rules().inviting.tries - 1):
        events = tries(door, WRONG)
        assert events == [InvitationMistaken(FIRST)]
        door = given(events, door=door)

    last = tries(door, WRONG)

    assert last == [InvitationMistaken(FIRST), InvitationLocked(FIRST)]
    with pytest.raises(Locked):
        tries(given(last, door=door))


def test_what_was_taken_back_lets_nobody_in_and_is_not_taken_back_again() -> None:
    command = RevokeInvitation(FIRST, ANA_ID)

    door = given(revoke(invited(), command, DESK), door=invited())

    with pytest.raises(Closed):
        tries(door)
    with pytest.raises(Closed):
        revoke(door, command, DESK)


@pytest.mark.parametrize(
    "decide", [tries, lambda door: revoke(door, RevokeInvitation(SECOND, ANA_ID), DESK)]
)
def test_what_never_was_is_not_known(decide: Any) -> None:
    with pytest.raises(Unknown):
        decide(Door())


def test_a_supporter_is_allowed_parts_and_invited_by_a_link() -> None:
    events = invite_supporter(Door(), helps(), kept(), DESK)

    assert events[0] == SupporterAllowed(SON, ANA_ID, ("progress",))
    assert given(events).of(SON)[-1].way == "link"


def test_the_patients_own_invitation_and_a_supporters_leave_each_other_alone() -> None:
    door = given(invite_supporter(invited(), helps(), kept(), DESK), door=invited())

    assert tries(door)
    assert not any(
        isinstance(event, InvitationRevoked)
        for event in issue(given(door=door), asks("4" * 32, supporter=None), kept(), DESK)
        if getattr(event, "invitation", "") == SECOND
    )


def test_a_supporter_who_is_taken_back_comes_in_no_more() -> None:
    door = given(invite_supporter(Door(), helps(), kept(), DESK))

    events = remove_supporter(door, RemoveSupporter(SON, ANA_ID))

    assert events == [InvitationRevoked(SECOND, "removed"), SupporterRemoved(SON, ANA_ID)]
    assert given(events, door=door).supporters == {}


def test_somebody_who_is_no_supporter_is_neither_invited_nor_taken_back() -> None:
    with pytest.raises(NotFound):
        issue(Door(), asks(supporter=SON), kept(), DESK)
    with pytest.raises(NotFound):
        remove_supporter(Door(), RemoveSupporter(SON, ANA_ID))


def test_there_are_only_so_many_supporters_and_each_is_allowed_something() -> None:
    door = Door()
    for number in range(rules().inviting.supporters):
        identity = f"{number:032x}"
        door = given(invite_supporter(door, helps(identity=identity), kept(), DESK), door=door)

    with pytest.raises(TooManySupporters):
        invite_supporter(door, helps(), kept(), DESK)
    with pytest.raises(Invalid):
        invite_supporter(Door(), helps(()), kept(), DESK)


def test_no_letter_of_a_code_is_taken_for_another() -> None:
    inviting = rules().inviting

    assert not set(inviting.alphabet) & set("0O1IL2Z5S8BUV")
    assert len(set(inviting.alphabet)) == len(inviting.alphabet)
    assert 8 <= inviting.name_letters + inviting.secret_letters <= 10
    assert len(inviting.alphabet) ** inviting.secret_letters > 2**20
