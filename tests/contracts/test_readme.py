"""What README.md and docs/ say to type works, as it is written there.

Each block of `sh`, `console` or `python` runs by itself, in a folder of its own with photo.jpg
and painting.jpg in it; one whose opening line ends in `norun` is left out.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image

from styleplug import pictures

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LONGEST_README = 200
FENCE = re.compile(r"^```(?P<info>[^`\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LANGUAGES = ("sh", "console", "python")
SECONDS = 300
PIXELS = 64


class Block(NamedTuple):
    """Code to run, and the line of the page that it begins at."""

    line: int
    language: str
    code: str


def blocks(text: str) -> list[Block]:
    """The blocks of a Markdown text that are to run."""
    found = []
    for match in FENCE.finditer(text):
        language, *words = match["info"].split() or [""]
        if language in LANGUAGES and "norun" not in words:
            code = typed(match["text"]) if language == "console" else match["text"]
            found.append(Block(text.count("\n", 0, match.start()) + 1, language, code))
    return found


def typed(session: str) -> str:
    """The commands of a console session: what follows `$ `, and `> ` where one goes on."""
    return "".join(f"{line[2:]}\n" for line in session.splitlines() if line[:2] in ("$ ", "> "))


def run(block: Block, folder: Path) -> None:
    """Run a block; kill all that it started where it takes too long."""
    command = [sys.executable, "-"] if block.language == "python" else ["sh", "-eu"]
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PATH": programs},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(block.code, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    assert process.returncode == 0, f"{block.code}\n{output}"


@pytest.fixture
def folder(tmp_path):
    """Someone's folder of pictures, small ones so that it is quick."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for bundled, name in (("photograph.jpg", "photo.jpg"), ("painting.jpg", "painting.jpg")):
        with Image.open(pictures.path(bundled)) as picture:
            picture.thumbnail((PIXELS, PIXELS))
            picture.save(folder / name)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    "block",
    [
        pytest.param(block, id=f"{page.stem}-{block.line}-{block.language}")
        for page in PAGES
        for block in blocks(page.read_text(encoding="utf-8"))
    ],
)
def test_block_runs(block, folder, without_torch):
    run(block, folder)


def test_the_readme_is_short():
    assert len(PAGES[0].read_text(encoding="utf-8").splitlines()) <= LONGEST_README


@pytest.mark.parametrize(
    "page",
    [*PAGES, *(ROOT / name for name in ("ARCHITECTURE.md", ".github/CONTRIBUTING.md"))],
    ids=lambda page: page.name,
)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_blocks_are_found():
    text = (
        "# Title\n\n```sh\ntrue\n```\n\n```sh norun\nfalse\n```\n\n```\nfalse\n```\n"
        "\n```console\n$ echo a \\\n> b\na b\n$ true\n```\n\n```python\npass\n```\n"
    )
    assert blocks(text) == [
        Block(3, "sh", "true\n"),
        Block(15, "console", "echo a \\\nb\ntrue\n"),
        Block(22, "python", "pass\n"),
    ]


@pytest.mark.parametrize(
    ("language", "code", "works"),
    [
        ("sh", "test -f photo.jpg && test -f painting.jpg\nstyleplug --version\n", True),
        ("sh", "false\ntrue\n", False),
        ("python", "import styleplug\n", True),
        ("python", "import no_such_module\n", False),
    ],
)
def test_a_block_that_fails_is_seen(language, code, works, folder):
    block = Block(1, language, code)
    if works:
        run(block, folder)
    else:
        with pytest.raises(AssertionError, match=code.split()[0]):
            run(block, folder)
