"""A template: what it is like, version by version, who answers for it, whether it is in use."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from prescription import dose
from prescription.exercise import Exercise
from prescription.fault import fault, one_of
from prescription.protocol import criterion
from prescription.protocol.commands import PublishTemplate, ReviseTemplate
from prescription.protocol.events import (
    Item,
    Stage,
    TemplatePublished,
    TemplateRetired,
    TemplateRevised,
)
from prescription.rules import Rules
from prescription.staff import Staff
from shared.errors import Fault, Invalid, NotFound, Refusal
from shared.stream import Kind

Version = TemplatePublished | TemplateRevised
SAID = (
    "name",
    "condition",
    "region",
    "title",
    "titles",
    "diagnosis",
    "weeks",
    "source",
    "basis",
    "stages",
    "owner",
)
NO_OWNER = fault("/owner", "Name a therapist or lead who works here.")


class TemplateImpossible(Invalid):
    """The template cannot be as it is described."""

    slug = "template-impossible"
    title = "The template cannot be like this"


class AlreadyRetired(Refusal):
    """A retired template stays as it was."""

    slug = "template-retired"
    title = "This template is retired"


class OfTheCatalogue(Refusal):
    """A template that HEP brings changes with its edition."""

    slug = "template-of-catalogue"
    title = "This template comes with the catalogue"


@dataclass(frozen=True, slots=True)
class Template:
    """What is known of a template; without a version it is not there.

    Attributes:
        versions: all, the first first.
        retired: whether it fills drafts no more.
    """

    versions: tuple[Version, ...] = ()
    retired: bool = False

    @property
    def latest(self) -> Version | None:
        """What it is like now."""
        return self.versions[-1] if self.versions else None

    @property
    def word(self) -> str | None:
        """Which of HEP's it is."""
        first = self.versions[0] if self.versions else None
        return first.word if isinstance(first, TemplatePublished) else None


@dataclass(frozen=True, slots=True)
class Around:
    """What a decision needs besides the template.

    Attributes:
        library: the exercises that it names, by id; those that are there.
        owner: the staff member who is to answer for it.
        rules: codes and limits.
    """

    library: Mapping[str, Exercise]
    owner: Staff
    rules: Rules


def evolve(template: Template, event: object) -> Template:
    """Return the template after an event."""
    if isinstance(event, TemplatePublished):
        return Template((event,))
    if isinstance(event, TemplateRevised):
        return replace(template, versions=(*template.versions, event))
    return replace(template, retired=True) if isinstance(event, TemplateRetired) else template


KIND = Kind("template", Template(), evolve)


def publish(command: PublishTemplate, around: Around) -> list[object]:
    """Decide a publication of the practice's own.

    Raises:
        TemplateImpossible: a field cannot be; each is named.
    """
    _check(command, around)
    return [_published(command)]


def bring(command: PublishTemplate) -> list[object]:
    """Decide that one of HEP's comes in; what it holds was looked at when it was read."""
    return [_published(command)]


def revise(template: Template, command: ReviseTemplate, around: Around) -> list[object]:
    """Decide what a template of the practice's own is like from now on.

    Raises:
        NotFound: there is none.
        AlreadyRetired: it fills drafts no more.
        OfTheCatalogue: it is none of the practice's own.
        TemplateImpossible: a field cannot be; each is named.
    """
    check_in_use(template)
    if template.word:
        raise OfTheCatalogue("Put in one of your own instead, and retire this one if you like.")
    _check(command, around)
    return [_revised(template, command, None)]


def renew(template: Template, command: PublishTemplate) -> list[object]:
    """Decide what one of HEP's is like in an edition; nothing where it is as before.

    One that the practice has retired stays as it was, and one that a newer edition changed.
    """
    latest = template.latest
    if latest is None or template.retired or (latest.edition or "") > (command.edition or ""):
        return []
    if said(latest) == said(command):
        return []
    return [_revised(template, command, command.edition)]


