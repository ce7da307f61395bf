"""Real services to speak with: quick ones, with a plug-in whose filters need no network."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from studio_client import StudioClient, encoded

from styleplug.runtime.models import Model, install_model

pytest.importorskip("starlette", reason="the extra studio isn't installed")

SUPPORT = Path(__file__).parents[1] / "support"


@pytest.fixture(scope="module")
def odd_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of processes that find the odd plug-in, and no PyTorch."""
    folder = tmp_path_factory.mktemp("site")
    info = folder / "odd-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[styleplug]\nodd = odd_plugin\n")
    (folder / "torch.py").write_text("raise ModuleNotFoundError('No torch', name='torch')\n")
    path = [str(folder), str(SUPPORT), os.environ.get("PYTHONPATH", "")]
    temporary = folder / "temporary"
    temporary.mkdir()
    return {
        "PYTHONPATH": os.pathsep.join(part for part in path if part),
        "OMP_NUM_THREADS": "1",
        "TMPDIR": str(temporary),
    }


@pytest.fixture(scope="session")
def make_data_folder(
    tmp_path_factory: pytest.TempPathFactory, tiny_model: Model
) -> Callable[[], Path]:
    """Makes the data folder of somebody who has the tiny network in the place of VGG-16."""

    def make() -> Path:
        folder = tmp_path_factory.mktemp("data")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("STYLEPLUG_DATA_DIR", str(folder))
            install_model(
                "vgg16", tiny_model.read(), licence="none", attribution="", source="a test"
            )
        return folder

    return make


@pytest.fixture(scope="module")
def studio(
    make_data_folder: Callable[[], Path], odd_environment: dict[str, str]
) -> Iterator[StudioClient]:
    """A service that a module's tests share."""
    client = StudioClient(make_data_folder(), environment=odd_environment)
    yield client
    client.end()


@pytest.fixture
def start(tmp_path: Path, odd_environment: dict[str, str]) -> Iterator[Callable[..., StudioClient]]:
    """Starts services of a test's own, in its folder."""
    started: list[StudioClient] = []

    def begin(*arguments: object, **options: Any) -> StudioClient:
        environment = odd_environment | options.pop("environment", {})
        client = StudioClient(tmp_path / "data", *arguments, environment=environment, **options)
        started.append(client)
        return client

    yield begin
    for client in started:
        client.end()


@pytest.fixture(scope="session")
def png() -> bytes:
    """A picture of 48 × 32 pixels."""
    return encoded(48, 32)
