"""Going on from a checkpoint: what it belongs to, and whether that is the transfer asked for."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from styleplug import __version__
from styleplug.atomic import check_writable, remove_leftovers
from styleplug.config import MACHINE_OPTIONS, StylizeConfig
from styleplug.errors import CheckpointError, ConfigError, StyleplugError
from styleplug.hookspecs import Checkpoint, StyleRole, StylizeRequest
from styleplug.runtime.processor import processor_name
from styleplug.runtime.providers import import_onnxruntime
from styleplug.runtime.threads import available_cores
from styleplug.transfer.checkpoint import Snapshot, read_snapshot
from styleplug.transfer.octaves import config_at
from styleplug.transfer.plan import plan_transfer
from styleplug.transfer.schedule import Scale
from styleplug.transfer.soundness import check_scales, check_state
from styleplug.vgg.layers import ARCHITECTURES
from styleplug.vgg.tiles import halo, smallest_window

if TYPE_CHECKING:
    from styleplug.runtime.models import Model
    from styleplug.transfer.engine import Engine
    from styleplug.vgg.encoder import Encoder

MAY_CHANGE = MACHINE_OPTIONS | {"time_limit"}
"""Options that say nothing of the way to the picture."""


def open_checkpoint(checkpoint: Checkpoint, request: StylizeRequest) -> Snapshot | None:
    """What the request's transfer goes on from; None where it begins.

    Raises:
        CheckpointError: there is nothing to go on from, or it belongs to other pictures.
        ConfigError: an option isn't what it was when the transfer began; or the file can't be
            written, or is no new one.
    """
    path, saved = Path(checkpoint.path), None
    if checkpoint.resume:
        saved = read_snapshot(path)
        try:
            _check_run(saved.run)
            _check_same(path, saved.run, request)
            _check_sound(saved, request)
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, StyleplugError):
                raise
            raise CheckpointError(
                path,
                f"this checkpoint is damaged ({error}), or another version of styleplug's;"
                " start again without --resume",
            ) from error
    _check_place(path, is_new=not checkpoint.resume)
    remove_leftovers(path.parent)
    return saved


def run_facts(request: StylizeRequest, model: Model, engine: Engine) -> dict[str, Any]:
    """What is painted, and how, as `Snapshot.run` has it."""
    return {
        "config": _options(request.config),
        "pictures": _digests(request),
        "backbone": model.name,
        "model": model.sha256,
        "engine": engine.name,
        "precision": engine.precision,
    }


def machine_facts(encoder: Encoder, engine: Engine) -> dict[str, Any]:
    """What the last bits of the result depend on besides, by what to call it."""
    return {
        "styleplug": __version__,
        "numpy": np.__version__,
        "onnxruntime": import_onnxruntime().__version__,
        "provider": encoder.provider,
        "processor": processor_name(),
        "threads": available_cores(),
        **engine.numerics,
    }


def resume_notes(
    path: Path, saved: Snapshot, model: Model, machine: Mapping[str, Any]
) -> tuple[str, ...]:
    """Lines that say where the transfer goes on, and where not to the last bit as it began.

    Raises:
        CheckpointError: the network isn't the one that it began with.
    """
    if saved.run["model"] != model.sha256:
        raise CheckpointError(
            path,
            f"the network {model.name} isn't the one that this run began with; "
            "put that one back, or start again without --resume",
        )
    scale = saved.scales[saved.state["scale"]]
    note = (
        f"going on from {path}: {scale.longest} px, "
        f"evaluation {saved.state['scale_run.iteration'] + 1} of {scale.evaluations}"
    )
    changed = [
        f"{name} {saved.machine.get(name)}, now {machine.get(name)}"
        for name in {**saved.machine, **machine}
        if saved.machine.get(name) != machine.get(name)
    ]
    if not changed:
        return (note,)
    return note, f"not to the last bit as without a break: {'; '.join(changed)}"


def _check_run(run: Mapping[str, Any]) -> None:
    """Raise a ValueError, or a KeyError, unless all is there, and of its kind."""
    kinds = {
        **dict.fromkeys(("config", "pictures"), dict),
        **dict.fromkeys(("backbone", "model", "engine", "precision"), str),
    }
    for name, kind in kinds.items():
        if not isinstance(run[name], kind):
            raise ValueError(f"{name} is {run[name]!r}")


def _check_same(path: Path, run: Mapping[str, Any], request: StylizeRequest) -> None:
    """Raise an error unless a request has the run's options and pictures."""
    config, before, now = request.config, run["config"], _options(request.config)
    for name in config.options():
        if name not in MAY_CHANGE and now.get(name) != before.get(name):
            allowed = f"{before.get(name)}, as when {path} was begun"
            raise ConfigError(name, getattr(config, name), allowed)
    before, now = run["pictures"], _digests(request)
    for name in {**before, **now}:
        if now.get(name) != before.get(name):
            raise CheckpointError(
                path,
                f"{name} isn't the one that this run began with;"
                " give that one, or start again without --resume",
            )


def _check_sound(saved: Snapshot, request: StylizeRequest) -> None:
    """Raise a ValueError, a KeyError or a TypeError unless a transfer may have kept this."""
    config = request.config
    height, width, _ = request.content_image.shape
    architecture = ARCHITECTURES[saved.run["backbone"]]

    def smallest_window_at(scale: Scale) -> int:
        there = config_at(scale, config)
        return smallest_window(halo(architecture, [*there.content_layers, *there.style_layers]))

    check_scales(saved.scales, plan_transfer(height, width, config), smallest_window_at)
    check_state(saved.state, saved.scales, config)


def _check_place(path: Path, *, is_new: bool) -> None:
    if is_new and os.path.lexists(path):
        raise ConfigError(
            "checkpoint", str(path), "a new file; go on from this one with --resume, or remove it"
        )
    try:
        check_writable(path)
    except OSError as error:
        allowed = f"a place to write to ({error.strerror})"
        raise ConfigError("checkpoint", str(path), allowed) from error


def _options(config: StylizeConfig) -> dict[str, str]:
    """The config as texts; the files that options may name count as pictures."""
    return config.texts() | dict.fromkeys(config.files(), "FILE")


def _digests(request: StylizeRequest) -> dict[str, str]:
    """The SHA-256 of each picture by what to call it."""
    digests = {"the photograph": _digest(request.content_image, request.content_alpha)}
    paintings = zip(request.style_images, request.style_alphas, strict=True)
    for i, painting in enumerate(paintings, start=1):
        digests[f"painting {i}"] = _digest(*painting)
    for i, role in enumerate(request.style_roles, start=1):
        if role.region:
            digests[f"the region of painting {i}"] = _digest(role.region.values, None)
        if (plain := replace(role, region=None)) != StyleRole():
            digests[f"what painting {i} is for"] = repr(plain)
    if request.mask:
        digests["the mask"] = _digest(request.mask.values, None)
    if request.initial_image is not None:
        digests["the picture to start from"] = _digest(request.initial_image, None)
    if request.palette_image is not None:
        digests["the palette"] = _digest(request.palette_image, None)
    return digests


def _digest(pixels: NDArray[np.float32], alpha: NDArray[np.float32] | None) -> str:
    digest = hashlib.sha256(str(pixels.shape).encode())
    for array in (pixels, alpha):
        if array is not None:
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
