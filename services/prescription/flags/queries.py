"""What is read of a patient's screens: from their stream, with words opened."""

from typing import Any

from prescription import queries, roster
from prescription.flags import screening
from prescription.flags.events import ScreenAnswered, ScreenDecided
from prescription.flags.questions import screen
from shared.permission import Asker
from shared.service import Service
from shared.stream import Loaded

Told = dict[str, Any]
ANSWERED = ("edition", "region", "asked", "positive", "level")


def find_screening(patient: str, asker: Asker, service: Service) -> tuple[Told, int]:
    """Return a patient's screens as schemas.Screening has it, and their version; 0 for none.

    Raises:
        NotFound: nobody is here for this asker.
    """
    queries.in_reach(patient, asker, service)
    loaded = service.streams.peek(screening.KIND, asker.tenant, patient)
    return {
        "id": patient,
        "state": loaded.state.state,
        "stops": loaded.state.stops,
        "screens": tell(loaded, asker.tenant, service),
    }, loaded.version


def tell(loaded: Loaded[screening.Screening], tenant: str, service: Service) -> list[Told]:
    """Return the screens of a patient, the latest first."""
    decoded = [
        (service.streams.codec.decode(stored), {"actor": commit.actor, "recorded": commit.recorded})
        for commit in loaded.commits
        for stored in commit.events
    ]
    texts = [getattr(event, "note", None) or getattr(event, "why", None) for event, _ in decoded]
    words = service.vault.open(tenant, [text for text in texts if text])
    found: dict[str, Told] = {}
    for event, said in decoded:
        if isinstance(event, ScreenAnswered):
            own = {name: getattr(event, name) for name in ANSWERED}
            own |= {"id": event.screen, "note": words.get(event.note or ""), "decisions": []}
            found[event.screen] = own | said
        elif isinstance(event, ScreenDecided):
            decision = {"decision": event.decision, "why": words.get(event.why or "")}
            found[event.screen]["decisions"].append(decision | said)
    return list(found.values())[::-1]


def questions(region: str, language: str) -> Told:
    """Return what is asked for a part of the body, in a language, as schemas.Questions has it."""
    edition = screen()
    return {
        "edition": edition.edition,
        "region": region,
        "questions": [
            {
                "word": one.word,
                "level": one.level,
                "text": one.said[language],
                "machine": language != "en",
                "source": one.source,
            }
            for one in edition.asked(region)
        ],
    }


def named(screens: list[Told], tenant: str, service: Service) -> dict[str, str]:
    """Return the names of who answered and decided, by who signs in as them."""
    actors = {said["actor"] for one in screens for said in (one, *one["decisions"])}
    return {one: one for one in actors} | roster.names(actors, tenant, service)
