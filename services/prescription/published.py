"""Which events are published, and how."""

from prescription import events, payloads
from prescription.care import payloads as care
from prescription.course.published import PUBLISHED as COURSE
from prescription.flags import payloads as flags
from prescription.task.published import PUBLISHED as TASK
from shared import privacy
from shared.publication import Publication

PUBLISHED = {
    events.PracticeRegistered: Publication("practice.registered", payloads.Practice),
    events.PracticeChanged: Publication("practice.changed", payloads.Practice),
    events.RegionRegistered: Publication("region.registered", payloads.Region),
    events.RegionRenamed: Publication("region.renamed", payloads.Region),
    events.SiteRegistered: Publication("site.registered", payloads.Site),
    events.SiteChanged: Publication("site.changed", payloads.ChangedSite),
    events.RotaSet: Publication("rota.set", payloads.Rota),
    events.StaffRegistered: Publication("staff.registered", payloads.Staff),
    events.StaffChanged: Publication("staff.changed", payloads.Staff),
    events.StaffLeft: Publication("staff.left", payloads.Left),
    events.StaffReturned: Publication("staff.returned", payloads.Staff),
    events.PatientRegistered: Publication("patient.registered", payloads.Patient),
    events.PatientUpdated: Publication("patient.updated", payloads.Updated),
    events.PatientAssigned: Publication("patient.assigned", payloads.Assigned),
    events.PatientErased: Publication("patient.erased", payloads.Erased),
    events.ExercisePublished: Publication("exercise.published", payloads.Library),
    events.ExerciseRevised: Publication("exercise.revised", payloads.RevisedExercise),
    events.ExerciseRetired: Publication("exercise.retired", payloads.OfExercise),
    events.ExerciseRestored: Publication("exercise.restored", payloads.OfExercise),
    events.ExerciseOffered: Publication("exercise.offered", payloads.OfExercise),
    events.ExerciseShared: Publication("exercise.shared", payloads.OfExercise),
    events.ExerciseDeclined: Publication("exercise.declined", payloads.OfExercise),
    events.LibraryStocked: Publication("library.stocked", payloads.Stocked),
    events.ProgramPrescribed: Publication("program.prescribed", payloads.Prescribed),
    events.ProgramRevised: Publication("program.revised", payloads.Revised),
    events.ProgramEnded: Publication("program.ended", payloads.Ended),
    **COURSE,
    **TASK,
    events.ImportStarted: Publication("import.started", payloads.Import),
    events.ImportAdvanced: Publication("import.advanced", payloads.Advanced),
    **care.PUBLISHED,
    **flags.PUBLISHED,
    **privacy.PUBLISHED,
}
