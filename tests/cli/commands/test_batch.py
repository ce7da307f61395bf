"""`styleplug batch`: with a filter that says each time that it is applied, and with a painting."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from batch_process import start_batch
from click.testing import Result
from PIL import Image

from styleplug import pictures
from styleplug.cli.main import COMMANDS, LazyGroup, main

SIDECAR = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>'
NEGATIVE = ("--filter", "negative")


class Album:
    """A folder of small photographs, and the command that does them.

    Each has its number in its first pixel, by which the plug-in tells which it was applied to.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self.log.touch()
        (folder / "in").mkdir()

    def add(self, name: str, number: int = 0, **options: object) -> Path:
        path = self.folder / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 256, (18, 24, 3), np.uint8)
        pixels[0, 0] = number // 256, number % 256, 5
        Image.fromarray(pixels).save(path, **options)
        return path

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        return start_batch(*arguments, cwd=self.folder, COUNTING_LOG=str(self.log))

    def run(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=300)
        return subprocess.CompletedProcess(arguments, process.returncode, output, errors)

    def applied(self) -> list[int]:
        """The numbers of the pictures that a filter was applied to, in turn."""
        lines = [line.split() for line in self.log.read_text().splitlines()]
        return [256 * int(red) + int(green) for red, green, _ in lines]

    def results(self, folder: str = "out") -> set[Path]:
        found = set()
        for parent, folders, files in os.walk(self.folder / folder):
            folders[:] = [name for name in folders if name != ".styleplug"]
            found |= {Path(parent, name).relative_to(self.folder / folder) for name in files}
        return found

    def hashes(self) -> dict[Path, str]:
        files = (self.folder / "in").rglob("*")
        return {
            path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.is_file()
        }


@pytest.fixture
def album(tmp_path: Path, install_plugin: Callable[[str], None]) -> Iterator[Album]:
    install_plugin("counting")
    (tmp_path / "album").mkdir()
    return Album(tmp_path / "album")


def test_pictures_come_out_as_of_the_single_command(album: Album) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Canon"
    album.add("a.jpg", 1, exif=exif)
    album.add("sub/b.tif", 2, exif=exif)
    done = album.run("in", "-r", *NEGATIVE, "--strength", "0.5", "-o", "out", "--suffix=-n")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr.splitlines()[-1] == "2 done"
    assert album.results() == {Path("a-n.jpg"), Path("sub/b-n.tif")}
    for name, result in (("a.jpg", "a-n.jpg"), ("sub/b.tif", "sub/b-n.tif")):
        single = album.folder / f"single{Path(name).suffix}"
        subprocess.run(
            [
                *(sys.executable, "-m", "styleplug", "filter", f"in/{name}", *NEGATIVE),
                *("--strength", "0.5", "-o", single),
            ],
            cwd=album.folder,
            env={**os.environ, "COUNTING_LOG": str(album.log)},
            check=True,
            stderr=subprocess.DEVNULL,
        )
        assert (album.folder / "out" / result).read_bytes() == single.read_bytes()


def test_failures_are_told_in_the_end(album: Album) -> None:
    album.add("a.png", 1)
    album.add("b.png", 2).write_text("no picture")
    done = album.run("in", *NEGATIVE, "-o", "out", "--report", "page.html")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-2:] == [
        f"{album.folder}/in/b.png: is no picture of a known kind, or is damaged;"
        " use a JPEG, PNG, TIFF or WebP file",
        "1 done, 1 failed",
    ]
    assert "is no picture of a known kind" in (album.folder / "page.html").read_text()
    album.add("b.png", 2)
    done = album.run("in", *NEGATIVE, "-o", "out", "--report", "page.html")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "1 done, 1 done before")
    assert "Failed" not in (album.folder / "page.html").read_text()
    assert album.applied() == [1, 2]


def test_what_lies_in_folders_and_is_no_photograph(album: Album) -> None:
    album.add("a.png", 1)
    album.add("sub/@eaDir/a.png/thumb.png", 2)
    os.mkfifo(album.folder / "in" / "pipe.jpg")
    done = album.run("in", "-r", *NEGATIVE, "-o", "out")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "1 done")
    assert "are left out (@eaDir; 1 in all); --system-folders takes them in" in done.stderr
    done = album.run("in", "-r", *NEGATIVE, "-o", "out", "--system-folders")
    assert (done.returncode, done.stderr.splitlines()[-1]) == (0, "1 done, 1 done before")
    assert Path("sub/@eaDir/a.png/thumb.png") in album.results()


