"""What this service decides by itself: a phase is completed, an erased patient is forgotten."""

from adherence.rules import rules
from adherence.signals.policies import WATCH
from shared.session import PATIENT
from shared.tokens import Identity
from tests.people import ANA_ID, BO, SERVICE
from tests.services.adherence.conftest import Home, body
from tests.unit.adherence.facts import asks, erased, revised


def decide(home: Home) -> list[tuple[str, str]]:
    """Decide what is due; return what became of all but looks at programs, which are of later."""
    return [one for one in home.decide() if one[0] != WATCH]


def phases(home: Home) -> list[int]:
    return [event.data["count"] for event in home.published() if event.data.get("count")]


def test_a_completed_phase_is_a_milestone_once(ana: Home) -> None:
    ana.hear(revised(asks(), reason="phase_completed"))

    assert decide(ana) == [("reach_phase", "done")]
    ana.service.database["due"].update_many({}, {"$set": {"state": "open"}})
    assert decide(ana) == [("reach_phase", "done")]

    assert phases(ana) == [1]
    assert ana.published()[0].key == f"north|{'a' * 32}"


def test_the_same_phase_completed_again_is_closed_with_the_refusal(ana: Home) -> None:
    again = {"reason": "phase_completed", "phase": {"number": 1, "name": "8" * 32}}
    ana.hear(revised(asks(), **again))
    decide(ana)
    ana.hear(revised(asks(), revision=3, **again))

    assert decide(ana) == [("reach_phase", "done"), ("reach_phase", "refused")]
    assert phases(ana) == [1]


def test_the_words_of_an_erased_patient_are_destroyed(ana: Home) -> None:
    ana.log(body(note="My neighbour Luis helped me."))
    note = ana.published()[0].data["note"]
    ana.hear(erased())

    assert decide(ana) == [("erase", "done")]

    held = ana.get(f"/texts?ids={note}", SERVICE, **{"Hep-Tenant": "north"})
    assert held.json == {"items": {}}
    database = ana.service.database
    assert database["sealed"].count_documents({}) == 0
    kept = {"_id": f"north|{ANA_ID}", "wrapped": {"$exists": True}}
    assert database["keys"].count_documents(kept) == 0
    assert ana.session()["note"] is None
    told = next(one.data for one in ana.published() if "destroyed" in one.data)
    assert (told["patient"], told["destroyed"]["sealed"]) == (ANA_ID, 1)


def test_an_erased_patient_is_let_in_nowhere(ana: Home) -> None:
    asked = ana.post(f"/patients/{ANA_ID}/invitations", {"way": "link"}, BO)
    assert asked.status_code == 201
    who = Identity(ANA_ID, "north", ("patient",), (), ANA_ID, 0)
    ana.service.sessions.begin(who, PATIENT, "Chrome")
    ana.hear(erased())

    decide(ana)

    assert ana.service.sessions.listed("north", ANA_ID) == []
    for name in ("invitations", "sealed"):
        assert ana.service.database[name].count_documents({}) == 0


def test_an_old_invitation_leaves_no_secret_and_at_last_no_place(ana: Home) -> None:
    inviting = rules().inviting
    ana.post(f"/patients/{ANA_ID}/invitations", {"way": "link"}, BO)
    ana.hear(*ana.published())

    assert decide(ana) == [("unseal", "open"), ("forget", "open")]
    ana.watch.now += inviting.lasts["link"]
    assert decide(ana) == [("unseal", "done"), ("forget", "open")]
    assert ana.service.database["sealed"].count_documents({}) == 0
    assert ana.service.database["invitations"].count_documents({}) == 1

    ana.watch.now += inviting.told
    assert decide(ana) == [("unseal", "done"), ("forget", "done")]
    assert ana.service.database["invitations"].count_documents({}) == 0
