"""What is prescribed, for whom and why: practices, patients, exercises, programs.

Owns one stream a practice, site, staff member, patient, exercise and program (`<kind>-<id>`);
those of a patient and of a patient's programs are keyed by the patient. Reads its own topic only;
publishes `hep.prescription.v1`: what was registered, published, prescribed, revised and ended, and
that a patient was erased. Names, addresses and people's own words are sealed in the vault; events
refer to them by id.
"""
