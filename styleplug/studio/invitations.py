"""Addresses that let a browser in once, with photographs to open: what `styleplug studio` says to
the service, which may be another process of the same user.

An invitation is a file in the service's folder, where that user alone may write. It is named by a
digest of its code, which stands in the address that the browser is opened on. Others on the machine
may see that address in the list of processes, and so it counts but once, and not for long.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from styleplug.runtime.files import write_atomically

SECONDS = 120.0
"""For which an invitation holds."""
_LONGEST_CODE = 200


def invite(folder: Path, photographs: Iterable[Path]) -> str:
    """Leave an invitation, and give its code.

    Args:
        folder: of the service.
        photographs: to open.

    Raises:
        OSError: the folder can't be written to.
    """
    code = secrets.token_urlsafe(32)
    paths = [str(path.absolute()) for path in photographs]
    write_atomically(_file(folder, code), json.dumps(paths).encode(), mode=0o600)
    return code


def accept(folder: Path, code: str) -> list[Path] | None:
    """The photographs of the invitation of a code, which is used up; None where there is none."""
    _remove_old(folder)
    if len(code) > _LONGEST_CODE:
        return None
    file = _file(folder, code)
    try:
        paths = json.loads(file.read_text("utf-8"))
        file.unlink()  # whoever comes second finds none
    except (OSError, ValueError):
        return None
    return [Path(path) for path in paths]


def _file(folder: Path, code: str) -> Path:
    digest = hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()
    return folder / "invitations" / f"{digest}.json"


def _remove_old(folder: Path) -> None:
    for file in (folder / "invitations").glob("*.json"):
        with suppress(OSError):
            if time.time() - file.stat().st_mtime > SECONDS:
                file.unlink()
