"""The proposal: what is left after the limits, ordered by aims, goals and words."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from prescription.catalogue import Catalogue, Entry
from prescription.search import folded
from prescription.suggest.case import Case, Reading, read, stands
from prescription.suggest.limits import Barred, barred
from prescription.suggest.rules import Aim, Rules, Trait

# What weighs how much beside the first aim of a condition, which weighs 1: HEP's own choice, set by
# the known vignettes and never by one of them. Each later aim weighs a little less.
STEP, LEAST = 0.08, 0.3
# Of a goal that asks for an aim; of further aims that the same exercise serves; of words in common.
GOAL, FURTHER, WORDS = 0.2, 0.25, 0.05
# What is left of an aim's weight once an exercise serves it: a program is not four of a kind.
SERVED = 0.75
# What a step away from the load that suits phase and irritability costs.
AWAY = 0.15
SUITED: Mapping[str, int] = {"acute": 1, "subacute": 2, "late": 2}
EASED: Mapping[str, int] = {"low": 1, "moderate": 0, "high": -1}
FALLS = "falls_high"
# Two words are taken for the same where they begin alike: inflections of both languages.
STEM = 5


@dataclass(frozen=True, slots=True)
class Pick:
    """A suggested exercise: the aims it serves, the first foremost, and the goals by number."""

    word: str
    aims: tuple[str, ...]
    goals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed, and what was left out by which limit; a therapist decides."""

    reading: Reading
    picks: tuple[Pick, ...]
    left_out: Mapping[str, Barred]


def suggest(case: Case, catalogue: Catalogue, rules: Rules) -> Proposal:
    """Propose exercises of the catalogue for a case, the likeliest first.

    Raises:
        CaseUnread: the case names what is not known; nothing is guessed.
    """
    reading = read(case, rules)
    left, out = {}, {}
    for word, entry in catalogue.entries.items():
        if found := barred(word, entry, case, reading, rules):
            out[word] = found
        else:
            left[word] = entry
    goals = _asked(case.goals, rules)
    weights = _weights(case, reading, goals, rules)
    serves = {
        word: [name for name in weights if _serves(rules.aims[name], entry, rules.traits[word])]
        for word, entry in left.items()
    }
    words = _alike(case, reading, left)
    base = {
        word: WORDS * words[word]
        - AWAY * abs(rules.traits[word].load - _suited(case, reading, rules))
        for word in left
    }
    picks = []
    for word in _ordered(serves, weights, base)[: rules.most]:
        served = tuple(sorted(serves[word], key=lambda name: -weights[name]))
        numbers = tuple(n for n, asked in enumerate(goals) if asked & set(served))
        picks.append(Pick(word, served, numbers))
    return Proposal(reading, tuple(picks), out)


def _suited(case: Case, reading: Reading, rules: Rules) -> int:
    """Return the load that suits a case: lower for who is old or falls, higher for a tendon."""
    frail = case.age >= rules.old.years or FALLS in reading.restrictions
    heavier = max((one.heavier for one in reading.conditions.values()), default=0)
    return SUITED[case.phase] + EASED[case.irritability] + heavier - frail


def _asked(goals: Sequence[str], rules: Rules) -> list[set[str]]:
    """Return which aims each goal asks for."""
    return [
        {
            name
            for name, aim in rules.aims.items()
            if any(stands(group, folded(goal)) for group in aim.goals)
        }
        for goal in goals
    ]


def _weights(
    case: Case, reading: Reading, goals: Sequence[set[str]], rules: Rules
) -> dict[str, float]:
    """Return the aims of a case, each with its weight."""
    found: dict[str, float] = {}
    for condition in reading.conditions.values():
        for number, name in enumerate(condition.aimed(case.phase)):
            found[name] = max(found.get(name, 0), LEAST, 1 - STEP * number)
    for code in reading.restrictions:
        for name in rules.restrictions[code].aims:
            found[name] = 1.0
    # A goal raises what the condition aims at, and brings nothing in by itself.
    for name in set().union(*goals) & set(found):
        found[name] += GOAL
    return found


def _serves(aim: Aim, entry: Entry, trait: Trait) -> bool:
    said = folded(f"{entry.name} {entry.plain_name} {entry.purpose}")
    return (
        (not aim.main or entry.muscles[0] in aim.main)
        and (not aim.kinds or entry.kind in aim.kinds)
        and (not aim.regions or entry.region in aim.regions)
        and (not aim.positions or entry.position in aim.positions)
        and (not aim.asks or bool(set(aim.asks) & set(trait.asks)))
        and not set(aim.without) & set(trait.asks)
        and aim.load[0] <= trait.load <= aim.load[1]
        and (not aim.text or any(stands(group, said) for group in aim.text))
    )


def _ordered(
    serves: Mapping[str, Sequence[str]], weights: Mapping[str, float], base: Mapping[str, float]
) -> list[str]:
    """Return exercises, the likeliest first: each choice makes its aims weigh less for the next."""
    now, found = dict(weights), []
    open_ = {word for word, aims in serves.items() if aims}

    def mark(word: str) -> tuple[float, str]:
        first, *further = sorted((now[name] for name in serves[word]), reverse=True)
        return first + FURTHER * sum(further) + base[word], word

    while open_:
        best = max(open_, key=mark)
        open_.remove(best)
        found.append(best)
        for name in serves[best]:
            now[name] *= SERVED
    return found


def _alike(case: Case, reading: Reading, left: Mapping[str, Entry]) -> dict[str, float]:
    """Return how much each exercise's words have in common with the case's, 0 to 1.

    The rarer a word is in the catalogue, the more it counts.
    """
    texts = {word: _stems(_said(entry)) for word, entry in left.items()}
    often = Counter(stem for stems in texts.values() for stem in stems)
    named = [name for one in reading.conditions.values() for name in (one.en, one.es)]
    asked = _stems(" ".join((case.words, *case.goals, *named)))
    marks = {
        word: sum(math.log(1 + len(texts) / often[stem]) for stem in stems & asked)
        for word, stems in texts.items()
    }
    highest = max(marks.values(), default=0) or 1
    return {word: mark / highest for word, mark in marks.items()}


def _said(entry: Entry) -> str:
    spoken = [entry.name, entry.plain_name, entry.purpose, *entry.muscles]
    for wording in entry.wordings:
        spoken += [wording.name, wording.plain_name, wording.purpose]
    return " ".join(spoken)


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in folded(text) if len(word) >= STEM - 1}
