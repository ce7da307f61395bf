"""Saving a result beside its photograph."""

from __future__ import annotations

from pathlib import Path

from styleplug.atomic import written_atomically
from styleplug.studio.problems import Problem

_MOST_TRIES = 1000


def saved_beside(photograph: Path, result: Path, manner: str) -> str:
    """Copy a result into a photograph's folder, under a name that nothing has there.

    Args:
        photograph: the file that the command line named.
        result: what was made of it.
        manner: a part of the new name.

    Returns:
        The new file's name.

    Raises:
        Problem: the folder can't be written to.
    """
    data = result.read_bytes()
    for number in range(1, _MOST_TRIES):
        mark = f"-{number}" if number > 1 else ""
        path = photograph.with_name(f"{photograph.stem}-{manner}{mark}{result.suffix}")
        try:
            with written_atomically(path, overwrite=False) as file:
                file.write(data)
        except FileExistsError:
            continue
        except OSError as error:
            raise Problem(
                507, "image-unwritable", f"{path.name} can't be written ({error.strerror})"
            ) from error
        return path.name
    raise Problem(409, "taken", "there are too many results beside the photograph already")
