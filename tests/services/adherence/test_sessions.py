"""Logging and amending over HTTP: what is taken, what is refused, and that this changes nothing."""

from dataclasses import replace
from threading import Barrier, Thread
from typing import Any

import pytest

from shared import position
from shared.publication import topic_name
from tests.people import ADA, ANA, BO, CY, DEE, SERVICE
from tests.services.adherence.conftest import Home, body
from tests.unit.adherence.facts import (
    BRIDGE,
    CALF,
    DAY,
    MADRID,
    MONDAY,
    PROGRAM,
    asks,
    ended,
    erased,
    evening,
    prescribed,
    registered,
    revised,
)

OTHER = "f" * 32
THEIRS = "e" * 32
SESSIONS = f"/programs/{PROGRAM}/sessions"


def entry(**more: Any) -> dict[str, Any]:
    return {"exercise": BRIDGE, "done": {"sets": 3, "repetitions": 10}} | more


def done(**amounts: Any) -> dict[str, Any]:
    return {"entries": [{"exercise": BRIDGE, "done": amounts}]}


def commits(home: Home) -> int:
    return home.service.database["commits"].count_documents({})


def kept(home: Home) -> tuple[int, int]:
    return commits(home), home.service.database["sealed"].count_documents({})


def pointers(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.json["errors"]]


def test_a_log_answers_where_the_session_is_and_what_it_reached(ana: Home) -> None:
    answer = ana.log(body(note="Easier than last week."))

    assert answer.status_code == 201
    assert answer.json == {
        "id": "2026-09-07",
        "local_date": "2026-09-07",
        "completion": 1.0,
        "partial": False,
        "milestones": [{"kind": "first_session", "count": 1}],
    }
    assert answer.headers["Location"] == f"/adherence/v1{SESSIONS}/2026-09-07"
    assert answer.headers["ETag"] == '"2"'
    found = position.parse(answer.headers["Hep-Position"], "north")
    assert (found.stream, found.sequence) == (f"program-{PROGRAM}", 2)
    assert ana.session()["note"] == "Easier than last week."


def test_what_is_published_names_the_patient_as_its_key_and_holds_no_words(ana: Home) -> None:
    ana.log(body(note="My neighbour Luis helped me."))

    logged, _ = ana.published()
    assert logged.key == f"north|{'a' * 32}"
    assert "Luis" not in str(logged)


def test_a_second_log_of_the_date_adds_to_its_session_and_its_note(ana: Home) -> None:
    ana.log(body(entries=[entry(done={"sets": 1})], note="First go.", pain=1))
    second = ana.log(body(entries=[entry(done={"sets": 2})], note="Second go.", pain=None))

    assert second.json["completion"] == 1.0
    found = ana.session()
    assert (found["note"], found["pain"]) == ("First go.\n\nSecond go.", 1)
    ana.log(body())
    assert ana.session()["note"] == "First go.\n\nSecond go."
    assert [event.type.split(".")[3] for event in ana.published()] == [
        "logged",
        "reached",
        "amended",
        "amended",
    ]


def test_pain_that_was_not_answered_is_not_zero(ana: Home) -> None:
    ana.log({name: value for name, value in body().items() if name != "pain"})
    assert ana.session()["pain"] is None

    ana.log(body(entries=[], pain=0))
    assert ana.session()["pain"] == 0


def test_two_logs_of_a_date_at_once_are_one_session_with_both(ana: Home) -> None:
    start, answers = Barrier(2), []

    def tell(number: int) -> None:
        with ana.client.application.test_client() as client:
            start.wait()
            sent = replace(ana, client=client)
            answers.append(sent.log(body(entries=[entry(done={"sets": number})])))

    rivals = [Thread(target=tell, args=(number,)) for number in (1, 2)]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()

    assert [answer.status_code for answer in answers] == [201, 201]
    assert ana.session()["entries"][0]["done"]["sets"] == 3
    reached = [item for answer in answers for item in answer.json["milestones"]]
    assert reached == [{"kind": "first_session", "count": 1}]


