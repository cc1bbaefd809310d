"""What is logged: which fault and where, and never its text, which may hold a person's words."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog

from shared import logs


@contextmanager
def configured() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.configure("counting", "work")
    try:
        yield
    finally:
        structlog.reset_defaults()
        structlog.contextvars.clear_contextvars()
        root.handlers[:] = handlers
        root.setLevel(level)


def refuse(word: str) -> None:
    raise KeyError(word)


def fail() -> None:
    try:
        refuse("Ana Ruiz")
    except KeyError as fault:
        raise ValueError("ana@example.org") from fault


@pytest.mark.invariant(n=15)
@pytest.mark.parametrize("logger", [structlog.get_logger, logging.getLogger])
def test_a_fault_is_logged_by_kind_and_place_without_its_text(
    capsys: pytest.CaptureFixture[str], logger: Callable[[str], Any]
) -> None:
    with configured():
        try:
            fail()
        except ValueError:
            logger("tried").exception("outcome_not_recorded")

    (line,) = capsys.readouterr().out.splitlines()
    outer, inner = json.loads(line)["faults"]
    assert (outer["fault"], inner["fault"]) == ("ValueError", "KeyError")
    assert inner["at"][-1].endswith(" refuse")
    assert "ruiz" not in line.lower()
    assert "example.org" not in line


def test_what_the_kafka_client_says_again_and_again_is_logged_once_a_minute(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1_000.0]
    monkeypatch.setattr("time.time", lambda: now[0])
    with configured():
        # Ten minutes of a broker that refuses, and one other thing.
        for _ in range(600):
            logging.getLogger("kafka.net.manager").error("Connection failed: %s", now)
            logging.getLogger("counting").warning("counted")
            now[0] += 1
        logging.getLogger("kafka.net.manager").error("Bootstrap failed: %s", now)

    lines = [json.loads(line)["event"] for line in capsys.readouterr().out.splitlines()]
    assert len([line for line in lines if line.startswith("Connection failed")]) == 10
    assert len([line for line in lines if line.startswith("Bootstrap failed")]) == 1
    assert lines.count("counted") == 600
