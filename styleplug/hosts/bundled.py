"""The adapters that come with styleplug: where the installed package or the checkout has them."""

from __future__ import annotations

from pathlib import Path

from styleplug.errors import HostError


def bundled_folder(name: str) -> Path:
    """The folder `plugins/NAME`, from the installed package or the checkout.

    Raises:
        HostError: it is missing.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "_plugins" / name, package.parent / "plugins" / name):
        if folder.is_dir():
            return folder
    raise HostError(
        name, "its adapter is missing; reinstall styleplug: pip install --force-reinstall styleplug"
    )


def bundled_files(name: str, pattern: str) -> dict[str, bytes]:
    """The files of `plugins/NAME` that match a pattern such as `*.py`, by name.

    Raises:
        HostError: the folder is missing.
    """
    return {path.name: path.read_bytes() for path in sorted(bundled_folder(name).glob(pattern))}
