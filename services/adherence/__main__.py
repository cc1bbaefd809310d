"""`python -m adherence`: see shared/main.py."""

from shared.main import command_line

command_line("adherence")()
