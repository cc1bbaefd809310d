"""`python -m reporting`: see shared/main.py."""

from shared.main import command_line

command_line("reporting")()
