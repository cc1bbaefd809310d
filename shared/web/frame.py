"""What stands around every page: whom it is for, where it leads, and the way out."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, request

from shared.tokens import IssuerAway, Unauthorized
from shared.web.identity import identity


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of one audience.

    Attributes:
        audience: patient or staff; decides the width and the size of text.
        home: where the product's name leads.
        sign_out: where the button to sign out posts.
        sessions: where one sees where one is signed in.
        ways: the text and address of each link of the main navigation.
    """

    audience: str
    home: str = "/"
    sign_out: str = ""
    sessions: str = ""
    ways: tuple[tuple[str, str], ...] = ()


PATIENT = Frame(
    "patient",
    "/adherence/",
    "/adherence/sign-out",
    "/adherence/sessions",
    (("Today", "/adherence/"), ("My progress", "/reporting/"), ("Messages", "/notifications/")),
)
STAFF = Frame(
    "staff",
    "/prescription/",
    "/prescription/sign-out",
    "/prescription/sessions",
    (
        ("Patients", "/prescription/"),
        ("Review queue", "/prescription/queue"),
        ("Exercises", "/prescription/exercises"),
        ("Templates", "/prescription/templates"),
    ),
)
LEADING = Frame(
    "staff",
    "/prescription/",
    "/prescription/sign-out",
    "/prescription/sessions",
    (*STAFF.ways, ("Administration", "/prescription/administration/")),
)
OPERATOR = Frame(
    "staff",
    "/prescription/operations/",
    "/prescription/sign-out",
    "/prescription/sessions",
    tuple(
        (name, f"/{name.lower()}/operations/")
        for name in ("Prescription", "Adherence", "Notifications", "Reporting")
    ),
)
NOBODY = Frame("patient")
FRAMES = {
    "patient": PATIENT,
    "operator": OPERATOR,
    "administrator": LEADING,
    "lead": LEADING,
}
# What a supporter may be allowed to see, and where it is.
PARTS = {"progress": ("Progress", "/reporting/"), "messages": ("Messages", "/notifications/")}


def register(app: Flask) -> None:
    """Give every page its frame."""
    app.context_processor(describe)


def describe() -> dict[str, Any]:
    """Return what page.html asks for; a page may give its own instead."""
    frame = _frame()
    ways = [href for _, href in frame.ways if request.path.startswith(href)]
    here = max(ways, key=len, default="")
    return {
        "audience": frame.audience,
        "home": frame.home,
        "sign_out": frame.sign_out,
        "sessions": frame.sessions,
        "nav": [{"text": text, "href": href, "current": href == here} for text, href in frame.ways],
    }


def _frame() -> Frame:
    """Choose by who asks; the page that says why nobody can be known has a frame too."""
    try:
        who = identity()
    except (Unauthorized, IssuerAway):
        return NOBODY
    roles = who.roles
    if "supporter" in roles:
        ways = tuple(PARTS[part] for part in PARTS if part in who.scopes)
        home = ways[0][1] if ways else "/"
        return Frame("patient", home, "/adherence/sign-out", "/adherence/sessions", ways)
    return next((found for role, found in FRAMES.items() if role in roles), STAFF)
