"""Whatever is to be decoded, there is one documented refusal, and it is soon there."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from flask import g
from hypothesis import example, given
from hypothesis import strategies as st

from shared import position
from shared.envelope import Undecodable, decode, encode
from shared.errors import Invalid
from shared.peers import Away, Peers
from shared.web import api
from shared.web.body import Malformed, check
from shared.web.identity import TRACEPARENT, traceparent
from tests.engine.test_bad_records import GOOD
from tests.fuzz.judged import JSON, judged, soon
from tests.people import BO, IDENTITIES
from tests.permission.world import World

NOON = datetime(2026, 9, 7, 12, tzinfo=UTC)
KNOWN = orjson.loads(encode(GOOD))


@given(st.binary())
@example(b"[" * 1_000_000)
@example(b'{"specversion":"1.0","data":' * 100_000)
@example(b'{"specversion":"1.0","sequence":' + b"9" * 1_000_000 + b"}")
def test_a_record_of_any_bytes_is_an_event_or_undecodable(raw: bytes) -> None:
    assert judged(decode, raw, Undecodable) is None


@given(st.dictionaries(st.sampled_from(sorted(KNOWN)), JSON, min_size=1, max_size=4))
def test_an_event_with_any_attribute_is_an_event_or_undecodable(changes: dict[str, Any]) -> None:
    raw = json.dumps(KNOWN | changes).encode(errors="surrogatepass")

    found = judged(decode, raw, Undecodable)

    assert found is None or judged(decode, encode(found), Undecodable) == found


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
@example(b"[" * 1_000_000)
@example(b"9" * 1_000_000)
@example(b'{"a":' * 300_000 + b"1" + b"}" * 300_000)
def test_a_body_of_any_bytes_is_kept_as_it_is_or_malformed(raw: bytes) -> None:
    judged(check, raw, Malformed)


@given(st.text() | JSON.map(lambda value: base64.urlsafe_b64encode(json.dumps(value).encode())))
@example("A" * 1_000_000)
@example(base64.urlsafe_b64encode(b"[" * 100_000).decode())
@example(base64.urlsafe_b64encode(b'["t",1e400,"north|x","s",1]').decode())
@example(base64.urlsafe_b64encode(b'["t",NaN,"north|x","s",1]').decode())
@example(base64.urlsafe_b64encode(b'["t",1,"south|x","s",1]').decode())
def test_a_position_of_any_text_is_the_tenants_or_bad(token: str | bytes) -> None:
    text = token if isinstance(token, str) else token.decode()

    found = judged(lambda text: position.parse(text, "north"), text, position.BadPosition)

    assert found is None or found.key.split("|")[0] == "north"


@given(text=st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_a_cursor_made_by_hand_is_refused(world: World, text: str) -> None:
    with world.apps["prescription"].test_request_context("/prescription/v1/patients"):
        g.identity = IDENTITIES[BO]
        cursor = api._cursor("Ana")  # noqa: SLF001 - what a list hands out

        assert api.after(cursor) == "Ana"
        for made in (text, cursor + text, text + cursor):
            if made not in ("", cursor):
                # Base64 leaves room after its end; what a cursor says is signed all the same.
                assert judged(api.after, made, Invalid) in (None, "Ana")


@pytest.mark.parametrize("where", ["south", "/prescription/v1/exercises"])
def test_a_cursor_of_another_list_or_tenant_is_refused(world: World, where: str) -> None:
    app = world.apps["prescription"]
    with app.test_request_context("/prescription/v1/patients"):
        g.identity = IDENTITIES[BO]
        cursor = api._cursor("Ana")  # noqa: SLF001 - what a list hands out
    path = where if where.startswith("/") else "/prescription/v1/patients"
    with app.test_request_context(path):
        g.identity = IDENTITIES["cy" if where == "south" else BO]

        with pytest.raises(Invalid):
            api.after(cursor)


@given(st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0")))
@example("00-" + "a" * 1_000_000)
def test_a_trace_is_one_or_none(world: World, text: str) -> None:
    app = world.apps["prescription"]
    with app.test_request_context("/", headers={"traceparent": text}), soon():
        found = traceparent()

    assert not found or TRACEPARENT.fullmatch(found)


class Odd(Peers):
    """An owner that answers anything."""

    def get(self, *_: object) -> Any:
        return self.kept["odd", "", "", ""][1]


@given(JSON | st.fixed_dictionaries({"items": st.lists(JSON) | JSON, "next": st.none()}))
def test_an_owner_that_answers_anything_is_away_or_understood(answer: Any) -> None:
    peers = Odd("reporting", "", "", {})
    peers.kept["odd", "", "", ""] = (0.0, answer)

    judged(lambda owner: list(peers.events(owner, "north", "s-1", 0)), "adherence", Away)
    judged(lambda owner: list(peers.heads(owner, None, NOON)), "adherence", Away)
