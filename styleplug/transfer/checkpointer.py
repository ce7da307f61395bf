"""Keeping a transfer's state in a checkpoint from time to time, and taking up what is there."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from styleplug import __version__
from styleplug.atomic import check_writable, remove_leftovers
from styleplug.config import INITS, MACHINE_OPTIONS, StylizeConfig
from styleplug.errors import CheckpointError, ConfigError, StyleplugError
from styleplug.hookspecs import Checkpoint, StylizeRequest
from styleplug.runtime.processor import processor_name
from styleplug.runtime.providers import import_onnxruntime
from styleplug.runtime.threads import available_cores
from styleplug.transfer.checkpoint import Snapshot, read_snapshot, write_snapshot
from styleplug.transfer.plan import Scale, plan_scales
from styleplug.transfer.state import State
from styleplug.vgg.layers import ARCHITECTURES
from styleplug.vgg.tiles import halo

if TYPE_CHECKING:
    from styleplug.runtime.models import Model
    from styleplug.transfer.engine import Engine
    from styleplug.vgg.encoder import Encoder

MAY_CHANGE = MACHINE_OPTIONS | {"time_limit"}
"""Options that say nothing of the way to the picture."""

_log = logging.getLogger("styleplug")


class Checkpointer:
    """Keeps the state of the transfer that a request asks for.

    Args:
        request: what to paint.
        checkpoint: the request's, to be resumed or to be begun.

    Raises:
        CheckpointError: there is nothing to go on from, or it belongs to other pictures.
        ConfigError: an option isn't what it was when the transfer began; or the file can't be
            written, or is no new one.
    """

    def __init__(self, request: StylizeRequest, checkpoint: Checkpoint) -> None:
        self._checkpoint = checkpoint
        self._path = Path(checkpoint.path)
        self._run: dict[str, Any] = {
            "config": _options(request.config),
            "pictures": _pictures(request),
        }
        self._machine: dict[str, Any] = {}
        self._written = time.monotonic()
        self._saved: Snapshot | None = None
        if checkpoint.resume:
            self._saved = read_snapshot(self._path)
            try:
                _check_run(self._saved.run)
                self._check_same(self._saved)
                _check_sound(self._saved, request)
            except (KeyError, TypeError, ValueError) as error:
                if isinstance(error, StyleplugError):
                    raise
                raise CheckpointError(
                    self._path,
                    f"this checkpoint is damaged ({error}), or another version of styleplug's;"
                    " start again without --resume",
                ) from error
        _check_place(self._path, is_new=not checkpoint.resume)
        remove_leftovers(self._path.parent)

    def config(self, config: StylizeConfig) -> StylizeConfig:
        """The config, with the network and the engine as "auto" chose them when it began."""
        if self._saved is None:
            return config
        run = self._saved.run
        return replace(config, backbone=run["backbone"], engine=run["engine"])

    def bind(self, model: Model, encoder: Encoder, engine: Engine) -> tuple[str, ...]:
        """Learn what computes; returns lines for the person who waits.

        Raises:
            CheckpointError: the network isn't the one that the transfer began with.
        """
        self._run |= {"backbone": model.name, "model": model.sha256, "engine": engine.name}
        self._machine = {
            "styleplug": __version__,
            "numpy": np.__version__,
            "onnxruntime": import_onnxruntime().__version__,
            "provider": encoder.provider,
            "processor": processor_name(),
            "threads": available_cores(),
            **engine.numerics,
        }
        if self._saved is None:
            return ()
        if self._saved.run["model"] != model.sha256:
            raise CheckpointError(
                self._path,
                f"the network {model.name} isn't the one that this run began with; "
                "put that one back, or start again without --resume",
            )
        return self._notes(self._saved)

    def load(self) -> Snapshot | None:
        """What was saved, if the transfer isn't to begin; once, for it is large."""
        saved, self._saved = self._saved, None
        return saved

    def is_due(self) -> bool:
        """Whether it is time to write."""
        return time.monotonic() - self._written >= self._checkpoint.every

    def save(self, scales: tuple[Scale, ...], state: State) -> None:
        """Write the plan and the state; where that fails, the transfer goes on without."""
        snapshot = Snapshot(self._checkpoint.note, self._run, self._machine, scales, state)
        try:
            write_snapshot(self._path, snapshot)
        except OSError as error:
            _log.warning(
                "%s: the checkpoint can't be written (%s); going on without a new one",
                *(self._path, error.strerror),
            )
        self._written = time.monotonic()

    def _check_same(self, saved: Snapshot) -> None:
        before, now = saved.run["config"], self._run["config"]
        for name in now:
            if name not in MAY_CHANGE and now[name] != before.get(name, now[name]):
                raise ConfigError(
                    name, now[name], f"{before[name]!r}, as when {self._path} was begun"
                )
        before, now = saved.run["pictures"], self._run["pictures"]
        for name in {**before, **now}:
            if now.get(name) != before.get(name):
                raise CheckpointError(
                    self._path,
                    f"{name} isn't the one that this run began with;"
                    " give that one, or start again without --resume",
                )

    def _notes(self, saved: Snapshot) -> tuple[str, ...]:
        state = saved.state
        scale = saved.scales[state["scale"]]
        note = (
            f"going on from {self._path}: {scale.longest} px, "
            f"evaluation {state['stage.iteration'] + 1} of {scale.evaluations}"
        )
        changed = [
            f"{name} {saved.machine.get(name)}, now {self._machine.get(name)}"
            for name in {**saved.machine, **self._machine}
            if saved.machine.get(name) != self._machine.get(name)
        ]
        if not changed:
            return (note,)
        return note, f"not to the last bit as without a break: {'; '.join(changed)}"


