"""What is noticed at home, over the real store: in the session's commit, or when it is due."""

from datetime import UTC, datetime, time
from typing import Any

from adherence.export import export
from adherence.rules import rules
from shared.envelope import Envelope
from tests.people import ANA_ID
from tests.services.adherence.conftest import Home, body
from tests.unit.adherence.facts import BRIDGE, DAY, MONDAY, erased, evening, settled

SIGNALS = rules().signals
PAIN, LAPSED, RESUMED, NOT_STARTED, PROPOSED = (
    f"hep.adherence.{name}.v1"
    for name in (
        "pain.flagged",
        "program.lapsed",
        "program.resumed",
        "program.not_started",
        "dose.proposed",
    )
)


def told(home: Home, kind: str) -> list[Envelope]:
    return [event for event in home.published() if event.type == kind]


def noon(days: int) -> datetime:
    """Return when programs are looked at, so many days after Monday."""
    return datetime.combine(MONDAY + DAY * days, time(12), UTC)


def more(day: Any, **answers: Any) -> dict[str, Any]:
    """Return a session with two repetitions more than asked for, pain and effort low."""
    done = {"exercise": BRIDGE, "done": {"sets": 3, "repetitions": 12}}
    return body(day, entries=[done], **{"pain": 2, "effort": 4} | answers)


def test_pain_above_the_zone_is_published_in_the_commit_of_its_session(ana: Home) -> None:
    answers = [
        ana.log(body(pain=8), key="k1"),
        ana.log(body(pain=8), key="k1"),
        ana.amend(MONDAY, body(pain=9, reason="correction")),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    logged, _, flag, *_ = ana.published()
    assert (logged.commit, flag.commit) == (1, 1)
    assert (flag.type, flag.data["pain"], flag.data["session"]) == (PAIN, 8, MONDAY.isoformat())
    assert len(told(ana, PAIN)) == 1


def test_a_patient_takes_what_was_noticed_along_with_the_rest(ana: Home) -> None:
    ana.log(body(pain=8))
    ana.hear(*ana.published())

    rows = export(ana.service, "north", ANA_ID)["signal"]

    assert [(row["signal"], row["pain"]) for row in rows] == [
        ("pain.flagged", 8),
        ("dose.proposed", 8),
    ]


def test_a_start_that_does_not_come_is_told_once_when_it_is_due(ana: Home) -> None:
    for days in range(40):
        ana.decide(noon(days))

    (event,) = ana.published()
    assert event.type == NOT_STARTED
    assert event.data["local_date"] == (MONDAY + DAY * 2).isoformat()
    states = {state for _, state in ana.decide()}
    assert states == {"done", "refused"}


def test_the_same_due_work_again_tells_nothing_twice(ana: Home) -> None:
    ana.decide(noon(3))
    ana.service.database["due"].update_many({}, {"$set": {"state": "open"}})
    ana.decide(noon(3))

    assert len(told(ana, NOT_STARTED)) == 1


def test_a_lapse_is_told_when_it_is_due_and_the_return_with_the_session(ana: Home) -> None:
    ana.log(body())
    ana.hear(*ana.published())
    for days in range(12):
        ana.decide(noon(days))
    back = MONDAY + DAY * 12
    ana.watch.now = evening(back)
    ana.log(body(back))

    (lapsed,), (resumed,) = told(ana, LAPSED), told(ana, RESUMED)
    assert (lapsed.data["last"], lapsed.data["missed"]) == (MONDAY.isoformat(), 7)
    assert (resumed.data["session"], resumed.data["days"]) == (back.isoformat(), 11)
    assert told(ana, NOT_STARTED) == []
    session = next(one for one in ana.published() if one.data.get("session") == back.isoformat())
    assert resumed.commit == session.commit


def test_a_proposal_that_was_declined_does_not_come_back_on_the_same_sessions(ana: Home) -> None:
    days = [MONDAY + DAY * number for number in range(4)]
    for day in days[:2]:
        ana.watch.now = evening(day)
        ana.log(more(day))
    (first,) = told(ana, PROPOSED)
    ana.hear(settled("declined", first.data["proposal"]))
    decided = ana.decide()
    ana.amend(days[1], more(days[1], reason="correction"))
    ana.watch.now = evening(days[2])
    ana.log(more(days[2]))
    declined = told(ana, PROPOSED)
    ana.watch.now = evening(days[3])
    ana.log(more(days[3]))

    assert ("settle", "done") in decided
    assert declined == [first]
    _, second = told(ana, PROPOSED)
    assert second.data["sessions"] == [day.isoformat() for day in days[2:]]
    assert first.data["exercises"][0]["dose"]["repetitions"] == 12


def test_a_word_on_a_proposal_that_is_not_open_is_closed_with_the_refusal(ana: Home) -> None:
    ana.hear(settled("accepted"))

    assert ("settle", "refused") in ana.decide()
    assert ana.published() == []


def test_an_erased_patient_is_not_looked_at(ana: Home) -> None:
    ana.hear(erased())
    ana.decide(noon(30))

    assert told(ana, NOT_STARTED) == []
