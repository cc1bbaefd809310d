"""What a patient sees and tells on the pages, through the forms that they hold."""

import re
from typing import Any

import pytest

from shared.peers import Away
from shared.store import Commit, MongoStore
from tests.given import Nobody
from tests.people import ANA, BO
from tests.services.adherence.conftest import Home, body
from tests.unit.adherence.facts import (
    BRIDGE,
    CALF,
    DAY,
    GOAL,
    GUIDE,
    HINT,
    MADRID,
    MONDAY,
    PROGRAM,
    TITLE,
    WALK,
    asks,
    ended,
    evening,
    prescribed,
    published,
    registered,
    revised,
)

WORDS = {TITLE: "Stronger legs", GOAL: "Climb the stairs <at home>", HINT: "Hold the rail."}
OTHER, THEIRS = "f" * 32, "e" * 32
A_DAY = f"/adherence/programs/{PROGRAM}/{MONDAY}"
FEELING = f"{A_DAY}/feeling"
MAIN = re.compile(r"<main.*</main>", re.DOTALL)
TEMPLATE = re.compile(r"<template.*?</template>", re.DOTALL)
TAGS = re.compile(r"<[^>]+>")


def said(page: Any) -> str:
    """Return the words of a page, without its frame and without what a script may show."""
    (main,) = MAIN.findall(page.text)
    return " ".join(TAGS.sub(" ", TEMPLATE.sub(" ", main)).split())


def tap(home: Home, exercise: str = BRIDGE, page: Any = None, revision: int = 1) -> Any:
    """Press a button of Today."""
    path = f"{A_DAY}/done?revision={revision}"
    return home.submit(page or home.visit(), path, {"exercise": exercise})


def tell(home: Home, exercise: str = BRIDGE, language: str = "en", **fields: str) -> Any:
    """Fill in the page of an exercise."""
    path = f"{A_DAY}/exercises/{exercise}"
    return home.submit(home.visit(path), path, {"what": "done"} | fields, language=language)


def feel(home: Home, language: str = "en", **fields: str) -> Any:
    """Fill in how it felt; what is not answered is posted empty."""
    whole = {"pain": "", "effort": "", "difficulty": "", "note": ""} | fields
    return home.submit(home.visit(FEELING), FEELING, whole, language=language)


def commits(home: Home) -> int:
    return home.service.database["commits"].count_documents({})


def hears(home: Home, *exercises: dict[str, Any], **more: Any) -> Home:
    """Let a program come."""
    home.hear(published(), published(WALK, "Walk outside"), published(CALF, "Calf stretch"))
    home.hear(registered(), prescribed(*exercises, **more))
    return home


def test_today_says_when_in_the_day_and_what_to_do_on_a_bad_one(home: Home) -> None:
    easier = {"way": "easier", "exercise": CALF}
    hears(
        home,
        asks(BRIDGE) | {"group": "morning", "bad_day": {"way": "half", "exercise": None}},
        asks(WALK, minutes=20) | {"group": "evening", "bad_day": easier},
    )

    english, spanish = said(home.visit()), said(home.visit(language="es"))

    assert "In the morning." in english
    assert "On a bad day: do half of it. That counts." in english
    assert "On a bad day: do “Calf stretch” instead." in english
    assert "En un mal día: haga la mitad. Eso cuenta." in spanish


@pytest.fixture
def two(home: Home) -> Home:
    """A program of two exercises, the second twice a day."""
    return hears(home, asks(BRIDGE), asks(WALK, minutes=20, times_per_day=2))


def test_who_is_not_signed_in_is_led_to_sign_in(ana: Home) -> None:
    answer = ana.client.get(FEELING)

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/adherence/session?next={FEELING}"


