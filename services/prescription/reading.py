"""How easily a text is read: an age for English, an ease for Spanish.

Formulas and their sources stand in `rules.toml`, at `[reading]`. Syllables are counted by groups of
vowels, which is off by some in a hundred: the figures tell long from short, not good from bad.
"""

import re
from collections.abc import Callable, Iterable

WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
# What is heard as one: y too. An e at the end is silent, but not in -le.
ENGLISH = re.compile(r"[aeiouy]+")
SILENT = re.compile(r"(?<=[^aeiouyl])e$|(?<=[^aeiouytd])ed$|(?<=[^aeioulysxzh])es$")
# An open vowel is a syllable, with the closed ones around it; an accent on a closed one parts them.
SPANISH = re.compile(r"[iuüy]?[aeoáéó][iuüy]?(?![aeoáéóíú])|[iuüy]?[aeoáéó]|[íú]|[iuüy]+")
# The u of que, qui, gue and gui is not heard.
MUTE = re.compile(r"(?<=[qg])u(?=[eiéí])")


def age(sentences: Iterable[str]) -> float:
    """Return the age in years at which English is read: the Flesch-Kincaid grade and 5."""
    words, syllables = _means(sentences, _english)
    return 0.39 * words + 11.8 * syllables - 15.59 + 5


def ease(sentences: Iterable[str]) -> float:
    """Return how easily Spanish sentences are read, 0 to 100, by Fernández Huerta."""
    words, syllables = _means(sentences, _spanish)
    return 206.84 - 60 * syllables - 1.02 * words


def _means(sentences: Iterable[str], count: Callable[[str], int]) -> tuple[float, float]:
    """Return words a sentence and syllables a word."""
    found = [
        words
        for text in sentences
        for sentence in re.split(r"[.:;!?]+", text)
        if (words := WORD.findall(sentence.casefold()))
    ]
    number = sum(map(len, found))
    syllables = sum(count(word) for words in found for word in words)
    return number / max(1, len(found)), syllables / max(1, number)


def _english(word: str) -> int:
    return max(1, len(ENGLISH.findall(SILENT.sub("", word))))


def _spanish(word: str) -> int:
    return max(1, len(SPANISH.findall(MUTE.sub("", word))))
