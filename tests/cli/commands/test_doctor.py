from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from styleplug.doctor import examine
from styleplug.doctor.finding import Finding
from styleplug.runtime.models import find_model

LONG = "a remedy of many words " * 8


@pytest.fixture
def findings(monkeypatch):
    """Says what the checks find."""

    def say(*found: Finding) -> None:
        monkeypatch.setattr(examine, "examine", lambda: iter([("System", found), ("CUDA", ())]))

    return say


@pytest.mark.slow
def test_a_sound_machine_works(run) -> None:
    result = run("doctor")
    assert result.exit_code == 0, result.stdout
    titles = [line for line in result.stdout.splitlines() if not line.startswith(" ")]
    assert [*(title for title in examine.CHECKS if title != "CUDA"), "A transfer works here."] == [
        title for title in titles if title != "CUDA"
    ]
    assert result.stderr == ""


def test_a_damaged_network_is_a_fault(run, monkeypatch) -> None:
    monkeypatch.setattr(examine, "CHECKS", {"Models": "models"})
    find_model("vgg16").path.write_bytes(b"damaged")
    result = run("doctor")
    assert result.exit_code == 1
    assert "styleplug models remove vgg16" in " ".join(result.stdout.split())
    assert result.stdout.endswith("No transfer works here until the faults are mended.\n")


@pytest.mark.slow
def test_a_machine_where_all_is_broken_gets_its_findings(tmp_path, monkeypatch) -> None:
    broken = ("PIL", "filelock", "numpy", "onnx", "onnxruntime", "platformdirs", "pluggy", "rich")
    for name in (*broken, "google", "safetensors", "torch"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('broken')")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    monkeypatch.setenv("PYTHONPATH", path)
    command = [sys.executable, "-m", "styleplug", "doctor"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    output = done.stdout
    assert done.returncode == 1
    assert done.stderr == ""
    for name in ("numpy", "pillow", "platformdirs"):
        assert f"{name} can't be imported" in output
    assert output.endswith("until the faults are mended.\n")


def test_lines_are_wrapped_and_commands_stay_whole(run, findings, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    findings(Finding("note", f"/{'long' * 30}/path is odd", LONG))
    lines = run("doctor").stdout.splitlines()
    assert lines[0] == "System"
    assert lines[1].startswith("  note  /long")
    assert f"/{'long' * 30}/path" in lines[1]
    assert lines[3].startswith("        -> a remedy")
    assert lines[4].startswith("           ")
    assert max(map(len, lines[2:])) <= 60
    assert "CUDA" not in lines


@pytest.mark.parametrize(("status", "code"), [("ok", 0), ("note", 0), ("fault", 1)])
@pytest.mark.parametrize("option", [(), ("--report",), ("--json",)])
def test_only_faults_make_it_fail(run, findings, status, code, option) -> None:
    findings(Finding(status, "text", "remedy"))
    result = run("doctor", *option)
    assert result.exit_code == code
    assert "remedy" in result.stdout


def test_json_has_everything(run, findings) -> None:
    findings(Finding("note", "text", "remedy"))
    assert json.loads(run("doctor", "--json").stdout) == {
        "System": [{"status": "note", "text": "text", "remedy": "remedy"}],
        "CUDA": [],
    }


def test_the_report_tells_no_path(run, findings) -> None:
    findings(Finding("note", f"{sys.prefix}/lib is odd"))
    assert run("doctor", "--report").stdout == (
        "# styleplug doctor\n\n## System\n\n- note: <environment>/lib is odd\n"
    )


def test_report_and_json_exclude_each_other(run) -> None:
    result = run("doctor", "--report", "--json")
    assert result.exit_code == 2
    assert "exclude each other" in result.stderr


def test_a_terminal_without_the_letters_is_no_error(monkeypatch) -> None:
    code = (
        "import sys\nfrom styleplug.doctor import examine\n"
        "from styleplug.doctor.finding import Finding\n"
        "examine.examine = lambda: iter([('A', (Finding('ok', '64 … 64'),))])\n"
        "from styleplug.cli.main import main\nmain(['doctor'])"
    )
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "64 ? 64" in done.stdout
