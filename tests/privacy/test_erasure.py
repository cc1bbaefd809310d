"""A patient is forgotten in all four services, once, by themselves, with a certificate."""

from typing import Any

import pytest

from notifications.queries import unsent
from shared.aside import COLLECTION as ASIDE
from shared.due import DUE
from shared.envelope import decode, encode
from shared.errors import NotFound
from shared.forget import forget
from shared.ledger import LEDGERS, PARKED, ledger_id
from shared.mongo import Database
from shared.park import DISCARDED
from shared.park import PARKED as RECORDS
from shared.publication import topic_name
from shared.send import INTENTS
from shared.vault import Vault
from tests.events import event
from tests.given import RING
from tests.privacy.world import NORTH, Practice

SERVICES = ["adherence", "notifications", "prescription", "reporting"]


def test_every_service_forgets_and_the_certificate_says_so(practice: Practice) -> None:
    assert practice.erase().status_code == 200
    asked = practice.certificate()
    assert asked["outstanding"] == ["prescription", "adherence", "notifications", "reporting"]

    practice.turn()

    told = practice.certificate()
    assert (told["patient"], told["by"]) == (practice.patient, "administrator-1")
    assert [one["service"] for one in told["completed"]] == SERVICES
    assert told["outstanding"] == []
    sealed = {one["service"]: one["sealed"] for one in told["completed"]}
    assert sealed["prescription"] > 3
    assert sealed["adherence"] == 1
    for name in SERVICES:
        kept = practice.database(name)["sealed"]
        assert kept.count_documents({"subject": f"{NORTH}|{practice.patient}"}) == 0


def test_the_certificate_says_what_outlives_the_erasure(practice: Practice) -> None:
    practice.erase()

    left = {one["name"]: one["until"] for one in practice.certificate()["outlives"]}

    assert left.keys() == {"engine_log", "backups", "events", "audit"}
    assert left["engine_log"] == "2026-10-07"
    assert left["backups"] is None


def test_nobody_asked_for_is_no_certificate(practice: Practice) -> None:
    told = practice.certificate()

    assert (told["asked"], told["outstanding"]) == (None, [])


def test_a_service_that_was_away_does_it_later_without_being_asked(practice: Practice) -> None:
    practice.erase()
    practice.turn("prescription", "adherence", "reporting")
    assert practice.certificate()["outstanding"] == ["notifications"]

    practice.turn()

    assert practice.certificate()["outstanding"] == []


