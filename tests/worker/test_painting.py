"""Pictures that hosts ask for: of the right size, form and transparency, whoever paints them."""

from __future__ import annotations

import json
import resource
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from portrait import PATH as PORTRAIT
from worker_client import Message, WorkerClient

from styleplug import pictures
from styleplug.config import FilterConfig
from styleplug.errors import ProtocolError
from styleplug.image.inspect import inspect_picture
from styleplug.jobs.provenance import (
    FilterProvenance,
    SourceFile,
    StylizeProvenance,
    provenance_in,
)
from styleplug.styles import find_style
from styleplug.worker.messages import parse

WIDTH, HEIGHT = 48, 36
RGBA = {"layout": "RGBA", "dtype": "float32"}
PLAIN = """
import numpy as np
from styleplug import StylizeResult, hookimpl

@hookimpl
def styleplug_stylize(request):
    image = np.full_like(request.content_image, request.config.strength)
    return StylizeResult(image, "finished", "none", 0, 0, 0, 0, alpha=request.content_alpha)
"""


@pytest.fixture
def photo(make_picture: Callable[..., np.ndarray]) -> np.ndarray:
    """(H, W, 4) float32: a photograph whose left half can't be seen."""
    pixels = make_picture(HEIGHT, WIDTH)[0].transpose(1, 2, 0)
    alpha = np.zeros((HEIGHT, WIDTH, 1), np.float32)
    alpha[:, WIDTH // 2 :] = 1
    return np.ascontiguousarray(np.dstack([pixels, alpha]))


@pytest.fixture
def stylize(photo: np.ndarray) -> Callable[..., Path]:
    """Begins a cheap stylize job; gives its folder."""

    def begin(worker: WorkerClient, id: str = "a", **fields: Any) -> Path:
        folder = worker.open(id)
        photo.tofile(folder / "photo.raw")
        message = {
            "id": id,
            "photo": {"path": "photo.raw", "width": WIDTH, "height": HEIGHT, **RGBA},
            "paintings": [{"name": "lanterns"}],
            "options": {"size": 32, "iterations": 2, "device": "cpu"},
            "result": RGBA,
        }
        worker.say("stylize", **message | fields)
        return folder

    return begin


def pixels(result: Message) -> np.ndarray:
    """Of a result as RGBA floats."""
    shape = (result["height"], result["width"], 4)
    return np.fromfile(result["path"], np.float32).reshape(shape)


def test_a_transfer_from_plan_to_picture(
    start: Callable[..., WorkerClient],
    small_network: None,
    stylize: Callable[..., Path],
    photo: np.ndarray,
) -> None:
    worker = start()
    folder = stylize(worker, preview=20)
    heard = worker.hear_until("finished", "failed")
    kinds = [message["type"] for message in heard]
    assert kinds[0] == "planned"
    assert kinds[1:3] == ["progress", "progress"]
    assert kinds[-1] == "finished", heard[-1]
    assert heard[-1]["device"].startswith("CPU")  # in bfloat16, where it is quick at that
    assert heard[0]["scales"] == [32]
    assert [message["text"] for message in heard[1:3]] == [
        "32 px, step 1 of 2",
        "32 px, step 2 of 2",
    ]
    result = heard[-1]["result"]
    assert Path(result["path"]).parent == folder
    assert result == {"path": result["path"], "width": WIDTH, "height": HEIGHT, **RGBA}
    painted = pixels(result)
    np.testing.assert_array_equal(painted[..., 3], photo[..., 3])
    assert not np.array_equal(painted[..., :3], photo[..., :3])
    previews = [message for message in heard if message["type"] == "preview"]
    assert previews
    for preview in previews:
        with Image.open(preview["path"]) as image:
            assert image.size == (preview["width"], preview["height"]) == (20, 15)
            assert image.mode == "RGBA"


@pytest.mark.slow
def test_a_transfer_that_diverges(
    start: Callable[..., WorkerClient], small_network: None, stylize: Callable[..., Path]
) -> None:
    worker = start()
    options = {"size": 32, "iterations": 2, "device": "cpu", "style_weight": 1e300}
    stylize(worker, options=options)
    failed = worker.hear_until("failed", "finished")[-1]
    assert (failed["type"], failed["code"]) == ("failed", "diverged")


@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"paintings": [{"name": "nowhere"}]}, "style-not-found", "lanterns"),
        ({"paintings": [{"path": "nowhere.png"}]}, "image-unreadable", "nowhere.png"),
        ({"preset": "cubist"}, "config", "one of painterly, faithful, article"),
        ({"options": {"size": 8}}, "config", "size is 8, but must be a whole number from 32"),
        ({"options": {"newer": 8}}, "config", "option is 'newer', but must be one of size, "),
        ({"options": {"init": "nowhere.png"}}, "image-unreadable", "nowhere.png"),
        ({"options": {"init": "no\0where.png"}}, "image-unreadable", "no file can have this name"),
        ({"photo": {"path": "\ud800.png"}}, "image-unreadable", "check the path"),
        ({"photo": {"path": "a\0b.png"}}, "image-unreadable", "check the path"),
        ({"paintings": [{"name": "a\0b"}]}, "style-not-found", "lanterns"),
    ],
)
def test_what_was_asked_for_cannot_be_had(
    start: Callable[..., WorkerClient],
    stylize: Callable[..., Path],
    fields: dict[str, Any],
    code: str,
    words: str,
) -> None:
    worker = start()
    stylize(worker, **fields)
    failed = worker.hear()
    assert (failed["type"], failed["code"]) == ("failed", code)
    assert words in failed["message"]


