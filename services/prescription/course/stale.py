"""Two therapists at one program: who comes second is told what the first one changed."""

from prescription import story
from prescription.course.difference import Change, between
from prescription.edition import check_version
from prescription.program import Program
from shared.errors import Stale
from shared.service import Service
from shared.stream import Loaded

REVISIONS = ("ProgramPrescribed", "ProgramRevised")


def check_seen(loaded: Loaded[Program], version: int, tenant: str, service: Service) -> None:
    """Refuse a change of a program that was changed since it was read, and say what changed.

    Raises:
        NotFound: there is no such program.
        Stale: `version` is not the one that is in force; its faults are the differences.
    """
    try:
        check_version(loaded, version)
    except Stale as stale:
        changes = since(loaded, version, tenant, service)
        faults = (*stale.faults, *(change.fault for change in changes))
        raise Stale(stale.detail, faults=faults) from None


def since(
    loaded: Loaded[Program], version: int, tenant: str, service: Service
) -> tuple[Change, ...]:
    """Return what differs between a program as it stood at a version and as it stands."""
    revisions = story.tell(loaded, tenant, service)["revisions"]
    read = [commit for commit in loaded.commits if commit.last <= version]
    kinds = [stored.type for commit in read for stored in commit.events]
    seen = sum(kind in REVISIONS for kind in kinds)
    return between(revisions[seen - 1], revisions[-1]) if seen else ()
