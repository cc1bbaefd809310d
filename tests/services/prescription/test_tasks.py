"""Tasks from the event that opens one to the fact or the click that closes it, over HTTP."""

from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest

from prescription.duties import DUE as DUTIES
from prescription.export import export
from prescription.task.policies import REVIEW
from prescription.task.projections import TASKS
from shared.due import DUE, Due
from shared.envelope import Envelope
from shared.errors import Refusal
from shared.views import Views
from tests.events import LONG_AGO, event
from tests.people import ADA, BO, CY
from tests.services.prescription.conftest import NOW, Clinic
from tests.services.prescription.test_course import click, steer
from tests.services.prescription.test_pages import visit
from tests.services.prescription.test_programs import NOWHERE, count, pointers

SOON = NOW + timedelta(minutes=1)


def pass_on(clinic: Clinic, *told: Envelope, reviews: bool = False) -> None:
    """Apply what was published here and told by adherence, and decide what is due, to the end."""
    decided: set[str] = set()
    while True:
        views = Views(LONG_AGO)
        for found in [*clinic.events(), *told]:
            if found.type in TASKS.handlers:
                TASKS.handlers[found.type](found, views)
        waits = [one for one in views.pending[DUE] if reviews or one["kind"] != REVIEW]
        dues = {one["_id"]: one for one in waits if one["_id"] not in decided}
        for identity, one in dues.items():
            decided.add(identity)
            names = ("kind", "tenant", "stream", "due_at", "sequence", "data")
            due = Due(id=identity, **{name: one[name] for name in names})
            try:
                DUTIES[due.kind](due, clinic.service)
            except Refusal:
                continue
        if not dues:
            break
    client = clinic.service.database.client
    with client.start_session() as session, session.start_transaction():
        views.pending[DUE] = []
        views.flush(TASKS, clinic.service.database, session)


def later(clinic: Clinic, now: datetime) -> None:
    """Let it be later for what is recorded from now on."""
    object.__setattr__(clinic.service.streams, "clock", lambda: now)


def noticed(clinic: Clinic, program: str, name: str, sequence: int = 1, **more: Any) -> Envelope:
    data = {"program": program, "patient": clinic.patient, "local_date": "2026-09-06"}
    data |= {"revision": 1, "rule": "2026-12"} | more
    kind, stream = f"adherence.{name}", f"program-{program}"
    return event(kind, stream, data, sequence=sequence, moment=SOON)


def hurts(clinic: Clinic, program: str) -> Envelope:
    told = {"session": "2026-09-06", "late": False, "pain": 7, "limit": 5}
    return noticed(clinic, program, "pain.flagged", **told)


def more(clinic: Clinic, program: str, proposal: str = "x" * 32, sequence: int = 1) -> Envelope:
    measure = {"measure": "repetitions", "before": 10, "after": 12}
    offer = {"exercise": clinic.exercise, **measure, "dose": {}}
    told = {"proposal": proposal, "move": "progress", "reason": "two_for_two"}
    told |= {"exercises": [offer], "sessions": [], "pain": 0, "effort": 3}
    return noticed(clinic, program, "dose.proposed", sequence, **told)


def tasks(clinic: Clinic, query: str = "", person: str = BO) -> list[Any]:
    answer = clinic.get(f"/tasks{query}", person)
    assert answer.status_code == 200, answer.json
    return [task for one in answer.json["items"] for task in one["tasks"]]


def test_pain_needs_a_therapist_until_somebody_has_looked(clinic: Clinic) -> None:
    program = clinic.prescribe()
    pain = hurts(clinic, program)
    pass_on(clinic, pain)

    (task,) = tasks(clinic)
    assert (task["kind"], task["program"]) == ("pain", program)
    assert task["reason"] == "Pain of 7 of 10 on 2026-09-06: the program allows 5."
    (waiting,) = clinic.get("/tasks").json["items"]
    assert (waiting["patient"], waiting["name"]) == (clinic.patient, "Ana Ruiz")

    later(clinic, SOON)
    assert steer(clinic, program, "reviews", 1).status_code == 201
    pass_on(clinic, pain)
    assert tasks(clinic) == []
    names = [one.type.split(".", 2)[2] for one in clinic.events() if one.subject[:5] == "tasks"]
    assert names == ["task.opened.v1", "task.closed.v1"]


def test_what_comes_after_it_was_looked_at_opens_nothing(clinic: Clinic) -> None:
    program = clinic.prescribe()
    later(clinic, SOON + timedelta(minutes=1))
    steer(clinic, program, "reviews", 1)

    pass_on(clinic, hurts(clinic, program))

    assert tasks(clinic) == []


def test_a_review_that_was_due_needs_a_therapist_until_it_is_done(clinic: Clinic) -> None:
    clinic.prescribe()
    pass_on(clinic, reviews=True)

    (task,) = tasks(clinic)
    assert task["reason"] == "The review was due on 2026-09-21."


