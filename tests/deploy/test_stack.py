import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local import keys, ports, stack, up
from deploy.local.stack import SERVICES, Stack, StackError
from shared import settings

ELSEWHERE = {"HEP_KAFKA": "kafka.example:9092", "HEP_MONGODB": "mongodb://mongo.example"}


def silent(line: str) -> None:
    """Hear nothing."""


@contextmanager
def taken(port: int) -> Iterator[None]:
    with socket.socket() as sock:
        # Connections that an earlier server left behind do not count.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        sock.listen()
        yield


def test_every_part_has_a_port_of_its_own(tmp_path: Path) -> None:
    found = up.prepare(tmp_path, None, {}, silent)

    assert len(set(found.ports.values())) == len(found.ports) == 13


def test_the_next_start_uses_the_same_ports(tmp_path: Path) -> None:
    first = up.prepare(tmp_path, None, {}, silent)

    assert up.prepare(tmp_path, None, {}, silent) == first
    assert stack.load(tmp_path) == first


def test_a_taken_port_gives_another_and_it_is_said(tmp_path: Path) -> None:
    said: list[str] = []
    first = up.prepare(tmp_path, None, {}, silent)

    with taken(first.ports["edge"]):
        second = up.prepare(tmp_path, None, {}, said.append)

    assert second.ports["edge"] != first.ports["edge"]
    assert second.ports["issuer"] == first.ports["issuer"]
    edges = first.ports["edge"], second.ports["edge"]
    assert said == [f"Port {edges[0]} is taken: edge uses {edges[1]}."]


def test_an_engine_given_elsewhere_is_not_embedded(tmp_path: Path) -> None:
    found = up.prepare(tmp_path, None, ELSEWHERE, silent)

    assert (found.kafka, found.mongodb) == tuple(ELSEWHERE.values())
    assert up.engines(found) == []
    assert all(child.after == () for child in up.services(found))


def test_work_waits_for_both_engines_and_serve_for_the_store_alone(tmp_path: Path) -> None:
    children = up.services(up.prepare(tmp_path, None, {}, silent))

    after = {child.name: set(child.after) for child in children}
    assert after["adherence-work"] == {"kafka", "secantus"}
    assert after["adherence-serve"] == {"secantus"}


@pytest.mark.parametrize("wanted", ["0", "13", "two"])
def test_a_number_of_processes_that_cannot_be_is_said(tmp_path: Path, wanted: str) -> None:
    with pytest.raises(StackError, match="HEP_WORKERS must be a number from 1 to 12"):
        up.prepare(tmp_path, None, {"HEP_WORKERS": wanted}, silent)


def test_stacks_that_start_at_once_may_look_for_ports_apart(tmp_path: Path) -> None:
    found = up.prepare(tmp_path, None, {"HEP_FIRST_PORT": "20480"}, silent)

    assert all(20480 <= port < 20480 + ports.SPAN for port in found.ports.values())


@pytest.mark.parametrize("wanted", ["80", "65001", "high"])
def test_a_first_port_that_cannot_be_is_said(tmp_path: Path, wanted: str) -> None:
    with pytest.raises(StackError, match="HEP_FIRST_PORT must be a port from 1024 to 65000"):
        up.prepare(tmp_path, None, {"HEP_FIRST_PORT": wanted}, silent)


def test_several_processes_may_share_the_work_of_each_service(tmp_path: Path) -> None:
    found = up.prepare(tmp_path, None, {"HEP_WORKERS": "2"}, silent)
    children = {child.name: child for child in up.services(found)}

    assert len(children) == len(SERVICES) * 3
    second = children["adherence-work-2"]
    assert second.command[-2:] == ["adherence", "work"]
    assert second.environment["HEP_METRICS_PORT"] == str(second.port)
    assert second.port != children["adherence-work"].port


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("role", ["serve", "work"])
def test_a_service_can_read_its_settings(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    service: str,
    role: str,
) -> None:
    found = up.prepare(tmp_path, None, {}, silent)
    for name, value in found.environment(f"{service}-{role}").items():
        monkeypatch.setenv(name, value)

    read = settings.read(service)

    assert read.issuer == f"{read.origin}/issuer"
    assert read.peers["reporting"] == found.serve("reporting")
    assert read.ring.newest


def test_secrets_are_for_their_owner_alone_and_stay_the_same(tmp_path: Path) -> None:
    file = keys.client_secret(tmp_path, "adherence")
    secret = file.read_text()

    assert keys.client_secret(tmp_path, "adherence").read_text() == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_stack_that_was_never_started_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="run `hep up`"):
        stack.load(tmp_path)


def test_a_token_needs_a_running_issuer(tmp_path: Path) -> None:
    found: Stack = up.prepare(tmp_path, None, ELSEWHERE, silent)

    with pytest.raises(StackError, match="is `hep up` running"):
        stack.token(found, "ada")


def test_the_welcome_says_where_to_open_it_whom_to_be_and_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = up.prepare(tmp_path / ".hep", None, ELSEWHERE, silent)
    monkeypatch.chdir(tmp_path)

    said = up.welcome(found, 3)

    assert f"{found.origin}/" in said
    assert "Bo (therapist)" in said
    assert "hep demo loads twelve patients" in said


def test_another_data_directory_is_in_the_command_that_is_said(tmp_path: Path) -> None:
    found = up.prepare(tmp_path, None, ELSEWHERE, silent)

    assert up.called(found, "demo").endswith(f"hep demo --data {os.path.relpath(tmp_path)}")
