"""A case for which exercises are looked for, what its diagnosis means, and what is proposed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from prescription.fault import fault, one_of
from prescription.rules import rules as codes
from prescription.search import folded
from prescription.suggest.rules import PHASES, Condition, Rules
from shared.errors import Fault, Invalid

# A beginning of a word from this many letters on; a shorter one is a whole word.
BEGINS = 4

# What a letter of a code's beginning counts beside a word: a whole code is surer than any word.
CODED, SAID = 4, 3


class CaseUnread(Invalid):
    """The case names what is not known here: it is refused, not guessed."""

    slug = "case-unread"
    title = "The case cannot be read"


@dataclass(frozen=True, slots=True)
class Case:
    """Somebody, without a name.

    Attributes:
        system: of `code`.
        code: of the diagnosis; may be empty where it is said in words.
        words: the same in words, English or Spanish.
        age: years.
        goals: in the patient's words.
        phase: acute, subacute or late.
        irritability: low, moderate or high.
        equipment: at home.
        restrictions: codes of what the clinical record restricts.
    """

    system: str
    code: str
    words: str
    age: int
    goals: tuple[str, ...]
    phase: str
    irritability: str
    equipment: tuple[str, ...]
    restrictions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a case means.

    Attributes:
        conditions: those that it is about, by id.
        restrictions: those that hold: stated, and implied by any condition that was found.
    """

    conditions: Mapping[str, Condition]
    restrictions: tuple[str, ...]

    @property
    def regions(self) -> frozenset[str]:
        """Which regions the case is about."""
        return frozenset(one for found in self.conditions.values() for one in found.regions)


def read(case: Case, rules: Rules) -> Reading:
    """Return what a case means.

    Raises:
        CaseUnread: a code is unknown, or nothing is known of the diagnosis.
    """
    if wrong := list(_faults(case, rules)):
        raise CaseUnread("Look at the fields that are named here.", faults=wrong)
    marks = {name: _mark(case, condition, rules) for name, condition in rules.conditions.items()}
    best = max((marks[name] for name, one in rules.conditions.items() if one.aims), default=0)
    if not best:
        none = fault("/diagnosis/words", "Nothing is known here of this diagnosis: choose by hand.")
        raise CaseUnread("Exercises can be chosen from the library.", faults=[none])
    about = {
        name: one for name, one in rules.conditions.items() if one.aims and marks[name] == best
    }
    # Whatever was found at all may rule out: in doubt a limit holds.
    implied = [
        code
        for name, one in rules.conditions.items()
        if marks[name]
        for code in one.implied(case.phase)
    ]
    return Reading(about, tuple(dict.fromkeys((*case.restrictions, *implied))))


def stands(group: str, said: Iterable[str]) -> bool:
    """Say whether all words of a group, or words that begin like them, are among these."""
    there = tuple(said)
    return all(
        any(one.startswith(word) if len(word) >= BEGINS else one == word for one in there)
        for word in folded(group)
    )


def _faults(case: Case, rules: Rules) -> Iterable[Fault]:
    yield from one_of("/phase", case.phase, PHASES)
    yield from one_of("/irritability", case.irritability, rules.irritabilities)
    for number, one in enumerate(case.equipment):
        yield from one_of(f"/equipment/{number}", one, codes().guide["equipment"])
    for number, one in enumerate(case.restrictions):
        yield from one_of(f"/restrictions/{number}", one, tuple(rules.restrictions))
    if not 0 <= case.age <= codes().oldest:
        yield fault("/age", "Give years from 0 to %(most)s.", most=codes().oldest)


def _mark(case: Case, condition: Condition, rules: Rules) -> int:
    """Return how surely a condition is meant: the longer its code and the more words, the surer."""
    code = case.code.replace(".", "").upper() if case.system.startswith(rules.system) else ""
    begun = [one.replace(".", "") for one in condition.codes]
    coded = max((len(one) for one in begun if code.startswith(one)), default=0)
    said = folded(case.words)
    groups = [len(folded(group)) for group in condition.words if stands(group, said)]
    return CODED * coded + SAID * max(groups, default=0)
