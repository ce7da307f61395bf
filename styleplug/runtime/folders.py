"""Where this user's models and caches belong; environment variables move them."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def user_data_folder() -> Path:
    """The folder of what the user installed; STYLEPLUG_DATA_DIR moves it."""
    moved = os.environ.get("STYLEPLUG_DATA_DIR")
    return Path(moved) if moved else platformdirs.user_data_path("styleplug")


def user_cache_folder() -> Path:
    """The folder of what can be had again; STYLEPLUG_CACHE_DIR moves it."""
    moved = os.environ.get("STYLEPLUG_CACHE_DIR")
    return Path(moved) if moved else platformdirs.user_cache_path("styleplug")
