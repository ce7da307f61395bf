"""The package as people get it: a wheel and an editable install, each in an empty environment, and
what is said where an optional framework is missing. Nothing here needs the network."""

from __future__ import annotations

import email
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from functools import partial
from pathlib import Path

import pytest

from styleplug import pictures

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NOT_SOURCE = shutil.ignore_patterns(
    ".git", ".venv", ".hypothesis", ".*cache", "__pycache__", "out", "dist"
)
PICTURES = ("photograph.jpg", "painting.jpg")
STYLIZE = ("stylize", PICTURES[0], "--style", PICTURES[1], "-o", "painted.png")
QUICK = ("--size", "64", "--iterations", "2")


class Environment:
    """An empty virtual environment, whose programs also see a folder of dependencies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        check_call(sys.executable, "-m", "venv", "--without-pip", folder)

    def install(self, *arguments: object, sees: Path) -> None:
        """Install by this Python's pip; to put one there takes seconds."""
        pip = (sys.executable, "-m", "pip", "--python", self.folder, "install", "--no-deps")
        check_call(*pip, "--no-index", "--no-build-isolation", *arguments, sees=sees)

    def run(
        self, program: str, *arguments: object, sees: Path, cwd: Path
    ) -> subprocess.CompletedProcess[str]:
        """Run one of its programs to its end."""
        return subprocess.run(
            [self.folder / "bin" / program, *map(str, arguments)],
            capture_output=True,
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(sees)},
            text=True,
            timeout=300,
        )


