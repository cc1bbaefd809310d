"""The pages of administration through a browser's eyes."""

import re
from typing import Any

import pytest

from tests.people import ADA, BO, DEE
from tests.services.prescription.conftest import Clinic
from tests.services.prescription.test_administration import WORK, tag
from tests.services.prescription.test_pages import send, summary, visit

HOME = "/administration/"
HOURS = {f"hours-{day}": "" for day in range(1, 8)}


@pytest.fixture
def bo(clinic: Clinic) -> str:
    found = clinic.create("/staff", WORK, ADA)
    clinic.catch_up()
    return found


def site_fields(**other: str) -> dict[str, str]:
    return {"name": "Harbour", "zone": "Europe/Madrid", "language": "en", **HOURS, **other}


def led(answer: Any) -> str:
    assert answer.status_code == 302, answer.text
    return str(answer.headers["Location"])


def test_administration_is_on_the_way_of_who_leads_and_of_nobody_else(clinic: Clinic) -> None:
    clinic.catch_up()

    assert 'href="/prescription/administration/"' in visit(clinic, "/", DEE).text
    assert 'href="/prescription/administration/"' not in visit(clinic, "/", BO).text
    assert visit(clinic, HOME, BO).status_code == 403


def test_a_clinic_without_a_rota_is_told_so(clinic: Clinic) -> None:
    clinic.catch_up()

    assert "No rota" in visit(clinic, HOME, ADA).text
    page = visit(clinic, f"/administration/sites/{clinic.site}", ADA)
    assert "This clinic has no rota" in page.text
    spanish = visit(clinic, f"/administration/sites/{clinic.site}", ADA, "es")
    assert "Este centro no tiene turnos" in spanish.text


def test_hours_are_typed_a_line_a_weekday(clinic: Clinic) -> None:
    clinic.catch_up()
    path = f"/administration/sites/{clinic.site}/change"

    led(send(clinic, path, site_fields(**{"hours-1": "8:00-13:00, 15.00 - 19:00"}), ADA))

    told = clinic.get(f"/sites/{clinic.site}").json
    assert [(one["opens"], one["closes"]) for one in told["hours"]] == [
        ("08:00", "13:00"),
        ("15:00", "19:00"),
    ]
    assert 'value="08:00-13:00, 15:00-19:00"' in visit(clinic, path, ADA).text


@pytest.mark.parametrize("typed", ["mornings", "8-13", "13:00-08:00", "08:00-10:00, 09:00-11:00"])
def test_hours_that_cannot_be_are_told_at_their_weekday(clinic: Clinic, typed: str) -> None:
    clinic.catch_up()
    path = f"/administration/sites/{clinic.site}/change"

    answer = send(clinic, path, site_fields(**{"hours-1": "09:00-10:00", "hours-3": typed}), ADA)

    assert set(summary(answer)) == {"hours-3"}
    assert f'value="{typed}"' in answer.text


def test_a_form_that_somebody_overtook_is_not_saved(clinic: Clinic) -> None:
    clinic.catch_up()
    path = f"/administration/sites/{clinic.site}/change"

    answer = send(clinic, path, site_fields(version="9"), ADA)

    assert answer.status_code == 412
    assert "Somebody changed this" in answer.text


def test_a_clinic_and_a_region_begin(clinic: Clinic) -> None:
    led(send(clinic, "/administration/regions/new", {"name": "Coast"}, ADA))
    clinic.catch_up()
    page = visit(clinic, "/administration/sites/new", ADA).text
    region = re.search(r'<option value="(\w{32})">Coast', page)
    assert region

    where = led(send(clinic, "/administration/sites/new", site_fields(region=region[1]), ADA))

    site = re.search(r"/sites/(\w+)", where)
    assert site
    assert clinic.get(f"/sites/{site[1]}").json["region"] == region[1]


def test_a_rota_is_set_row_by_row(clinic: Clinic, bo: str) -> None:
    path = f"/administration/sites/{clinic.site}/rota"
    row = {"staff": bo, "first": "2026-09-07", "last": "2026-09-11", "hours": "08:00-14:00"}
    fields = {f"shifts-0-{name}": value for name, value in row.items()}

    wider = send(clinic, path, {**fields, "fallback": bo, "add": "1"}, DEE)
    assert (wider.status_code, "shifts-1-staff" in wider.text) == (200, True)
    led(send(clinic, path, {**fields, "fallback": bo}, DEE))

    page = visit(clinic, f"/administration/sites/{clinic.site}", DEE).text
    assert "On duty now: Bo Haraldsen" in page


def test_a_row_that_cannot_be_is_told_at_its_field(clinic: Clinic, bo: str) -> None:
    path = f"/administration/sites/{clinic.site}/rota"
    row = {"shifts-0-staff": bo, "shifts-0-first": "2026-09-07", "shifts-0-last": "2026-09-01"}

    answer = send(clinic, path, row | {"fallback": ""}, DEE)
    assert set(summary(answer)) == {"fallback"} or set(summary(answer)) == {"shifts-0-last"}

    answer = send(clinic, path, row | {"fallback": bo}, DEE, language="es")
    assert summary(answer)["shifts-0-last"].startswith("Fila 1, Hasta: Es anterior")


def test_somebody_is_taken_on_changed_and_leaves(clinic: Clinic) -> None:
    clinic.catch_up()
    fields = {"name": "Bo Berg", "email": "bo@example.org", "role": "therapist"}
    led(send(clinic, "/administration/staff/new", fields | {"sites": clinic.site}, ADA))
    clinic.catch_up()
    (member,) = clinic.get("/staff").json["items"]
    path = f"/administration/staff/{member['id']}"

    led(send(clinic, path, fields | {"role": "lead", "sites": clinic.site}, ADA))
    assert clinic.get(f"/staff/{member['id']}").json["role"] == "lead"
    last = {"date-day": "31", "date-month": "2", "date-year": "2026"}
    wrong = send(clinic, path, last | {"do": "leave"}, ADA)
    assert set(summary(wrong)) == {"date"}
    led(send(clinic, path, last | {"date-day": "28", "do": "leave"}, ADA))

    assert clinic.get(f"/staff/{member['id']}").json["left"] == "2026-02-28"
    led(send(clinic, path, {"do": "return"}, ADA))
    assert clinic.get(f"/staff/{member['id']}").json["left"] is None


def test_patients_of_nobody_are_given_to_somebody(clinic: Clinic, bo: str) -> None:
    path = "/administration/assignments"
    assert set(summary(send(clinic, path, {"therapist": bo, "of": "nobody"}, DEE))) == {"patients"}

    led(send(clinic, path, {"patients": clinic.patient, "therapist": bo, "of": "nobody"}, DEE))

    assert clinic.get(f"/patients/{clinic.patient}").json["therapist"] == bo
    clinic.catch_up()
    assert "Ana Ruiz" not in visit(clinic, path, DEE).text
    assert "Ana Ruiz" in visit(clinic, f"{path}?of={bo}", DEE).text


def test_the_practice_is_named_and_shows_its_rules(clinic: Clinic) -> None:
    clinic.post("/practice", {"name": "North", "language": "en"}, ADA)

    led(send(clinic, "/administration/practice", {"name": "North & Co", "language": "es"}, ADA))

    page = visit(clinic, "/administration/practice", ADA).text
    assert 'value="North &amp; Co"' in page
    assert "2026-11" in page
    assert clinic.get(f"/staff/{'f' * 32}", ADA, **tag(1)).status_code == 404
