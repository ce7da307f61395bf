"""Where models are found, and that a file is the one its manifest describes.

A folder of models holds a `manifest.toml` with a table for each model. Three folders are looked
through: the user's own, the one inside an installed package, and the checkout's.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from styleplug.errors import ModelError, ModelIntegrityError, ModelNotFoundError
from styleplug.runtime.files import user_data_folder, write_atomically
from styleplug.runtime.locks import exclusive

MANIFEST = "manifest.toml"

_REINSTALL = "reinstall styleplug: pip install --force-reinstall styleplug"
_REMEDIES = {
    "filters": _REINSTALL,
    "vgg16": _REINSTALL,
    "vgg19": "get it with: styleplug models install vgg19",
}


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

    Raises:
        ModelError: a manifest can't be understood.
    """
    found: dict[str, Model] = {}
    for folder in _folders():
        for model in _manifest(folder):
            if model.path.is_file():
                found.setdefault(model.name, model)
    return tuple(found[name] for name in sorted(found))


def find_model(name: str) -> Model:
    """The model of this name.

    Raises:
        ModelNotFoundError: there is none.
        ModelError: a manifest can't be understood.
    """
    models = {model.name: model for model in installed_models()}
    if name not in models:
        installed = ", ".join(models) or "none"
        remedy = _REMEDIES.get(name, "see: styleplug models list")
        raise ModelNotFoundError(name, f"not installed (installed: {installed}); {remedy}")
    return models[name]


def pick_backbone(name: str) -> Model:
    """The model of this name; for "auto" vgg19 where it is installed, vgg16 otherwise.

    Errors as in `find_model`.
    """
    if name != "auto":
        return find_model(name)
    installed = {model.name for model in installed_models()}
    return find_model("vgg19" if "vgg19" in installed else "vgg16")


def install_model(name: str, data: bytes, *, licence: str, attribution: str, source: str) -> Model:
    """Put a model into the user's folder, in place of one of the same name.

    Raises:
        ModelError: the folder can't be written, or its manifest can't be understood.
    """
    folder = user_models_folder()
    model = Model(
        name=name,
        path=folder / f"{name}.onnx",
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        licence=licence,
        attribution=attribution,
        source=source,
    )
    try:
        with _changing(folder) as entries:
            write_atomically(model.path, data)
            entries[name] = model
    except OSError as error:
        raise ModelError(name, f"{folder} can't be written ({error.strerror})") from error
    return model


def remove_model(name: str) -> None:
    """Remove a model from the user's folder.

    Raises:
        ModelNotFoundError: there is no such model in it.
        ModelError: the folder can't be written, or its manifest can't be understood.
    """
    folder = user_models_folder()
    try:
        with _changing(folder) as entries:
            if name not in entries:
                raise ModelNotFoundError(
                    name, f"you have installed none of this name in {folder}; nothing to remove"
                )
            # The entry goes last: without its file it hides no other model.
            entries.pop(name).path.unlink(missing_ok=True)
    except OSError as error:
        raise ModelError(name, f"{folder} can't be written ({error.strerror})") from error


@contextmanager
def _changing(folder: Path) -> Iterator[dict[str, Model]]:
    """A folder's entries by name, to be changed by one process at a time; then written down."""
    with exclusive(folder / ".lock", "the models"):
        entries = {model.name: model for model in _manifest(folder)}
        yield entries
        text = "\n".join(_table(entry) for entry in entries.values())
        write_atomically(folder / MANIFEST, text.encode())


def _folders() -> tuple[Path, Path, Path]:
    """The user's folder, the one of an installed wheel, and the one of a checkout."""
    package = Path(__file__).parents[1]
    return user_models_folder(), package / "_models", package.parent / "models"


def _manifest(folder: Path) -> list[Model]:
    path = folder / MANIFEST
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        return [_entry(folder, name, table) for name, table in tables.items()]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            "manifest", f"{path} can't be understood ({error}); correct it or remove it"
        ) from error


def _entry(folder: Path, name: str, table: dict[str, Any]) -> Model:
    values = {field.name: table[field.name] for field in fields(Model) if field.name in table}
    return Model(**{**values, "name": name, "path": folder / table["file"]})


def _table(model: Model) -> str:
    """The model's table of a manifest; JSON's strings and numbers are TOML's as well."""
    values = asdict(model)
    name, path = values.pop("name"), values.pop("path")
    lines = [f"[{name}]", f"file = {json.dumps(path.name)}"]
    lines += [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join(lines) + "\n"
