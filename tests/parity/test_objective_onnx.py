"""The objective of ONNX Runtime gives what that of PyTorch gives: loss, terms and gradient."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from styleplug.image.picture import Picture
from styleplug.image.read import read_picture
from styleplug.image.resize import resized
from styleplug.image.transparency import resized_picture
from styleplug.runtime.models import Model
from styleplug.transfer.balance import Balance, FixedWeights, TargetError
from styleplug.transfer.engine_onnx import OnnxEngine
from styleplug.transfer.engine_torch import TorchEngine
from styleplug.transfer.loss import Loss
from styleplug.transfer.objective import Objective
from styleplug.transfer.scene import ContentImage, StyleImage
from styleplug.transfer.targets import Targets, compute_targets
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.export import export_onnx
from styleplug.vgg.gradient import Network
from styleplug.vgg.layers import Architecture
from styleplug.vgg.mirror import TorchVGG
from styleplug.vgg.tensors import as_batch, as_pixels

Array = NDArray[np.float32]
MakePicture = Callable[..., Array]

CONTENT = {"relu4_2": 1.0}
STYLE = {f"relu{block}_1": 0.2 for block in range(1, 6)}
WEIGHTS = FixedWeights(1.5, 8.0)
SHRINKING = 1.7
"""From one level to the next."""
TINY_VGG19 = Architecture("tiny19", (2, 2, 4, 4, 4), (8, 16, 16, 24, 24))


@pytest.fixture(scope="module")
def tiny_vgg19(
    random_weights: Callable[[Architecture], dict[str, Array]],
    model_file: Callable[[bytes, str], Model],
) -> Model:
    """VGG-19's layers, with as many channels as ONNX Runtime's blocked layout takes."""
    mean = np.array([0.5, 0.45, 0.4], np.float32)
    weights = random_weights(TINY_VGG19)
    data = export_onnx(TINY_VGG19, mean, weights, metadata={"source": "a test"})
    return model_file(data, "tiny19")


def assert_parity(
    model: Model,
    picture: Array,
    photograph: Picture,
    painting: Picture,
    *,
    pooling: str = "max",
    levels: int = 1,
    content: dict[str, float] = CONTENT,
    style: dict[str, float] = STYLE,
    balance: Balance = WEIGHTS,
    targets: list[Targets] | None = None,
) -> None:
    encoder = Encoder(model, pooling=pooling, device="cpu")
    targets = targets or make_targets(encoder, photograph, painting, levels, content, style)
    network, mirror = Network(model, pooling), TorchVGG(model, pooling=pooling, device="cpu")
    loss = Loss(targets, content_layers=content, style_layers=style, balance=balance, tv_weight=0.5)
    expected, found = (
        objective(objective.to_device(picture))
        for objective in (
            Objective(TorchEngine(mirror), loss),
            Objective(OnnxEngine(network), loss),
        )
    )
    for name in ("loss", "content_error", "style_error", "total_variation", "content_weight"):
        assert getattr(found, name) == pytest.approx(getattr(expected, name), rel=1e-4), name
    gradients = found.gradient.ravel(), expected.gradient.numpy().ravel()
    norms = [np.linalg.norm(gradient) for gradient in gradients]
    assert norms[0] == pytest.approx(norms[1], rel=1e-2)
    assert np.dot(*gradients) >= 0.9999 * norms[0] * norms[1]


def make_targets(
    encoder: Encoder,
    photograph: Picture,
    painting: Picture,
    levels: int,
    content: dict[str, float],
    style: dict[str, float],
) -> list[Targets]:
    width, height = photograph.size
    pictures = [
        resized_picture(
            photograph, round(height / SHRINKING**level), round(width / SHRINKING**level)
        )
        for level in range(levels)
    ]
    paintings = [StyleImage(painting.pixels, painting.alpha)]
    return [
        compute_targets(encoder, ContentImage(one.pixels, one.alpha), paintings, content, style)
        for one in pictures
    ]


def pictures(make_picture: MakePicture, height: int, width: int) -> tuple[Array, Picture, Picture]:
    """The picture to evaluate at, the photograph and the painting."""
    photograph, painting = (
        Picture(as_pixels(make_picture(height, width, seed=seed))) for seed in (1, 2)
    )
    return make_picture(height, width, seed=3), photograph, painting


@pytest.mark.parametrize("pooling", ["max", "avg"])
@pytest.mark.parametrize("levels", [1, 2])
@pytest.mark.parametrize("size", [(64, 64), (37, 53), (33, 71), (34, 47)])
@pytest.mark.parametrize("network", ["tiny_model", "tiny_vgg19"])
def test_sizes(
    request: pytest.FixtureRequest,
    make_picture: MakePicture,
    network: str,
    size: tuple[int, int],
    levels: int,
    pooling: str,
) -> None:
    model = request.getfixturevalue(network)
    assert_parity(model, *pictures(make_picture, *size), pooling=pooling, levels=levels)


def test_regions(tiny_model: Model, make_picture: MakePicture) -> None:
    picture, photograph, painting = pictures(make_picture, 53, 64)
    left = np.tile(np.linspace(1, 0, 64, dtype=np.float32), (53, 1))
    content = ContentImage(photograph.pixels, regions=(left, 1 - left))
    paintings = [StyleImage(painting.pixels), StyleImage(photograph.pixels, region=1)]
    targets = compute_targets(Encoder(tiny_model, device="cpu"), content, paintings, CONTENT, STYLE)
    assert_parity(tiny_model, picture, photograph, painting, targets=[targets])


@pytest.mark.parametrize("pooling", ["max", "avg"])
@pytest.mark.parametrize("levels", [1, 2, 3])
@pytest.mark.parametrize("size", [(75, 101), pytest.param((207, 250), marks=pytest.mark.slow)])
def test_vgg16(
    real_model: Model,
    make_picture: MakePicture,
    size: tuple[int, int],
    levels: int,
    pooling: str,
) -> None:
    """The larger size has convolutions with fewer products."""
    assert_parity(real_model, *pictures(make_picture, *size), pooling=pooling, levels=levels)


@pytest.mark.slow
@pytest.mark.parametrize("pooling", ["max", "avg"])
def test_a_photograph_and_a_painting(real_model: Model, shared_images: Path, pooling: str) -> None:
    photograph, painting, other = (
        resized_picture(read_picture(shared_images / name), 96, 128)
        for name in ("content/tubingen.jpg", "style/starry_night.jpg", "content/amber.jpg")
    )
    picture = as_batch((photograph.pixels + other.pixels) / 2)
    assert_parity(real_model, picture, photograph, painting, pooling=pooling, levels=2)


@pytest.mark.parametrize("pooling", ["max", "avg"])
@pytest.mark.parametrize("share", [0.5, 1], ids=["half flat", "flat"])
@pytest.mark.parametrize("network", ["tiny_model", "tiny_vgg19", "real_model"])
def test_flat_pictures(
    request: pytest.FixtureRequest,
    make_picture: MakePicture,
    network: str,
    share: float,
    pooling: str,
) -> None:
    """All of a window is equal there: max pooling's gradient goes to its first element."""
    picture, photograph, painting = pictures(make_picture, 75, 101)
    picture[..., : round(share * 101)] = 0.4
    model = request.getfixturevalue(network)
    assert_parity(model, picture, photograph, painting, pooling=pooling)


