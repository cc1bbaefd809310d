"""The words, days and numbers of pages in the reader's language.

English stands in the templates. Other languages are gettext catalogues named `words/<language>.po`:
one beside the shared templates, one beside each service's own, which is asked first.
"""

from datetime import date
from functools import cache
from pathlib import Path

from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from flask import Flask, Response, request
from markupsafe import Markup

CATALOGUES = Path(__file__).parent / "words"
LANGUAGES = {"en": "English", "es": "Español"}
COOKIE = "lang"
YEAR = 365 * 24 * 3600
DAYS = {
    "en": {
        "long": "EEEE, MMMM d, y",
        "day": "EEEE, MMMM d",
        "short": "MMM d",
        "weekday": "ccc",
        "month": "LLL",
    },
    "es": {
        "long": "EEEE, d 'de' MMMM 'de' y",
        "day": "EEEE, d 'de' MMMM",
        "short": "d MMM",
        "weekday": "ccc",
        "month": "LLL",
    },
}


def language() -> str:
    """Return the language of this page: the reader's choice, else what the browser asks for."""
    chosen = request.args.get(COOKIE) or request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or "en"


def translate(text: str, *, language: str, folder: Path = CATALOGUES) -> str:
    """Return the text in a language; a text without translation stays as it is.

    Args:
        text: in English.
        language: of the reader.
        folder: the catalogues of the service that speaks; the shared ones come after them.
    """
    return _forms(text, language, folder)[0]


def translate_count(
    one: str, many: str, count: int, *, language: str, folder: Path = CATALOGUES
) -> str:
    """Return the text for so many things in a language."""
    forms = _forms(one, language, folder)
    if forms == (one,):
        forms = (one, many)
    return forms[0] if count == 1 else forms[-1]


def _forms(text: str, language: str, folder: Path) -> tuple[str, ...]:
    own = catalogue(language, folder).get(text)
    return own or catalogue(language, CATALOGUES).get(text) or (text,)


@cache
def catalogue(language: str, folder: Path) -> dict[str, tuple[str, ...]]:
    """Return a folder's texts in a language, singular and plural, by their English form."""
    path = folder / f"{language}.po"
    if not path.exists():
        return {}
    found = {}
    with path.open("rb") as file:
        for message in read_po(file, locale=language):
            one = message.id if isinstance(message.id, str) else message.id[0]
            forms = message.string
            found[one] = (forms,) if isinstance(forms, str) else tuple(forms or ())
    return {one: forms for one, forms in found.items() if one and all(forms)}


def register(app: Flask, folder: Path) -> None:
    """Give templates `_`, `ngettext`, `language`, and the filters `day` and `number`."""

    def gettext(text: str, **values: object) -> str:
        return _fill(translate(text, language=language(), folder=folder), values)

    def ngettext(one: str, many: str, num: int, **values: object) -> str:
        text = translate_count(one, many, num, language=language(), folder=folder)
        return _fill(text, {"num": num, **values})

    app.jinja_env.globals.update(_=gettext, ngettext=ngettext, languages=LANGUAGES)
    app.jinja_env.filters.update(day=_day, number=_number)
    app.context_processor(lambda: {"language": language()})
    app.after_request(_remember)


def _fill(text: str, values: dict[str, object]) -> str:
    """Put values into a text; what is typed by people is escaped, once."""
    return Markup.escape(text) % values if values else text


def _day(when: date, form: str = "day") -> str:
    return format_date(when, DAYS[language()][form], locale=language())


def _number(value: float) -> str:
    return format_decimal(value, locale=language())


def _remember(answer: Response) -> Response:
    """Keep the language that the reader has just chosen."""
    chosen = request.args.get(COOKIE)
    if chosen in LANGUAGES:
        answer.set_cookie(COOKIE, chosen, max_age=YEAR, samesite="Lax")
    return answer
