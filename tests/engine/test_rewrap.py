"""Master keys are replaced while people read and write; nothing is lost and nothing comes back."""

import threading
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pymongo.collection import Collection

from shared.keyring import KeyFile, identify
from shared.main import command_line
from shared.mongo import Database
from shared.vault import KEYS, PAGE, Vault

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
PEOPLE = [f"p{number:04d}" for number in range(PAGE + 50)]


def write(path: Path, *keys: bytes) -> Path:
    path.write_text("".join(b64encode(key).decode() + "\n" for key in keys))
    return path


def masters(database: Database) -> set[str]:
    return {document.get("master", "") for document in database[KEYS].find({})}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path / "keys", OLD)


@pytest.fixture
def vault(database: Database, path: Path) -> Vault:
    """A vault with more than a page of people's keys."""
    vault = Vault(database, KeyFile(path))
    vault.prepare()
    for person in PEOPLE:
        vault.seal("north", person, person, {"name": person}, words=[person])
    return vault


def test_after_rewrapping_the_old_master_key_can_be_taken_away(
    vault: Vault, database: Database, path: Path
) -> None:
    write(path, OLD, NEW)

    assert vault.rewrap() == len(PEOPLE) + 1

    write(path, NEW)
    alone = Vault(database, KeyFile(path))
    assert masters(database) == {identify(NEW)}
    assert alone.open("north", PEOPLE) == {person: {"name": person} for person in PEOPLE}
    assert alone.find("north", ["p0007"]) == ["p0007"]


def test_secrets_of_the_service_outlive_their_master_key(
    vault: Vault, database: Database, path: Path
) -> None:
    before = vault.secret("forms")
    write(path, OLD, NEW)
    vault.rewrap()
    write(path, NEW)

    assert Vault(database, KeyFile(path)).secret("forms") == before


def test_what_was_stored_before_keys_had_ids_is_read_and_wrapped_anew(
    vault: Vault, database: Database, path: Path
) -> None:
    assert vault.find("north", ["p0007"]) == ["p0007"]
    # As it was: no id beside a key, and blind indexes under what derives from the master key.
    database[KEYS].update_many({}, {"$unset": {"master": ""}})
    database[KEYS].delete_one({"_id": "|index|north"})
    write(path, OLD, NEW)

    Vault(database, KeyFile(path)).rewrap()

    write(path, NEW)
    alone = Vault(database, KeyFile(path))
    assert alone.open("north", ["p0007"]) == {"p0007": {"name": "p0007"}}
    assert alone.find("north", ["p0007"]) == ["p0007"]


def test_cut_off_it_is_done_again(
    vault: Vault, database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(path, OLD, NEW)
    update, calls = Collection.update_one, count()

    def killed(self: Any, *args: Any, **kwargs: Any) -> Any:
        if next(calls) == 20:
            raise KeyboardInterrupt
        return update(self, *args, **kwargs)

    monkeypatch.setattr(Collection, "update_one", killed)
    with pytest.raises(KeyboardInterrupt):
        vault.rewrap()
    monkeypatch.undo()
    assert masters(database) == {identify(OLD), identify(NEW)}
    assert vault.open("north", PEOPLE[:40]) == {who: {"name": who} for who in PEOPLE[:40]}

    assert vault.rewrap() == len(PEOPLE) + 1 - 20

    assert masters(database) == {identify(NEW)}


@pytest.mark.invariant(n=13)
def test_a_key_that_is_destroyed_meanwhile_stays_destroyed(
    vault: Vault, database: Database, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(path, OLD, NEW)
    update = Collection.update_one

    def erasing(self: Any, chosen: Any, *args: Any, **kwargs: Any) -> Any:
        if chosen["_id"] == "north|p0007":
            monkeypatch.undo()  # what is destroyed leaves a mark, by an update too
            vault.erase("north", "p0007")
        return update(self, chosen, *args, **kwargs)

    monkeypatch.setattr(Collection, "update_one", erasing)
    vault.rewrap()

    kept = {"_id": "north|p0007", "wrapped": {"$exists": True}}
    assert database[KEYS].count_documents(kept) == 0


@contextmanager
def running(work: Callable[[int], None]) -> Iterator[list[int]]:
    """Do a piece of work again and again beside the test; what was done is listed."""
    stop, done = threading.Event(), list[int]()
    faults: list[BaseException] = []

    def run() -> None:
        try:
            for number in count():
                if stop.is_set():
                    return
                work(number)
                done.append(number)
        except BaseException as fault:  # noqa: BLE001 - told by the test itself
            faults.append(fault)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield done
    finally:
        stop.set()
        thread.join()
    assert faults == []


def test_people_write_and_read_while_keys_are_rewrapped(
    vault: Vault, database: Database, path: Path
) -> None:
    # Another process, which has read the file when it held the old key alone.
    other = Vault(database, KeyFile(path))

    def work(number: int) -> None:
        other.seal("north", f"w{number}", f"w{number}", number, words=[f"word{number}"])
        assert other.open("north", [f"w{number}", PEOPLE[number % len(PEOPLE)]])

    with running(work) as done:
        write(path, OLD, NEW)
        vault.rewrap()
        vault.rewrap()
        write(path, NEW)
        work(10_000)

    alone = Vault(database, KeyFile(path))
    assert len(done) > 0
    assert masters(database) == {identify(NEW)}
    written = [f"w{number}" for number in done]
    assert sorted(alone.open("north", written)) == sorted(written)


def test_an_operator_rewraps_by_command(
    vault: Vault, database: Database, mongodb: str, path: Path, tmp_path: Path
) -> None:
    write(path, OLD, NEW)
    (tmp_path / "secret").write_text("secret")
    environment = {
        "HEP_MONGODB": mongodb,
        "HEP_DATABASE": database.name,
        "HEP_KAFKA": "",
        "HEP_ISSUER": "http://localhost/issuer",
        "HEP_ORIGIN": "http://localhost",
        "HEP_CLIENT_SECRET_FILE": str(tmp_path / "secret"),
        "HEP_MASTER_KEY_FILE": str(path),
    }

    told = CliRunner().invoke(command_line("adherence"), ["rewrap"], env=environment)

    assert masters(database) == {identify(NEW)}
    assert vault.open("north", ["p0007"])
    assert f"{len(PEOPLE) + 1} keys were under another master key" in told.stdout
