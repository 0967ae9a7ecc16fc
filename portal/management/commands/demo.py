"""`manage.py demo`: the whole system on this machine, from an empty folder to a living site, until Ctrl-C."""

import fcntl
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal import local_servers
from portal.supervisor import StepFailed, Supervisor, free_port, manage


@dataclass(frozen=True)
class Once:
    """A management command that has to succeed before the next step."""

    title: str
    command: str
    show: bool = False


@dataclass(frozen=True)
class Service:
    """A Python module that runs until the end; `port` names the one it answers on."""

    title: str
    module: str
    port: str | None = None


# In this order. {port}, {platform_port} and {data} are filled in.
STEPS: tuple[Once | Service, ...] = (
    Once("Database tables", "migrate --noinput"),
    Once("Offices, people and calendars", "seed"),
    Once("Diagrams and policies", "deploy_workflows"),
    Service(
        "National platform",
        "portal.national_platform.simulator --allow-clock --port {platform_port}"
        " --data {data}/national_platform.sqlite3",
        port="platform_port",
    ),
    Service(
        "Worker",
        "celery -A portal worker --loglevel WARNING --concurrency 2 --without-gossip --without-mingle",
    ),
    Service("Clock", "celery -A portal beat --loglevel WARNING --pidfile="),
    Once("The tour: every procedure of every province", "tour --workers --once", show=True),
    Once("Cases left open", "tour --open"),
    Service(
        "Pages",
        "gunicorn portal.wsgi --bind 127.0.0.1:{port} --workers 2 --threads 4 --graceful-timeout 5"
        " --no-control-socket --forwarded-allow-ips 127.0.0.1",
        port="port",
    ),
    Once("Logins", "logins", show=True),
)

RUNNING = """
The system is running:   http://127.0.0.1:{port}/
National platform (simulated):   http://127.0.0.1:{platform_port}/
Logs: {logs}     Stop everything with Ctrl-C.
"""


class Command(BaseCommand):
    """Prepare, start, supervise and stop everything the demonstration needs."""

    help = "Run the whole system on this machine until Ctrl-C."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the next free one is taken if it is in use")
        parser.add_argument("--platform-port", type=int, default=8801)

    def handle(self, *args: Any, port: int, platform_port: int, **options: Any) -> None:
        with _only_one_here():
            supervisor = Supervisor(local_servers.DEMO.data / "logs", {}, self._say)
            supervisor.listen_for_the_end()
            supervisor.logs.mkdir(parents=True, exist_ok=True)
            servers = Servers(self._say)
            try:
                supervisor.end_leftovers()
                ports = self._ports(port, platform_port)
                supervisor.environment = servers.environment | _addresses(ports["platform_port"])
                self._take_steps(supervisor, ports)
                supervisor.watch(servers.look_after)
            except StepFailed as failure:
                raise CommandError(str(failure)) from failure
            finally:
                self._say("Stopping …")
                supervisor.stop()
                servers.release()
        self._say("Everything has stopped.")

    def _take_steps(self, supervisor: Supervisor, ports: dict[str, int]) -> None:
        for step in STEPS:
            if supervisor.ending:
                return
            if isinstance(step, Once):
                self._say(f"… {step.title}")
                supervisor.run_once(step.title, manage(*step.command.split()), show=step.show)
            else:
                self._say(f"… {step.title}" + (f" on port {ports[step.port]}" if step.port else ""))
                words = [word.format(**ports, data=local_servers.DEMO.data) for word in step.module.split()]
                port = ports[step.port] if step.port else None
                supervisor.start(step.title, [sys.executable, "-m", *words], port=port)
        if not supervisor.ending:
            self._say(RUNNING.format(**ports, logs=supervisor.logs))

    def _ports(self, port: int, platform_port: int) -> dict[str, int]:
        pages = free_port(port)
        platform = free_port(platform_port, taken=[pages])
        for wanted, found in ((port, pages), (platform_port, platform)):
            if wanted != found:
                self._say(f"Port {wanted} is taken: using {found}.")
        return {"port": pages, "platform_port": platform}

    def _say(self, words: str) -> None:
        try:
            self.stdout.write(words)
            self.stdout.flush()
        except OSError:
            pass  # the terminal is gone; the children still have to be stopped


class Servers:
    """PostgreSQL and Valkey of the demonstration: the operator's, or our own."""

    def __init__(self, say: Any) -> None:
        self._say = say
        self._own = not local_servers.are_replaced(os.environ)
        self._hold = local_servers.Hold(local_servers.DEMO) if self._own else None

    @property
    def environment(self) -> dict[str, str]:
        return {**local_servers.DEMO.environment, **os.environ}

    def look_after(self) -> None:
        """Our own servers run, even if their keeper was killed."""
        if self._hold is not None and self._hold.is_lost():
            self._say("PostgreSQL and Valkey have gone; starting them again.")
            self._hold.release()
            self._hold = local_servers.Hold(local_servers.DEMO)

    def release(self) -> None:
        if self._hold is not None:
            self._hold.release()


def _addresses(platform_port: int) -> dict[str, str]:
    return {
        "DEMO": "1",
        "SWEEP_SECONDS": "0.5",
        "NATIONAL_PLATFORM_URL": f"http://127.0.0.1:{platform_port}",
        "PYTHONUNBUFFERED": "1",
    }


@contextmanager
def _only_one_here() -> Iterator[None]:
    local_servers.DEMO.data.mkdir(parents=True, exist_ok=True)
    with (local_servers.DEMO.data / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CommandError("The demonstration is already running in this folder.") from None
        yield
