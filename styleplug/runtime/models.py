"""Models are found in folders, and each is the file that its manifest describes.

A folder of models holds a `manifest.toml` with a table for each model. Three folders are looked
through: the user's own, the one inside an installed package, and the checkout's.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from styleplug.errors import ModelError, ModelIntegrityError, ModelNotFoundError
from styleplug.runtime.files import read_whole, user_data_folder, write_atomically
from styleplug.runtime.locks import exclusive

MANIFEST = "manifest.toml"

LARGEST_MANIFEST = 10_000_000
"""Bytes."""

_OURS = re.compile(r".+-[0-9a-f]{8}\.onnx")
"""Names of files that `install_model` writes."""

_REINSTALL = "reinstall styleplug: pip install --force-reinstall styleplug"
_REMEDIES = {
    "faces": _REINSTALL,
    "filters": _REINSTALL,
    "person": _REINSTALL,
    "vgg16": _REINSTALL,
    "vgg19": "get it with: styleplug models install vgg19",
}

_log = logging.getLogger("styleplug")


@dataclass(frozen=True)
class Model:
    """A model file and what its manifest says about it.

    `sha256` is in lower-case hexadecimal, `size` in bytes; `known` and `not_known` say what is
    certain about the weights and what isn't.
    """

    name: str
    path: Path
    sha256: str
    size: int
    licence: str
    attribution: str
    source: str
    known: str = ""
    not_known: str = ""

    def read(self) -> bytes:
        """The file's bytes, checked.

        Raises:
            ModelNotFoundError: the file can't be read.
            ModelIntegrityError: the bytes are not those that the manifest describes.
        """
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise ModelNotFoundError(
                self.name, f"{self.path} can't be read ({error.strerror}); {self._remedy}"
            ) from error
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise ModelIntegrityError(
                self.name, f"{self.path} is damaged or was exchanged; {self._remedy}"
            )
        return data

    @property
    def _remedy(self) -> str:
        if self.path.parent != user_models_folder():
            return _REINSTALL
        verb = "install" if self.name == "vgg19" else "remove"
        return f"mend it with: styleplug models {verb} {self.name}"


def user_models_folder() -> Path:
    """The folder of models that the user installed; STYLEPLUG_DATA_DIR moves it."""
    return user_data_folder() / "models"


def installed_models() -> tuple[Model, ...]:
    """Every model whose file is there, by name; of several with one name, the first found.

    What can't be understood of a manifest is named in a warning and left out.
    """
    found: dict[str, Model] = {}
    for folder in _folders():
        models, problems = _readable(folder)
        for problem in problems:
            _log.warning("%s; left out", problem)
        for model in models:
            if os.path.isfile(model.path):
                found.setdefault(model.name, model)
    return tuple(found[name] for name in sorted(found))


def manifest_problems() -> tuple[str, ...]:
    """What `installed_models` warns of."""
    return tuple(problem for folder in _folders() for problem in _readable(folder)[1])


def find_model(name: str) -> Model:
    """The model of this name.

    Raises:
        ModelNotFoundError: there is none.
    """
    models = {model.name: model for model in installed_models()}
    if name not in models:
        installed = ", ".join(models) or "none"
        remedy = _REMEDIES.get(name, "see: styleplug models list")
        raise ModelNotFoundError(name, f"not installed (installed: {installed}); {remedy}")
    return models[name]


def pick_backbone(name: str) -> Model:
    """The model of this name; for "auto" vgg19 where it is installed, vgg16 otherwise.

    Raises:
        ModelNotFoundError: it isn't installed.
    """
    if name != "auto":
        return find_model(name)
    installed = {model.name for model in installed_models()}
    return find_model("vgg19" if "vgg19" in installed else "vgg16")


def install_model(name: str, data: bytes, *, licence: str, attribution: str, source: str) -> Model:
    """Put a model into the user's folder, in place of one of the same name.

    Raises:
        ModelError: the folder can't be written, or its manifest can't be read.
    """
    folder = user_models_folder()
    digest = hashlib.sha256(data).hexdigest()
    model = Model(
        name=name,
        # Beside the one before, which is the one in force until the manifest says otherwise.
        path=folder / f"{name}-{digest[:8]}.onnx",
        sha256=digest,
        size=len(data),
        licence=licence,
        attribution=attribution,
        source=source,
    )
    with _changing(folder, name) as entries:
        write_atomically(model.path, data)
        entries[name] = model
    return model


def remove_model(name: str) -> None:
    """Remove a model from the user's folder.

    Raises:
        ModelNotFoundError: there is no such model in it.
        ModelError: the folder can't be written, or its manifest can't be read.
    """
    folder = user_models_folder()
    with _changing(folder, name) as entries:
        if name not in entries:
            raise ModelNotFoundError(
                name, f"you have installed none of this name in {folder}; nothing to remove"
            )
        # The entry goes last: without its file it hides no other model.
        entries.pop(name).path.unlink(missing_ok=True)


@contextmanager
def _changing(folder: Path, name: str) -> Iterator[dict[str, Model]]:
    """A folder's entries by name, to be changed by one process at a time; then written down.

    Files that no entry has are removed, such as those that a killed process left.

    Raises:
        ModelError: of that name, for the folder can't be written; or its manifest can't be read.
    """
    try:
        with exclusive(folder / ".lock", "the models"):
            before, _ = _manifest(folder)
            entries = {model.name: model for model in before}
            yield entries
            text = "\n".join(_table(entry) for entry in entries.values())
            # Names of files needn't be texts; what isn't becomes a question mark.
            write_atomically(folder / MANIFEST, text.encode("utf-8", "replace"))
            left = {file for file in folder.iterdir() if _OURS.fullmatch(file.name)}
            left |= {model.path for model in before}
            for file in left - {entry.path for entry in entries.values()}:
                with suppress(OSError):  # Windows keeps what another process reads
                    file.unlink()
    except OSError as error:
        raise ModelError(name, f"{folder} can't be written ({error.strerror})") from error


def _folders() -> tuple[Path, Path, Path]:
    """The user's folder, the one of an installed wheel, and the one of a checkout."""
    package = Path(__file__).parents[1]
    return user_models_folder(), package / "_models", package.parent / "models"


