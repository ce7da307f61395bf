"""A home folder of one's own, with or without host programs in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import styleplug
from styleplug import Filter

BUNDLED = Path(styleplug.__file__).parent / "pictures/photograph.jpg"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder with nothing in it, on Linux, and no program on PATH."""
    folder = tmp_path / "home"
    folder.mkdir()
    for variable in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(variable, str(folder))
    for variable in ("APPDATA", "GIMP3_DIRECTORY", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", str(folder / "bin"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(folder / "etc"))
    monkeypatch.setattr("sys.platform", "linux")
    return folder


@pytest.fixture
def program(home: Path) -> Callable[[str], Path]:
    """Puts a program that does nothing on PATH."""

    def make(name: str) -> Path:
        path = home / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.touch(0o755)
        return path

    return make


@pytest.fixture
def filters(monkeypatch: pytest.MonkeyPatch) -> list[Filter]:
    """The filters that there are, and no others."""
    offered = [Filter("ink", "Ink & water, 100%")]
    monkeypatch.setattr("styleplug.api.list_filters", lambda: tuple(offered))
    return offered


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    """The bundled photograph, under an awkward name."""
    path = tmp_path / "pictures" / 'it\'s $HOME `x` "100%".jpg'
    path.parent.mkdir()
    path.write_bytes(BUNDLED.read_bytes())
    return path


@pytest.fixture
def copying_styleplug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In the place of styleplug, for processes: copies the photograph to where the result goes.

    It appends its arguments to the file that is returned, and fails where the photograph does.
    """
    told = tmp_path / "told.jsonl"
    package = tmp_path / "copying" / "styleplug"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(
        "from types import SimpleNamespace\n"
        "list_formats = lambda: [SimpleNamespace(writes=('.jpg', '.png'))]\n"
    )
    (package / "__main__.py").write_text(
        "import json, shutil, sys\n"
        f"print(json.dumps(sys.argv[1:]), file=open({str(told)!r}, 'a'))\n"
        "shutil.copy(sys.argv[-1], sys.argv[sys.argv.index('-o') + 1])\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    return told


@pytest.fixture
def gimp(home: Path) -> Callable[..., Path]:
    """Makes GIMP's configuration folder of a version, as GIMP does when it starts."""

    def make(version: str = "3.0") -> Path:
        folder = home / ".config/GIMP" / version
        folder.mkdir(parents=True)
        return folder

    return make
