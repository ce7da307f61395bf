"""Gram matrices kept on disk, so that a painting that was used before needs no network."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from styleplug.runtime.files import user_cache_folder, write_atomically

Array = NDArray[np.float32]

FORMAT = 1
"""To be raised whenever what an entry holds, or how it is computed, changes."""

LIMIT = 256 * 10**6
_DIGEST = hashlib.sha256().digest_size


@dataclass(frozen=True)
class CacheInfo:
    """Where the cache is, its number of entries, and in bytes their size and the limit to it."""

    folder: Path
    entries: int
    size: int
    limit: int


def gram_key(
    image: Array,
    alpha: Array | None = None,
    *,
    model_sha256: str,
    layers: Iterable[str],
    pooling: str,
    provider: str,
    window: int | None = None,
) -> str:
    """The name of an entry: a SHA-256, in hexadecimal, over all that its matrices depend on.

    Args:
        image: the picture as the network is fed with it, float32, contiguous.
        alpha: how much of each pixel counts, (H, W) float32; None where all count alike.
        model_sha256: of the network's file.
        layers: whose Gram matrices the entry holds, in any order.
        pooling: of the network.
        provider: the execution provider that computes, whose rounding is its own.
        window: the side of the tiles that the picture was worked on in, whose rounding is, too.
    """
    facts = {
        "format": FORMAT,
        "shape": image.shape,
        "model": model_sha256,
        "layers": sorted(layers),
        "pooling": pooling,
        "provider": provider,
        "precision": "float32",
    }
    if window is not None:
        facts["window"] = window
    digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode())
    digest.update(image.data)
    if alpha is not None:
        digest.update(alpha.tobytes())
    return digest.hexdigest()


class GramCache:
    """A folder of entries, each one file; past the limit the least recently used ones are removed.

    No method raises where the folder can't be read or written: there is then just nothing in it.
    An entry is the SHA-256 of what follows, then the matrices as NumPy's .npz.

    Args:
        folder: by default `grams` in the user's cache folder, which STYLEPLUG_CACHE_DIR moves.
        limit: the most bytes that all entries together may take.
    """

    def __init__(self, folder: Path | None = None, limit: int = LIMIT) -> None:
        self._folder = folder or user_cache_folder() / "grams"
        self._limit = limit

    def get(self, key: str) -> dict[str, Array] | None:
        """The Gram matrices of an entry by layer, (C, C) float32; None where there is none."""
        path = self._path(key)
        try:
            entry = path.read_bytes()
        except OSError:
            return None
        digest, data = entry[:_DIGEST], entry[_DIGEST:]
        if hashlib.sha256(data).digest() != digest:
            _removed(path)
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        with np.load(io.BytesIO(data)) as archive:
            return dict(archive)

    def put(self, key: str, grams: Mapping[str, Array]) -> None:
        """Keep Gram matrices, (C, C) float32, by layer; remove what has to make room."""
        buffer = io.BytesIO()
        arrays: dict[str, Any] = dict(grams)
        np.savez(buffer, **arrays)
        data = buffer.getvalue()
        with contextlib.suppress(OSError):
            write_atomically(self._path(key), hashlib.sha256(data).digest() + data)
            self._make_room()

    def info(self) -> CacheInfo:
        """How full the cache is."""
        sizes = [stat.st_size for _, stat in self._files()]
        return CacheInfo(self._folder, len(sizes), sum(sizes), self._limit)

    def clear(self) -> int:
        """Remove all entries; returns how many there were that could be removed."""
        return sum(_removed(path) for path, _ in list(self._files()))

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.grams"

    def _files(self) -> Iterator[tuple[Path, os.stat_result]]:
        """All files, also those that a killed process left unfinished, so that they go in turn."""
        try:
            paths = list(self._folder.iterdir())
        except OSError:
            return
        for path in paths:
            with contextlib.suppress(OSError):
                yield path, path.stat()

    def _make_room(self) -> None:
        files = sorted(self._files(), key=lambda file: file[1].st_mtime_ns)
        excess = sum(stat.st_size for _, stat in files) - self._limit
        for path, stat in files:
            if excess <= 0:
                break
            if _removed(path):
                excess -= stat.st_size


def _removed(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:
        return False
    return True
