"""The studio's page, in a real browser, with a real service behind it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import DRIVER, Browser
from PIL import Image
from studio_client import StudioClient
from studio_page import StudioPage

HERE = Path(__file__).resolve().parent
CANNOT = 3
"""What provision.sh ends with where axe-core can't be had."""


def missing(what: str, reason: str) -> None:
    """Skip; a failure where the hosts are required."""
    if os.environ.get("STYLEPLUG_REQUIRE_HOSTS") == "1":
        pytest.fail(f"{what} is required: {reason}")
    pytest.skip(f"no {what}: {reason}")


@pytest.fixture(scope="package")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three small photographs, one of them upright, one with a name that would be markup."""
    folder = tmp_path_factory.mktemp("photographs")
    source = Image.open(HERE.parents[2] / "styleplug/pictures/photograph.jpg")
    paths = [folder / "cat.jpg", folder / "upright.png", folder / "a <b>cat<b> & 'co'.jpg"]
    for path, size in zip(paths, [(120, 80), (60, 90), (90, 60)], strict=True):
        source.resize(size).save(path)
    return paths


@pytest.fixture(scope="package")
def service(
    tmp_path_factory: pytest.TempPathFactory, make_data_folder: Callable[[], Path]
) -> Iterator[StudioClient]:
    """The service that all tests of the page share; each comes to it as somebody else."""
    site = tmp_path_factory.mktemp("site")
    (site / "torch.py").write_text("raise ModuleNotFoundError('No torch', name='torch')\n")
    environment = {"PYTHONPATH": str(site), "OMP_NUM_THREADS": "1"}
    client = StudioClient(make_data_folder(), environment=environment)
    yield client
    client.end()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium."""
    if DRIVER is None:
        missing("Chromium", "install Debian's packages chromium and chromium-driver")
    browser = Browser((1440, 900))
    yield browser
    browser.end()


@pytest.fixture
def page(browser: Browser, service: StudioClient) -> Iterator[StudioPage]:
    """The page as somebody finds it who has never been there; it may complain of nothing."""
    page = StudioPage(browser, f"{service.address}/?token={service.token}")
    yield page
    assert browser.problems() == []


@pytest.fixture
def with_photograph(page: StudioPage, photographs: list[Path]) -> StudioPage:
    """The page with the cat's photograph."""
    page.add(photographs[0])
    return page


@pytest.fixture(scope="package")
def axe() -> str:
    """The source of axe-core."""
    done = subprocess.run([HERE / "axe/provision.sh"], stdout=subprocess.PIPE, text=True)
    if done.returncode == CANNOT:
        missing("axe-core", "tests/studio/page/axe/provision.sh says why above")
    assert done.returncode == 0
    return Path(done.stdout.splitlines()[-1]).read_text("utf-8")
