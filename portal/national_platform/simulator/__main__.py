"""The command: python -m portal.national_platform.simulator --port 8801 --data FILE.sqlite3"""

from __future__ import annotations

import argparse
import os
import signal
import threading
from collections.abc import Sequence

from portal.national_platform import DEMO_TOKEN
from portal.national_platform.simulator.application import Simulator
from portal.national_platform.simulator.server import Server
from portal.national_platform.simulator.store import Store


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; the first line of output is the address."""
    options = _options(arguments)
    token = os.environ.get("NATIONAL_PLATFORM_TOKEN") or DEMO_TOKEN
    simulator = Simulator(Store(options.data), token, allow_clock=options.allow_clock)
    server = Server((options.host, options.port), simulator)
    for number in (signal.SIGTERM, signal.SIGINT):
        # shutdown() waits for the loop that this signal interrupts, so another thread has to call it.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    print(server.url, flush=True)
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    simulator.close()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="portal.national_platform.simulator",
        description="A national platform and SMS gateway to try against.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8801, help="0 lets the system choose")
    parser.add_argument("--data", required=True, metavar="FILE", help="SQLite file, created if missing")
    parser.add_argument("--allow-clock", action="store_true", help="take the time from the X-Now header")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
