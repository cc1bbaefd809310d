"""What was ever stored is read as today's events, and what is published fits its promise."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from adherence.app import DEFINITION
from adherence.events import InvitationIssued, InvitationRedeemed
from adherence.signals import published as signals
from shared.codec import converter
from shared.privacy import ErasureCompleted
from shared.store import Stored
from shared.web.contracts import payload_schema
from tests.people import ANA_ID
from tests.unit.adherence.facts import DAY, MONDAY, corrects, entered, logged, logs, program

FILES = sorted((Path(__file__).parent / "samples").glob("*.json"))
NOW = datetime(2026, 9, 7, tzinfo=UTC)


@pytest.mark.invariant(n=11)
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_shape_ever_stored_is_read_as_todays_event(file: Path) -> None:
    sample: dict[str, Any] = json.loads(file.read_text())
    codec = DEFINITION.codec

    event = codec.decode(Stored(sample["type"], sample["schema"], NOW, sample["data"]))

    assert json.loads(converter.dumps(event)) == sample["today"]


def test_every_event_has_a_sample_of_every_shape() -> None:
    codec = DEFINITION.codec
    samples = [json.loads(file.read_text()) for file in FILES]
    shapes = {(name, n) for name in codec.kinds for n in range(1, codec.schema(name) + 1)}

    assert {(sample["type"], sample["schema"]) for sample in samples} == shapes


def signalled() -> list[Any]:
    """Return a signal of every kind that is published."""
    samples = [json.loads(file.read_text()) for file in FILES]
    found = [
        converter.structure(one["today"], DEFINITION.codec.kinds[one["type"]]) for one in samples
    ]
    return [event for event in found if type(event) in signals.PUBLISHED]


def test_what_is_published_fits_its_schema_and_holds_all_of_the_event() -> None:
    told = [logs(MONDAY + DAY * number, entered(sets=2)) for number in range(3)]
    _, events = logged(program(), *told, corrects(MONDAY, pain=0))
    let_in = [
        InvitationIssued("1" * 32, ANA_ID, None, "link", NOW),
        InvitationRedeemed("1" * 32, ANA_ID, "2" * 32, "link"),
    ]
    events = (*events, *let_in, *signalled())

    assert {type(event) for event in events} == DEFINITION.published.keys() - {ErasureCompleted}
    for event in events:
        publication = DEFINITION.published[type(event)]
        schema, definitions = payload_schema(publication.schema)
        payload = publication.dump(event)
        jsonschema.validate(payload, {**schema, "$defs": definitions})
        assert payload.keys() == type(event).__dataclass_fields__.keys()
