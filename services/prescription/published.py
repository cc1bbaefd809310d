"""Which events are published, and how."""

from prescription import events, payloads
from shared import privacy
from shared.publication import Publication

PUBLISHED = {
    events.PracticeRegistered: Publication("practice.registered", payloads.Practice),
    events.SiteRegistered: Publication("site.registered", payloads.Site),
    events.StaffRegistered: Publication("staff.registered", payloads.Staff),
    events.PatientRegistered: Publication("patient.registered", payloads.Patient),
    events.PatientErased: Publication("patient.erased", payloads.Erased),
    events.ExercisePublished: Publication("exercise.published", payloads.Library),
    events.ProgramPrescribed: Publication("program.prescribed", payloads.Prescribed),
    events.ProgramRevised: Publication("program.revised", payloads.Revised),
    events.ProgramEnded: Publication("program.ended", payloads.Ended),
    **privacy.PUBLISHED,
}
