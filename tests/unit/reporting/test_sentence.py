"""What is said above the chart: only what the figures carry, in both languages."""

from datetime import date
from typing import Any

import flask
import pytest
from jinja2 import StrictUndefined

from reporting.app import TEMPLATES
from reporting.sentence import claims
from shared.web import words
from tests.unit.reporting.diary import DAY, MONDAY, asks, days, prescribed, sessions, timeline

FOUR_WEEKS = 27 * DAY


def kinds(events: list[Any], today: date) -> list[str]:
    return [claim.kind for claim in claims(timeline(events, today))]


def said(events: list[Any], today: date, language: str, audience: str) -> str:
    app = flask.Flask(__name__, template_folder=str(TEMPLATES))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    words.register(app, TEMPLATES.parent / "words")
    source = "{% from 'reporting/sentence.html' import sentence %}{{ sentence(claims, audience) }}"
    with app.test_request_context(f"/?lang={language}"):
        return flask.render_template_string(
            source, claims=claims(timeline(events, today)), audience=audience
        )


def diary(text: str, **dose: Any) -> list[Any]:
    return [prescribed(asks(**dose)), *sessions(days(text), [asks(**dose)])]


@pytest.mark.parametrize(
    ("events", "today", "expected"),
    [
        (diary(""), MONDAY - DAY, ["begins"]),
        (diary(""), MONDAY, ["waits"]),
        (diary(""), MONDAY + DAY, ["none_kept"]),
        (diary("x"), MONDAY, ["kept", "unanswered"]),
        (diary("x 5"), MONDAY + DAY, ["kept", "answers"]),
        (diary("4 5 4"), MONDAY + 2 * DAY, ["kept", "so_far"]),
        (diary("- x", weekdays=[3], days_per_week=1), MONDAY + DAY, ["extra", "unanswered"]),
        (diary("6 6 6 " + "x " * 22 + "3 3 3"), MONDAY + FOUR_WEEKS, ["kept", "compared"]),
        # Pain that has grown is said first.
        (diary("3 3 3 " + "x " * 22 + "6 6 6"), MONDAY + FOUR_WEEKS, ["compared", "kept"]),
        # Two answers at the end are no mean, so nothing is compared.
        (diary("6 6 6 " + "x " * 23 + "3 3"), MONDAY + FOUR_WEEKS, ["kept", "so_far"]),
    ],
)
def test_only_what_the_figures_carry_is_claimed(
    events: list[Any], today: date, expected: list[str]
) -> None:
    assert kinds(events, today) == expected


PAIN = {
    "en": "Pain during exercise was 6 of 10 on average in the first 2 weeks (3 answers) and 3.5 in"
    " the last 2 (4 answers). The highest answer was 6.",
    "es": "El dolor durante el ejercicio fue de 6 sobre 10 de media en las 2 primeras semanas (3"
    " respuestas) y de 3,5 en las 2 últimas (4 respuestas). La respuesta más alta fue 6.",
}


@pytest.mark.parametrize(
    ("language", "audience", "first", "second"),
    [
        (
            "en",
            "patient",
            "You exercised on 27 of the 28 days that your program asked for.",
            "On 1 of them, in part.",
        ),
        (
            "en",
            "staff",
            "Exercised on 27 of the 28 days that the program asked for.",
            "On 1 of them, in part.",
        ),
        (
            "es",
            "patient",
            "Hizo ejercicio 27 de los 28 días que pedía su programa.",
            "En 1 de ellos, solo una parte.",
        ),
        (
            "es",
            "staff",
            "Ejercicio en 27 de los 28 días que pedía el programa.",
            "En 1 de ellos, solo una parte.",
        ),
    ],
)
def test_the_sentence_gives_numbers_and_counts(
    language: str, audience: str, first: str, second: str
) -> None:
    events = diary("6 6 6 h - " + "x " * 19 + "3 3 4 4")

    text = said(events, MONDAY + FOUR_WEEKS, language, audience)

    assert text == f"{first} {second} {PAIN[language]}"


@pytest.mark.parametrize(
    ("text", "today", "english", "spanish"),
    [
        (
            "",
            MONDAY - DAY,
            "The program begins on Monday, September 7.",
            "El programa empieza el lunes, 7 de septiembre.",
        ),
        (
            "",
            MONDAY,
            "No session has been logged yet, and none was missed.",
            "Todavía no hay ninguna sesión anotada, y no falta ninguna.",
        ),
        (
            "",
            MONDAY + DAY,
            "The program asked for 1 day of exercise; no session has been logged for it.",
            "El programa pedía 1 día de ejercicio; no hay ninguna sesión anotada.",
        ),
        (
            "x 5",
            MONDAY + DAY,
            (
                "You exercised on 2 of the 2 days that your program asked for."
                " Pain during exercise was 5 of 10, from 1 answer."
            ),
            (
                "Hizo ejercicio 2 de los 2 días que pedía su programa."
                " El dolor durante el ejercicio fue de 5 sobre 10, según 1 respuesta."
            ),
        ),
        (
            "2 5 x 6",
            MONDAY + 3 * DAY,
            (
                "You exercised on 4 of the 4 days that your program asked for."
                " Pain during exercise was 4.3 of 10 on average, 2 to 6, from 3 answers."
            ),
            (
                "Hizo ejercicio 4 de los 4 días que pedía su programa."
                " El dolor durante el ejercicio fue de 4,3 sobre 10 de media, entre 2 y 6, según 3"
                " respuestas."
            ),
        ),
    ],
)
def test_every_beginning_has_its_own_words(
    text: str, today: date, english: str, spanish: str
) -> None:
    assert said(diary(text), today, "en", "patient") == english
    assert said(diary(text), today, "es", "patient") == spanish


def test_nobody_is_told_why_or_how_it_ought_to_be() -> None:
    events = diary("3 3 3 " + "x " * 22 + "6 6 6")

    text = said(events, MONDAY + FOUR_WEEKS, "en", "patient").lower()

    assert not {"because", "thanks", "better", "worse", "good", "bad"} & set(text.split())
