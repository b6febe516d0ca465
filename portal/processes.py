"""Child processes that do not outlive their parent."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 10


def die_with_parent(number: int = signal.SIGTERM) -> Callable[[], None]:
    """Return what a child runs first, so that the kernel sends it the signal when its parent ends.

    For Popen's preexec_fn, in a process without threads. Linux only; elsewhere it does nothing.
    """
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    parent = os.getpid()

    def ask_kernel() -> None:
        # Runs after a change of user, which would clear the request.
        if prctl is not None:
            prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


def stop(process: "subprocess.Popen[bytes]", number: int = signal.SIGTERM) -> None:
    """Send the signal, wait, and kill a process that does not follow."""
    if process.poll() is not None:
        return
    process.send_signal(number)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
