"""A short run, as part of every change: what was accepted is there once, after all the faults.

What is planted in a copy of the run the judge finds.
"""

import re
import shutil
from email import message_from_bytes
from itertools import islice
from pathlib import Path

import pytest

from tests.chaos.faults import plan
from tests.chaos.lived import OWNER, Copy, Lived, pairs, place
from tests.chaos.verdict import judge

# The run itself is the setup of whichever test comes first.
pytestmark = pytest.mark.timeout(600)
PARTS = ["kafka", "secantus", "adherence-serve", "adherence-work"]
ROW = re.compile(r"  (\S.*?)  +(\d+)")

LOST = "Published events missing on Kafka"
SWAPPED = "First occurrences that come after a later one of their stream"
DOUBLED = "Mails delivered twice though no delivery was interrupted, or that nothing explains"
UNCOMMITTED = "Accepted commands without a commit"
UNTOLD = "Sessions missing in timelines, or not as they were told last"
UNEXPLAINED = "Commits that nothing explains"


@pytest.fixture
def copy(lived: Lived, tmp_path: Path) -> Copy:
    return Copy(lived, tmp_path)


def found(copy: Copy) -> tuple[dict[str, int], str]:
    """Return what the judge counts, rows of nothing left out, and all that it says."""
    verdict = judge(copy.folder / "case.json", copy.case())
    _, _, counted = verdict.stdout.partition("\nLost\n")
    rows = (ROW.fullmatch(line) for line in counted.partition("\nApart\n")[0].splitlines())
    wrong = {row[1]: int(row[2]) for row in rows if row and int(row[2])}
    assert verdict.returncode == bool(wrong), verdict.stdout + verdict.stderr
    assert counted, verdict.stderr
    return wrong, verdict.stdout


def test_nothing_is_lost_and_nothing_doubled_while_parts_are_killed_and_kafka_is_wiped(
    lived: Lived, tmp_path: Path
) -> None:
    done = [f"{one['what']} {one.get('kind', '')}".strip() for one in lived.history()]

    verdict = judge(tmp_path / "case.json", lived.case)

    assert verdict.returncode == 0, verdict.stdout + verdict.stderr
    assert {"fault kill", "fault pause", "fault wipe", "accepted", "refused"} <= set(done)


def test_the_same_seed_gives_the_same_faults_and_one_of_them_wipes_kafka() -> None:
    faults = plan(3, 60, PARTS)

    assert faults == plan(3, 60, PARTS)
    assert faults != plan(4, 60, PARTS)
    assert [fault.part for fault in faults if fault.kind == "wipe"] == ["kafka"]


def test_it_finds_nothing_where_nothing_is_planted(copy: Copy) -> None:
    wrong, said = found(copy)

    assert wrong == {}, said


def test_it_finds_a_lost_event_a_doubled_mail_and_a_swapped_pair(copy: Copy, lived: Lived) -> None:
    (first, second), (other, _) = islice(pairs(copy.records), 2)
    swapped, lost = place(copy.records[first]), place(copy.records[other])
    copy.records[first], copy.records[second] = copy.records[second], copy.records[first]
    copy.records = [value for value in copy.records if place(value) != lost]
    mail = next(mail for mail in lived.mails() if message(mail) in lived.uninterrupted())
    shutil.copy(mail, copy.folder / "mail" / f"again-{mail.name}")

    wrong, said = found(copy)

    assert wrong == {LOST: 1, SWAPPED: 1, DOUBLED: 1}
    assert f"{OWNER} {lost[0]} sequence {lost[1]}\n" in said
    assert f"{OWNER} {swapped[0]} sequence {swapped[1]}\n" in said
    assert f"{message(mail)} came 2 times\n" in said


def test_it_finds_a_command_that_was_accepted_and_never_committed(copy: Copy) -> None:
    sent = next(line for line in copy.history if line.get("told", {}).get("local_date"))
    answer = {"what": "accepted", "at": sent["at"], "id": "", "version": 9, "position": "none"}
    told = {"local_date": "2027-01-01", "pain": 1}
    copy.history.append({**sent, "call": "planted", "key": "planted", "told": told})
    copy.history.append({**answer, "call": "planted"})

    wrong, _ = found(copy)

    assert wrong == {UNCOMMITTED: 1, UNTOLD: 1}


def test_it_finds_a_commit_that_nobody_asked_for(copy: Copy) -> None:
    practice = next(line for line in copy.history if line.get("path", "").endswith("/practice"))
    calls = {line["call"] for line in copy.history if line.get("key") == practice["key"]}
    copy.history = [line for line in copy.history if line.get("call") not in calls]

    wrong, _ = found(copy)

    assert wrong == {UNEXPLAINED: 1}


def message(mail: Path) -> str:
    """Return the id of the message that a delivered mail holds."""
    name = str(message_from_bytes(mail.read_bytes())["Message-ID"])
    return name.strip().strip("<>").partition("@")[0]
