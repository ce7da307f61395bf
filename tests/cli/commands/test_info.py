"""`styleplug info`: what a file holds, and how it was made."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result
from PIL import Image

from styleplug import __version__


def test_a_picture_tells_how_it_was_made(
    run: Callable[..., Result], paint: Callable[..., Result]
) -> None:
    assert paint("--seed", "7", output="out.jpg").exit_code == 0
    result = run("info", "out.jpg")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "out.jpg: 48×36 pixels, RGB, 8 bits"
    assert lines[1] == "colour profile: none"
    assert lines[2].startswith("metadata: XMP (")
    made = f"made by styleplug {__version__} (finished)"
    assert lines[3] == f"{made}, preset painterly, backbone tiny, engine torch"
    assert lines[4].startswith("photograph: photo.png  ")
    assert lines[5].startswith("painting: painting.png  ")
    assert "  seed: 7" in lines


def test_a_note_cant_steer_the_terminal(
    run: Callable[..., Result], paint: Callable[..., Result], folder: Path
) -> None:
    assert (
        paint("--style", (folder / "painting.png").rename(folder / "\x1b[31m.png")).exit_code == 0
    )
    text = run("info", "out.png").stdout
    assert "\x1b" not in text
    assert "painting: \ufffd[31m.png" in text


def test_json(run: Callable[..., Result], paint: Callable[..., Result]) -> None:
    assert paint("--init", "painting.png").exit_code == 0
    told = json.loads(run("info", "--json", "out.png").stdout)
    assert (told["path"], told["width"], told["height"]) == ("out.png", 48, 36)
    assert (told["colours"], told["depth"], told["alpha"]) == ("RGB", 8, False)
    assert (told["profile"], told["warnings"]) == (None, [])
    assert told["metadata"] == {"exif": 0, "xmp": told["metadata"]["xmp"], "iptc": 0}
    assert told["provenance"]["options"]["size"] == "32"
    assert told["provenance"]["initial"].items() <= told["provenance"]["paintings"][0].items()


def test_a_picture_of_someone_else(run: Callable[..., Result]) -> None:
    result = run("info", "photo.png")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "photo.png: 48×36 pixels, RGB, 8 bits",
        "colour profile: none",
        "metadata: none",
    ]
    assert json.loads(run("info", "--json", "photo.png").stdout)["provenance"] is None


def test_the_resolution(run: Callable[..., Result], folder: Path) -> None:
    with Image.open(folder / "photo.png") as image:
        image.save(folder / "scan.png", dpi=(300, 240))
    assert "resolution: 300 × 240 pixels an inch" in run("info", "scan.png").stdout.splitlines()
    assert json.loads(run("info", "--json", "scan.png").stdout)["resolution"] == [300, 240]


def test_what_is_no_picture(run: Callable[..., Result], folder: Path) -> None:
    (folder / "a.txt").write_text("text")
    for name in ("a.txt", "none.png"):
        result = run("info", name)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(f"styleplug: {name}: ")
