"""The cast: who asks, in tests. Each name stands for an access token of that person.

Ana is a patient, Bo her therapist and Dee his site lead, all of the practice group `north`; Cy is
a therapist of `south`; Ada administers `north`; `SERVICE` is another service of the platform, and
Opal runs the platform and belongs to no practice.
"""

from shared.tokens import Identity, Unauthorized

ANA, BO, CY, DEE, ADA, SERVICE, OPAL = "ana", "bo", "cy", "dee", "ada", "service", "opal"
ANA_ID = "a" * 32
EXPIRES = 4_000_000_000

IDENTITIES = {
    ANA: Identity("ana", "north", ("patient",), (), ANA_ID, EXPIRES),
    BO: Identity("bo", "north", ("therapist",), (), "", EXPIRES),
    CY: Identity("cy", "south", ("therapist",), (), "", EXPIRES),
    DEE: Identity("dee", "north", ("lead",), (), "", EXPIRES),
    ADA: Identity("ada", "north", ("administrator",), (), "", EXPIRES),
    SERVICE: Identity("adherence", "", ("service",), (), "", EXPIRES),
    OPAL: Identity("opal", "platform", ("operator",), (), "", EXPIRES),
}


class Cast:
    """Stands for the token verifier where the test is not about tokens."""

    def verify(self, token: str, *, page: bool = False) -> Identity:
        del page
        if token not in IDENTITIES:
            raise Unauthorized("The token is malformed or its signature does not hold.")
        return IDENTITIES[token]
