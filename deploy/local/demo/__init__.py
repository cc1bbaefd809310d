"""The demonstration: an invented practice, and six weeks of what its patients do at home.

`programs/` holds published programs with what was seen of their sources, and of their exercises
those that the catalogue lacks; `people.toml` who takes to which and how. `script` makes of both the
list of what is sent, by whom and when, the same every time; `play` sends it through the public HTTP
API while it moves the platform's clock.
"""
