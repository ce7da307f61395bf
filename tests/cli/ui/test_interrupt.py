"""Signals that ask for an end: as the first Ctrl-C, with the picture so far and nothing left."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from PIL import Image

import styleplug
from styleplug.cli.ui.interrupt import CancelEvent, Interrupted, interruptible, raised
from styleplug.errors import Cancelled

COMMAND = ("-m", "styleplug")
ENDLESS = (
    *("stylize", "photo.png", "--style", "painting.png", "-o", "out.png", "--json"),
    *("--size", "32", "--iterations", "1000000", "--device", "cpu", "--engine", "onnx"),
    *("--checkpoint", "run.ckpt"),
)
SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(heard: None, spawn: Start) -> Start:
    """Starts `python ...` in the folder of pictures, where it hears signals."""
    return spawn


def paints(process: subprocess.Popen[str]) -> bool:
    """Wait until there is a picture so far."""
    return any(json.loads(line)["event"] == "progress" for line in process.stdout)


def is_whole(picture: Path) -> bool:
    with Image.open(picture) as image:
        image.load()
        return image.size == (48, 36)


@pytest.mark.parametrize(("number", "code"), SIGNALS.items())
def test_a_signal_keeps_the_picture_and_the_checkpoint(
    start: Start, folder: Path, number: signal.Signals, code: int
) -> None:
    process = start(*COMMAND, *ENDLESS)
    assert paints(process)
    process.send_signal(number)
    output, error = process.communicate(timeout=60)
    assert (process.returncode, error) == (code, "")
    assert json.loads(output.splitlines()[-1])["stopped"] == "cancelled"
    assert is_whole(folder / "out.png")
    assert (folder / "run.ckpt").exists()


def test_what_nohup_ignores_stays_ignored(start: Start, folder: Path) -> None:
    process = start(
        *COMMAND, *ENDLESS, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)
    )
    assert paints(process)
    process.send_signal(signal.SIGHUP)
    assert paints(process), "still at work"
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 143
    assert is_whole(folder / "out.png")


def test_the_first_process_of_a_container_hears_signals(start: Start, folder: Path) -> None:
    """For such a one the system ignores signals that it doesn't handle itself."""
    if not shutil.which("unshare"):
        pytest.skip("no unshare here")
    apart = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child")
    if subprocess.run([*apart, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no process namespaces for us here")
    process = start(*COMMAND, *ENDLESS, before=apart)
    assert paints(process)
    [first] = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(first), signal.SIGTERM)
    assert process.wait(60) == 143
    assert is_whole(folder / "out.png")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_photograph_from_standard_input_does_not_stay_behind(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    command = ("stylize", "-", "--style", "painting.png", "-o", "out.png")
    process = start(*COMMAND, *command, stdin=subprocess.PIPE)
    while not list(temporary.glob("*/standard input")):
        assert process.poll() is None
        time.sleep(0.01)
    for _ in range(2):  # as a terminal that closes does
        process.send_signal(number)
    assert process.wait(60) == 128 + number
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(("number", "code"), SIGNALS.items())
@pytest.mark.parametrize("module", ["click", "styleplug.cli.commands.stylize"])
def test_a_signal_while_the_program_is_loaded(
    start: Start, module: str, number: signal.Signals, code: int
) -> None:
    script = (
        "import signal, sys\n"
        "class Finder:\n"
        "    def find_spec(name, *_):\n"
        f"        if name == {module!r}: signal.raise_signal({number.value})\n"
        "sys.meta_path.insert(0, Finder)\n"
        "from styleplug.__main__ import main\n"
        "main(['stylize', '--help'])"
    )
    process = start("-c", script)
    output, error = process.communicate(timeout=60)
    assert (process.returncode, output) == (code, "")
    assert error in ("", "styleplug: interrupted\n")


def test_batch_ends_in_good_order(start: Start) -> None:
    painting = ("--style", "painting.png", *ENDLESS[7:-2])
    batch = ("batch", "photo.png", "-o", "out", "--json", *painting)
    process = start(*COMMAND, *batch, start_new_session=True)
    assert any(json.loads(line)["event"] == "advanced" for line in process.stdout)
    os.killpg(process.pid, signal.SIGTERM)  # the processes that do it, too
    output, error = process.communicate(timeout=60)
    assert process.returncode == 143
    assert error.endswith("styleplug: interrupted; the same command again goes on from here\n")
    assert '"failed"' not in output


def ask(*numbers: signal.Signals) -> CancelEvent:
    """Have signals come while there is work."""
    with interruptible() as cancel:
        for number in numbers:
            signal.raise_signal(number)
    return cancel


def test_a_second_of_those_that_come_in_twos_is_none(heard: None) -> None:
    cancel = ask(signal.SIGTERM, signal.SIGTERM, signal.SIGHUP)
    assert (cancel.is_set(), cancel.code) == (True, 143)


def test_a_second_later_ends_at_once(heard: None, monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([10.0, 11.5])
    monkeypatch.setattr(time, "monotonic", lambda: next(now))
    with pytest.raises(Interrupted) as end:
        ask(signal.SIGTERM, signal.SIGHUP)
    assert end.value.code == 129


def test_an_end_without_a_picture_says_which_signal_it_was(
    heard: None, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stylize(*_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGTERM)
        raise Cancelled

    monkeypatch.setattr(styleplug, "stylize", stylize)
    result = run("stylize", "photo.png", "--style", "painting.png", "-o", "out.png")
    assert (result.exit_code, result.stderr) == (143, "styleplug: interrupted\n")


def test_handlers_are_put_back(heard: None) -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with raised(), interruptible():
        assert [signal.getsignal(number) for number in SIGNALS] != before
    assert [signal.getsignal(number) for number in SIGNALS] == before
