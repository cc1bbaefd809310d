"""Templates: programs to begin with, in phases with criteria, published or a practice's own.

Owns one stream a template (`template-<id>`). Those that HEP brings are data, one file each in
`programs/`; they come into a practice's library after the exercises they are made of, by the same
due work. A template is adjusted in a draft (prescription.builder) before anything is prescribed.
"""

from prescription.protocol.events import EVENTS
from prescription.protocol.handlers import HANDLERS
from prescription.protocol.projections import INDEXES, PROJECTIONS
from prescription.protocol.published import PUBLISHED

__all__ = ["EVENTS", "HANDLERS", "INDEXES", "PROJECTIONS", "PUBLISHED"]
