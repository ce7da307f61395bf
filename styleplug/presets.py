"""Presets by name: those that come with styleplug, and those that the user saves.

Every way in knows both by `StylizeConfig.from_preset`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from styleplug.atomic import written_atomically
from styleplug.config import (
    PRESET_HELP,
    PRESETS,
    StylizeConfig,
    check_names_no_file,
    own_preset,
)
from styleplug.errors import ConfigError, PresetError
from styleplug.names import check_name
from styleplug.preset_files import PresetFile, preset_path, preset_paths
from styleplug.runtime.files import make_folder

_log = logging.getLogger("styleplug")


@dataclass(frozen=True)
class Preset:
    """A preset: `help` is a line for people; `options` are those that differ from the defaults, as
    JSON can have them; `path` is its file, None for one that comes with styleplug."""

    name: str
    help: str
    options: Mapping[str, Any]
    path: Path | None = None

    @property
    def bundled(self) -> bool:
        """Whether it comes with styleplug."""
        return self.path is None

    def text(self) -> str:
        """It as TOML, as a file of the user's has it."""
        return PresetFile(self.help, self.options).text()


def list_presets() -> tuple[Preset, ...]:
    """Every preset, the bundled ones first, then the user's by name.

    A file that is none is named in a warning and left out.
    """
    return (*_bundled(), *_own())


def find_preset(name: str) -> Preset:
    """The preset of this name.

    Raises:
        ConfigError: there is none; it names those that there are.
        PresetError: its file can't be understood.
    """
    for preset in _bundled():
        if preset.name == name:
            return preset
    return _read(name)


def save_preset(
    name: str, config: StylizeConfig, help: str = "", *, overwrite: bool = False
) -> Preset:
    """Keep the options of a config that differ from the defaults under a name.

    Args:
        name: lower-case letters, digits and single hyphens between them.
        config: names no file.
        help: a line for people.
        overwrite: whether a preset of the user's may be replaced; a bundled one never is.

    Raises:
        ConfigError: the name or the help won't do, the name is taken, or the config names a file.
        PresetError: the folder can't be written.
    """
    check_name(name)
    if name in PRESETS:
        raise ConfigError("name", name, "another name; this preset comes with styleplug")
    if not help.isprintable():
        raise ConfigError("help", help, "one line of text")
    check_names_no_file(config)
    path, text = preset_path(name), PresetFile(help, _differences(config)).text()
    try:
        make_folder(path.parent)
        with written_atomically(path, overwrite=overwrite) as file:
            file.write(text.encode())
    except OSError as error:
        if isinstance(error, FileExistsError) and os.path.lexists(path):
            raise ConfigError("name", name, "a new name, unless --overwrite is given") from None
        raise PresetError(name, f"{path} can't be written ({error.strerror})") from error
    return _read(name)


def remove_preset(name: str) -> None:
    """Remove a preset of the user's, even a damaged one.

    Raises:
        ConfigError: there is none of this name, or it comes with styleplug.
        PresetError: its file can't be removed.
    """
    if name in PRESETS:
        raise ConfigError("name", name, "one of your own; this preset comes with styleplug")
    with suppress(PresetError):  # a damaged one goes, too
        own_preset(name)  # raises where there is none
    try:
        preset_path(name).unlink(missing_ok=True)
    except OSError as error:
        raise PresetError(
            name, f"{preset_path(name)} can't be removed ({error.strerror})"
        ) from error


def _bundled() -> list[Preset]:
    return [Preset(name, PRESET_HELP[name], dict(options)) for name, options in PRESETS.items()]


def _own() -> list[Preset]:
    found = []
    for path in preset_paths():
        try:
            check_name(path.stem)
            if path.stem in PRESETS:
                raise ConfigError("name", path.stem, "another than a bundled preset's")
            found.append(_read(path.stem))
        except PresetError as error:
            _log.warning("%s; left out", error)
        except ConfigError as error:
            _log.warning("%s: its %s; rename it; left out", path, error)
    return found


def _read(name: str) -> Preset:
    file, config = own_preset(name)
    return Preset(name, file.help, _plain(config, file.options), preset_path(name))


def _differences(config: StylizeConfig) -> dict[str, Any]:
    """The options that aren't the default. Of one that is None there is nothing to say: only the
    content error can be, and it is so where there are weights."""
    usual = StylizeConfig()
    names = [name for name in config.options() if getattr(config, name) != getattr(usual, name)]
    return {name: value for name, value in _plain(config, names).items() if value is not None}


def _plain(config: StylizeConfig, names: Iterable[str]) -> dict[str, Any]:
    """Options of a config as texts, numbers and truth values, whatever they were given as."""
    kinds = config.options()
    values = {name: getattr(config, name) for name in names}
    return {
        name: None if value is None else kinds[name].parse(kinds[name].format(value))
        for name, value in values.items()
    }
