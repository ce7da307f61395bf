"""The filters that a user adds are kept in one folder, as files under each filter's name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from styleplug.atomic import remove_leftovers
from styleplug.errors import FilterError
from styleplug.filters.style import SUFFIX
from styleplug.names import is_name
from styleplug.runtime.files import user_data_folder
from styleplug.runtime.locks import exclusive

SPEC_SUFFIX, MODEL_SUFFIX = ".json", ".onnx"
"""What the names of an external filter's two files end in; without the first it is none. Before the
second there is something of the model's own, but for models that were added long ago."""


def user_file(name: str, suffix: str) -> Path:
    """A file of the filter of this name, if there is one; STYLEPLUG_DATA_DIR moves it."""
    return user_data_folder() / "filters" / f"{name}{suffix}"


def user_files(*suffixes: str) -> list[Path]:
    """The files of the user's filters that end in one of these, by name."""
    folder = user_file("any", SUFFIX).parent
    files = [file for suffix in suffixes for file in folder.glob(f"*{suffix}")]
    return sorted(file for file in files if is_name(file.stem))


def has_file(name: str, suffix: str) -> bool:
    """Whether there is this file of the user's; of what is no name there is none."""
    # Functions of os.path answer no where those of Path raise, as for a name that is too long.
    return is_name(name) and os.path.exists(user_file(name, suffix))


def is_users(name: str) -> bool:
    """Whether the user has a filter of this name, be it a damaged one."""
    return has_file(name, SUFFIX) or has_file(name, SPEC_SUFFIX)


@contextmanager
def changing(name: str) -> Iterator[None]:
    """Keep other processes from changing filters meanwhile.

    Raises:
        FilterError: what is done within raises an OSError, or there is no place for the lock.
    """
    try:
        with exclusive(user_data_folder() / "filters.lock", "the filters"):
            yield
    except OSError as error:
        folder = user_file(name, "").parent
        raise FilterError(name, f"{folder} can't be written ({error.strerror})") from error


def remove_files(name: str, *suffixes: str) -> None:
    """Remove those of a filter's files, in this order, that are there.

    Raises:
        OSError: one can't be removed.
    """
    for suffix in suffixes:
        user_file(name, suffix).unlink(missing_ok=True)


def remove_models(name: str, but: Path | None = None) -> None:
    """Remove a filter's models, but for one, and what killed processes left of any.

    Raises:
        OSError: one can't be removed.
    """
    folder = user_file(name, "").parent
    remove_leftovers(folder)
    for pattern in (f"{name}{MODEL_SUFFIX}", f"{name}.*{MODEL_SUFFIX}"):
        for file in folder.glob(pattern):
            if file != but:
                file.unlink(missing_ok=True)