def test_a_plug_in_that_answers_first_paints_for_hosts_too(
    start: Callable[..., WorkerClient],
    odd_plugin: None,
    stylize: Callable[..., Path],
    tmp_path: Path,
    photo: np.ndarray,
) -> None:
    site = tmp_path / "site"
    (site / "plain.py").write_text(PLAIN)
    (site / "odd-1.0.dist-info" / "entry_points.txt").write_text("[styleplug]\nplain = plain\n")
    worker = start()
    stylize(worker, options={"strength": 0.25})
    finished = worker.hear()
    assert finished["type"] == "finished", finished
    painted = pixels(finished["result"])
    assert (painted[..., :3] == 0.25).all()
    np.testing.assert_array_equal(painted[..., 3], photo[..., 3])


@pytest.mark.slow
def test_one_file_of_pixels_that_is_read_in_two_ways(
    start: Callable[..., WorkerClient], small_network: None, stylize: Callable[..., Path]
) -> None:
    worker = start()
    stylize(worker, paintings=[{"path": "photo.raw", "width": HEIGHT, "height": WIDTH, **RGBA}])
    result = worker.hear_until("finished", "failed")[-1]["result"]
    assert (result["width"], result["height"]) == (WIDTH, HEIGHT)


def test_a_filter(worker: WorkerClient, begin: Callable[..., Path]) -> None:
    begin("a", "posterise", options={"strength": 1})
    finished = worker.hear()
    assert finished["type"] == "finished", finished
    painted = np.fromfile(finished["result"]["path"], np.uint8)
    assert set(painted) == {0, 85, 170}
    assert painted.size == 6 * 8 * 3


def test_a_picture_file_from_a_picture_file(worker: WorkerClient, photo: np.ndarray) -> None:
    folder = worker.open("a")
    Image.fromarray(np.rint(photo * 255).astype(np.uint8)).save(folder / "photo.png")
    worker.say(
        "filter",
        id="a",
        photo={"path": str(folder / "photo.png")},
        filter="posterise",
        result={"format": "webp"},
    )
    result = worker.hear()["result"]
    assert (result["width"], result["height"], result["format"]) == (WIDTH, HEIGHT, "webp")
    with Image.open(result["path"]) as image:
        assert (image.format, image.mode, image.size) == ("WEBP", "RGBA", (WIDTH, HEIGHT))


@pytest.mark.slow
def test_a_picture_file_says_how_it_was_made_and_not_how_the_photograph_was(
    start: Callable[..., WorkerClient],
    small_network: None,
    odd_plugin: None,
    stylize: Callable[..., Path],
    tmp_path: Path,
) -> None:
    worker = start()
    photo = tmp_path / "photo.png"
    stylize(worker, "a", result={"format": "png"})
    painted = Path(worker.hear_until("finished", "failed")[-1]["result"]["path"])
    shutil.copy(painted, photo)
    made = provenance_in(inspect_picture(photo).metadata.xmp)
    assert isinstance(made, StylizeProvenance)
    assert (made.photograph.name, made.options["size"], made.stopped) == (
        *("photo.raw", "32", "finished"),
    )
    assert [painting.image.name for painting in made.paintings] == [
        find_style("lanterns").path.name
    ]
    worker.open("b")
    worker.say(
        "filter",
        **{"id": "b", "photo": {"path": str(photo)}, "filter": "posterise"},
        **{"options": {"strength": 0.5}, "result": {"format": "jpeg"}},
    )
    filtered = worker.hear()["result"]["path"]
    config = FilterConfig(strength=0.5)
    assert provenance_in(inspect_picture(filtered).metadata.xmp) == FilterProvenance.planned(
        config, "posterise", SourceFile.of(photo), None
    )


@pytest.mark.parametrize("result", [{"format": "png"}, {"layout": "RGB", "dtype": "float32"}])
def test_a_disk_that_fills_up(
    worker: WorkerClient, begin: Callable[..., Path], result: dict[str, str]
) -> None:
    _, hard = resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(worker.process.pid, resource.RLIMIT_FSIZE, (20, hard))
    folder = begin("a", "posterise", result=result)
    failed = worker.hear()
    assert (failed["type"], failed["code"]) == ("failed", "image-unwritable")
    assert "(File too large); " in failed["message"]  # which more room would not mend
    assert [path.name for path in folder.iterdir()] == ["photo.raw"]