def retire(template: Template, identity: str) -> list[object]:
    """Decide that a template fills drafts no more.

    Raises:
        NotFound: there is none.
        AlreadyRetired: it was retired before.
    """
    check_in_use(template)
    return [TemplateRetired(identity)]


def check_in_use(template: Template) -> None:
    """Refuse what is not there, or was retired.

    Raises:
        NotFound: there is none.
        AlreadyRetired: it fills drafts no more.
    """
    if not template.versions:
        raise NotFound("There is no template with this id.")
    if template.retired:
        raise AlreadyRetired("It stays as it was. Programs made from it go on.")


def said(told: PublishTemplate | ReviseTemplate | Version) -> dict[str, Any]:
    """Return all that a version of a template says of it."""
    return {name: getattr(told, name) for name in SAID}


def stage_faults(
    stage: Stage, pointer: str, rules: Rules, kind_of: Callable[[Item], str | None]
) -> Iterator[Fault]:
    """Yield what cannot be about a phase, whoever brings it: criteria and doses.

    A dose may leave amounts open, as its source does; they are asked for when it is prescribed.
    """
    named = {item.exercise for item in stage.exercises if item.exercise}
    yield from criterion.faults(stage.entry, stage.exit, named, pointer)
    low, high = rules.priorities
    for number, item in enumerate(stage.exercises):
        place = f"{pointer}/exercises/{number}"
        yield from dose.faults(item.dose, f"{place}/dose", rules, kind_of(item), whole=False)
        if not low <= item.priority <= high:
            yield fault(f"{place}/priority", "Give %(low)g to %(high)g.", low=low, high=high)


def _published(command: PublishTemplate) -> TemplatePublished:
    return TemplatePublished(
        template=command.template, word=command.word, edition=command.edition, **said(command)
    )


def _revised(
    template: Template, command: PublishTemplate | ReviseTemplate, edition: str | None
) -> TemplateRevised:
    return TemplateRevised(
        template=command.template,
        version=len(template.versions) + 1,
        edition=edition,
        **said(command),
    )


def _check(command: PublishTemplate | ReviseTemplate, around: Around) -> None:
    if faults := list(_faults(command, around)):
        raise TemplateImpossible("Look at the fields that are named here.", faults=faults)


def _faults(command: PublishTemplate | ReviseTemplate, around: Around) -> Iterator[Fault]:
    rules = around.rules
    if not around.owner.treats:
        yield NO_OWNER
    yield from one_of("/region", command.region, rules.guide["regions"])
    if command.weeks and not 0 < command.weeks[0] <= command.weeks[-1]:
        yield fault("/weeks", "Give the least number of weeks first.")
    if not command.stages:
        yield fault("/phases", "A template has at least one phase: add one.")
    most = int(rules.phases[1])
    if len(command.stages) > most:
        yield fault("/phases", "At most %(most)s phases.", most=most)
        return
    for number, stage in enumerate(command.stages):
        pointer = f"/phases/{number}"
        if not stage.exercises:
            yield fault(f"{pointer}/exercises", "A phase asks for at least one exercise: add one.")
        yield from _unknown(stage, pointer, around)
        yield from stage_faults(stage, pointer, rules, _kinds(around))


def _kinds(around: Around) -> Callable[[Item], str | None]:
    def kind_of(item: Item) -> str | None:
        known = around.library.get(item.exercise or "")
        return known.latest.kind if known and known.latest else None

    return kind_of


def _unknown(stage: Stage, pointer: str, around: Around) -> Iterator[Fault]:
    """Yield each exercise that the whole practice cannot prescribe."""
    named = [item.exercise for item in stage.exercises]
    for number, exercise in enumerate(named):
        place = f"{pointer}/exercises/{number}/exercise"
        known = around.library.get(exercise or "")
        if known is None or known.latest is None:
            yield fault(place, "The library has no such exercise: choose one.")
        elif known.retired:
            yield fault(place, "This exercise was retired: choose another.")
        elif known.site is not None:
            yield fault(place, "Only one clinic has this exercise: offer it to all clinics first.")
        elif exercise in named[:number]:
            yield fault(place, "It stands here twice: keep one, with all its dose.")
