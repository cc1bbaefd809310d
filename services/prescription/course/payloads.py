"""The payloads of what happens to a running program: a promise, changed only by adding."""

from marshmallow import Schema

from prescription.payloads import code, day, identity, maybe_text


class Reviewed(Schema):
    program = identity("the program")
    patient = identity("whose it is")
    local_date = day("when it was looked at, where the patient lives")
    review = day("when a therapist looks at it again")


class Paused(Schema):
    program = identity("the program")
    patient = identity("whose it is")
    date = day("first local date that it asks for nothing")
    reason = code("why", "illness")
    note = maybe_text("why, in the therapist's words")


class Resumed(Schema):
    program = identity("the program")
    patient = identity("whose it is")
    date = day("first local date that it asks again")
