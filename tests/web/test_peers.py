from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.peers import Away, Peers
from shared.web.owner import HeadsQuery

NOON = datetime(2026, 9, 7, 12, tzinfo=UTC)


class Asked(Peers):
    """Remembers what is asked, and answers with an empty page."""

    def get(self, owner: str, path: str, tenant: str, params: Mapping[str, str]) -> Any:
        self.kept["asked", owner, path, tenant] = (0.0, params)
        return {"items": [], "next": None}


@pytest.mark.parametrize("since", [None, NOON])
def test_heads_are_asked_for_as_their_owner_takes_it(since: datetime | None) -> None:
    peers = Asked("reporting", "", "", {})

    assert list(peers.heads("adherence", since, NOON)) == [[]]

    _, query = peers.kept["asked", "adherence", "heads", ""]
    found = HeadsQuery().load(query)
    assert found["until"] == NOON
    assert found["changed_since"] == (since or datetime(1970, 1, 1, tzinfo=UTC))


class Confused(Peers):
    """Answers what no owner of this version would."""

    def get(self, *_: object) -> Any:
        return {"items": [{"sequence": 1}], "next": None}


def test_an_owner_whose_answer_cannot_be_read_is_as_good_as_away() -> None:
    peers = Confused("reporting", "", "", {})

    with pytest.raises(Away, match="adherence: Undecodable"):
        list(peers.events("adherence", "north", "program-1", 0))
    with pytest.raises(Away, match="adherence: TypeError"):
        list(peers.heads("adherence", None, NOON))
    with pytest.raises(Away, match="nobody: KeyError"):
        Peers("reporting", "", "", {}).get("nobody", "heads", "", {})
