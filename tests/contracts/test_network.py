"""Nothing but `styleplug/runtime/download.py` ever asks the network for anything, and nothing but
the studio answers it."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from styleplug.runtime.models import Model, install_model

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for name in ("styleplug", "plugins") for path in (ROOT / name).rglob("*.py"))
NETWORK = {
    *("aiohttp", "ftplib", "http", "httpx", "imaplib", "poplib", "requests", "smtplib", "socket"),
    *("socketserver", "ssl", "torch.hub", "urllib.request", "urllib3", "websockets", "xmlrpc"),
}
LISTENING = {"starlette", "uvicorn"}
OFFLINE = """
import sys

def refuse(event, arguments):
    assert not event.startswith(("socket.connect", "socket.getaddrinfo", "urllib.")), arguments

sys.addaudithook(refuse)
from styleplug.__main__ import main
main(sys.argv[1:])
"""


def network_modules(source: str) -> set[str]:
    """The modules of the network that a source text imports, or reaches as an attribute."""
    return {name for name in imported(source) if uses(name, NETWORK)}


def imported(source: str) -> set[str]:
    return {name for node in ast.walk(ast.parse(source)) for name in names(node)}


def names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import():
            yield from (alias.name for alias in node.names)
        case ast.ImportFrom(module=str(module)):
            yield from (f"{module}.{alias.name}" for alias in node.names)
        case ast.Attribute(value=ast.Name(id=package)):
            yield f"{package}.{node.attr}"


def uses(name: str, modules: set[str]) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:count]) in modules for count in range(1, len(parts) + 1))


def test_one_file_alone_imports_what_could_use_it() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if network_modules(path.read_text(encoding="utf-8"))
    }
    # The others are of programs of their own, between two servers.
    assert found == {
        "styleplug/runtime/download.py",
        "plugins/immich/styleplug_immich.py",
        "plugins/immich/styleplug_service.py",
    }


def test_the_studio_alone_imports_what_listens() -> None:
    found = {
        path.relative_to(ROOT).parts[:2]
        for path in SOURCES
        if any(uses(name, LISTENING) for name in imported(path.read_text(encoding="utf-8")))
    }
    assert found == {("styleplug", "studio")}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import urllib.request", True),
        ("from urllib import request", True),
        ("from http.client import HTTPException", True),
        ("def f():\n    import socket", True),
        ("import torch\ntorch.hub.load_state_dict_from_url('')", True),
        ("from torch.hub import load", True),
        ("from urllib.parse import quote", False),
        ("from . import socket", False),
        ("import torch", False),
    ],
)
def test_the_network_would_be_seen(source: str, found: bool) -> None:
    assert bool(network_modules(source)) is found


def offline(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Runs `styleplug` in a process where every use of the network is an error."""
    command = [sys.executable, "-c", OFFLINE, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
def test_painting_uses_no_network(tiny_model: Model, tmp_path: Path) -> None:
    install_model("vgg16", tiny_model.read(), licence="none", attribution="", source="a test")
    Image.effect_noise((48, 48), 50).convert("RGB").save(tmp_path / "photo.png")
    pictures = ("photo.png", "--style", "photo.png", "-o", "out.png")
    done = offline("stylize", *pictures, "--size", "32", "--iterations", "2", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.png").exists()


@pytest.mark.slow
def test_a_download_would_have_been_refused(tmp_path: Path) -> None:
    done = offline("models", "install", "vgg19", cwd=tmp_path)
    assert done.returncode != 0
    assert "AssertionError" in done.stderr
    assert "download.pytorch.org" in done.stderr
