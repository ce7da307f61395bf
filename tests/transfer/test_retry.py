"""Where memory runs out in the middle, the work goes on in tiles."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from styleplug.errors import OutOfMemoryError
from styleplug.runtime.models import Model
from styleplug.transfer.retry import retry_in_smaller_tiles
from styleplug.vgg.export import export_onnx
from styleplug.vgg.layers import Architecture

LIMITED = """
import logging, resource, sys
from dataclasses import replace
from pathlib import Path
import numpy as np, psutil
from styleplug.config import StylizeConfig
from styleplug.events import Finished, Planned, Progress
from styleplug.hookspecs import StylizeRequest
from styleplug.runtime.models import Model
from styleplug.transfer.run import Transfer
from styleplug.transfer.scene import compose
from styleplug.vgg.encoder import Encoder

logging.basicConfig(format="%(message)s")
engine_name, more, name, path, sha256, size = sys.argv[1:]
model = Model(name, Path(path), sha256, int(size), "", "", "")
if engine_name == "torch":
    from styleplug.transfer.engine_torch import TorchEngine
    from styleplug.vgg.mirror import TorchVGG
    engine = TorchEngine(TorchVGG(model, device="cpu"))
else:
    from styleplug.transfer.engine_onnx import OnnxEngine
    from styleplug.vgg.gradient import Network
    engine = OnnxEngine(Network(model))
photo, painting = (np.random.default_rng(n).random((600, 800, 3), np.float32) for n in range(2))

def transfer_at(size, window=None):
    config = StylizeConfig(
        size=size, iterations=2, pyramid=False, content_error=None, content_weight=1
    )
    request = StylizeRequest(photo[:, :size], (painting[:64, :64],), config)
    transfer = Transfer(request, compose(request), Encoder(model, device="cpu"), engine)
    [scale] = transfer.schedule.scales
    transfer.schedule.scales = (replace(scale, window=window),)
    return transfer

for window in (None, 144):
    list(transfer_at(160, window).run())  # to load what is loaded when it is first used
transfer = transfer_at(800)
for event in transfer.run():
    if isinstance(event, Planned):
        assert transfer.schedule.scales[0].window is None, transfer.schedule.scales
        limit = psutil.Process().memory_info().vms + int(more) * 10**6
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    if isinstance(event, Progress):
        print(event.iteration, event.loss)
assert isinstance(event, Finished)
"""


def limited(engine: str, model: Model, megabytes: int) -> subprocess.CompletedProcess[str]:
    """A transfer with that much more memory than it has when it begins to paint."""
    facts = [model.name, str(model.path), model.sha256, str(model.size)]
    return subprocess.run(
        [sys.executable, "-c", LIMITED, engine, str(megabytes), *facts],
        capture_output=True,
        text=True,
        check=False,
        # What each further thread sets aside would count as memory that is used.
        env={**os.environ, "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"},
    )


@pytest.fixture
def wide_model(
    random_weights: Callable[..., Any], model_file: Callable[[bytes, str], Model]
) -> Model:
    """A network most of whose memory is its first layers': that is what tiles can spare."""
    wide = Architecture("wide", (2, 2, 3, 3, 3), (32, 8, 8, 8, 8))
    mean = np.array([0.5, 0.45, 0.4], np.float32)
    data = export_onnx(wide, mean, random_weights(wide), metadata={"source": "a test"})
    return model_file(data, "wide")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux keeps this limit")
@pytest.mark.parametrize(("engine", "megabytes"), [("torch", 300), ("onnx", 300)])
def test_it_goes_on_in_tiles_to_the_same_losses(
    wide_model: Model, engine: str, megabytes: int
) -> None:
    free = limited(engine, wide_model, 10_000)
    assert free.returncode == 0, free.stderr
    assert "memory ran out" not in free.stderr
    tight = limited(engine, wide_model, megabytes)
    assert tight.returncode == 0, tight.stderr
    assert "memory ran out; going on in tiles of" in tight.stderr
    losses = [[float(line.split()[1]) for line in run.stdout.splitlines()] for run in (free, tight)]
    assert len(losses[0]) == 2
    assert losses[1] == pytest.approx(losses[0], rel=1e-4)


def test_windows_shrink_until_the_work_can_be_done(caplog: pytest.LogCaptureFixture) -> None:
    tried = []

    def work(window: int | None) -> str:
        tried.append(window)
        if window is None or window > 500:
            raise MemoryError
        return "done"

    assert retry_in_smaller_tiles(work, None, 1000, 64) == "done"
    assert tried == [None, 688, 480]
    assert caplog.messages == [
        f"memory ran out; going on in tiles of {side} pixels" for side in (688, 480)
    ]


def test_it_ends_with_the_smallest_tiles() -> None:
    tried = []

    def work(window: int | None) -> None:
        tried.append(window)
        raise RuntimeError("can't allocate memory")

    with pytest.raises(OutOfMemoryError):
        retry_in_smaller_tiles(work, 300, 1000, 64)
    assert tried == [300, 208, 144]


def test_other_errors_are_not_taken_for_a_lack_of_memory() -> None:
    def work(window: int | None) -> None:
        raise RuntimeError("sizes differ")

    with pytest.raises(RuntimeError, match="sizes differ"):
        retry_in_smaller_tiles(work, 300, 1000, 64)
