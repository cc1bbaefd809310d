"""Imports over HTTP and in the background: idempotent, resumable, telling nobody's name."""

import csv
import io
import uuid
from dataclasses import replace
from typing import Any

import pytest

from prescription import arrivals, imports
from prescription.duties import DUE
from prescription.rules import rules
from shared.due import Timer
from tests.people import ADA, BO, DEE, IDENTITIES
from tests.services.prescription.conftest import NOW, SITE, V1, Clinic
from tests.services.prescription.test_administration import WORK, tag

HEAD = "number;name;email;birth;site;therapist;phone\n"
ANA = "7;Ana Torres;torres@example.org;1950-03-01;North clinic;;+34 600\n"
EVA = "8;Eva Sand;eva@example.org;1961;north clinic;;\n"


def give(
    clinic: Clinic, text: str | bytes, person: str = ADA, kind: str = "patients", key: str = ""
) -> Any:
    data = text.encode() if isinstance(text, str) else text
    form = {"file": (io.BytesIO(data), "roster.csv")}
    headers = {"Authorization": f"Bearer {person}", "Idempotency-Key": key or uuid.uuid4().hex}
    path = f"{V1}/imports?kind={kind}&source=epic"
    return clinic.client.post(path, data=form, headers=headers)


def step(clinic: Clinic) -> int:
    """Hear what was published, and decide what is due."""
    clinic.catch_up()
    handlers = {
        kind: lambda due, decide=decide: decide(due, clinic.service) for kind, decide in DUE.items()
    }
    return Timer(clinic.service.database, handlers, lambda: NOW, "test").step()


def brought(clinic: Clinic, text: str | bytes, kind: str = "patients") -> dict[str, Any]:
    """Import a file to its end; return what the API says of it."""
    clinic.catch_up()
    answer = give(clinic, text, kind=kind)
    assert answer.status_code == 202, answer.json
    while step(clinic):
        pass
    told: dict[str, Any] = clinic.get(f"/imports/{answer.json['id']}", ADA).json
    assert told["done"], told
    return told


def counts(told: dict[str, Any]) -> tuple[int, int, int, int]:
    taken, changed, unchanged, refused = (told[name] for name in arrivals.intake.OUTCOMES)
    return taken, changed, unchanged, refused


def find(clinic: Clinic, name: str) -> Any:
    clinic.catch_up()
    (found,) = clinic.search(name).json["items"]
    return clinic.get(f"/patients/{found['id']}").json


def test_a_roster_is_taken(clinic: Clinic) -> None:
    clinic.create("/staff", WORK, ADA)
    told = brought(clinic, HEAD + ANA.replace(";;", ";BO@example.org;") + EVA)

    assert counts(told) == (2, 0, 0, 0)
    ana = find(clinic, "torres")
    assert (ana["email"], ana["phone"], ana["birth_year"]) == (
        "torres@example.org",
        "+34 600",
        1950,
    )
    assert (ana["site"], ana["zone"], ana["language"]) == (clinic.site, "Europe/Madrid", "en")
    assert ana["therapist"] is not None


def test_the_same_file_again_changes_nothing(clinic: Clinic) -> None:
    brought(clinic, HEAD + ANA + EVA)
    before = clinic.service.database["commits"].count_documents(
        {"stream": {"$gt": "north|patient-", "$lt": "north|patient."}}
    )

    told = brought(clinic, HEAD + ANA + EVA)

    after = clinic.service.database["commits"].count_documents(
        {"stream": {"$gt": "north|patient-", "$lt": "north|patient."}}
    )
    assert (counts(told), after) == ((0, 0, 2, 0), before)


