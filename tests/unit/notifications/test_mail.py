"""Mails as their readers meet them: both languages, both forms, read by parsers."""

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest

from notifications.celebration import ranked
from notifications.mail import Letter, compose
from shared.language import LANGUAGES
from shared.send import Unsendable
from tests.given import given_settings

NOW = datetime(2026, 9, 13, 15, 30, tzinfo=UTC)
ADDRESS = "ana.ruiz@example.org"
KINDS = ("first_session", "streak", "total", "first_week", "phase")
# What a subject line on a locked screen must not tell, in either language.
CLINICAL = re.compile(
    r"exerc|ejerc|session|sesi|pain|dolor|hurt|duele|therap|terap|phase|fase|program|clinic",
    re.IGNORECASE,
)


def celebration(*milestones: tuple[str, int]) -> dict[str, Any]:
    found = [{"kind": kind, "count": count} for kind, count in milestones]
    return {
        "message": "f" * 32,
        "kind": "celebration",
        "local_date": "2026-09-13",
        "milestones": found,
    }


REMINDER = {**celebration(), "kind": "reminder"}
INVITATION = {**celebration(), "kind": "invitation"}
WEEK = celebration(("first_week", 1), ("streak", 7))


def given_mail(message: dict[str, Any], language: str = "en", **letter: Any) -> EmailMessage:
    """A mail as it arrives: through bytes and a parser."""
    around = {"site": "North clinic", "link": "http://localhost/adherence/"}
    known = {name: letter.pop(name, value) for name, value in around.items()}
    about = {
        "milestones": ranked(message["milestones"]),
        "local_date": date.fromisoformat(message["local_date"]),
        "next_session": date(2026, 9, 14),
        **letter,
    }
    found = Letter(message, language, **known, about=about)
    composed = compose(found, ADDRESS, given_settings("notifications"), NOW)
    arrived = message_from_bytes(composed.as_bytes(policy=policy.SMTP), policy=policy.default)
    assert isinstance(arrived, EmailMessage)
    return arrived


def text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


@dataclass
class Page(HTMLParser):
    """What a reader of the HTML form sees, and what it would load from elsewhere."""

    words: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)
    attributes: list[tuple[str, str | None]] = field(default_factory=list)
    inside: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        self.tags.add(tag)
        self.attributes += attrs
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        if self.inside not in {"style", "title"}:
            self.words += data.split()


def page(mail: EmailMessage) -> Page:
    part = mail.get_body(("html",))
    assert part is not None
    found = Page()
    found.feed(str(part.get_content()))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", [REMINDER, *(celebration((kind, 3)) for kind in KINDS)])
def test_a_subject_names_nobody_and_nothing_clinical(
    message: dict[str, Any], language: str
) -> None:
    subject = str(given_mail(message, language)["Subject"])

    assert subject
    assert not CLINICAL.search(subject)
    assert not {"ana", "ruiz", "north"} & set(subject.lower().split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", [REMINDER, WEEK])
def test_text_and_html_say_the_same(message: dict[str, Any], language: str) -> None:
    mail = given_mail(message, language)

    # A link stands as an address in the text, behind its words in the HTML.
    written = [
        word for word in text(mail).split() if word not in {"-", "http://localhost/adherence/"}
    ]
    assert [word.rstrip(":") for word in written] == [word.rstrip(":") for word in page(mail).words]


def test_the_html_loads_nothing_from_anywhere() -> None:
    found = page(given_mail(WEEK))

    assert found.links == ["http://localhost/adherence/"]
    assert not found.tags & {"img", "link", "script", "iframe", "object", "form", "video"}
    assert not [value for _, value in found.attributes if value and "url(" in value]


def test_headers_say_what_kind_of_mail_it_is() -> None:
    mail = given_mail(WEEK, "es")

    assert mail["Message-ID"] == f"<{'f' * 32}@localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == NOW
    assert (str(mail["From"]), str(mail["To"])) == ("HEP <hep@localhost>", ADDRESS)
    assert mail["Content-Language"] == "es"
    assert mail.get_content_type() == "multipart/alternative"


def test_a_mail_that_is_written_again_has_the_same_message_id() -> None:
    assert given_mail(WEEK)["Message-ID"] == given_mail(WEEK, "es")["Message-ID"]


def test_a_celebration_says_all_that_was_reached_and_what_comes_next() -> None:
    said = text(given_mail(WEEK))

    assert said.startswith("7 sessions in a row\n")
    assert "- Your first full week\n" in said
    assert "Your next session is on Monday, September 14." in said


def test_a_celebration_in_spanish_is_spanish_throughout() -> None:
    said = text(given_mail(WEEK, "es"))

    assert said.startswith("7 sesiones seguidas\n")
    assert "- Su primera semana completa\n" in said
    assert "Su próxima sesión es el lunes, 14 de septiembre." in said


def test_a_celebration_without_a_next_session_names_none() -> None:
    assert "next session" not in text(given_mail(WEEK, next_session=None))


def test_a_reminder_names_the_day_and_says_that_a_little_counts() -> None:
    said = text(given_mail(REMINDER))

    assert "Sunday, September 13" in said
    assert "A few exercises count too" in said


@pytest.mark.parametrize("message", [REMINDER, WEEK])
def test_every_mail_says_who_writes_and_whom_to_tell_to_stop_it(message: dict[str, Any]) -> None:
    said = text(given_mail(message))

    assert "North clinic" in said
    assert "Tell your therapist" in said
    assert "http://localhost/adherence/" in said


def test_a_site_that_is_not_known_yet_leaves_no_empty_line() -> None:
    assert "\n\n\n" not in text(given_mail(REMINDER, site=""))


@pytest.mark.parametrize(("spoken", "written"), [("es-MX", "es"), ("fr", "en"), ("en-GB", "en")])
def test_a_language_that_is_none_of_ours_is_written_in_the_nearest(
    spoken: str, written: str
) -> None:
    assert given_mail(REMINDER, spoken)["Content-Language"] == written


def test_a_name_of_a_site_is_text_in_both_forms() -> None:
    mail = given_mail(REMINDER, site="North & <South>")

    assert "North & <South>" in text(mail)
    assert {"North", "&", "<South>"} <= set(page(mail).words)


def test_an_address_that_is_none_is_told_by_a_code() -> None:
    letter = Letter(REMINDER, "en", "", "", {"local_date": NOW.date()})
    broken = "ana@example.org\nBcc: x@example.org"

    with pytest.raises(Unsendable, match=r"^address$"):
        compose(letter, broken, given_settings("notifications"), NOW)


@pytest.mark.parametrize("supporter", ["", "Juan"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_invitation_says_nothing_of_health_and_names_a_patient_to_supporters_alone(
    language: str, supporter: str
) -> None:
    link = "http://localhost/adherence/invitation#secret"
    about = {"supporter": supporter, "patient": "Ana Ruiz", "until": date(2026, 9, 20)}

    mail = given_mail(INVITATION, language, site="North", link=link, **about)

    assert not CLINICAL.search(text(mail).replace(link, ""))
    assert not CLINICAL.search(str(mail["Subject"]))
    assert "Ana" not in str(mail["Subject"])
    assert ("Ana Ruiz" in text(mail)) is bool(supporter)
    assert link in text(mail)
    assert page(mail).links == [link]
