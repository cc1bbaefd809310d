"""A patient without a network: a browser whose server is really gone, and comes back."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from socket import SHUT_RDWR
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import BaseWSGIServer, make_server

from shared.mongo import Database
from tests.pages.test_follow import at_home, beside_figures
from tests.pages.test_reporting import OVERFLOW
from tests.people import ANA
from tests.services.adherence.conftest import Home
from tests.unit.adherence.facts import (
    BRIDGE,
    CALF,
    DAY,
    MONDAY,
    PROGRAM,
    WALK,
    asks,
    ended,
    evening,
    revised,
)

UNSENT = "Object.keys(localStorage).filter((name) => name.startsWith('hep.outbox.')).length"
DOSES = (
    asks(BRIDGE, sets=2, repetitions=3, hold_seconds=4, rest_seconds=10),
    asks(CALF, sets=1, hold_seconds=30, repetitions=None, side="each"),
    asks(WALK, minutes=20, sets=None, repetitions=None, days_per_week=2),
)
Device = Callable[..., Page]


class Edge:
    """The service at one address, which can be cut off and come back."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.swallows = ""
        self.server: BaseWSGIServer | None = None
        self.port = 0
        self.back()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def today(self) -> str:
        return f"{self.address}/adherence/"

    def cut(self) -> None:
        """Answer nobody any more, as without a network."""
        if self.server is not None:
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()
            self.server = None

    def back(self) -> None:
        """Answer again."""
        self.server = make_server("127.0.0.1", self.port, self._answer, threaded=True)
        self.port = self.server.port
        self.thread = Thread(target=self.server.serve_forever)
        self.thread.start()

    def _answer(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer; what goes to a path that is swallowed is done, and its answer is lost."""
        found: Iterable[bytes] = self.app(environ, start)
        if self.swallows and environ["PATH_INFO"].endswith(self.swallows):
            environ["werkzeug.socket"].shutdown(SHUT_RDWR)
            raise ConnectionError
        return found


@pytest.fixture
def home(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    with at_home(database, monkeypatch, DOSES) as found:
        yield found


@pytest.fixture
def edge(home: Home) -> Iterator[Edge]:
    found = Edge(beside_figures(home.client.application))
    yield found
    found.cut()


@pytest.fixture
def device(edge: Edge, browser: Browser) -> Iterator[Device]:
    """A phone of Ana's that keeps her program, on Today; what breaks on it fails the test."""
    broken: list[str] = []
    with ExitStack() as opened:

        def take(now: datetime | None = None, *, keeps: bool = True, **asked: Any) -> Page:
            context = browser.new_context(
                viewport={"width": 360, "height": 740}, timezone_id="Europe/Madrid", **asked
            )
            opened.callback(context.close)
            context.add_cookies([{"name": "hep", "value": ANA, "url": edge.address}])
            context.clock.set_fixed_time(now or evening(MONDAY))
            page = context.new_page()
            page.on("pageerror", lambda error: broken.append(str(error)))
            page.goto(edge.today)
            if keeps:
                keep(page)
            return page

        yield take
    assert broken == []


def keep(page: Page) -> None:
    page.locator("[data-choice] summary").click()
    page.locator("[data-choice] [data-when=forgotten] button").click()
    expect(page.locator("[data-choice] [data-when=kept]")).to_be_visible()


def later(page: Page, now: datetime) -> None:
    page.context.clock.set_fixed_time(now)


def card(page: Page, name: str) -> Any:
    return page.get_by_role("article", name=name)


def tap(page: Page, name: str = "Bridge", button: str = "I did it as prescribed") -> None:
    card(page, name).get_by_role("button", name=button).click()


def said(page: Page, words: str) -> None:
    expect(page.locator("[data-panel]")).to_contain_text(words)


def unsent(page: Page) -> int:
    return int(page.evaluate(UNSENT))


def sent(page: Page) -> None:
    """Wait until nothing waits to be sent."""
    page.wait_for_function(f"() => {UNSENT} === 0")


def without_network(device: Device, edge: Edge, **asked: Any) -> Page:
    """Open Today on a phone that keeps it, with the network gone."""
    page = device(**asked)
    edge.cut()
    page.goto(edge.today)
    return page


def returns(page: Page, edge: Edge) -> None:
    """Have the network back while no page is open, then open Today."""
    page.goto("about:blank")
    edge.back()
    page.goto(edge.today)


def entries(home: Home, day: date = MONDAY) -> dict[str, Any]:
    return {one["exercise"]: one for one in home.session(day)["entries"]}


def test_without_a_network_today_is_there_and_a_tap_is_kept_and_sent_later(
    device: Device, edge: Edge, home: Home
) -> None:
    page = device()
    edge.cut()

    page.goto(edge.today)
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    tap(page)

    said(page, "Kept on this device")
    expect(card(page, "Bridge")).to_contain_text("Done on this device")
    expect(page.get_by_text("Waiting to be sent: 1")).to_be_visible()
    home.watch.now = evening(MONDAY) + timedelta(hours=2)
    later(page, home.watch.now)
    returns(page, edge)
    sent(page)
    entry = entries(home)[BRIDGE]
    assert (entry["evidence"], entry["mode"], entry["goes"]) == ("tap", "as_prescribed", 1)
    assert datetime.fromisoformat(entry["occurred"]) == evening(MONDAY)


def test_a_week_in_flight_loses_no_day(device: Device, edge: Edge, home: Home) -> None:
    page = device()
    edge.cut()
    for number in range(7):
        later(page, evening(MONDAY + DAY * number))
        page.goto(edge.today)
        page.get_by_role("button", name="I did all of them").click()
        said(page, "Kept on this device")

    assert unsent(page) == 7
    home.watch.now = evening(MONDAY + DAY * 7)
    later(page, home.watch.now)
    returns(page, edge)
    sent(page)

    asked = [entries(home, MONDAY + DAY * number).keys() for number in range(7)]
    assert all({BRIDGE, CALF} <= one for one in asked)
    # Two days a week: the device counts them by itself.
    assert [WALK in one for one in asked] == [True, True] + [False] * 5
    reached = home.get(f"/programs/{PROGRAM}/milestones").json
    home.catch_up()
    reached = home.get(f"/programs/{PROGRAM}/milestones").json["items"]
    assert {("streak", 7), ("first_week", 1)} <= {(one["kind"], one["count"]) for one in reached}
    assert home.session(MONDAY)["late"] is True


def test_two_devices_that_tell_of_one_go_tell_of_one(
    device: Device, edge: Edge, home: Home
) -> None:
    phone, tablet = device(), device()
    edge.cut()
    for one, hours in ((phone, 0), (tablet, 2)):
        later(one, evening(MONDAY) + timedelta(hours=hours))
        one.goto(edge.today)
        tap(one)
        said(one, "Kept on this device")
    tap(tablet, "Calf stretch")
    expect(card(tablet, "Calf stretch")).to_contain_text("Done on this device")
    home.watch.now = evening(MONDAY) + timedelta(hours=3)
    tablet.goto("about:blank")

    returns(phone, edge)
    sent(phone)
    tablet.goto(edge.today)
    sent(tablet)

    said(tablet, "Written down already")
    found = entries(home)
    assert {name: one["goes"] for name, one in found.items()} == {BRIDGE: 1, CALF: 1}
    assert found[BRIDGE]["done"]["sets"] == 2


def test_what_was_sent_while_the_network_went_is_counted_once(
    device: Device, edge: Edge, home: Home
) -> None:
    page = device()
    edge.swallows = "/done"

    tap(page)

    said(page, "Written down already")

    assert unsent(page) == 0
    assert entries(home)[BRIDGE]["goes"] == 1


def test_a_tap_on_a_page_whose_network_has_gone_is_kept(
    device: Device, edge: Edge, home: Home
) -> None:
    page = device()
    edge.cut()

    tap(page)

    said(page, "Kept on this device")
    returns(page, edge)
    sent(page)
    assert entries(home)[BRIDGE]["goes"] == 1


def test_what_was_typed_on_a_page_whose_network_has_gone_is_kept(
    device: Device, edge: Edge, home: Home
) -> None:
    page = device()
    card(page, "Bridge").get_by_role("link", name="I did something else").click()
    page.get_by_label("Repetitions").fill("2")
    edge.cut()

    page.get_by_role("button", name="Save what I did").click()

    said(page, "Kept on this device")
    returns(page, edge)
    sent(page)
    assert entries(home)[BRIDGE]["done"] == {
        "sets": 2,
        "repetitions": 2,
        "hold_seconds": 4,
        "minutes": None,
        "load_kg": None,
    }


def test_the_morning_that_is_told_on_a_page_whose_network_has_gone_is_kept(
    device: Device, edge: Edge, home: Home
) -> None:
    page = device()
    tap(page)
    expect(page.get_by_role("heading", name="Saved: 1 of 3 exercises")).to_be_visible()
    home.watch.now = evening(MONDAY + DAY)
    later(page, home.watch.now)
    page.goto(edge.today)
    page.get_by_role("link", name="Say how it is this morning").click()
    page.get_by_role("radio", name="4").check()
    edge.cut()

    page.get_by_role("button", name="Save").click()

    said(page, "Kept on this device")
    returns(page, edge)
    sent(page)
    assert home.session()["next_morning"] == 4


def test_an_error_on_another_page_is_said_there(device: Device) -> None:
    page = device()
    card(page, "Bridge").get_by_role("link", name="I did something else").click()
    page.get_by_label("Repetitions").fill("0")

    page.get_by_role("button", name="Save what I did").click()

    expect(page.get_by_role("alert")).to_contain_text("Repetitions: Give a whole number")


def test_left_out_changed_and_felt_without_a_network(
    device: Device, edge: Edge, home: Home
) -> None:
    page = without_network(device, edge)
    card(page, "Calf stretch").get_by_role("link", name="I did something else").click()
    page.get_by_label("I am too tired").check()
    page.get_by_role("button", name="Save that I left it out").click()
    tap(page)
    card(page, "Bridge").get_by_role("link", name="Change what you told").click()
    page.get_by_label("Sets").fill("1")
    page.get_by_role("button", name="Save what I did").click()
    page.get_by_role("link", name="Say how it felt").click()
    page.get_by_role("group", name="How much did it hurt?").get_by_role("radio", name="4").check()
    page.get_by_label("What should your therapist know?").fill("Slow today.")
    page.get_by_role("button", name="Save").click()
    said(page, "Kept on this device")
    returns(page, edge)
    sent(page)

    found = home.session()
    told = entries(home)
    assert (told[CALF]["skipped"], told[BRIDGE]["done"]["sets"]) == ("tired", 1)
    assert (found["pain"], found["effort"], found["note"]) == (4, None, "Slow today.")


def test_the_timer_and_the_figure_work_without_a_network(
    device: Device, edge: Edge, home: Home
) -> None:
    page = without_network(device, edge)
    card(page, "Bridge").get_by_role("link", name="Do it with me").click()

    expect(page.locator(".stage svg")).to_be_visible()
    page.get_by_role("button", name="Enough for now").click()
    page.get_by_label("Repetitions").fill("3")
    page.get_by_role("button", name="Save what I did").click()

    said(page, "Kept on this device")
    returns(page, edge)
    sent(page)
    assert entries(home)[BRIDGE]["done"]["repetitions"] == 3


def test_pain_of_eleven_is_said_at_its_field_without_a_network(device: Device, edge: Edge) -> None:
    page = without_network(device, edge)
    card(page, "Bridge").get_by_role("link", name="I did something else").click()
    page.get_by_label("Repetitions").fill("13000")

    page.get_by_role("button", name="Save what I did").click()

    expect(page.locator(".error")).to_have_text("Give a number from 1 to 12000.")
    expect(page.get_by_label("Repetitions")).to_be_focused()
    assert unsent(page) == 0


def test_a_program_revised_meanwhile_is_shown_as_such_and_the_entry_keeps_its_version(
    device: Device, edge: Edge, home: Home
) -> None:
    page = without_network(device, edge)
    tap(page)
    said(page, "Kept on this device")
    body = json.loads(
        page.evaluate("Object.entries(localStorage).find(([key]) => key.startsWith('hep.out'))[1]")
    )["body"]
    home.hear(revised(asks(BRIDGE, sets=5, repetitions=3), effective=MONDAY + DAY))
    returns(page, edge)

    said(page, "Your therapist has changed your program")
    assert body["revision"] == 1
    assert entries(home)[BRIDGE]["prescribed"]["sets"] == 2
    home.watch.now = evening(MONDAY + DAY)
    later(page, home.watch.now)
    page.reload()
    expect(card(page, "Bridge")).to_contain_text("5 sets of 3")
    expect(card(page, "Calf stretch")).to_be_hidden()


def test_a_clock_that_is_a_day_ahead_is_corrected_and_said(
    device: Device, edge: Edge, home: Home
) -> None:
    page = without_network(device, edge, now=evening(MONDAY + DAY))
    tap(page)
    said(page, "Kept on this device")
    returns(page, edge)

    said(page, "The clock of this device is wrong")
    assert home.session(MONDAY)["local_date"] == MONDAY.isoformat()


def test_a_device_without_room_says_so_at_once(device: Device, edge: Edge) -> None:
    page = without_network(device, edge)
    page.evaluate(
        """() => {
          let size = 1 << 20;
          for (let number = 0; size >= 1; ) {
            try { localStorage.setItem(`full${number++}`, "a".repeat(size)); } catch { size >>= 1; }
          }
        }"""
    )

    tap(page)

    said(page, "this device has no room left")
    assert unsent(page) == 0


def test_what_cannot_be_taken_stays_with_its_reason_until_it_is_left(
    device: Device, edge: Edge, home: Home
) -> None:
    page = without_network(device, edge)
    tap(page)
    said(page, "Kept on this device")
    home.hear(ended(MONDAY - DAY))
    returns(page, edge)

    said(page, "Something that you wrote down could not be taken")
    page.get_by_role("link", name="See what, and why").click()
    notice = page.locator(".notice", has_text="This could not be taken")
    expect(notice).to_contain_text("Monday, September 7, Bridge")
    expect(notice).to_contain_text("is after the program's last date")
    assert unsent(page) == 1
    notice.get_by_role("button", name="Leave it").click()
    expect(notice).to_be_hidden()
    assert unsent(page) == 0


def test_two_tabs_send_each_entry_once(device: Device, edge: Edge, home: Home) -> None:
    page = device()
    other = page.context.new_page()
    edge.cut()
    for one, name in ((page, "Bridge"), (other, "Calf stretch")):
        one.goto(edge.today)
        tap(one, name)
        said(one, "Kept on this device")
    returns(page, edge)
    other.reload()
    sent(page)

    assert {name: one["goes"] for name, one in entries(home).items()} == {BRIDGE: 1, CALF: 1}
    commits = home.service.database["commits"].count_documents({"stream": {"$regex": PROGRAM}})
    assert commits == 2


def test_whoever_signs_out_is_asked_first_and_leaves_nothing(device: Device, edge: Edge) -> None:
    page = without_network(device, edge)
    tap(page)
    said(page, "Kept on this device")
    asked: list[str] = []

    def answer(dialog: Any) -> None:
        asked.append(dialog.message)
        dialog.dismiss() if len(asked) == 1 else dialog.accept()

    page.on("dialog", answer)
    page.route("**/programs/*/kept", lambda route: route.abort())
    edge.back()
    page.get_by_role("button", name="Sign out").click()
    assert unsent(page) == 1
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{edge.address}/")

    assert len(asked) == 2
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("caches.keys()") == []


def test_nobody_elses_entries_are_sent_or_shown(device: Device, edge: Edge, home: Home) -> None:
    page = without_network(device, edge)
    tap(page)
    said(page, "Kept on this device")
    page.evaluate(
        """() => {
          const name = Object.keys(localStorage).find((one) => one.startsWith("hep.out"));
          const entry = JSON.parse(localStorage.getItem(name));
          localStorage.setItem(name, JSON.stringify({ ...entry, mark: "another" }));
        }"""
    )
    returns(page, edge)

    expect(card(page, "Bridge")).to_be_visible()
    expect(page.get_by_text("Waiting to be sent")).to_be_hidden()
    assert unsent(page) == 1
    assert home.get(f"/programs/{PROGRAM}/sessions/{MONDAY}").status_code == 404


def test_nothing_is_kept_without_the_patients_choice(device: Device, edge: Edge) -> None:
    page = device(keeps=False)

    page.goto(f"{edge.address}/adherence/kept")

    expect(page.get_by_text("This device keeps nothing yet")).to_be_visible()
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("caches.keys()") == []
    assert (
        page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    )


def test_the_choice_can_be_taken_back(device: Device) -> None:
    page = device()

    page.locator("[data-choice] [data-when=kept] button").click()

    expect(page.locator("[data-choice]")).to_contain_text("This device keeps nothing any more.")
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("caches.keys()") == []
    assert (
        page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    )


@pytest.mark.parametrize("language", ["en-GB", "es-ES"])
def test_it_is_large_fits_and_axe_finds_nothing(device: Device, edge: Edge, language: str) -> None:
    page = without_network(device, edge, locale=language)
    page.locator(".card form button").first.click()
    expect(page.locator("[data-panel]")).to_be_visible()
    # At once: the page is drawn anew when its try to send has failed.
    heights = page.evaluate(
        """() => [...document.querySelectorAll("main .button")]
          .filter((one) => one.checkVisibility())
          .map((one) => one.getBoundingClientRect().height)"""
    )

    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    assert min(heights) >= 48
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate(OVERFLOW) == 0
