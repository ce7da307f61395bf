"""Nothing of styleplug, nor of the libraries that it runs on, sends anything or leaves a trace.

Seen from outside of the process, for libraries in C++ open sockets that Python doesn't see.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest
from PIL import Image

SUPPORT = Path(__file__).parents[1] / "support"
STYLEPLUG = ("-P", "-m", "styleplug")
SMALL = ("--size", "64", "--iterations", "2")
PYTHON_CALL = """
    import styleplug
    import onnxruntime  # as the program itself may have a use for it

    config = styleplug.StylizeConfig(size=64, iterations=2, engine="onnx")
    styleplug.stylize("photo.png", "mosaic", config)
    styleplug.apply_filter("photo.png", "the-wave")
    styleplug.extract_features("photo.png")
"""
WORKER = f"""
    import shutil, sys
    sys.path.insert(0, {str(SUPPORT)!r})
    from worker_client import WorkerClient

    client = WorkerClient()
    try:
        shutil.copy("photo.raw", client.open("a"))
        raw = {{"layout": "RGB", "dtype": "uint8"}}
        photo = {{"path": "photo.raw", "width": 96, "height": 96, **raw}}
        client.say("filter", id="a", photo=photo, filter="the-wave", result=raw)
        assert client.hear_until("finished", "failed", id="a")[-1]["type"] == "finished"
    finally:
        client.end()
"""
DASK = f"""
    import pathlib, subprocess, sys
    sys.path.insert(0, {str(SUPPORT)!r})
    from dask_cluster import DaskCluster

    folder = pathlib.Path("dask")
    folder.mkdir()
    cluster = DaskCluster(folder)
    try:
        cluster.worker("--no-nanny")
        batch = ("batch", "photo.png", "--filter", "the-wave", "-o", "out")
        command = [sys.executable, "-P", "-m", "styleplug", *batch, "--scheduler", cluster.address]
        subprocess.run(command, check=True)
    finally:
        cluster.end()
"""
QUICK = {
    "filter": (*STYLEPLUG, "filter", "photo.png", "--filter", "the-wave", "-o", "out.png"),
    "stylize": (*STYLEPLUG, "stylize", "photo.png", "--style", "mist", "-o", "out.png", *SMALL),
    "batch": (*STYLEPLUG, "batch", "photo.png", "--filter", "the-wave", "-o", "out"),
    "worker": ("-c", dedent(WORKER)),
    "Python call": ("-c", dedent(PYTHON_CALL)),
}
LONG = {
    "doctor": (*STYLEPLUG, "doctor"),
    "Dask": ("-c", dedent(DASK)),
}

Listen = Callable[..., tuple[list[str], set[str]]]


@pytest.fixture
def listen(tmp_path: Path) -> Listen:
    """Runs Python; gives the addresses that it tried to reach, and what lies in its home folder."""
    missing = [tool for tool in ("ip", "unshare") if not shutil.which(tool)]
    if sys.platform != "linux" or (missing and not os.environ.get("STYLEPLUG_REQUIRE_HOSTS")):
        pytest.skip(f"needs Linux, with its ip and unshare (missing: {missing})")
    unshare = ["unshare", "--net", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if subprocess.run([*unshare, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this machine lets nobody have a network namespace")
    home = tmp_path / "home"
    home.mkdir()
    photo = Image.effect_noise((96, 96), 60).convert("RGB")
    photo.save(tmp_path / "photo.png")
    (tmp_path / "photo.raw").write_bytes(photo.tobytes())

    def run(*arguments: str) -> tuple[list[str], set[str]]:
        listening = [sys.executable, str(SUPPORT / "listening.py"), str(tmp_path / "reached")]
        done = subprocess.run(
            [*unshare, *listening, sys.executable, *arguments],
            cwd=tmp_path,
            # Nothing of this process's: where CI is set, for one, ONNX Runtime sends nothing.
            env={"PATH": os.environ["PATH"], "HOME": str(home)},
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, done.stderr
        left = {path.relative_to(home).as_posix() for path in home.glob("*/*")}
        left |= {path.relative_to(home).as_posix() for path in home.glob("*/share/*")}
        return json.loads((tmp_path / "reached").read_text()), left - {".local/share"}

    return run


@pytest.mark.parametrize(
    "way",
    [*QUICK, *(pytest.param(name, marks=pytest.mark.slow) for name in LONG)],
)
def test_no_way_in_reaches_anybody_or_leaves_anything_but_our_own(way: str, listen: Listen) -> None:
    reached, left = listen(*(QUICK | LONG)[way])
    assert reached == []
    assert left <= {".cache/styleplug", ".local/share/styleplug"}


def test_it_would_have_been_seen(listen: Listen) -> None:
    """What ONNX Runtime does by itself as it loads, and what a socket does anywhere."""
    _, left = listen("-c", "import onnxruntime")
    assert ".cache/Microsoft" in left
    knock = "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'', ('203.0.113.9', 443))"
    assert listen("-c", knock)[0] == ["203.0.113.9 port 443"]
