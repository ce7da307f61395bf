"""What became of each picture of a batch: an SQLite file in the output folder.

Only the process that leads a batch writes it, and holds it for itself, so that the write-ahead log
needs none of the memory shared between processes that network file systems don't have. That a
picture is started is on the disk before it is. The rest is written with the next start: a result
that isn't noted is recognised. So each picture waits for the disk once. After a process was killed
SQLite takes back what it hadn't finished.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from styleplug.batch.task import Stamp
from styleplug.disk import can_synchronise
from styleplug.errors import StyleplugError

VERSION = 1
_STATES = ("started", "done", "failed")
_log = logging.getLogger("styleplug")
# Paths are kept as bytes, since the names of files needn't be texts.
_SCHEMA = f"""
CREATE TABLE picture (
    output BLOB PRIMARY KEY,  -- the result, relative to the output folder
    source BLOB NOT NULL,     -- the picture, an absolute path
    work TEXT NOT NULL,      -- the digest of what is done to it
    source_size INTEGER,     -- the picture's stamp when it was begun
    source_time INTEGER,
    state TEXT NOT NULL,     -- started, done or failed
    size INTEGER,            -- started: the stamp of what was there; done: that of the result
    time INTEGER,
    seconds REAL NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
PRAGMA user_version = {VERSION};
"""


_COLUMNS = "output, source, work, source_size, source_time, state, size, time, seconds, problem"
_TYPES = (
    *(bytes, bytes, str, int | None, int | None),
    *(str, int | None, int | None, float, str),
)


@dataclass(frozen=True)
class JournalEntry:
    """A picture in the journal: see the table's columns; stamps are None where nothing was."""

    relative_output: PurePath
    source: Path
    work: str
    source_stamp: Stamp | None
    state: str
    stamp: Stamp | None
    seconds: float = 0.0
    problem: str = ""


class Journal:
    """The journal in a file, which is made if there is none; to be closed.

    Entries that can't be understood are named in a warning, and left out.

    Raises:
        StyleplugError: the file can't be read or written, or is one of another version; likewise
            all methods.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._left_out: set[Any] = set()
        with self._errors():
            self._db = sqlite3.connect(path)
            self._db.text_factory = lambda text: text.decode("utf-8", "replace")
        try:
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Write what isn't yet, and let go of the file."""
        with suppress(sqlite3.Error):  # nothing is lost by it
            self._db.commit()
        self._db.close()

    def start(self, entry: JournalEntry) -> None:
        """Note that a picture is about to be done, before it is."""
        values = (
            *(_bytes(entry.relative_output), _bytes(entry.source), entry.work),
            *_pair(entry.source_stamp),
            *_pair(entry.stamp),
        )
        self._write(
            "INSERT OR REPLACE INTO picture (output, source, work, source_size, source_time,"
            " size, time, state) VALUES (?, ?, ?, ?, ?, ?, ?, 'started')",
            values,
        )
        with self._errors():
            self._db.commit()

    def finish(self, output: PurePath, stamp: Stamp | None, seconds: float) -> None:
        """Note that a picture's result is in its place, with this stamp."""
        self._write(
            "UPDATE picture SET state = 'done', size = ?, time = ?, seconds = ? WHERE output = ?",
            (*_pair(stamp), seconds, _bytes(output)),
        )

    def fail(self, output: PurePath, problem: str) -> None:
        """Note that a picture can't be done, and what is in the place of its result stays."""
        self._write(
            "UPDATE picture SET state = 'failed', problem = ? WHERE output = ?",
            (_text(problem), _bytes(output)),
        )

    def entry(self, output: PurePath) -> JournalEntry | None:
        """What there is about the result in a place."""
        return next(self._entries("WHERE output = ?", _bytes(output)), None)

    def entries(self, state: str | None = None) -> Iterator[JournalEntry]:
        """All that there is, or all in a state, in the order of their results."""
        if state is None:
            return self._entries("ORDER BY output")
        return self._entries("WHERE state = ? ORDER BY output", state)

    def sources(self) -> dict[PurePath, Path]:
        """The picture that each result is of."""
        return {entry.relative_output: entry.source for entry in self.entries()}

    def has_begun(self, output: PurePath) -> bool:
        """Whether a result was begun in a place, or in one that differs in its extension only."""
        stem = _bytes(output.with_suffix(""))
        with self._errors():
            found = self._db.execute(
                # "/" comes after "."
                "SELECT 1 FROM picture WHERE output > ? AND output < ? LIMIT 1",
                (stem + b".", stem + b"/"),
            ).fetchone()
        return found is not None

    def _prepare(self) -> None:
        with self._errors():
            # Before all else, or the log would want shared memory.
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            level = "FULL" if can_synchronise(self._path.parent) else "OFF"
            self._db.execute(f"PRAGMA synchronous = {level}")
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version == 0:
                self._db.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
            elif version != VERSION:
                raise StyleplugError(
                    f"{self._path} is of another version of styleplug; use that, or another folder"
                )
            self._db.execute("PRAGMA journal_mode = WAL")

    def _entries(self, clause: str, *values: Any) -> Iterator[JournalEntry]:
        with self._errors():
            for row in self._db.execute(f"SELECT {_COLUMNS} FROM picture {clause}", values):
                if not _is_sound(row):
                    self._leave_out(row[0])
                    continue
                yield JournalEntry(
                    PurePath(os.fsdecode(row[0])),
                    Path(os.fsdecode(row[1])),
                    row[2],
                    _stamp(row[3], row[4]),
                    row[5],
                    _stamp(row[6], row[7]),
                    row[8],
                    row[9],
                )

    def _leave_out(self, output: Any) -> None:
        if output not in self._left_out:
            _log.warning("%s: the entry %.200r can't be understood; left out", self._path, output)
        self._left_out.add(output)

    def _write(self, statement: str, values: tuple[Any, ...]) -> None:
        with self._errors():
            self._db.execute(statement, values)

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StyleplugError(
                f"{self._path}: the journal can't be used ({error}); free some space, or mend the"
                " disk, and give the same command again; without the journal, results that are"
                " there count as files of others"
            ) from error


def _is_sound(row: Sequence[Any]) -> bool:
    """Whether the columns of an entry are what `Journal` writes there."""
    if not all(map(isinstance, row, _TYPES)) or row[5] not in _STATES:
        return False
    output = PurePath(os.fsdecode(row[0]))
    leads_out = output.is_absolute() or ".." in output.parts or not output.name
    return not leads_out and os.path.isabs(os.fsdecode(row[1]))


def _bytes(path: PurePath) -> bytes:
    return os.fsencode(path)


def _text(problem: str) -> str:
    """A text that can be stored: names of files in it may hold what is no character."""
    return problem.encode("utf-8", "backslashreplace").decode()


def _pair(stamp: Stamp | None) -> tuple[int | None, int | None]:
    return (None, None) if stamp is None else (stamp.size, stamp.time)


def _stamp(size: int | None, time: int | None) -> Stamp | None:
    return None if size is None or time is None else Stamp(size, time)