def test_a_repeated_log_is_answered_the_same_and_done_once(ana: Home) -> None:
    first = ana.log(body(note="Once."), key="k")
    again = ana.log(body(note="Once."), key="k")

    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Hep-Position"] == first.headers["Hep-Position"]
    assert again.headers["Idempotent-Replay"] == "true"
    assert ana.session()["entries"][0]["done"]["sets"] == 3
    assert ana.session()["note"] == "Once."


def test_a_log_that_is_sent_again_later_is_the_same_though_its_clock_has_gone_on(
    ana: Home,
) -> None:
    ana.log(body(), key="k")
    ana.watch.now += DAY

    again = ana.log(body(device_now=ana.watch.now.isoformat()), key="k")

    assert again.headers["Idempotent-Replay"] == "true"
    assert commits(ana) == 1


def test_a_repeated_key_with_another_body_is_refused_and_changes_nothing(ana: Home) -> None:
    ana.log(body(note="Mine."), key="k")
    before = kept(ana)

    other = ana.log(body(note="Another."), key="k")

    assert (other.status_code, other.json["type"]) == (422, "/problems/key-reused")
    assert pointers(other) == ["/Idempotency-Key"]
    assert kept(ana) == before
    assert ana.session()["note"] == "Mine."


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"colour": "red"}, "/colour"),
        ({"revision": 0}, "/revision"),
        ({"revision": "1"}, "/revision"),
        ({"local_date": "yesterday"}, "/local_date"),
        ({"local_date": "2026-09-06"}, "/local_date"),
        ({"local_date": "2026-09-20"}, "/local_date"),
        ({"occurred": "2026-09-07T17:00:00"}, "/occurred"),
        ({"occurred": "0001-01-01T00:00:00+14:00"}, "/occurred"),
        ({"occurred": "2026-09-07T23:00:00+02:00"}, "/occurred"),
        ({"device_now": "9999-12-31T23:59:59-14:00"}, "/device_now"),
        ({"entries": "all"}, "/entries"),
        ({"entries": []}, "/entries"),
        ({"entries": [entry()] * 101}, "/entries"),
        ({"entries": [entry(exercise="x")]}, "/entries/0/exercise"),
        ({"entries": [entry(exercise=CALF)]}, "/entries/0/exercise"),
        ({"entries": [entry(), entry()]}, "/entries/1/exercise"),
        ({"entries": [entry(mood="good")]}, "/entries/0/mood"),
        ({"entries": [entry(difficulty=11)]}, "/entries/0/difficulty"),
        ({"entries": [entry(skipped="tired")]}, "/entries/0/skipped"),
        ({"entries": [entry(done=None, skipped="bored")]}, "/entries/0/skipped"),
        (done(), "/entries/0/done/repetitions"),
        (done(sets=0), "/entries/0/done/sets"),
        (done(sets=1.5), "/entries/0/done/sets"),
        (done(sets=True), "/entries/0/done/sets"),
        (done(repetitions=-1), "/entries/0/done/repetitions"),
        (done(sets=1, load_kg=-1), "/entries/0/done/load_kg"),
        (done(sets=1, tempo="3-1-3"), "/entries/0/done/tempo"),
        ({"pain": 11}, "/pain"),
        ({"pain": -1}, "/pain"),
        ({"pain": 2.5}, "/pain"),
        ({"effort": "hard"}, "/effort"),
        ({"difficulty": 11}, "/difficulty"),
        ({"note": 5}, "/note"),
        ({"note": "x" * 2001}, "/note"),
        ({"mode": "guessed"}, "/mode"),
        ({"evidence": "rumour"}, "/evidence"),
    ],
)
def test_what_cannot_be_names_the_field_and_the_reason_and_changes_nothing(
    ana: Home, change: dict[str, Any], pointer: str
) -> None:
    before = kept(ana)

    answer = ana.log(body(note="A note.") | change)

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert pointers(answer) == [pointer]
    assert answer.json["errors"][0]["reason"]
    assert kept(ana) == before


