"""What is prescribed, for whom and why: practices, patients, exercises, programs.

Owns one stream a practice, site, staff member, patient, exercise and program (`<kind>-<id>`), and
one a patient for the tasks about her (`tasks-<id>`); those of a patient and of a patient's programs
are keyed by the patient. Reads its own topic and adherence's; publishes `hep.prescription.v1`: what
was registered, published, prescribed, revised, reviewed, paused and ended, who needs a therapist,
and that a patient was erased. Names, addresses and people's own words are sealed in the vault;
events refer to them by id.
"""
