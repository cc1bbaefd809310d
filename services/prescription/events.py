"""What the practice decided, in the words of the clinic. A text that is somebody's own is an id."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from prescription.course.events import EVENTS as COURSE
from prescription.hours import Opening, Shift
from prescription.task.events import EVENTS as TASK
from shared.codec import Upcaster
from shared.privacy import ErasureCompleted


@dataclass(frozen=True, slots=True)
class Source:
    """Where an exercise or a program comes from; verified once somebody here has checked it."""

    title: str
    url: str
    verified: bool


@dataclass(frozen=True, slots=True)
class Dose:
    """How much of an exercise and how often; None where it was left open."""

    sets: int | None
    repetitions: int | None
    hold_seconds: int | None
    minutes: float | None
    load_kg: float | None
    band: str | None
    side: str | None
    times_per_day: int
    days_per_week: int
    weekdays: tuple[int, ...]
    effort: int | None
    rest_seconds: int | None
    tempo: str | None
    layers: int | None = None
    frequency_hz: int | None = None
    pulse_us: int | None = None
    milliamperes: int | None = None


@dataclass(frozen=True, slots=True)
class BadDay:
    """What to do instead on a bad day; `exercise` is the easier one, where the way is that."""

    way: str
    exercise: str | None


@dataclass(frozen=True, slots=True)
class Exercise:
    """One exercise of a program with its dose; priority 1 is always, 3 is if there is time.

    `version` is the exercise's own: what it was like when it was prescribed. `group` is when in
    the day it is done; `taught` how the patient showed that it was understood.
    """

    exercise: str
    dose: Dose
    priority: int
    instructions: str | None
    version: int = 1
    group: str | None = None
    bad_day: BadDay | None = None
    taught: str | None = None


@dataclass(frozen=True, slots=True)
class Usual:
    """A dose to begin with and its source; `unseen` are the fields that the source leaves open."""

    dose: Dose
    source: Source
    unseen: tuple[str, ...]
    note: str | None


@dataclass(frozen=True, slots=True)
class Wording:
    """What an exercise says in another language; `machine`: no clinician has read it."""

    language: str
    machine: bool
    name: str
    plain_name: str
    purpose: str
    steps: tuple[str, ...]
    mistakes: tuple[str, ...]
    stop_if: tuple[str, ...]
    contraindications: tuple[str, ...]
    precautions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guide:
    """What else is to be known of an exercise; `easier` are those one rung below.

    `verified`: muscles, contraindications and precautions were seen in a source.
    """

    purpose: str
    region: str
    muscles: tuple[str, ...]
    position: str
    equipment: tuple[str, ...]
    space: str
    supervision: str
    sides: str
    mistakes: tuple[str, ...]
    contraindications: tuple[str, ...]
    precautions: tuple[str, ...]
    usual: Usual | None
    easier: tuple[str, ...]
    verified: bool
    wordings: tuple[Wording, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is treated: a code of a coding system, and the id of the words for it."""

    code: str
    system: str
    verified: bool
    text: str


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of a program, counted from 1; `name` is a text's id."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was prescribed all the same: `about` the number or an exercise.

    `words` is a text's id.
    """

    about: str
    code: str
    words: str | None


@dataclass(frozen=True, slots=True)
class Target:
    """How a goal is seen to be met, and by when; goal and measure are texts' ids."""

    goal: str
    measure: str | None
    by: date | None


@dataclass(frozen=True, slots=True)
class PracticeRegistered:
    """A practice group began to use the platform."""

    practice: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class PracticeChanged:
    """The practice group has another name or language."""

    practice: str
    name: str
    language: str


@dataclass(frozen=True, slots=True)
class SiteRegistered:
    """A practice opened a site; `zone` is its IANA time zone."""

    site: str
    name: str
    zone: str
    language: str
    region: str | None


@dataclass(frozen=True, slots=True)
class SiteChanged:
    """A site is like this from now on; a weekday without opening hours is a closed day."""

    site: str
    name: str
    zone: str
    language: str
    region: str | None
    hours: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class RotaSet:
    """A site's rota of who is on duty, all of it; the fallback is there when nobody else is."""

    site: str
    shifts: tuple[Shift, ...]
    fallback: str


@dataclass(frozen=True, slots=True)
class RegionRegistered:
    """A practice put some of its sites into a region."""

    region: str
    name: str


@dataclass(frozen=True, slots=True)
class RegionRenamed:
    """A region has another name."""

    region: str
    name: str


@dataclass(frozen=True, slots=True)
class StaffRegistered:
    """Somebody began to work at these sites; name and address are in a sealed card."""

    staff: str
    role: str
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaffChanged:
    """Somebody works in this role at these sites from now on, or has another name or address."""

    staff: str
    role: str
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaffLeft:
    """Somebody's employment ends; `date` is the last day, `successor` takes over the patients."""

    staff: str
    date: date
    successor: str | None


@dataclass(frozen=True, slots=True)
class StaffReturned:
    """Somebody who had left works here again, as before."""

    staff: str
    role: str
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PatientRegistered:
    """A patient came into care at a site; name and address are in a sealed card."""

    patient: str
    site: str
    zone: str
    language: str
    therapist: str | None
    birth_year: int
    precautions: str | None


@dataclass(frozen=True, slots=True)
class PatientUpdated:
    """A patient has another name or address, in a card sealed anew, or is treated elsewhere."""

    patient: str
    site: str
    zone: str
    language: str


@dataclass(frozen=True, slots=True)
class PatientAssigned:
    """A patient is this therapist's from now on, or nobody's."""

    patient: str
    therapist: str | None


@dataclass(frozen=True, slots=True)
class PatientErased:
    """All that says who the patient is, and all words about the patient, were destroyed."""

    patient: str


