"""What a million photographs would take on a cluster, reckoned from a few on a small one here.

usage: python tests/benchmarks/cluster.py [--filter NAME] [--megapixels N,...] [--style NAME]
       [--sizes N,...] [--photos N] [--workers N]

Starts a Dask scheduler and workers of one core each on this machine, and has batches done by them:
a filter on photographs of so many megapixels, and paintings of such working sizes. A row's figure
is the mean of N photographs (default 3) in seconds of a core, which other programs that keep the
machine busy change little; waiting for the disk isn't in it. The coordinator's figure is the time
that a picture costs the process that leads the batch, without its waiting for the workers. An empty
list leaves its rows out.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from distributed import Client
from PIL import Image

from styleplug.batch.cluster import Cluster
from styleplug.batch.coordinator import Batch
from styleplug.batch.events import PictureDone, PictureFailed
from styleplug.batch.inputs import Search, find_pictures
from styleplug.batch.plan import BatchSpec
from styleplug.batch.task import Outcome, TaskProgress
from styleplug.config import FilterConfig, StylizeConfig
from styleplug.jobs.job import FilterJob, PictureJob, StylizeJob
from styleplug.painting import Painting
from styleplug.pictures import __file__ as PICTURES
from styleplug.runtime.threads import available_cores

MILLION = 1_000_000
DAY = 86_400
WORKERS = 16
"""Workers of a machine that the table counts with: one for each core."""
SMALL = 200
"""How many photographs of 0.01 megapixels the coordinator's figure is taken from."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--filter", default="starry-night")
    parser.add_argument("--megapixels", type=numbers, default=[1.0, 12.0], metavar="N,...")
    parser.add_argument("--style", default="poppies")
    parser.add_argument("--sizes", type=numbers, default=[256.0, 512.0], metavar="N,...")
    parser.add_argument("--photos", type=int, default=3)
    parser.add_argument("--workers", type=int, default=available_cores())
    asked = parser.parse_args()
    sys.path.append(str(Path(__file__).parents[1] / "support"))
    from dask_cluster import DaskCluster

    filtering = FilterJob(asked.filter, FilterConfig())
    paintings = (Painting(Path(PICTURES).with_name(f"{asked.style}.jpg")),)

    def painting(size: float) -> StylizeJob:
        config = StylizeConfig(size=int(size), device="cpu")
        return StylizeJob(paintings, config)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "dask").mkdir()
        dask = DaskCluster(folder / "dask")
        try:
            for _ in range(asked.workers):
                dask.worker("--no-nanny")
            bench = Bench(folder, dask.address)
            # This, and the smallest painting, also have each worker load its network.
            told(bench.measured(filtering, 0.01, SMALL).own)
            for megapixels in asked.megapixels:
                figures = bench.measured(filtering, megapixels, asked.photos)
                row(f"filter {asked.filter}, {megapixels:g} megapixels", figures)
            if asked.sizes:
                bench.measured(painting(32), 0.01, 3 * asked.workers)
            for size in asked.sizes:
                figures = bench.measured(painting(size), 1, asked.photos)
                row(f"painting, --size {size:g}", figures)
        finally:
            dask.end()


def numbers(text: str) -> list[float]:
    return [float(part) for part in text.split(",") if part]


class Figures(NamedTuple):
    """Seconds a picture: of a worker's core, by the clock at a worker, of the coordinator."""

    core: float
    clock: float
    own: float


class Bench:
    """Batches of photographs on the cluster at an address, each in a folder of its own."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder = folder
        self._address = address
        self._client = Client(address, set_as_default=False)
        self._count = 0

    def measured(self, work: PictureJob, megapixels: float, photos: int) -> Figures:
        """What photographs of a size, all the same, take."""
        self._count += 1
        folder = self._folder / str(self._count)
        (folder / "in").mkdir(parents=True)
        with Image.open(Path(PICTURES).with_name("photograph.jpg")) as photograph:
            factor = math.sqrt(megapixels * 1e6 / (photograph.width * photograph.height))
            size = (round(photograph.width * factor), round(photograph.height * factor))
            picture = photograph.resize(size)
        for number in range(photos):
            picture.save(folder / "in" / f"{number:03}.jpg", quality=90)
        found = list(find_pictures([folder / "in"], (), Search(folder)))
        executor = Watched(self._address)
        with Batch(BatchSpec(work, folder / "out"), executor) as batch:
            before, begun = self._core_seconds(), time.perf_counter()
            events = list(batch.run(found))
            own = time.perf_counter() - begun - executor.waited
        for event in events:
            if isinstance(event, PictureFailed):
                raise SystemExit(f"{event.source}: {event.problem}")
        clock = sum(event.seconds for event in events if isinstance(event, PictureDone))
        core = self._core_seconds() - before
        return Figures(core / photos, clock / photos, own / photos)

    def _core_seconds(self) -> float:
        """What all workers have used so far."""
        return sum(self._client.run(time.process_time).values())


class Watched(Cluster):
    """A cluster, with the seconds that were spent in waiting for what it has to say."""

    waited = 0.0

    def receive(self) -> Sequence[TaskProgress | Outcome]:
        begun = time.perf_counter()
        updates = super().receive()
        self.waited += time.perf_counter() - begun
        return updates


def told(overhead: float) -> None:
    print(f"The coordinator: {overhead * 1000:.1f} ms a picture;", end=" ")
    print(f"{MILLION * overhead / 3600:.1f} hours for a million, whoever does them.\n")
    print("| Work | Seconds of a core | By the clock here |", end=" ")
    print(f"Days for a million, one machine of {WORKERS} | Machines for a week |")
    print("|---|---:|---:|---:|---:|", flush=True)


def row(name: str, figures: Figures) -> None:
    days = MILLION * figures.core / WORKERS / DAY
    print(f"| {name} | {figures.core:.2f} | {figures.clock:.2f}", end=" | ")
    print(f"{days:.1f} | {math.ceil(days / 7)} |", flush=True)


if __name__ == "__main__":
    main()
