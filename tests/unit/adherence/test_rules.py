"""The rules are data with a version and a source, and they cover what can be prescribed."""

from adherence.rules import rules


def test_every_priority_has_a_weight_and_the_first_weighs_most() -> None:
    weights = rules().weights

    assert set(weights) == {1, 2, 3}
    assert weights[1] > weights[2] > weights[3] > 0
