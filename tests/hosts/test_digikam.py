"""The script for digiKam's batch queue, run as digiKam does it."""

from __future__ import annotations

import io
import runpy
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from styleplug import Filter
from styleplug.errors import HostError
from styleplug.hosts.catalogue import find_hosts, install_host

FILTER_ITEM = Path(__file__).parents[2] / "plugins/digikam/filter_item.py"
NAMES = [
    "photo.jpg",
    "two  words.jpg",
    'it\'s "quoted".jpg',
    '"',
    '""',
    "$HOME $(touch stolen) `touch stolen` ${x}.jpg",
    "new\nline.jpg",
    "\n",
    "ends\n",
    "slash\n///\nno // name",
    "back\\slash\\",
    "-o",
    "100%.jpg",
    "; touch stolen #",
    "EOF\nтЁст é ü ¢.jpg",
]


@pytest.fixture
def script(home: Path, filters: list[Filter]) -> str:
    """The script, as a person pastes it."""
    (home / ".local/share/digikam").mkdir(parents=True)
    [host] = install_host("digikam")
    assert host.adapter is not None
    assert [path.name for path in host.adapter.glob("*.sh")] == ["style-transfer.sh"]
    return (host.adapter / "style-transfer.sh").read_text("utf-8")


def run_as_digikam(script: str, source: Path, target: Path) -> subprocess.CompletedProcess[bytes]:
    """digiKam 7.9 puts both names into the text, in double quotes, and lets /bin/sh read it."""
    text = script.replace("$INPUT", f'"{source}"').replace("$OUTPUT", f'"{target}"')
    return subprocess.run(["/bin/sh", "-c", text], cwd=target.parent, capture_output=True)


@pytest.mark.parametrize("name", NAMES)
def test_names_arrive_as_they_are(
    script: str, name: str, copying_styleplug: None, tmp_path: Path
) -> None:
    folder = tmp_path / f"album {name}"
    folder.mkdir(parents=True)
    source, target = folder / name.replace("/", "_"), folder / "BatchTool-x.digikamtempfile.jpg"
    source.write_text("a photograph")
    target.touch()
    done = run_as_digikam(script, source, target)
    assert (done.returncode, done.stderr) == (0, b"")
    assert target.read_text() == "a photograph"
    assert {path.name for path in folder.iterdir()} == {source.name, target.name}


def test_names_are_named_nowhere_else(script: str) -> None:
    """In a comment, say, a line break in a name would begin a command."""
    assert script.count("$INPUT") == script.count("$OUTPUT") == 1


def test_a_failure_is_one_that_digikam_takes_for_one(
    script: str, copying_styleplug: None, tmp_path: Path
) -> None:
    done = run_as_digikam(script, tmp_path / "missing.jpg", tmp_path / "out.jpg")
    assert done.returncode == 127
    assert b"missing.jpg" in done.stderr
    assert not (tmp_path / "out.jpg").exists()


def test_a_script_that_was_pasted_badly(script: str, tmp_path: Path) -> None:
    done = run_as_digikam(script.replace("///\n", ""), tmp_path / "a.jpg", tmp_path / "b.jpg")
    assert done.returncode == 127
    assert b"paste it again" in done.stderr


def test_a_filter_that_takes_too_long_is_ended(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    allowed = []

    def run(command: list[str], timeout: float) -> None:
        allowed.append(timeout)
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr("subprocess.run", run)
    monkeypatch.setattr("sys.argv", ["filter_item.py", "ink"])
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'"a.jpg"\n///\n"b.jpg"\n')))
    with pytest.raises(SystemExit) as ending:
        runpy.run_path(str(FILTER_ITEM), run_name="__main__")
    assert ending.value.code == 127
    assert allowed[0] < 60
    assert "more than" in capsys.readouterr().err


@pytest.mark.slow
def test_a_photograph_is_filtered(
    home: Path, filters: list[Filter], odd_plugin: None, photograph: Path
) -> None:
    filters[0] = Filter("posterise", "In four tones")
    (home / ".local/share/digikam").mkdir(parents=True)
    [host] = install_host("digikam")
    assert host.adapter is not None
    target = photograph.with_name("BatchTool-x.digikamtempfile.jpg")
    target.touch()
    script = (host.adapter / "style-transfer.sh").read_text("utf-8")
    done = run_as_digikam(script, photograph, target)
    assert done.returncode == 0, done.stderr
    with Image.open(target) as result, Image.open(photograph) as before:
        assert result.size == before.size
        assert result.tobytes() != before.tobytes()


def test_there_is_nothing_to_install_without_a_filter(home: Path, filters: list[Filter]) -> None:
    (home / ".local/share/digikam").mkdir(parents=True)
    install_host("digikam")
    filters.clear()
    [host] = [host for host in find_hosts() if host.name == "digikam"]
    assert host.state == "outdated"
    with pytest.raises(HostError, match="there is no filter, and digiKam ends after a minute"):
        install_host("digikam")


def test_the_first_line_to_change_names_all_filters(home: Path, filters: list[Filter]) -> None:
    filters.append(Filter("oil", "Oil"))
    (home / ".local/share/digikam").mkdir(parents=True)
    [host] = install_host("digikam")
    assert host.adapter is not None
    lines = (host.adapter / "style-transfer.sh").read_text("utf-8").splitlines()
    assert lines[1:3] == ["# ink, oil", "filter=ink"]
