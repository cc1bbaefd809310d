from pathlib import Path

import pytest

from deploy.local import engines, jars
from deploy.local.engines import EngineError


def test_all_are_missing_where_none_was_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("M2_REPO", str(tmp_path))

    assert jars.missing() == [coordinate for coordinate, _ in jars.pins()]


def test_none_is_missing_after_they_were_fetched() -> None:
    fetched = engines.fetch_jars()

    assert jars.missing() == []
    assert fetched == [jars.kept(coordinate) for coordinate, _ in jars.pins()]


def test_a_jar_that_is_not_the_pinned_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("M2_REPO", str(tmp_path))
    for coordinate, _ in jars.pins():
        jars.kept(coordinate).parent.mkdir(parents=True, exist_ok=True)
        jars.kept(coordinate).write_bytes(b"another")

    with pytest.raises(EngineError, match="is not the pinned file"):
        engines.fetch_jars()


def test_a_machine_without_a_network_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("M2_REPO", str(tmp_path))
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    with pytest.raises(EngineError, match=r"cannot be fetched .* HEP_KAFKA"):
        engines.fetch_jars()
