"""Every option of a style transfer or a filter, stated once: its unit, range, default and help.

The command line and the worker's catalogue read them from the fields' metadata: `basic` are those
that a dialog shows at once, `label` is its name there where it isn't just the field's. A config is
checked when it is made.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

from styleplug.errors import ConfigError
from styleplug.option_fields import (
    LAYERS_TEXT,
    check,
    choice,
    is_number,
    layers,
    listed,
    number,
    text,
)

INITS = ("content", "noise", "style")
"""What a run can start from without a file."""

_USUAL_WEIGHTS = {"content_weight": 1.0, "style_weight": 5.0}


def _keep_colors() -> Any:
    help = "Keep the photograph's colours; paint in light and dark only."
    return field(default=False, metadata={"help": help, "label": "Keep colours", "basic": True})


@dataclass(frozen=True, kw_only=True)
class StylizeConfig:
    """How one picture is painted; `from_preset` gives good ways.

    Layers may be given as names, as a mapping of names to weights, or as a text
    "relu1_1,relu2_1=0.5"; they are kept as a mapping of weights that sum to 1. Where content_weight
    or style_weight is given, content_error becomes None, and the other weight its usual value.

    Raises:
        ConfigError: a field is outside its range.
    """

    size: int = number(
        512,
        "Longest side of the working picture, in pixels; one longer than 2:1 is made as large in"
        " area as one of 2:1.",
        32,
        16384,
        basic=True,
    )
    output_size: str = choice(
        "photo",
        "Size of the result: the photograph's, or the working picture's.",
        ("photo", "working"),
    )
    detail: float = number(
        0.0,
        "Share of the photograph's fine luminance detail, finer than the working picture can hold,"
        " to add to a result of the photograph's size; 0 leaves the strokes to themselves.",
        0,
        1,
    )
    iterations: int = number(
        50,
        "Evaluations of loss and gradient at the last scale; earlier ones follow from it.",
        1,
        1_000_000,
    )
    strength: float = number(
        0.5,
        "How far to go from the photograph, unless weights are given: 0.5 is the preset's own"
        " balance, 1 twice that.",
        0,
        1,
        basic=True,
    )
    stroke_scale: float = number(
        1.0,
        "Size of the painting's strokes; at 1 the painting is taken as long as the picture.",
        0.25,
        4,
        basic=True,
    )
    keep_colors: bool = _keep_colors()
    content_error: float | None = number(
        0.71, "Relative error of the photograph's features to allow for; sets the balance.", 0, 10
    )
    content_weight: float | None = number(
        None, "Weight of the content error, instead of a balance.", 0
    )
    style_weight: float | None = number(None, "Weight of the style error, instead of a balance.", 0)
    tv_weight: float = number(
        0.0, "Weight of the total variation, which smooths.", 0, label="Smoothing"
    )
    content_layers: Mapping[str, float] = layers(["relu4_2"], "Layers whose features are to remain")
    style_layers: Mapping[str, float] = layers(
        [f"relu{block}_1" for block in range(1, 6)], "Layers whose Gram matrices are to match"
    )
    backbone: str = choice(
        "auto", "The network; auto is vgg19 where it is installed.", ("auto", "vgg16", "vgg19")
    )
    pooling: str = choice("max", "Pooling between the blocks of the network.", ("max", "avg"))
    optimizer: str = choice(
        "lbfgs", "The solver; lbfgs begins with a few steps of adam.", ("lbfgs", "adam")
    )
    learning_rate: float = number(0.03, "Size of adam's steps; a pixel's range is 1.", 1e-6, 1)
    pyramid: bool = field(
        default=True,
        metadata={"help": "Work from small to large, for large strokes as well as fine ones."},
    )
    init: str = text("content", "What to start from", "content, noise, style, or a FILE")
    seed: int = number(
        0,
        "Which variation to paint: each number gives another, and always the same; 0 starts from"
        " the photograph as it is. With init noise, the seed of the noise.",
        0,
        2**32 - 1,
        basic=True,
    )
    engine: str = choice(
        "auto",
        "What computes gradients, PyTorch or ONNX Runtime; auto is torch where it is installed.",
        ("auto", "torch", "onnx"),
    )
    device: str = text(
        "auto",
        "Where to compute",
        "auto, cpu, cuda, cuda:N, rocm, mps, directml, coreml, openvino, tensorrt",
        of_machine=True,
    )
    precision: str = choice(
        "float32",
        "Precision of the network's arithmetic; float16 on a GPU with torch only.",
        ("float32", "float16"),
    )
    time_limit: float | None = number(
        None, "Keep within this time, in seconds or such as 5m; the scales share it.", 1e-3
    )
    max_memory: float | None = number(
        None,
        "Memory to keep within, in bytes or such as 2.5GB; what would need more is worked on in"
        " tiles. By default it is what the machine has free.",
        1,
        of_machine=True,
    )

    def __post_init__(self) -> None:
        for option in fields(self):
            check(option, getattr(self, option.name))
        for name in ("content_layers", "style_layers"):
            object.__setattr__(self, name, _layer_weights(name, getattr(self, name)))
        if self.content_weight is None and self.style_weight is None:
            if self.content_error is None:
                raise ConfigError("content_error", None, "a number where no weights are given")
            return
        object.__setattr__(self, "content_error", None)
        for name, usual in _USUAL_WEIGHTS.items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, usual)

    @classmethod
    def from_preset(cls, preset: str, **options: Any) -> StylizeConfig:
        """The config of one of the `PRESETS`, with some options set otherwise.

        Raises:
            ConfigError: no such preset, an option outside its range, or a content error beside
                weights.
        """
        if preset not in PRESETS:
            raise ConfigError("preset", preset, listed(PRESETS))
        return cls.from_options(PRESETS[preset], **options)

    @classmethod
    def from_options(cls, base: Mapping[str, Any], **options: Any) -> StylizeConfig:
        """A config of some options, with some of them set otherwise.

        A content error replaces the base's weights.

        Raises:
            ConfigError: an option outside its range, or a content error beside weights.
        """
        values = {**base, **options}
        if options.get("content_error") is not None:
            if any(options.get(weight) is not None for weight in _USUAL_WEIGHTS):
                raise ConfigError(
                    "content_error", options["content_error"], "left out where weights are given"
                )
            values |= dict.fromkeys(_USUAL_WEIGHTS)
        return cls(**values)


@dataclass(frozen=True, kw_only=True)
class FilterConfig:
    """How a filter is applied.

    Raises:
        ConfigError: a field is outside its range.
    """

    strength: float = number(
        1.0,
        "How much of the filtered picture to take, the rest from the photograph.",
        0,
        1,
        basic=True,
    )
    keep_colors: bool = _keep_colors()
    stroke_scale: float = number(
        1.0,
        "Size of the strokes, of filters that have some; at 1 they are as in the painting.",
        0.5,
        4,
        basic=True,
    )

    def __post_init__(self) -> None:
        for option in fields(self):
            check(option, getattr(self, option.name))


PRESETS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "painterly": {},
        "faithful": {"content_error": 0.47, "detail": 0.5},
        "article": {
            "content_weight": 1.0,
            "style_weight": 5.0,
            "tv_weight": 4.0,
            "optimizer": "adam",
            "pyramid": False,
            "init": "noise",
            "iterations": 500,
        },
    }
)
"""Where each preset differs from the defaults of `StylizeConfig`."""

PRESET_HELP: Mapping[str, str] = MappingProxyType(
    {
        "painterly": "Large strokes, and one can still tell what the photograph showed.",
        "faithful": "More of the photograph, less of the painting.",
        "article": "As articles on the method have it: from noise, one scale, Adam, fixed weights.",
    }
)
"""What each preset is, in a line for people."""


MACHINE_OPTIONS = frozenset(
    option.name
    for config in (StylizeConfig, FilterConfig)
    for option in fields(config)
    if option.metadata.get("of_machine")
)
"""Those that say what the work is done with, and nothing of the picture."""


def _layer_weights(name: str, layers: object) -> Mapping[str, float]:
    """Weights that sum to 1, without layers of weight 0."""
    pairs = _pairs(name, layers)
    names = [layer for layer, _ in pairs]
    if not (
        all(isinstance(layer, str) and layer for layer in names)
        and len(set(names)) == len(names)
        and all(is_number(weight) and weight >= 0 for _, weight in pairs)
        and 0 < (total := sum(weight for _, weight in pairs)) < math.inf
    ):
        raise ConfigError(
            name, layers, "layers, each once, with weights of 0 or more, one of them above 0"
        )
    return {layer: weight / total for layer, weight in pairs if weight}


def _pairs(name: str, layers: object) -> list[tuple[Any, Any]]:
    """Names and weights as they were given."""
    if isinstance(layers, str):
        parts = [part.partition("=") for part in layers.split(",") if part.strip()]
        try:
            return [
                (layer.strip(), float(weight) if sign else 1.0) for layer, sign, weight in parts
            ]
        except ValueError:
            raise ConfigError(name, layers, LAYERS_TEXT) from None
    if isinstance(layers, Mapping):
        return list(layers.items())
    if isinstance(layers, Iterable):
        return [(layer, 1.0) for layer in layers]
    raise ConfigError(name, layers, "names of layers, or a mapping of names to weights")
