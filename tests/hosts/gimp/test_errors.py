"""In GIMP itself: what it is told when something is wrong, and that the picture stays as it was."""

from __future__ import annotations

import json

import pytest

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

ONE = """
image, layer = picture()
before = pixels(layer)
answer.update(call(image, [layer], painting="dots"))
answer["intact"] = pixels(layer) == before and len(image.get_layers()) == 1
"""


def test_what_cannot_be_painted(make_host, tmp_path):
    answer = make_host(fake=True).run(REFUSED, tmp_path)
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


@pytest.mark.parametrize(
    ("illness", "text"),
    [
        ("old", "restart GIMP"),
        ("no-torch", "pip install torch"),
        ("dies-at-once", "No module named styleplug"),
        ("dies", "Illegal instruction"),
        ("fails", "Choose a smaller size."),
    ],
)
def test_an_ill_worker(make_host, tmp_path, illness, text):
    answer = make_host(fake=True).run(ONE, tmp_path, FAKE_WORKER=illness)
    assert not answer["succeeded"]
    assert text in answer["message"]
    assert answer["intact"]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (None, "installation.json is missing"),
        ({"state": "incomplete"}, "styleplug hosts install gimp"),
        ({"interpreter": "/nowhere/python"}, "/nowhere/python"),
    ],
)
def test_a_broken_installation(make_host, tmp_path, change, text):
    host = make_host()
    path = host.plug_in / "installation.json"
    if change is None:
        path.unlink()
    else:
        path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **change}))
    answer = host.run(ONE, tmp_path)
    assert not answer["succeeded"]
    assert text in answer["message"]
    assert answer["intact"]
