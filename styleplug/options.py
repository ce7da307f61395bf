"""The kinds of options that configs have: each checks, parses, formats and describes itself."""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any, ClassVar

from styleplug.errors import ConfigError

DEVICE = re.compile(r"auto|cpu|(cuda|rocm|mps|directml|coreml|openvino|tensorrt)(:\d+)?")
LAYERS_TEXT = "NAME or NAME=WEIGHT, separated by commas"
NONE, USUAL_AMOUNT = "none", 0.8
"""Of `Amounts`: no thing at all, and how much of one that is only named."""
_DURATION_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}
_SIZE_PREFIXES = ["", "k", "m", "g", "t"]


@dataclass(frozen=True)
class Option(ABC):
    """An option of a config.

    Args:
        default: its value where none is given.
        help: what it is, sentences for people, with its unit.
        label: its name in a dialog, where it isn't just the field's.
        basic: whether a dialog shows it at once.
        affects_picture: whether another value makes another picture; otherwise it only says what
            the work is done with.
        optional: whether None is a value.
        name: of the field; `Config.options` fills it in.
    """

    default: Any
    help: str
    label: str = field(default="", kw_only=True)
    basic: bool = field(default=False, kw_only=True)
    affects_picture: bool = field(default=True, kw_only=True)
    optional: bool = field(default=False, kw_only=True)
    name: str = field(default="", kw_only=True)

    type: ClassVar[str] = "text"
    """What kind of value it has, as the worker's protocol names it."""
    metavar: ClassVar[str | None] = "NAME"
    """What stands for a value on the command line."""

    @property
    @abstractmethod
    def allowed(self) -> str:
        """What is allowed, in words that follow "must be"."""

    def checked(self, value: Any) -> Any:
        """The value as a config keeps it.

        Raises:
            ConfigError: the option can't have it.
        """
        if not (value is None and self.optional) and not self._accepts(value):
            raise self.refusal(value)
        return value

    def parse(self, text: str) -> Any:
        """The value that a text stands for; a config says whether the option can have it.

        Raises:
            ValueError: it stands for none, and why.
        """
        return text

    def format(self, value: Any) -> str:
        """The text that `parse` makes the value of."""
        return str(value)

    def describe(self) -> dict[str, Any]:
        """The option as JSON has it: what a dialog is built from."""
        return {
            "name": self.name,
            "label": self.label or self.name.replace("_", " ").capitalize(),
            "help": self.help,
            "type": self.type,
            "default": self.default,
            "optional": self.optional,
            "basic": self.basic,
        }

    def field(self) -> Any:
        """The field of a config that it is the option of."""
        return field(default=self.default, metadata={"option": self})

    @abstractmethod
    def _accepts(self, value: Any) -> bool: ...

    def refusal(self, value: Any) -> ConfigError:
        """The error of a value that the option can't have."""
        return ConfigError(self.name, value, self.allowed)


@dataclass(frozen=True)
class Number(Option):
    """A finite number from `low` to `high`, NumPy's included."""

    low: float
    high: float = math.inf

    type = "float"
    metavar = "X"
    _noun: ClassVar[str] = "a number"

    @property
    def allowed(self) -> str:
        if self.high == math.inf:
            return f"{self._noun} of {self.low} or more"
        return f"{self._noun} from {self.low} to {self.high}"

    def parse(self, text: str) -> float:
        try:
            return float(text)
        except ValueError:
            raise ValueError(f"{text!r} is not a valid number") from None

    def format(self, value: Any) -> str:
        from decimal import Decimal

        return format(Decimal(repr(float(value))), "f")  # a duration or a size has no exponent

    def describe(self) -> dict[str, Any]:
        bounds = {"low": self.low, "high": self.high}
        return super().describe() | {
            name: bound for name, bound in bounds.items() if math.isfinite(bound)
        }

    def _accepts(self, value: Any) -> bool:
        return is_number(value) and self.low <= value <= self.high


@dataclass(frozen=True)
class WholeNumber(Number):
    """A whole number from `low` to `high`."""

    type = "int"
    metavar = "N"
    _noun = "a whole number"

    def parse(self, text: str) -> int:
        try:
            return int(text)
        except ValueError:
            raise ValueError(f"{text!r} is not a valid integer") from None

    def format(self, value: Any) -> str:
        return str(value)

    def _accepts(self, value: Any) -> bool:
        return isinstance(value, Integral) and super()._accepts(value)


@dataclass(frozen=True)
class Duration(Number):
    """A time in seconds; as a text such as `seconds` takes."""

    metavar = "TIME"

    def parse(self, text: str) -> float:
        return seconds(text)


@dataclass(frozen=True)
class MemorySize(Number):
    """A size in bytes; as a text such as `memory_size` takes."""

    metavar = "SIZE"

    def parse(self, text: str) -> float:
        return memory_size(text)


@dataclass(frozen=True)
class Flag(Option):
    """Yes or no."""

    type = "bool"
    metavar = None
    allowed = "True or False"

    def parse(self, text: str) -> bool:
        if text not in ("True", "False"):
            raise ValueError(f"{text!r} is neither True nor False")
        return text == "True"

    def _accepts(self, value: Any) -> bool:
        return isinstance(value, bool)


@dataclass(frozen=True)
class Choice(Option):
    """One of some words."""

    choices: tuple[str, ...]

    type = "choice"
    metavar = None

    @property
    def allowed(self) -> str:
        return listed(self.choices)

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"choices": list(self.choices)}

    def _accepts(self, value: Any) -> bool:
        return value in self.choices