def test_a_review_that_was_put_off_is_asked_for_on_its_own_day_only(clinic: Clinic) -> None:
    program = clinic.prescribe()
    steer(clinic, program, "reviews", 1, review="2026-10-01")
    pass_on(clinic, reviews=True)

    assert [task["day"] for task in tasks(clinic)] == ["2026-10-01"]


def test_an_order_is_kept_from_harm_to_reviews(clinic: Clinic) -> None:
    first, other = clinic.prescribe(), clinic.patient
    clinic.patient = clinic.create("/patients", clinic.patient_body(name="Bea Roth"))
    second = clinic.prescribe()
    pain = hurts(clinic, second)
    clinic.patient = other
    pass_on(clinic, more(clinic, first), pain)

    assert [task["kind"] for task in tasks(clinic)] == ["pain", "progress"]
    page = clinic.get("/tasks?limit=1").json
    assert [one["tasks"][0]["kind"] for one in page["items"]] == ["pain"]
    rest = clinic.get(f"/tasks?limit=1&cursor={page['next']}").json
    assert [one["tasks"][0]["kind"] for one in rest["items"]] == ["progress"]


def test_a_therapists_own_patients_are_those_of_who_signs_in(clinic: Clinic) -> None:
    program = clinic.prescribe()
    work = {"email": "bo@example.org", "role": "therapist", "sites": [clinic.site]}
    staff = clinic.create("/staff", {"name": "Bo", "subject": "bo"} | work, ADA)
    pain = hurts(clinic, program)
    pass_on(clinic, pain)
    assert tasks(clinic, "?whose=mine") == []

    path = f"/patients/{clinic.patient}/assignment"
    answer = clinic.post(path, {"therapist": staff}, ADA, **{"If-Match": '"1"'})
    assert answer.status_code == 201, answer.json
    pass_on(clinic, pain)

    assert len(tasks(clinic, "?whose=mine")) == 1


def test_a_task_is_closed_by_hand_with_a_word_that_no_event_holds(clinic: Clinic) -> None:
    program = clinic.prescribe()
    pain = hurts(clinic, program)
    pass_on(clinic, pain)
    (task,) = tasks(clinic)
    path = f"/patients/{clinic.patient}/tasks/{task['id']}/closing"

    refused = clinic.post(path, {"word": " "})
    answer = clinic.post(path, {"word": "I called her 📞"})
    again = clinic.post(path, {"word": "I called her"})

    assert (refused.status_code, pointers(refused)) == (422, ["/word"])
    assert answer.status_code == 201
    assert (again.status_code, again.json["type"]) == (409, "/problems/task-not-open")
    assert "I called" not in str(list(clinic.service.database["commits"].find({})))
    pass_on(clinic, pain)
    assert tasks(clinic) == []
    kept = export(clinic.service, "north", clinic.patient)["task"]
    assert [(row["event"], row.get("word")) for row in kept] == [
        ("TaskOpened", None),
        ("TaskClosed", "I called her 📞"),
    ]


def test_nobody_elses_tasks_are_seen_or_closed(clinic: Clinic, elsewhere: str) -> None:
    pass_on(clinic, hurts(clinic, clinic.prescribe()))
    (task,) = tasks(clinic)
    path = f"/patients/{clinic.patient}/tasks/{task['id']}/closing"

    assert tasks(clinic, person=CY) == tasks(clinic, person=elsewhere) == []
    assert clinic.post(path, {"word": "Mine."}, CY).status_code == 404
    assert clinic.post(path, {"word": "Mine."}, elsewhere).status_code == 404
    assert len(tasks(clinic)) == 1


def test_a_proposal_is_taken_over_and_that_is_told(clinic: Clinic) -> None:
    program = clinic.prescribe()
    offer = more(clinic, program)
    pass_on(clinic, offer)
    clinic.catch_up()
    (task,) = tasks(clinic)
    assert task["reason"].endswith("without pain: more of Sit to stand?")
    assert task["offers"][0]["after"] == 12

    path = f"/programs/{program}/proposals/{task['proposal']}/acceptance"
    answer = clinic.post(path, {}, **{"If-Match": '"1"'})

    assert (answer.status_code, answer.headers["ETag"]) == (201, '"3"')
    told = clinic.get(f"/programs/{program}").json
    assert (told["revision"], told["exercises"][0]["dose"]["repetitions"]) == (2, 12)
    accepted = [one for one in clinic.events() if one.type.endswith("proposal.accepted.v1")]
    assert [one.data["edited"] for one in accepted] == [False]
    pass_on(clinic, offer)
    assert tasks(clinic) == []
    again = clinic.post(path, {}, **{"If-Match": '"3"'})
    assert (again.status_code, again.json["type"]) == (409, "/problems/proposal-not-open")