def test_the_pages_are_for_patients(ana: Home) -> None:
    assert ana.visit(person=BO).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        f"/adherence/?program={THEIRS}",
        f"/adherence/programs/{THEIRS}/{MONDAY}/",
        f"/adherence/programs/{THEIRS}/{MONDAY}/feeling",
        f"/adherence/programs/{THEIRS}/{MONDAY}/exercises/{BRIDGE}",
        f"{A_DAY}/exercises/{CALF}",
        f"/adherence/programs/{PROGRAM}/someday/",
    ],
)
def test_what_is_not_the_patients_is_not_there(ana: Home, path: str) -> None:
    ana.hear(registered(OTHER), prescribed(program=THEIRS, patient=OTHER))

    assert ana.visit(path).status_code == 404


def test_a_form_that_is_not_ours_changes_nothing(ana: Home) -> None:
    ana.client.set_cookie("hep", ANA)

    answer = ana.client.post(f"{A_DAY}/done", data={"exercise": BRIDGE, "key": "0", "csrf": "x"})

    assert answer.status_code == 422
    assert commits(ana) == 0


def test_today_shows_exercises_in_their_order_with_dose_and_steps(two: Home) -> None:
    words = said(two.visit())

    assert words.index("Bridge 3 sets of 10, once a day") < words.index("Walk outside")
    assert "20 minutes, twice a day" in words
    assert "Lift your hips." in words
    assert "Stop if The pain is sharp." in words


def test_the_therapists_words_are_asked_for_and_escaped(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Nobody, "texts", lambda *_: WORDS)
    page = hears(home, asks(instructions=HINT)).visit()

    assert "Stronger legs" in page.text
    assert "Hold the rail." in page.text
    assert "Climb the stairs &lt;at home&gt;" in page.text


