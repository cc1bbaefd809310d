"""What the patient did and said: sessions, pain, effort, milestones, and what is noticed of them.

Owns one stream a program, `program-<id>` (its sessions, milestones and signals), keyed by the
patient, and one a patient, `invitation-<patient>` (who was let in, and whom the patient lets see
what). Reads `hep.prescription.v1` and its own topic; publishes `hep.adherence.v1`: session
logged, session amended, milestone reached, the signals, invitation issued, invitation redeemed.
"""
