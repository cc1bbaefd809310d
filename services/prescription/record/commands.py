"""What can be asked of clinical records."""

from dataclasses import dataclass

from prescription.record.events import Home


@dataclass(frozen=True, slots=True)
class SetRecord:
    """Say anew what a patient's record holds; `version` is the one read, 0 where there was none."""

    patient: str
    version: int
    conditions: tuple[str, ...]
    home: Home | None
