"""What is noticed at home, over the real store: in the session's commit, or when it is due."""

from tests.services.adherence.conftest import Home, body
from tests.unit.adherence.facts import MONDAY

PAIN = "hep.adherence.pain.flagged.v1"


def kinds(home: Home) -> list[str]:
    return [event.type.split(".", 2)[2] for event in home.published()]


def test_pain_above_the_zone_is_published_in_the_commit_of_its_session(ana: Home) -> None:
    answers = [
        ana.log(body(pain=8), key="k1"),
        ana.log(body(pain=8), key="k1"),
        ana.amend(MONDAY, body(pain=9, reason="correction")),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    logged, milestone, flag, *others = ana.published()
    assert (logged.commit, milestone.commit, flag.commit) == (1, 1, 1)
    assert (flag.type, flag.data["pain"], flag.data["session"]) == (PAIN, 8, MONDAY.isoformat())
    assert PAIN not in {event.type for event in others}
