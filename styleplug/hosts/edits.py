"""Our parts of text files that belong to a host: put in, looked for, taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from styleplug.errors import HostError
from styleplug.hosts.adapter import Adapter, Edit
from styleplug.runtime.files import write_atomically


def with_edits(adapter: Adapter, folder: Path, edits: Iterable[Edit]) -> dict[Path, str]:
    """The files' new texts, with our parts in them; nothing is written.

    Raises:
        HostError: a file isn't what it should be, and says so.
        OSError: a file can't be read.
    """
    return _changed(adapter, folder, edits, lambda edit: edit.put)


def without_edits(adapter: Adapter, folder: Path, edits: Iterable[Edit]) -> dict[Path, str]:
    """The files' new texts, without our parts; as `with_edits`."""
    return _changed(adapter, folder, edits, lambda edit: edit.remove)


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


def are_in_place(adapter: Adapter, folder: Path, edits: Iterable[Edit]) -> bool:
    """Whether the files have our parts as they have to be; raises as `with_edits`."""
    return all(_read(path) == text for path, text in with_edits(adapter, folder, edits).items())


def _changed(
    adapter: Adapter,
    folder: Path,
    edits: Iterable[Edit],
    change: Callable[[Edit], Callable[[str], str]],
) -> dict[Path, str]:
    texts = {}
    for edit in edits:
        path = (folder / edit.path).resolve()
        try:
            texts[path] = change(edit)(_read(path))
        except ValueError as error:
            problem = "it isn't UTF-8" if isinstance(error, UnicodeDecodeError) else error
            raise HostError(adapter.host, f"{path} can't be changed: {problem}") from error
    return texts


def _read(path: Path) -> str:
    """A file's text with its line ends as they are; empty where there is none."""
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return ""
