"""What styleplug itself contributes, as a plug-in like any other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from styleplug.errors import ConfigError, MissingDependencyError, UnsupportedImageError
from styleplug.events import Finished
from styleplug.hookspecs import (
    FeaturesRequest,
    Filter,
    FilterRequest,
    FilterResult,
    StylizeRequest,
    StylizeResult,
    hookimpl,
)
from styleplug.image.formats import FORMATS, Format
from styleplug.native import torch_threads_are_lost
from styleplug.runtime.memory import memory_errors
from styleplug.vgg.layers import ARCHITECTURES, Architecture

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from styleplug.config import StylizeConfig
    from styleplug.image.picture import Picture
    from styleplug.runtime.models import Model
    from styleplug.transfer.engine import Engine
    from styleplug.transfer.pyramid import Transfer


@hookimpl
def styleplug_stylize(request: StylizeRequest) -> StylizeResult:
    """The optimisation over the pixels (`styleplug.transfer`)."""
    with memory_errors():
        for event in _transfer(request).run():
            if isinstance(event, Finished):
                assert isinstance(event.result, StylizeResult)
                return event.result
            request.notify(event)
            del event  # a preview makes room for the next evaluation
    raise AssertionError("a transfer ends with its result")


@hookimpl
def styleplug_register_filters() -> Iterable[Filter]:
    """The collection of filters (`styleplug.filters`)."""
    from styleplug.filters.collection import list_filters

    return list_filters()


@hookimpl
def styleplug_apply_filter(request: FilterRequest) -> FilterResult | None:
    """A filter of the collection, or a blend of several (`styleplug.filters`)."""
    from styleplug.filters.collection import find_filter

    devices: list[str] = []
    with memory_errors():
        apply = find_filter(request.filter)
        if apply is None:
            return None
        image = apply(
            request.image,
            alpha=request.alpha,
            stroke_scale=request.config.stroke_scale,
            on_progress=request.notify,
            on_device=devices.append,
            cancel=request.cancel,
        )
    return FilterResult(image, device=devices[-1])


@hookimpl
def styleplug_register_formats() -> Iterable[Format]:
    """What styleplug reads and writes without plug-ins of others (`styleplug.image.formats`)."""
    return FORMATS


@hookimpl
def styleplug_read_image(path: Path) -> Picture:
    """Pillow's formats (`styleplug.image`)."""
    from styleplug.image.read import read_picture

    return read_picture(path)


@hookimpl
def styleplug_write_image(image: Picture, path: Path, overwrite: bool) -> bool:
    """Pillow's formats (`styleplug.image`)."""
    from styleplug.image.write import write_picture

    write_picture(image, path, overwrite=overwrite)
    return True


@hookimpl
def styleplug_extract_features(request: FeaturesRequest) -> Mapping[str, NDArray[np.float32]]:
    """The ONNX encoder's features (`styleplug.vgg.encoder`)."""
    from styleplug.vgg.encoder import Encoder
    from styleplug.vgg.tensors import as_batch

    model, _ = _backbone(request.backbone)
    with memory_errors():
        encoder = Encoder(model, pooling=request.pooling, device=request.device)
        return encoder.features(as_batch(request.image), request.layers)


def _transfer(request: StylizeRequest) -> Transfer:
    from styleplug.transfer.checkpointer import Checkpointer

    checkpointer = Checkpointer(request, request.checkpoint) if request.checkpoint else None
    config = checkpointer.config(request.config) if checkpointer else request.config
    model, notes = _backbone(config.backbone)
    _check(request, ARCHITECTURES[model.name])

    # The engine before the encoder: what it can't do is said before the network is read.
    engine = _engine(config, model)

    from styleplug.transfer.pyramid import Transfer
    from styleplug.vgg.encoder import Encoder

    encoder = Encoder(model, pooling=config.pooling, device=config.device)
    if checkpointer:
        notes += checkpointer.bind(model, encoder, engine)
    return Transfer(request, encoder, engine, notes, checkpointer)


def _engine(config: StylizeConfig, model: Model) -> Engine:
    """What gives loss and gradient."""
    try:
        if config.engine == "torch" or (config.engine == "auto" and not torch_threads_are_lost()):
            return _torch_engine(config, model)
    except MissingDependencyError as error:
        # Without PyTorch "auto" goes on; of one that is broken it tells.
        if config.engine == "torch" or error.reason is not None:
            raise
    return _onnx_engine(config, model)


def _torch_engine(config: StylizeConfig, model: Model) -> Engine:
    # The mirror first: it says so where PyTorch, the device or the precision is missing.
    from styleplug.vgg.mirror import TorchVGG

    mirror = TorchVGG(
        model, pooling=config.pooling, device=config.device, precision=config.precision
    )

    from styleplug.transfer.engine_torch import TorchEngine

    return TorchEngine(mirror)


def _onnx_engine(config: StylizeConfig, model: Model) -> Engine:
    from styleplug.transfer.engine_onnx import OnnxEngine
    from styleplug.vgg.gradient import Network

    if config.precision != "float32":
        raise ConfigError(
            "precision",
            config.precision,
            "float32 where ONNX Runtime is the engine; float16 needs PyTorch and a GPU:"
            " pip install 'styleplug[torch]', and --engine torch",
        )
    return OnnxEngine(Network(model, config.pooling, config.device))


def _check(request: StylizeRequest, architecture: Architecture) -> None:
    """Find what can't work before PyTorch is loaded and the network read, which takes seconds."""
    from styleplug.image.transparency import has_visible_pixels
    from styleplug.runtime.providers import providers_for
    from styleplug.transfer.plan import SHORTEST_SIDE, plan_scales

    config = request.config
    architecture.check([*config.content_layers, *config.style_layers])
    providers_for(config.device)
    pictures = _pictures(request)
    for name, picture in pictures.items():
        width, height = picture.size
        if min(height, width) < SHORTEST_SIDE:
            raise UnsupportedImageError(
                None,
                f"{name} has {width}×{height} pixels, but needs {SHORTEST_SIDE} on each side;"
                " use a larger one",
            )
        if not has_visible_pixels(picture.alpha):
            raise UnsupportedImageError(
                None, f"all of {name} is transparent; use a picture that shows something"
            )
    width, height = pictures["the photograph"].size
    plan_scales(height, width, config)


def _pictures(request: StylizeRequest) -> dict[str, Picture]:
    """The request's pictures by what to call them.

    Raises:
        UnsupportedImageError: an array has a shape or type that no picture has.
    """
    from styleplug.image.picture import Picture

    pictures = {"the photograph": Picture(request.content_image, request.content_alpha)}
    paintings = zip(request.style_images, request.style_alphas, strict=True)
    for i, painting in enumerate(paintings, start=1):
        pictures[f"painting {i}"] = Picture(*painting)
    return pictures


def _backbone(name: str) -> tuple[Model, tuple[str, ...]]:
    """The model of a network, and a line that says so where the choice was ours."""
    from styleplug.runtime.models import pick_backbone

    model = pick_backbone(name)
    fell_back = name == "auto" and model.name != "vgg19"
    return model, ("vgg19 is not installed; using the bundled vgg16",) if fell_back else ()