def test_today_works_while_the_therapists_words_are_away(
    ana: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise Away("prescription")

    monkeypatch.setattr(Nobody, "texts", away)

    assert "The words of your therapist are away" in said(ana.visit())
    assert "Saved" in said(tap(ana))


def test_an_exercise_whose_name_has_not_come_can_be_told_all_the_same(home: Home) -> None:
    home.hear(registered(), prescribed())

    assert "An exercise whose name is still on its way" in said(home.visit())
    assert "Saved" in said(tap(home))


def test_an_exercise_is_said_in_the_readers_language_and_a_machines_words_are_marked(
    home: Home,
) -> None:
    home.hear(published(guide=GUIDE), registered(), prescribed())

    english, spanish = said(home.visit()), said(home.visit(language="es"))

    assert "Lift your hips." in english
    assert "machine" not in english
    for words in ("Levantar la cadera", "Túmbese boca arriba.", "Le duele mucho."):
        assert words in spanish
    assert "Esto lo tradujo una máquina" in spanish
    assert "Lift your hips." not in spanish


def test_without_a_program_the_page_says_what_to_do(home: Home) -> None:
    assert "You have no program yet" in said(home.visit())


def test_before_the_first_day_nothing_can_be_logged(ana: Home) -> None:
    ana.watch.now = evening(MONDAY - 2 * DAY)
    words = said(ana.visit())

    assert "Your program begins on Monday, September 7" in words
    assert "I did it as prescribed" not in words


def test_after_the_last_day_the_page_says_so_and_how_much_was_done(ana: Home) -> None:
    tap(ana)
    ana.hear(ended(MONDAY))
    ana.watch.now = evening(MONDAY + 3 * DAY)
    words = said(ana.visit())

    assert "Your program ended on Monday, September 7 You did one session." in words
    assert "I did it as prescribed" not in words


def test_a_day_off_is_said_and_may_be_used_all_the_same(home: Home) -> None:
    page = hears(home, asks(weekdays=[3])).visit()

    assert "Today is a day off" in said(page)
    assert "Your next day is Wednesday, September 9." in said(page)
    assert "Saved" in said(tap(home, page=page))


def test_one_tap_logs_an_exercise_as_prescribed_and_says_what_comes_next(two: Home) -> None:
    words = said(tap(two))

    assert words.startswith("Saved: 1 of 2 exercises Next: Walk outside.")
    assert "You have reached something: Your first session" in words
    session = two.session()
    assert session["entries"][0]["done"]["repetitions"] == 10
    assert (session["mode"], session["evidence"], session["pain"]) == ("as_prescribed", "tap", None)
    assert session["occurred"] == "2026-09-07T17:00:00+02:00"


def test_the_short_version_is_one_tap_counts_and_is_told_as_a_part(home: Home) -> None:
    page = hears(home, asks(BRIDGE), asks(CALF), asks(WALK, minutes=20, priority=2)).visit()
    assert "The short version" in said(page)
    assert "Bridge: 1 set of 10" in said(page)

    words = said(tap(home, "short", page))

    session = home.session()
    assert [(one["exercise"], one["done"]["sets"]) for one in session["entries"]] == [
        (BRIDGE, 1),
        (CALF, 1),
    ]
    assert 0 < session["completion"] < 1
    assert session["mode"] == "edited"
    assert "You have reached something: Your first session" in words
    assert "The short version" not in words


def test_an_exercise_of_twice_a_day_is_tapped_twice(two: Home) -> None:
    assert "Once more today" in said(tap(two, WALK))
    assert "Once more today" not in said(tap(two, WALK))

    assert two.session()["entries"][0]["done"]["minutes"] == 40


def test_one_tap_logs_all_that_is_open_once(two: Home) -> None:
    tap(two)

    words = said(tap(two, "all"))

    assert "Saved: 1 of 2 exercises" in words
    assert [entry["done"]["minutes"] for entry in two.session()["entries"]] == [None, 20]


def test_a_tap_that_is_sent_twice_is_one_and_confirmed_the_same(ana: Home) -> None:
    page = ana.visit()

    first, second = tap(ana, page=page), tap(ana, page=page)

    assert said(first) == said(second)
    assert commits(ana) == 1


def test_a_tap_on_what_another_device_has_logged_adds_nothing(ana: Home) -> None:
    page = ana.visit()
    ana.log(body())

    words = said(tap(ana, page=page))

    assert commits(ana) == 1
    assert "All is done." in words


def test_a_tap_is_of_the_dose_that_the_page_showed(ana: Home) -> None:
    page = ana.visit()
    ana.hear(revised(asks(sets=5)))

    tap(ana, page=page, revision=1)

    (entry,) = ana.session()["entries"]
    assert (entry["done"]["sets"], entry["prescribed"]["sets"]) == (3, 5)


def test_what_was_done_instead_is_told_and_corrected_without_adding_up(ana: Home) -> None:
    assert "You did: 2 sets of 8." in said(tell(ana, sets="2", repetitions="8"))

    words = said(tell(ana, sets="3", repetitions="8"))

    assert words.startswith("Your change is saved")
    assert "You did: 3 sets of 8." in words
    assert ana.session()["completion"] == 0.8


def test_an_exercise_left_out_because_of_pain_is_taken_seriously_first(ana: Home) -> None:
    words = said(tell(ana, what="skipped", skipped="pain"))

    assert "stop and call your practice" in words.split("Today")[0]
    assert "You said: It hurts." in words
    (entry,) = ana.session()["entries"]
    assert (entry["done"], entry["skipped"]) == (None, "pain")


def test_an_exercise_may_be_left_out_without_a_reason(ana: Home) -> None:
    tell(ana, what="skipped", skipped="")

    assert ana.session()["entries"][0]["skipped"] is None


@pytest.mark.parametrize(
    ("language", "typed", "why"),
    [
        ("en", {"sets": "0", "repetitions": "10"}, "Sets: Give a whole number from 1 to 480."),
        ("en", {"sets": "", "repetitions": ""}, "Say how much was done, or how many sets."),
        ("es", {"sets": "2", "repetitions": "muchas"}, "Repeticiones: Escriba un número entero"),
    ],
)
def test_what_cannot_be_is_said_beside_what_was_typed(
    ana: Home, language: str, typed: dict[str, str], why: str
) -> None:
    page = tell(ana, language=language, **typed)

    assert why in said(page)
    for name, value in typed.items():
        assert f'name="{name}" value="{value}"' in page.text.replace("\n", " ")
    assert commits(ana) == 0


def test_a_comma_is_a_point(home: Home) -> None:
    tell(hears(home, asks(minutes=20)), minutes="12,5")

    assert home.session()["entries"][0]["done"]["minutes"] == 12.5


def test_how_it_felt_is_not_answered_until_it_is(ana: Home) -> None:
    tap(ana)
    page = ana.visit(FEELING)

    assert page.text.count('value="" checked') == 3
    feel(ana, effort="4")
    session = ana.session()
    assert (session["pain"], session["effort"], session["difficulty"]) == (None, 4, None)


def test_no_pain_is_an_answer_and_may_be_taken_back(ana: Home) -> None:
    tap(ana)

    feel(ana, pain="0")
    assert ana.session()["pain"] == 0

    feel(ana)
    assert ana.session()["pain"] is None


def test_pain_is_taken_seriously_first(ana: Home) -> None:
    tap(ana)

    assert "stop and call your practice" in said(feel(ana, pain="6")).split("Today")[0]
    assert "stop and call your practice" not in said(feel(ana, pain="0"))


def test_a_note_stands_in_its_field_and_stays_when_an_exercise_is_corrected(ana: Home) -> None:
    tap(ana)
    feel(ana, note="My knee <clicks>.")

    assert "My knee &lt;clicks&gt;." in ana.visit(FEELING).text
    tell(ana, sets="1", repetitions="10")
    assert ana.session()["note"] == "My knee <clicks>."


def test_answers_change_nothing_of_what_was_done(ana: Home) -> None:
    tap(ana)
    before = ana.session()

    feel(ana, pain="2")

    assert ana.session() == before | {"pain": 2}


def test_an_answer_that_cannot_be_keeps_the_others(ana: Home) -> None:
    tap(ana)

    page = feel(ana, "es", pain="11", effort="3", note="x" * 2001)

    assert "Elija un número entero del 0 al 10." in page.text
    assert "Dígalo en 2000 letras como máximo." in page.text
    assert re.search(r'name="effort" value="3"\s* checked', page.text)
    assert "x" * 2001 in page.text
    assert commits(ana) == 1


def test_how_it_felt_needs_a_session(ana: Home) -> None:
    answer = ana.visit(FEELING)

    assert answer.headers["Location"] == f"/adherence/?program={PROGRAM}"


def test_yesterday_can_still_be_told_of_and_mends_the_streak(ana: Home) -> None:
    ana.watch.now = evening(MONDAY + DAY)
    assert "Write down yesterday, Monday, September 7" in said(ana.visit())

    words = said(tap(ana, page=ana.visit(f"{A_DAY}/")))

    assert "Saved: that is everything for that day" in words
    session = ana.session()
    assert (session["local_date"], session["late"]) == ("2026-09-07", False)
    assert session["occurred"] == "2026-09-07T12:00:00+02:00"
    assert "Write down yesterday" not in said(ana.visit())


def test_a_page_of_a_day_that_is_over_saves_nothing_and_says_so(ana: Home) -> None:
    page = ana.visit()
    ana.watch.now = evening(MONDAY + 2 * DAY)

    words = said(tap(ana, page=page))

    assert words.startswith("That was not saved The page was of a day that is over.")
    assert commits(ana) == 0
    assert ana.visit(f"{A_DAY}/").headers["Location"] == "/adherence/"


def test_a_tap_after_the_program_was_ended_saves_nothing_and_says_so(ana: Home) -> None:
    page = ana.visit()
    ana.hear(ended(MONDAY - DAY))

    words = said(tap(ana, page=page))

    assert words.startswith("That was not saved The program had ended by then.")
    assert commits(ana) == 0


def test_a_confirmation_is_of_its_own_day_only(ana: Home) -> None:
    seen = tap(ana).request.full_path

    assert "Saved" in said(ana.visit(seen))
    ana.watch.now = evening(MONDAY + DAY)
    assert "Saved" not in said(ana.visit(seen))
    assert "Saved" not in said(ana.visit("/adherence/?seen=nonsense"))


def test_a_new_streak_is_celebrated_and_the_next_one_named(ana: Home) -> None:
    for number in (0, 1):
        ana.watch.now = evening(MONDAY + number * DAY)
        assert ana.log(body(MONDAY + number * DAY)).status_code == 201
    ana.watch.now = evening(MONDAY + 2 * DAY)

    path = f"/adherence/programs/{PROGRAM}/{MONDAY + 2 * DAY}/done?revision=1"
    words = said(ana.submit(ana.visit(), path, {"exercise": BRIDGE}))

    assert "You have reached something: 3 3 sessions in a row" in words
    assert "3 sessions so far. The last 3 in a row." in words
    assert "Next: 7 sessions in a row. 4 more to go." in words


def test_today_is_the_date_where_the_patient_lives(home: Home) -> None:
    hears(home)
    home.watch.now = evening(MONDAY).replace(hour=23, minute=30, tzinfo=MADRID)
    assert "Monday, September 7." in said(home.visit())

    home.hear(registered(zone="Pacific/Auckland"))
    assert "Tuesday, September 8." in said(home.visit())


def test_the_pages_speak_spanish(two: Home) -> None:
    words = said(two.visit(language="es"))

    assert words.startswith("Hoy Lunes, 7 de septiembre. 2 ejercicios.")
    assert "20 minutos, dos veces al día" in words
    assert "Ahora viene su primera sesión." in words


def test_several_programs_lead_to_each_other(ana: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Nobody, "texts", lambda *_: WORDS | {"d" * 32: "Neck"})
    ana.hear(prescribed(asks(WALK), program=THEIRS, title="d" * 32, start=MONDAY - 7 * DAY))

    page = ana.visit()

    assert f'<a href="/adherence/?program={THEIRS}">Neck</a>' in page.text
    assert "3 sets of 10" in said(ana.visit(f"/adherence/?program={THEIRS}"))


def test_a_page_and_a_log_fold_no_stream_but_the_programs(
    ana: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana.hear(prescribed(program=THEIRS, start=MONDAY - 7 * DAY))
    folded: list[str] = []
    load = MongoStore.load

    def watched(self: MongoStore, tenant: str, stream: str, after: int = 0) -> list[Commit]:
        folded.append(stream)
        return load(self, tenant, stream, after)

    monkeypatch.setattr(MongoStore, "load", watched)

    ana.visit()
    assert folded == [f"program-{PROGRAM}"]
    ana.log(body())
    assert folded == [f"program-{PROGRAM}"] * 2


def test_the_morning_after_is_asked_once_and_may_be_changed(ana: Home) -> None:
    tap(ana)
    feel(ana, pain="2")
    assert "How is it this morning?" not in said(ana.visit())
    ana.watch.now = evening(MONDAY + DAY)
    path = f"{A_DAY}/morning"
    assert path in ana.visit().text

    words = said(ana.submit(ana.visit(path), path, {"next_morning": "6"}))

    assert "Your change is saved" in words
    assert "call" in words.lower()
    found = ana.session()
    assert (found["pain"], found["next_morning"]) == (2, 6)
    assert "How is it this morning?" not in said(ana.visit())
    assert "Change how it is this morning" in said(ana.visit(f"{A_DAY}/"))
    feel(ana, effort="3")
    assert (ana.session()["next_morning"], ana.session()["effort"]) == (6, 3)


def test_no_morning_is_asked_for_before_it_came_or_without_a_session(ana: Home) -> None:
    path = f"{A_DAY}/morning"
    assert ana.visit(path).status_code == 303
    tap(ana)
    assert ana.visit(path).status_code == 303
    ana.watch.now = evening(MONDAY + DAY)

    page = ana.submit(ana.visit(path), path, {"next_morning": "11"})

    assert "Give a whole number from 0 to 10." in page.text
    assert commits(ana) == 1
