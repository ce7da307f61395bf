"""Checkpoints: the state of a transfer in a file, whole or not at all, from time to time.

The file is an archive as NumPy's `savez` makes it, with an entry for each array of the state, and
one, `header`, with all else as JSON. Reading it runs nothing, for none of it is a pickle; damage is
told by the archive's checksums; and the arrays are written one after another, without a second copy
of the state in memory, which is the most of what a transfer needs at large sizes.
"""

from __future__ import annotations

import json
import logging
import struct
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from styleplug.atomic import written_atomically
from styleplug.disk import synchronise
from styleplug.errors import CheckpointError
from styleplug.hookspecs import Checkpoint
from styleplug.runtime.files import open_regular
from styleplug.transfer.balance import FixedWeights, TargetError
from styleplug.transfer.schedule import Scale
from styleplug.transfer.state import State, is_number, under

FORMAT = 3
"""To be raised whenever older files can no longer be read, or would be read wrongly."""

_log = logging.getLogger("styleplug")


@dataclass(frozen=True)
class Snapshot:
    """What a checkpoint holds.

    Args:
        note: what whoever asked for the transfer keeps with it.
        run: what is painted, and how; a transfer goes on only where it is the same.
        machine: what the last bits of the result depend on besides (`styleplug.transfer.resume`).
        scales: the plan.
        state: of the transfer; arrays are NumPy's.
    """

    note: Mapping[str, Any]
    run: Mapping[str, Any]
    machine: Mapping[str, Any]
    scales: tuple[Scale, ...]
    state: State


class Checkpointer:
    """Keeps a transfer's state in its checkpoint.

    Args:
        checkpoint: where, and how often.
        run, machine: as a `Snapshot` has them.
    """

    def __init__(
        self, checkpoint: Checkpoint, run: Mapping[str, Any], machine: Mapping[str, Any]
    ) -> None:
        self._checkpoint, self._run, self._machine = checkpoint, run, machine
        self._written = time.monotonic()

    def is_due(self) -> bool:
        """Whether it is time to write."""
        return time.monotonic() - self._written >= self._checkpoint.every

    def save(self, scales: tuple[Scale, ...], state: State) -> None:
        """Write the plan and the state; where that fails, the transfer goes on without."""
        path = Path(self._checkpoint.path)
        snapshot = Snapshot(self._checkpoint.note, self._run, self._machine, scales, state)
        try:
            write_snapshot(path, snapshot)
        except OSError as error:
            _log.warning(
                "%s: the checkpoint can't be written (%s); going on without a new one",
                *(path, error.strerror),
            )
        self._written = time.monotonic()


def write_snapshot(path: Path, snapshot: Snapshot) -> None:
    """Write a checkpoint to a file, in the place of the one before.

    Raises:
        OSError: the place can't be written; what was there stays.
    """
    numbers = {name: value for name, value in snapshot.state.items() if is_number(value)}
    arrays = {name: value for name, value in snapshot.state.items() if not is_number(value)}
    header = {
        "format": FORMAT,
        "note": snapshot.note,
        "run": snapshot.run,
        "machine": snapshot.machine,
        "scales": [asdict(scale) for scale in snapshot.scales],
        "numbers": numbers,
        "arrays": list(arrays),
    }
    text = np.frombuffer(json.dumps(header).encode(), np.uint8)
    with written_atomically(path) as file:
        np.savez(file, **{"header": text, **under("state", arrays)})
        # A machine that loses power is what some of these files are for.
        synchronise(file)


def read_snapshot(path: Path) -> Snapshot:
    """The checkpoint in a file.

    Raises:
        CheckpointError: there is none, it is damaged, or another version of styleplug wrote it.
    """
    return _read(path, whole=True)


def read_note(path: Path) -> Mapping[str, Any]:
    """The note in a checkpoint, without reading the state; errors as in `read_snapshot`."""
    return _read(path, whole=False).note


def _read(path: Path, *, whole: bool) -> Snapshot:
    try:
        # Given a path, `load` leaves a damaged file open.
        with open_regular(path) as file, np.load(file, allow_pickle=False) as archive:
            if any(member.compress_type != zipfile.ZIP_STORED for member in archive.zip.infolist()):
                raise ValueError("it is compressed, and may be of any size")
            header = json.loads(archive["header"].tobytes())
            if header["format"] != FORMAT:
                raise CheckpointError(
                    path,
                    f"styleplug {header['machine']['styleplug']} wrote this checkpoint, and this"
                    " version can't read it; go on with that one",
                )
            if not all(map(is_number, header["numbers"].values())):
                raise ValueError("its numbers are something else")
            names = header["arrays"] if whole else []
            arrays = {name: archive[f"state.{name}"] for name in names}
        return Snapshot(
            note=dict(header["note"]),
            run=dict(header["run"]),
            machine=dict(header["machine"]),
            scales=tuple(_scale(**values) for values in header["scales"]),
            state={**header["numbers"], **arrays},
        )
    except OSError as error:
        raise CheckpointError(
            path, f"no checkpoint can be read ({error.strerror or error}); start without --resume"
        ) from error
    except (
        AttributeError,  # an array by itself, which `load` reads as well
        EOFError,
        KeyError,
        MemoryError,  # an array that is said to be larger than any memory
        OverflowError,
        RuntimeError,  # an encryption, an unknown compression, or JSON that is nested too deeply
        TypeError,
        ValueError,
        struct.error,
        zipfile.BadZipFile,
    ) as error:
        raise CheckpointError(
            path, "this is no checkpoint, or a damaged one; start again without --resume"
        ) from error


def _scale(
    *, balance: Mapping[str, float], coarse_sizes: Sequence[Sequence[int]], **values: Any
) -> Scale:
    kind = TargetError if "target" in balance else FixedWeights
    sizes = tuple((height, width) for height, width in coarse_sizes)
    return Scale(**values, balance=kind(**balance), coarse_sizes=sizes)
