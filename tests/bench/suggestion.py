"""How long a suggestion takes once all is loaded, over the known case vignettes."""

import statistics
import time

from prescription.catalogue import catalogue
from prescription.suggest.proposal import suggest
from prescription.suggest.rules import rules
from tests.suggest.test_scoring import case
from tests.suggest.vignettes import KNOWN, vignettes


def measured() -> list[float]:
    """Return seconds of each case's suggestion, the shortest first."""
    taken = []
    for vignette in vignettes(KNOWN):
        asked = case(vignette)
        began = time.perf_counter()
        suggest(asked, catalogue(), rules())
        taken.append(time.perf_counter() - began)
    return sorted(taken)


def line() -> str:
    """Return what is printed of it; 300 ms are asked for."""
    taken = [seconds * 1000 for seconds in measured()]
    middle = statistics.median(taken)
    return f"a suggestion, warm: {middle:.0f} ms [{taken[0]:.0f} to {taken[-1]:.0f}], 300 at most"
