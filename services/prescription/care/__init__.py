"""A patient's care: plans of care with their authorised visits, and what each visit did.

One stream a patient, beside the patient's own: docs/decisions/0026 says why.
"""
