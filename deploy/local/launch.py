"""Become another program, and ask the kernel to end it when the supervisor dies.

A supervisor that is killed outright can stop nobody. The death signal survives `exec`, needs no
code in the child and none between fork and exec in the parent. Linux alone has it: elsewhere the
next `hep up` ends what is left by its pid files.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def become(parent: int, command: list[str]) -> None:
    """Replace this process by the command, tied to the life of `parent`."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    # The parent may have died before the request above: then no signal will come.
    if os.getppid() != parent:
        sys.exit("the supervisor has gone")
    # Python ignores SIGPIPE and `exec` hands that on; programs expect the default.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.execvp(command[0], command)  # noqa: S606  (no shell is wanted)


if __name__ == "__main__":
    become(int(sys.argv[1]), sys.argv[2:])
