"""In GIMP itself, with styleplug's own worker: a real photograph is painted."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

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


@pytest.fixture(scope="module")
def photos(bundled: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a.jpg."""
    photos = tmp_path_factory.mktemp("photos")
    (photos / "a.jpg").write_bytes(Path(bundled["PHOTO"]).read_bytes())
    return photos


@pytest.fixture(scope="module")
def answers(
    run_in_turn: Callable[..., dict[str, Any]], bundled: dict[str, str], photos: Path
) -> dict[str, Any]:
    [script] = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    script = script.replace("512)", "64)").replace('"photos"', repr(str(photos)))
    script = script.replace(
        "    result = ", '    config.set_property("options", "iterations=2")\n    result = '
    )
    return run_in_turn({"paint": PAINT, "readme": script}, fake=False, **bundled)


def test_a_photograph_becomes_a_painting(answers):
    answer = answers["paint"]
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


def test_the_readme_script_paints_a_folder(answers, photos):
    assert (photos / "a-painted.png").read_bytes().startswith(b"\x89PNG")
