"""Messages go out by SMTP: once, not at night, not when they are needed no more; told, when not."""

import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest

from notifications import channels
from shared.envelope import Envelope
from shared.peers import Away
from shared.send import Sender
from tests.people import ANA_ID
from tests.services.notifications.world import World
from tests.unit.notifications.facts import (
    MOMENT,
    MONDAY,
    days,
    decided,
    ended,
    erased,
    logged,
    prescribed,
    reached,
    registered,
    site_registered,
)

FIRST_SESSION = [logged(MONDAY, size=2), reached("first_session", 1)]
REMINDER = decided(MONDAY, days(2)[1])
EVENING, MORNING = timedelta(hours=4), timedelta(hours=14, minutes=30)


class CutOff(BaseException):
    """The process ends here, as a kill would end it."""


def outcomes(events: list[Envelope]) -> list[tuple[str, str, Any]]:
    return [
        (event.type.split(".")[3], event.data["channel"], event.data.get("reason"))
        for event in events
        if ".message." in event.type
    ]


def send_now(world: World) -> list[Envelope]:
    world.sender.step()
    return world.catch_up()


@pytest.fixture
def given(world: World) -> World:
    """Ana is known, with a program that began on Monday."""
    world.tell(site_registered(), registered(), prescribed())
    return world


def test_a_celebration_is_mailed_once_and_told(given: World) -> None:
    given.tell(*FIRST_SESSION)

    (sent,) = send_now(given)
    given.sender.step()

    (mail,) = given.catcher.mails
    assert mail.rcpt_tos == ["ana.ruiz@example.org"]
    assert sent.type == "hep.notifications.message.sent.v1"
    assert sent.data["milestones"] == [{"kind": "first_session", "count": 1}]
    assert (sent.data["kind"], sent.data["channel"]) == ("celebration", "email")
    assert sent.key == f"north|{ANA_ID}"
    assert [intent["state"] for intent in given.intents()] == ["sent"]


def test_a_mail_names_nobody(given: World) -> None:
    given.tell(*FIRST_SESSION)
    send_now(given)

    (mail,) = given.catcher.mails
    read = message_from_bytes(bytes(mail.content or b""), policy=policy.default)
    assert str(read["Subject"]) == "The first one is done"
    assert b"Ruiz" not in bytes(mail.content or b"").replace(b"ana.ruiz@", b"")


@pytest.mark.parametrize("cut", ["_close", "_record"])
def test_a_mail_cut_off_before_its_outcome_is_told_apart(
    given: World, monkeypatch: pytest.MonkeyPatch, cut: str
) -> None:
    given.tell(*FIRST_SESSION)
    with monkeypatch.context() as patched:
        patched.setattr(Sender, cut, cut_off)
        with pytest.raises(CutOff):
            given.sender.step()

    told = send_now(given)

    mails = [message_from_bytes(bytes(mail.content or b"")) for mail in given.catcher.mails]
    repeated = cut == "_close"
    assert len(mails) == 1 + repeated
    assert len({mail["Message-ID"] for mail in mails}) == 1
    assert given.intents()[0]["interrupted"] == repeated
    assert outcomes(told) == [("sent", "email", None)]


def cut_off(*_: object) -> None:
    raise CutOff


def test_at_night_it_waits_for_the_morning(given: World) -> None:
    night = MOMENT + EVENING
    given.time.now = night
    given.tell(logged(MONDAY, size=2, moment=night), reached("first_session", 1, moment=night))

    assert send_now(given) == []
    given.time.now = MOMENT + MORNING - timedelta(minutes=1)
    assert send_now(given) == []
    given.time.now = MOMENT + MORNING
    assert outcomes(send_now(given)) == [("sent", "email", None)]


def test_who_has_no_address_has_the_inbox_even_at_night(given: World) -> None:
    given.cards.known = {
        patient: {**card, "email": ""} for patient, card in given.cards.known.items()
    }
    given.time.now = MOMENT + EVENING
    given.tell(*FIRST_SESSION)

    assert outcomes(send_now(given)) == [("sent", "inbox", None)]
    assert given.catcher.mails == []


def test_a_celebration_waits_for_its_patient(world: World) -> None:
    world.tell(*FIRST_SESSION)
    assert send_now(world) == []

    world.tell(registered())
    world.time.now += timedelta(minutes=1)

    assert outcomes(send_now(world)) == [("sent", "email", None)]


def test_while_prescription_is_away_it_waits_and_then_expires(given: World) -> None:
    given.cards.fault = Away("prescription: Timeout")
    given.tell(*FIRST_SESSION)
    assert send_now(given) == []

    told = given.pass_to(MOMENT + timedelta(days=3, seconds=1))

    assert outcomes(told) == [("expired", "email", "away")]
    assert given.catcher.mails == []


def forget(world: World) -> None:
    world.cards.known.clear()


def erase(world: World) -> None:
    world.tell(erased())


@pytest.mark.parametrize("how", [forget, erase])
def test_who_was_erased_gets_nothing(given: World, how: Callable[[World], None]) -> None:
    given.tell(*FIRST_SESSION)
    how(given)

    assert outcomes(send_now(given)) == [("failed", "email", "erased")]
    assert given.catcher.mails == []