def test_a_changed_row_updates_and_a_missing_one_changes_nothing(clinic: Clinic) -> None:
    bo = clinic.create("/staff", WORK, ADA)
    south = clinic.create("/sites", SITE | {"name": "South"}, ADA)
    brought(clinic, HEAD + ANA + EVA)

    told = brought(clinic, HEAD + "7;Ana Sol;sol@example.org;1951;South;bo@example.org;\n")

    assert counts(told) == (0, 1, 0, 0)
    assert [note["field"] for note in told["notes"]] == ["birth"]
    ana = find(clinic, "sol")
    assert (ana["email"], ana["phone"], ana["birth_year"]) == ("sol@example.org", "+34 600", 1950)
    assert (ana["site"], ana["therapist"]) == (south, bo)
    assert find(clinic, "sand")["email"] == "eva@example.org"


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("9;Kim Vale;kim;1950;North clinic;;", "email"),
        ("9;Kim Vale;kim@example.org;2026-09-08;North clinic;;", "birth"),
        ("9;Kim Vale;kim@example.org;1850;North clinic;;", "birth_year"),
        ("9;Kim Vale;kim@example.org;31.3.50;North clinic;;", "birth"),
        ("9;Kim Vale;kim@example.org;1950;Nowhere;;", "site"),
        ("9;Kim Vale;kim@example.org;1950;North clinic;nobody@example.org;", "therapist"),
        (";Kim Vale;kim@example.org;1950;North clinic;;", "number"),
        ("=9;Kim Vale;kim@example.org;1950;North clinic;;", "number"),
        ("7;Kim Vale;kim@example.org;1950;North clinic;;", "number"),
    ],
)
def test_a_bad_row_is_told_by_line_and_field_and_good_ones_are_taken(
    clinic: Clinic, row: str, field: str
) -> None:
    told = brought(clinic, HEAD + ANA + row + "\n" + EVA)

    assert counts(told) == (2, 0, 0, 1)
    (note,) = told["notes"]
    assert (note["line"], note["field"], note["refused"]) == (3, field, True)


def test_twins_are_taken_and_warned_of(clinic: Clinic) -> None:
    told = brought(clinic, HEAD + "9;Ana Ruiz;other@example.org;1950;North clinic;;\n")

    assert counts(told) == (1, 0, 0, 0)
    assert [(note["field"], note["refused"]) for note in told["notes"]] == [("name", False)]


def test_numbers_that_differ_in_case_are_two_people(clinic: Clinic) -> None:
    rows = "a1;Kim Vale;k@example.org;1950;North clinic;;\n"
    rows += "A1;Lou Moss;l@example.org;1951;North clinic;;\n"

    assert counts(brought(clinic, HEAD + rows)) == (2, 0, 0, 0)
    assert counts(brought(clinic, HEAD + rows)) == (0, 0, 2, 0)


def test_who_was_erased_does_not_come_back(clinic: Clinic) -> None:
    brought(clinic, HEAD + ANA)
    clinic.post(f"/patients/{find(clinic, 'torres')['id']}/erasure", None, ADA)

    told = brought(clinic, HEAD + ANA)

    assert counts(told) == (0, 0, 0, 1)
    assert [note["field"] for note in told["notes"]] == ["number"]


def test_an_import_goes_on_where_a_process_ended(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rules().intake, "chunk", 2)  # type: ignore[arg-type]
    rows = [f"{n};Kim Vale{n};k{n}@example.org;1950;North clinic;;\n" for n in range(5)]
    clinic.catch_up()
    identity = give(clinic, HEAD + "".join(rows)).json["id"]
    look, seen = arrivals.look, []

    def dies(row: Any, table: Any) -> Any:
        seen.append(row["line"])
        if seen.count(5) == 1 and row["line"] == 5:
            raise KeyboardInterrupt
        return look(row, table)

    monkeypatch.setattr(arrivals, "look", dies)
    step(clinic)
    with pytest.raises(KeyboardInterrupt):
        step(clinic)
    assert clinic.get(f"/imports/{identity}", ADA).json["through"] == 2
    while step(clinic):
        pass

    told = clinic.get(f"/imports/{identity}", ADA).json
    assert (counts(told), told["through"], told["done"]) == ((5, 0, 0, 0), 5, True)
    assert seen == [2, 3, 4, 5, 4, 5, 6]


def test_no_name_is_in_an_event_or_left_when_it_is_done(clinic: Clinic) -> None:
    told = brought(clinic, HEAD + ANA + "9;Kim Vale;kim;1950;North clinic;;\n")

    database = clinic.service.database
    for name in ("commits", "due", "lists.imports@2"):
        kept = str(list(database[name].find({})))
        assert not any(word in kept for word in ("Torres", "Vale", "torres@", "+34"))
    assert database["sealed"].count_documents({"subject": f"north|{told['id']}"}) == 0


def test_it_is_written_down_who_brought_whom(clinic: Clinic) -> None:
    brought(clinic, HEAD + ANA)
    ana = find(clinic, "torres")["id"]

    database = clinic.service.database
    (entry,) = database["audit"].find({"action": "import.start", "patients": ana})
    commit = database["commits"].find_one({"stream": f"north|patient-{ana}"})

    assert commit is not None
    assert entry["actor"] == commit["actor"] == "ada"


