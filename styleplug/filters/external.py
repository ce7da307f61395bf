"""Keeping models of others: NAME.DIGEST.onnx, a copy, and NAME.json, what isn't in it.

The latter names the former, and is what makes a filter of it: so one that is replaced is there with
its own record until the new one is.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from styleplug.errors import FilterError
from styleplug.filters.ranges import RANGES
from styleplug.filters.store import (
    MODEL_SUFFIX,
    SPEC_SUFFIX,
    changing,
    remove_files,
    remove_models,
    user_file,
)
from styleplug.filters.style import SUFFIX as STYLE_SUFFIX
from styleplug.runtime.files import read_whole, write_atomically

if TYPE_CHECKING:
    from styleplug.filters.external_model import ExternalModel

LARGEST_FILE = 200_000_000
"""Bytes; networks of this kind take a tenth of it."""
LARGEST_RECORD = 1_000_000


@dataclass(frozen=True)
class ExternalFilterSpec:
    """What a person says of a model; ranges are of `RANGES`."""

    description: str
    input_range: str
    output_range: str


def add(path: Path, name: str, spec: ExternalFilterSpec) -> None:
    """Keep a copy of a model as the user's filter of this name, in the place of one before.

    Raises:
        FilterError: it is no model that can be used, or can't be kept.
    """
    from styleplug.filters.external_model import ExternalModel

    data = _content(path)
    ExternalModel(str(path), data, spec.input_range, spec.output_range).try_out()
    digest = hashlib.sha256(data).hexdigest()[:16]
    record = json.dumps({**asdict(spec), "model": digest}).encode()
    model = user_file(name, f".{digest}{MODEL_SUFFIX}")
    with changing(name):
        for file, content in ((model, data), (user_file(name, SPEC_SUFFIX), record)):
            try:
                write_atomically(file, content)
            except OSError as error:
                raise FilterError(name, f"{file} can't be written ({error.strerror})") from error
        remove_models(name, but=model)
        remove_files(name, STYLE_SUFFIX)


def read_spec(path: Path) -> ExternalFilterSpec:
    """What was said of a model.

    Raises:
        FilterError: the file is damaged.
    """
    return _read_record(path)[0]


def _read_record(path: Path) -> tuple[ExternalFilterSpec, str]:
    """What was said of a model, and the middle of its file's name."""
    try:
        values = json.loads(read_whole(path, LARGEST_RECORD))
        digest = values.pop("model", "")
        if not re.fullmatch("[0-9a-f]{16}|", digest):
            raise ValueError(f"{digest!r} is no model of ours")
        spec = ExternalFilterSpec(**values)
        if not isinstance(spec.description, str):
            raise ValueError("the description is no text")
        for value in (spec.input_range, spec.output_range):
            if value not in RANGES:
                raise ValueError(f"{value!r} is no range")
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        raise FilterError(str(path), f"is damaged ({error}); add the model again") from error
    return spec, digest


def read_model(name: str) -> ExternalModel:
    """The user's filter of this name, whose record is there.

    Raises:
        FilterError: a file of it is damaged.
    """
    from styleplug.filters.external_model import ExternalModel

    spec, digest = _read_record(user_file(name, SPEC_SUFFIX))
    file = user_file(name, f".{digest}{MODEL_SUFFIX}" if digest else MODEL_SUFFIX)
    return ExternalModel(str(file), _content(file), spec.input_range, spec.output_range)


def _content(path: Path) -> bytes:
    try:
        return read_whole(path, LARGEST_FILE)
    except OSError as error:
        raise FilterError(str(path), f"can't be read ({error.strerror})") from error
