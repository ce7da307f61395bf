"""What a service keeps: uploads, jobs and their files, in one folder, under a bound.

The folder holds an SQLite file, and for each upload and each job a folder named by its id. A row is
written after the files that it speaks of, and removed before them: so what a killed service leaves
is at most a folder without a row, which the next start removes.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from styleplug.studio.limits import Limits
from styleplug.studio.names import is_id
from styleplug.studio.records import RUNNING, WAITING, Job, Upload

_SCHEMA = """
create table if not exists uploads (
    id text primary key, owner text not null, name text not null, origin text not null,
    width integer not null, height integer not null, has_alpha integer not null,
    created real not null
);
create table if not exists jobs (
    number integer primary key autoincrement, id text unique not null, owner text not null,
    state text not null, created real not null, recipe text not null, photo text not null,
    attempts integer not null, progress text not null, error text not null, result text not null
);
create index if not exists jobs_by_owner on jobs (owner, number);
create index if not exists jobs_by_state on jobs (state, number);
"""
_VERSION = 1
_JSON = ("recipe", "progress", "error", "result")
_ENDED = f"state not in {WAITING}"


class Store:
    """The folder of a service, and what is in it. To be used from one thread.

    Args:
        folder: of this service alone; it is made as needed.
        limits: what may be kept.
    """

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.folder, self._limits = folder, limits
        for kind in ("uploads", "jobs"):
            (folder / kind).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._database = sqlite3.connect(folder / "studio.sqlite3", isolation_level=None)
        self._database.row_factory = sqlite3.Row
        self._database.execute("pragma journal_mode = wal")
        self._database.execute("pragma synchronous = full")
        self._database.executescript(_SCHEMA)
        self._database.execute(f"pragma user_version = {_VERSION}")

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    # --- uploads

    def upload_folder(self, id: str) -> Path:
        """Where the files of an upload are."""
        return self.folder / "uploads" / _checked(id)

    def upload_file(self, upload: Upload) -> Path:
        """The picture itself."""
        return Path(upload.origin) if upload.origin else self.upload_folder(upload.id) / upload.name

    def add_upload(self, upload: Upload) -> None:
        self._insert("uploads", asdict(upload))

    def upload(self, id: str, owner: str) -> Upload | None:
        """The upload of this id, if it is this owner's."""
        row = self._row("select * from uploads where id = ? and owner = ?", id, owner)
        return _upload(row) if row else None

    def uploads(self, owner: str) -> list[Upload]:
        """All of an owner, newest first."""
        rows = self._rows("select * from uploads where owner = ? order by created desc", owner)
        return [_upload(row) for row in rows]

    def adopt(self, owner: str, former: str) -> None:
        """Give an owner the uploads of a former one."""
        self._run("update uploads set owner = ? where owner = ?", owner, former)

    def is_in_use(self, upload: str) -> bool:
        """Whether a job that has not ended speaks of an upload."""
        rows = self._rows(f"select recipe from jobs where state in {WAITING}")
        return any(json.dumps(upload) in row["recipe"] for row in rows)

    def remove_upload(self, id: str) -> None:
        self._run("delete from uploads where id = ?", id)
        _remove(self.upload_folder(id))

    # --- jobs

    def job_folder(self, id: str) -> Path:
        """Where the files of a job are."""
        return self.folder / "jobs" / _checked(id)

    def result_file(self, job: Job) -> Path:
        """The finished picture of a job that has one."""
        return self.job_folder(job.id) / str(job.result["file"])

    def add_job(self, job: Job) -> None:
        self.job_folder(job.id).mkdir(mode=0o700)
        self._insert("jobs", _job_values(job))

    def save_job(self, job: Job) -> None:
        """Write what has changed of a job; of one that was removed, nothing."""
        values = _job_values(job)
        changes = ", ".join(f"{name} = :{name}" for name in values)
        self._database.execute(f"update jobs set {changes} where id = :id", values)

    def job(self, id: str, owner: str | None = None) -> Job | None:
        """The job of this id, if it is this owner's; None for anybody's."""
        row = self._row("select * from jobs where id = ? and owner = coalesce(?, owner)", id, owner)
        return _job(row) if row else None

    def jobs(self, owner: str, most: int, before: str | None = None) -> list[Job]:
        """So many jobs of an owner, the newest first, or those before the one of an id."""
        rows = self._rows(
            "select * from jobs where owner = ? and number < coalesce("
            "(select number from jobs where id = ?), 9e18) order by number desc limit ?",
            *(owner, before, most),
        )
        return [_job(row) for row in rows]

    def next_job(self, last_owner: str) -> Job | None:
        """The next to be done: one that was interrupted, then the oldest that waits, of another
        owner than the last if there is one."""
        row = self._row(
            f"select * from jobs where state in {WAITING}"
            " order by state = ? desc, owner = ?, number limit 1",
            *(RUNNING, last_owner),
        )
        return _job(row) if row else None

    def count_waiting(self, owner: str | None = None) -> int:
        """How many jobs of an owner, or of all, have not ended."""
        row = self._row(
            f"select count(*) from jobs where state in {WAITING} and owner = coalesce(?, owner)",
            owner,
        )
        assert row is not None
        return int(row[0])

    def waiting_before(self, job: Job) -> int:
        """How many jobs come before one that waits."""
        row = self._row(
            f"select count(*) from jobs where state in {WAITING} and number <"
            " (select number from jobs where id = ?)",
            job.id,
        )
        assert row is not None
        return int(row[0])

    def remove_job(self, id: str) -> None:
        self._run("delete from jobs where id = ?", id)
        _remove(self.job_folder(id))

    # --- the bound

    def prune(self) -> None:
        """Remove the oldest of what isn't needed for a job that waits, until all is within limits,
        and folders that nothing speaks of."""
        self._remove_strays()
        surplus = self._row(
            f"select number from jobs where {_ENDED} order by number desc limit 1 offset ?",
            self._limits.kept_jobs,
        )
        if surplus:
            for row in self._rows(
                f"select id from jobs where {_ENDED} and number <= ?", surplus["number"]
            ):
                self.remove_job(row["id"])
        for row in self._rows(
            "select id from uploads order by created desc limit -1 offset ?",
            self._limits.kept_uploads,
        ):
            if not self.is_in_use(row["id"]):
                self.remove_upload(row["id"])
        sizes = {folder.name: _size(folder) for folder in self._folders()}
        excess = sum(sizes.values()) - self._limits.disk_bytes
        for kind, id in self._oldest() if excess > 0 else ():
            if excess <= 0:
                break
            excess -= sizes.get(id, 0)
            (self.remove_job if kind == "jobs" else self.remove_upload)(id)

    def used_bytes(self) -> int:
        """What all files take."""
        return sum(_size(folder) for folder in self._folders())

    def _oldest(self) -> list[tuple[str, str]]:
        rows = self._rows(
            f"select 'jobs' as kind, id, created from jobs where {_ENDED}"
            " union all select 'uploads', id, created from uploads order by created"
        )
        return [
            (row["kind"], row["id"])
            for row in rows
            if row["kind"] == "jobs" or not self.is_in_use(row["id"])
        ]

    def _folders(self) -> Iterator[Path]:
        for kind in ("uploads", "jobs"):
            yield from (self.folder / kind).iterdir()

    def _remove_strays(self) -> None:
        """An upload's folder is made before its row, so that only old ones are nobody's."""
        for kind in ("uploads", "jobs"):
            known = {row["id"] for row in self._rows(f"select id from {kind}")}
            for folder in (self.folder / kind).iterdir():
                if folder.name not in known and _age(folder) > self._limits.upload_seconds:
                    _remove(folder)

    def clear_strays(self) -> None:
        """Remove what an earlier service that was killed left half made."""
        for kind in ("uploads", "jobs"):
            known = {row["id"] for row in self._rows(f"select id from {kind}")}
            for folder in (self.folder / kind).iterdir():
                if folder.name not in known:
                    _remove(folder)

    # --- SQL

    def _run(self, statement: str, *values: Any) -> None:
        self._database.execute(statement, values)

    def _row(self, statement: str, *values: Any) -> sqlite3.Row | None:
        found: sqlite3.Row | None = self._database.execute(statement, values).fetchone()
        return found

    def _rows(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        return self._database.execute(statement, values).fetchall()

    def _insert(self, table: str, values: dict[str, Any]) -> None:
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        self._database.execute(f"insert into {table} ({names}) values ({marks})", values)


def _upload(row: sqlite3.Row) -> Upload:
    values = {field.name: row[field.name] for field in fields(Upload)}
    return Upload(**values | {"has_alpha": bool(row["has_alpha"])})


def _job(row: sqlite3.Row) -> Job:
    values = {field.name: row[field.name] for field in fields(Job)}
    return Job(**values | {name: json.loads(row[name]) for name in _JSON})


def _job_values(job: Job) -> dict[str, Any]:
    values = asdict(job)
    return values | {name: json.dumps(values[name]) for name in _JSON}


def _checked(id: str) -> str:
    """The last guard before the file system: whoever asks has looked the id up before."""
    if not is_id(id):
        raise ValueError(f"{id!r} is no id")
    return id


def _size(folder: Path) -> int:
    """Of its files; some may go meanwhile, as the partial ones of pictures that are made."""
    size = 0
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            size += path.stat().st_size
    return size


def _age(path: Path) -> float:
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
