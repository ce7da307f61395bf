"""In GIMP itself, with a worker that inverts: which pixels the result covers, and how exactly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.slow

KINDS = """
answer["kinds"] = []
for precision in (Gimp.Precision.U8_NON_LINEAR, Gimp.Precision.U16_NON_LINEAR,
                  Gimp.Precision.FLOAT_LINEAR, Gimp.Precision.HALF_NON_LINEAR):
    for alpha in (False, True):
        image, layer = picture(precision=precision, alpha=alpha)
        before = pixels(layer)
        told = call(image, [layer], filter="invert")
        result = image.get_layers()[0]
        after = pixels(result)
        answer["kinds"].append({
            **told, **facts(image, result), "layers": len(image.get_layers()),
            "wrong": max(abs((v if i % 4 == 3 else 1 - v) - w)
                         for i, (v, w) in enumerate(zip(before, after))),
            "original kept": pixels(layer) == before,
        })
"""

PROFILE = """
image, layer = picture(precision=Gimp.Precision.U16_NON_LINEAR)
image.set_color_profile(Gimp.ColorProfile.new_rgb_adobe())
before = pixels(layer)
answer.update(call(image, [layer], filter="invert"))
after = pixels(image.get_layers()[0])
starts = range(0, len(before), 4)
inside = [i for i in starts if all(0 <= v <= 1 for v in before[i:i + 3])]  # of sRGB
answer["wrong"] = max(abs(1 - before[i + c] - after[i + c]) for i in inside for c in range(3))
answer["part"] = len(inside) / len(starts)
answer["profile"] = image.get_color_profile().get_label()
"""

PLACES = """
image, layer = picture(100, 80)
layer.set_offsets(-20, 10)
call(image, [layer], filter="invert")
answer["offset"] = facts(image, image.get_layers()[0])

image, layer = picture(100, 80)
group = Gimp.GroupLayer.new(image, "Group")
image.insert_layer(group, None, 0)
inner = new_layer(image, 30, 20, parent=group)
inner.set_offsets(5, 6)
call(image, [inner], filter="invert")
answer["in a group"] = facts(image, group.get_children()[0])
before = pixel(group, 3, 3)
answer["group"] = call(image, [group], filter="invert")
top = image.get_layers()[0]
answer["of the group"] = {**facts(image, top), "pixels": [before, pixel(top, 3, 3)]}

image, layer = picture(100, 80, alpha=True)
mask = layer.create_mask(Gimp.AddMaskType.BLACK)
layer.add_mask(mask)
image.set_selected_layers([layer])
layer.set_edit_mask(False)
call(image, [layer], filter="invert")
answer["hidden"] = pixel(image.get_layers()[0].get_mask(), 50, 40)
"""

SELECTION = """
image, layer = picture(200, 100)
layer.set_offsets(10, 0)
points = {"inside": (60, 50), "edge": (40, 50), "outside": (150, 90), "far": (20, 5)}
before = {name: visible(image, *at) for name, at in points.items()}
image.select_rectangle(Gimp.ChannelOps.REPLACE, 40, 30, 40, 40)
Gimp.Selection.feather(image, 10)
answer.update(call(image, [layer], filter="invert"))
answer["layer"] = facts(image, image.get_layers()[0])
answer["selected still"] = not Gimp.Selection.is_empty(image)
answer["points"] = {name: [before[name], visible(image, *at)] for name, at in points.items()}
"""


@pytest.fixture(scope="module")
def answers(run_in_turn: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    scripts = {"kinds": KINDS, "profile": PROFILE, "places": PLACES, "selection": SELECTION}
    return run_in_turn(scripts)


def test_every_precision_with_and_without_transparency(answers):
    answer = answers["kinds"]
    assert len(answer["kinds"]) == 8
    for kind, alpha in zip(answer["kinds"], [False, True] * 4, strict=True):
        assert kind["succeeded"], kind["message"]
        assert (kind["width"], kind["height"], kind["layers"]) == (64, 48, 2)
        assert kind["alpha"] is alpha
        assert kind["name"] == "invert"
        assert kind["original kept"]
        assert kind["wrong"] < 2 / 255


def test_the_pictures_own_profile(answers):
    answer = answers["profile"]
    assert answer["succeeded"], answer["message"]
    assert "Adobe" in answer["profile"]
    assert answer["part"] > 0.3
    assert answer["wrong"] < 1 / 255


def test_the_result_lies_where_its_drawable_lies(answers):
    answer = answers["places"]
    offset = answer["offset"]
    assert [offset[fact] for fact in ("x", "y", "width", "height")] == [-20, 10, 100, 80]
    inner = answer["in a group"]
    assert [inner[fact] for fact in ("x", "y", "parent", "position")] == [5, 6, "Group", 0]
    assert answer["group"]["succeeded"], answer["group"]["message"]
    assert answer["of the group"]["position"] == 0
    before, after = answer["of the group"]["pixels"]
    assert after[:3] == pytest.approx([1 - value for value in before[:3]], abs=2 / 255)
    assert answer["hidden"][:3] == [0, 0, 0], "the layer's own mask hides the result, too"


def test_the_selection_and_its_soft_edges(answers):
    answer = answers["selection"]
    assert answer["succeeded"], answer["message"]
    assert answer["selected still"]
    layer = answer["layer"]
    assert layer["masked"]
    assert (layer["x"], layer["y"]) != (10, 0)
    assert layer["width"] < 200

    def inverted(name):
        before, after = answer["points"][name]
        return [(b - a) / (2 * b - 1) for b, a in zip(before[:3], after[:3], strict=True)][2]

    assert inverted("inside") == pytest.approx(1, abs=0.02)
    assert 0.2 < inverted("edge") < 0.8
    assert inverted("outside") == inverted("far") == 0
