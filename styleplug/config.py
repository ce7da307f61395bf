"""Every option of a style transfer or a filter, stated once: its unit, range, default and help.

The command line, batches, the worker's catalogue, the notes in pictures and checkpoints have them
from here. A config is checked when it is made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Self

from styleplug.errors import ConfigError
from styleplug.options import (
    DEVICE,
    LAYERS_TEXT,
    Choice,
    Duration,
    Flag,
    Layers,
    MemorySize,
    Number,
    Option,
    Text,
    WholeNumber,
    listed,
)

INITS = ("content", "noise", "style")
"""What a run can start from without a file."""

_RESOLUTIONS = "auto, size, photo, or a number from 10 to 99999"
_STARTS = "content, noise, style, or a FILE"
_DEVICES = "auto, cpu, cuda, cuda:N, rocm, mps, directml, coreml, openvino, tensorrt"
_USUAL_WEIGHTS = {"content_weight": 1.0, "style_weight": 5.0}
_KEEP_COLORS = Flag(
    False,
    "Keep the photograph's colours; paint in light and dark only.",
    label="Keep colours",
    basic=True,
)


@dataclass(frozen=True, kw_only=True)
class Config:
    """What all configs can do.

    Raises:
        ConfigError: a field is outside its range.
    """

    def __post_init__(self) -> None:
        for name, kind in self.options().items():
            object.__setattr__(self, name, kind.checked(getattr(self, name)))

    @classmethod
    def options(cls) -> dict[str, Option]:
        """What each option is, by name, in their order."""
        return {
            field.name: replace(field.metadata["option"], name=field.name) for field in fields(cls)
        }

    @classmethod
    def from_options(cls, base: Mapping[str, Any], /, **options: Any) -> Self:
        """A config of some options, with some of them set otherwise.

        Raises:
            ConfigError: there is no such option, or it is outside its range.
        """
        known = cls.options()
        for name in (*base, *options):
            if name not in known:
                raise ConfigError("option", name, listed(known))
        return cls(**{**base, **options})

    @classmethod
    def parse(cls, texts: Mapping[str, str], /, **options: Any) -> Self:
        """A config of options as `texts` gives them, with some of them set otherwise.

        Raises:
            ConfigError: there is no such option, it is outside its range, or a text stands for no
                value.
        """
        values: dict[str, Any] = dict(texts)
        for name, kind in cls.options().items():
            if name in texts:
                try:
                    values[name] = kind.parse(texts[name])
                except ValueError:
                    raise kind.refusal(texts[name]) from None
        return cls.from_options(values, **options)

    def texts(self) -> dict[str, str]:
        """Its options as texts, but for those that are None."""
        values = {name: getattr(self, name) for name in self.options()}
        return {
            name: kind.format(values[name])
            for name, kind in self.options().items()
            if values[name] is not None
        }


@dataclass(frozen=True, kw_only=True)
class StylizeConfig(Config):
    """How one picture is painted; `from_preset` gives good ways.

    Layers may be given as names, as a mapping of names to weights, or as a text
    "relu1_1,relu2_1=0.5"; they are kept as a mapping of weights that sum to 1. Where content_weight
    or style_weight is given, content_error becomes None, and the other weight its usual value.

    Raises:
        ConfigError: a field is outside its range.
    """

    size: int = WholeNumber(
        512,
        "Longest side of the working picture, in pixels; one longer than 2:1 is made as large"
        " in area as one of 2:1.",
        32,
        16384,
        basic=True,
    ).field()
    output_size: str = Choice(
        "photo",
        "Size of the result: the photograph's, or the working picture's.",
        ("photo", "working"),
    ).field()
    resolution: str = Text(
        "auto",
        f"How far to paint, as longest side in pixels: {_RESOLUTIONS}. Beyond --size only what is"
        " new at a size is painted there, which is quick; auto goes as far as that takes no longer"
        " than --size did, photo through all of the photograph's pixels.",
        _RESOLUTIONS,
        re.compile(r"auto|size|photo|[1-9]\d{1,4}"),
        basic=True,
    ).field()
    detail: float = Number(
        0.0,
        "Share of the photograph's fine luminance detail, finer than the working picture can"
        " hold, to add to a result of the photograph's size; 0 leaves the strokes to"
        " themselves.",
        0,
        1,
    ).field()
    iterations: int = WholeNumber(
        50,
        "Evaluations of loss and gradient at the last scale; earlier ones follow from it.",
        1,
        1_000_000,
    ).field()
    strength: float = Number(
        0.5,
        "How far to go from the photograph, unless weights are given: 0.5 is the preset's own"
        " balance, 1 twice that.",
        0,
        1,
        basic=True,
    ).field()
    stroke_scale: float = Number(
        1.0,
        "Size of the painting's strokes; at 1 the painting is taken as long as the picture.",
        0.25,
        4,
        basic=True,
    ).field()
    keep_colors: bool = _KEEP_COLORS.field()
    content_error: float | None = Number(
        0.71,
        "Relative error of the photograph's features to allow for; sets the balance.",
        0,
        10,
        optional=True,
    ).field()
    content_weight: float | None = Number(
        None, "Weight of the content error, instead of a balance.", 0, optional=True
    ).field()
    style_weight: float | None = Number(
        None, "Weight of the style error, instead of a balance.", 0, optional=True
    ).field()
    tv_weight: float = Number(
        0.0, "Weight of the total variation, which smooths.", 0, label="Smoothing"
    ).field()
    content_layers: Mapping[str, float] = Layers(
        "relu4_2", f"Layers whose features are to remain: {LAYERS_TEXT}."
    ).field()
    style_layers: Mapping[str, float] = Layers(
        ",".join(f"relu{block}_1" for block in range(1, 6)),
        f"Layers whose Gram matrices are to match: {LAYERS_TEXT}.",
    ).field()
    backbone: str = Choice(
        "auto", "The network; auto is vgg19 where it is installed.", ("auto", "vgg16", "vgg19")
    ).field()
    pooling: str = Choice(
        "max", "Pooling between the blocks of the network.", ("max", "avg")
    ).field()
    optimizer: str = Choice(
        "lbfgs", "The solver; lbfgs begins with a few steps of adam.", ("lbfgs", "adam")
    ).field()
    learning_rate: float = Number(
        0.03, "Size of adam's steps; a pixel's range is 1.", 1e-6, 1
    ).field()
    pyramid: bool = Flag(
        True, "Work from small to large, for large strokes as well as fine ones."
    ).field()
    init: str = Text(
        "content", f"What to start from: {_STARTS}.", _STARTS, re.compile(".+", re.DOTALL)
    ).field()
    seed: int = WholeNumber(
        0,
        "Which variation to paint: each number gives another, and always the same; 0 starts"
        " from the photograph as it is. With init noise, the seed of the noise.",
        0,
        2**32 - 1,
        basic=True,
    ).field()
    engine: str = Choice(
        "auto",
        "What computes gradients, PyTorch or ONNX Runtime; auto is torch where it is installed and"
        " there is a GPU, or a processor that knows bfloat16, and else onnx.",
        ("auto", "torch", "onnx"),
    ).field()
    device: str = Text(
        "auto", f"Where to compute: {_DEVICES}.", _DEVICES, DEVICE, affects_picture=False
    ).field()
    precision: str = Choice(
        "auto",
        "Precision of the network's arithmetic; auto is bfloat16 with torch where that is quicker,"
        " and else float32; bfloat16 is for torch alone, float16 for torch on a GPU.",
        ("auto", "float32", "bfloat16", "float16"),
    ).field()
    time_limit: float | None = Duration(
        None,
        "Keep within this time, in seconds or such as 5m; the scales share it.",
        1e-3,
        optional=True,
    ).field()
    max_memory: float | None = MemorySize(
        None,
        "Memory to keep within, in bytes or such as 2.5GB; what would need more is worked on in"
        " tiles. By default it is what the machine has free.",
        1,
        optional=True,
        affects_picture=False,
    ).field()

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.content_weight is None and self.style_weight is None:
            if self.content_error is None:
                raise ConfigError("content_error", None, "a number where no weights are given")
            return
        object.__setattr__(self, "content_error", None)
        for name, usual in _USUAL_WEIGHTS.items():
            if getattr(self, name) is None:
                object.__setattr__(self, name, usual)

    @classmethod
    def from_preset(cls, preset: str, /, **options: Any) -> StylizeConfig:
        """The config of one of the `PRESETS`, with some options set otherwise.

        Raises:
            ConfigError: no such preset, an option outside its range, or a content error beside
                weights.
        """
        if preset not in PRESETS:
            raise ConfigError("preset", preset, listed(PRESETS))
        return cls.from_options(PRESETS[preset], **options)

    @classmethod
    def from_options(cls, base: Mapping[str, Any], /, **options: Any) -> Self:
        """As of `Config`; a content error replaces the base's weights.

        Raises:
            ConfigError: as of `Config`, or there is a content error beside weights.
        """
        if options.get("content_error") is not None:
            if any(options.get(weight) is not None for weight in _USUAL_WEIGHTS):
                raise ConfigError(
                    "content_error", options["content_error"], "left out where weights are given"
                )
            options |= dict.fromkeys(_USUAL_WEIGHTS)
        return super().from_options(base, **options)


@dataclass(frozen=True, kw_only=True)
class FilterConfig(Config):
    """How a filter is applied.

    Raises:
        ConfigError: a field is outside its range.
    """

    strength: float = Number(
        1.0,
        "How much of the filtered picture to take, the rest from the photograph.",
        0,
        1,
        basic=True,
    ).field()
    keep_colors: bool = _KEEP_COLORS.field()
    stroke_scale: float = Number(
        1.0,
        "Size of the strokes, of filters that have some; at 1 they are as in the painting.",
        0.5,
        4,
        basic=True,
    ).field()


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
            "resolution": "size",
        },
    }
)
"""Where each preset differs from the defaults of `StylizeConfig`."""

DEFAULT_PRESET = "painterly"

PRESET_HELP: Mapping[str, str] = MappingProxyType(
    {
        "painterly": "Large strokes, and one can still tell what the photograph showed.",
        "faithful": "More of the photograph, less of the painting.",
        "article": "As articles on the method have it: from noise, one scale, Adam, fixed weights.",
    }
)
"""What each preset is, in a line for people."""


MACHINE_OPTIONS = frozenset(
    name
    for config in (StylizeConfig, FilterConfig)
    for name, kind in config.options().items()
    if not kind.affects_picture
)
"""Those that say what the work is done with, and nothing of the picture."""
