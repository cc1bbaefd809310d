"""The main job over HTTP on real engines: prescribe, log, be celebrated, see the timeline move."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deploy.local.quiet import settled
from deploy.local.stack import SERVICES
from tests.clinic import Clinic, Prescribed, open_clinic, prescribe, session
from tests.running import Platform
from tests.waiting import eventually

ZONE = ZoneInfo("Europe/Madrid")
FIRST = date(2026, 9, 7)
DAYS = [FIRST + timedelta(days=number) for number in range(7)]
REACHED = [("first_session", 1), ("first_week", 1), ("streak", 3), ("streak", 7)]


@dataclass(frozen=True)
class Story:
    """Ana, and the program that her therapist prescribed."""

    clinic: Clinic
    ana: Prescribed

    def log(self, day: date, **more: Any) -> None:
        """Log a session on that day at five in the afternoon."""
        moment = datetime.combine(day, time(17), ZONE)
        self.clinic.platform.set_clock(moment)
        body, key = session(self.clinic, day, moment) | more, uuid.uuid4().hex
        path = f"/adherence/v1/programs/{self.ana.program}/sessions"

        def accepted() -> bool:
            position = {"Hep-Min-Position": self.ana.position}
            answer = self.clinic.platform.post(self.ana.person, path, body, key, **position)
            # Adherence may not have seen the program yet: it says so and when to come again.
            assert answer.status_code in {201, 503}, answer.text
            return bool(answer.status_code == 201)

        eventually(accepted)

    def read(self, who: str, path: str) -> Any:
        return self.clinic.platform.get(who, path).json()

    def days(self) -> dict[str, Any]:
        path = f"/reporting/v1/programs/{self.ana.program}/timeline"
        return {day["date"]: day for day in self.read(self.clinic.bo, path)["days"]}

    def sessions(self) -> Any:
        return self.read(self.clinic.bo, f"/adherence/v1/programs/{self.ana.program}/sessions")

    def milestones(self) -> list[tuple[str, int]]:
        path = f"/adherence/v1/programs/{self.ana.program}/milestones"
        return kinds(self.read(self.ana.person, path)["items"])

    def celebrations(self) -> list[Any]:
        path = f"/notifications/v1/patients/{self.ana.patient}/messages"
        messages = self.read(self.ana.person, path)["items"]
        return [message for message in messages if message["kind"] == "celebration"]


def kinds(milestones: list[Any]) -> list[tuple[str, int]]:
    return sorted((milestone["kind"], milestone["count"]) for milestone in milestones)


@pytest.fixture
def story(platform: Platform) -> Story:
    platform.set_clock(datetime.combine(FIRST, time(9), ZONE))
    clinic = open_clinic(platform, ZONE.key, FIRST)
    return Story(clinic, prescribe(clinic))


def nothing(_platform: Platform) -> None:
    """Disturb nothing."""


def kill_every_work(platform: Platform) -> None:
    for service in SERVICES:
        platform.kill(f"{service}-work")


@pytest.mark.parametrize("disturb", [nothing, kill_every_work])
def test_seven_sessions_are_celebrated_by_mail_and_seen_in_the_timeline(
    story: Story, disturb: Callable[[Platform], None]
) -> None:
    platform = story.clinic.platform
    for day in DAYS:
        story.log(day)
        if day == DAYS[3]:
            disturb(platform)
        # A day passes: what falls due on it is done before the next one.
        settled(platform.stack)

    assert story.milestones() == REACHED
    celebrations = story.celebrations()
    assert {message["state"] for message in celebrations} == {"sent"}
    assert kinds([m for message in celebrations for m in message["milestones"]]) == REACHED
    days = story.days()
    assert [(days[day.isoformat()]["status"], days[day.isoformat()]["pain"]) for day in DAYS] == [
        ("done", 3)
    ] * 7
    mails = platform.mails(story.ana.address)
    assert len(mails) == len(celebrations)
    assert len({str(mail["Message-ID"]) for mail in mails}) == len(mails)
    assert not any("Ana" in str(mail["Subject"]) for mail in mails)
