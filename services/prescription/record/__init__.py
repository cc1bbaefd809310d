"""The clinical record beside the card: conditions by code, and what there is at home.

Owns one stream a patient (`record-<patient>`), keyed by the patient and published to nobody:
what a program asks for is held against it when the program is prescribed.
"""

from prescription.record.events import EVENTS
from prescription.record.handlers import HANDLERS

__all__ = ["EVENTS", "HANDLERS"]
