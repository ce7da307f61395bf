from __future__ import annotations

from pathlib import Path

import pytest

from styleplug.doctor import examine as module
from styleplug.doctor.examine import CHECKS, examine, findings_of
from styleplug.doctor.finding import Finding

MISSING = "raise ModuleNotFoundError(\"No module named 'torch'\", name='torch')"


@pytest.mark.slow
def test_checks_are_told_in_their_order(monkeypatch) -> None:
    monkeypatch.setattr(module, "CHECKS", {"Slow": "models", "Quick": "system", "Nothing": "cuda"})
    examined = dict(examine())
    assert list(examined) == ["Slow", "Quick", "Nothing"]
    assert any("vgg16" in finding.text for finding in examined["Slow"])
    assert examined["Nothing"] == ()


def test_every_module_of_checks_is_run() -> None:
    folder = Path(module.__file__).parent
    rest = {"__init__", "__main__", "examine", "finding", "report"}
    assert {path.stem for path in folder.glob("*.py")} - rest == set(CHECKS.values())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("raise ImportError('no libcudart')", "can't be loaded (no libcudart)"),
        ("raise OSError('bad image')", "can't be loaded (bad image)"),
        ("raise ModuleNotFoundError(name='onnxruntime')", "is not installed"),
        ("raise ZeroDivisionError('odd')", "ended with code 1: ZeroDivisionError: odd"),
        ("raise SystemExit(3)", "ended with code 3: no message"),
        ("import os\nos.abort()", "ended with code -6: "),
        ("pass", "ended with code 1: AttributeError"),
    ],
)
def test_a_broken_onnx_runtime_is_a_fault_whatever_it_does(site, content, message) -> None:
    (site / "onnxruntime.py").write_text(content)
    fault = findings_of("runtimes")[-1]
    assert fault.status == "fault"
    assert message in fault.text
    assert "install" in fault.text + fault.remedy


@pytest.mark.parametrize("check", ["pytorch", "transfer"])
def test_with_a_broken_torch_the_remedy_is_named(site, check) -> None:
    (site / "torch.py").write_text("raise OSError('bad image')")
    [fault] = findings_of(check)
    assert fault.status == "fault"
    assert "pip install --force-reinstall 'styleplug[torch]'" in fault.text


@pytest.mark.slow
def test_without_torch_all_is_well(site) -> None:
    (site / "torch.py").write_text(MISSING)
    assert findings_of("cuda") == ()
    [note] = findings_of("pytorch")
    assert (note.status, note.text[:22]) == ("note", "torch is not installed")
    for check in ("transfer", "system", "packages", "runtimes", "models", "plugins"):
        assert "fault" not in {finding.status for finding in findings_of(check)}


def test_what_was_found_before_a_crash_is_kept(site) -> None:
    (site / "onnxruntime.py").write_text(
        "import os\n__version__ = '1'\nget_available_providers = os.abort\n"
        "disable_telemetry_events = bool"
    )
    first, *_, fault = findings_of("runtimes")
    assert first.status == "ok"
    assert "code -6" in fault.text


def test_what_a_library_prints_is_no_finding(site) -> None:
    (site / "onnxruntime.py").write_text(
        "import os\nprint('hello')\nos.write(1, b'noise')\nraise ImportError('broken')"
    )
    [fault] = findings_of("runtimes")
    assert "broken" in fault.text


def test_a_check_that_hangs_is_ended(site, monkeypatch) -> None:
    (site / "torch.py").write_text("import time\ntime.sleep(600)")
    monkeypatch.setattr(module, "TIMEOUT", 0.5)
    [fault] = findings_of("pytorch")
    assert fault.status == "fault"
    assert fault.text == "this check didn't end within 0.5 s"


def test_a_check_that_cant_be_started_is_a_fault(monkeypatch) -> None:
    monkeypatch.setattr("sys.executable", "/no/such/python")
    [fault] = findings_of("system")
    assert fault.status == "fault"
    assert "/no/such/python" in fault.text


@pytest.mark.slow
def test_modules_of_the_current_folder_are_left_alone(tmp_path, monkeypatch) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('a stray file')")
    monkeypatch.chdir(tmp_path)
    assert findings_of("pytorch")[0].status == "ok"


def test_a_name_of_odd_bytes_is_told(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("STYLEPLUG_CACHE_DIR", str(tmp_path / "a\nb\udcff"))
    texts = [finding.text for finding in findings_of("models")]
    assert any("a b" in text for text in texts)
    assert all(text.encode() for text in texts)


def test_findings_are_compared_by_value() -> None:
    assert Finding("ok", "a") == Finding("ok", "a", "")
