"""Become a container's command, with a promise: when the service dies, this process dies.

Run by path, in a bare interpreter: `python -I -S launch.py PARENT_PID COMMAND...`. On Linux the kernel keeps the
promise (PR_SET_PDEATHSIG survives exec); elsewhere the next start of the service ends what was left.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> int:
    """Tie this process to its parent, then exec the command; return 127 if there is no such command."""
    parent, command = int(arguments[0]), arguments[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died between the fork and the promise
        return 1
    try:
        os.execvp(command[0], command)  # noqa: S606 - no shell is wanted
    except OSError as error:
        print(f"cannot run {command[0]!r}: {error.strerror}", file=sys.stderr)
    return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
