"""Runs commands and services, starts a service again when it dies, and leaves nothing running behind it."""

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import psutil

from portal.child_processes import Child, start_child, stop_child

END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
READY_SECONDS = 60
LONGEST_BACK_OFF = 30.0
HEALTHY_SECONDS = 60


class StepFailed(Exception):
    """A step of the preparation did not succeed."""


@dataclass
class _Service:
    title: str
    command: Sequence[str]
    port: int | None
    child: Child
    started: float
    back_off: float = 1.0
    due: float | None = None


@dataclass
class Supervisor:
    """Owns the child processes of one demonstration.

    Shape: what a child prints goes to one file per title in `logs`; `say` tells the person at the terminal.
    """

    logs: Path
    environment: Mapping[str, str]
    say: Callable[[str], None]
    ending: bool = False
    _has_terminal: bool = False
    _services: list[_Service] = field(default_factory=list)

    def listen_for_the_end(self) -> None:
        """Ctrl-C, a closed terminal and a polite kill all lead to `stop`, never to an exception somewhere."""
        was_nohup = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        for number in END_SIGNALS:
            signal.signal(number, self._end)
        if was_nohup:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self._has_terminal = os.isatty(0)

    def run_once(self, title: str, command: Sequence[str], *, show: bool = False) -> None:
        """The command has succeeded, or the end was asked for.

        Raises: StepFailed with the last lines of its output.
        """
        log = self._log_of(title)
        log.unlink(missing_ok=True)
        child = start_child(command, log=log, environment=self.environment)
        try:
            while child.poll() is None and not self.ending:
                time.sleep(0.05)
        finally:
            stop_child(child)
        if self.ending:
            return
        if child.returncode != 0:
            raise StepFailed(f"{title} failed:\n{self._last_words(title)}")
        if show:
            self.say(log.read_text())

    def start(self, title: str, command: Sequence[str], *, port: int | None = None) -> None:
        """The service runs and, if it has a port, answers there.

        Raises: StepFailed.
        """
        self._log_of(title).unlink(missing_ok=True)
        service = _Service(title, command, port, self._spawn(title, command), time.monotonic())
        self._services.append(service)
        self._remember()
        patience = time.monotonic() + READY_SECONDS
        while port and not self.ending and not _answers(port):
            if service.child.poll() is not None or time.monotonic() > patience:
                raise StepFailed(f"{title} did not start:\n{self._last_words(title)}")
            time.sleep(0.1)

    def watch(self, also: Callable[[], None]) -> None:
        """Until the end is asked for, what dies is started again; `also` is called every half second."""
        while not self.ending:
            for service in self._services:
                self._look_after(service)
            also()
            if self._has_terminal and not os.isatty(0):
                return  # it was closed, and a session without a shell tells only its leader, which is make
            time.sleep(0.5)

    def stop(self) -> None:
        """No child is left; the last started stops first."""
        for number in END_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        for service in reversed(self._services):
            stop_child(service.child)
        self._services.clear()
        self._remember()

    def end_leftovers(self) -> None:
        """Children of a supervisor that was killed here are gone; a pid that now is another process stays."""
        for pid, created in _recorded(self._record):
            try:
                process = psutil.Process(pid)
                if abs(process.create_time() - created) < 1:
                    _end(process)
            except psutil.NoSuchProcess:
                continue

    @property
    def _record(self) -> Path:
        return self.logs / "children.json"

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.ending = True

    def _look_after(self, service: _Service) -> None:
        now = time.monotonic()
        if service.child.poll() is None:
            if now - service.started > HEALTHY_SECONDS:
                service.back_off = 1.0
        elif service.due is None:
            stop_child(service.child)  # what it started itself goes with it
            service.due = now + service.back_off
            self.say(f"{service.title} ended (code {service.child.returncode}); starting it again.")
        elif now >= service.due:
            service.child = self._spawn(service.title, service.command)
            service.started, service.due = now, None
            service.back_off = min(service.back_off * 2, LONGEST_BACK_OFF)
            self._remember()

    def _spawn(self, title: str, command: Sequence[str]) -> Child:
        return start_child(command, log=self._log_of(title), environment=self.environment)

    def _remember(self) -> None:
        pids = [service.child.pid for service in self._services if service.child.poll() is None]
        self._record.write_text(json.dumps([(pid, psutil.Process(pid).create_time()) for pid in pids]))

    def _log_of(self, title: str) -> Path:
        return self.logs / f"{title.replace(' ', '_')}.log"

    def _last_words(self, title: str) -> str:
        log = self._log_of(title)
        return f"{log.read_text(errors='replace')[-3000:]}\n(all of it: {log})"


def free_port(wanted: int, taken: Sequence[int] = ()) -> int:
    """The wanted port of this machine, or the next one that nobody listens on."""
    for port in range(wanted, wanted + 200):
        if port in taken:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise StepFailed(f"No free port between {wanted} and {wanted + 199}")


def manage(*words: str) -> list[str]:
    """The command line of a management command."""
    return [sys.executable, "manage.py", *words]


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _recorded(path: Path) -> list[tuple[int, float]]:
    try:
        return [(int(pid), float(created)) for pid, created in json.loads(path.read_text())]
    except (OSError, ValueError):
        return []


def _end(process: psutil.Process) -> None:
    family = [process, *process.children(recursive=True)]
    process.terminate()
    _, stubborn = psutil.wait_procs(family, timeout=10)
    for member in stubborn:
        member.kill()
    psutil.wait_procs(stubborn, timeout=5)
