"""Texts and dates in the languages of the platform, for pages and mails alike.

English stands where a text is used. Other languages are gettext catalogues named
`words/<language>.po`: one beside the shared templates, one beside each service's own, which is
asked first.
"""

from functools import cache
from pathlib import Path

from babel.messages.pofile import read_po

CATALOGUES = Path(__file__).parent / "web" / "words"
LANGUAGES = {"en": "English", "es": "Español"}
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
