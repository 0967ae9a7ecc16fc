"""The national platform's simulator as an operator runs it: its own process, on a free port."""

import os
import select
import subprocess
import sys
from pathlib import Path

from portal.national_platform import DEMO_TOKEN, client, sms_gateway

ROOT = Path(__file__).parents[1]


def forget_clients() -> None:
    """Close this process's connections to the platform; the next use builds them from the settings."""
    for built in (client.from_settings, sms_gateway.from_settings):
        if built.cache_info().currsize:
            built().close()
        built.cache_clear()


class SimulatorProcess:
    """A simulator that can be killed with SIGKILL and started again on the same port and file."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._port = "0"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "portal.national_platform.simulator", "--allow-clock"]
        self._process = subprocess.Popen(
            [*command, "--port", self._port, "--data", str(self._data)],
            cwd=ROOT,
            env={**os.environ, "NATIONAL_PLATFORM_TOKEN": DEMO_TOKEN},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], 30)
        self.url = self._process.stdout.readline().strip() if ready else ""
        assert self.url.startswith("http://"), "the simulator did not start"
        self._port = self.url.rpartition(":")[2]

    def kill(self) -> None:
        self._process.kill()
        self._reap()

    def stop(self) -> int:
        self._process.terminate()
        return self._reap()

    def _reap(self) -> int:
        assert self._process.stdout is not None
        self._process.stdout.close()
        return self._process.wait(timeout=10)
