from __future__ import annotations

import os
from pathlib import Path

import pytest

from styleplug.runtime.threads import available_cores


@pytest.fixture(autouse=True)
def no_limit(threads: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """None by the variable, which tests usually set."""
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)


@pytest.fixture
def machine(tmp_path, monkeypatch) -> Path:
    """The root of a machine with 8 cores, on which the process belongs to the group /a/b."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: set(range(8)), raising=False)
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text("0::/a/b\n")
    (tmp_path / "sys/fs/cgroup/a/b").mkdir(parents=True)
    return tmp_path


def test_this_machine_has_some() -> None:
    assert 1 <= available_cores() <= (os.cpu_count() or 1)


def test_without_groups_the_affinity_mask_counts(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 5, 6}, raising=False)
    assert available_cores(tmp_path) == 3


def test_without_a_mask_all_cores_count(tmp_path, monkeypatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    assert available_cores(tmp_path) == 6
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert available_cores(tmp_path) == 1


@pytest.mark.parametrize(("value", "cores"), [("3", 3), ("20", 8), ("0", 1), ("4,2", 8), ("", 8)])
def test_the_variable_of_openmp_counts(machine, monkeypatch, value, cores) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", value)
    assert available_cores(machine) == cores


@pytest.mark.parametrize(
    ("limit", "cores"),
    [
        ("max 100000", 8),
        ("200000 100000", 2),
        ("250000 100000", 2),
        ("50000 100000", 1),
        ("9900000 100000", 8),
        ("nonsense", 8),
    ],
)
@pytest.mark.parametrize("group", [".", "a", "a/b"])
def test_version_2_quotas_of_the_group_and_those_above_count(machine, group, limit, cores) -> None:
    (machine / "sys/fs/cgroup" / group / "cpu.max").write_text(limit + "\n")
    assert available_cores(machine) == cores


def test_the_smallest_quota_counts(machine) -> None:
    (machine / "sys/fs/cgroup/a/cpu.max").write_text("300000 100000")
    (machine / "sys/fs/cgroup/a/b/cpu.max").write_text("500000 100000")
    assert available_cores(machine) == 3


@pytest.mark.parametrize("mount", ["cpu", "cpu,cpuacct"])
@pytest.mark.parametrize(("quota", "cores"), [("-1", 8), ("400000", 4), ("30000", 1)])
def test_version_1_quotas_count(machine, mount, quota, cores) -> None:
    (machine / "proc/self/cgroup").write_text("7:memory:/m\n4:cpu,cpuacct:/docker/x\n")
    # Inside a container, its own group is the root of the mount.
    folder = machine / "sys/fs/cgroup" / mount
    folder.mkdir(parents=True)
    (folder / "cpu.cfs_quota_us").write_text(quota)
    (folder / "cpu.cfs_period_us").write_text("100000")
    assert available_cores(machine) == cores
