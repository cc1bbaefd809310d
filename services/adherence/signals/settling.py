"""What becomes of a proposal: the therapist has accepted or declined it, once."""

from adherence.diary import Diary
from adherence.signals.commands import SettleProposal
from adherence.signals.events import ProposalSettled
from shared.errors import Refusal


class AlreadySettled(Refusal):
    """No such proposal is open: it was settled before, or a newer one took its place."""

    slug = "already-settled"
    title = "This proposal is not open"


def settle(diary: Diary, command: SettleProposal) -> list[ProposalSettled]:
    """Decide that a proposal is settled.

    Raises:
        AlreadySettled: none of this id is open.
    """
    standing = diary.noticed.standing.values()
    if not any(one.open and one.proposal == command.proposal for one in standing):
        raise AlreadySettled("The proposal was settled before, or a newer one took its place.")
    return [ProposalSettled(command.program, command.proposal, command.outcome)]
