"""No log, metric, address or error of the main job says who it was about, or holds a secret."""

import re
from collections.abc import Iterable, Iterator

import pytest
import requests

from deploy.local.quiet import settled
from deploy.local.stack import SERVICES
from tests.clinic import PRESCRIPTION
from tests.journeys.test_main_job import DAYS, Story, story
from tests.running import Platform

__all__ = ["story"]  # the fixture

NOTE = "My neighbour Olga carried the shopping"
# Each in the record, a mail or a request of this journey.
WORDS = (
    "Ana Ruiz",
    "Ruiz",
    "@example.org",
    "+34600111222",
    "Stronger legs",
    "Weak legs",
    "Climb the stairs",
    "Olga",
    "1950",
)


def secrets(platform: Platform) -> Iterator[str]:
    """Yield every key, client secret and token of the stack."""
    for path in (platform.stack.data / "keys").iterdir():
        found = path.read_bytes()
        yield found.hex()
        if found.isascii():
            yield found.decode().strip()
    for token in platform.tokens.values():
        yield token.rsplit(".", 1)[1]


def said(platform: Platform) -> Iterator[tuple[str, str]]:
    """Yield the text of every log and every page of metrics, by where it is."""
    logs = [path for path in (platform.stack.data / "logs").iterdir() if path.suffix == ".log"]
    assert len(logs) > 2 * len(SERVICES)
    for path in logs:
        yield path.name, path.read_text()
    for service in SERVICES:
        for address in (platform.stack.serve(service), platform.stack.work(service)):
            text = requests.get(f"{address}/metrics", timeout=10).text
            assert "hep_" in text
            yield f"metrics of {address}", text


def tells(line: str, words: Iterable[str]) -> bool:
    """Tell whether a line holds any of the words; a year inside a longer number is none."""
    return any(re.search(rf"(?<!\d){re.escape(word)}(?!\d)", line) for word in words)


def stumble(story: Story) -> None:
    """Send what is refused, with words of the record in it, and what breaks."""
    platform, bo = story.clinic.platform, story.clinic.bo
    record = {"name": "Ana Ruiz", "email": "ana@example.org", "phone": "+34600111222"}
    answers = [
        platform.post(bo, f"{PRESCRIPTION}/patients", record | {"birth_year": "1950 Ana Ruiz"}),
        platform.post(bo, f"{PRESCRIPTION}/patients/Ana Ruiz/erasure", record),
        platform.post(bo, f"{PRESCRIPTION}/patients/search", {"q": "Ruiz", "cursor": "Olga"}),
        platform.get(story.ana.person, f"{PRESCRIPTION}/patients/Ruiz"),
        platform.get(bo, "/prescription/Ana%20Ruiz/%0aRuiz"),
        platform.post(bo, f"{PRESCRIPTION}/patients", "Ana Ruiz"),
    ]
    origin = platform.stack.origin
    for headers in ({"Authorization": "Bearer Ana.Ruiz.Olga"}, {"Cookie": "hep=Olga.Ruiz.x"}):
        path = f"{origin}/adherence/v1/programs/Ruiz/sessions"
        answers.append(requests.get(path, headers=headers, timeout=10))

    assert {answer.status_code for answer in answers} <= {400, 401, 403, 404, 422}
    for answer in answers:
        assert not any(word in answer.text + str(answer.headers) for word in WORDS), answer.url


def test_nobody_and_no_secret_is_in_a_log_or_a_metric(story: Story) -> None:
    platform = story.clinic.platform
    for day in DAYS[:2]:
        story.log(day, note=NOTE)
        settled(platform.stack)
    stumble(story)

    assert platform.mails(story.ana.address)
    assert NOTE in str(story.sessions()), "the journey holds the words that are looked for"
    hidden = [*WORDS, *secrets(platform)]
    assert len(hidden) > len(WORDS) + 10
    for where, text in said(platform):
        lines = [line for line in text.splitlines() if tells(line, hidden)]
        assert lines == [], where


@pytest.mark.parametrize("line", ['{"event": "x", "name": "Ana Ruiz"}', 'hep_x{who="Olga"} 1'])
def test_what_is_looked_for_would_be_found(line: str) -> None:
    assert tells(line, WORDS)


def test_no_line_of_a_log_is_anything_but_one_json_object(story: Story) -> None:
    """What a person typed cannot make a second line."""
    for path in (story.clinic.platform.stack.data / "logs").glob("*-serve.log"):
        for line in path.read_text().splitlines():
            assert re.fullmatch(r"\{.*\}|\[\d{4}-\d\d-\d\d .*", line), path.name
