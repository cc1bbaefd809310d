"""The mail catcher: takes every e-mail by SMTP, keeps it as a file, shows it on pages.

Nothing leaves this machine. A mail that is delivered twice is kept and shown twice, so that
repeats can be counted.
"""

import email
import email.policy
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from itertools import count
from pathlib import Path

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session
from markupsafe import Markup, escape

from deploy.local.pages import page

NEWEST = 100
LARGEST = 10_000_000
LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
# The mail's own page: no scripts, nothing loaded from elsewhere; links open in a tab of their own.
SANDBOX = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:"
)


@dataclass(frozen=True, slots=True)
class Mail:
    """One delivery, as the list shows it."""

    id: str
    message_id: str
    to: tuple[str, ...]
    subject: str
    date: str
    received: str


@dataclass(slots=True)
class Box:
    """All deliveries, oldest first; the files are the truth, this is what was read of them."""

    folder: Path
    mails: dict[str, Mail] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    def open(cls, data: Path) -> "Box":
        """Read what was kept."""
        box = cls(data / "mail")
        box.folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(box.folder.glob("*.eml")):
            box.mails[file.stem] = _summary(file.stem, file.read_bytes())
        return box

    def keep(self, recipients: list[str], content: bytes) -> Mail:
        """Store one delivery before it is acknowledged."""
        # The number keeps two deliveries of one microsecond apart and in order.
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}-{next(self.numbers):06}"
        content = f"X-Envelope-To: {', '.join(recipients)}\r\n".encode() + content
        draft = self.folder / f"{name}.new"
        draft.write_bytes(content)
        draft.replace(self.folder / f"{name}.eml")
        self.mails[name] = _summary(name, content)
        return self.mails[name]

    def message(self, name: str) -> EmailMessage:
        """Read one mail whole."""
        return _parse((self.folder / f"{self.mails[name].id}.eml").read_bytes())


@dataclass(frozen=True, slots=True)
class Catcher:
    """What the SMTP server does with a mail: takes it, whoever it is for."""

    box: Box

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the mail; only then is it acknowledged."""
        self.box.keep(envelope.rcpt_tos, envelope.content)
        return "250 Kept"


def server(box: Box) -> SMTP:
    """Return the SMTP protocol of one connection."""
    # The name is given because looking up the machine's own can take seconds.
    return SMTP(Catcher(box), hostname="localhost", enable_SMTPUTF8=True, data_size_limit=LARGEST)


def _parse(content: bytes) -> EmailMessage:
    return email.message_from_bytes(content, _class=EmailMessage, policy=email.policy.default)


def _summary(name: str, content: bytes) -> Mail:
    head = _parse(content.partition(b"\r\n\r\n")[0])
    received = datetime.strptime(name.partition("-")[0], "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC)
    return Mail(
        id=name,
        message_id=str(head.get("Message-ID", "")).strip(),
        to=tuple(str(head["X-Envelope-To"]).split(", ")),
        subject=str(head.get("Subject", "")),
        date=str(head.get("Date", "")),
        received=received.isoformat(timespec="milliseconds"),
    )


def routes(box: Box) -> list[web.RouteDef]:
    """Return the pages of a box."""

    async def inbox(_request: web.Request) -> web.Response:
        copies = Counter(mail.message_id for mail in box.mails.values())
        newest = list(reversed(box.mails.values()))[:NEWEST]
        return page("mails.html", mails=newest, copies=copies, total=len(box.mails))

    async def messages(_request: web.Request) -> web.Response:
        return web.json_response({"messages": [asdict(mail) for mail in box.mails.values()]})

    async def one(request: web.Request) -> web.Response:
        mail = _found(box, request)
        message = box.message(mail.id)
        return page(
            "mail.html", mail=mail, text=linked(_body(message, "plain")), html=_html(message)
        )

    async def html(request: web.Request) -> web.Response:
        body = _body(box.message(_found(box, request).id), "html")
        headers = {"Content-Security-Policy": SANDBOX}
        return web.Response(text=body, content_type="text/html", headers=headers)

    return [
        web.get("/mail/", inbox),
        web.get("/mail/messages.json", messages),
        web.get("/mail/{id}", one),
        web.get("/mail/{id}/html", html),
    ]


def _found(box: Box, request: web.Request) -> Mail:
    mail = box.mails.get(request.match_info["id"])
    if mail is None:
        raise web.HTTPNotFound
    return mail


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return "" if part is None else str(part.get_content())


def _html(message: EmailMessage) -> bool:
    return message.get_body(("html",)) is not None


def linked(text: str) -> Markup:
    """Return a mail's text with its addresses made links."""
    out, end = Markup(), 0
    for found in LINK.finditer(text):
        url = escape(found.group())
        out += escape(text[end : found.start()])
        out += Markup('<a href="{0}" rel="noreferrer">{0}</a>').format(url)
        end = found.end()
    return out + escape(text[end:])
