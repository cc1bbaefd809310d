"""Letters as they are compared where people search: without capitals and accents."""

import unicodedata


def plain(text: str) -> str:
    """Return a text without capitals and accents: `jurgen` of `Jürgen`."""
    parted = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parted if not unicodedata.combining(letter))
