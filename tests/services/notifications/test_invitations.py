"""A link goes out by e-mail at once, and its secret is asked for when it does."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from shared.peers import Away
from tests.people import ANA_ID
from tests.services.notifications.world import World
from tests.unit.notifications.facts import (
    INVITATION,
    MOMENT,
    erased,
    issued,
    registered,
    site_registered,
)

SECRET = "s3cret-" + "x" * 36
LINK = f"http://localhost/adherence/invitation#{SECRET}"
NIGHT = MOMENT + timedelta(hours=8)


def opened(world: World) -> EmailMessage:
    """Return the one mail that was sent."""
    (mail,) = world.catcher.mails
    read = message_from_bytes(bytes(mail.content or b""), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.fixture
def given(world: World) -> World:
    """Ana is known, and adherence has an open link for her."""
    world.cards.letter = {"secret": SECRET, "name": "", "email": ""}
    world.tell(site_registered(), registered())
    return world


def test_a_link_is_mailed_with_the_secret_in_it_and_told_without(given: World) -> None:
    given.tell(issued())

    given.sender.step()
    (sent,) = given.catch_up()

    assert given.cards.asked == [f"adherence/patients/{ANA_ID}/invitations/{INVITATION}/letter"]
    assert LINK in text(opened(given))
    assert (sent.data["kind"], sent.data["channel"]) == ("invitation", "email")
    assert sent.data["program"] is None


def test_the_secret_is_kept_nowhere(given: World) -> None:
    given.tell(issued())
    given.sender.step()
    given.catch_up()

    database = given.service.database
    kept = [
        str(found) for name in database.list_collection_names() for found in database[name].find({})
    ]

    assert any(INVITATION in one for one in kept)
    assert not [one for one in kept if SECRET in one]


def test_whoever_waits_for_a_link_gets_it_at_night_too(given: World) -> None:
    given.time.now = NIGHT
    given.tell(issued())

    given.sender.step()

    assert given.catcher.mails


def test_a_code_on_paper_is_not_mailed(given: World) -> None:
    given.tell(issued(way="paper"))

    assert given.sender.step() == 0


def test_a_link_that_holds_no_more_is_not_mailed(given: World) -> None:
    given.cards.letter = {"secret": "", "name": "", "email": ""}
    given.tell(issued())

    given.sender.step()

    (failed,) = given.catch_up()
    assert (failed.type, failed.data["reason"]) == ("hep.notifications.message.failed.v1", "over")


def test_while_its_owner_is_away_a_link_waits_and_in_the_end_is_over(given: World) -> None:
    given.cards.fault = Away("adherence")
    given.tell(issued())
    given.sender.step()
    assert [found["state"] for found in given.intents()] == ["open"]

    given.cards.fault = None
    given.pass_to(MOMENT + timedelta(days=7, seconds=1))

    assert given.catcher.mails == []
    assert [found["state"] for found in given.intents()] == ["expired"]


def test_an_erased_patient_is_sent_no_link(given: World) -> None:
    given.tell(erased(), issued())

    given.sender.step()

    (failed,) = given.catch_up()
    assert failed.data["reason"] == "erased"


def test_a_supporter_is_told_who_invites_at_an_address_of_their_own(given: World) -> None:
    given.cards.letter = {"secret": SECRET, "name": "Juan Ruiz", "email": "juan@example.org"}
    given.tell(issued(supporter="e" * 32))

    given.sender.step()

    (mail,) = given.catcher.mails
    assert mail.rcpt_tos == ["juan@example.org"]
    assert "Ana Ruiz would like you to see how things are going." in text(opened(given))
