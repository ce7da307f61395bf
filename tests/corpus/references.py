"""What other programs find in the files of the corpus."""

from __future__ import annotations

import json
import subprocess
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from .kinds import CAMERA, Array, Kind, saved, smooth

Tags: TypeAlias = Mapping[str, Any]  # values by group and name, as ExifTool prints them

_CAMERA = {
    **{"IFD0:Make": "Canon", "IFD0:Artist": "Ann", "IFD0:Copyright": "Ann 2024"},
    **{"IFD0:ImageDescription": "Boats", "ExifIFD:ExposureTime": "1/250"},
    **{"ExifIFD:DateTimeOriginal": "2024:05:01 12:34:56", "InteropIFD:InteropIndex": "R98"},
    **{"GPSLatitude": "43.67", "GPSLatitudeRef": "N", "XMP-dc:Title": "Boats"},
    **{"XMP-dc:Subject": "beach", "IPTC:Keywords": "beach", "IPTC:City": "Arles"},
}
_OPTIONS = ("-q", "-q", "-m", "-overwrite_original")


def stamp(folder: Path, kinds: Sequence[Kind]) -> None:
    """Put into each file the metadata that it is to have, where ExifTool can.

    One process does it, since it takes longer to start than to write a file.
    """
    for name in (CAMERA, "secret"):
        (folder / name).write_bytes(saved(smooth(3), "JPEG"))
    settings = [f"-{name}={value}" for name, value in _CAMERA.items()]
    names: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for kind in kinds:
        names[kind.tags].append(kind.name)
    arguments = [*settings, CAMERA]
    for tags, files in names.items():
        if tags:
            arguments += ["-execute", *tags, *files]
    arguments += ["-common_args", *_OPTIONS]
    # It fails for the few kinds into which it can't write.
    subprocess.run(["exiftool", *arguments], cwd=folder, capture_output=True, timeout=300)


def tags_of(paths: Sequence[Path]) -> list[Tags]:
    """The tags of files, with numbers as they are stored."""
    options = ("-json", "-n", "-G1", "-a", "-struct")
    found = subprocess.run(
        ["exiftool", *options, *map(str, paths)], capture_output=True, timeout=300
    ).stdout
    return list(json.loads(found))


def seen_by_imagemagick(folder: Path, kinds: Sequence[Kind]) -> None:
    """Let ImageMagick write the samples of each file, RGBA of 16 bits, into `seen`.

    One process does a file, since a file that it can't read ends it.
    """
    seen = folder / "seen"
    seen.mkdir()

    def run(command: Sequence[str]) -> None:
        subprocess.run(command, cwd=folder, capture_output=True, timeout=60)

    def see(kind: Kind) -> None:
        if isinstance(kind.reference, tuple):
            source = Path(kind.name)
            if kind.by:
                source = seen / f"{source.stem}.png"
                places = {"IN": kind.name, "OUT": str(source)}
                run([places.get(argument, argument) for argument in kind.by])
            samples = ("-colorspace", "sRGB", "-depth", "16", "-endian", "LSB")
            target = f"rgba:{seen / Path(kind.name).stem}"
            options = (*kind.reference, "-auto-orient", *samples)
            command = ["convert", f"{source}[0]", *options, target]
            run(command)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(see, kinds))


def pixels_of(kind: Kind, folder: Path, size: tuple[int, int]) -> Array:
    """(H, W, 4) floats in 0..1 of a file, as its reference has them.

    Args:
        kind: the file.
        folder: where ImageMagick has left its samples.
        size: (width, height) that is expected.
    """
    width, height = size
    if isinstance(kind.reference, tuple):
        path = folder / "seen" / Path(kind.name).stem
        samples = np.fromfile(path, "<u2")[: width * height * 4]
        return samples.reshape(height, width, 4) / 65535
    pixels = kind.reference
    if pixels.shape[2] < 3:
        pixels = np.dstack([pixels[..., :1]] * 3 + [pixels[..., 1:]])
    return np.dstack([pixels, np.ones(pixels.shape[:2])])[..., :4]
