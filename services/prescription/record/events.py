"""What was put into clinical records. Codes alone: people's own words stand elsewhere."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Home:
    """What there is at home: equipment, and room to move."""

    equipment: tuple[str, ...]
    spaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordSet:
    """A patient's record is like this from now on; `home` is None where nobody has asked."""

    patient: str
    conditions: tuple[str, ...]
    home: Home | None


EVENTS = (RecordSet,)
