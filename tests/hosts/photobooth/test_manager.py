"""photobooth-app's own plug-in manager, with styleplug's filters."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from booth import pixels
from numpy.typing import NDArray

pytestmark = pytest.mark.slow

PRELUDE = """
import json
from pathlib import Path

from photobooth.container import container
from photobooth.services.mediaprocessing.steps.image import PluginFilters
from PIL import Image

manager = container.pluginmanager_service.pm
plug_in = manager.get_plugin("filter_styleplug")
photograph = Image.open(Path.home() / ".photobooth-data/virtualcamera/0000.jpg")
photograph.load()

def step(image, filter, preview=False):
    filter = PluginFilters(filter).value
    return manager.hook.mp_filter_pipeline_step(image=image, plugin_filter=filter, preview=preview)

"""


@pytest.fixture
def run(
    python: Path, tmp_path: Path, environment: Callable[..., dict[str, str]]
) -> Callable[[str], Any]:
    """Runs a script in the host's Python, in the test's folder; gives the script's `answer`."""

    variables = environment("styleplug", "photobooth", "prints_plugin")

    def run(script: str) -> Any:
        code = f"{PRELUDE}{script}\nPath('answer.json').write_text(json.dumps(answer))"
        subprocess.run([python, "-c", code], cwd=tmp_path, env=variables, check=True)
        return json.loads((tmp_path / "answer.json").read_text())

    return run


def test_it_lists_the_filters_and_runs_one_on_a_photograph(
    run: Callable[[str], Any], tmp_path: Path, photograph: NDArray[np.float32]
) -> None:
    answer = run("""
before = photograph.tobytes()
step(photograph, "FilterStyleplug.posterise").save("filtered.png")
answer = {
    "plug-ins": container.pluginmanager_service.list_plugins(),
    "for guests": manager.hook.mp_userselectable_filter()[0],
    "changed": photograph.tobytes() != before,
}
""")
    assert "filter_styleplug" in answer["plug-ins"]
    assert "FilterStyleplug.posterise" in answer["for guests"]
    assert not answer["changed"]
    expected = np.rint(photograph * 3) / np.float32(3)
    assert np.abs(pixels(tmp_path / "filtered.png") - expected).max() < 0.003


def test_a_filter_of_another_plug_in_is_left_to_it(
    run: Callable[[str], Any], photograph: NDArray[np.float32]
) -> None:
    answer = run("""
theirs = "FilterPilgram2.moon"
answer = [
    plug_in.mp_filter_pipeline_step(photograph, theirs, False),
    step(photograph, theirs).size,
]
""")
    assert answer == [None, [photograph.shape[1], photograph.shape[0]]]


def test_pictures_of_every_mode_keep_their_size_and_transparency(
    run: Callable[[str], Any], photograph: NDArray[np.float32]
) -> None:
    answer = run("""
images = {mode: photograph.convert(mode) for mode in ("RGB", "RGBA", "L", "P")}
images["RGBA"].putalpha(Image.linear_gradient("L").resize(photograph.size))
whole = {mode: step(image, "FilterStyleplug.posterise") for mode, image in images.items()}
small = {mode: step(image, "FilterStyleplug.posterise", True) for mode, image in images.items()}
answer = {
    "whole": [[image.mode, image.height, image.width] for image in whole.values()],
    "small": [[image.mode, image.height, image.width] for image in small.values()],
    "kept": whole["RGBA"].getchannel("A").tobytes() == images["RGBA"].getchannel("A").tobytes(),
}
""")
    modes = ("RGB", "RGBA", "RGB", "RGB")
    assert answer["whole"] == [[mode, *photograph.shape[:2]] for mode in modes]
    assert answer["small"] == [[mode, 213, 320] for mode in modes]
    assert answer["kept"]


def test_a_preview_is_small_and_made_once(run: Callable[[str], Any]) -> None:
    answer = run("""
import styleplug

asked = []

class Watch:
    @styleplug.hookimpl
    def styleplug_before_job(self, job):
        asked.append([*job.request.image.shape, job.request.config.strength])

styleplug.plugin_manager().register(Watch())
first = step(photograph, "FilterStyleplug.posterise", preview=True)
copy = first.copy()
first.paste(0, (0, 0, *first.size))  # as a later step of the host may
again = step(photograph, "FilterStyleplug.posterise", preview=True)
plug_in._config.strength = 0.5
half = step(photograph, "FilterStyleplug.posterise", preview=True)
answer = {
    "asked": asked,
    "same": again.tobytes() == copy.tobytes(),
    "half": half.tobytes() != copy.tobytes(),
}
""")
    assert answer["asked"] == [[213, 320, 3, 1.0], [213, 320, 3, 0.5]]
    assert answer["same"]
    assert answer["half"]
