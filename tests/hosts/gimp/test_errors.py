"""In GIMP itself: what it is told when something is wrong, and that the picture stays as it was."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import FAKE_WORKER

pytestmark = pytest.mark.slow

REFUSED = """
def refused(name, image, drawables, **arguments):
    layers = len(image.get_layers())
    answer[name] = call(image, drawables, **arguments)
    answer[name]["intact"] = len(image.get_layers()) == layers

image, layer = picture()
other = new_layer(image, 20, 20)
refused("several", image, [layer, other], filter="invert")
refused("none", image, [], filter="invert")
refused("nothing chosen", image, [layer])
refused("two ways", image, [layer], filter="invert", painting="dots")
refused("odd options", image, [layer], filter="invert", options="so so")
layer.add_mask(layer.create_mask(Gimp.AddMaskType.WHITE))
refused("mask", image, [layer.get_mask()], filter="invert")
image.select_rectangle(Gimp.ChannelOps.REPLACE, 40, 30, 10, 10)
refused("outside", image, [other], filter="invert")
image, layer = picture()
image.convert_grayscale()
refused("greyscale", image, [layer], filter="invert")
image, layer = picture()
image.convert_indexed(Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE, 16,
                      False, False, "")
refused("indexed", image, [layer], filter="invert")
"""

INSTALLED = """
path = Path(os.environ["GIMP3_DIRECTORY"], "plug-ins/style-transfer/installation.json")
sound = json.loads(path.read_text())
for name, change in json.loads(os.environ["CHANGES"]).items():
    path.write_text(json.dumps({**sound, **(change or {})}))
    if change is None:
        path.unlink()
    image, layer = picture()
    before = pixels(layer)
    answer[name] = call(image, [layer], painting="dots")
    answer[name]["intact"] = pixels(layer) == before and len(image.get_layers()) == 1
"""
ILL = {
    "old": "restart GIMP",
    "no-torch": "pip install torch",
    "dies-at-once": "No module named styleplug",
    "dies": "Illegal instruction",
    "fails": "Choose a smaller size.",
}
BROKEN: dict[str, tuple[dict[str, str] | None, str]] = {
    "missing": (None, "installation.json is missing"),
    "incomplete": ({"state": "incomplete"}, "styleplug hosts install gimp"),
    "elsewhere": ({"interpreter": "/nowhere/python"}, "/nowhere/python"),
}


@pytest.fixture(scope="module")
def answers(
    run_in_turn: Callable[..., dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    interpreters = {name: tmp_path_factory.mktemp(name) / "python" for name in ILL}
    for name, path in interpreters.items():
        make_ill(path, name)
    changes = {
        **{name: {"interpreter": str(path)} for name, path in interpreters.items()},
        **{name: change for name, (change, _) in BROKEN.items()},
    }
    scripts = {"refused": REFUSED, "installed": INSTALLED}
    return run_in_turn(scripts, CHANGES=json.dumps(changes))


def make_ill(path: Path, illness: str) -> None:
    """Make an interpreter of the fake worker."""
    path.write_text(f"#!/bin/sh\nFAKE_WORKER={illness} exec {shlex.quote(str(FAKE_WORKER))}\n")
    path.chmod(0o755)


def test_what_cannot_be_painted(answers):
    answer = answers["refused"]
    expected = {
        "several": "one layer at a time",
        "none": "no layer to work on",
        "nothing chosen": "Paintings: dots. Filters: invert.",
        "two ways": "Choose one of painting and filter",
        "odd options": "'so so'",
        "mask": "click on the picture of the layer",
        "outside": "Select ▸ None",
        "greyscale": "Image ▸ Mode ▸ RGB",
        "indexed": "Image ▸ Mode ▸ RGB",
    }
    for name, text in expected.items():
        assert not answer[name]["succeeded"], name
        assert text in answer[name]["message"], name
        assert answer[name]["intact"], name


@pytest.mark.parametrize(("illness", "text"), ILL.items())
def test_an_ill_worker(answers, illness, text):
    answer = answers["installed"][illness]
    assert not answer["succeeded"]
    assert text in answer["message"]
    assert answer["intact"]


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_installation(answers, fault):
    answer = answers["installed"][fault]
    assert not answer["succeeded"]
    assert BROKEN[fault][1] in answer["message"]
    assert answer["intact"]
