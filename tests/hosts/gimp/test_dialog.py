"""GIMP with its windows on a screen of its own, and a person at its keyboard and mouse."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

INTERACTIVE = """
image = load(os.environ["PHOTO"])
layer = image.get_layers()[0]
Gimp.Display.new(image)
answer.update(call(image, [layer], Gimp.RunMode.INTERACTIVE))
answer["layers"] = [facts(image, layer) for layer in image.get_layers()]
Gimp.displays_flush()
"""
WAIT_FOR_SCREENSHOT = """
import time
out = Path(os.environ["OUT"])
(out / "painted").touch()
until = time.monotonic() + 240
while not (out / "result.png").exists() and time.monotonic() < until:
    time.sleep(0.1)
"""
REPEAT = """
answer["again"] = call(image, [layer], Gimp.RunMode.WITH_LAST_VALS)
answer["layers again"] = [facts(image, layer) for layer in image.get_layers()]
"""
UNDO = """
import time
image, layer = picture(200, 100)
image.select_ellipse(Gimp.ChannelOps.REPLACE, 20, 20, 100, 60)
display = Gimp.Display.new(image)
answer.update(call(image, [layer], filter="invert"))
answer["layers"] = len(image.get_layers())
Gimp.displays_flush()
Path(os.environ["OUT"], "painted").touch()
until = time.monotonic() + 240
while len(image.get_layers()) > 1 and time.monotonic() < until:
    time.sleep(0.1)
answer["layers undone"] = len(image.get_layers())
"""
SMALL = "press alt+t Tab ctrl+a; xdotool type 64; press Tab"


def test_painting_with_the_dialog(make_host, tmp_path, bundled, screenshots):
    for path in screenshots.iterdir():
        path.unlink()
    answer = make_host().run(
        INTERACTIVE + WAIT_FOR_SCREENSHOT + REPEAT,
        tmp_path,
        person=f"""
            find_window '^Style Transfer$'; screenshot dialog
            {SMALL}; press alt+v; sleep 10; screenshot preview
            press alt+m; wait_for_change preview; screenshot options
            press alt+p; until [ -e "$OUT/painted" ]; do sleep 0.5; done; screenshot result
        """,
        OUT=str(screenshots),
        **bundled,
    )
    assert answer["succeeded"], answer["message"]
    painted, photo = answer["layers"]
    assert painted["name"] == "Discs of light, in few strong colours (painterly)"
    assert (painted["width"], painted["height"]) == (photo["width"], photo["height"])
    assert answer["again"]["succeeded"], answer["again"]["message"]
    assert [layer["name"].split(" #")[0] for layer in answer["layers again"]] == [
        painted["name"],
        painted["name"],
        photo["name"],
    ]
    shots = {path.stem: path.read_bytes() for path in screenshots.glob("*.png")}
    assert set(shots) >= {"dialog", "preview", "options", "result"}
    assert len(set(shots.values())) == len(shots), "each step changes what is seen"


def test_one_undo_takes_it_all_back(make_host, tmp_path):
    answer = make_host(fake=True).run(
        UNDO,
        tmp_path,
        person="""
            find_window 'GIMP$'
            until [ -e "$OUT/painted" ]; do sleep 0.1; done
            sleep 1; screenshot undo; xdotool mousemove 59 13 click 1
            wait_for_change undo; sleep 1; press Down Return
        """,
        OUT=str(tmp_path),
    )
    assert answer["succeeded"], answer["message"]
    assert answer["layers"] == 2
    assert answer["layers undone"] == 1


def test_closing_the_dialog_changes_nothing(make_host, tmp_path, bundled):
    answer = make_host().run(
        INTERACTIVE, tmp_path, person="find_window '^Style Transfer$'; press Escape", **bundled
    )
    assert not answer["succeeded"]
    assert answer["message"] == "cancelled"
    assert len(answer["layers"]) == 1


def test_cancelling_in_the_status_bar(make_host, tmp_path, bundled, screenshots):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    answer = make_host().run(
        INTERACTIVE,
        tmp_path,
        person="""
            find_window '^Style Transfer$'
            press alt+p; until find "$TMPDIR" -name photo.raw | grep -q .; do sleep 0.2; done
            sleep 5; screenshot working
            # Again, should the machine have been too busy to see the button pressed.
            while find "$TMPDIR" -name photo.raw | grep -q .; do
              press_cancel_in_status_bar; sleep 1
            done
        """,
        OUT=str(screenshots),
        TMPDIR=str(scratch),
        **bundled,
    )
    assert not answer["succeeded"]
    assert len(answer["layers"]) == 1
    assert [name for name in os.listdir(scratch) if "styleplug" in name] == []


PLUGIN = """
from styleplug import Filter, FilterResult, hookimpl

@hookimpl
def styleplug_register_filters():
    return [Filter("a-negative", "Turns light into dark.")]

@hookimpl
def styleplug_apply_filter(request):
    return FilterResult(1 - request.image) if request.filter == "a-negative" else None
"""


@pytest.fixture
def plugin_python(tmp_path: Path) -> str:
    """An environment with styleplug, and a package beside it that brings a filter."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "env"], check=True)
    [site] = (tmp_path / "env").glob("lib/python*/site-packages")
    (site / "tests.pth").write_text("\n".join(path for path in sys.path if Path(path).is_dir()))
    (site / "negative.py").write_text(PLUGIN)
    info = site / "negative-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: negative\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[styleplug]\nnegative = negative\n")
    return str(tmp_path / "env" / "bin" / "python")


def test_a_filter_of_another_package(
    make_host, tmp_path, bundled, screenshots, plugin_python, no_torch
):
    # Its name makes it the first of the list, which is the one that is chosen at first.
    host = make_host()
    host.use_python(plugin_python, no_torch)
    answer = host.run(
        INTERACTIVE,
        tmp_path,
        person="""
            find_window '^Style Transfer$'
            xdotool mousemove 300 30 click 1; sleep 1; screenshot filter
            press alt+v; sleep 5; screenshot filter-preview
            press alt+p
        """,
        OUT=str(screenshots),
        **bundled,
    )
    assert answer["succeeded"], answer["message"]
    assert answer["layers"][0]["name"] == "a-negative"
