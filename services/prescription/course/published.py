"""Which events of a running program are published, and how."""

from prescription.course import events, payloads
from shared.publication import Publication

PUBLISHED = {
    events.ProgramReviewed: Publication("program.reviewed", payloads.Reviewed),
    events.ProgramPaused: Publication("program.paused", payloads.Paused),
    events.ProgramResumed: Publication("program.resumed", payloads.Resumed),
}
