"""Who needs a therapist now, and why: tasks, opened and closed by what happens.

One stream a patient (`tasks-<patient>`), keyed by the patient: at most one task of a kind is open
for a program. What was proposed for a program is answered in the program's own stream.
"""
