"""What a device sends later: taken once, changed where it was told before, or refused."""

import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest

from tests.services.adherence.conftest import CSRF, Home
from tests.unit.adherence.facts import BRIDGE, CALF, DAY, MONDAY, PROGRAM, evening

PATH = f"/adherence/programs/{PROGRAM}/kept"


def entry(**more: Any) -> dict[str, Any]:
    moment = evening(MONDAY).isoformat()
    return {
        "kind": "go",
        "revision": 1,
        "local_date": MONDAY.isoformat(),
        "occurred": moment,
        "device_now": moment,
        "entries": [{"exercise": BRIDGE, "done": {"sets": 3, "repetitions": 10}, "seen": 0}],
        "mode": "as_prescribed",
        "evidence": "tap",
    } | more


def sends(home: Home, body: Any, key: str = "", **more: str) -> Any:
    token = CSRF.search(home.visit().text)
    assert token is not None
    text = body if isinstance(body, str) else json.dumps(body)
    form = {"csrf": token[1], "key": key or uuid.uuid4().hex, "entry": text} | more
    return home.client.post(PATH, data=form)


def test_an_entry_that_is_sent_again_counts_once(ana: Home) -> None:
    first = sends(ana, entry(), "one")
    ana.watch.now += timedelta(hours=1)
    again = sends(ana, entry(device_now=ana.watch.now.isoformat()), "one")

    assert first.json == again.json == {"local_date": MONDAY.isoformat()}
    assert ana.session()["entries"][0]["goes"] == 1


def test_an_id_with_another_body_is_refused(ana: Home) -> None:
    sends(ana, entry(), "one")

    answer = sends(ana, entry(mode="edited"), "one")

    assert answer.status_code == 422
    assert ana.session()["mode"] == "as_prescribed"


def test_a_change_of_what_was_told_corrects_it_and_adds_nothing(ana: Home) -> None:
    sends(ana, entry())
    less = [{"exercise": BRIDGE, "done": {"sets": 1, "repetitions": 10}}]

    sends(ana, entry(kind="change", mode="edited", entries=less))

    told = ana.session()["entries"][0]
    assert (told["done"]["sets"], told["goes"]) == (1, 1)


def test_a_change_of_what_was_not_told_is_a_log(ana: Home) -> None:
    left = [{"exercise": BRIDGE, "done": None, "skipped": "tired"}]

    assert sends(ana, entry(kind="change", entries=left)).status_code == 200

    assert ana.session()["entries"][0]["skipped"] == "tired"


def test_how_it_felt_leaves_the_exercises_and_the_other_answers(ana: Home) -> None:
    sends(ana, entry())
    sends(ana, entry(kind="change", entries=[], pain=3, note="Slow."))

    sends(ana, entry(kind="change", entries=[], effort=5))

    found = ana.session()
    assert (found["pain"], found["effort"], found["note"]) == (3, 5, "Slow.")
    assert found["entries"][0]["done"]["sets"] == 3


def test_a_change_follows_the_date_that_a_wrong_clock_moved(ana: Home) -> None:
    ahead = evening(MONDAY + DAY).isoformat()
    wrong = {"local_date": (MONDAY + DAY).isoformat(), "occurred": ahead, "device_now": ahead}
    less = [{"exercise": BRIDGE, "done": {"sets": 1, "repetitions": 10}}]

    assert sends(ana, entry(**wrong)).json == {"local_date": MONDAY.isoformat()}
    sends(ana, entry(**wrong, kind="change", entries=less))

    assert ana.session()["entries"][0]["done"]["sets"] == 1


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("not json", "This device sent what cannot be read."),
        ("[]", "This device sent what cannot be read."),
        ("[" * 100_000, "This device sent what cannot be read."),
        (entry(kind="wish"), "Give one of: go, change."),
        (entry(entries=[]), "It tells nothing."),
        (entry(pain=11), "Give a whole number from 0 to 10."),
        (entry(entries=[{"exercise": CALF}]), "It is no exercise of this program."),
        (entry(local_date="2026-09-06"), "is not the day of occurred"),
        (entry(revision=9), "9 is not known here."),
    ],
)
def test_what_cannot_be_taken_says_why_and_changes_nothing(
    ana: Home, body: Any, reason: str
) -> None:
    answer = sends(ana, body)

    assert answer.status_code in (422, 503)
    assert reason in answer.json["reason"]
    assert ana.get(f"/programs/{PROGRAM}/sessions/{MONDAY}").status_code == 404


def test_the_reason_is_in_the_readers_language(ana: Home) -> None:
    ana.client.set_cookie("lang", "es")

    assert sends(ana, entry(entries=[])).json["reason"] == "No dice nada."


def test_a_form_that_is_not_ours_is_not_taken(ana: Home) -> None:
    ana.visit()

    answer = ana.client.post(PATH, data={"csrf": "x", "key": "one", "entry": json.dumps(entry())})

    assert answer.status_code == 422
    assert ana.get(f"/programs/{PROGRAM}/sessions/{MONDAY}").status_code == 404


def test_the_worker_is_never_an_old_one_and_answers_for_the_patients_pages(ana: Home) -> None:
    answer = ana.client.get("/adherence/worker.js")

    assert answer.content_type.startswith("text/javascript")
    assert re.search("no-cache|max-age=0", answer.headers["Cache-Control"])


def test_what_a_device_keeps_is_a_week_of_dates_and_a_card_for_each_exercise(ana: Home) -> None:
    page = ana.visit("/adherence/kept").text

    assert page.count('data-of="card-') == page.count('data-of="follow-') == 1
    assert all((MONDAY + DAY * number).isoformat() in page for number in range(-1, 9))
