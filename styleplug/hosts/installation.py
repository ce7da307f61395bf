"""An adapter's own folder in a host: filling it, looking at it, emptying it.

`installation.json` in it says what styleplug put there and which interpreter is to be started; its
`state` is "incomplete" until all files are in place. A folder without it isn't ours.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from styleplug import __version__
from styleplug.errors import HostError
from styleplug.hosts.adapter import Adapter
from styleplug.runtime.files import write_atomically

RECORD = "installation.json"


@dataclass(frozen=True)
class Installation:
    """The content of `installation.json`: `files` are the names of what lies beside it."""

    interpreter: str
    styleplug: str
    state: str
    files: tuple[str, ...]


_KEYS = [field.name for field in fields(Installation)]


def sources(adapter: Adapter) -> dict[str, bytes]:
    """An adapter's files by name, from the installed package or the checkout.

    Raises:
        HostError: they are missing.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "_plugins", package.parent / "plugins"):
        files = {path.name: path.read_bytes() for path in (folder / adapter.host).glob("*.py")}
        if adapter.script in files:
            return dict(sorted(files.items()))
    raise HostError(
        adapter.host,
        "its adapter is missing; reinstall styleplug: pip install --force-reinstall styleplug",
    )


def read_record(folder: Path) -> Installation | None:
    """What is installed in an adapter's folder; None where nothing of ours is.

    Raises:
        OSError: the folder can't be read.
    """
    try:
        values = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        interpreter, version, state, files = (values[key] for key in _KEYS)
        record = Installation(str(interpreter), str(version), str(state), tuple(files))
        # Names alone, so that no record makes us touch what lies elsewhere.
        return record if all(Path(name).name == name for name in record.files) else None
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return None


def install(adapter: Adapter, folder: Path) -> None:
    """Put an adapter's files into its folder, or mend and update what is there.

    Raises:
        HostError: something that isn't ours is in the way, or the files are missing.
        OSError: the folder can't be written; what is there says "incomplete".
    """
    files = sources(adapter)
    before = _ours(adapter, folder)
    for name in files:
        if name not in before and os.path.lexists(folder / name):
            raise _foreign(adapter, folder / name)
    _write_record(folder, "incomplete", {*before, *files})
    for name, data in files.items():
        write_atomically(folder / name, data, executable=name == adapter.script)
    for name in before - set(files):
        (folder / name).unlink(missing_ok=True)
    _write_record(folder, "complete", files)


def uninstall(adapter: Adapter, folder: Path) -> None:
    """Remove what was installed, and the folder where nothing else is in it.

    Raises:
        HostError: what is there isn't ours.
        OSError: the folder can't be written.
    """
    for name in _ours(adapter, folder):
        (folder / name).unlink(missing_ok=True)
        for compiled in (folder / "__pycache__").glob(f"{Path(name).stem}.*.pyc"):
            compiled.unlink(missing_ok=True)
    (folder / RECORD).unlink(missing_ok=True)
    for emptied in (folder / "__pycache__", folder):
        if emptied.is_dir() and not os.listdir(emptied):
            emptied.rmdir()


def is_current(adapter: Adapter, folder: Path) -> bool:
    """Whether the files in the folder are those that would be installed."""
    return all(
        (folder / name).is_file() and (folder / name).read_bytes() == data
        for name, data in sources(adapter).items()
    )


def _ours(adapter: Adapter, folder: Path) -> set[str]:
    """The names of what we installed in the folder.

    Raises:
        HostError: the folder leads elsewhere, or holds what isn't ours.
    """
    for path in (folder.parent, folder):
        if path.is_symlink():
            raise HostError(adapter.host, f"{path} is a link, which isn't followed; remove it")
    record = read_record(folder)
    if record is not None:
        return set(record.files)
    if os.path.lexists(folder) and (not folder.is_dir() or os.listdir(folder)):
        raise _foreign(adapter, folder)
    return set()


def _foreign(adapter: Adapter, path: Path) -> HostError:
    return HostError(adapter.host, f"{path} wasn't installed by styleplug; move it away")


def _write_record(folder: Path, state: str, files: Iterable[str]) -> None:
    # An environment's interpreter is a link; followed, it would no longer find styleplug.
    interpreter = os.path.abspath(sys.executable)
    record = Installation(interpreter, __version__, state, tuple(sorted(files)))
    text = json.dumps(asdict(record), ensure_ascii=False, indent=2) + "\n"
    write_atomically(folder / RECORD, text.encode())
