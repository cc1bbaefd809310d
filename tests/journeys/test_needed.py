"""Never set and forget, on real engines: who needs somebody is seen, what is done closes it."""

from datetime import datetime, time, timedelta
from typing import Any

from tests.clinic import PRESCRIPTION
from tests.journeys.test_main_job import DAYS, FIRST, ZONE, Story, story
from tests.waiting import eventually

__all__ = ["story"]  # the fixture


def needed(story: Story) -> list[tuple[str, str]]:
    """Return what the patient needs somebody for: kinds, each with its reason."""
    found = story.read(story.clinic.bo, f"{PRESCRIPTION}/tasks")["items"]
    return [(task["kind"], task["reason"]) for one in found for task in one["tasks"]]


def kinds(story: Story) -> list[str]:
    return [kind for kind, _ in needed(story)]


def decide(story: Story, what: str, **body: Any) -> None:
    """Send a therapist's decision on the program as it stands."""
    platform, bo = story.clinic.platform, story.clinic.bo
    path = f"{PRESCRIPTION}/programs/{story.ana.program}"
    seen = platform.get(bo, path).headers["ETag"]
    answer = platform.post(bo, f"{path}/{what}", body, **{"If-Match": seen})
    assert answer.status_code == 201, answer.text


def test_pain_is_seen_until_somebody_has_looked_and_a_review_until_it_is_done(
    story: Story,
) -> None:
    story.log(DAYS[0], pain=7)
    eventually(lambda: "pain" in kinds(story))
    assert ("pain", "Pain of 7 of 10 on 2026-09-07: the program allows 5.") in needed(story)

    decide(story, "reviews")
    eventually(lambda: "pain" not in kinds(story))

    today = FIRST + timedelta(days=16)
    story.clinic.platform.set_clock(datetime.combine(today, time(9), ZONE))
    eventually(lambda: ("review", "The review was due on 2026-09-21.") in needed(story))
    decide(story, "pause", reason="away")
    decide(story, "reviews")
    eventually(lambda: not {"review", "lapsed"} & set(kinds(story)))
    # The day on which it began to rest asks for nothing, in every service.
    eventually(lambda: story.days()[today.isoformat()]["due"] is False)


def test_a_step_back_that_was_proposed_is_taken_over_with_one_click(story: Story) -> None:
    story.log(DAYS[0], pain=7)
    eventually(lambda: "step_back" in kinds(story))
    bo, path = story.clinic.bo, f"{PRESCRIPTION}/programs/{story.ana.program}"
    found = story.read(bo, f"{PRESCRIPTION}/tasks")["items"]
    (task,) = [one for waits in found for one in waits["tasks"] if one["proposal"]]
    (offer,) = task["offers"]

    decide(story, f"proposals/{task['proposal']}/acceptance")

    told = story.read(bo, path)["exercises"][0]["dose"]
    assert told[offer["measure"]] == offer["after"] < offer["before"]
    eventually(lambda: "step_back" not in kinds(story))
