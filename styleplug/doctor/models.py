"""The networks, and the folders that hold what the user installed and what can be had again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from styleplug.doctor.finding import Finding
from styleplug.errors import ModelError
from styleplug.runtime.files import NO_HOME, user_cache_folder, user_data_folder
from styleplug.runtime.models import Model, installed_models, manifest_problems, pick_backbone
from styleplug.vgg.gram_cache import GramCache
from styleplug.vgg.layers import ARCHITECTURES


def check() -> Iterator[Finding]:
    """The networks that are there, and whether they and the folders are sound."""
    for problem in manifest_problems():
        yield Finding("note", problem)
    try:
        found = installed_models()
        chosen = pick_backbone("auto")
    except ModelError as error:
        yield Finding("fault", str(error))
    else:
        yield from (_examined(model, is_needed=model == chosen) for model in found)
        for name in sorted(set(ARCHITECTURES) - {model.name for model in found}):
            yield Finding("note", f"{name} is not installed", f"styleplug models install {name}")
    for part in sorted((user_cache_folder() / "downloads").glob("*.part")):
        yield Finding(
            "note",
            f"{part} is an unfinished download, {part.stat().st_size / 1e6:.0f} MB so far",
            "styleplug models install goes on with it, styleplug models remove removes it",
        )
    yield _folder("data", user_data_folder(), "STYLEPLUG_DATA_DIR")
    yield _folder("cache", user_cache_folder(), "STYLEPLUG_CACHE_DIR")
    cache = GramCache().info()
    yield Finding("ok", f"{cache.entries} paintings' statistics cached, {cache.size / 1e6:.1f} MB")


def _examined(model: Model, is_needed: bool) -> Finding:
    try:
        model.read()
    except ModelError as error:
        return Finding("fault" if is_needed else "note", str(error))
    taken = "; --backbone auto takes it" if is_needed else ""
    return Finding("ok", f"{model.name}, {model.size / 1e6:.0f} MB, {model.path}{taken}")


def _folder(kind: str, path: Path, variable: str) -> Finding:
    """Whether a folder can be written, or made where it isn't there."""
    if path.is_relative_to(NO_HOME):
        return Finding("note", f"there is no {kind} folder: no home folder is known", "set HOME")
    there = next(place for place in (path, *path.absolute().parents) if os.path.lexists(place))
    if os.path.isdir(there) and os.access(there, os.R_OK | os.W_OK | os.X_OK):
        made = "" if there == path else ", made when needed"
        return Finding("ok", f"{kind} folder {path}{made}")
    return Finding(
        "note",
        f"the {kind} folder {path} can't be used, for {there} can't be written or is no folder",
        f"mend that, or choose another folder with {variable}",
    )
