"""Downloading a large file: the one place in styleplug that uses the network.

A download that was cut off goes on where it stopped, in another process as well: what has come so
far is kept beside its destination as NAME.part, and NAME.version says which version of the file
that is (HTTP's ETag or Last-Modified). The server sends the rest only of that version (RFC 9110,
13.1.5, If-Range), or else the whole file anew. Proxies are taken from the environment, as
`urllib.request` does: HTTPS_PROXY, HTTP_PROXY, NO_PROXY.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterator
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, build_opener

from styleplug import __version__
from styleplug.errors import DownloadError
from styleplug.runtime.files import make_folder

WAITS = (1, 2, 4, 8)
"""Seconds to wait before each further try."""

_TIMEOUT = 30
"""Seconds of silence after which a connection counts as cut."""

_CHUNK = 2**18
_PASSING = (408, 416, 429)
"""Answers that a further try may change, beside those of a server in trouble (500 and more)."""

_OTHERWISE = "get the file in another way, and name it with --from"

_log = logging.getLogger("styleplug")


class _Trouble(Exception):
    """The network or the server failed in a way that may pass."""


def download(address: str, folder: Path, on_progress: Callable[[int, int], None]) -> Path:
    """The file at an address, put into a folder under the last part of the address.

    One that is there already is not downloaded again. Two processes must not do this at once.

    Args:
        address: of an HTTP server.
        folder: made as needed.
        on_progress: called again and again with the bytes that are there, and those of the file.

    Raises:
        DownloadError: the network, the server or the folder failed; what has come so far is kept.
    """
    path = folder / address.rpartition("/")[2]
    if path.exists():
        return path
    part = _Part(path)
    try:
        make_folder(folder)
        for wait in WAITS:
            try:
                return _fetched(address, part, on_progress)
            except _Trouble as trouble:
                _log.warning("%s; trying again in %d s", trouble, wait)
                time.sleep(wait)
        return _fetched(address, part, on_progress)
    except _Trouble as trouble:
        raise DownloadError(
            address,
            f"{trouble}; check the connection, and HTTPS_PROXY if there is a proxy, and run the "
            "command again: it goes on where it stopped",
        ) from trouble
    except OSError as error:
        raise DownloadError(
            address,
            f"{folder} can't be written ({error.strerror}); mend that and run the command again, "
            "or choose another folder with STYLEPLUG_CACHE_DIR",
        ) from error


def discard(address: str, folder: Path) -> bool:
    """Remove a download, whole or not; returns whether there was one.

    Raises:
        OSError: it can't be removed.
    """
    path = folder / address.rpartition("/")[2]
    part = _Part(path)
    found = path.exists() or part.path.exists()
    path.unlink(missing_ok=True)
    part.remove()
    return found


class _Part:
    """A file that isn't whole yet."""

    def __init__(self, whole: Path) -> None:
        self._whole = whole
        self.path = whole.with_name(f"{whole.name}.part")
        self._version = whole.with_name(f"{whole.name}.version")

    def state(self) -> tuple[int, str]:
        """The bytes that are there, and the version of the file; 0 where that isn't known."""
        try:
            size, version = self.path.stat().st_size, self._version.read_text(encoding="latin-1")
        except FileNotFoundError:
            return 0, ""
        # A power cut can leave a file of the right length and of zeros alone.
        return (size, version) if version and version.isprintable() else (0, "")

    def begin(self, version: str) -> None:
        """Start anew, with another version of the file."""
        self.remove()
        self._version.write_text(version, encoding="latin-1")

    def complete(self) -> Path:
        """Make it the whole file."""
        self.path.replace(self._whole)
        self.remove()
        return self._whole

    def remove(self) -> None:
        # In this order, so that there never are bytes of another version than is written down.
        self.path.unlink(missing_ok=True)
        self._version.unlink(missing_ok=True)


def _fetched(address: str, part: _Part, on_progress: Callable[[int, int], None]) -> Path:
    """One try to get what is missing."""
    done, version = part.state()
    headers = {"User-Agent": f"styleplug/{__version__}"}
    if done:
        headers |= {"Range": f"bytes={done}-", "If-Range": version}
    with _answer(Request(address, headers=headers), part) as response:
        if response.status != 206:
            done = 0
            part.begin(_version(response))
        elif not response.headers.get("Content-Range", "").startswith(f"bytes {done}-"):
            part.remove()
            raise _Trouble("the server sent another part than was asked for")
        if response.length is None:
            raise DownloadError(
                address, f"the server doesn't say how large the file is; {_OTHERWISE}"
            )
        total = done + response.length
        _check_space(address, part.path.parent, total - done)
        with part.path.open("ab") as file:
            for chunk in _chunks(response):
                file.write(chunk)
                done += len(chunk)
                on_progress(done, total)
    if done < total:
        raise _Trouble(f"the connection broke off at {done / 1e6:.1f} of {total / 1e6:.1f} MB")
    return part.complete()


def _answer(request: Request, part: _Part) -> HTTPResponse:
    try:
        # A new one each time sees proxies that the environment names only now.
        response: HTTPResponse = build_opener().open(request, timeout=_TIMEOUT)
        return response
    except HTTPError as error:
        error.close()
        problem = f"the server answers {error.code} {error.reason}"
        if error.code == 416:
            # It has less than what is here, so what is here must be wrong.
            part.remove()
        if error.code in _PASSING or error.code >= 500:
            raise _Trouble(problem) from error
        raise DownloadError(request.full_url, f"{problem}; {_OTHERWISE}") from error
    except (OSError, HTTPException, ValueError) as error:
        # A ValueError comes of a proxy's address that is none.
        reason = getattr(error, "reason", error)
        raise _Trouble(f"the server can't be reached ({reason})") from error


def _chunks(response: HTTPResponse) -> Iterator[bytes]:
    """The body; it ends early, without an error, where the connection does."""
    while True:
        try:
            chunk = response.read1(_CHUNK)
        except (OSError, HTTPException) as error:
            raise _Trouble(f"the connection broke off ({error})") from error
        if not chunk:
            return
        yield chunk


def _version(response: HTTPResponse) -> str:
    """What tells this version of the file from others; "" where nothing does."""
    tag: str = response.headers.get("ETag", "")
    # A weak tag stays the same for files that only mean the same.
    return response.headers.get("Last-Modified", "") if tag.startswith("W/") or not tag else tag


def _check_space(address: str, folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DownloadError(
            address,
            f"{needed / 1e6:.0f} MB are still to come, but {folder} has room for only "
            f"{free / 1e6:.0f}; make room, or choose another folder with STYLEPLUG_CACHE_DIR",
        )
