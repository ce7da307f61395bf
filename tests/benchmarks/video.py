"""How steady videos are, and how much memory one takes.

usage: python tests/benchmarks/video.py steady [--filter NAME] [--style PAINTING] [--frames N]
       python tests/benchmarks/video.py memory [--filter NAME] [--seconds S] [--kill-after S]

`steady` pans and zooms over the bundled pictures, and has the warping error of what comes out (see
tests/support/clips.py) before it is encoded, which halves the resolution of colours: frame by
frame, and held, each over that of the clip itself. A painting has more contrast than a photograph,
and so has its error; beside it stands the ratio of errors divided by the variance of the pixels.

`memory` draws a clip of 854×480 pixels, has it filtered by the command, which is killed on the way
and goes on, and prints the most memory that it took, minute by minute.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from clips import Shot, pan, warping_error, write_clip, zoom

from styleplug.config import StylizeConfig, VideoConfig
from styleplug.jobs.job import FilterJob, PictureJob, StylizeJob
from styleplug.painting import Painting
from styleplug.styles import painting_file
from styleplug.video.motion import MotionEstimator
from styleplug.video.painter import FramePainter

CLIP_SIZE = (854, 480)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_subparsers(required=True)
    steady = what.add_parser("steady")
    steady.set_defaults(measure=measure_steadiness)
    steady.add_argument("--style", metavar="PAINTING")
    steady.add_argument("--frames", type=int, default=10)
    steady.add_argument("--width", type=int, default=384)
    steady.add_argument("--pictures", nargs="+", default=["photograph.jpg", "harbour.jpg"])
    memory = what.add_parser("memory")
    memory.set_defaults(measure=measure_memory)
    memory.add_argument("--seconds", type=int, default=600)
    memory.add_argument("--kill-after", type=float, default=60, metavar="SECONDS")
    for each in (steady, memory):
        each.add_argument("--filter", default="starry-night")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        arguments.measure(arguments, Path(folder))


def measure_steadiness(arguments: argparse.Namespace, folder: Path) -> None:
    size = (arguments.width, arguments.width * 2 // 3 // 2 * 2)
    job: PictureJob = FilterJob(arguments.filter)
    if arguments.style:
        painting = Painting(painting_file(Path(arguments.style)))
        job = StylizeJob((painting,), StylizeConfig(size=arguments.width))
    print(f"{'clip':26} {'own':>9} {'each':>7} {'held':>7} {'held/each':>9} {'by variance':>11}")
    for picture in arguments.pictures:
        for name, shot in (
            ("pan", pan(picture, arguments.frames, size, (3.3, 1.2))),
            ("zoom", zoom(picture, arguments.frames, size, 1.01)),
        ):
            print(f"{name + ' ' + picture:26} {compared(job, shot)}", flush=True)


def compared(job: PictureJob, shot: Shot) -> str:
    found = [shot.frames()]
    found += [painted(job, shot, steadiness) for steadiness in (0.0, VideoConfig().steadiness)]
    own, each, held = (warping_error(frames, shot) for frames in found)
    relative = held / variance(found[2]) / (own / variance(found[0]))
    ratios = f"{each / own:7.2f} {held / own:7.2f} {held / each:9.2f}"
    return f"{own:9.6f} {ratios} {relative:11.2f}"


def painted(job: PictureJob, shot: Shot, steadiness: float) -> list[np.ndarray]:
    """What the frames become, before they are encoded."""
    painter = FramePainter(job, VideoConfig(steadiness=steadiness), shot.size)
    estimator, cancel, found = MotionEstimator(), threading.Event(), []
    frames = shot.frames()
    for number, frame in enumerate(frames):
        previous = None
        if number and steadiness:
            motion = estimator.between(frames[number - 1], frame)
            previous = motion.moved(found[-1].astype(np.float32) / 255), motion.trust
        found.append(painter.paint(frame, previous, lambda event: None, cancel).painted)
    return found


def variance(frames: list[np.ndarray]) -> float:
    return float(np.mean([(frame / 255).var() for frame in frames]))


def measure_memory(arguments: argparse.Namespace, folder: Path) -> None:
    source = folder / "clip.mp4"
    frames = pan("harbour.jpg", 120, CLIP_SIZE, (2, 1)).frames()
    there_and_back = [*frames, *frames[::-1]]
    count = 25 * arguments.seconds
    write_clip(source, [there_and_back[i % len(there_and_back)] for i in range(count)], crf="18")
    command = [sys.executable, "-m", "styleplug", "video", str(source), "--filter"]
    command += [arguments.filter, "-o", str(folder / "out.mp4")]
    for limit in (arguments.kill_after, None):
        with subprocess.Popen(command) as process:
            for minute, most in enumerate(peaks(process, limit)):
                print(f"minute {minute}: {most / 1e6:.0f} MB", flush=True)
        print("exit code", process.returncode)
    with av.open(str(folder / "out.mp4")) as output:
        print(f"{output.streams.video[0].frames} frames of {count}")


def peaks(process: subprocess.Popen[bytes], limit: float | None) -> Iterator[int]:
    """The most memory that a process takes, minute by minute, until its end, or until it is killed
    after so many seconds."""
    begun, most, minute = time.monotonic(), 0, 0
    while process.poll() is None:
        elapsed = time.monotonic() - begun
        if limit is not None and elapsed > limit:
            process.kill()
            process.wait()
            break
        try:
            most = max(most, psutil.Process(process.pid).memory_info().rss)
        except psutil.NoSuchProcess:
            break
        if elapsed // 60 > minute:
            yield most
            most, minute = 0, int(elapsed // 60)
        time.sleep(0.2)
    yield most


if __name__ == "__main__":
    main()