@dataclass(frozen=True)
class Text(Option):
    """A text of a pattern; `takes` says in words what that is."""

    takes: str
    pattern: re.Pattern[str]

    @property
    def allowed(self) -> str:
        return self.takes

    def _accepts(self, value: Any) -> bool:
        return isinstance(value, str) and self.pattern.fullmatch(value) is not None


@dataclass(frozen=True)
class File(Option):
    """The path of a file, or one of some words that stand for none."""

    words: tuple[str, ...] = ()

    metavar = "FILE"

    @property
    def allowed(self) -> str:
        return ", ".join((*self.words, "or a FILE" if self.words else "a FILE"))

    def names_file(self, value: str | None) -> bool:
        """Whether a value of the option is a file's path."""
        return value is not None and value not in self.words

    def _accepts(self, value: Any) -> bool:
        return isinstance(value, str) and value != ""


@dataclass(frozen=True)
class Amounts(Option):
    """How much of some things, a mapping of names to 0..1 or a text such as `amounts` takes, which
    it is kept as; 0 is as good as none."""

    names: tuple[str, ...]

    metavar = "AMOUNTS"

    @property
    def allowed(self) -> str:
        return f"none, or some of {', '.join(self.names)}, each as NAME or NAME=0..1, with commas"

    def checked(self, value: Any) -> str:
        try:
            given = amounts(value) if isinstance(value, str) else dict(value)
        except (TypeError, ValueError):
            raise self.refusal(value) from None
        if not self._accepts(given):
            raise self.refusal(value)
        known = [(name, float(given[name])) for name in self.names if given.get(name)]
        return ",".join(f"{name}={amount!r}" for name, amount in known) or NONE

    def _accepts(self, value: Any) -> bool:
        return all(
            name in self.names and is_number(amount) and 0 <= amount <= 1
            for name, amount in value.items()
        )


@dataclass(frozen=True)
class Layers(Option):
    """Names of layers, a mapping of them to weights, or a text of either, such as
    "relu1_1,relu2_1=0.5"; kept as a mapping of weights that sum to 1."""

    metavar = "LAYERS"
    allowed = "layers, each once, with weights of 0 or more, one of them above 0"

    def checked(self, value: Any) -> Mapping[str, float]:
        pairs = self._pairs(value)
        if not self._accepts(pairs):
            raise self.refusal(value)
        total = sum(weight for _, weight in pairs)
        if math.isclose(total, 1, rel_tol=1e-12):  # what was kept once comes back to the last bit
            total = 1
        return {layer: float(weight / total) for layer, weight in pairs if weight}

    def format(self, value: Mapping[str, float]) -> str:
        return ",".join(f"{layer}={weight!r}" for layer, weight in value.items())

    def _accepts(self, value: Any) -> bool:
        names = [name for name, _ in value]
        return (
            all(isinstance(name, str) and name for name in names)
            and len(set(names)) == len(names)
            and all(is_number(weight) and weight >= 0 for _, weight in value)
            and 0 < sum(weight for _, weight in value) < math.inf
        )

    def _pairs(self, layers: object) -> list[tuple[Any, Any]]:
        """Names and weights as they were given."""
        if isinstance(layers, str):
            parts = [part.partition("=") for part in split_list(layers)]
            try:
                return [
                    (layer.strip(), float(weight) if sign else 1.0) for layer, sign, weight in parts
                ]
            except ValueError:
                raise ConfigError(self.name, layers, LAYERS_TEXT) from None
        if isinstance(layers, Mapping):
            return list(layers.items())
        if isinstance(layers, Iterable):
            return [(layer, 1.0) for layer in layers]
        raise ConfigError(self.name, layers, "names of layers, or a mapping of names to weights")


def amounts(text: str) -> dict[str, float]:
    """What a text such as "faces=0.5,lines" says; without a number an amount is `USUAL_AMOUNT`.

    Raises:
        ValueError: a number is none, or something is named twice.
    """
    if text.strip() == NONE:
        return {}
    parts = [part.partition("=") for part in split_list(text)]
    found = {name.strip(): float(number) if sign else USUAL_AMOUNT for name, sign, number in parts}
    if not found or len(found) < len(parts):
        raise ValueError(f"{text!r} names nothing, or something twice")
    return found


def seconds(text: str) -> float:
    """Seconds of a duration: 90, 60s, 5m or 1h.

    Raises:
        ValueError: it is none.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if match is None:
        raise ValueError(f"{text!r} is no duration such as 90, 60s, 5m or 1h")
    return float(match[1]) * _DURATION_UNITS[match[2]]


def memory_size(text: str) -> float:
    """Bytes of a size: 2500000000, 2.5GB, 800MB or 4GiB.

    Raises:
        ValueError: it is none.
    """
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([kmgt]?)(i?)b?", text.lower())
    if match is None or (match[3] and not match[2]):
        raise ValueError(f"{text!r} is no size such as 2.5GB, 800MB or 4GiB")
    base = 1024.0 if match[3] else 1000.0
    return float(match[1]) * base ** _SIZE_PREFIXES.index(match[2])


def split_list(text: str) -> list[str]:
    """The parts of a text that commas separate, without empty ones."""
    return [part.strip() for part in text.split(",") if part.strip()]


def listed(names: Iterable[str]) -> str:
    """What is allowed, in words."""
    return "one of " + ", ".join(names)


def is_number(value: Any) -> bool:
    """Whether the value is a finite number, NumPy's included, and no bool."""
    try:
        return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:  # a whole number that doesn't fit into a float
        return False