@pytest.mark.parametrize("pooling", ["max", "avg"])
@pytest.mark.parametrize("levels", [1, 2])
def test_transparency(
    tiny_vgg19: Model, make_picture: MakePicture, levels: int, pooling: str
) -> None:
    picture, photograph, painting = pictures(make_picture, 83, 58)
    y, x = np.mgrid[:83, :58]
    disc = np.clip((25 - np.hypot(y - 40, x - 30)) / 8, 0, 1).astype(np.float32)
    photograph = Picture(photograph.pixels, disc)
    painting = Picture(painting.pixels, 1 - resized(disc, 83, 58))
    assert_parity(tiny_vgg19, picture, photograph, painting, pooling=pooling, levels=levels)


@pytest.mark.parametrize(
    "balance", [TargetError(0.5), TargetError(0.05), TargetError(3.0), FixedWeights(0.0, 1.0)]
)
def test_balances(tiny_vgg19: Model, make_picture: MakePicture, balance: Balance) -> None:
    assert_parity(tiny_vgg19, *pictures(make_picture, 40, 57), balance=balance, levels=2)


@pytest.mark.parametrize(
    ("content", "style"),
    [
        ({"relu2_2": 0.25, "relu4_2": 0.75}, {"relu1_1": 0.5, "relu3_1": 0.3, "relu5_1": 0.2}),
        ({"relu3_1": 1.0}, {"relu3_1": 1.0}),
        ({"relu5_3": 1.0}, {"relu1_2": 0.5, "relu2_2": 0.5}),
        ({"relu1_1": 1.0}, {"relu1_1": 1.0}),
        ({"relu4_3": 1.0}, {"relu1_2": 0.4, "relu3_3": 0.6}),
    ],
)
@pytest.mark.parametrize("pooling", ["max", "avg"])
def test_layers(
    tiny_model: Model,
    make_picture: MakePicture,
    content: dict[str, float],
    style: dict[str, float],
    pooling: str,
) -> None:
    assert_parity(
        tiny_model,
        *pictures(make_picture, 37, 50),
        content=content,
        style=style,
        pooling=pooling,
        levels=2,
    )
