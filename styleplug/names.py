"""Names that a user gives to what is kept under them: safe as a file's, on every system."""

from __future__ import annotations

import re

from styleplug.errors import ConfigError

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_NAME = 64
_WINDOWS_DEVICE = re.compile(r"(con|prn|aux|nul|(com|lpt)\d)(\..*)?", re.IGNORECASE)


def is_name(text: str) -> bool:
    """Whether this is lower-case letters, digits and single hyphens between them."""
    return _NAME.fullmatch(text) is not None


def is_windows_device(name: str) -> bool:
    """Whether Windows keeps a file's name for a device, whatever it ends with."""
    return _WINDOWS_DEVICE.fullmatch(name) is not None


def check_name(name: str) -> None:
    """Make sure that something new may be called so.

    Raises:
        ConfigError: it may not.
    """
    if not is_name(name) or len(name) > _LONGEST_NAME:
        allowed = f"1 to {_LONGEST_NAME} lower-case letters, digits and single hyphens between them"
        raise ConfigError("name", name, allowed)
    if is_windows_device(name):
        raise ConfigError("name", name, "no name that Windows keeps for a device")
