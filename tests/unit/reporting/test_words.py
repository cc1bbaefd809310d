"""Every word of the pages is said in Spanish, and no Spanish word is left over."""

from jinja2 import Environment

from reporting.app import TEMPLATES
from shared.language import CATALOGUES, catalogue


def test_every_word_of_the_pages_is_said_in_spanish() -> None:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    said = {
        message[0] if isinstance(message, tuple) else message
        for path in TEMPLATES.rglob("*.html")
        for _, _, message in environment.extract_translations(path.read_text())  # type: ignore[attr-defined]
    }
    own = set(catalogue("es", TEMPLATES.parent / "words"))

    assert said - own - set(catalogue("es", CATALOGUES)) == set()
    assert own - said == set()
