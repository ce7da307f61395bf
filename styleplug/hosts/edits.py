"""Our parts of text files that belong to a host: put in, looked for, taken out."""

from __future__ import annotations

from pathlib import Path

from styleplug.errors import HostError
from styleplug.hosts.adapter import Adapter
from styleplug.runtime.files import write_atomically


def edited(
    adapter: Adapter, folder: Path, interpreter: str, *, remove: bool = False
) -> dict[Path, str]:
    """The new texts of the files with our parts in them, or without; nothing is written.

    Raises:
        HostError: a file isn't what it should be, and says so.
        OSError: a file can't be read.
    """
    texts = {}
    for edit in adapter.edits(interpreter):
        path = (folder / edit.path).resolve()
        change = edit.remove if remove else edit.put
        try:
            texts[path] = change(_read(path))
        except ValueError as error:
            problem = "it isn't UTF-8" if isinstance(error, UnicodeDecodeError) else error
            raise HostError(adapter.host, f"{path} can't be changed: {problem}") from error
    return texts


def write_texts(texts: dict[Path, str]) -> None:
    """Write files whose text has changed, each at once and with its mode; remove empty ones.

    Raises:
        OSError: a file can't be written; it is as it was.
    """
    for path, text in texts.items():
        if text == _read(path):
            continue
        if not text:
            path.unlink(missing_ok=True)
            continue
        mode = path.stat().st_mode if path.exists() else None
        write_atomically(path, text.encode(), mode=mode)


def are_in_place(adapter: Adapter, folder: Path, interpreter: str) -> bool:
    """Whether the files have our parts as they have to be; raises as `edited`."""
    texts = edited(adapter, folder, interpreter)
    return all(_read(path) == text for path, text in texts.items())


def _read(path: Path) -> str:
    """A file's text with its line ends as they are; empty where there is none."""
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return ""
