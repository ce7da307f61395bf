"""How much memory reading takes beside the picture itself, which is (H, W, 3) float32."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from PIL import Image

from styleplug.image import png_chunks

WIDTH, HEIGHT = 2000, 1500
MOST = 2.5
"""Times the picture, the file itself not counted."""

READ = """
import sys
from styleplug.image.read import read_picture

def memory(name):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name)) * 1024

read_picture(sys.argv[1])
for path in sys.argv[2:]:
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the peak counts anew
    before = memory("VmRSS")
    pixels = read_picture(path).pixels.nbytes
    print(pixels, memory("VmHWM") - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="Linux tells of it alone")
def test_reading_takes_little_more_than_the_picture(
    tmp_path: Path, profiles: dict[str, bytes]
) -> None:
    image = Image.new("RGB", (WIDTH, HEIGHT), (200, 60, 60))
    options = {"webp": {"quality": 50, "method": 0}, "tif": {}, "jpg": {}}
    for kind, more in options.items():
        image.save(tmp_path / f"a.{kind}", **more)
    image.convert("RGBA").save(tmp_path / "b.webp", quality=50, method=0)
    image.save(tmp_path / "a.png", icc_profile=profiles["p3"])
    plain = bytes(imagecodecs.png_encode(np.full((HEIGHT, WIDTH, 3), 150, np.uint8)))
    pq = png_chunks.with_chunks(plain, png_chunks.chunk(b"cICP", bytes([9, 16, 0, 1])))
    (tmp_path / "hdr.png").write_bytes(pq)
    for name, channels, value in (
        ("deep", 3, np.uint16(30000)),
        ("alpha", 4, np.uint16(30000)),
        ("many", 8, np.uint8(30)),
        ("floats", 3, np.float32(0.5)),
    ):
        array = np.full((HEIGHT, WIDTH, channels), value)
        data = imagecodecs.tiff_encode(array, photometric="rgb", compression="deflate")
        (tmp_path / f"{name}.tif").write_bytes(data)
    Image.new("RGB", (8, 8)).save(first := tmp_path / "first.png")
    files = sorted(tmp_path.glob("*.*"))
    files.remove(first)
    command = [sys.executable, "-c", READ, first, *files]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    used = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    ratios = {
        file.name: (peak - file.stat().st_size) / pixels
        for file, (pixels, peak) in zip(files, used, strict=True)
    }
    assert {name: ratio for name, ratio in ratios.items() if ratio > MOST} == {}