@pytest.mark.parametrize("number", [float("nan"), 1e400])
def test_a_number_that_is_none_is_no_json_and_changes_nothing(ana: Home, number: float) -> None:
    before = kept(ana)

    answer = ana.log(body(note="A note.") | done(sets=1, load_kg=number))

    assert (answer.status_code, answer.json["type"]) == (400, "/problems/malformed")
    assert kept(ana) == before


@pytest.mark.parametrize(
    "name", ["revision", "local_date", "occurred", "device_now", "entries", "mode", "evidence"]
)
def test_what_is_missing_is_named(ana: Home, name: str) -> None:
    answer = ana.log({field: value for field, value in body().items() if field != name})

    assert (answer.status_code, pointers(answer)) == (422, [f"/{name}"])


def test_malformed_json_and_a_missing_key_are_problems(ana: Home) -> None:
    headers = {"Authorization": f"Bearer {ANA}"}
    path = f"/adherence/v1{SESSIONS}"

    malformed = ana.client.post(
        path,
        data="{",
        content_type="application/json",
        headers=headers | {"Idempotency-Key": "k"},
    )
    keyless = ana.client.post(path, json=body(), headers=headers)

    assert (malformed.status_code, malformed.json["type"]) == (400, "/problems/malformed")
    assert (keyless.status_code, pointers(keyless)) == (422, ["/Idempotency-Key"])
    assert commits(ana) == 0


def test_a_session_after_the_programs_end_is_refused(ana: Home) -> None:
    ana.hear(ended(MONDAY))
    ana.watch.now = evening(MONDAY + DAY)

    refused = ana.log(body(MONDAY + DAY))

    assert (refused.status_code, refused.json["type"]) == (422, "/problems/program-ended")
    assert pointers(refused) == ["/local_date"]
    late = ana.log(body(device_now=ana.watch.now.isoformat()))
    assert late.status_code == 201


def test_a_session_before_the_programs_start_is_refused(ana: Home) -> None:
    refused = ana.log(body(MONDAY - DAY, device_now=evening(MONDAY).isoformat()))

    assert (refused.status_code, refused.json["type"]) == (422, "/problems/program-not-started")
    assert pointers(refused) == ["/local_date"]


def test_a_wrong_clock_is_corrected_and_the_answer_says_the_date(ana: Home) -> None:
    fast = evening(MONDAY + DAY * 3).isoformat()

    answer = ana.log(body(MONDAY + DAY * 3, occurred=fast, device_now=fast))

    assert (answer.status_code, answer.json["local_date"]) == (201, "2026-09-07")


def test_a_revision_that_has_not_come_here_is_to_be_sent_again(ana: Home) -> None:
    waiting = ana.log(body(revision=2))

    assert (waiting.status_code, waiting.json["type"]) == (503, "/problems/not-yet")
    assert waiting.headers["Retry-After"]
    assert commits(ana) == 0

    ana.hear(revised(asks(sets=6)))
    assert ana.log(body(revision=2)).json["completion"] == 0.5


