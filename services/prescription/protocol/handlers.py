"""The handlers of templates: they come in, change and go; those that HEP brings too."""

from collections.abc import Mapping

from prescription import exercise, staff
from prescription.edition import check_version
from prescription.protocol import programs, template
from prescription.protocol.commands import PublishTemplate, RetireTemplate, ReviseTemplate
from prescription.protocol.template import Around
from prescription.rules import rules
from shared.service import Handler, Service
from shared.store import Commit
from shared.stream import Cause


def publish_template(command: PublishTemplate, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(template.KIND, cause, command.template)
    events = template.publish(command, _around(command, service, cause))
    return service.streams.append(loaded, events, cause)


def revise_template(command: ReviseTemplate, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(template.KIND, cause, command.template)
    check_version(loaded, command.version)
    events = template.revise(loaded.state, command, _around(command, service, cause))
    return service.streams.append(loaded, events, cause)


def retire_template(command: RetireTemplate, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(template.KIND, cause, command.template)
    check_version(loaded, command.version)
    return service.streams.append(loaded, template.retire(loaded.state, command.template), cause)


def bring(word: str, service: Service, cause: Cause) -> Commit:
    """Put one of HEP's templates into a library, or renew it there."""
    command = programs.publication(cause.tenant, word)
    loaded = service.streams.load(template.KIND, cause, command.template)
    if not loaded.version:
        return service.streams.append(loaded, template.bring(command), cause)
    events = template.renew(loaded.state, command)
    return service.streams.append(loaded, events, cause) if events else loaded.commits[-1]


def _around(command: PublishTemplate | ReviseTemplate, service: Service, cause: Cause) -> Around:
    named = {item.exercise for stage in command.stages for item in stage.exercises}
    states = {
        one: service.streams.peek(exercise.KIND, cause.tenant, one).state for one in named if one
    }
    owner = service.streams.peek(staff.KIND, cause.tenant, command.owner or "").state
    return Around(states, owner, rules())


HANDLERS: Mapping[type, Handler] = {
    PublishTemplate: publish_template,
    ReviseTemplate: revise_template,
    RetireTemplate: retire_template,
}
