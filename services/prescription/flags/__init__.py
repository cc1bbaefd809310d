"""The start-of-care screen: red flags by level of concern, and what a therapist decided on them.

One stream a patient. What raises concern stops that a program is issued until care continues.
"""