def check_call(*command: object, sees: Path | None = None) -> None:
    done = subprocess.run(
        [*map(str, command)],
        capture_output=True,
        env={**os.environ, **({"PYTHONPATH": str(sees)} if sees else {})},
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def dependencies(folder: Path, *, without: str | None = None) -> Path:
    """A folder of links to all that is installed here but styleplug, its import hooks and pip."""
    folder.mkdir()
    hidden = ("styleplug", "_editable_impl_styleplug", "pip", *([without] if without else []))
    for name in ("purelib", "platlib"):
        for entry in Path(sysconfig.get_path(name)).iterdir():
            link = folder / entry.name
            if entry.name.partition("-")[0].partition(".")[0] not in hidden and not link.exists():
                link.symlink_to(entry)
    return folder


@pytest.fixture(scope="module")
def frameworks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return dependencies(tmp_path_factory.mktemp("frameworks") / "all")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, so that nothing done here can change the checkout."""
    return shutil.copytree(ROOT, tmp_path_factory.mktemp("source") / "styleplug", ignore=NOT_SOURCE)


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    check_call(
        *(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", folder, source)
    )
    [wheel] = folder.iterdir()
    return wheel


@pytest.fixture(scope="module")
def installed(
    wheel: Path, frameworks: Path, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """An environment with the wheel, and nothing else, installed."""
    environment = Environment(tmp_path_factory.mktemp("installed") / "venv")
    environment.install(wheel, sees=frameworks)
    return environment


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder outside the checkout with the bundled pictures."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    for name in PICTURES:
        shutil.copy(pictures.path(name), folder)
    return folder


def paints(environment: Environment, sees: Path, cwd: Path, home: Path) -> None:
    """Assert that styleplug comes from `home`, and that it paints."""
    found = environment.run(
        "python", "-c", "import styleplug; print(styleplug.__file__)", sees=sees, cwd=cwd
    )
    assert Path(found.stdout.strip()).is_relative_to(home), found.stdout + found.stderr
    done = environment.run("styleplug", *STYLIZE, *QUICK, sees=sees, cwd=cwd)
    assert done.returncode == 0, done.stderr
    assert (cwd / "painted.png").stat().st_size > 0


def test_wheel_content(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in (
        *("_models/vgg16.onnx", "_models/manifest.toml", "_models/README.md"),
        *("_plugins/gimp/style-transfer.py", "_plugins/gimp/README.md"),
        *("_plugins/desktop/apply.py", "_plugins/desktop/nautilus.py"),
        *("_plugins/digikam/style-transfer.sh", "_plugins/digikam/filter_item.py"),
        *("pictures/photograph.jpg", "pictures/CREDITS.md"),
        *(f"pictures/{file}" for file, _ in pictures.PAINTINGS.values()),
        *(f"pictures/thumbnails/{name}.png" for name in pictures.PAINTINGS),
        *("worker/PROTOCOL.md", "worker/protocol.schema.json"),
        *("__init__.py", "__main__.py", "py.typed"),
    ):
        assert f"styleplug/{name}" in names
    [info] = {name.partition("/")[0] for name in names} - {"styleplug"}
    assert info.startswith("styleplug-")
    assert info.endswith(".dist-info")
    licences = "LICENSE", "models/README.md", "models/LICENSE-Apache-2.0.txt"
    assert {f"{info}/licenses/{name}" for name in licences} <= names
    for part in ("__pycache__", "/tests/", "/drawing/"):
        assert not [name for name in names if part in name]


def test_wheel_metadata(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        metadata = email.message_from_bytes(archive.read(name))
        scripts = archive.read(name.replace("METADATA", "entry_points.txt")).decode()
    assert metadata["Name"] == "styleplug"
    assert metadata["License-Expression"] == "MIT AND CC-BY-4.0 AND Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert set(metadata.get_all("Provides-Extra")) >= {"cpu", "gpu", "torch"}
    assert not [
        needed
        for needed in metadata.get_all("Requires-Dist")
        if needed.startswith(("torch", "onnxruntime")) and "extra ==" not in needed
    ]
    assert "styleplug = styleplug.__main__:main" in scripts


def test_installed_wheel_paints(installed: Environment, frameworks: Path, elsewhere: Path) -> None:
    paints(installed, frameworks, elsewhere, home=installed.folder)


def test_installed_wheel_is_sound(
    installed: Environment, frameworks: Path, elsewhere: Path
) -> None:
    done = installed.run("styleplug", "doctor", sees=frameworks, cwd=elsewhere)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "fault" not in done.stdout


def test_installed_wheel_puts_its_adapter_into_gimp(
    installed: Environment, frameworks: Path, tmp_path: Path
) -> None:
    run = partial(installed.run, "styleplug", "hosts", sees=frameworks, cwd=tmp_path)
    done = run("install", "gimp", "--gimp-dir", tmp_path)
    assert done.returncode == 0, done.stderr
    adapter = tmp_path / "plug-ins/style-transfer"
    record = json.loads((adapter / "installation.json").read_text(encoding="utf-8"))
    assert Path(record["interpreter"]).parent == installed.folder / "bin"
    for name in record["files"]:
        assert (adapter / name).read_bytes() == (ROOT / "plugins/gimp" / name).read_bytes()
    assert run("uninstall", "gimp", "--gimp-dir", tmp_path).returncode == 0
    assert not adapter.exists()


def test_editable_install_paints(
    source: Path, frameworks: Path, elsewhere: Path, tmp_path: Path
) -> None:
    environment = Environment(tmp_path / "venv")
    before = state(source)
    environment.install("-e", source, sees=frameworks)
    paints(environment, frameworks, elsewhere, home=source)
    assert state(source) == before


def state(folder: Path) -> dict[Path, bytes]:
    """Every file of a source folder with its content, bytecode aside."""
    return {
        path: path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_without_torch_it_paints(installed: Environment, elsewhere: Path, tmp_path: Path) -> None:
    sees = dependencies(tmp_path / "frameworks", without="torch")
    paints(installed, sees, elsewhere, home=installed.folder)


@pytest.mark.parametrize(
    ("missing", "extra", "options"),
    [("torch", "torch", ("--engine", "torch")), ("onnxruntime", "cpu", ())],
)
def test_missing_framework_is_named(
    installed: Environment,
    elsewhere: Path,
    tmp_path: Path,
    missing: str,
    extra: str,
    options: tuple[str, ...],
) -> None:
    sees = dependencies(tmp_path / "frameworks", without=missing)
    done = installed.run("styleplug", *STYLIZE, *QUICK, *options, sees=sees, cwd=elsewhere)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.strip() == (
        f"styleplug: {missing} is not installed; mend it with: pip install 'styleplug[{extra}]'"
    )
    assert not (elsewhere / "painted.png").exists()
    usage = installed.run("styleplug", "--help", sees=sees, cwd=elsewhere)
    assert usage.returncode == 0, usage.stderr
    assert "stylize" in usage.stdout
