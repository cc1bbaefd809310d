"""Which signals are published, and how."""

from adherence.signals import payloads
from adherence.signals.events import (
    AdherenceDipped,
    DoseProposed,
    PainFlagged,
    ProgramLapsed,
    ProgramNotStarted,
    ProgramResumed,
    ProgramTooHard,
)
from shared.publication import Publication

PUBLISHED = {
    PainFlagged: Publication("pain.flagged", payloads.Pain),
    ProgramNotStarted: Publication("program.not_started", payloads.NotStarted),
    AdherenceDipped: Publication("adherence.dipped", payloads.Dipped),
    ProgramLapsed: Publication("program.lapsed", payloads.Lapsed),
    ProgramResumed: Publication("program.resumed", payloads.Resumed),
    ProgramTooHard: Publication("program.too_hard", payloads.TooHard),
    DoseProposed: Publication("dose.proposed", payloads.Dose),
}
