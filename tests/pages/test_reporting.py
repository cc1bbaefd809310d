"""The timeline's pages in a browser: Ana reads her progress, Bo her program, up to a year of it."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from reporting.app import DEFINITION, TEMPLATES
from shared import mongo
from tests.given import given_service, served
from tests.pages.conftest import Open
from tests.people import ANA, BO
from tests.services.reporting.desk import Owner, ask, fill
from tests.unit.reporting.diary import (
    DAY,
    MONDAY,
    PROGRAM,
    WALK,
    asks,
    days,
    patient,
    prescribed,
    published,
    reached,
    revised,
    sessions,
)

PROGRESS, TIMELINE = "/reporting/", f"/reporting/programs/{PROGRAM}"
LENGTHS = {"six weeks": 42, "a year": 365, "nothing": 1}
NAMES = {number: f"{number:032x}" for number in range(10)}
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
OVERLAPS = """() => {
  const shown = [...document.querySelectorAll(".plot text")].filter((one) => one.checkVisibility());
  const boxes = shown.map((one) => [one.textContent, one.getBoundingClientRect()]);
  return boxes.flatMap(([text, a], index) => boxes.slice(index + 1)
    .filter(([, b]) => a.left < b.right - 1 && b.left < a.right - 1
      && a.top < b.bottom - 6 && b.top < a.bottom - 6)
    .map(([other]) => `${text} | ${other}`));
}"""
OUTSIDE = """() => {
  const frame = document.querySelector(".chart").getBoundingClientRect();
  return [...document.querySelectorAll(".plot text")].filter((one) => one.checkVisibility())
    .filter((one) => { const box = one.getBoundingClientRect();
      return box.left < frame.left || box.right > frame.right; })
    .map((one) => one.textContent);
}"""


def story(length: int) -> list[Any]:
    """Ten exercises for so many days, some of them missed, in part or in pain, and a revision."""
    ten = [asks(identity) for identity in NAMES.values()]
    marks = days(" ".join("x53-h7x"[number % 7] for number in range(length - 1)))
    told = sessions(marks, ten)
    return [
        patient(),
        *(published(identity, f"Exercise number {name}") for name, identity in NAMES.items()),
        prescribed(*ten),
        revised(*ten[:5], asks(WALK, minutes=20), effective=MONDAY + DAY * (length // 2)),
        *told,
        reached("first_session", 1, MONDAY, sequence=len(told) + 1),
    ]


def signed_in(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    def wrapped(environ: dict[str, str], start: Any) -> Iterable[bytes]:
        environ["HTTP_COOKIE"] = f"hep={ANA if environ['PATH_INFO'] == PROGRESS else BO}"
        return app(environ, start)

    return wrapped


@pytest.fixture(scope="module", params=LENGTHS)
def address(request: pytest.FixtureRequest, mongodb: str) -> Iterator[str]:
    length = LENGTHS[request.param]
    now = datetime(MONDAY.year, MONDAY.month, MONDAY.day, 14, tzinfo=UTC)
    last = now + timedelta(days=length - 1)
    with mongo.connect(mongodb, "tests") as connected:
        database = connected[f"test_{uuid.uuid4().hex[:12]}"]
        with given_service(DEFINITION, database, TEMPLATES, lambda: last) as client:
            fill(client, story(length))
            ask(client, Owner())
            with served(signed_in(client.application)) as found:
                yield found
        connected.drop_database(database.name)


@pytest.mark.parametrize(("path", "language"), [(PROGRESS, "es"), (TIMELINE, "en")])
def test_axe_finds_nothing(visit: Open, path: str, language: str) -> None:
    page = visit(f"{path}?lang={language}", 1280)
    for summary in page.locator("summary").all():
        summary.click()

    rules = {"color-contrast-enhanced": {"enabled": path == PROGRESS}}
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules})

    assert [
        f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found.response["violations"]
    ] == []


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("path", [PROGRESS, TIMELINE])
def test_the_page_fits_at_every_width(visit: Open, path: str, language: str) -> None:
    page = visit(f"{path}?lang={language}", 1280)

    # No word of the chart stands on another or outside.
    for width in (1280, 768, 360):
        page.set_viewport_size({"width": width, "height": 740})

        assert page.evaluate(OVERLAPS) == [], width
        assert page.evaluate(OUTSIDE) == [], width

    # At four hundred percent, and on a tablet, nothing scrolls sideways.
    for summary in page.locator("summary").all():
        summary.click()
    for width in (768, 320):
        page.set_viewport_size({"width": width, "height": 740})

        assert page.evaluate(OVERFLOW) == 0, width
