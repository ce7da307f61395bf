"""How an option is described in the fields of a config, and how a value is checked against that."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import Field, field
from numbers import Integral, Real
from typing import Any

from styleplug.errors import ConfigError

DEVICE = re.compile(r"auto|cpu|(cuda|rocm|mps|directml|coreml|openvino|tensorrt)(:\d+)?")
LAYERS_TEXT = "NAME or NAME=WEIGHT, separated by commas"


def number(
    default: float | None, help: str, low: float, high: float = math.inf, **more: Any
) -> Any:
    """A number of a range, a whole one in a field of type int; None where that is the default."""
    return field(default=default, metadata={"help": help, "low": low, "high": high, **more})


def choice(default: str, help: str, choices: tuple[str, ...]) -> Any:
    """One of some words."""
    return field(default=default, metadata={"help": help, "choices": choices})


def text(default: str, help: str, allowed: str, **more: Any) -> Any:
    """A text that `check` knows by the field's name; `allowed` says what is taken."""
    metadata = {"help": f"{help}: {allowed}.", "allowed": allowed, **more}
    return field(default=default, metadata=metadata)


def layers(default: Iterable[str], help: str) -> Any:
    """Names of layers, with or without weights."""
    return field(default=tuple(default), metadata={"help": f"{help}: {LAYERS_TEXT}."})


def listed(names: Iterable[str]) -> str:
    """What is allowed, in words."""
    return "one of " + ", ".join(names)


def check(option: Field[Any], value: Any) -> None:
    """Raise ConfigError unless the option can have the value."""
    limits = option.metadata
    if "choices" in limits and value not in limits["choices"]:
        raise ConfigError(option.name, value, listed(limits["choices"]))
    if option.name == "device" and not (isinstance(value, str) and DEVICE.fullmatch(value)):
        raise ConfigError("device", value, limits["allowed"])
    if option.name == "init" and not (isinstance(value, str) and value):
        raise ConfigError("init", value, limits["allowed"])
    if option.type == "bool" and not isinstance(value, bool):
        raise ConfigError(option.name, value, "True or False")
    if "low" in limits and not (value is None and option.type == "float | None"):
        kind = Integral if option.type == "int" else Real
        if not (is_number(value, kind) and limits["low"] <= value <= limits["high"]):
            raise ConfigError(option.name, value, number_range(option))


def is_number(value: Any, kind: Any = Real) -> bool:
    """Whether the value is a finite number, NumPy's included, and no bool."""
    try:
        return isinstance(value, kind) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number that doesn't fit into a float
        return False


def number_range(option: Field[Any]) -> str:
    """The numbers that an option can have, in words."""
    kind = "a whole number" if option.type == "int" else "a number"
    low, high = option.metadata["low"], option.metadata["high"]
    return f"{kind} of {low} or more" if high == math.inf else f"{kind} from {low} to {high}"
