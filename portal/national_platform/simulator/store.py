"""The simulator's durable state in one SQLite file: what a commit acknowledged survives kill -9."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SCHEMA = """
CREATE TABLE IF NOT EXISTS offers (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL CHECK (version >= 1),
    state TEXT NOT NULL CHECK (state IN ('OFFERED', 'IN_APPLIED', 'RECEIVED', 'REVOKED')),
    source TEXT NOT NULL,
    source_division TEXT NOT NULL,
    destination TEXT NOT NULL CHECK (destination <> source),
    destination_division TEXT NOT NULL,
    person_key TEXT NOT NULL,
    payload TEXT NOT NULL,
    updated_at TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS one_open_offer ON offers (person_key)
    WHERE state IN ('OFFERED', 'IN_APPLIED');
CREATE INDEX IF NOT EXISTS offers_by_person ON offers (person_key);
CREATE TABLE IF NOT EXISTS changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    offer_id TEXT NOT NULL REFERENCES offers (id),
    version INTEGER NOT NULL,
    event TEXT NOT NULL,
    at TEXT NOT NULL,
    source TEXT NOT NULL,
    destination TEXT NOT NULL,
    reason TEXT,
    UNIQUE (offer_id, version)
);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS sms (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    to_ref TEXT NOT NULL,
    template TEXT NOT NULL,
    params TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS sms_by_ref ON sms (to_ref);
"""


class Store:
    """One SQLite file and the right to write it, one transaction at a time.

    Shape: `:memory:` as the file gives a store that lives as long as this object.
    """

    def __init__(self, file: str) -> None:
        # Threads queue on the lock instead of polling SQLite; BEGIN IMMEDIATE holds other processes.
        self._lock = threading.Lock()
        self._db = sqlite3.connect(file, isolation_level=None, check_same_thread=False, timeout=30)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything done inside is kept together, on disk when the block ends, or not at all."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the file; a running transaction is awaited."""
        with self._lock:
            self._db.close()
