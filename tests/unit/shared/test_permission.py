"""The table of who may do what, and the door that every person's record goes through."""

import pytest

from shared import permission
from shared.errors import Forbidden, NotFound
from shared.permission import Asker, Person, Span, Unchecked
from shared.tokens import Identity

HERE, ELSEWHERE = "here", "elsewhere"


def asker(
    role: str, action: str = "patient.read", sites: tuple[str, ...] = (), patient: str = ""
) -> Asker:
    identity = Identity("somebody", "north", (role,), sites, patient, 0)
    return Asker(identity, permission.action(action))


def test_what_the_table_does_not_name_cannot_be_declared() -> None:
    with pytest.raises(KeyError):
        permission.action("patient.sell")


def test_a_role_that_an_action_does_not_name_may_not_do_it() -> None:
    with pytest.raises(Forbidden, match="patient, therapist, lead, administrator"):
        asker("partner")


@pytest.mark.parametrize("person", [Person("ana", HERE), Person("ana", None)])
def test_a_patient_reaches_the_own_record_wherever_it_is(person: Person) -> None:
    found = asker("patient", patient="ana")

    found.reach(person)

    assert found.patients == ("ana",)


def test_a_patient_without_an_id_reaches_nobody_without_one() -> None:
    with pytest.raises(NotFound):
        asker("patient").reach(Person("", HERE))


@pytest.mark.parametrize("site", [ELSEWHERE, None])
def test_staff_of_a_site_reach_nobody_of_another_nor_whose_site_is_not_known(
    site: str | None,
) -> None:
    with pytest.raises(NotFound):
        asker("therapist", sites=(HERE,)).reach(Person("ana", site))


def test_staff_without_sites_reach_all() -> None:
    found = asker("therapist")

    found.reach(Person("ana", ELSEWHERE))

    assert found.patients == ("ana",)


def test_a_list_holds_what_the_asker_reaches() -> None:
    assert asker("therapist", sites=(HERE,)).span() == Span(sites=(HERE,))
    assert asker("therapist").span() == Span()
    assert asker("patient", patient="ana").span() == Span(patient="ana")


def test_an_answer_that_went_around_is_not_sent() -> None:
    found = asker("therapist")

    with pytest.raises(Unchecked, match=r"patient\.read"):
        found.close()

    found.reach(Person("ana", HERE))
    found.close()
    assert found.patients == ("ana",)


def test_what_is_about_nobody_asks_about_nobody() -> None:
    found = asker("therapist", "exercise.read")

    found.close()

    assert not found.patients


def partner(*scopes: str) -> Asker:
    identity = Identity("shop", "north", ("partner",), (), "", 0, scopes=scopes)
    return Asker(identity, permission.action("timeline.read"))


def test_a_partner_does_what_its_scopes_say() -> None:
    found = partner("timelines.read")

    found.reach(Person("ana", HERE))

    assert found.patients == ("ana",)


@pytest.mark.parametrize("scopes", [(), ("exercises.read",), ("timelines",), ("",)])
def test_a_partner_does_nothing_that_its_scopes_do_not_say(scopes: tuple[str, ...]) -> None:
    with pytest.raises(Forbidden, match=r"lacks the scope timelines\.read"):
        partner(*scopes)


def test_a_scope_makes_nobody_a_partner() -> None:
    identity = Identity("ana", "north", ("patient",), (), "ana", 0, scopes=("exercises.read",))

    with pytest.raises(Forbidden):
        Asker(identity, permission.action("exercise.read"))


def test_every_action_of_partners_names_a_scope() -> None:
    for found in permission.actions().values():
        assert bool(found.scope) == ("partner" in found.who)
