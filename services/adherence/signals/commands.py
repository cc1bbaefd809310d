"""What due work and the therapist's word make this service decide about signals."""

from dataclasses import dataclass

from adherence.signals.events import Outcome


@dataclass(frozen=True, slots=True)
class WatchProgram:
    """Look at a program: whether it was begun, and whether it is kept up."""

    program: str


@dataclass(frozen=True, slots=True)
class SettleProposal:
    """Note that the therapist has accepted or declined a proposal."""

    program: str
    proposal: str
    outcome: Outcome
