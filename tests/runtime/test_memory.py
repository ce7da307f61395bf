"""A lack of memory is one error, whoever runs out of it; what is free is no more than allowed."""

import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import psutil
import pytest
import torch
from onnx import TensorProto, helper

from styleplug.errors import OutOfMemoryError
from styleplug.runtime.memory import free_memory, memory_errors, resident_memory

HUGE = 1 << 24  # a square of float32 of a pebibyte


def numpy_array() -> None:
    np.ones((HUGE, HUGE), np.float32)


def torch_tensor() -> None:
    torch.ones((HUGE, HUGE))


def onnx_session() -> None:
    shape = helper.make_tensor("shape", TensorProto.INT64, [2], [HUGE, HUGE])
    output = helper.make_tensor_value_info("output", TensorProto.FLOAT, [HUGE, HUGE])
    size = helper.make_tensor_value_info("size", TensorProto.INT64, [2])
    node = helper.make_node("ConstantOfShape", ["size"], ["output"])
    graph = helper.make_graph([node], "huge", [size], [output])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    session.run(None, {"size": onnx.numpy_helper.to_array(shape)})


@pytest.mark.parametrize("exhaust", [numpy_array, torch_tensor, onnx_session])
def test_every_framework_s_error_is_recognised(exhaust: object) -> None:
    with pytest.raises(OutOfMemoryError, match="a smaller size"), memory_errors():
        exhaust()  # type: ignore[operator]  # one of the functions above


def test_other_errors_pass() -> None:
    with pytest.raises(RuntimeError, match="sizes differ"), memory_errors():
        raise RuntimeError("sizes differ")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The root of a machine with 8 GB free, on which the process belongs to the group /a/b."""
    free = psutil.virtual_memory()._replace(available=8 * 10**9)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: free)
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text("0::/a/b\n")
    (tmp_path / "sys/fs/cgroup/a/b").mkdir(parents=True)
    return tmp_path


def test_this_process_takes_some_memory_and_leaves_some() -> None:
    before = resident_memory()
    more = np.ones(50_000_000, np.uint8)
    assert 40_000_000 < resident_memory() - before < 200_000_000
    assert more.all()
    assert 0 < free_memory() <= psutil.virtual_memory().total


KEPT = """
import numpy as np
from styleplug.runtime.memory import freed_memory_kept, resident_memory, return_freed_memory
def taken_and_freed():
    np.ones(200_000_000, np.uint8)
    return resident_memory()
before = taken_and_freed()
with freed_memory_kept():
    print(taken_and_freed() - before)
return_freed_memory()
print(taken_and_freed() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="others keep nothing")
def test_freed_memory_is_kept_only_where_that_is_wanted() -> None:
    # In a process of its own, for it depends on what was taken and freed before.
    run = subprocess.run([sys.executable, "-c", KEPT], capture_output=True, text=True, check=True)
    within, after = map(int, run.stdout.split())
    assert after < 50_000_000 < 150_000_000 < within


def test_without_groups_all_that_is_free_counts(machine: Path) -> None:
    assert free_memory(machine) == 8 * 10**9
    assert free_memory(machine / "nowhere") == 8 * 10**9


@pytest.mark.parametrize("group", [".", "a", "a/b"])
@pytest.mark.parametrize(
    ("limit", "free"), [("max", 8e9), ("3000000000", 2.5e9), ("90000000000", 8e9), ("9", 0)]
)
def test_version_2_limits_of_the_group_and_those_above_count(
    machine: Path, group: str, limit: str, free: float
) -> None:
    folder = machine / "sys/fs/cgroup" / group
    (folder / "memory.max").write_text(f"{limit}\n")
    (folder / "memory.current").write_text("700000000\n")
    # Files that were only read would make room.
    (folder / "memory.stat").write_text("anon 500000000\ninactive_file 200000000\n")
    assert free_memory(machine) == free


def test_version_1_limits_count(machine: Path) -> None:
    (machine / "proc/self/cgroup").write_text("4:cpu:/x\n7:memory:/m\n")
    folder = machine / "sys/fs/cgroup/memory/m"
    folder.mkdir(parents=True)
    (folder / "memory.limit_in_bytes").write_text("4000000000\n")
    (folder / "memory.usage_in_bytes").write_text("1500000000\n")
    (folder / "memory.stat").write_text("cache 9\ntotal_inactive_file 500000000\n")
    assert free_memory(machine) == 3 * 10**9