def test_a_file_given_in_twice_by_one_key_is_one_import(clinic: Clinic) -> None:
    first, again = (give(clinic, HEAD + ANA, key="k") for _ in range(2))
    other = give(clinic, HEAD + EVA, key="k")

    assert first.json == again.json
    assert other.status_code == 422


def test_an_importer_of_some_sites_brings_nobody_elsewhere(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    south = clinic.create("/sites", SITE | {"name": "South"}, ADA)
    monkeypatch.setitem(IDENTITIES, ADA, replace(IDENTITIES[ADA], sites=(south,)))

    told = brought(clinic, HEAD + ANA + EVA.replace("north clinic", "South"))

    assert counts(told) == (1, 0, 0, 1)
    assert give(clinic, HEAD + ANA, BO).status_code == 403
    assert give(clinic, HEAD + ANA, DEE).status_code == 403


def test_limits_are_said(clinic: Clinic) -> None:
    most = rules().intake["bytes"]

    large, larger = (sent(clinic, b"x" * size) for size in (most + 1, 3 * most))

    assert large.json["errors"][0]["reason"] == "It is larger than 20 MB."
    assert larger.status_code == 413


def sent(clinic: Clinic, data: bytes) -> Any:
    """Give in a file by a body made here: the test client would put it on a disk."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="r.csv"\r\n\r\n'
    body = head + data + b"\r\n--x--\r\n"
    headers = {"Authorization": f"Bearer {ADA}", "Idempotency-Key": "k"}
    kind = "multipart/form-data; boundary=x"
    path = f"{V1}/imports?kind=patients"
    return clinic.client.post(path, data=body, content_type=kind, headers=headers)


def test_the_report_is_a_table_without_formulas(clinic: Clinic) -> None:
    told = brought(clinic, HEAD + "=9;Kim Vale;kim;1950;North clinic;;\n")

    answer = clinic.get(f"/imports/{told['id']}/report", ADA)

    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[1] == ["2", "refused", "Record number", "It begins like a formula."]


def test_staff_are_taken_changed_and_left_alone(clinic: Clinic) -> None:
    head = "name;email;role;sites\n"
    told = brought(clinic, head + "Bo Berg;bo@example.org;Therapist;North clinic\n", "staff")
    assert counts(told) == (1, 0, 0, 0)

    rows = "Bo Berg;BO@example.org;lead;North clinic\nEve;eve@example.org;juggler;\n"
    told = brought(clinic, head + rows, "staff")
    assert counts(told) == (0, 1, 0, 1)
    assert counts(brought(clinic, head + rows.splitlines()[0], "staff")) == (0, 0, 1, 0)

    (member,) = clinic.get("/staff").json["items"]
    assert (member["role"], member["sites"]) == ("lead", [clinic.site])
    assert clinic.post(f"/staff/{member['id']}/return", None, ADA, **tag(2)).status_code == 201


def test_the_page_shows_how_far_it_is_and_looks_again_by_itself(clinic: Clinic) -> None:
    clinic.catch_up()
    identity = give(clinic, HEAD + ANA + "=9;K;k@example.org;1950;x;;\n").json["id"]
    clinic.client.set_cookie("hep", ADA)
    path = f"/prescription/administration/imports/{identity}"

    before = clinic.client.get(path)
    while step(clinic):
        pass
    after = clinic.client.get(path, headers={"Accept-Language": "es"})

    assert (before.headers["Refresh"], "0 of 2 rows" in before.text) == ("2", True)
    assert "Refresh" not in after.headers
    assert "2 de 2 filas" in after.text
    assert "Empieza como una fórmula." in after.text
    assert clinic.client.get(f"{path}/report").mimetype == "text/csv"


def test_a_file_is_given_in_on_the_page(clinic: Clinic) -> None:
    clinic.catch_up()
    clinic.client.set_cookie("hep", ADA)
    path = "/prescription/administration/imports/"
    page = clinic.client.get(path).text
    csrf = page.split('name="csrf" value="')[2].split('"')[0]
    fields = {"csrf": csrf, "key": "k", "kind": "patients", "source": "epic"}

    none = clinic.client.post(path, data=fields)
    bad = clinic.client.post(path, data=fields | {"file": (io.BytesIO(b"a;b\n1;2"), "r.csv")})
    good = clinic.client.post(
        path, data=fields | {"file": (io.BytesIO((HEAD + ANA).encode()), "r")}
    )

    assert (none.status_code, "Choose a file." in none.text) == (422, True)
    assert (bad.status_code, "lacks a column" in bad.text) == (422, True)
    assert good.status_code == 302
    assert imports.KINDS.keys() == {"patients", "staff"}
