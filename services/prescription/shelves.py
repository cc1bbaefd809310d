"""What is looked up in the library: exercises by words and codes, one with all of its parts."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any

from prescription import exercise, favourites, search
from prescription.fault import fault
from prescription.projections import LISTS
from prescription.queries import find
from prescription.search import Asked
from shared.errors import NotFound, Refusal
from shared.mongo import Document
from shared.permission import NOBODY_HERE, Asker
from shared.service import Service
from shared.stream import Loaded

# Of what a list shows of an exercise.
BRIEF = (
    "exercise",
    "name",
    "plain_name",
    "kind",
    "steps",
    "stop_if",
    "source",
    "version",
    "word",
    "site",
    "retired",
    "offered",
    "order",
)


class OfAllSites(Refusal):
    """What all sites have is changed by who answers for all of them."""

    slug = "exercise-of-all-sites"
    title = "All sites have this exercise"


def load(identity: str, asker: Asker, service: Service) -> Loaded[exercise.Exercise]:
    """Return an exercise that the asker's sites have.

    Raises:
        NotFound: there is none, or only another site has it.
    """
    loaded = find(exercise.KIND, identity, asker, service)
    sites = _sites(asker)
    if sites is not None and loaded.state.site not in (None, *sites):
        raise NotFound(NOBODY_HERE)
    return loaded


def load_own(identity: str, asker: Asker, service: Service) -> Loaded[exercise.Exercise]:
    """Return an exercise that the asker may change.

    Raises:
        NotFound: there is none for this asker.
        OfAllSites: all sites have it, and the asker's work is limited to some.
    """
    loaded = load(identity, asker, service)
    if asker.identity.is_limited and loaded.state.site is None:
        raise OfAllSites("Who answers for all of them changes it. Put in one of your own instead.")
    return loaded


def check_answering(asker: Asker) -> None:
    """Refuse an answer for all sites by somebody whose work is limited to some.

    Raises:
        OfAllSites: it is.
    """
    if asker.identity.is_limited:
        raise OfAllSites("Who answers for all of them decides what they share.")


def check_site(site: str | None, asker: Asker) -> None:
    """Refuse to publish beyond the sites that the asker's work is limited to.

    Raises:
        ExerciseImpossible: the site is not among them, or none is named.
    """
    sites = _sites(asker)
    if sites is not None and site not in sites:
        reason = fault("/site", "Choose one of your clinics. You can offer it to all of them then.")
        raise exercise.ExerciseImpossible("Look at the site.", faults=[reason])


def show(identity: str, asker: Asker, service: Service) -> tuple[dict[str, Any], int]:
    """Return an exercise as answers.Exercise has it, and its version as a stream.

    Raises:
        NotFound: there is none for this asker.
    """
    loaded = load(identity, asker, service)
    state = loaded.state
    latest = state.latest
    if latest is None:
        raise NotFound(NOBODY_HERE)
    return {
        **asdict(latest),
        "id": identity,
        "version": len(state.versions),
        "word": state.word,
        "site": state.site,
        "retired": state.retired,
        "offered": state.offered,
        "harder": [one["exercise"] for one in harder(identity, asker, service)],
        "favourite": identity in shelf(asker, service),
    }, loaded.version


def words(identities: Iterable[str], tenant: str, service: Service) -> dict[str, str | None]:
    """Return which exercise of the catalogue each is, by id; None where a practice put it in."""
    found = service.documents(LISTS, "exercises").many(tenant, identities)
    return {identity: document["word"] for identity, document in found.items()}


def exercises(
    asked: Asked, asker: Asker, service: Service, *, after: str = "", limit: int = 50
) -> list[dict[str, Any]]:
    """Return exercises by name, one more than asked where there are more.

    Args:
        asked: what is looked for.
        asker: sees those of all sites and of the asker's.
        service: whose.
        after: `order` of the last one before.
        limit: of the page.
    """
    return list(islice(_found(asked, asker, service, after), limit + 1))


def library(asker: Asker, service: Service) -> Iterator[dict[str, Any]]:
    """Yield by name all that the asker may prescribe."""
    return _found(Asked(), asker, service)


def harder(identity: str, asker: Asker, service: Service) -> list[dict[str, Any]]:
    """Return the exercises one rung above one, by name."""
    return list(_found(Asked(codes={"easier": identity}), asker, service))


def named(identities: list[str], asker: Asker, service: Service) -> list[dict[str, Any]]:
    """Return exercises by their ids, in this order, those that are there."""
    found = service.documents(LISTS, "exercises").many(asker.tenant, identities)
    return [_brief(found[one]) for one in identities if one in found]


def shelf(asker: Asker, service: Service) -> favourites.Shelf:
    """Return the asker's favourites."""
    whose = favourites.whose(asker.tenant, asker.identity.subject)
    return service.streams.peek(favourites.KIND, asker.tenant, whose).state


def _found(
    asked: Asked, asker: Asker, service: Service, after: str = ""
) -> Iterator[dict[str, Any]]:
    """Yield by name what is looked for, among what the asker's sites have."""
    words, sites = set(search.wanted(asked)), _sites(asker)
    kept = set(shelf(asker, service)) if asked.favourite else None
    documents = service.documents(LISTS, "exercises")
    chosen = {"tokens": search.first(asked)}
    for found in documents.every(asker.tenant, chosen, order="order", after=after):
        if (
            words.issubset(found["words"])
            and (sites is None or found["site"] in (None, *sites))
            and (kept is None or found["exercise"] in kept)
            and (found["offered"] or not asked.offered)
        ):
            yield _brief(found)


def _sites(asker: Asker) -> tuple[str, ...] | None:
    """Return the sites that the asker's work is limited to; None where it is not."""
    return asker.identity.sites if asker.identity.is_limited else None


def _brief(found: Document) -> dict[str, Any]:
    return {name: found[name] for name in BRIEF} | {"id": found["exercise"]}
