"""Say what the demonstration has loaded, where to look and whom to sign in as."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from deploy.local import clock
from deploy.local.demo.caller import Caller
from deploy.local.demo.people import cast
from deploy.local.demo.script import ADHERENCE, LIBRARIAN, PRESCRIPTION
from deploy.local.stack import Stack

NOTIFICATIONS = "/notifications/v1"


@dataclass(frozen=True, slots=True)
class Counts:
    """What is there, counted through the API; mails as the catcher has them."""

    patients: int
    sessions: int
    milestones: int
    celebrations: int
    mails: int


def say(line: str = "") -> None:
    """Say a line as it is: no markup, no colours, no breaking."""
    Console(soft_wrap=True, highlight=False, markup=False).print(line)


def count(caller: Caller, ids: Mapping[str, str]) -> Counts:
    """Count what is there.

    Raises:
        StackError: a service does not answer.
    """
    programs = [ids[f"program:{patient.key}"] for patient in cast().patients]
    patients = [ids[f"patient:{patient.key}"] for patient in cast().patients]
    milestones = (
        caller.get(LIBRARIAN, f"{ADHERENCE}/programs/{program}/milestones").json()["items"]
        for program in programs
    )
    messages = [
        message
        for patient in patients
        for message in caller.listed(LIBRARIAN, f"{NOTIFICATIONS}/patients/{patient}/messages")
    ]
    return Counts(
        patients=_number(caller, f"{PRESCRIPTION}/patients"),
        sessions=sum(_number(caller, f"{ADHERENCE}/programs/{one}/sessions") for one in programs),
        milestones=sum(map(len, milestones)),
        celebrations=sum(message["kind"] == "celebration" for message in messages),
        mails=len(caller.get(LIBRARIAN, "/mail/messages.json").json()["messages"]),
    )


def tell(stack: Stack, caller: Caller, ids: Mapping[str, str], *, changed: int) -> None:
    """Say it all.

    Raises:
        StackError: a service does not answer.
    """
    everybody, found = cast(), count(caller, ids)
    if not changed:
        say("Nothing has changed: every command was accepted before, with the same answer.")
    say()
    say(
        f"{everybody.practice['name']}: {len(everybody.sites)} sites, {_therapists()} therapists, "
        f"{found.patients} patients."
    )
    say(
        f"{everybody.first} to {everybody.last}: {found.sessions} sessions, {found.milestones} "
        f"milestones in {found.celebrations} celebrations, {found.mails} mails."
    )
    say()
    say(f"  Open        {stack.origin}/")
    say(f"  Read mails  {stack.origin}/mail/")
    say("  Sign in as a therapist:")
    for staff in everybody.staff.values():
        where = ", ".join(everybody.sites[site]["name"] for site in staff["sites"])
        say(f"    {staff['name']:<24}{staff['role']}, {where}")
    say("  Open a patient's pages by the link in the newest mail to them: two taps, no password;")
    say(f"  {stack.origin}/prescription/ sends a new link or prints a code. Or choose one there:")
    for patient in everybody.patients:
        say(f"    {patient.name:<24}{patient.about}")
    say()
    say(clock.told(stack) or "The platform goes by today's time.")


def _number(caller: Caller, path: str) -> int:
    return sum(1 for _ in caller.listed(LIBRARIAN, path))


def _therapists() -> int:
    staff: list[dict[str, Any]] = list(cast().staff.values())
    return sum(one["role"] == "therapist" for one in staff)
