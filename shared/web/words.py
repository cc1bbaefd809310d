"""The words of pages in the reader's language, from gettext catalogues beside the templates."""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po
from flask import Flask, request
from markupsafe import Markup

from shared.web.identity import service

CATALOGUES = Path(__file__).parent / "words"
LANGUAGES = ("en", "es")


def language() -> str:
    """Return the language of this page: the reader's choice, else what the browser asks for."""
    chosen = request.args.get("lang") or request.cookies.get("lang")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or "en"


def translate(text: str, *, language: str) -> str:
    """Return the text in a language; a text without translation stays as it is."""
    return catalogue(language).get(text) or text


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return a language's texts by their English form."""
    path = CATALOGUES / f"{language}.po"
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.string}


def register(app: Flask) -> None:
    """Give templates `_()` and `lang`."""

    def gettext(text: str, **values: object) -> str:
        found = translate(text, language=language())
        return (
            found % {name: Markup.escape(value) for name, value in values.items()}
            if values
            else found
        )

    def context() -> dict[str, object]:
        return {"lang": language(), "_": gettext, "origin": service().settings.origin}

    app.jinja_env.globals["_"] = gettext
    app.context_processor(context)
