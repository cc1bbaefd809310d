"""What the patient did and said: sessions, pain, effort, milestones.

Owns one stream a program, `program-<id>` (sessions and milestones of that program), keyed by the
patient, and one a patient, `invitation-<patient>` (who was let in, and whom the patient lets see
what). Reads `hep.prescription.v1` and its own topic; publishes `hep.adherence.v1`: session
logged, session amended, milestone reached, invitation issued, invitation redeemed.
"""
