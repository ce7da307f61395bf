from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePath

import pytest

from styleplug.batch.journal import Journal, JournalEntry
from styleplug.batch.task import Stamp
from styleplug.errors import StyleplugError

ODD = os.fsdecode(b"caf\xe9 \"'\n.jpg")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / "journal.sqlite")
    yield journal
    journal.close()


def entry(place: str, source: str = "/in/a.jpg", stamp: Stamp | None = None) -> JournalEntry:
    return JournalEntry(PurePath(place), Path(source), "work", Stamp(7, 2**62), "started", stamp)


def test_what_is_noted_is_there_after_a_new_start(tmp_path: Path) -> None:
    first = Journal(tmp_path / "journal.sqlite")
    for place in ("a.jpg", ODD, "sub/b.jpg"):
        first.start(entry(place, source=f"/in/{ODD}"))
    first.finish(PurePath("a.jpg"), Stamp(5, 6), 1.5)
    first.fail(PurePath(ODD), f"{ODD}: no picture")
    first.close()
    second = Journal(tmp_path / "journal.sqlite")
    found = {each.relative_output.as_posix(): each for each in second.entries()}
    assert list(found) == ["a.jpg", ODD, "sub/b.jpg"]
    assert found["a.jpg"] == second.entry(PurePath("a.jpg"))
    assert found["a.jpg"].source == Path(f"/in/{ODD}")
    assert (found["a.jpg"].state, found["a.jpg"].stamp) == ("done", Stamp(5, 6))
    assert (found["a.jpg"].source_stamp, found["a.jpg"].seconds) == (Stamp(7, 2**62), 1.5)
    assert (found[ODD].state, found[ODD].stamp) == ("failed", None)
    assert found[ODD].problem == "caf\\udce9 \"'\n.jpg: no picture"
    assert [each.relative_output.as_posix() for each in second.entries("started")] == ["sub/b.jpg"]
    assert second.sources()[PurePath(ODD)] == Path(f"/in/{ODD}")
    second.close()


def test_a_new_start_replaces_what_was_known(journal: Journal) -> None:
    journal.start(entry("a.jpg"))
    journal.fail(PurePath("a.jpg"), "no picture")
    journal.start(entry("a.jpg", stamp=Stamp(1, 2)))
    assert journal.entry(PurePath("a.jpg")) == entry("a.jpg", stamp=Stamp(1, 2))
    assert journal.entry(PurePath("b.jpg")) is None


@pytest.mark.parametrize(
    ("place", "begun"),
    [("x/a.jpg", True), ("x/a.png", True), ("x/a", True), ("x/ab.jpg", False), ("a.jpg", False)],
)
def test_results_that_share_a_sidecar(journal: Journal, place: str, begun: bool) -> None:
    journal.start(entry("x/a.jpg"))
    journal.start(entry("x/a/b.jpg"))
    assert journal.has_begun(PurePath(place)) is begun


def test_a_journal_of_another_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version = 99")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StyleplugError, match="another version of styleplug"):
        Journal(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "change",
    [
        "output = 'b.jpg'",
        "output = 5",
        "output = CAST('../b.jpg' AS BLOB)",
        "output = CAST('/b.jpg' AS BLOB)",
        "output = CAST('' AS BLOB)",
        "source = 'a text'",
        "source = CAST('relative' AS BLOB)",
        "work = x'00'",
        "source_size = 'many'",
        "source_time = 1.5",
        "state = 'eaten'",
        "time = x'00'",
        "seconds = 'many'",
        "problem = x'ff'",
        "work = CAST(x'ff' AS TEXT), state = CAST(x'ff' AS TEXT)",
    ],
)
def test_an_entry_of_other_types_is_named_and_left_out(
    tmp_path: Path, change: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "journal.sqlite"
    first = Journal(path)
    first.start(entry("a.jpg"))
    first.start(entry("b.jpg"))
    first.close()
    other = sqlite3.connect(path)
    other.execute(f"UPDATE picture SET {change} WHERE output = ?", (b"b.jpg",))
    other.commit()
    other.close()
    second = Journal(path)
    assert list(second.sources()) == [PurePath("a.jpg")]
    assert list(second.entries()) == [entry("a.jpg")]
    assert list(second.entries("started")) == [entry("a.jpg")]
    assert second.entry(PurePath("b.jpg")) is None
    [message] = caplog.messages
    assert "journal.sqlite: the entry " in message
    assert message.endswith("can't be understood; left out")
    second.start(entry("b.jpg"))
    second.close()


def test_a_damaged_journal_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    path.write_text("no database, but long enough to be taken for one" * 100)
    with pytest.raises(
        StyleplugError, match=r"journal.sqlite: the journal can't be used \(file is"
    ):
        Journal(path)


def test_a_full_disk_is_told_of(small_disk: Path) -> None:
    journal = Journal(small_disk / "journal.sqlite")
    (small_disk / "large").write_bytes(bytes(4 * 2**20 - 64 * 2**10))

    def fill() -> None:
        for number in range(2000):
            journal.start(entry(f"{number:0200}.jpg"))

    with pytest.raises(StyleplugError, match="free some space"):
        fill()
    journal.close()


# A skip in CI would be silent there: tests/contracts/test_killed.py needs strace, and says so.
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace refuses fsync for the test")
def test_a_file_system_that_knows_no_fsync_takes_a_journal(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from styleplug.batch.journal import Journal;"
        "Journal(Path(sys.argv[1])).close()"
    )
    path = tmp_path / "journal.sqlite"
    refused = ["strace", "-f", "-o", os.devnull, "-e", "inject=fsync,fdatasync:error=EINVAL"]
    subprocess.run([*refused, sys.executable, "-c", code, path], check=True, timeout=60)
    Journal(path).close()
