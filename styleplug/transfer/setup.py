"""Setting a transfer up: what is asked is checked, and who computes is chosen, before any work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from styleplug.config import StylizeConfig
from styleplug.errors import ConfigError, MissingDependencyError, UnsupportedImageError
from styleplug.events import Finished
from styleplug.hookspecs import StylizeRequest, StylizeResult
from styleplug.image.picture import Picture
from styleplug.image.transparency import has_visible_pixels
from styleplug.native import torch_threads_are_lost
from styleplug.runtime.models import Model, pick_backbone
from styleplug.runtime.processor import knows_bfloat16, may_have_gpu
from styleplug.runtime.providers import providers_for
from styleplug.transfer.checkpoint import Checkpointer
from styleplug.transfer.engine import Engine
from styleplug.transfer.plan import plan_transfer
from styleplug.transfer.resume import machine_facts, open_checkpoint, resume_notes, run_facts
from styleplug.transfer.run import Transfer
from styleplug.transfer.scene import compose, layers_at
from styleplug.transfer.schedule import SHORTEST_SIDE
from styleplug.transfer.weaker import check_strengths
from styleplug.vgg.encoder import Encoder
from styleplug.vgg.layers import ARCHITECTURES, Architecture


def stylize(request: StylizeRequest) -> StylizeResult:
    """Paint what a request asks for; who listens to it hears the events but for the last.

    Raises:
        StyleplugError: the request can't be carried out.
        Cancelled: there is no picture yet.
    """
    for event in set_up(request).run():
        if isinstance(event, Finished):
            assert isinstance(event.result, StylizeResult)
            return event.result
        request.notify(event)
        del event  # a preview makes room for the next evaluation
    raise AssertionError("a transfer ends with its result")


def set_up(request: StylizeRequest) -> Transfer:
    """The transfer that a request asks for, to begin or to go on from its checkpoint."""
    config, checkpoint = request.config, request.checkpoint
    saved = open_checkpoint(checkpoint, request) if checkpoint else None
    if saved:
        # As "auto" chose them when it began.
        chosen = {name: saved.run[name] for name in ("backbone", "engine", "precision")}
        config = replace(config, **chosen)
    model = pick_backbone(config.backbone)
    check_request(request, ARCHITECTURES[model.name])
    scene = compose(request)

    # The engine before the encoder: what it can't do is said before the network is read.
    engine = make_engine(config, model)
    encoder = Encoder(model, pooling=config.pooling, device=config.device)
    notes: tuple[str, ...] = ()
    if config.backbone == "auto" and model.name != "vgg19":
        notes = ("vgg19 is not installed; using the bundled vgg16",)
    if not checkpoint:
        return Transfer(request, scene, encoder, engine, notes)

    machine = machine_facts(encoder, engine)
    if saved:
        notes += resume_notes(Path(checkpoint.path), saved, model, machine)
    checkpointer = Checkpointer(checkpoint, run_facts(request, model, engine), machine)
    return Transfer(request, scene, encoder, engine, notes, checkpointer, saved)


def check_request(request: StylizeRequest, architecture: Architecture) -> None:
    """Find what can't work before PyTorch is loaded and the network read, which takes seconds.

    Raises:
        LayerNotFoundError: the network has no such layer.
        ConfigError: there is no such device, or no layer.
        UnsupportedImageError: a picture can't be used.
    """
    config = request.config
    architecture.check([*config.content_layers, *config.style_layers])
    providers_for(config.device)
    for i, role in enumerate(request.style_roles, start=1):
        if not layers_at(role.depth, config.style_layers):
            allowed = f"one that has some of the layers {', '.join(config.style_layers)}"
            raise ConfigError(f"the depth of painting {i}", role.depth, allowed)
    pictures = {"the photograph": Picture(request.content_image, request.content_alpha)}
    paintings = zip(request.style_images, request.style_alphas, strict=True)
    for i, painting in enumerate(paintings, start=1):
        pictures[f"painting {i}"] = Picture(*painting)
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
    check_strengths(config, request.weaker)
    if request.weaker and request.checkpoint:
        raise ConfigError("checkpoint", str(request.checkpoint.path), "left out with strengths")
    width, height = pictures["the photograph"].size
    plan_transfer(height, width, config)


def make_engine(config: StylizeConfig, model: Model) -> Engine:
    """What gives loss and gradient.

    Raises:
        ConfigError: there is no such device, or it can't work with the precision.
        MissingDependencyError: PyTorch was asked for, or is needed, and isn't there; or is broken.
    """
    if config.engine == "auto":
        return _quickest_engine(config, model)
    return (_torch_engine if config.engine == "torch" else _onnx_engine)(config, model)


def _quickest_engine(config: StylizeConfig, model: Model) -> Engine:
    """PyTorch on a GPU or with less precision; on CPUs ONNX Runtime is quicker in float32, by a
    quarter to a third (`tests/benchmarks/objective.py`), and sooner ready."""
    if config.precision in ("bfloat16", "float16"):
        return _torch_engine(config, model)
    has_units = config.precision == "auto" and knows_bfloat16()
    has_gpu = config.device != "cpu" and may_have_gpu()
    if (has_units or has_gpu) and not torch_threads_are_lost():
        try:
            engine = _torch_engine(config, model)
        except MissingDependencyError as error:
            if error.reason is not None:  # there is a PyTorch, and it is broken
                raise
        else:
            if not engine.on_host or engine.precision != "float32":
                return engine
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

    if config.precision not in ("auto", "float32"):
        raise ConfigError(
            "precision",
            config.precision,
            "auto or float32 where ONNX Runtime is the engine; others need PyTorch:"
            " pip install 'styleplug[torch]', and --engine torch",
        )
    return OnnxEngine(Network(model, config.pooling, config.device))
