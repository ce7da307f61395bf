"""A plug-in's format works wherever styleplug reads or writes pictures, and is shown."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from made_up_plugin import styleplug_read_image, styleplug_write_image
from numpy.typing import NDArray
from worker_client import WorkerClient

from styleplug.image.picture import Picture

CHEAP = ("--size", "32", "--iterations", "2", "--device", "cpu")

Run = Callable[..., str]


@pytest.fixture
def folder(
    tmp_path: Path,
    make_picture: Callable[..., NDArray[np.float32]],
    install_plugin: Callable[[str], None],
) -> Path:
    """A folder with photo.made and painting.made, for processes that have the plug-in."""
    install_plugin("made_up")
    folder = tmp_path / "pictures"
    folder.mkdir()
    for seed, name in enumerate(("photo", "painting")):
        pixels = make_picture(36, 48, seed)[0].transpose(1, 2, 0)
        styleplug_write_image(Picture(pixels.copy()), folder / f"{name}.made", False)
    return folder


@pytest.fixture
def run(folder: Path) -> Run:
    """Runs `python ARGUMENTS` in the folder; gives what it prints."""

    def invoke(*arguments: object) -> str:
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    return invoke


@pytest.fixture
def styleplug(run: Run) -> Run:
    """Runs `styleplug ARGUMENTS` in the folder."""
    return lambda *arguments: run("-m", "styleplug", *arguments)


@pytest.fixture
def worker(folder: Path) -> Iterator[WorkerClient]:
    client = WorkerClient()
    yield client
    client.end()


def is_negative(path: Path, folder: Path) -> bool:
    before, after = (styleplug_read_image(each).pixels for each in (folder / "photo.made", path))
    return np.array_equal(after, 1 - before)


@pytest.mark.slow
def test_it_is_painted_and_followed(styleplug: Run, small_network: None, folder: Path) -> None:
    watched = ("--compare", "both.made", "--frames", "frames")
    paths = ("photo.made", "--style", "painting.made", "-o", "out.made")
    styleplug("stylize", *paths, *CHEAP, *watched)
    assert styleplug_read_image(folder / "out.made").size == (48, 36)
    assert styleplug_read_image(folder / "both.made").size == (96, 36)
    assert (folder / "frames" / "0001.png").exists()


def test_a_folder_of_it_is_a_batch(styleplug: Run, folder: Path) -> None:
    styleplug("batch", ".", "--filter", "negative", "-o", "out")
    assert {path.name for path in (folder / "out").glob("p*")} == {"photo.made", "painting.made"}
    assert is_negative(folder / "out" / "photo.made", folder)


@pytest.mark.slow
def test_a_painting_in_it_is_a_style(styleplug: Run, small_network: None, folder: Path) -> None:
    styleplug("styles", "add", "painting.made", "--name", "mine")
    assert "mine" in styleplug("styles", "list")
    styleplug("stylize", "photo.made", "--style", "mine", "-o", "out.png", *CHEAP)
    assert (folder / "out.png").exists()


def test_a_file_of_it_is_a_picture(run: Run, folder: Path) -> None:
    run("-c", "import styleplug; assert styleplug.Picture.from_any('photo.made').size == (48, 36)")


def test_a_result_is_saved_in_it(run: Run, folder: Path) -> None:
    run("-c", "import styleplug; styleplug.apply_filter('photo.made', 'negative').save('a.made')")
    assert is_negative(folder / "a.made", folder)


def test_a_worker_reads_writes_and_lists_it(worker: WorkerClient, folder: Path) -> None:
    catalogue = worker.ask("catalogue", id="1")
    [format] = [format for format in catalogue["formats"] if format["source"] != "styleplug"]
    assert format == {
        "name": "made-up",
        "label": "Made up",
        "reads": [".made"],
        "writes": [".made"],
        "source": "made_up",
    }
    worker.open("2")
    photo, result = {"path": str(folder / "photo.made")}, {"format": format["name"]}
    worker.say("filter", id="2", photo=photo, filter="negative", result=result)
    finished = worker.hear_until("finished", "failed")[-1]
    assert is_negative(Path(finished["result"]["path"]), folder)
    worker.ask("close", id="2")


def test_a_worker_refuses_a_format_that_nobody_writes(worker: WorkerClient, folder: Path) -> None:
    worker.open("1")
    photo = {"path": str(folder / "photo.made")}
    worker.say("filter", id="1", photo=photo, filter="negative", result={"format": "gif"})
    failed = worker.hear_until("finished", "failed")[-1]
    assert "jpeg, png" in failed["message"]
    assert "made-up" in failed["message"]
    worker.ask("close", id="1")


def test_help_and_errors_name_it(styleplug: Run) -> None:
    assert "or .made" in " ".join(styleplug("filter", "--help").split())
    code = "from styleplug.api import check_output; check_output('a.odd', inputs=(), overwrite=0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "use one of .jpg," in done.stderr
    assert ", .made" in done.stderr


def test_doctor_shows_it(run: Run) -> None:
    findings = map(json.loads, run("-m", "styleplug.doctor", "formats").splitlines())
    read, written, *others = (finding["text"] for finding in findings)
    assert read.startswith("styleplug reads JPEG, PNG,")
    assert written == "styleplug writes JPEG, PNG, TIFF, WebP, AVIF, HEIF, JPEG XL"
    assert others == ["made_up reads Made up", "made_up writes Made up"]
