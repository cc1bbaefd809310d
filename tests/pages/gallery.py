"""The gallery: every macro of the design system in all its states, and a few whole pages.

Run it with `python -m flask --app tests.pages.gallery:create_gallery run` and open `/`. The address
takes `audience` (patient, staff), `theme` (light, dark) and `lang` (en, es). All people and
programs in it are invented, and they are the worst cases: long names, nothing, a year, ten
exercises.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, Response, render_template, request
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined

import shared.web
from shared.language import CATALOGUES
from shared.web import words
from shared.web.app import HEADERS

HERE = Path(__file__).parent
WEB = Path(shared.web.__file__).parent
PARTS = WEB / "templates" / "parts"
MACRO = re.compile(
    r"{%-? macro (?P<name>[a-z]\w*)\((?P<parameters>[^)]*(?:\([^)]*\)[^)]*)*)\) -?%}"
)
PAGES = {
    "today": "patient",
    "log": "patient",
    "inbox": "patient",
    "progress": "patient",
    "problem": "patient",
    "caseload": "staff",
    "prescribe": "staff",
    "timeline": "staff",
}
LONG_NAME = "Maximiliana Guadalupe Fernández de Córdoba y Montenegro-Ruiz"
TODAY = date(2026, 4, 16)


def macros() -> Iterator[tuple[str, str, str]]:
    """Each public macro as (part, name, signature), in the order of the files."""
    for path in sorted(PARTS.glob("*.html")):
        for found in MACRO.finditer(path.read_text()):
            name, parameters = found["name"], found["parameters"]
            yield path.stem, name, f"{name}({parameters})"


def create_gallery() -> Flask:
    """A small app that needs no engine and no sign-in."""
    app = Flask(__name__, static_folder=str(WEB / "static"), static_url_path="/gallery/static")
    app.jinja_loader = ChoiceLoader(
        [FileSystemLoader(HERE / "templates"), FileSystemLoader(WEB / "templates")]
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        asset=lambda name: f"/gallery/static/{name}", csrf_token=lambda: "invented"
    )
    words.register(app, CATALOGUES)
    app.add_url_rule("/", view_func=show_parts)
    app.add_url_rule("/pages/<name>", view_func=show_page)
    app.add_url_rule("/nowhere", view_func=go_nowhere, methods=["GET", "POST"])
    app.after_request(_protect)
    return app


def show_parts() -> str:
    signatures = {name: signature for _, name, signature in macros()}
    parts = sorted({part for part, _, _ in macros()})
    audience = request.args.get("audience", "patient")
    return render_template(
        "gallery/all.html", **_page(audience), parts=parts, signatures=signatures
    )


def show_page(name: str) -> str:
    return render_template(f"gallery/{name}.html", **_page(PAGES[name]))


def go_nowhere() -> str:
    """Where every form and link of the gallery leads: it shows what arrived."""
    fields = [{"key": name, "value": value} for name, value in request.form.items(multi=True)]
    return render_template("gallery/nowhere.html", **_page("patient"), fields=fields)


def _protect(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response


def _page(audience: str) -> dict[str, Any]:
    """What page.html asks for, and the invented clinic."""
    nav = {
        "patient": [("Today", "today"), ("My progress", "progress"), ("Messages", "inbox")],
        "staff": [("Patients", "caseload"), ("Prescribe", "prescribe"), ("Timeline", "timeline")],
    }[audience]
    return {
        "audience": audience,
        "theme": request.args.get("theme", ""),
        "nav": [
            {"text": text, "href": f"/pages/{name}", "current": request.path.endswith(name)}
            for text, name in nav
        ],
        "person": LONG_NAME if audience == "patient" else "Bo Lindqvist",
        "home": "/",
        "sign_out": "/nowhere",
        "today": TODAY,
        "now": datetime(2026, 4, 16, 16, 5, tzinfo=UTC),
        "long_name": LONG_NAME,
        "exercises": exercises(),
        "weeks": {"mixed": week("missed done off done partial off open"), "new": week("open " * 7)},
        "season": timeline(42),
        "year": timeline(365),
        "changes": {"season": revisions(42), "year": revisions(365)},
        "phases": {"season": phases(42), "year": phases(365)},
        "milestones": milestones(),
    }


def exercises() -> list[dict[str, Any]]:
    """Ten exercises with doses of every shape."""
    doses: list[tuple[str, dict[str, Any]]] = [
        ("Heel drop off a step, knee straight", {"sets": 3, "repetitions": 15, "side": "left"}),
        ("Bridge", {"sets": 3, "repetitions": 10, "hold_seconds": 5, "times_per_day": 2}),
        ("Standing on one leg", {"sets": 4, "hold_seconds": 30, "side": "each"}),
        ("Walk outside", {"minutes": 20, "days_per_week": 5}),
        ("Sit to stand", {"sets": 2, "repetitions": 8, "load_kg": 2.5, "weekdays": [1, 3, 5]}),
        ("Band pull", {"sets": 3, "repetitions": 12, "band": "red", "effort": 6, "tempo": "3-1-3"}),
        ("Breathing lying down", {"minutes": 1, "times_per_day": 3}),
        ("Calf stretch", {"hold_seconds": 1, "repetitions": 1, "side": "both", "weekdays": [7]}),
        ("Side steps", {"sets": 1, "repetitions": 20, "load_text": "with ankle weights"}),
        ("Controlled articular rotations of the hip in half-kneeling", {"sets": 2, "minutes": 1.5}),
    ]
    return [
        {
            "id": f"e{number}",
            "name": name,
            "dose": {"times_per_day": 1, "days_per_week": 7, "rest_seconds": 60} | dose,
            "steps": [
                "Stand on a step and hold the rail.",
                "Rise on both feet. Shift your weight to the left.",
                "Lower your heel slowly, until you feel a stretch.",
            ],
            "stop_if": ["The pain is sharp, or stays above 5 the next morning."],
            "instructions": "Your heel may hurt a little. That is expected.",
            "source_note": "Source not yet verified by your clinic.",
        }
        for number, (name, dose) in enumerate(doses, start=1)
    ]


def week(states: str) -> list[dict[str, Any]]:
    """Seven days from Monday; today is the first open one, or none."""
    marks = states.split()
    monday = TODAY - timedelta(days=TODAY.weekday())
    return [
        {
            "date": monday + timedelta(days=index),
            "status": mark,
            "today": mark == "open" and "open" not in marks[:index],
        }
        for index, mark in enumerate(marks)
    ]


def timeline(length: int) -> list[dict[str, Any]]:
    """A program that ends today: rests, gaps, unanswered pain, a dose that grows."""
    first = TODAY - timedelta(days=length - 1)
    return [_day(first + timedelta(days=index), index, index / length) for index in range(length)]


def _day(when: date, index: int, share: float) -> dict[str, Any]:
    status = "done"
    if when == TODAY:
        status = "open"
    elif when.isoweekday() == 7:
        status = "off"
    elif index % 11 == 4:
        status = "missed"
    elif index % 6 == 2:
        status = "partial"
    trained = status in ("done", "partial")
    dose = 6 if share < 1 / 3 else 9 if share < 2 / 3 else 12
    done = {"done": 1.0, "partial": 0.5, "missed": 0.0}.get(status)
    return {
        "date": when,
        "status": status,
        "adherence": done,
        "pain": max(0, round(6 - 4 * share + (index * 7 % 3) - 1))
        if trained and index % 9
        else None,
        "prescribed": dose,
        "done": None if done is None else done * dose + (index % 13 == 7),
        "effort": 4 + index % 3 if trained else None,
        "late": index % 17 == 5,
    }


def revisions(length: int) -> list[dict[str, Any]]:
    """Two revisions, at a third and at two thirds of the program."""
    first = TODAY - timedelta(days=length - 1)
    return [
        {"date": first + timedelta(days=length // 3), "words": "Progressed to 9 sets."},
        {"date": first + timedelta(days=2 * length // 3), "words": "Too easy: 12 sets, backpack."},
    ]


def phases(length: int) -> list[dict[str, Any]]:
    """A first phase of a third of the program, and one that has no end yet."""
    first = TODAY - timedelta(days=length - 1)
    turn = first + timedelta(days=length // 3)
    return [
        {"start": first, "end": turn - timedelta(days=1), "number": 1},
        {"start": turn, "end": None, "number": 2},
    ]


def milestones() -> list[dict[str, Any]]:
    """Three milestones inside the last six weeks."""
    return [
        {"date": TODAY - timedelta(days=40), "words": "First session"},
        {"date": TODAY - timedelta(days=28), "words": "7 sessions in a row"},
        {"date": TODAY - timedelta(days=6), "words": "25 sessions in all"},
    ]
