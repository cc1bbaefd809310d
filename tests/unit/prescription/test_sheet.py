"""Files of other systems: what is read of them, and what is refused without stopping the rest."""

import json
from typing import Any

import pytest

from prescription import bundle, sheet
from prescription.sheet import FileImpossible, Row

NEEDED = ("number", "name")
FIELDS = ("number", "name", "email", "phone", "birth", "site")


def read(text: str | bytes) -> sheet.Sheet:
    data = text.encode() if isinstance(text, str) else text
    return sheet.read(data, NEEDED, FIELDS)


def faults(row: Row) -> list[tuple[str, str]]:
    return [(field, sentence) for field, sentence, _ in row["faults"]]


@pytest.mark.parametrize("mark", [";", ","])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_is_read_with_either_mark_and_any_line_end(mark: str, end: str) -> None:
    (row,) = read(
        end.join([f"MRN{mark}Nombre{mark}ward", f'7{mark}"Ruiz{mark} Ana"{mark}x', ""])
    ).rows

    assert row["line"] == 2
    assert row["values"] == {"number": "7", "name": f"Ruiz{mark} Ana"}


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ("number;name\n1;Muñoz".encode(), "utf-8"),
        ("\ufeffnumber;name\n1;Muñoz".encode(), "utf-8"),
        ("number;name\n1;Muñoz".encode("cp1252"), "windows-1252"),
        ("number;name\n1;Mun\u0303oz".encode(), "utf-8"),
    ],
)
def test_the_encoding_is_recognised_and_said(data: bytes, encoding: str) -> None:
    found = read(data)

    assert (found.encoding, found.rows[0]["values"]["name"]) == (encoding, "Muñoz")


def test_what_nothing_is_known_about_is_left_out_and_said() -> None:
    assert read("number;name;Ward;\n1;Ana;7;").ignored == ("Ward",)


@pytest.mark.parametrize(
    "data",
    [
        "",
        "number;name\n",
        "number;email\n1;a@example.org",
        b"\xff\xfen\x00u\x00",
        b"number;name\n1;\x81",
        "number;name\n" + "1;Ana\n" * 20_001,
    ],
)
def test_a_file_that_cannot_be_is_refused_as_a_whole(data: str | bytes) -> None:
    with pytest.raises(FileImpossible) as refused:
        read(data)

    assert [fault.pointer for fault in refused.value.faults] == ["/file"]


@pytest.mark.parametrize(
    ("cell", "field"),
    [
        ("=1+1;Ana", "number"),
        ('"@SUM(A1)";Ana', "number"),
        ("-7;Ana", "number"),
        ("1;+Ana", "name"),
        ("1;An\u0430", "name"),
        ("1;\u0391na", "name"),
        ("1;A\u200bna", "name"),
        ("1;A\u202ena", "name"),
        ("1;A\x07na", "name"),
        ("1;" + "x" * 5_000_000, "name"),
        ('1;"Ana', ""),
        ("1;Ana;a;b;c;d;e", ""),
    ],
)
def test_a_bad_row_never_stops_good_ones(cell: str, field: str) -> None:
    rows = read(f"number;name;phone\n1;Eva;+34 600\n{cell}\n2;Kim;").rows

    assert [bool(row["faults"]) for row in rows] == [False, True, False]
    assert [where for where, _ in faults(rows[1])] == [field]
    assert rows[2]["line"] == 4


@pytest.mark.parametrize(
    "name", ["Анна Иванова", "Ελένη", "山田 太郎", "Ana Иванова", "O'Neill-Núñez"]
)
def test_names_of_any_alphabet_are_names(name: str) -> None:
    (row,) = read(f"number;name\n1;{name}").rows

    assert not row["faults"]


def test_a_number_stands_once_and_twins_are_warned_of() -> None:
    rows = read("number;name;birth\n1;Ana Ruiz;1950\n1;Eva;1951\n2;ana ruiz;1950-03-01").rows

    first, again, twin = sheet.compared(rows, "number")

    assert not first["faults"]
    assert again["faults"] == [("number", "This stands on line %(line)s already.", [("line", "2")])]
    assert [field for field, _ in twin["warnings"]] == ["name"]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\ta", "\ra"])
def test_no_cell_of_a_report_is_a_formula(text: str) -> None:
    assert sheet.neutral(text) == "'" + text
    assert sheet.neutral("1 = 1") == "1 = 1"


ANA: dict[str, Any] = {
    "resourceType": "Patient",
    "identifier": [{"system": "urn:mrn", "value": "7"}, {"system": "urn:ssn", "value": "9"}],
    "name": [{"use": "official", "family": "Ruiz", "given": ["Ana", "M"]}],
    "telecom": [
        {"system": "phone", "value": "+34 600"},
        {"system": "email", "value": "a@example.org"},
    ],
    "birthDate": "1950-03-01",
    "communication": [{"language": {"coding": [{"code": "es-ES"}]}, "preferred": True}],
    "managingOrganization": {"display": "North clinic"},
    "generalPractitioner": [{"identifier": {"value": "bo@example.org"}}],
    "photo": [{"data": "x"}],
}


def test_a_bundle_gives_what_is_taken_and_no_more() -> None:
    entries = [{"resource": ANA}, {"resource": {"resourceType": "Practitioner"}}, {}]

    (row,) = bundle.read(as_bundle(entries), "urn:mrn").rows

    assert row["values"] == {
        "number": "7",
        "name": "Ana M Ruiz",
        "email": "a@example.org",
        "phone": "+34 600",
        "birth": "1950-03-01",
        "site": "North clinic",
        "therapist": "bo@example.org",
        "language": "es",
    }


def as_bundle(entries: list[Any]) -> bytes:
    return json.dumps({"resourceType": "Bundle", "entry": entries}).encode()


@pytest.mark.parametrize(
    ("other", "field"),
    [({"active": False}, "active"), ({"name": "Ana"}, "name"), ({"identifier": [7]}, "identifier")],
)
def test_a_resource_that_is_not_as_it_must_be_stops_no_other(
    other: dict[str, Any], field: str
) -> None:
    rows = bundle.read(as_bundle([{"resource": ANA | other}, {"resource": ANA}]), "").rows

    assert [[where for where, _ in faults(row)] for row in rows] == [[field], []]


@pytest.mark.parametrize(
    "data", [b"{", b"[]", b"{}", b'{"resourceType": "Bundle"}', b"[" * 100, as_bundle([])]
)
def test_what_is_no_bundle_is_refused(data: bytes) -> None:
    with pytest.raises(FileImpossible):
        bundle.read(data, "")
