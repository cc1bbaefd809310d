"""What is noticed of a program: pain, a start that does not come, a dip, a lapse, too hard a dose.

A signal is decided in the commit of the session that gives it, or by due work where it is that
nothing was told. Each is said once: late logs, amendments and repeated work add none. A proposed
dose is a signal too, and one that was declined does not come back on the same sessions.
"""
