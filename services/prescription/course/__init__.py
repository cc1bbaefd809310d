"""How a running program is steered: looked at again, paused, moved a step, compared.

Its events stand in the program's own stream, and `program.evolve` folds them.
"""