def test_a_proposal_is_taken_over_with_other_numbers_or_refused_at_the_field(
    clinic: Clinic,
) -> None:
    program = clinic.prescribe()
    pass_on(clinic, more(clinic, program))
    path = f"/programs/{program}/proposals/{'x' * 32}/acceptance"
    before = count(clinic)

    def accept(value: Any, exercise: str = clinic.exercise) -> Any:
        body = {"values": [{"exercise": exercise, "value": value}]}
        return clinic.post(path, body, **{"If-Match": '"1"'})

    repetitions = f"/exercises/{clinic.exercise}/repetitions"
    assert pointers(accept(0)) == [repetitions]
    assert pointers(accept(11.5)) == [repetitions]
    assert pointers(accept("many")) == ["/values/0/value"]
    assert pointers(accept(11, NOWHERE)) == ["/values/0/exercise"]
    assert count(clinic) == before
    assert accept(11).status_code == 201
    assert clinic.get(f"/programs/{program}").json["exercises"][0]["dose"]["repetitions"] == 11


def test_a_proposal_on_a_program_that_somebody_else_changed_says_what_changed(
    clinic: Clinic,
) -> None:
    program = clinic.prescribe()
    pass_on(clinic, more(clinic, program))
    clinic.revise(program, 1, exercises=[clinic.asked({"sets": 2})])

    path = f"/programs/{program}/proposals/{'x' * 32}/acceptance"
    answer = clinic.post(path, {}, **{"If-Match": '"1"'})

    assert answer.status_code == 412
    assert f"/exercises/{clinic.exercise}/sets" in pointers(answer)


def test_a_declined_proposal_does_not_come_back_on_the_same_evidence(clinic: Clinic) -> None:
    program = clinic.prescribe()
    offer = more(clinic, program)
    pass_on(clinic, offer)

    path = f"/programs/{program}/proposals/{'x' * 32}/decline"
    answer = clinic.post(path, {"word": "Too soon after the fall."})

    assert answer.status_code == 201
    assert clinic.get(f"/programs/{program}").json["revision"] == 1
    (told,) = clinic.get(f"/programs/{program}/history").json["answers"]
    assert (told["accepted"], told["word"]) == (False, "Too soon after the fall.")
    pass_on(clinic, offer, more(clinic, program, sequence=2))
    assert tasks(clinic) == []
    pass_on(clinic, offer, more(clinic, program, "y" * 32, sequence=2))
    assert [task["proposal"] for task in tasks(clinic)] == ["y" * 32]


def test_a_program_that_rests_needs_nobody_for_what_it_does_not_ask(clinic: Clinic) -> None:
    program = clinic.prescribe()
    steer(clinic, program, "pause", 1, reason="away")

    late = noticed(clinic, program, "program.not_started", start="2026-09-03", days=3)
    pass_on(clinic, late)

    assert tasks(clinic) == []


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_queue_is_a_page_of_reasons_and_buttons(clinic: Clinic, language: str) -> None:
    program = clinic.prescribe()
    pass_on(clinic, hurts(clinic, program), more(clinic, program, sequence=2))
    clinic.catch_up()

    page = unescape(visit(clinic, "/queue", language=language).text)
    home = unescape(visit(clinic, "/", language=language).text)

    says = {"en": "Pain of 7 of 10 on ", "es": "Dolor de 7 de 10 el "}[language]
    assert says in page
    assert says in home
    assert f"/prescription/programs/{program}/reviews" in page
    assert f"/prescription/programs/{program}/proposals/{'x' * 32}/acceptance" in page
    assert says in unescape(visit(clinic, f"/programs/{program}", language=language).text)


def test_a_proposal_is_taken_over_on_the_page_as_it_was_typed(clinic: Clinic) -> None:
    program = clinic.prescribe()
    pass_on(clinic, more(clinic, program))
    clinic.catch_up()
    what, field = f"proposals/{'x' * 32}/acceptance", f"value-{clinic.exercise}"

    refused = click(clinic, program, what, **{field: "eleven"})
    answer = click(clinic, program, what, **{field: "11", "back": "queue"})

    assert (refused.status_code, "Give a number." in refused.text) == (422, True)
    assert answer.headers["Location"].startswith("/prescription/queue?")
    assert clinic.get(f"/programs/{program}").json["exercises"][0]["dose"]["repetitions"] == 11


def test_an_empty_queue_says_so(clinic: Clinic) -> None:
    assert "Nobody needs you now" in visit(clinic, "/queue").text


@pytest.mark.parametrize("language", ["en", "es"])
def test_before_a_visit_a_page_says_what_to_ask(clinic: Clinic, language: str) -> None:
    program = clinic.prescribe()
    pass_on(clinic, hurts(clinic, program))

    page = unescape(visit(clinic, f"/programs/{program}/conversation", language=language).text)

    asks = {"en": "Why not a lower number?", "es": "¿Por qué no un número más bajo?"}[language]
    assert asks in page
    assert {"en": "Pain of 7 of 10", "es": "Dolor de 7 de 10"}[language] in page
    assert "Climb the stairs at home" in page


def test_nobody_elses_conversation_is_prepared(clinic: Clinic, elsewhere: str) -> None:
    program = clinic.prescribe()

    assert visit(clinic, f"/programs/{program}/conversation", elsewhere).status_code == 404
