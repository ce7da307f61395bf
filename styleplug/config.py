"""Every option of a style transfer, stated once: its unit, range, default and help text.

The command line and the host adapters read them from the fields' metadata. A config is checked when
it is made.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from types import MappingProxyType
from typing import Any

from styleplug.errors import ConfigError

INITS = ("content", "noise", "style")
"""What a run can start from without a file."""
DEVICE = re.compile(r"auto|cpu|(cuda|rocm|mps|directml|coreml|openvino|tensorrt)(:\d+)?")


def _number(default: float | None, help: str, low: float, high: float = math.inf) -> Any:
    return field(default=default, metadata={"help": help, "low": low, "high": high})


def _choice(default: str, help: str, choices: tuple[str, ...]) -> Any:
    return field(default=default, metadata={"help": help, "choices": choices})


def _layers(default: Iterable[str], help: str) -> Any:
    return field(
        default=tuple(default), metadata={"help": help + ": NAME or NAME=WEIGHT, by commas"}
    )


@dataclass(frozen=True, kw_only=True)
class StylizeConfig:
    """How one picture is painted; `from_preset` gives good ways.

    Layers may be given as names, as a mapping of names to weights, or as a text
    "relu1_1,relu2_1=0.5"; they are kept as a mapping of weights that sum to 1.

    Raises:
        ConfigError: a field is outside its range.
    """

    size: int = _number(512, "longest side of the working picture, pixels", 32, 16384)
    output_size: str = _choice(
        "photo",
        "size of the result: the photograph's, or the working picture's",
        ("photo", "working"),
    )
    iterations: int = _number(
        60, "evaluations of loss and gradient at the last scale; earlier ones follow from it", 1
    )
    strength: float = _number(
        0.5,
        "how far to go from the photograph: 0.5 is the preset's own balance, 1 twice that",
        0,
        1,
    )
    content_error: float | None = _number(
        0.75, "relative error of the photograph's features to allow for; sets the balance", 0, 10
    )
    content_weight: float | None = _number(None, "of the content error, instead of a balance", 0)
    style_weight: float | None = _number(None, "of the style error, instead of a balance", 0)
    tv_weight: float = _number(0.0, "of the total variation, which smooths", 0)
    content_layers: Mapping[str, float] = _layers(
        ["relu4_2"], "layers whose features are to remain"
    )
    style_layers: Mapping[str, float] = _layers(
        [f"relu{block}_1" for block in range(1, 6)], "layers whose Gram matrices are to match"
    )
    backbone: str = _choice(
        "auto", "the network; auto is vgg19 where it is installed", ("auto", "vgg16", "vgg19")
    )
    pooling: str = _choice("max", "between the blocks of the network", ("max", "avg"))
    optimizer: str = _choice("lbfgs", "lbfgs begins with a few steps of adam", ("lbfgs", "adam"))
    learning_rate: float = _number(0.03, "of adam; a pixel's range is 1", 1e-6, 1)
    pyramid: bool = field(
        default=True,
        metadata={"help": "Work from small to large, for large strokes as well as fine ones."},
    )
    init: str = field(
        default="content", metadata={"help": "what to start from: content, noise, style, or a FILE"}
    )
    seed: int = _number(0, "of the noise to start from", 0, 2**63 - 1)
    device: str = field(
        default="auto",
        metadata={"help": "auto, cpu, cuda, cuda:N, rocm, mps, directml, coreml, openvino"},
    )
    precision: str = _choice(
        "float32", "of the network's arithmetic on a GPU", ("float32", "float16")
    )
    time_limit: float | None = _number(
        None, "keep the best picture after this time, such as 60s or 5m", 1e-3
    )

    def __post_init__(self) -> None:
        for option in fields(self):
            _check(option, getattr(self, option.name))
        for name in ("content_layers", "style_layers"):
            object.__setattr__(self, name, _layer_weights(name, getattr(self, name)))
        if self.content_weight is None and self.style_weight is None:
            if self.content_error is None:
                raise ConfigError("content_error", None, "a number where no weights are given")
            return
        object.__setattr__(self, "content_error", None)
        for name, usual in (("content_weight", 1.0), ("style_weight", 5.0)):
            if getattr(self, name) is None:
                object.__setattr__(self, name, usual)

    @classmethod
    def from_preset(cls, preset: str, **options: Any) -> StylizeConfig:
        """The config of one of the `PRESETS`, with some options set otherwise.

        Raises:
            ConfigError: no such preset, or an option outside its range.
        """
        if preset not in PRESETS:
            raise ConfigError("preset", preset, _listed(PRESETS))
        return cls(**{**PRESETS[preset], **options})


PRESETS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "painterly": {},
        "faithful": {"content_error": 0.48},
        "article": {
            "content_weight": 1.0,
            "style_weight": 100.0,
            "tv_weight": 1.0,
            "optimizer": "adam",
            "pyramid": False,
            "init": "noise",
            "iterations": 500,
        },
    }
)
"""Where each preset differs from the defaults of `StylizeConfig`."""


def _listed(names: Iterable[str]) -> str:
    return "one of " + ", ".join(names)


def _check(option: Field[Any], value: object) -> None:
    """Raise ConfigError unless the option can have the value."""
    limits = option.metadata
    if option.name == "device" and not (isinstance(value, str) and DEVICE.fullmatch(value)):
        raise ConfigError("device", value, limits["help"])
    if "choices" in limits and value not in limits["choices"]:
        raise ConfigError(option.name, value, _listed(limits["choices"]))
    if "low" in limits and not (value is None and option.type == "float | None"):
        kinds = (int,) if option.type == "int" else (int, float)
        if (
            not isinstance(value, kinds)
            or isinstance(value, bool)
            or not limits["low"] <= value <= limits["high"]
            or value == math.inf
        ):
            raise ConfigError(option.name, value, number_range(option))


def number_range(option: Field[Any]) -> str:
    """The numbers that an option can have, in words."""
    kind = "a whole number" if option.type == "int" else "a number"
    low, high = option.metadata["low"], option.metadata["high"]
    return f"{kind} of {low} or more" if high == math.inf else f"{kind} from {low} to {high}"


def _layer_weights(name: str, layers: Mapping[str, float] | Iterable[str]) -> Mapping[str, float]:
    """Weights that sum to 1, without layers of weight 0."""
    if isinstance(layers, str):
        layers = _parsed(name, layers)
    elif not isinstance(layers, Mapping):
        layers = dict.fromkeys(layers, 1.0)
    total = sum(layers.values())
    if not 0 < total < math.inf or min(layers.values()) < 0:
        raise ConfigError(
            name, dict(layers), "layers with weights of 0 or more, one of them above 0"
        )
    return MappingProxyType({layer: w / total for layer, w in layers.items() if w})


def _parsed(name: str, text: str) -> dict[str, float]:
    weights = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        layer, _, weight = part.partition("=")
        try:
            weights[layer] = float(weight) if weight else 1.0
        except ValueError:
            raise ConfigError(name, text, "NAME or NAME=WEIGHT, separated by commas") from None
    return weights
