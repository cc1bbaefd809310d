"""From the mail to today's exercises, in a browser, against the clock."""

import re
import time
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, expect

from tests.clinic import Prescribed, open_clinic, prescribe
from tests.journeys.test_main_job import FIRST
from tests.running import Platform
from tests.waiting import eventually

ZONE = ZoneInfo("Europe/Madrid")
PHONE = {"width": 360, "height": 740}
SECRET = re.compile(r"/adherence/invitation#([\w-]{43})")
MOST_TAPS = 3
MOST_SECONDS = 60


def invited(platform: Platform) -> tuple[Prescribed, str]:
    """Register Ana, prescribe her a program and have a link sent."""
    platform.set_clock(datetime.combine(FIRST, datetime.min.time(), ZONE).replace(hour=9))
    clinic = open_clinic(platform, ZONE.key, FIRST)
    ana = prescribe(clinic, "link")
    path = f"/adherence/v1/patients/{ana.patient}/invitations"

    def accepted() -> bool:
        # Adherence may not have seen the patient yet.
        return bool(platform.post(clinic.bo, path, {"way": "link"}, "once").status_code == 201)

    eventually(accepted)
    return ana, clinic.bo


def letter(platform: Platform, ana: Prescribed) -> EmailMessage:
    """Return the mail that the link is in."""

    def links() -> list[EmailMessage]:
        return [mail for mail in platform.mails(ana.address) if SECRET.search(text(mail))]

    eventually(links)
    (found,) = links()
    return found


def text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return str(part.get_content()) if part else ""


def shown(platform: Platform, ana: Prescribed) -> str:
    """Return the address of the mail in the catcher."""
    mails = platform.get("ada", "/mail/messages.json").json()["messages"]
    found = [mail["id"] for mail in mails if ana.address in str(mail["to"])]
    return f"{platform.stack.origin}/mail/{found[-1]}"


def test_from_the_mail_to_today_it_is_two_taps_and_under_a_minute(
    platform: Platform, browser: Browser
) -> None:
    ana, bo = invited(platform)
    secret = SECRET.search(text(letter(platform, ana)))
    assert secret
    asked: list[str] = []
    with browser.new_context(viewport=PHONE, locale="en") as phone:
        page: Page = phone.new_page()
        phone.on("request", lambda sent: asked.append(f"{sent.url} {sent.headers}"))
        page.goto(shown(platform, ana))
        begun, taps = time.monotonic(), 0

        page.locator("a[href*='/adherence/invitation#']").click()
        taps += 1
        page.get_by_role("button", name="Open my pages").click()
        taps += 1
        expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
        expect(page.get_by_text("Stand up from a chair").first).to_be_visible()

        seconds = time.monotonic() - begun
        print(f"\nfrom the mail to Today: {taps} taps, {seconds:.1f} s")  # noqa: T201
        assert taps <= MOST_TAPS
        assert seconds < MOST_SECONDS
        expect(page.get_by_text("This device is remembered")).to_be_visible()

        # Signing in again needs nothing, even where the page's own token is gone.
        phone.clear_cookies(name="hep")
        page.goto(f"{platform.stack.origin}/adherence/")
        expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()

    # What a browser sent as an address or a header holds no secret; nor does any log.
    assert asked
    assert not [one for one in asked if secret[1] in one]
    for log in Path(platform.stack.data / "logs").iterdir():
        assert secret[1] not in log.read_text(errors="replace"), log.name
    listed = platform.get(bo, f"/adherence/v1/patients/{ana.patient}/invitations").json()
    assert [one["state"] for one in listed["items"]] == ["used"]


def test_a_link_in_a_mail_that_a_program_looked_into_still_works(
    platform: Platform, browser: Browser
) -> None:
    ana, _ = invited(platform)
    mail = text(letter(platform, ana))
    (link,) = re.findall(r"http\S+/adherence/invitation#[\w-]+", mail)
    with browser.new_context() as scanner:
        scanner.new_page().goto(link)

    with browser.new_context(locale="es") as phone:
        page = phone.new_page()
        page.goto(link)
        page.keyboard.press("Tab")
        page.get_by_role("button", name="Abrir mis páginas").press("Enter")

        expect(page.get_by_text("Este dispositivo queda recordado")).to_be_visible()
