"""Every option of a style transfer or a filter, stated once: its unit, range, default and help.

The command line, batches, the worker's catalogue, the notes in pictures and checkpoints have them
from here. A config is checked when it is made.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import InitVar, dataclass, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from styleplug.errors import ConfigError
from styleplug.options import (
    DEVICE,
    LAYERS_TEXT,
    Amounts,
    Choice,
    Duration,
    File,
    Flag,
    Layers,
    MemorySize,
    Number,
    Option,
    Text,
    WholeNumber,
    listed,
)

if TYPE_CHECKING:
    from styleplug.preset_files import PresetFile

INITS = ("content", "noise", "style")
"""What a run can start from without a file."""

_RESOLUTIONS = "auto, size, photo, or a number from 10 to 99999"
_DEVICES = "auto, cpu, cuda, cuda:N, rocm, mps, directml, coreml, openvino, tensorrt"
_USUAL_WEIGHTS = {"content_weight": 1.0, "style_weight": 5.0}
_COLORS = Choice(
    "painted",
    "Whose colours: as they are painted; the photograph's in each place, so that light and dark"
    " alone are painted (luminance); or the photograph's all over, closely (histogram) or gently"
    " (covariance).",
    ("painted", "luminance", "histogram", "covariance"),
    label="Colours",
    basic=True,
)
_PALETTE = File(
    None,
    "A picture whose colours to take in the place of the photograph's; by covariance, unless"
    " colors says otherwise.",
    optional=True,
)
_COLOR_STRENGTH = Number(1.0, "How much of these colours to take; 0 leaves those painted.", 0, 1)


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
        base, options = renamed(base), renamed(options)
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
        values: dict[str, Any] = renamed(texts)
        for name, kind in cls.options().items():
            if name in texts:
                try:
                    values[name] = kind.parse(texts[name])
                except ValueError:
                    raise kind.refusal(texts[name]) from None
        return cls.from_options(values, **options)

    def files(self) -> dict[str, Path]:
        """The files that options name, by option."""
        values = {name: getattr(self, name) for name in self.options()}
        return {
            name: Path(values[name])
            for name, kind in self.options().items()
            if isinstance(kind, File) and kind.names_file(values[name])
        }

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
    colors: str = _COLORS.field()
    palette: str | None = _PALETTE.field()
    color_strength: float = _COLOR_STRENGTH.field()
    preserve: str = Amounts(
        "faces=0.8",
        "What of the photograph to preserve more of than of the rest, each from 0, not at all, to"
        " 1: faces and text, where some are found, and lines; or none. Such as"
        " faces=0.8,lines=0.5.",
        ("faces", "lines", "text"),
        basic=True,
    ).field()
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
    init: str = File(
        "content", f"What to start from: {', '.join(INITS)}, or a FILE.", INITS
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

    keep_colors: InitVar[bool | None] = None

    def __post_init__(self, keep_colors: bool | None) -> None:
        _settle_colors(self, keep_colors)
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
        """The config of one of the `PRESETS`, or of the user's, with some options set otherwise.

        Raises:
            ConfigError: no such preset, an option outside its range, or a content error beside
                weights.
            PresetError: the file of the user's preset can't be understood.
        """
        if preset in PRESETS:
            return cls.from_options(PRESETS[preset], **options)
        file, _ = own_preset(preset)
        return cls.from_options(_parsed(file.options), **options)

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
    colors: str = _COLORS.field()
    palette: str | None = _PALETTE.field()
    color_strength: float = _COLOR_STRENGTH.field()
    stroke_scale: float = Number(
        1.0,
        "Size of the strokes, of filters that have some; at 1 they are as in the painting.",
        0.5,
        4,
        basic=True,
    ).field()
    keep_colors: InitVar[bool | None] = None

    def __post_init__(self, keep_colors: bool | None) -> None:
        _settle_colors(self, keep_colors)
        super().__post_init__()


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
            "preserve": "none",
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


def own_preset(name: str) -> tuple[PresetFile, StylizeConfig]:
    """The file of a preset of the user's (`styleplug.presets`), and its config.

    Raises:
        ConfigError: there is no preset of this name.
        PresetError: its file can't be understood.
    """
    from styleplug.names import is_name
    from styleplug.preset_files import preset_error, preset_paths, read_preset

    file = read_preset(name)
    if file is None:
        names = dict.fromkeys([*PRESETS, *(path.stem for path in preset_paths())])
        raise ConfigError("preset", name, listed(filter(is_name, names)))
    try:
        config = StylizeConfig.from_options(_parsed(file.options))
        check_names_no_file(config)
    except ConfigError as error:
        raise preset_error(name, str(error)) from error
    return file, config


def check_names_no_file(config: StylizeConfig) -> None:
    """Make sure that a preset can have a config: a file may be another one tomorrow, or elsewhere.

    Raises:
        ConfigError: an option names one.
    """
    for name, path in config.files().items():
        raise ConfigError(name, str(path), "left out, for presets name no files")


def _parsed(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options as a file has them: texts stand for values, too, such as 5m for a time."""
    kinds, values = StylizeConfig.options(), dict(options)
    for name, value in options.items():
        if name in kinds and isinstance(value, str):
            try:
                values[name] = kinds[name].parse(value)
            except ValueError:
                raise kinds[name].refusal(value) from None
    return values


def renamed(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options, in which `keep_colors`, as notes of early versions have it, is said by `colors`."""
    options = dict(options)
    if "keep_colors" in options:
        given = options.pop("keep_colors")
        _check_alone(given, options.get("colors"))
        options["colors"] = _KEPT[given]
    return options


def _settle_colors(config: StylizeConfig | FilterConfig, keep_colors: bool | None) -> None:
    """Set `colors` where another option says what they are.

    Raises:
        ConfigError: the options contradict one another.
    """
    if keep_colors is not None:
        _check_alone(keep_colors, None if config.colors == _COLORS.default else config.colors)
        object.__setattr__(config, "colors", _KEPT[keep_colors])
    if config.palette is None:
        return
    if config.colors == "luminance":
        allowed = "left out where colors is luminance, which keeps the photograph's own"
        raise ConfigError("palette", config.palette, allowed)
    if config.colors == _COLORS.default:
        object.__setattr__(config, "colors", "covariance")


def _check_alone(keep_colors: Any, colors: str | None) -> None:
    if not isinstance(keep_colors, bool | str) or keep_colors not in _KEPT:
        raise ConfigError("keep_colors", keep_colors, "True or False")
    if colors not in (None, _KEPT[keep_colors]):
        raise ConfigError("keep_colors", keep_colors, f"left out where colors is {colors}")


_KEPT = MappingProxyType(
    {True: "luminance", "True": "luminance", False: "painted", "False": "painted"}
)
"""What `keep_colors` stands for in `colors`, which took its place."""

RENAMED = ("keep_colors",)
"""Options of early versions, which `Config.from_options` and `Config.parse` still know."""

MACHINE_OPTIONS = frozenset(
    name
    for config in (StylizeConfig, FilterConfig)
    for name, kind in config.options().items()
    if not kind.affects_picture
)
"""Those that say what the work is done with, and nothing of the picture."""
