"""The files of the user's own presets: TOML, `presets/NAME.toml` in the data folder.

What their options may be, `styleplug.config` says; what is done with them, `styleplug.presets`.
"""

from __future__ import annotations

import json
import logging
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from styleplug.errors import PresetError
from styleplug.names import is_name
from styleplug.runtime.files import read_whole, user_data_folder

_SUFFIX = ".toml"
_MOST = 1_000_000  # bytes of a file

_log = logging.getLogger("styleplug")


@dataclass(frozen=True)
class PresetFile:
    """What a preset's file says: `help`, a line for people, and `options` by name, unchecked."""

    help: str
    options: Mapping[str, Any]

    def text(self) -> str:
        """The TOML that it is read from."""
        lines = [f"help = {_toml(self.help)}", "", "[options]"]
        lines += [f"{name} = {_toml(value)}" for name, value in self.options.items()]
        return "\n".join(lines) + "\n"


def preset_path(name: str) -> Path:
    """The file of a preset of this name; STYLEPLUG_DATA_DIR moves it."""
    return user_data_folder().absolute() / "presets" / f"{name}{_SUFFIX}"


def preset_paths() -> list[Path]:
    """The files in the folder of presets, by name, whatever is in them."""
    folder = preset_path("any").parent
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == _SUFFIX)
    except FileNotFoundError:
        return []
    except OSError as error:
        _log.warning("the presets in %s can't be read (%s)", folder, error.strerror)
        return []


def read_preset(name: str) -> PresetFile | None:
    """The user's preset of this name; None where there is none.

    Raises:
        PresetError: its file can't be understood.
    """
    path = preset_path(name)
    if not is_name(name) or not os.path.lexists(path):
        return None
    try:
        found = tomllib.loads(read_whole(path, _MOST).decode())
    except (OSError, ValueError, RecursionError) as error:
        raise preset_error(name, f"it can't be read as TOML ({error})") from error
    unknown = sorted(found.keys() - {"help", "options"})
    if unknown:
        raise preset_error(name, f"{unknown[0]!r} is neither help nor in the table [options]")
    told, options = found.get("help", ""), found.get("options", {})
    if not isinstance(told, str) or not told.isprintable():
        raise preset_error(name, "help is no line of text")
    if not isinstance(options, dict):
        raise preset_error(name, "options is no table")
    return PresetFile(told, options)


def preset_error(name: str, problem: str) -> PresetError:
    """The error of what is in a preset's file."""
    remedy = f"correct it, or remove it with: styleplug presets remove {name}"
    return PresetError(name, f"{preset_path(name)}: {problem}; {remedy}")


def _toml(value: Any) -> str:
    """A text, a number or a truth value; JSON's are TOML's, but for one sign."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
