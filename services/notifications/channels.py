"""The e-mail channel: whether a message is still worth sending, to whom, and what the server said.

Reasons are codes; neither an address nor what a server answered ever leaves this module.
"""

import contextlib
import smtplib
from collections.abc import Mapping
from datetime import date, datetime
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

from notifications import mail, queries
from notifications.celebration import ranked
from notifications.hours import end_of_quiet
from notifications.policies import EMAIL
from notifications.reminder import Desk, judge, next_session
from notifications.rules import rules
from shared.mongo import Document
from shared.peers import Away
from shared.send import Intent, Interrupted, Later, Unsendable
from shared.service import Service

TIMEOUT = 20
PERMANENT = 500


def email(intent: Intent, service: Service) -> str:
    """Send a message by e-mail; one whose patient has no address is in the inbox alone.

    Raises:
        Later: the patient is not known yet, people sleep, or a server is away.
        Unsendable: it is needed no more, or its address cannot be reached.
    """
    message = queries.message_document(service, intent.tenant, intent.id)
    try:
        person = queries.person(service, intent.tenant, message["patient"])
    except queries.Unknown:
        raise Later("patient_unknown") from None
    if message["kind"] == "invitation":
        return _invite(message, person, intent.tenant, service)
    desk = _desk(message, service, intent.tenant)
    _check_needed(message, desk)
    address = _address(person, service, intent.tenant)
    if not address or not service.settings.smtp:
        return "inbox"
    quiet = end_of_quiet(service.clock(), ZoneInfo(person["zone"]), rules())
    if quiet:
        raise Later("quiet_hours", until=quiet)
    letter = mail.Letter(
        message=message,
        language=person["language"],
        site=queries.site_name(service, intent.tenant, person["site"]),
        link=f"{service.settings.origin}/adherence/",
        about={
            "milestones": ranked(message["milestones"]),
            "local_date": date.fromisoformat(message["local_date"]),
            "next_session": next_session(desk, rules().outlook) if desk else None,
        },
    )
    post(mail.compose(letter, address, service.settings, service.clock()), service.settings.smtp)
    return EMAIL


def _invite(message: Document, person: Document, tenant: str, service: Service) -> str:
    """Send a link at once: whoever asked for it waits for it, at whatever time of day.

    Its owner gives the secret now, and keeps it sealed until it is used: it is nowhere else.
    """
    card = _card(person, service, tenant)
    letter = _letter(message, service, tenant)
    if not letter["secret"]:
        raise Unsendable("over")
    address = letter["email"] or str(card.get("email") or "")
    if not address or not service.settings.smtp:
        raise Unsendable("address")
    zone = ZoneInfo(person["zone"])
    sent = mail.Letter(
        message=message,
        language=person["language"],
        site=queries.site_name(service, tenant, person["site"]),
        link=f"{service.settings.origin}/adherence/invitation#{letter['secret']}",
        about={
            "supporter": letter["name"],
            "patient": str(card.get("name") or ""),
            "until": datetime.fromisoformat(message["expires"]).astimezone(zone).date(),
        },
    )
    post(mail.compose(sent, address, service.settings, service.clock()), service.settings.smtp)
    return EMAIL


def _letter(message: Document, service: Service, tenant: str) -> Mapping[str, str]:
    path = f"patients/{message['patient']}/invitations/{message['invitation']}/letter"
    try:
        found: Mapping[str, str] = service.peers.get("adherence", path, tenant, {})
    except Away:
        raise Later("away") from None
    return found


def post(mail: EmailMessage, smtp: str) -> None:
    """Hand a mail to the server.

    Raises:
        Later: the server is away, or refuses for now.
        Interrupted: it was lost before it had answered, and may have taken the mail.
        Unsendable: it refuses for good, or the address is none.
    """
    host, _, port = smtp.partition(":")
    try:
        server = smtplib.SMTP(host, int(port or smtplib.SMTP_PORT), timeout=TIMEOUT)
    except (smtplib.SMTPException, OSError):
        raise Later("smtp_away") from None
    try:
        server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as fault:
        (code, _answer), *_ = fault.recipients.values()
        raise _refused(code) from None
    except smtplib.SMTPResponseException as fault:
        raise _refused(fault.smtp_code) from None
    except smtplib.SMTPNotSupportedError:
        raise Unsendable("address") from None
    except (smtplib.SMTPException, OSError):
        raise Interrupted("smtp_cut_off") from None
    finally:
        # The mail was taken or refused: how the server says goodbye changes nothing.
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


CHANNELS = {EMAIL: email}


def _desk(message: Document, service: Service, tenant: str) -> Desk | None:
    try:
        return queries.desk(service, tenant, message["program"])
    except queries.Unknown:
        return None


def _check_needed(message: Document, desk: Desk | None) -> None:
    """Look once more at what a reminder is about: it may have been done since it was decided."""
    if message["kind"] == "reminder" and desk:
        reason = judge(desk, date.fromisoformat(message["local_date"]))
        if reason != "due":
            raise Unsendable(reason)


def _address(person: Document, service: Service, tenant: str) -> str:
    """Return the patient's e-mail address, empty where there is none."""
    return str(_card(person, service, tenant).get("email") or "")


def _card(person: Document, service: Service, tenant: str) -> Mapping[str, Any]:
    """Return who the patient is."""
    if person["erased"]:
        raise Unsendable("erased")
    try:
        cards: dict[str, Any] = service.peers.cards(tenant, [person["patient"]])
    except Away:
        raise Later("away") from None
    if person["patient"] not in cards:
        raise Unsendable("erased")
    found: Mapping[str, Any] = cards[person["patient"]]
    return found


def _refused(code: int) -> Later | Unsendable:
    return Unsendable(f"smtp_{code}") if code >= PERMANENT else Later(f"smtp_{code}")
