"""An adapter's folder in a host: filling it, looking at it, emptying it.

`installation.json` in it says what styleplug put there and which interpreter is to be started; its
`state` is "incomplete" until all is in place. A folder without it isn't ours. In a folder that is
shared with others the record is called `style-transfer.json`, and only the files in it are ours.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from styleplug import __version__
from styleplug.atomic import remove_leftovers
from styleplug.errors import HostError
from styleplug.hosts.adapter import Adapter
from styleplug.hosts.edits import are_in_place, edited, write_texts
from styleplug.runtime.files import write_atomically


@dataclass(frozen=True)
class Installation:
    """The content of the record: `files` are the names of what lies beside it."""

    interpreter: str
    styleplug: str
    state: str
    files: tuple[str, ...]


_KEYS = [field.name for field in fields(Installation)]


def record_file(adapter: Adapter, folder: Path) -> Path:
    """The record's file in an adapter's folder."""
    return folder / ("style-transfer.json" if adapter.shared else "installation.json")


def read_record(adapter: Adapter, folder: Path) -> Installation | None:
    """What is installed in an adapter's folder; None where nothing of ours is.

    Raises:
        OSError: the folder can't be read.
    """
    try:
        values = json.loads(record_file(adapter, folder).read_text(encoding="utf-8"))
        interpreter, version, state, files = (values[key] for key in _KEYS)
        record = Installation(str(interpreter), str(version), str(state), tuple(files))
        # Names alone, so that no record makes us touch what lies elsewhere.
        return record if all(Path(name).name == name for name in record.files) else None
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError, RecursionError):
        return None


def install(adapter: Adapter, folder: Path) -> None:
    """Put an adapter's files and edits in place, or mend and update what is there.

    Raises:
        HostError: something that isn't ours is in the way, the files are missing, or a file to be
            edited isn't what it should be; nothing has changed.
        OSError: the folder can't be written; what is there says "incomplete".
    """
    # An environment's interpreter is a link; followed, it would no longer find styleplug.
    interpreter = os.path.abspath(sys.executable)
    files = adapter.files(interpreter)
    texts = edited(adapter, folder, interpreter)
    before = _ours(adapter, folder)
    for name in files:
        if name not in before and os.path.lexists(folder / name):
            raise _not_ours(adapter, folder / name)
    _write_record(adapter, folder, interpreter, "incomplete", {*before, *files})
    for name, data in files.items():
        write_atomically(folder / name, data, executable=name == adapter.script)
    for name in before - set(files):
        (folder / name).unlink(missing_ok=True)
    write_texts(texts)
    adapter.changed(folder)
    _write_record(adapter, folder, interpreter, "complete", files)


def uninstall(adapter: Adapter, folder: Path) -> None:
    """Remove what was installed, and the folder where nothing else is in it.

    Raises:
        HostError: what is there isn't ours, or a file that was edited isn't what it should be.
        OSError: the folder can't be written.
    """
    names = _ours(adapter, folder)
    compiled = folder / "__pycache__"
    write_texts(edited(adapter, folder, sys.executable, remove=True))
    for name in names:
        (folder / name).unlink(missing_ok=True)
        for module in compiled.glob(f"{Path(name).stem}.*.pyc"):
            module.unlink(missing_ok=True)
    adapter.changed(folder)
    # The record goes last: with it the folder is ours, whatever is still there.
    _remove_empty(compiled)
    remove_leftovers(folder)
    record_file(adapter, folder).unlink(missing_ok=True)
    _remove_empty(folder)


def is_current(adapter: Adapter, folder: Path, interpreter: str) -> bool:
    """Whether files and edits are those that would be installed for an interpreter."""
    try:
        return all(
            (folder / name).is_file() and (folder / name).read_bytes() == data
            for name, data in adapter.files(interpreter).items()
        ) and are_in_place(adapter, folder, interpreter)
    except HostError:  # installing them says what is the matter
        return False


def _ours(adapter: Adapter, folder: Path) -> set[str]:
    """The names of what we installed in the folder.

    Raises:
        HostError: a folder of our own leads elsewhere, or holds what isn't ours.
    """
    record = read_record(adapter, folder)
    if adapter.shared:
        return set(record.files) if record else set()
    for path in (folder.parent, folder):
        if path.is_symlink():
            raise HostError(adapter.host, f"{path} is a link, which isn't followed; remove it")
    if record is not None:
        return set(record.files)
    remove_leftovers(folder)
    if os.path.lexists(folder) and (not folder.is_dir() or os.listdir(folder)):
        raise _not_ours(adapter, folder)
    return set()


def _remove_empty(folder: Path) -> None:
    if folder.is_dir() and not os.listdir(folder):
        folder.rmdir()


def _not_ours(adapter: Adapter, path: Path) -> HostError:
    return HostError(adapter.host, f"{path} wasn't installed by styleplug; move it away")


def _write_record(
    adapter: Adapter, folder: Path, interpreter: str, state: str, files: Iterable[str]
) -> None:
    record = Installation(interpreter, __version__, state, tuple(sorted(files)))
    text = json.dumps(asdict(record), ensure_ascii=False, indent=2) + "\n"
    write_atomically(record_file(adapter, folder), text.encode())
