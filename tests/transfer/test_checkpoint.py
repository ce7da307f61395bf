"""Checkpoints as files: what goes in comes out, and damage is told."""

import json
import os
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from styleplug.errors import CheckpointError
from styleplug.transfer import checkpoint
from styleplug.transfer.balance import FixedWeights, TargetError
from styleplug.transfer.checkpoint import Snapshot, read_note, read_snapshot, write_snapshot
from styleplug.transfer.schedule import Scale
from styleplug.transfer.state import is_number

SCALES = (
    Scale(16, 24, 5, TargetError(0.1)),
    Scale(32, 48, 3, FixedWeights(1 / 3, 5.0), coarse_sizes=((16, 24),)),
)
names = st.from_regex(r"[a-z]+(\.[a-z]+)?", fullmatch=True)
values = st.one_of(
    st.integers(0, 2**53),
    st.floats(allow_nan=False),
    arrays(np.float32, array_shapes(min_dims=0), elements=st.floats(width=32, allow_nan=False)),
)


def snapshot(**state: Any) -> Snapshot:
    return Snapshot({"photo": "küste.jpg"}, {"model": "f00"}, {"styleplug": "1"}, SCALES, state)


def assert_same(one: Snapshot, other: Snapshot) -> None:
    assert vars(one) | {"state": {}} == vars(other) | {"state": {}}
    assert one.state.keys() == other.state.keys()
    for name, value in one.state.items():
        assert is_number(value) == is_number(other.state[name])
        np.testing.assert_array_equal(value, other.state[name], strict=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.ckpt"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(names, values))
def test_what_goes_in_comes_out(path: Path, state: dict[str, Any]) -> None:
    """To the last bit."""
    written = snapshot(**state)
    write_snapshot(path, written)
    assert_same(read_snapshot(path), written)
    assert read_note(path) == written.note


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_goes_unnoticed(path: Path, data: st.DataObject) -> None:
    """Some bytes of an archive mean nothing here, such as times; of the others none may change."""
    written = snapshot(loss=0.25, picture=np.arange(64, dtype=np.float32))
    write_snapshot(path, written)
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with suppress(CheckpointError):
        assert_same(read_snapshot(path), written)


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.999])
def test_half_a_file_is_told(path: Path, share: float) -> None:
    write_snapshot(path, snapshot(picture=np.zeros((1, 3, 16, 16), np.float32)))
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    with pytest.raises(CheckpointError, match="damaged one; start again without --resume"):
        read_snapshot(path)


@pytest.mark.parametrize("value", [{}, [[1.0]], "1", None])
def test_what_stands_for_a_number_is_told(path: Path, value: object) -> None:
    write_snapshot(path, snapshot(loss=0.25))
    with np.load(path) as archive:
        header = json.loads(archive["header"].tobytes())
    header["numbers"]["loss"] = value
    with path.open("wb") as file:
        np.savez(file, header=np.frombuffer(json.dumps(header).encode(), np.uint8))
    with pytest.raises(CheckpointError, match="this is no checkpoint"):
        read_snapshot(path)


def test_other_files_are_told(path: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no checkpoint can be read"):
        read_snapshot(path)
    with pytest.raises(CheckpointError, match="no checkpoint can be read"):
        read_snapshot(tmp_path)
    for save in (np.save, np.savez):
        with path.open("wb") as file:
            save(file, np.zeros(3))
        with pytest.raises(CheckpointError, match="this is no checkpoint"):
            read_snapshot(path)
    with path.open("wb") as file:
        np.savez(file, header=np.frombuffer(json.dumps([1]).encode(), np.uint8))
    with pytest.raises(CheckpointError, match="this is no checkpoint"):
        read_snapshot(path)


def savez(path: Path, **entries: bytes) -> None:
    """An archive of arrays of bytes."""
    with path.open("wb") as file:
        np.savez(file, **{name: np.frombuffer(data, np.uint8) for name, data in entries.items()})


def test_what_would_fill_the_memory_is_not_read(path: Path) -> None:
    """A file of kilobytes may inflate to gigabytes, or say that it has an array of them."""
    with path.open("wb") as file:
        np.savez_compressed(file, header=np.zeros(10**7, np.uint8))
    with pytest.raises(CheckpointError, match="this is no checkpoint"):
        read_snapshot(path)
    with zipfile.ZipFile(path, "w") as archive, archive.open("header.npy", "w") as file:
        said = {"shape": (10**15,), "fortran_order": False, "descr": "|u1"}
        np.lib.format.write_array_header_1_0(file, said)
    with pytest.raises(CheckpointError, match="this is no checkpoint"):
        read_snapshot(path)


@pytest.mark.parametrize(
    "header", ["[" * 10_000, "null", '{"format": 1, "machine": 7}', "\ud800", "{" * 10]
)
def test_a_header_of_another_kind_is_told(path: Path, header: str) -> None:
    savez(path, header=header.encode("utf-8", "surrogatepass"))
    with pytest.raises(CheckpointError, match="this is no checkpoint"):
        read_snapshot(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_what_has_no_end_is_not_read(path: Path) -> None:
    os.mkfifo(path)
    for endless in (path, Path("/dev/zero")):
        with pytest.raises(CheckpointError, match="is a device or a pipe"):
            read_snapshot(endless)


def test_nothing_in_it_is_run(path: Path) -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return pytest.fail, ("it was run",)

    with path.open("wb") as file:
        np.savez(file, header=np.array([Trap()], object))
    with pytest.raises(CheckpointError, match="this is no checkpoint"):
        read_snapshot(path)


def test_another_format_names_the_version_that_wrote_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as later:
        later.setattr(checkpoint, "FORMAT", checkpoint.FORMAT + 1)
        write_snapshot(path, snapshot())
    with pytest.raises(CheckpointError, match="styleplug 1 wrote this checkpoint"):
        read_snapshot(path)


def test_a_full_disk_leaves_the_one_before(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    before = snapshot(iteration=1)
    write_snapshot(path, before)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_snapshot(path, snapshot(iteration=2))
    assert_same(read_snapshot(path), before)
    assert not list(path.parent.glob(f".{path.name}*"))
