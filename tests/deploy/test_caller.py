from dataclasses import replace

import pytest

from deploy.local.demo.caller import Caller
from deploy.local.engines import free_port
from deploy.local.stack import Stack, StackError


def test_a_command_carries_its_key_its_version_and_who_sends_it(front: Stack) -> None:
    caller = Caller(front)

    seen = caller.post("bo", "/prescription/v1/x", {"a": 1}, "key-1", '"3"').json()

    assert (seen["method"], seen["body"]) == ("POST", '{"a": 1}')
    headers = seen["headers"]
    assert (headers["Idempotency-Key"], headers["If-Match"]) == ("key-1", '"3"')
    assert headers["Authorization"] == f"Bearer {caller.tokens['bo'][0]}"


def test_a_part_that_stays_away_is_named_with_the_reason(front: Stack) -> None:
    with pytest.raises(StackError, match=r"GET /reporting/v1/x as bo: 502 .* Try again"):
        Caller(front, patience=0).get("bo", "/reporting/v1/x")


def test_a_platform_that_is_gone_says_how_to_start_it(front: Stack) -> None:
    gone = replace(front, ports={**front.ports, "edge": free_port()})

    with pytest.raises(StackError, match="is `hep up` running"):
        Caller(gone).get("bo", "/prescription/v1/x")
