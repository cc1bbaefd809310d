"""Letters as they are compared where people search."""

import pytest

from shared.letters import plain


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Jürgen", "jurgen"), ("ÖZTÜRK", "ozturk"), ("señor", "senor"), ("Weiß", "weiss"), ("", "")],
)
def test_capitals_and_accents_make_no_difference(text: str, expected: str) -> None:
    assert plain(text) == expected
