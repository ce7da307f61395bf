"""In GIMP itself, with styleplug's own worker: a real photograph is painted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

README = Path(__file__).parents[3] / "plugins" / "gimp" / "README.md"
PAINT = """
image = load(os.environ["PHOTO"])
layer = image.get_layers()[0]
before = pixels(layer)
answer.update(call(image, [layer], painting="mosaic", size=64, options="iterations=2"))
answer["layer"] = facts(image, image.get_layers()[0])
after = pixels(image.get_layers()[0])
answer["photo kept"] = pixels(layer) == before
answer["change"] = sum(abs(v - w) for v, w in zip(before, after)) / len(before)

answer["by file"] = call(
    image, [layer], painting_file=Gio.File.new_for_path(os.environ["PAINTING"]), size=64,
    options='{"iterations": 2, "pyramid": false}', preset="faithful",
)
answer["by file"]["name"] = image.get_layers()[1].get_name()  # just above the photograph
answer["unknown painting"] = call(image, [layer], painting="the scream")
answer["unknown option"] = call(image, [layer], painting="mosaic", options="colour=red")
answer["wrong size"] = call(image, [layer], painting="mosaic", size=1)
answer["layers"] = len(image.get_layers())
"""


def test_a_photograph_becomes_a_painting(make_host, tmp_path, bundled):
    answer = make_host().run(PAINT, tmp_path, **bundled)
    assert answer["succeeded"], answer["message"]
    layer = answer["layer"]
    assert (layer["width"], layer["height"]) == (451, 300)
    assert (layer["x"], layer["y"], layer["masked"]) == (0, 0, False)
    assert "painterly" not in layer["name"]
    assert answer["change"] > 0.02
    assert answer["photo kept"]
    assert answer["by file"]["succeeded"], answer["by file"]["message"]
    assert answer["by file"]["name"] == "painting (faithful)"
    for wrong, text in {
        "unknown painting": "the scream",
        "unknown option": "colour",
        "wrong size": "size",
    }.items():
        assert not answer[wrong]["succeeded"]
        assert text in answer[wrong]["message"]
    assert answer["layers"] == 3


def test_the_readme_script_paints_a_folder(make_host, tmp_path, bundled):
    [script] = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "a.jpg").write_bytes(Path(bundled["PHOTO"]).read_bytes())
    script = script.replace("512)", "64)").replace('"photos"', repr(str(photos)))
    script = script.replace(
        "    result = ", '    config.set_property("options", "iterations=2")\n    result = '
    )
    make_host().run(script, tmp_path)
    assert (photos / "a-painted.png").read_bytes().startswith(b"\x89PNG")


SCRIPT_FU = """
image, layer = picture()
evaluate = Gimp.get_pdb().lookup_procedure("plug-in-script-fu-eval")
config = evaluate.create_config()
config.set_property("script", f'''
  (plug-in-styleplug #:run-mode RUN-NONINTERACTIVE #:image {image.get_id()}
    #:drawables (vector {layer.get_id()}) #:filter "invert")
''')
evaluate.run(config)
answer["names"] = [layer.get_name() for layer in image.get_layers()]
"""


def test_a_call_from_script_fu(make_host, tmp_path):
    assert make_host(fake=True).run(SCRIPT_FU, tmp_path)["names"] == ["invert", "Photo"]
