"""Playing the script: to whom what is sent, and where the clock stands; the API is a memory."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from deploy.local import clock, up
from deploy.local.demo.play import Player, back_to_now
from deploy.local.demo.script import Step, steps
from deploy.local.people import Person, person
from deploy.local.stack import Stack
from prescription.catalogue import catalogue
from tests.deploy.test_stack import ELSEWHERE, silent

HOUR = timedelta(hours=1)
SOON = timedelta(seconds=5)


@dataclass
class Memory:
    """Accepts every command once, and answers a repeated one as before."""

    known: dict[tuple[str, str, str], tuple[str, Any]] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    versions: list[str] = field(default_factory=list)

    def post(
        self, who: str, path: str, body: Mapping[str, Any], key: str, version: str = ""
    ) -> Any:
        again = (who, path, key) in self.known
        identity, before = self.known.setdefault((who, path, key), (f"id{len(self.known)}", body))
        assert before == body
        self.versions.append(version)
        headers = {"Idempotent-Replay": "true"} if again else {}
        return SimpleNamespace(headers=headers, json=lambda: {"id": identity})

    def get(self, who: str, path: str) -> Any:
        if "/exercises?" in path:
            assert self.known, "nobody has a library before there is a practice"
            start = int(path.split("cursor=")[1] or 0)
            words = [*catalogue().entries, None][start : start + 50]
            items = [{"id": f"of-{word}", "word": word} for word in words]
            following = str(start + 50) if len(words) == 50 else None
            return SimpleNamespace(json=lambda: {"items": items, "next": following})
        return SimpleNamespace(headers={"ETag": f'"{who} {path}"'})

    def enroll(self, someone: Person) -> None:
        self.people[someone.subject] = someone


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    return up.prepare(tmp_path, None, ELSEWHERE, silent)


def play(stack: Stack, memory: Memory) -> Player:
    player = Player(stack, memory)  # type: ignore[arg-type]
    for step in steps():
        player.send(step)
    return player


def called(name: str) -> Step:
    return next(step for step in steps() if step.name == name)


def test_a_second_run_finds_everything_accepted(stack: Stack) -> None:
    memory = Memory()

    first, second = play(stack, memory), play(stack, memory)

    assert (first.fresh, second.fresh) == (len(steps()), 0)
    assert first.ids == second.ids


def test_names_are_sent_as_the_ids_that_were_made(stack: Stack) -> None:
    memory = Memory()

    ids = play(stack, memory).ids

    paths = {key: path for _, path, key in memory.known}
    assert (
        paths["demo:session:lucia:1"] == f"/adherence/v1/programs/{ids['program:lucia']}/sessions"
    )
    assert "'@" not in str(memory.known)
    assert ids["catalogue:ankle-pump"] == "of-ankle-pump"
    assert "'of-ankle-pump'" in str(memory.known)


def test_a_change_names_the_version_that_was_read(stack: Stack) -> None:
    memory = Memory()

    ids = play(stack, memory).ids

    changes = [step for step in steps() if step.read]
    assert len([version for version in memory.versions if version]) == len(changes)
    assert f'"kwame /prescription/v1/programs/{ids["program:jonah"]}"' in memory.versions


def test_everybody_can_sign_in_a_patient_with_the_patients_id(stack: Stack) -> None:
    memory = Memory()

    ids = play(stack, memory).ids

    assert memory.people["lucia"].patient == ids["patient:lucia"]
    assert memory.people["ines"].patient is None
    for someone in memory.people.values():
        fields = {name: getattr(someone, name) for name in Person.__dataclass_fields__}
        assert person(fields) == someone


def test_the_clock_moves_on_and_never_back(stack: Stack) -> None:
    player, moment = Player(stack, Memory()), called("session:lucia:1").moment  # type: ignore[arg-type]

    player.move(moment)
    player.move(moment - HOUR)

    assert moment <= clock.now(stack) < moment + SOON


def test_another_run_moves_it_back_to_where_it_goes_on(stack: Stack) -> None:
    moment = called("session:lucia:1").moment
    clock.move(stack, moment + HOUR)

    Player(stack, Memory()).move(moment)  # type: ignore[arg-type]

    assert moment <= clock.now(stack) < moment + SOON


def test_the_way_back_to_today_is_said(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    clock.move(stack, called("session:lucia:1").moment)

    back_to_now(stack)

    assert not stack.clock.exists()
    assert "today's time again" in capsys.readouterr().out
