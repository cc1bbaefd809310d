"""How suggestions are scored by the vignettes; settled before any rule of suggesting."""

from collections.abc import Container, Sequence

from tests.suggest.vignettes import Vignette

# As many as a therapist looks through before choosing a few.
AT = 8


def wrong(suggested: Sequence[str], vignette: Vignette) -> tuple[str, ...]:
    """Return the forbidden among all that was suggested, however far down: none may be."""
    return tuple(word for word in suggested if word in vignette.forbidden)


def recall(suggested: Sequence[str], vignette: Vignette, over: Container[str]) -> float:
    """Return which part of the acceptable is among the first eight, 0 to 1.

    A case with more than eight acceptable is whole at eight of them. An exercise that is not
    `over` what was judged is passed over: it takes nobody's place.
    """
    first = [word for word in suggested if word in over][:AT]
    return len(set(first) & set(vignette.acceptable)) / min(AT, len(vignette.acceptable))
