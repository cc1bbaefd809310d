"""One function a command about a patient's screen: load, decide, append."""

from collections.abc import Mapping

from prescription import bedside, patient
from prescription.edition import check_version
from prescription.flags import screening
from prescription.flags.commands import AnswerScreen, DecideScreen
from prescription.flags.questions import screen
from prescription.rules import rules
from prescription.text import Texts
from shared.service import Handler, Service
from shared.store import Commit
from shared.stream import Cause


def answer_screen(command: AnswerScreen, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(screening.KIND, cause, command.patient)
    # The first screen of a patient has nothing before it that could have been read.
    if loaded.version or command.version:
        check_version(loaded, command.version)
    found = service.streams.peek(patient.KIND, cause.tenant, command.patient).state
    texts = Texts(cause)
    events = screening.answer(loaded.state, command, found, screen(), rules(), texts.keep)
    return bedside.append(loaded, events, texts, command.patient, service, cause)


def decide_screen(command: DecideScreen, service: Service, cause: Cause) -> Commit:
    loaded = service.streams.load(screening.KIND, cause, command.patient)
    check_version(loaded, command.version)
    bedside.check_present(command.patient, service, cause)
    texts = Texts(cause)
    events = screening.decide(loaded.state, command, texts.keep)
    return bedside.append(loaded, events, texts, command.patient, service, cause)


HANDLERS: Mapping[type, Handler] = {AnswerScreen: answer_screen, DecideScreen: decide_screen}


def check(owner: str, service: Service, cause: Cause) -> None:
    """Refuse to issue a program for a patient whose screen stops it.

    Raises:
        Stopped: it does.
    """
    screening.check(service.streams.peek(screening.KIND, cause.tenant, owner).state)