@pytest.mark.parametrize(
    ("fact", "reason"),
    [
        (logged(MONDAY), "done"),
        (logged(MONDAY, done=False), "skipped"),
        (ended(MONDAY - timedelta(days=1)), "ended"),
    ],
)
def test_a_reminder_that_is_needed_no_more_is_not_sent(
    given: World, fact: Envelope, reason: str
) -> None:
    given.tell(REMINDER)
    given.tell(fact)

    assert outcomes(send_now(given)) == [("failed", "email", reason)]
    assert given.catcher.mails == []


def test_a_reminder_is_mailed_while_its_day_is_open(given: World) -> None:
    given.tell(REMINDER)

    assert outcomes(send_now(given)) == [("sent", "email", None)]
    assert "Today is still open" in mail_text(given)


def test_a_reminder_whose_day_is_over_expires(given: World) -> None:
    given.tell(REMINDER)
    given.time.now = MOMENT + timedelta(hours=6, minutes=31)

    assert outcomes(send_now(given)) == [("expired", "email", "")]
    assert given.catcher.mails == []


def mail_text(world: World) -> str:
    (mail,) = world.catcher.mails
    read = message_from_bytes(bytes(mail.content or b""), policy=policy.default)
    part = read.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize("at", ["answer", "answer_recipient"])
def test_a_server_that_refuses_for_good_closes_the_message(given: World, at: str) -> None:
    setattr(given.catcher, at, "550 ana.ruiz@example.org is unknown here")
    given.tell(*FIRST_SESSION)

    assert outcomes(send_now(given)) == [("failed", "email", "smtp_550")]


@pytest.mark.parametrize("at", ["answer", "answer_recipient"])
def test_a_server_that_refuses_for_now_is_asked_again(given: World, at: str) -> None:
    setattr(given.catcher, at, "451 ana.ruiz@example.org is busy")
    given.tell(*FIRST_SESSION)
    assert send_now(given) == []
    assert given.intents()[0]["reason"] == "smtp_451"

    setattr(given.catcher, at, "250 OK")
    given.time.now += timedelta(minutes=1)

    assert outcomes(send_now(given)) == [("sent", "email", None)]


def test_a_server_that_is_away_is_asked_again(
    given: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    given.tell(*FIRST_SESSION)
    with monkeypatch.context() as patched:
        patched.setattr(channels, "TIMEOUT", 1)
        patched.setattr(smtplib.SMTP, "connect", refuse)
        assert send_now(given) == []
    given.time.now += timedelta(minutes=1)

    assert outcomes(send_now(given)) == [("sent", "email", None)]


def refuse(*_: object) -> None:
    raise ConnectionRefusedError


def test_a_mail_that_may_have_been_taken_is_sent_again_and_counted(
    given: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    given.tell(*FIRST_SESSION)
    with monkeypatch.context() as patched:
        patched.setattr(smtplib.SMTP, "data", take_and_vanish)
        assert send_now(given) == []
    given.time.now += timedelta(minutes=1)

    assert outcomes(send_now(given)) == [("sent", "email", None)]
    assert given.intents()[0]["interrupted"] == 1
    assert len(given.catcher.mails) == 2


def test_a_mail_that_was_taken_is_sent_whatever_the_server_says_after_it(
    given: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtplib.SMTP, "quit", vanish)
    given.tell(*FIRST_SESSION)

    assert outcomes(send_now(given)) == [("sent", "email", None)]


DATA = smtplib.SMTP.data


def take_and_vanish(server: smtplib.SMTP, mail: str) -> None:
    DATA(server, mail)
    vanish()


def vanish(*_: object) -> None:
    raise smtplib.SMTPServerDisconnected


def test_nothing_that_is_logged_says_who(given: World, capsys: pytest.CaptureFixture[str]) -> None:
    given.catcher.answer_recipient = "550 ana.ruiz@example.org is unknown here"
    given.tell(*FIRST_SESSION)
    send_now(given)
    given.catcher.answer_recipient = "451 ana.ruiz@example.org is busy"
    given.tell(logged(days(2)[1], sequence=3, size=2), reached("streak", 3, sequence=4))
    send_now(given)

    said = "".join(capsys.readouterr())
    assert "smtp_451" in said
    assert "ana" not in said.lower()
    assert "Ruiz" not in said


def test_after_a_long_downtime_nobody_gets_a_pile_of_celebrations(given: World) -> None:
    for number, day in enumerate(days(10)):
        moment = MOMENT + timedelta(days=number)
        given.tell(
            logged(day, sequence=2 * number + 1, size=2, moment=moment),
            reached("streak", number + 1, day, sequence=2 * number + 2, moment=moment),
        )

    told = given.pass_to(datetime(2026, 9, 18, 15, tzinfo=MOMENT.tzinfo))

    states = [state for state, _, _ in outcomes(told)]
    assert (states.count("expired"), states.count("sent")) == (8, 2)
    assert len(given.catcher.mails) == 2
