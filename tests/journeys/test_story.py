"""The main job in a browser: Bo prescribes, Ana logs on her phone, the timeline shows it."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, ViewportSize, expect

from deploy.local.quiet import settled
from tests.clinic import Clinic, open_clinic, register
from tests.running import Platform

ZONE = ZoneInfo("Europe/Madrid")
FIRST = date(2026, 9, 7)
DESK = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=360, height=740)
WORDS = "It pulls behind the knee."


def sign_in(browser: Browser, clinic: Clinic, door: str, person: str, screen: ViewportSize) -> Page:
    page = browser.new_page(viewport=screen, locale="en-US")
    page.goto(f"{clinic.platform.stack.origin}/{door}/")
    if door == "adherence":
        # A patient comes in by invitation; on one machine invented ones may be chosen.
        page.get_by_role("link", name="Choose an invented person").click()
    page.locator(f"button[value='{person}']").click()
    return page


def prescribe(page: Page) -> None:
    """Prescribe on a patient's page: one exercise on, another row at first begun in vain."""
    page.get_by_role("link", name="Prescribe a program").click()
    page.get_by_label("Title").fill("Stronger legs")
    page.get_by_label("Diagnosis").fill("Weak legs")
    page.get_by_label("Code", exact=True).fill("R29.8")
    page.get_by_label("Goals").fill("Climb the stairs at home")
    page.get_by_label("Name of the phase").fill("Begin")
    page.get_by_role("button", name="Add an exercise").click()
    row = page.get_by_role("group", name="Exercise 2")
    expect(row.get_by_label("Times a day")).to_have_value("1")
    row.get_by_label("Exercise").select_option(label="Sit to stand")
    row.get_by_label("Repetitions").fill("10")
    page.get_by_role("button", name="Prescribe").click()
    expect(page.get_by_role("status")).to_contain_text("The program is prescribed")


def log(page: Page) -> None:
    """Do all of today as prescribed, and say how it felt."""
    page.get_by_role("button", name="I did it as prescribed").click()
    expect(page.get_by_role("status")).to_contain_text("Saved: that is everything for today")
    page.get_by_role("link", name="Say how it felt").click()
    page.get_by_role("group", name="How much did it hurt?").get_by_label("4", exact=True).check()
    page.get_by_label("What should your therapist know?").fill(WORDS)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("call your practice")


def test_what_ana_logs_on_her_phone_is_on_the_timeline_of_what_bo_prescribed(
    platform: Platform, browser: Browser
) -> None:
    platform.set_clock(datetime.combine(FIRST, time(9), ZONE))
    clinic = open_clinic(platform, ZONE.key, FIRST)
    ana = f"ana-{clinic.tenant}"
    patient = register(clinic, ana)
    settled(platform.stack)

    bo = sign_in(browser, clinic, "prescription", clinic.bo, DESK)
    bo.goto(f"{platform.stack.origin}/prescription/patients/{patient}")
    prescribe(bo)
    settled(platform.stack)
    log(sign_in(browser, clinic, "adherence", ana, PHONE))
    settled(platform.stack)
    bo.get_by_role("link", name="Timeline").click()

    expect(bo.get_by_role("figure")).to_contain_text(
        "Exercised on 1 of the 1 day that the program asked for."
    )
    said = bo.get_by_role("row").filter(has_text=WORDS)
    expect(said).to_contain_text("4 of 10")
