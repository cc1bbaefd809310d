"""A proposal over what the practice prescribes, told in the asker's language."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from typing import Any

from prescription import shelves
from prescription.catalogue import Catalogue, Entry, catalogue, identity
from prescription.record.conditions import BLOCK, cautions
from prescription.suggest.case import Case
from prescription.suggest.limits import Barred
from prescription.suggest.proposal import Pick, Proposal, suggest
from prescription.suggest.rules import Aim, Condition, Limit, Rules, rules
from shared.permission import Asker
from shared.service import Service

UNUSED = Barred(
    "unused", Limit(en="the practice does not prescribe it", es="la consulta no lo prescribe")
)
DECIDES = {
    "en": "These are suggestions by rules that no clinician has reviewed yet: a therapist decides.",
    "es": "Son sugerencias según reglas que ningún clínico ha revisado aún: decide un terapeuta.",
}


def propose(
    case: Case, language: str, asker: Asker, service: Service, *, conditions: Sequence[str] = ()
) -> dict[str, Any]:
    """Return what answers.Suggestion has.

    Args:
        case: without a name.
        language: to be told in.
        asker: who asks.
        service: whose library.
        conditions: codes of a patient's record: what says that it is not for one is left out.

    Raises:
        CaseUnread: the case names what is not known.
    """
    whole = catalogue()
    ids = {identity(asker.tenant, word): word for word in whole.entries}
    found = shelves.named(list(ids), asker, service)
    used = {ids[one["id"]] for one in found if not one["retired"]}
    against = {
        word: barred
        for word, entry in whole.entries.items()
        if (barred := _against(entry, conditions))
    }
    left = {
        word: entry for word, entry in whole.entries.items() if word in used and word not in against
    }
    proposal = suggest(case, replace(whole, entries=left), rules())
    unused = {word: UNUSED for word in whole.entries if word not in used}
    left_out = {**proposal.left_out, **against, **unused}
    return tell(replace(proposal, left_out=left_out), case, whole, asker.tenant, language)


def tell(
    proposal: Proposal, case: Case, catalogue: Catalogue, tenant: str, language: str
) -> dict[str, Any]:
    """Return a proposal in words of a language."""
    known, reading = rules(), proposal.reading
    limits = known.restrictions
    picked = [(pick, catalogue.entries[pick.word]) for pick in proposal.picks]
    return {
        "conditions": [_named(code, one, language) for code, one in reading.conditions.items()],
        "restrictions": [_named(code, limits[code], language) for code in reading.restrictions],
        "suggested": [
            _brief(tenant, pick.word, entry, language)
            | {
                "kind": entry.kind,
                "usual": asdict(entry.usual),
                "why": _why(pick, proposal, case, known, language),
                "goals": list(pick.goals),
                "supervision": entry.supervision,
                "contraindications": list(_spoken(entry, "contraindications", language)),
                "precautions": list(_spoken(entry, "precautions", language)),
                "verified": entry.verified,
            }
            for pick, entry in picked
        ],
        "left_out": [
            _brief(tenant, word, catalogue.entries[word], language)
            | {
                "by": barred.by,
                "why": getattr(barred.limit, language),
                "source": barred.limit.source,
                "verified": barred.limit.verified,
            }
            for word, barred in sorted(proposal.left_out.items())
        ],
        "decides": DECIDES[language],
        "reviewed": False,
        "edition": catalogue.edition,
        "versions": dict(known.versions),
    }


def _against(entry: Entry, conditions: Iterable[str]) -> Barred | None:
    """Return what an exercise says of itself against a patient's record, if that blocks it."""
    found = next((one for one in cautions(entry, conditions) if one.level == BLOCK), None)
    if found is None:
        return None
    english = f"not for a condition of the record: “{found.sentence}”"
    return Barred("record", Limit(en=english, es="no es para una afección de su ficha"))


def _brief(tenant: str, word: str, entry: Entry, language: str) -> dict[str, Any]:
    return {
        "exercise": identity(tenant, word),
        "word": word,
        "name": _spoken(entry, "name", language),
        "plain_name": _spoken(entry, "plain_name", language),
    }


def _spoken(entry: Entry, name: str, language: str) -> Any:
    """Return a part of an exercise in a language; in English where it has no other."""
    told = next((one for one in entry.wordings if one.language == language), entry)
    return getattr(told, name)


def _named(code: str, found: Condition | Limit, language: str) -> dict[str, str]:
    return {"code": code, "name": getattr(found, language)}


def _why(pick: Pick, proposal: Proposal, case: Case, rules: Rules, language: str) -> str:
    """Return why an exercise is suggested, in one sentence."""
    conditions = proposal.reading.conditions.values()
    about = ", ".join(getattr(one, language) for one in conditions)
    aim: Aim = rules.aims[pick.aims[0]]
    asked = case.goals[pick.goals[0]].rstrip(".") if pick.goals else ""
    if language == "es":
        goal = f", y lo pide el objetivo «{asked}»" if asked else ""
        return f"Por {about}: {aim.es}{goal}."
    goal = f", and the goal “{asked}” asks for it" if asked else ""
    return f"For {about}: it {aim.en}{goal}."
