"""Start a child process that dies with its parent, and stop one together with everything it started."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

Child = subprocess.Popen[bytes]


def start_child(
    command: Sequence[str],
    *,
    log: Path | None = None,
    environment: Mapping[str, str] | None = None,
    user: tuple[int, int] | None = None,
    on_parent_death: signal.Signals = signal.SIGTERM,
) -> Child:
    """Start a command in a session of its own; on Linux it gets `on_parent_death` when this process dies.

    Shape: `user` is (uid, gid) to run as, only for root; output goes to `log`, or to this process's own.
    """
    output = log.open("ab") if log else None
    try:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            env=dict(environment) if environment is not None else None,
            start_new_session=True,
            preexec_fn=_die_with_parent(on_parent_death),
            user=user[0] if user else None,
            group=user[1] if user else None,
            extra_groups=[] if user else None,
        )
    finally:
        if output:
            output.close()


def stop_child(child: Child, *, ask: signal.Signals = signal.SIGTERM, patience: float = 10) -> None:
    """The child and its whole process group are gone: asked first, killed after `patience` seconds."""
    if child.poll() is None:
        child.send_signal(ask)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    child.wait()


def _die_with_parent(death: signal.Signals) -> Callable[[], None] | None:
    if _LIBC is None:
        return None
    libc, parent = _LIBC, os.getpid()

    def between_fork_and_exec() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(death), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return between_fork_and_exec
