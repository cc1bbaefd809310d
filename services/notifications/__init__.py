"""What the platform says to patients: celebrations and reminders, by e-mail and in an inbox.

Owns one stream a patient, `patient-<id>` (reminders decided, what became of messages), keyed by
the patient. Reads `hep.prescription.v1`, `hep.adherence.v1` and its own topic; publishes
`hep.notifications.v1`: reminder decided, message sent, message expired, message failed.
"""
