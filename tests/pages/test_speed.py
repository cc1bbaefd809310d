"""Today on a slow phone: how much comes the first time, how soon it can be used the second."""

from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

from tests.pages.test_kept import Edge, edge, home  # noqa: F401 - fixtures
from tests.people import ANA
from tests.services.adherence.conftest import Home
from tests.unit.adherence.facts import asks, published, revised

# Four times slower than this machine, 400 kbit/s, and the way of a mobile network.
SLOWER, BYTES_A_SECOND, LATENCY_MS = 4, 400_000 // 8, 100
MOST_BYTES, MOST_SECONDS = 150_000, 1.5
# What else this machine does only makes it longer: the shortest is what the page takes.
LOOKS = 5
EXERCISES = [str(number) * 32 for number in (4, 5, 6, 7, 8)]
USABLE = """() => new Promise((done) => {
  const usable = () => document.querySelector(".exercise form button");
  const look = () => usable() && document.readyState !== "loading"
    ? done(performance.now() / 1000) : setTimeout(look, 5);
  look();
})"""


def throttled(page: Page) -> CDPSession:
    slow = page.context.new_cdp_session(page)
    slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    slow.send("Network.enable")
    slow.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": LATENCY_MS,
            "downloadThroughput": BYTES_A_SECOND,
            "uploadThroughput": BYTES_A_SECOND,
        },
    )
    return slow


def test_today_is_small_the_first_time_and_soon_usable_the_second(
    edge: Edge,  # noqa: F811
    home: Home,  # noqa: F811
    browser: Browser,
) -> None:
    for number, exercise in enumerate(EXERCISES):
        home.hear(published(exercise, f"Exercise {number}"))
    home.hear(revised(*(asks(exercise, sets=3, repetitions=10) for exercise in EXERCISES)))
    context = browser.new_context(viewport={"width": 360, "height": 740})
    context.add_cookies([{"name": "hep", "value": ANA, "url": edge.address}])
    page = context.new_page()
    slow = throttled(page)
    came: list[int] = []
    slow.on("Network.loadingFinished", lambda one: came.append(one["encodedDataLength"]))

    def look() -> float:
        page.goto(edge.today)
        found: Any = page.evaluate(USABLE)
        return float(found)

    once = look()
    page.wait_for_load_state("networkidle")
    size = int(sum(came))
    again = min(look() for _ in range(LOOKS))
    context.close()

    print(f"\nToday: {size / 1000:.0f} kB and {once:.1f} s first, {again:.2f} s again")  # noqa: T201
    assert size < MOST_BYTES
    assert again < MOST_SECONDS
