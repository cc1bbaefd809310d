import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from deploy.local import pidfile
from tests.deploy.programs import HERE, Program, Run
from tests.waiting import eventually

# A child that lives until it is told to end, and says when it is.
CALM = """
import signal, sys, time
def end(*_): print(sys.argv[1], time.monotonic(), flush=True); sys.exit()
signal.signal(signal.SIGTERM, end)
print("ready", flush=True)
while True: time.sleep(60)
"""


def calm(name: str, *after: str) -> dict[str, Any]:
    return {"name": name, "command": [sys.executable, "-c", CALM, name], "after": after}


def supervise(run: Run, data: Path, *children: dict[str, Any]) -> Program:
    return run(HERE / "standin.py", data, json.dumps(children))


def pids(data: Path) -> list[int]:
    return [one.pid for one in pidfile.read(data)]


def log_of(data: Path, name: str) -> str:
    return (data / "logs" / f"{name}.log").read_text()


def test_a_child_that_dies_starts_again_after_a_growing_pause_and_it_is_said(
    run: Run,
    tmp_path: Path,
) -> None:
    frail = {"name": "frail", "command": [sys.executable, "-c", "raise SystemExit(7)"]}

    program = supervise(run, tmp_path, calm("calm"), frail)

    program.says("frail ended with code 7 after ")
    program.says("starting it again in 0.1 s")
    program.says("starting it again in 0.2 s")
    program.says("starting it again in 0.4 s")
    assert "calm ended" not in program.said


def test_a_child_whose_port_another_program_took_is_said(run: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = {"command": [sys.executable, "-c", "raise SystemExit(1)"], "port": port}

        program = supervise(run, tmp_path, {"name": "late", **refused})

        program.says(f"another program has taken its port {port}; starting it again")


def test_a_killed_child_comes_back_and_its_restart_is_counted(run: Run, tmp_path: Path) -> None:
    program = supervise(run, tmp_path, calm("calm"))
    program.says("all up")

    os.kill(pids(tmp_path)[0], signal.SIGKILL)

    program.says("calm was ended by SIGKILL")
    eventually(lambda: pidfile.read(tmp_path)[0].state == "ready")
    assert pidfile.read(tmp_path)[0].restarts == 1


def test_ctrl_c_ends_every_child(run: Run, tmp_path: Path) -> None:
    program = supervise(run, tmp_path, calm("one"), calm("two"))
    program.says("all up")
    children = pids(tmp_path)

    assert program.end(signal.SIGINT) == 0

    assert not any(psutil.pid_exists(pid) for pid in children)


def test_a_child_that_ignores_the_request_to_end_is_killed(run: Run, tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); "
    child = {"name": "deaf", "command": [sys.executable, "-c", deaf + "time.sleep(60)"]}
    program = supervise(run, tmp_path, child)
    program.says("all up")
    eventually(lambda: "deaf" in log_of(tmp_path, "deaf"))

    assert program.end() == 0

    assert not psutil.pid_exists(pids(tmp_path)[0])


def test_a_child_stops_before_those_it_came_after(run: Run, tmp_path: Path) -> None:
    program = supervise(run, tmp_path, calm("engine"), calm("service", "engine"))
    program.says("all up")
    for name in ("engine", "service"):
        eventually(lambda name=name: "ready" in log_of(tmp_path, name))

    program.end()

    ended = {name: float(log_of(tmp_path, name).split()[-1]) for name in ("engine", "service")}
    assert ended["service"] < ended["engine"]


def test_a_killed_supervisor_leaves_no_child_behind(run: Run, tmp_path: Path) -> None:
    program = supervise(run, tmp_path, calm("one"), calm("two", "one"))
    program.says("all up")
    children = pidfile.read(tmp_path)

    program.end(signal.SIGKILL)

    eventually(lambda: not any(child.alive for child in children))


def test_a_child_that_never_comes_up_stops_all_and_shows_its_log(run: Run, tmp_path: Path) -> None:
    broken = {
        "name": "broken",
        "command": [sys.executable, "-c", "raise SystemExit('no such disk')"],
        "port": 9,
    }

    program = supervise(run, tmp_path, calm("calm"), broken)

    assert program.process.wait(20) == 1
    assert "broken ended 3 times and cannot start" in program.said
    assert "| no such disk" in program.said
    assert not any(child.alive for child in pidfile.read(tmp_path))


def test_what_an_earlier_run_left_is_ended_by_its_pid_file(tmp_path: Path) -> None:
    left = subprocess.Popen(["sleep", "60"], start_new_session=True)
    record = pidfile.Record("left", "ready", left.pid, pidfile.started(left.pid))
    pidfile.write(tmp_path, record)

    assert pidfile.end_stale(tmp_path) == ["left"]

    assert left.wait(5) == -signal.SIGTERM


def test_a_process_is_itself_after_the_clock_was_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Setting the clock moves the moment of the boot, from which times of day are counted."""
    record = pidfile.Record("me", "ready", os.getpid(), pidfile.started(os.getpid()))
    stat = Path("/proc/stat").read_text()
    (tmp_path / "stat").write_text(re.sub(r"(?m)^btime .*", "btime 1000000000", stat))
    (tmp_path / str(os.getpid())).symlink_to(f"/proc/{os.getpid()}")

    monkeypatch.setattr(psutil, "PROCFS_PATH", str(tmp_path))

    assert record.alive


def test_a_process_that_got_the_id_of_an_old_one_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    earlier = pidfile.started(os.getpid())
    pidfile.write(tmp_path, pidfile.Record("old", "ready", stranger.pid, earlier))

    assert pidfile.end_stale(tmp_path) == []

    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()
