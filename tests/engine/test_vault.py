"""Sealed documents: readable with the key, found by words, gone when erased."""

import bson
import pytest

from shared.keyring import KeyMissing, MasterKeys
from shared.mongo import Database
from shared.vault import Vault

MASTER = MasterKeys({"m1": bytes(range(32))})
CARD = {"name": "Ana Ruiz Ochoa", "email": "ana@example.org"}


@pytest.fixture
def vault(database: Database) -> Vault:
    vault = Vault(database, MASTER)
    vault.prepare()
    return vault


def test_what_was_sealed_opens_again(vault: Vault) -> None:
    vault.seal("north", "p1", "p1", CARD)
    vault.seal("north", "p1", "note-1", "It hurts on stairs.")

    assert vault.open("north", ["p1", "note-1", "nothing"]) == {
        "p1": CARD,
        "note-1": "It hurts on stairs.",
    }


@pytest.mark.invariant(n=12)
def test_another_tenant_opens_nothing(vault: Vault) -> None:
    vault.seal("north", "p1", "p1", CARD)

    assert vault.open("south", ["p1"]) == {}


@pytest.mark.invariant(n=13)
def test_no_plain_text_is_stored(vault: Vault, database: Database) -> None:
    vault.seal("north", "p1", "p1", CARD, words=CARD["name"].split())

    stored = b"".join(
        bson.encode(document) for name in ("sealed", "keys") for document in database[name].find()
    )
    assert b"p1" in stored
    assert b"Ruiz" not in stored
    assert b"ruiz" not in stored
    assert b"ana@" not in stored


def test_a_name_is_found_by_its_words_whatever_case_or_accent(vault: Vault) -> None:
    vault.seal("north", "p1", "p1", {}, words=["José", "Núñez"])
    vault.seal("north", "p2", "p2", {}, words=["José", "Lima"])

    assert vault.find("north", ["jose", "NUNEZ"]) == ["p1"]
    assert sorted(vault.find("north", ["jose"])) == ["p1", "p2"]
    assert vault.find("south", ["jose"]) == []


@pytest.mark.invariant(n=13)
def test_an_erased_person_is_unreadable_and_others_stay(vault: Vault, database: Database) -> None:
    vault.seal("north", "p1", "p1", CARD)
    vault.seal("north", "p1", "note-1", "words")
    vault.seal("north", "p2", "p2", {"name": "Bo"})
    copies = list(database["sealed"].find({"subject": "north|p1"}))

    assert vault.erase("north", "p1") == 2

    database["sealed"].insert_many(copies)  # as a restored backup would
    assert vault.open("north", ["p1", "note-1", "p2"]) == {"p2": {"name": "Bo"}}


def test_another_master_key_is_told(vault: Vault, database: Database) -> None:
    vault.seal("north", "p1", "p1", CARD)

    with pytest.raises(KeyMissing, match="m1"):
        Vault(database, MasterKeys({"m2": bytes(32)})).open("north", ["p1"])


def test_sealing_again_replaces(vault: Vault) -> None:
    vault.seal("north", "p1", "p1", {"name": "Ana"})
    vault.seal("north", "p1", "p1", {"name": "Anna"})

    assert vault.open("north", ["p1"]) == {"p1": {"name": "Anna"}}


def test_what_was_sealed_while_its_key_was_destroyed_is_erased_and_hides_nothing(
    vault: Vault, database: Database
) -> None:
    vault.seal("north", "p1", "late", "It hurts on stairs.")
    database["keys"].delete_many({})
    vault.seal("north", "p1", "later", "Not any more.")

    assert vault.open("north", ["late", "later"]) == {"later": "Not any more."}
