"""Master keys: the newest wraps, all unwrap, and a file of them may change under a process."""

from base64 import b64encode
from pathlib import Path

import pytest

from shared.keyring import KeyFile, KeyMissing, MasterKeys, Wrapped, identify

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
KEY = b"k" * 32


def write(path: Path, *keys: bytes) -> Path:
    path.write_text("".join(b64encode(key).decode() + "\n" for key in keys))
    return path


def test_the_newest_wraps_and_what_is_wrapped_names_it() -> None:
    ring = MasterKeys({"old": OLD, "new": NEW})

    wrapped = ring.wrap(KEY, "north|p1")

    assert wrapped.master == "new"
    assert ring.unwrap(wrapped, "north|p1") == KEY


def test_an_older_one_still_unwraps() -> None:
    wrapped = MasterKeys({"old": OLD}).wrap(KEY, "north|p1")

    assert MasterKeys({"old": OLD, "new": NEW}).unwrap(wrapped, "north|p1") == KEY


def test_what_was_wrapped_before_keys_had_ids_is_unwrapped_by_any() -> None:
    wrapped = MasterKeys({"old": OLD}).wrap(KEY, "north|p1")

    ring = MasterKeys({"new": NEW, "old": OLD})

    assert ring.unwrap(Wrapped("", wrapped.data), "north|p1") == KEY


def test_a_key_is_bound_to_its_name() -> None:
    ring = MasterKeys({"old": OLD})

    with pytest.raises(KeyMissing):
        ring.unwrap(ring.wrap(KEY, "north|p1"), "north|p2")


def test_a_key_that_is_not_there_is_named() -> None:
    wrapped = MasterKeys({"old": OLD}).wrap(KEY, "north|p1")

    with pytest.raises(KeyMissing, match="old"):
        MasterKeys({"new": NEW}).unwrap(wrapped, "north|p1")


def test_a_file_that_grows_is_read_anew(tmp_path: Path) -> None:
    ring = KeyFile(write(tmp_path / "keys", OLD))
    assert ring.newest == identify(OLD)

    write(tmp_path / "keys", OLD, NEW)

    assert ring.wrap(KEY, "north|p1").master == identify(NEW)


def test_a_process_that_reads_what_another_wrapped_looks_into_the_file_again(
    tmp_path: Path,
) -> None:
    behind = KeyFile(write(tmp_path / "keys", OLD))
    write(tmp_path / "keys", OLD, NEW)
    wrapped = KeyFile(tmp_path / "keys").wrap(KEY, "north|p1")

    assert behind.unwrap(wrapped, "north|p1") == KEY


def test_what_is_derived_follows_from_the_oldest(tmp_path: Path) -> None:
    before = KeyFile(write(tmp_path / "keys", OLD)).derive("forms")

    assert KeyFile(write(tmp_path / "keys", OLD, NEW)).derive("forms") == before


def test_a_file_that_is_just_being_written_changes_nothing(tmp_path: Path) -> None:
    ring = KeyFile(write(tmp_path / "keys", OLD))

    (tmp_path / "keys").write_text("")

    assert ring.newest == identify(OLD)
    write(tmp_path / "keys", OLD, NEW)
    assert ring.newest == identify(NEW)


@pytest.mark.parametrize("text", ["", "c2hvcnQ=\n", "no base64!"])
def test_a_file_without_whole_keys_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys").write_text(text)

    with pytest.raises(ValueError, match="32 bytes in base64"):
        KeyFile(tmp_path / "keys")
