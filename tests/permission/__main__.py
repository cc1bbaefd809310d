"""Write docs/permissions.md: the table of who may do what, as people read it."""

from tests.permission.table import DOCUMENT, printed

DOCUMENT.write_text(printed())
