"""Points at which a process may be made to die, to show that nothing is lost wherever it does.

`HEP_FAILPOINT` names one: the first that comes there is killed, as by a machine that loses power.
Everywhere else, and where nothing is named, a point does nothing. docs/trust.md lists them.
"""

import os
import signal

NAMED = os.environ.get("HEP_FAILPOINT", "")


def failpoint(name: str) -> None:
    """Die here, if this is the point that was named."""
    if name == NAMED:
        os.kill(os.getpid(), signal.SIGKILL)