def _readable(folder: Path) -> tuple[list[Model], list[str]]:
    """A folder's models and its problems; that the manifest can't be read is one of them."""
    try:
        return _manifest(folder)
    except ModelError as error:
        return [], [str(error)]


def _manifest(folder: Path) -> tuple[list[Model], list[str]]:
    """A folder's models, and which can't be understood.

    Raises:
        ModelError: none can.
    """
    path = folder / MANIFEST
    try:
        tables = tomllib.loads(read_whole(path, LARGEST_MANIFEST).decode())
    except FileNotFoundError:
        return [], []
    except (OSError, ValueError, RecursionError) as error:
        raise ModelError(
            "manifest", f"{path} can't be understood ({error}); correct it or remove it"
        ) from error
    models, problems = [], []
    for name, table in tables.items():
        try:
            models.append(_entry(folder, name, table))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            problems.append(
                f"the model {name} in {path} can't be understood ({error}); correct or remove it"
            )
    return models, problems


def _entry(folder: Path, name: str, table: dict[str, Any]) -> Model:
    values = {field.name: table[field.name] for field in fields(Model) if field.name in table}
    for key, value in values.items():
        if not isinstance(value, int if key == "size" else str):
            raise ValueError(f"{key} is {value!r}")
    # A name alone, so that no manifest makes us open or remove what lies elsewhere.
    file = table["file"]
    if Path(file).name != file:
        raise ValueError(f"file is {file!r}, and no name")
    return Model(**{**values, "name": name, "path": folder / file})


def _table(model: Model) -> str:
    """The model's table of a manifest; JSON's strings and numbers are TOML's, but for one sign."""
    values = asdict(model)
    name, path = values.pop("name"), values.pop("path")
    lines = [f"[{name}]", f"file = {json.dumps(path.name)}"]
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join(lines).replace("\x7f", "\\u007f") + "\n"