def test_a_program_that_is_on_its_way_is_waited_for(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(position, "WAIT_SECONDS", 0.0)
    where = position.Position(
        topic_name("prescription"), 1, f"north|{'a' * 32}", f"program-{PROGRAM}", 1
    )

    named = home.log(body(), **{"Hep-Min-Position": where.token()})
    unnamed = home.log(body())

    assert (named.status_code, named.headers["Retry-After"]) == (503, "1")
    assert unnamed.status_code == 404


def test_a_log_does_not_wait_for_the_patients_zone(home: Home) -> None:
    home.hear(prescribed())

    assert home.log(body()).status_code == 201


@pytest.mark.parametrize(
    ("person", "status"), [(ANA, 201), (BO, 201), (DEE, 403), (ADA, 403), (SERVICE, 403), (CY, 404)]
)
def test_the_patient_and_who_treats_her_may_log(ana: Home, person: str, status: int) -> None:
    answer = ana.log(body(), person)

    assert answer.status_code == status
    assert commits(ana) == (status == 201)


def test_without_a_token_that_holds_nobody_logs(ana: Home) -> None:
    assert ana.log(body(), "expired").status_code == 401
    assert ana.client.post(f"/adherence/v1{SESSIONS}", json=body()).status_code == 401


def test_another_patients_program_is_not_there(ana: Home) -> None:
    ana.hear(registered(patient=OTHER), prescribed(program=THEIRS, patient=OTHER))
    path = f"/programs/{THEIRS}/sessions"

    assert ana.post(path, body()).status_code == 404
    assert ana.post(path, body(), BO).status_code == 201
    for read in (path, f"{path}/2026-09-07", f"/programs/{THEIRS}/milestones"):
        assert ana.get(read).status_code == 404
        assert ana.get(read, BO).status_code == 200


def test_an_erased_patients_program_takes_nothing_more(ana: Home) -> None:
    ana.hear(erased())

    assert ana.log(body(note="Still here.")).status_code == 404
    assert kept(ana) == (0, 0)


def test_an_addition_adds_and_a_correction_replaces(ana: Home) -> None:
    ana.log(body(entries=[entry(done={"sets": 1})], pain=5, note="Too early."))

    added = ana.amend(
        MONDAY, amendment("added", entries=[entry(done={"sets": 1})], note="Later.", pain=2)
    )
    assert (added.status_code, added.json["completion"]) == (201, pytest.approx(2 / 3, abs=1e-4))
    assert (ana.session()["pain"], ana.session()["note"]) == (5, "Too early.\n\nLater.")

    fixed = ana.amend(MONDAY, amendment("correction", entries=[entry()], pain=None))
    assert (fixed.status_code, fixed.json["completion"]) == (201, 1.0)
    assert (ana.session()["pain"], ana.session()["note"]) == (None, "Too early.\n\nLater.")

    ana.amend(MONDAY, amendment("correction", note="Only this."))
    assert (ana.session()["note"], ana.session()["completion"]) == ("Only this.", 1.0)


def test_a_repeated_amendment_is_done_once(ana: Home) -> None:
    ana.log(body(entries=[entry(done={"sets": 1})]))

    for _ in range(2):
        answer = ana.amend(MONDAY, amendment("added", entries=[entry(done={"sets": 1})]), key="k")

    assert answer.headers["Idempotent-Replay"] == "true"
    assert ana.session()["entries"][0]["done"]["sets"] == 2


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"reason": "regret"}, "/reason"),
        ({"colour": "red"}, "/colour"),
        ({"local_date": "2026-09-08"}, "/local_date"),
        ({"pain": 11}, "/pain"),
        ({"entries": [entry(exercise=CALF)]}, "/entries/0/exercise"),
        ({"occurred": "2026-09-06T17:00:00+02:00"}, "/occurred"),
    ],
)
def test_an_amendment_that_cannot_be_names_the_field_and_changes_nothing(
    ana: Home, change: dict[str, Any], pointer: str
) -> None:
    ana.log(body())

    answer = ana.amend(MONDAY, amendment("correction") | change)

    assert (answer.status_code, pointers(answer)) == (422, [pointer])
    assert commits(ana) == 1


def test_what_was_not_told_cannot_be_amended(ana: Home) -> None:
    ana.log(body())

    assert ana.amend(MONDAY - DAY, amendment("correction")).status_code == 404
    assert ana.amend(MONDAY, amendment("correction"), CY).status_code == 404
    assert ana.amend(MONDAY, amendment("correction"), DEE).status_code == 403


def amendment(reason: str, **more: Any) -> dict[str, Any]:
    """Return an amendment of Monday that was told on Monday evening."""
    moment = evening(MONDAY, MADRID).isoformat()
    return {
        "reason": reason,
        "occurred": moment,
        "device_now": moment,
        "mode": "edited",
        "evidence": "tap",
    } | more
