"""The control groups of this process on Linux, which limit it in containers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def control_groups(controller: str, root: Path) -> Iterator[Path]:
    """Folders of files such as "cpu.max", of the groups that may limit the process; none elsewhere.

    Args:
        controller: "cpu" or "memory".
        root: where `proc` and `sys` are.
    """
    try:
        memberships = (root / "proc/self/cgroup").read_text().splitlines()
    except (OSError, ValueError):
        return
    for membership in memberships:
        _, controllers, group = membership.split(":", 2)
        if not controllers:
            mounts = [root / "sys/fs/cgroup"]
        elif controller in controllers.split(","):
            mounts = [root / "sys/fs/cgroup" / controllers, root / "sys/fs/cgroup" / controller]
        else:
            continue
        path = Path(group.lstrip("/"))
        for mount in mounts:
            for folder in (path, *path.parents):
                yield mount / folder