def test_cut_off_and_done_again_it_tells_what_the_first_time_destroyed(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.erase()

    def killed(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("shared.privacy._complete", killed)
    practice.turn()
    monkeypatch.undo()
    assert practice.certificate()["completed"] == []
    for name in SERVICES:
        now = practice.service(name).clock()
        practice.database(name)[DUE].update_many({}, {"$set": {"due_at": now}})

    practice.turn()

    sealed = {one["service"]: one["sealed"] for one in practice.certificate()["completed"]}
    assert sealed["adherence"] == 1


def test_what_is_published_of_an_erasure_is_counts_and_an_id(practice: Practice) -> None:
    practice.erase()
    practice.turn()

    (told,) = [one for one in practice.published("adherence") if one.type.endswith("completed.v1")]

    assert told.key == f"{NORTH}|{practice.patient}"
    assert told.data["patient"] == practice.patient
    assert {type(number) for number in told.data["destroyed"].values()} == {int}


def test_nothing_that_comes_late_is_kept(practice: Practice) -> None:
    practice.erase()
    practice.turn()
    vault = practice.service("adherence").vault

    with pytest.raises(NotFound):
        vault.seal(NORTH, practice.patient, "late", "It hurts on stairs.")

    assert vault.open(NORTH, ["late"]) == {}
    assert vault.erased(NORTH, [practice.patient, "p2"]) == {practice.patient}


def test_a_message_that_was_still_to_be_sent_is_not_sent(practice: Practice) -> None:
    database = practice.database("notifications")
    planned = len(unsent(practice.service("notifications"), NORTH, practice.patient))
    practice.erase()
    practice.turn()

    practice.send("notifications")

    assert planned > 0
    told = {one["service"]: one["intents"] for one in practice.certificate()["completed"]}
    assert told["notifications"] == planned
    assert database[INTENTS].count_documents({"state": "failed", "reason": "erased"}) == planned
    failed = [one for one in practice.published("notifications") if "failed" in one.type]
    assert {one.data["reason"] for one in failed} == {"erased"}


def test_no_reminder_is_decided_any_more(practice: Practice) -> None:
    database = practice.database("notifications")
    reminders = {"kind": "remind", "data.patient": practice.patient}
    waiting = database[DUE].count_documents({**reminders, "state": "open"})

    practice.erase()
    practice.turn()

    assert waiting > 0
    assert database[DUE].count_documents({**reminders, "state": "open"}) == 0


@pytest.mark.parametrize("service", ["adherence", "notifications"])
def test_other_patients_keep_all(practice: Practice, service: str) -> None:
    database = practice.database(service)
    others = {"data.patient": {"$ne": practice.patient}, "kind": "remind"}
    before = database[DUE].count_documents({**others, "state": "open"})

    practice.erase()
    practice.turn()

    assert database[DUE].count_documents({**others, "state": "open"}) == before


def test_a_program_of_an_erased_patient_has_no_timeline(practice: Practice) -> None:
    path = f"/reporting/v1/programs/{practice.program}/timeline"
    assert practice.get(path, "therapist").status_code == 200

    practice.erase()
    practice.turn()

    assert practice.get(path, "therapist").status_code == 404
    assert practice.get(path, "patient", patient=practice.patient).status_code == 404


GONE = event("prescription.patient.erased", "patient-ana", {"patient": "ana"}, sequence=2)


def park(database: Database, patient: str) -> str:
    """Park a patient's key as a handler that fails does."""
    found = event("prescription.patient.erased", f"patient-{patient}", {"patient": patient})
    ledger = ledger_id("lists@1", topic_name("prescription"), 1, found.key)
    state = {"consumer": "lists@1", "state": PARKED, "since": None, "streams": {}, "seen": {}}
    database[LEDGERS].insert_one({"_id": ledger, **state})
    database[RECORDS].insert_one(
        {
            "_id": ledger,
            "tenant": "north",
            "type": found.type,
            "subject": found.subject,
            "sequence": 1,
            "last": 1,
            "error": "KeyError",
            "raw": encode(found),
        }
    )
    return ledger


def test_a_parked_record_is_discarded_and_its_key_goes_on(database: Database) -> None:
    ledger, other = park(database, "ana"), park(database, "bea")

    assert forget(database, "ana")["parked"] == 1

    assert [found["_id"] for found in database[RECORDS].find({})] == [other]
    (kept,) = database[DISCARDED].find({})
    assert decode(kept["raw"]).data == {}
    assert (database[LEDGERS].find_one({"_id": ledger}) or {})["state"] == "open"


def test_what_was_discarded_before_keeps_its_place_alone(database: Database) -> None:
    record = {"tenant": "north", "subject": GONE.subject, "reason": "Ana asked me to."}
    database[DISCARDED].insert_one({"_id": "k", **record, "raw": encode(GONE)})

    forget(database, "ana")

    (kept,) = database[DISCARDED].find({})
    assert (decode(kept["raw"]).commit, decode(kept["raw"]).data) == (GONE.commit, {})
    assert "Ana asked" not in kept["reason"]


def test_records_that_are_no_events_and_name_the_patient_are_destroyed(database: Database) -> None:
    for name, raw in (("a", b"not JSON of ana"), ("b", b"of nobody"), ("c", None)):
        database[ASIDE].insert_one({"_id": name, "raw": raw, "reason": "no JSON"})

    assert forget(database, "ana") == {"parked": 0, "undecodable": 1}

    assert [found["_id"] for found in database[ASIDE].find({}).sort("_id", 1)] == ["b", "c"]


def test_what_an_earlier_run_told_stays_the_greater(database: Database) -> None:
    vault = Vault(database, RING)
    vault.seal("north", "ana", "note", "words")

    assert [vault.erase("north", "ana"), vault.erase("north", "ana")] == [1, 1]
    vault.mark("north", "ana", {"parked": 0})
    assert vault.destroyed("north", "ana") == {"sealed": 1, "parked": 0}
