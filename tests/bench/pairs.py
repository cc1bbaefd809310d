"""Measure two things in turns, so that a noisy machine disturbs both alike."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

ROUNDS = 5
Rate = Callable[[], float]


@dataclass(slots=True)
class Pair:
    """The figures of the platform and of the raw clients, one of each a round."""

    ours: list[float] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """The median over the rounds of ours divided by raw."""
        return statistics.median(a / b for a, b in zip(self.ours, self.raw, strict=True))


def interleave(ours: Rate, raw: Rate, rounds: int = ROUNDS) -> Pair:
    """Run both in every round, each first in turn; the first round only warms up."""
    pair = Pair()
    for number in range(rounds + 1):
        order = [(pair.ours, ours), (pair.raw, raw)]
        for figures, measure in order if number % 2 else reversed(order):
            figure = measure()
            if number:
                figures.append(figure)
    return pair


def rates(name: str, pair: Pair) -> str:
    """Return one line for rates: medians, their spread, the ratio."""
    return f"{name:<22}{_spread(pair.ours):>26}{_spread(pair.raw):>26}{pair.ratio:>9.2f}"


def times(name: str, seconds: Pair) -> list[str]:
    """Return two lines for latencies in milliseconds: the median and the 99th of a hundred."""
    return [
        f"{name + f' p{rank} ms':<22}{_rank(seconds.ours, rank):>26.1f}"
        f"{_rank(seconds.raw, rank):>26.1f}"
        f"{_rank(seconds.ours, rank) / _rank(seconds.raw, rank):>9.2f}"
        for rank in (50, 99)
    ]


def _spread(figures: list[float]) -> str:
    return f"{statistics.median(figures):,.0f} ({min(figures):,.0f}..{max(figures):,.0f})"


def _rank(seconds: list[float], rank: int) -> float:
    return 1000 * statistics.quantiles(seconds, n=100, method="inclusive")[rank - 1]
