"""What came of it: for every program a timeline of what was asked for, done and felt.

Owns no stream and publishes nothing: it reads `hep.prescription.v1` and `hep.adherence.v1`, folds
them into documents and joins these when somebody looks.
"""