def test_a_list_on_standard_input_and_events_as_json(album: Album) -> None:
    album.add("x/a b.png", 1)
    done = subprocess.run(
        [sys.executable, "-m", "styleplug", "batch", "-", *NEGATIVE, "-o", "out", "--json"],
        cwd=album.folder,
        env={**os.environ, "COUNTING_LOG": str(album.log)},
        input="in/x/a b.png\nin/gone.png\n",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1, done.stderr
    records = {record["event"]: record for record in map(json.loads, done.stdout.splitlines())}
    assert records["planned"] == {"event": "planned", "total": 2, "done": 0}
    assert records["done"]["output"] == str(album.folder / "out/in/x/a b.png")
    assert records["failed"]["source"] == str(album.folder / "in/gone.png")
    assert records["failed"]["problem"] == "there is no such file; check the path"
    assert done.stderr.splitlines()[-1] == "1 done, 1 failed"


def test_it_says_on_what_each_ran(album: Album) -> None:
    album.add("a.png")
    done = album.run("in", "--filter", "udnie", "-o", "out", "--json")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["device"] != "" for record in records if record["event"] == "done"] == [True]


@pytest.mark.slow
def test_ctrl_c_ends_at_once_and_says_how_to_go_on(album: Album) -> None:
    for number in range(1, 30):
        album.add(f"{number:02}.png", number)
    arguments = ("in", "--filter", "slow", "-o", "out", "-j", "1")
    process = album.start(*arguments)
    while not album.results():
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    assert errors.splitlines()[-1] == (
        "styleplug: interrupted; the same command again goes on from here"
    )
    assert list((album.folder / "out" / ".styleplug").glob("staging")) == []
    complete = len(album.results())
    assert 0 < complete < 29
    before = len(album.applied())
    done = album.run(*arguments)
    assert done.returncode == 0
    assert f"{complete} of them done before" in done.stderr
    assert album.applied()[before:] == list(range(complete + 1, 30))


@pytest.mark.slow
def test_a_watched_folder(album: Album) -> None:
    album.add("old.png", 1)
    process = album.start("--watch", "in", *NEGATIVE, "-o", "in/out", "--json")
    await_done(process)
    whole = album.add("../new.png", 2).read_bytes()
    arriving = album.folder / "in" / "new.png"
    arriving.write_bytes(whole[:100])
    time.sleep(1.2)
    arriving.write_bytes(whole)
    await_done(process)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert album.applied() == [1, 2]
    assert album.results("in/out") == {Path("old.png"), Path("new.png")}
    assert errors.splitlines()[-1] == "2 done"


def await_done(process: subprocess.Popen[str]) -> None:
    """Read what a batch says until a picture is done."""
    assert process.stdout is not None
    for line in process.stdout:
        event = json.loads(line)["event"]
        assert event != "failed", line
        if event == "done":
            return


@pytest.mark.slow
def test_killed_at_any_moment_nothing_is_lost_or_done_twice(album: Album) -> None:
    """200 photographs, and ten times all processes of the batch are killed at a random moment."""
    chance = random.Random(20)
    for number in range(200):
        album.add(f"{number % 7}/{number:03}.png", number)
    originals = album.hashes()
    arguments = ("in", "-r", *NEGATIVE, "-o", "out", "-j", "2")
    for moment in sorted(chance.sample(range(1, 195), 10)):
        complete, before = album.results(), len(album.applied())
        process = album.start(*arguments)
        while len(album.results()) < moment and process.poll() is None:
            time.sleep(0.002)
        time.sleep(chance.random() / 50)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()  # until the last of them has gone
        again = set(album.applied()[before:])
        assert not again & {int(path.stem) for path in complete}, "what is complete isn't done"
    complete, before = album.results(), len(album.applied())
    assert len(complete) < 200
    done = album.run(*arguments)
    assert done.returncode == 0, done.stderr
    assert f"{len(complete)} of them done before" in done.stderr
    assert sorted(album.applied()[before:]) == sorted(
        set(range(200)) - {int(path.stem) for path in complete}
    )
    assert album.results() == {path.relative_to(album.folder / "in") for path in originals}
    for path in originals:
        with (
            Image.open(path) as photo,
            Image.open(album.folder / "out" / path.relative_to(album.folder / "in")) as result,
        ):
            np.testing.assert_array_equal(np.asarray(result), 255 - np.asarray(photo))
    assert album.hashes() == originals
    assert list((album.folder / "out" / ".styleplug").glob("staging/*")) == []


