"""The one service of a folder: it holds the folder's lock, and leaves word of where it is reached.

The word is for programs of the same user, who alone may read it: it has the token.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from styleplug.errors import StyleplugError
from styleplug.runtime.files import make_folder, user_data_folder, write_atomically

_LOCK, _WORD = "service.lock", "service.json"


@dataclass(frozen=True)
class Instance:
    """A service that runs.

    Args:
        address: of it, "http://127.0.0.1:8571".
        token: of this start.
    """

    address: str
    token: str


def studio_folder() -> Path:
    """Where services keep what they have, in the user's data folder."""
    return user_data_folder().absolute() / "studio"


@contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """Whether this process is the folder's only service, while the context lasts.

    Raises:
        StyleplugError: the folder can't be written to.
    """
    from filelock import FileLock, Timeout

    try:
        make_folder(folder)
        folder.chmod(0o700)
        lock = FileLock(folder / _LOCK)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            yield False
            return
    except OSError as error:
        raise StyleplugError(f"{folder} can't be written ({error.strerror})") from error
    try:
        yield True
    finally:
        with suppress(OSError):
            (folder / _WORD).unlink(missing_ok=True)
        lock.release()


def leave_word(folder: Path, instance: Instance) -> None:
    """Say where the folder's service is reached."""
    write_atomically(folder / _WORD, json.dumps(asdict(instance)).encode(), mode=0o600)


def word_of(folder: Path) -> Instance | None:
    """Where the service that holds a folder is reached; None where it hasn't said so."""
    try:
        return Instance(**json.loads((folder / _WORD).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
