"""What was ever stored is read as today's events; what is published fits its schema."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import prescription
from prescription.app import DEFINITION
from prescription.labels import CODES
from prescription.payloads import Prescribed
from prescription.program import prescribe
from prescription.rules import rules
from shared.language import CATALOGUES, catalogue
from shared.store import Stored
from shared.web.contracts import payload_schema
from tests.unit.prescription.asked import DESK, PRESCRIBE, keep

GOLDEN = Path(__file__).with_name("golden.json")
SAMPLES: list[dict[str, Any]] = json.loads(GOLDEN.read_text())
NOW = datetime(2026, 9, 7, tzinfo=UTC)


@pytest.mark.invariant(n=11)
@pytest.mark.parametrize(
    "sample", SAMPLES, ids=lambda sample: f"{sample['type']}-{sample['schema']}"
)
def test_every_shape_ever_stored_is_read_as_todays_event(sample: dict[str, Any]) -> None:
    codec = DEFINITION.codec
    stored = Stored(sample["type"], sample["schema"], NOW, sample["data"])

    again = codec.encode(codec.decode(stored), NOW, None)

    assert json.loads(json.dumps(again.data, default=list)) == sample["today"]


def test_every_event_has_a_sample_of_every_shape() -> None:
    codec = DEFINITION.codec
    shapes = {(name, n) for name in codec.kinds for n in range(1, codec.schema(name) + 1)}

    assert {(sample["type"], sample["schema"]) for sample in SAMPLES} == shapes


def test_a_published_program_fits_the_schema_that_is_promised() -> None:
    (event,) = prescribe(PRESCRIBE, DESK, keep)
    schema, definitions = payload_schema(Prescribed)

    jsonschema.validate(Prescribed().dump(event), {**schema, "$defs": definitions})


def test_codes_have_a_version_and_a_source() -> None:
    found = rules()

    assert all(found.versions.values())
    assert all(found.sources.values())


def test_every_code_has_a_name_for_people() -> None:
    found = rules()

    of_guides = {code for codes in found.guide.values() for code in codes}
    assert {*found.revised, *found.ended, *found.kinds, *of_guides} <= CODES.keys()


def test_every_text_of_the_pages_is_there_in_spanish() -> None:
    home = Path(prescription.__file__).parent
    known = catalogue("es", CATALOGUES).keys() | catalogue("es", home / "words").keys()
    said = {
        text
        for page in (home / "templates").rglob("*.html")
        for text in re.findall(r"(?:_|ngettext)\('([^']+)'", page.read_text())
    }

    assert said - known == set()
