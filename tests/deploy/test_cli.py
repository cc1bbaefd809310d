import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.local import pidfile
from deploy.local.cli import VERBS, main
from deploy.local.stack import SERVICES, Stack, StackError
from tests.deploy.programs import HERE, Run

HELP = """
import sys
from deploy.local.cli import main
main(["--help"], standalone_mode=False)
assert "deploy.local.commands" not in sys.modules
"""


def hep(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(one) for one in arguments])
    return result.exit_code, result.output


def test_help_names_every_verb_and_loads_none() -> None:
    shown = subprocess.run([sys.executable, "-c", HELP], capture_output=True, text=True, check=True)

    assert all(verb in shown.stdout for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_explains_itself(verb: str) -> None:
    code, shown = hep(verb, "--help")

    assert code == 0
    assert VERBS[verb] in shown


def test_status_shows_every_part_with_its_state_and_port(front: Stack) -> None:
    code, shown = hep("status", "--data", front.data)

    rows = {line.split()[0]: line.split() for line in shown.splitlines()}
    assert code == 0
    assert (rows["edge"][2], rows["edge"][5]) == ("ready", str(front.ports["edge"]))
    assert {"hep", "issuer", "prescription-serve"} < set(rows)


@pytest.mark.parametrize("part", ["edge", "issuer", "hep"])
def test_no_part_of_the_stack_itself_takes_more_than_60_mb(front: Stack, part: str) -> None:
    shown = hep("status", "--data", front.data)[1]

    row = next(line.split() for line in shown.splitlines() if line.startswith(part))
    assert int(row[4]) <= 60


def test_status_of_nothing_says_so_and_fails(tmp_path: Path) -> None:
    assert hep("status", "--data", tmp_path) == (3, f"Nothing runs for {tmp_path}.\n")


def test_a_second_start_on_the_same_data_is_refused(front: Stack) -> None:
    code, shown = hep("up", "--data", front.data)

    assert code == 1
    assert "runs for" in shown
    assert "`hep down` stops it" in shown


def test_down_stops_what_up_started(run: Run, tmp_path: Path) -> None:
    program = run(HERE / "front.py", tmp_path, "alone")
    program.says("Everything is up")

    assert hep("down", "--data", tmp_path) == (0, "Everything has stopped.\n")

    assert program.process.wait(20) == 0
    assert pidfile.read(tmp_path) == []


def test_token_prints_a_token(front: Stack) -> None:
    code, token = hep("token", "--as", "bo", "--data", front.data)

    assert code == 0
    assert token.count(".") == 2


def test_logs_of_one_part_are_shown(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "edge.log").write_text("one\ntwo\n")

    assert hep("logs", "edge", "--data", tmp_path) == (0, "edge | one\nedge | two\n")
    assert hep("logs", "nothing", "--data", tmp_path)[0] == 1


@pytest.mark.parametrize("verb", ["demo", "verify"])
def test_demo_and_verify_need_a_running_stack(tmp_path: Path, verb: str) -> None:
    code, shown = hep(verb, "--data", tmp_path)

    assert code == 1
    assert "start it by `hep up`" in shown


PASSED_ON = {
    ("parked",): [(service, "parked", "list") for service in SERVICES],
    ("parked", "reporting", "drain", "--rate", "60"): [
        ("reporting", "parked", "drain", "--rate", "60")
    ],
    ("parked", "reporting", "discard", "k", "--reason", "twice", "--actor", "opal"): [
        ("reporting", "parked", "discard", "k", "--reason", "twice", "--actor", "opal")
    ],
    ("undecodable", "adherence"): [("adherence", "undecodable", "list")],
    ("rebuild", "reporting", "timeline"): [("reporting", "rebuild", "timeline")],
    ("republish", "adherence"): [("adherence", "republish")],
    ("compare", "adherence"): [("adherence", "compare")],
    ("retry", "adherence"): [("adherence", "retry")],
    ("verify", "reporting", "--restore"): [("reporting", "verify", "--hep", "--restore")],
    ("verify",): [(service, "verify", "--hep") for service in SERVICES],
}


@pytest.mark.parametrize("typed", PASSED_ON, ids=" ".join)
def test_what_an_operator_types_is_passed_on_to_the_service(
    typed: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[str, ...]] = []

    def run(_: object, *command: str) -> int:
        ran.append(command)
        return 1

    monkeypatch.setattr("deploy.local.commands._running", lambda _: None)
    monkeypatch.setattr("deploy.local.verify.settled", lambda _: None)
    monkeypatch.setattr("deploy.local.service.run", run)

    assert hep(*typed)[0] == 1
    assert ran == PASSED_ON[typed]


def test_a_platform_that_does_not_come_to_rest_is_verified_as_it_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def restless(_: object) -> None:
        raise StackError("It did not come to rest: timeline@1 is behind adherence.")

    monkeypatch.setattr("deploy.local.commands._running", lambda _: None)
    monkeypatch.setattr("deploy.local.verify.settled", restless)
    monkeypatch.setattr("deploy.local.service.run", lambda *_: 0)

    code, shown = hep("verify", "reporting")

    assert code == 0
    assert "timeline@1 is behind adherence" in shown