@pytest.mark.slow
def test_pictures_are_painted(without_torch: None, album: Album) -> None:
    """With the real network; a photograph's metadata and sidecar come with it."""
    folder = Path(pictures.__file__).parent
    for name in ("one.jpg", "two.jpg"):
        shutil.copy(folder / "photograph.jpg", album.folder / "in" / name)
    (album.folder / "in" / "one.xmp").write_text(SIDECAR)
    arguments = ("--style", "poppies", "--size", "64", "--iterations", "2")
    done = album.run("in", *arguments, "-o", "out")
    assert done.returncode == 0, done.stderr
    assert album.results() == {Path("one.jpg"), Path("two.jpg"), Path("one.xmp")}
    told = subprocess.run(
        [sys.executable, "-m", "styleplug", "info", album.folder / "out" / "two.jpg"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "two.jpg" in told
    assert "poppies.jpg" in told
    like = ("in/two.jpg", "--like", "out/two.jpg", "--strip")
    again = album.run(*like, "-o", "again", "--format", "png")
    assert again.returncode == 0, again.stderr
    single = [sys.executable, "-m", "styleplug", "stylize", *like, "-o", "single.png"]
    subprocess.run(single, cwd=album.folder, check=True, capture_output=True)
    result = (album.folder / "again" / "two.png").read_bytes()
    assert result == (album.folder / "single.png").read_bytes()


# What is refused


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("in", "-o", "out"), "Missing option '--style', '--region', '--like' or '--filter'"),
        (("-o", "out", *NEGATIVE), "Give either pictures, as INPUT, or a folder"),
        (("in", "--watch", "in", "-o", "out", *NEGATIVE), "Give either pictures"),
        (("in", "-o", "out", *NEGATIVE, "--size", "64"), "takes no options of a painting but"),
        (("in", "-o", "out", *NEGATIVE, "--preset", "article"), "takes no options of a painting"),
        (("in", "-o", "out", *NEGATIVE, "--style", "poppies"), "takes no options of a painting"),
        (("in", "-o", "out", *NEGATIVE, "--suffix", "/x"), "holds no '/'"),
        (("in", "-o", "out", *NEGATIVE, "-j", "2", "--scheduler", "x"), "is of this machine"),
        (("in", "-o", "out", *NEGATIVE, "--format", "doc"), "--format doc: has no known extension"),
        (("gone", "-o", "out", *NEGATIVE), "gone: there is no such file or folder"),
        (("in", "-o", "out", "--style", "gone.jpg"), "gone.jpg"),
        (("in", "-o", "in/a.png/out", *NEGATIVE), "no results can be put here"),
    ],
)
def test_what_is_asked_for_wrongly_is_refused(
    run: Callable[..., Result], folder: Path, arguments: tuple[str, ...], problem: str
) -> None:
    (folder / "in").mkdir()
    shutil.copy(folder / "photo.png", folder / "in" / "a.png")
    result = run("batch", *arguments)
    assert result.exit_code == 2
    assert problem in " ".join(result.stderr.split())
    assert not (folder / "out").exists()


def test_a_page_is_written_over_no_other_file(run: Callable[..., Result], folder: Path) -> None:
    (folder / "page.html").write_text("another's")
    result = run("batch", "photo.png", "-o", "out", *NEGATIVE, "--report", "page.html")
    assert result.exit_code == 2
    assert "report is 'page.html'" in result.stderr
    assert (folder / "page.html").read_text() == "another's"


def test_a_folder_without_pictures(run: Callable[..., Result], folder: Path) -> None:
    (folder / "in").mkdir()
    result = run("batch", "in", "-o", "out", *NEGATIVE)
    assert result.exit_code == 0
    assert "no pictures found; folders in folders are for --recursive" in result.stderr


OF_ONE_PICTURE = {
    *("photo", "plot", "film", "frames", "compare", "verbose", "strengths", "variations", "pick"),
    *("checkpoint", "checkpoint-every", "resume"),  # a batch goes on by its journal
}
"""What the commands for a single picture have, and a batch has not."""


def test_all_options_of_the_single_commands_are_there() -> None:
    assert {"batch", "stylize", "filter"} <= COMMANDS.keys()
    group = main
    assert isinstance(group, LazyGroup)
    options = {
        name: {parameter.opts[0] for parameter in group.get_command(None, name).params}  # type: ignore[arg-type, union-attr]  # the context isn't used, and they are there
        for name in ("batch", "stylize", "filter")
    }
    missing = (options["stylize"] | options["filter"]) - options["batch"]
    assert {name.lstrip("-") for name in missing} <= OF_ONE_PICTURE | {"v"}
