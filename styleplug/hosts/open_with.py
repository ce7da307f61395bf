"""Whatever has an "Open with" on the Linux desktop: one entry, which opens the studio on a file."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from styleplug.errors import HostError
from styleplug.hosts.desktop_entry import desktop_entry, exec_value
from styleplug.hosts.programs import Program, configuration_folder, data_folder

_HOST = "open-with"
_FILE = "styleplug-studio.desktop"
_RAW = (
    *("adobe-dng", "canon-cr2", "canon-cr3", "canon-crw", "fuji-raf", "kodak-dcr", "kodak-kdc"),
    *("minolta-mrw", "nikon-nef", "nikon-nrw", "olympus-orf", "panasonic-rw2", "pentax-pef"),
    *("sigma-x3f", "sony-arw", "sony-sr2", "sony-srf"),
)
MIME_TYPES = (
    *("image/jpeg", "image/png", "image/tiff", "image/webp", "image/avif", "image/heif"),
    *("image/heic", "image/jxl", "image/gif", "image/bmp", "image/jp2"),
    *("image/x-portable-bitmap", "image/x-portable-graymap", "image/x-portable-pixmap"),
    *("image/vnd.adobe.photoshop", "image/x-tga"),
    *(f"image/x-{name}" for name in _RAW),
)
"""Of what styleplug reads, the types that freedesktop.org's Shared MIME-info Database has."""


def _files(interpreter: str) -> dict[str, bytes]:
    if find_spec("starlette") is None:
        remedy = "pip install 'styleplug[studio]'"
        raise HostError(_HOST, f"it opens the studio, which isn't installed: {remedy}")
    # -P, so that a file beside a photograph is never taken for a module.
    command = (interpreter, "-P", "-m", "styleplug", "studio", "--end-when-idle", "60")
    entry = {
        "Type": "Application",
        "Name": "Edit in styleplug",
        "GenericName": "Style transfer",
        "Comment": "Paint photographs in the manner of paintings",
        "Icon": str(Path(__file__).parents[1] / "studio/page/icon.svg"),
        "Exec": exec_value(command),
        "Terminal": "false",
        "Categories": "Graphics;Photography;",
        "MimeType": "".join(f"{type};" for type in MIME_TYPES),
    }
    return {_FILE: desktop_entry({"Desktop Entry": entry})}


def _index(folder: Path) -> None:
    """Write down anew which entry is for which type of file: most programs look only there."""
    if program := shutil.which("update-desktop-database"):
        subprocess.run([program, "--quiet", folder], check=False)
    if gio := shutil.which("gio"):
        _keep_defaults(gio)


def _keep_defaults(gio: str) -> None:
    """Have files be opened by what they were before, unless somebody has chosen otherwise: where
    nothing is said, the entries of a user's own come before the system's."""
    choices = configuration_folder() / "mimeapps.list"
    if choices.is_file() and _FILE in choices.read_text("utf-8", "replace"):
        return
    for type in MIME_TYPES:
        said = subprocess.run(
            [gio, "mime", type], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}
        ).stdout.splitlines()
        others = [line.strip() for line in said if line.startswith("\t") and _FILE not in line]
        if said and said[0].endswith(_FILE) and others:
            subprocess.run([gio, "mime", type, others[0]], stdout=subprocess.DEVNULL, check=False)


ADAPTER = Program(
    _HOST, "Open with", "update-desktop-database", lambda: data_folder() / "applications"
).adapter(
    target="",
    files=_files,
    next_step="right-click on photographs, and choose Open with, Edit in styleplug",
    changed=_index,
    shared=True,
)
