"""The handlers of the library: exercises come in, change, are shared and go; the catalogue too."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from prescription import exercise, favourites, ladder, site, stock
from prescription.catalogue import catalogue
from prescription.commands import (
    AnswerOffer,
    MarkFavourite,
    OfferExercise,
    PublishExercise,
    RestoreExercise,
    RetireExercise,
    ReviseExercise,
    StockLibrary,
)
from prescription.edition import check_version
from prescription.events import Guide
from prescription.guide import Ladder
from prescription.protocol import handlers as templates
from prescription.protocol.programs import programs
from prescription.rules import rules
from shared import commands
from shared.commands import identify
from shared.service import Handler, Service
from shared.store import Commit
from shared.stream import Cause


def publish_exercise(command: PublishExercise, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(exercise.KIND, cause, command.exercise)
    around = _ladder(command.guide, service, cause.tenant)
    where = command.site and service.streams.peek(site.KIND, cause.tenant, command.site).state
    events = exercise.publish(command, around, rules(), where or None)
    return service.streams.append(loaded, events, cause)


def revise_exercise(command: ReviseExercise, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(exercise.KIND, cause, command.exercise)
    check_version(loaded, command.version)
    around = _ladder(command.guide, service, cause.tenant)
    events = exercise.revise(loaded.state, command, around, rules())
    return service.streams.append(loaded, events, cause)


def retire_exercise(command: RetireExercise, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(exercise.KIND, cause, command.exercise)
    check_version(loaded, command.version)
    events = exercise.retire(loaded.state, command.exercise)
    return service.streams.append(loaded, events, cause)


def restore_exercise(command: RestoreExercise, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(exercise.KIND, cause, command.exercise)
    check_version(loaded, command.version)
    known, word = catalogue(), loaded.state.word
    newest = known.publication(cause.tenant, word) if word and word in known.entries else None
    events = exercise.restore(loaded.state, command.exercise, newest)
    return service.streams.append(loaded, events, cause)


def offer_exercise(command: OfferExercise, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(exercise.KIND, cause, command.exercise)
    check_version(loaded, command.version)
    return service.streams.append(loaded, exercise.offer(loaded.state, command), cause)


def answer_offer(command: AnswerOffer, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(exercise.KIND, cause, command.exercise)
    check_version(loaded, command.version)
    return service.streams.append(loaded, exercise.answer(loaded.state, command), cause)


def mark_favourite(command: MarkFavourite, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(favourites.KIND, cause, command.shelf)
    exercise.check_in_use(service.streams.peek(exercise.KIND, cause.tenant, command.exercise).state)
    return service.streams.append(loaded, favourites.mark(command), cause)


def stock_library(start: int, service: Service, cause: Cause) -> None:
    """Take what is next of the catalogue into a practice's library, exercises before templates."""
    brought, (_, chunk) = catalogue(), rules().catalogue
    bringing = [(word, _bring) for word in sorted(brought.entries)]
    bringing += [(word, templates.bring) for word in programs()]
    now = bringing[start : start + chunk]
    for word, bring in now:
        own = replace(cause, command=identify(cause.command, word))
        commands.run(partial(bring, word, service, own), own)
    command = StockLibrary(cause.tenant, brought.edition, start + len(now), len(bringing))
    commands.run(lambda: _stocked(command, service, cause), cause)


def _bring(word: str, service: Service, cause: Cause) -> Commit:
    """Put an exercise of the catalogue into a library, or renew it there."""
    command = catalogue().publication(cause.tenant, word)
    loaded = service.streams.load(exercise.KIND, cause, command.exercise)
    if not loaded.version:
        # The ladders of the catalogue are whole: rungs that this one names may follow.
        events = exercise.publish(command, Ladder(), rules())
        return service.streams.append(loaded, events, cause)
    events = exercise.renew(loaded.state, command)
    return service.streams.append(loaded, events, cause) if events else loaded.commits[-1]


def _stocked(command: StockLibrary, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(stock.KIND, cause, command.library)
    return service.streams.append(loaded, stock.stock(command), cause)


def _ladder(guide: Guide | None, service: Service, tenant: str) -> Ladder:
    """Return the ladder below what a guide names, folded from the streams themselves."""
    missing = set()

    def below(identity: str) -> tuple[str, ...]:
        latest = service.streams.peek(exercise.KIND, tenant, identity).state.latest
        if latest is None:
            missing.add(identity)
        return latest.guide.easier if latest and latest.guide else ()

    known = ladder.rungs(guide.easier if guide else (), below, rules().rungs)
    return Ladder(known, missing)


HANDLERS: Mapping[type, Handler] = {
    PublishExercise: publish_exercise,
    ReviseExercise: revise_exercise,
    RetireExercise: retire_exercise,
    RestoreExercise: restore_exercise,
    OfferExercise: offer_exercise,
    AnswerOffer: answer_offer,
    MarkFavourite: mark_favourite,
}
