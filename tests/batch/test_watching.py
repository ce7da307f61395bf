from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from styleplug.batch.inputs import Search
from styleplug.batch.watching import INTERVAL, SETTLED, arrivals


class Night:
    """Time that passes when someone sleeps, and what happens meanwhile: by the second."""

    def __init__(self, happenings: dict[float, Callable[[], object]]) -> None:
        self.now = 0.0
        self._happenings = happenings

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        for moment in [moment for moment in self._happenings if moment <= self.now]:
            self._happenings.pop(moment)()
        if self.now > 60:
            raise KeyboardInterrupt

    def watched(self, folder: Path) -> Iterator[tuple[float, list[str]]]:
        """When pictures are given, and which, until the night is over."""
        rounds = arrivals(
            folder,
            Search(folder / "out", recursive=True),
            sleep=self.sleep,
            clock=lambda: self.now,
        )
        try:
            for pictures in rounds:
                yield self.now, [found.relative_output.as_posix() for found in pictures]
        except KeyboardInterrupt:
            return


def append_to(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(b"more")


def append(path: Path) -> Callable[[], None]:
    return lambda: append_to(path)


def test_pictures_are_given_once_they_are_complete(tmp_path: Path) -> None:
    (tmp_path / "old.jpg").write_bytes(b"picture")
    slow = append(tmp_path / "slow.jpg")
    # With pauses that are shorter than what counts as the end.
    night = Night(
        dict.fromkeys((10.0, 11.5, 13.0, 14.5), slow) | {20.0: append(tmp_path / "b.png")}
    )
    assert list(night.watched(tmp_path)) == [
        (SETTLED, ["old.jpg"]),
        (15 + SETTLED, ["slow.jpg"]),
        (20 + SETTLED, ["b.png"]),
    ]
    assert INTERVAL <= SETTLED


def test_one_that_changes_is_given_again(tmp_path: Path) -> None:
    add = append(tmp_path / "a.jpg")
    night = Night({5.0: add, 15.0: add, 25.0: lambda: os.utime(tmp_path / "a.jpg", ns=(1, 2))})
    assert [moment for moment, _ in night.watched(tmp_path)] == [
        moment + SETTLED for moment in (5, 15, 25)
    ]


@pytest.mark.parametrize(
    "name", [".a.jpg.x8Kq", ".a.jpg", "~a.jpg", "a.jpg.part", "a.jpg~", "a.crdownload", "out/a.jpg"]
)
def test_what_programs_havent_finished_doesnt_count(tmp_path: Path, name: str) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / name).write_bytes(b"picture")
    night = Night({10.0: lambda: (tmp_path / name).rename(tmp_path / "a.jpg")})
    assert list(night.watched(tmp_path)) == [(10 + SETTLED, ["a.jpg"])]


def test_an_empty_file_is_still_to_be_written(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    night = Night({30.0: append(tmp_path / "a.jpg")})
    assert list(night.watched(tmp_path)) == [(30 + SETTLED, ["a.jpg"])]


def test_what_is_left_out_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("a.jpg", "@eaDir/a.jpg"):
        append_to(tmp_path / name)
    night = Night({20.0: lambda: append_to(tmp_path / "sub" / "@eaDir" / "b.jpg")})
    assert [pictures for _, pictures in night.watched(tmp_path)] == [["a.jpg"]]
    assert [message.partition(")")[0] for message in caplog.messages] == [
        "folders of thumbnails, snapshots or deleted pictures are left out (@eaDir; 1 in all",
        "folders of thumbnails, snapshots or deleted pictures are left out (@eaDir; 2 in all",
    ]