@dataclass(frozen=True, slots=True)
class PatientHeld:
    """Somebody had a patient's record held: `until` is its last day; `note` is a text's id."""

    patient: str
    reason: str
    note: str | None
    until: date | None


@dataclass(frozen=True, slots=True)
class PatientReleased:
    """The hold on a patient's record was released."""

    patient: str


@dataclass(frozen=True, slots=True)
class ExercisePublished:
    """An exercise came into a library: of one site or of all; `word` is that of the catalogue."""

    exercise: str
    name: str
    plain_name: str
    kind: str
    steps: tuple[str, ...]
    stop_if: tuple[str, ...]
    source: Source | None
    guide: Guide | None
    site: str | None
    word: str | None
    edition: str | None


@dataclass(frozen=True, slots=True)
class ExerciseRevised:
    """An exercise is like this from now on, all of it; programs keep the version that they have."""

    exercise: str
    version: int
    name: str
    plain_name: str
    kind: str
    steps: tuple[str, ...]
    stop_if: tuple[str, ...]
    source: Source | None
    guide: Guide | None
    edition: str | None


@dataclass(frozen=True, slots=True)
class ExerciseRetired:
    """An exercise is prescribed to nobody any more; programs that have it go on."""

    exercise: str


@dataclass(frozen=True, slots=True)
class ExerciseRestored:
    """A retired exercise may be prescribed again, as its newest version has it."""

    exercise: str


@dataclass(frozen=True, slots=True)
class ExerciseOffered:
    """A site offered an exercise of its own to the whole practice."""

    exercise: str


@dataclass(frozen=True, slots=True)
class ExerciseShared:
    """Who answers for the library took an offered exercise in for all sites."""

    exercise: str


@dataclass(frozen=True, slots=True)
class ExerciseDeclined:
    """Who answers for the library left an offered exercise with its site."""

    exercise: str


@dataclass(frozen=True, slots=True)
class ExerciseFavoured:
    """Somebody wants an exercise at hand."""

    exercise: str


@dataclass(frozen=True, slots=True)
class ExerciseUnfavoured:
    """Somebody no longer wants an exercise at hand."""

    exercise: str


@dataclass(frozen=True, slots=True)
class LibraryStocked:
    """A part of the catalogue came into the practice's library, `through` of `of` by now."""

    library: str
    edition: str
    through: int
    of: int


@dataclass(frozen=True, slots=True)
class ProgramPrescribed:
    """A therapist prescribed a program; title, goals and instructions are texts' ids.

    `review` is when somebody looks at it again; before that was said it is None.
    """

    program: str
    patient: str
    site: str
    revision: int
    effective: date
    start: date
    end: date | None
    title: str
    diagnosis: Diagnosis
    goals: tuple[str, ...]
    phase: Phase
    exercises: tuple[Exercise, ...]
    source: Source | None
    review: date | None = None
    reasons: tuple[Reason, ...] = ()
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class ProgramRevised:
    """A therapist changed a program from a date on, for a reason; this is all of it from then."""

    program: str
    patient: str
    revision: int
    effective: date
    reason: str
    note: str | None
    end: date | None
    phase: Phase
    exercises: tuple[Exercise, ...]
    review: date | None = None


@dataclass(frozen=True, slots=True)
class ProgramEnded:
    """A program ended; `date` is the last date that it asks for anything."""

    program: str
    patient: str
    date: date
    reason: str


@dataclass(frozen=True, slots=True)
class Note:
    """What is to be said about a line of an import: a sentence without anybody in it.

    `values` are (name, value) of what stands in the sentence; `refused` or a warning.
    """

    line: int
    field: str
    sentence: str
    values: tuple[tuple[str, str], ...]
    refused: bool


@dataclass(frozen=True, slots=True)
class ImportStarted:
    """Somebody gave in a file of patients or staff; its rows are sealed until they were looked at.

    `sites` are those that the importer reaches, None for all.
    """

    intake: str
    kind: str
    source: str
    encoding: str
    rows: int
    ignored: tuple[str, ...]
    sites: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class ImportAdvanced:
    """Some rows of an import were looked at, `through` of all by now."""

    intake: str
    rows: int
    through: int
    taken: int
    changed: int
    unchanged: int
    refused: int
    notes: tuple[Note, ...]


EVENTS = (
    PracticeRegistered,
    PracticeChanged,
    RegionRegistered,
    RegionRenamed,
    SiteRegistered,
    SiteChanged,
    RotaSet,
    StaffRegistered,
    StaffChanged,
    StaffLeft,
    StaffReturned,
    PatientRegistered,
    PatientUpdated,
    PatientAssigned,
    PatientErased,
    PatientHeld,
    PatientReleased,
    ExercisePublished,
    ExerciseRevised,
    ExerciseRetired,
    ExerciseRestored,
    ExerciseOffered,
    ExerciseShared,
    ExerciseDeclined,
    ExerciseFavoured,
    ExerciseUnfavoured,
    LibraryStocked,
    ProgramPrescribed,
    ProgramRevised,
    ProgramEnded,
    *COURSE,
    *TASK,
    ImportStarted,
    ImportAdvanced,
    ErasureCompleted,
)

# (type, schema) to the function that lifts it to the next schema.
UPCASTERS: Mapping[tuple[str, int], Upcaster] = {
    # An exercise was its name, kind, steps and signs to stop, and was all of the practice's.
    ("ExercisePublished", 1): lambda data: (
        data | {"guide": None, "site": None, "word": None, "edition": None}
    ),
    # Sites belonged to no region.
    ("SiteRegistered", 1): lambda data: data | {"region": None},
}
