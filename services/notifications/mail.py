"""Mails in the patient's language: one set of words, laid out as text and as HTML.

The words of a mail are the variables that its template sets: subject, title, paragraphs, points,
ahead, action. The two frames lay the same words out, so that both forms say the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, parseaddr
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, select_autoescape

import shared.web
from shared.language import DAYS, LANGUAGES, translate
from shared.mongo import Document
from shared.send import Unsendable
from shared.settings import Settings

HERE = Path(__file__).parent
SHARED = Path(str(shared.web.__file__)).parent
PRODUCT = "HEP"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail is about.

    Attributes:
        message: as the inbox holds it.
        language: of the patient, as BCP 47; English where it is none of ours.
        site: who writes; may be empty.
        link: where its one button leads.
        about: what its template is given.
    """

    message: Document
    language: str
    site: str
    link: str
    about: Mapping[str, Any]


def compose(letter: Letter, address: str, settings: Settings, now: datetime) -> EmailMessage:
    """Return the mail, the same Message-ID whenever it is written again.

    Raises:
        Unsendable: what should be an address is none.
    """
    name, sender = parseaddr(settings.mail_from)
    words = _words(letter)
    mail = EmailMessage()
    mail["From"] = formataddr((name or PRODUCT, sender))
    try:
        mail["To"] = address
    except ValueError:
        raise Unsendable("address") from None
    mail["Subject"] = words["subject"]
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{letter.message['message']}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    templates = environment(words["language"])
    mail.set_content(templates.get_template("notifications/mail/frame.txt").render(words))
    html = templates.get_template("notifications/mail/frame.html").render(words)
    mail.add_alternative(html, subtype="html")
    mail["Content-Language"] = words["language"]
    return mail


@cache
def environment(language: str) -> Environment:
    """Return the templates in a language, with the functions that pages have too."""
    found = Environment(
        loader=ChoiceLoader(
            [FileSystemLoader(HERE / "templates"), FileSystemLoader(SHARED / "templates")]
        ),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def gettext(text: str, **values: object) -> str:
        translated = translate(text, language=language, folder=HERE / "words")
        return translated % values if values else translated

    def day(when: date, form: str = "day") -> str:
        return format_date(when, DAYS[language][form], locale=language)

    found.globals.update(_=gettext)
    found.filters.update(day=day)
    return found


def _words(letter: Letter) -> dict[str, Any]:
    """Return the words of a mail, and what its frames need besides."""
    spoken = letter.language.split("-")[0]
    language = spoken if spoken in LANGUAGES else "en"
    name = f"notifications/mail/{letter.message['kind']}.txt"
    said = environment(language).get_template(name).make_module(dict(letter.about))
    names = ("subject", "title", "paragraphs", "points", "ahead", "action")
    words = {name: getattr(said, name) for name in names}
    around = {"language": language, "link": letter.link, "site": letter.site}
    return {**words, **around, "kind": letter.message["kind"]}