def test_paintings_have_regions_and_masks(
    start: Callable[..., WorkerClient],
    small_network: None,
    stylize: Callable[..., Path],
    photo: np.ndarray,
) -> None:
    """As GIMP has them: raw pixels of a selection."""
    worker = start()
    raw = {"width": WIDTH, "height": HEIGHT, "layout": "Y", "dtype": "uint8"}
    upper = np.zeros((HEIGHT, WIDTH), np.uint8)
    upper[: HEIGHT // 2] = 255
    folder = stylize(
        worker,
        photo={"path": "photo.raw", "width": WIDTH, "height": HEIGHT, **RGBA},
        paintings=[
            {"name": "lanterns", "weight": 2, "depth": "coarse"},
            {"name": "mist", "region": {"path": "upper.raw", **raw}},
        ],
        mask={"path": "mask.raw", **raw},
    )
    upper.tofile(folder / "upper.raw")
    mask = np.full((HEIGHT, WIDTH), 255, np.uint8)
    mask[:9] = 0
    mask.tofile(folder / "mask.raw")
    finished = worker.hear_until("finished", "failed")[-1]
    assert finished["type"] == "finished", finished
    painted = pixels(finished["result"])
    np.testing.assert_allclose(painted[:9, 24:, :3], photo[:9, 24:, :3], atol=1 / 255)
    assert np.abs(painted[9:, 24:, :3] - photo[9:, 24:, :3]).mean() > 0.01


def test_parts_are_found_in_the_place_of_masks(worker: WorkerClient) -> None:
    """A filter for a person alone; and nobody where nobody is."""
    for id, file in (("a", PORTRAIT), ("b", pictures.path("harbour.jpg"))):
        worker.open(id)
        filters = [{"name": "posterise", "region": {"part": "person"}}]
        photo = {"path": str(file)}
        worker.say("filter", id=id, photo=photo, filters=filters, result={"format": "png"})
    ended = {said["id"]: said for said in (worker.hear(), worker.hear())}
    assert ended["a"]["type"] == "finished", ended["a"]
    assert ended["b"]["code"] == "image-unsupported"
    assert "harbour.jpg: nobody is found in it" in ended["b"]["message"]
    with Image.open(ended["a"]["result"]["path"]) as after, Image.open(PORTRAIT) as before:
        change = np.abs(np.asarray(after).astype(int) - np.asarray(before).astype(int))
    assert change[:60, -60:].max() <= 1
    assert change[250:350, 200:300].mean() > 3


@pytest.mark.parametrize(
    ("painting", "words"),
    [
        ({"weight": -1}, "paintings[0].weight is wrong; it must be a number of 0 or more"),
        ({"weight": True}, "paintings[0].weight is wrong"),
        ({"depth": "deep"}, "paintings[0].depth is wrong; it must be one of all, fine, coarse"),
        ({"crop": "middle"}, "paintings[0].crop is wrong; it must be one of all, left, right"),
        ({"region": "sky.png"}, "paintings[0].region is wrong; it must be an object"),
        ({"by_color": True}, "paintings[0].region is missing"),
        ({"region": {"part": "cat"}}, "region.part is wrong; it must be one of person, backgr"),
        ({"by_color": 1}, "paintings[0].by_color is wrong; it must be true or false"),
    ],
)
def test_what_a_painting_cannot_be_for(painting: Message, words: str) -> None:
    message = {
        **{"type": "stylize", "id": "a", "photo": {"path": "a.png"}, "result": RGBA},
        "paintings": [{"name": "mist", **painting}],
    }
    with pytest.raises(ProtocolError) as refused:
        parse(json.dumps(message).encode())
    assert words in str(refused.value)


@pytest.mark.slow
def test_a_transfer_is_stopped_with_the_picture_as_it_is(
    start: Callable[..., WorkerClient], small_network: None, stylize: Callable[..., Path]
) -> None:
    worker = start()
    stylize(worker, options={"size": 32, "iterations": 1_000_000, "device": "cpu"})
    worker.hear_until("progress")
    worker.say("stop", id="a")
    finished = worker.hear_until("finished", "failed", "cancelled")[-1]
    assert (finished["type"], finished["stopped"]) == ("finished", "stopped")
    assert pixels(finished["result"]).shape == (HEIGHT, WIDTH, 4)


@pytest.mark.slow
def test_a_transfer_goes_on_from_its_checkpoint(
    start: Callable[..., WorkerClient],
    small_network: None,
    stylize: Callable[..., Path],
    tmp_path: Path,
) -> None:
    worker = start()
    options = {"size": 32, "iterations": 1_000_000, "device": "cpu"}
    checkpoint = tmp_path / "checkpoint.npz"
    stylize(worker, options=options, checkpoint=str(checkpoint), checkpoint_seconds=1)
    while step(worker.hear_until("progress")[-1]) < 5:
        pass
    checkpoint.unlink(missing_ok=True)  # it may be from before that
    while not checkpoint.exists():
        worker.hear_until("progress")
    worker.say("cancel", id="a")
    worker.hear_until("cancelled")
    stylize(worker, id="b", options=options, checkpoint=str(checkpoint))
    first = worker.hear_until("progress", "failed")[-1]
    assert step(first) > 5, "it has begun anew"
    worker.say("cancel", id="b")


def step(progress: Message) -> int:
    """The number of the step that a message is of."""
    return int(progress["text"].split()[3])
