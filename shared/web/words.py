"""The words, days and numbers of pages in the reader's language."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Flask, Response, request
from markupsafe import Markup

from shared.language import DAYS, LANGUAGES, translate, translate_count

COOKIE = "lang"
YEAR = 365 * 24 * 3600


def language() -> str:
    """Return the language of this page: the reader's choice, else what the browser asks for."""
    chosen = request.args.get(COOKIE) or request.cookies.get(COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or "en"


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


def speaking(language: str, folder: Path) -> Callable[..., str]:
    """Return `_` of one language, for what is printed or sent to somebody else than the reader."""

    def gettext(text: str, **values: object) -> str:
        return _fill(translate(text, language=language, folder=folder), values)

    return gettext


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
