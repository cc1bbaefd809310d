"""Making a program: from a template or from nothing, in a draft that is saved with every change.

A draft is a sealed document of one therapist about one patient, under the patient's key: it is
nobody else's, and an erasure destroys it. What a program asks for is weighed while it is made:
minutes a day, how many exercises, doses beyond what is usual, what the record says against it.
"""
