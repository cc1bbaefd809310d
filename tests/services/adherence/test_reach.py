"""Whose programs an asker reaches: by site, and never again once the patient was erased."""

import pytest

from shared.store import Commit, MongoStore
from shared.tokens import Identity
from tests import people
from tests.services.adherence.conftest import Home, body
from tests.unit.adherence.facts import PROGRAM, SITE, prescribed, registered

ELI = "eli"
ELSEWHERE = "4" * 32
READS = ("/sessions", "/sessions/2026-09-07", "/milestones")


def works_at(monkeypatch: pytest.MonkeyPatch, *sites: str) -> None:
    """Let Eli, a therapist of Ana's practice, work at these sites."""
    eli = Identity(ELI, "north", ("therapist",), sites, "", people.EXPIRES)
    monkeypatch.setitem(people.IDENTITIES, ELI, eli)


@pytest.mark.parametrize(("site", "status"), [(SITE, 200), (ELSEWHERE, 404)])
def test_a_therapist_reads_and_logs_at_sites_of_the_own_only(
    ana: Home, monkeypatch: pytest.MonkeyPatch, site: str, status: int
) -> None:
    ana.log(body())
    works_at(monkeypatch, site)

    answers = [ana.get(f"/programs/{PROGRAM}{read}", ELI).status_code for read in READS]

    assert answers == [status] * len(READS)
    assert ana.log(body(), ELI).status_code == (201 if status == 200 else 404)


def test_the_site_is_the_patients_and_until_it_has_come_the_programs(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.hear(prescribed())
    works_at(monkeypatch, SITE)
    assert home.get(f"/programs/{PROGRAM}/milestones", ELI).status_code == 200

    home.hear(registered(site=ELSEWHERE))
    assert home.get(f"/programs/{PROGRAM}/milestones", ELI).status_code == 404


def test_a_note_that_crosses_with_an_erasure_does_not_outlive_it(
    ana: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = MongoStore.append

    def crossed(self: MongoStore, commit: Commit) -> None:
        ana.service.vault.erase("north", people.ANA_ID)
        append(self, commit)

    monkeypatch.setattr(MongoStore, "append", crossed)

    assert ana.log(body(note="Went well.")).status_code == 201

    database = ana.service.database
    assert database["sealed"].count_documents({}) == 0
    kept = {"_id": f"north|{people.ANA_ID}", "wrapped": {"$exists": True}}
    assert database["keys"].count_documents(kept) == 0