def _check_run(run: Mapping[str, Any]) -> None:
    """Raise a ValueError, or a KeyError, unless all is there, and of its kind."""
    kinds = {"config": dict, "pictures": dict, "backbone": str, "model": str, "engine": str}
    for name, kind in kinds.items():
        if not isinstance(run[name], kind):
            raise ValueError(f"{name} is {run[name]!r}")


def _check_sound(saved: Snapshot, request: StylizeRequest) -> None:
    """Raise a ValueError, a KeyError or a TypeError unless a transfer may have kept this."""
    from styleplug.transfer.soundness import check_scales, check_state  # which load the network

    config = request.config
    height, width, _ = request.content_image.shape
    architecture = ARCHITECTURES[saved.run["backbone"]]
    margin = halo(architecture, [*config.content_layers, *config.style_layers])
    check_scales(saved.scales, plan_scales(height, width, config), margin)
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


def _options(config: StylizeConfig) -> dict[str, Any]:
    """The config as JSON has it; the file that `init` may name counts as a picture."""
    options = {option.name: getattr(config, option.name) for option in fields(config)}
    if config.init not in INITS:
        options["init"] = "FILE"
    # A number may be one of NumPy's, which JSON doesn't know.
    known: dict[str, Any] = json.loads(json.dumps(options, default=float))
    return known


def _pictures(request: StylizeRequest) -> Mapping[str, str]:
    """The SHA-256 of each picture by what to call it."""
    digests = {"the photograph": _digest(request.content_image, request.content_alpha)}
    paintings = zip(request.style_images, request.style_alphas, strict=True)
    for i, painting in enumerate(paintings, start=1):
        digests[f"painting {i}"] = _digest(*painting)
    if request.initial_image is not None:
        digests["the picture to start from"] = _digest(request.initial_image, None)
    return digests


def _digest(pixels: NDArray[np.float32], alpha: NDArray[np.float32] | None) -> str:
    digest = hashlib.sha256(str(pixels.shape).encode())
    for array in (pixels, alpha):
        if array is not None:
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
