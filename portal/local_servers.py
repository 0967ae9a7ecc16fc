"""Our own PostgreSQL and Valkey: their addresses, and how a process keeps them running while it needs them.

One keeper process per folder owns both servers (`portal.server_keeper`). Everyone who needs them holds a
connection to the keeper; when the last connection closes, for whatever reason, the keeper stops them and ends.
"""

import base64
import fcntl
import hashlib
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

PROJECT = Path(__file__).resolve().parent.parent
LOCAL = PROJECT / ".local"
START_SECONDS = 120


class LocalServersError(Exception):
    """The project's own PostgreSQL and Valkey could not be started."""


@dataclass(frozen=True)
class LocalServers:
    """Where one pair of servers keeps its data and where it listens.

    Shape: sockets are in a short folder under /tmp, because a socket's path may have 103 characters at most.
    """

    data: Path

    @property
    def room(self) -> Path:
        name = hashlib.sha256(f"{self.data.resolve()}:{os.getuid()}".encode()).hexdigest()[:16]
        return Path("/tmp") / f"review-{name}"

    @property
    def sockets(self) -> Path:
        return self.room / "s"

    @property
    def keeper_socket(self) -> Path:
        return self.room / "keeper"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey"

    @property
    def keeper_log(self) -> Path:
        return self.data / "keeper.log"

    @property
    def database_url(self) -> str:
        return f"postgresql://postgres@{quote(str(self.sockets), safe='')}/review"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.valkey_socket}"

    @property
    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}


DEMO = LocalServers(LOCAL / "demo")
TEST = LocalServers(LOCAL / "test")


class Hold:
    """A claim on running servers: they run until it is released or this process ends."""

    def __init__(self, servers: LocalServers, *, durable: bool = True) -> None:
        self._servers = servers
        self._durable = durable
        self._keeper: subprocess.Popen[bytes] | None = None
        self._lifeline: socket.socket | None = None  # tells a keeper that its starter died before it connected
        self._connection = self._acquire()

    def is_lost(self) -> bool:
        """Whether the keeper has gone although nobody released this hold."""
        try:
            return self._connection.recv(1, socket.MSG_DONTWAIT | socket.MSG_PEEK) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def release(self) -> None:
        """Nothing of ours is running any more, unless someone else holds the same servers."""
        try:
            self._connection.shutdown(socket.SHUT_WR)
            others_stay = self._connection.recv(16) != b""
        except OSError:
            others_stay = False
        self._connection.close()
        if self._keeper is not None and not others_stay:
            self._keeper.wait()

    def _acquire(self) -> socket.socket:
        self._servers.data.mkdir(parents=True, exist_ok=True)
        with _only_one(self._servers.data / "start.lock"):
            patience = time.monotonic() + START_SECONDS
            while time.monotonic() < patience:
                connection = self._connect()
                if connection and self._is_ready(connection):
                    self._cut_lifeline()
                    return connection
                if connection is None:
                    self._start_keeper()
                time.sleep(0.05)
        raise LocalServersError(f"They did not start in {START_SECONDS} s; see {self._servers.keeper_log}")

    def _cut_lifeline(self) -> None:
        if self._lifeline is not None:
            self._lifeline.close()
            self._lifeline = None

    def _connect(self) -> socket.socket | None:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(str(self._servers.keeper_socket))
        except OSError:
            connection.close()
            return None
        return connection

    def _is_ready(self, connection: socket.socket) -> bool:
        connection.settimeout(START_SECONDS)
        try:
            answer = connection.recv(4096).decode()
        except OSError:
            answer = ""
        if answer == "ready":
            connection.settimeout(None)
            return True
        connection.close()
        if answer:
            raise LocalServersError(answer)
        return False

    def _start_keeper(self) -> None:
        if self._keeper is not None and self._keeper.poll() is None:
            return
        if self._keeper is not None and self._keeper.returncode != 0:
            raise LocalServersError(f"See {self._servers.keeper_log}:\n{_tail(self._servers.keeper_log)}")
        command = [sys.executable, "-m", "portal.server_keeper", str(self._servers.data)]
        self._cut_lifeline()
        self._lifeline, its_end = socket.socketpair()
        with its_end, self._servers.keeper_log.open("wb") as log:
            self._keeper = subprocess.Popen(
                command if self._durable else [*command, "--fast-and-forgetful"],
                stdin=its_end.fileno(),
                stdout=log,
                stderr=log,
                cwd=PROJECT,
                start_new_session=True,
            )


@contextmanager
def hold(servers: LocalServers, *, durable: bool = True) -> Iterator[Hold]:
    """Both servers run inside the block; whoever leaves last stops them.

    Raises: LocalServersError.
    """
    held = Hold(servers, durable=durable)
    try:
        yield held
    finally:
        held.release()


def are_replaced(environment: Mapping[str, str]) -> bool:
    """Whether the operator gave a database and a broker of their own, so that ours are not wanted."""
    return bool(environment.get("DATABASE_URL") and environment.get("REDIS_URL"))


def local_key(name: str) -> str:
    """The installation's own random key of that name, made once and kept beside its data.

    Shape: base64 of 32 bytes.
    """
    path = LOCAL / "keys" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(base64.b64encode(secrets.token_bytes(32)).decode())
        try:
            os.link(draft, path)  # fails if another process was first: its key counts
        except FileExistsError:
            pass
        draft.unlink()
    return path.read_text()


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _tail(path: Path) -> str:
    return path.read_text(errors="replace")[-2000:]
