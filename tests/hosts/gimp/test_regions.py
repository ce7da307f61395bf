"""In GIMP itself: channels and layer masks are regions with paintings of their own."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

SCRIPT = """
image = load(os.environ["PHOTO"])
image.scale(120, 80)
layer = image.get_layers()[0]
width, height = layer.get_width(), layer.get_height()
image.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 0, width, height // 2)
sky = Gimp.Selection.save(image)
sky.set_name("Sky")
Gimp.Selection.none(image)
common = {"painting": "mosaic", "size": 64, "options": "iterations=24"}

def painted(**arguments):
    found = call(image, [layer], **{**common, **arguments})
    if not found["succeeded"]:
        return found, None
    made = image.get_layers()[0]
    values = pixels(made)
    image.remove_layer(made)
    return found, values

def difference(one, other, rows):
    parts = [values[4 * width * rows[0] : 4 * width * rows[1]] for values in (one, other)]
    return sum(abs(v - w) for v, w in zip(*parts)) / len(parts[0])

_, plain = painted()
answer["channel"], by_channel = painted(regions="Sky=mist")
upper, lower = (0, height // 2 - 8), (height // 2 + 8, height)
answer["above"] = difference(plain, by_channel, upper)
answer["below"] = difference(plain, by_channel, lower)

other = layer.copy()
other.set_name("Roofs")
image.insert_layer(other, None, 1)
image.select_rectangle(Gimp.ChannelOps.REPLACE, 0, 0, width, height // 2)
other.add_mask(other.create_mask(Gimp.AddMaskType.SELECTION))
Gimp.Selection.none(image)
answer["mask"], by_mask = painted(regions='{"Roofs": "mist"}')
answer["as by channel"] = difference(by_channel, by_mask, (0, height))
answer["unknown"], _ = painted(regions="Ground=mist")
of_filter = {"painting": "", "filter": "udnie", "options": "", "size": -1}
answer["of a filter"], _ = painted(**of_filter, regions="Sky=mist")

Gimp.Display.new(image)
interactive = {**common, "regions": "Sky=mist, Roofs=poppies"}
answer["dialog"] = call(image, [layer], Gimp.RunMode.INTERACTIVE, **interactive)
answer["layers"] = [facts(image, layer)["name"] for layer in image.get_layers()]
"""


def test_channels_and_layer_masks_are_regions(make_host, tmp_path, bundled, screenshots):
    answer = make_host().run(
        SCRIPT,
        tmp_path,
        person="find_window '^Style Transfer$'; sleep 3; screenshot regions; press alt+p",
        OUT=str(screenshots),
        **bundled,
    )
    for kind in ("channel", "mask"):
        assert answer[kind]["succeeded"], answer[kind]["message"]
    assert answer["above"] > 1.5 * answer["below"]
    assert answer["as by channel"] < 0.01
    assert not answer["unknown"]["succeeded"]
    assert "called Ground: Sky, Roofs" in answer["unknown"]["message"]
    assert not answer["of a filter"]["succeeded"]
    assert "Regions are for paintings" in answer["of a filter"]["message"]
    assert answer["dialog"]["succeeded"], answer["dialog"]["message"]
    assert len(answer["layers"]) == 3
    assert (screenshots / "regions.png").exists()
