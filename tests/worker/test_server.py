"""The conversation: what a worker answers to what a host says, well or badly."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from worker_client import WorkerClient

import styleplug
from styleplug.errors import ModelNotFoundError
from styleplug.worker import server
from styleplug.worker.lines import LONGEST

Start = Callable[..., WorkerClient]
PROBE = """
import io, json, os, sys
from styleplug.worker.lines import Output
from styleplug.worker.server import Worker
Worker(Output(os.open(os.devnull, os.O_WRONLY))).serve(
    io.BytesIO(b'{"type": "hello", "protocol": 1}\\n{"type": "open", "id": "7"}\\n')
)
print([name for name in ("PIL", "numpy", "onnx", "onnxruntime", "torch") if name in sys.modules])
"""


@pytest.mark.parametrize("protocol", [1, 2, 99])
def test_hello(start: Start, small_network: None, protocol: int) -> None:
    worker = start(greet=False)
    assert worker.ask("hello", protocol=protocol, client="a newer host", newer=[]) == {
        "type": "hello",
        "protocol": 1,
        "styleplug": styleplug.__version__,
        "python": sys.version.split()[0],
        "capabilities": ["stylize", "regions", "filter", "preview", "stop", "checkpoint"],
    }


def test_no_shared_version(start: Start) -> None:
    worker = start(greet=False)
    error = worker.ask("hello", protocol=0)
    assert (error["type"], error["code"], error["supported"]) == ("error", "protocol", [1])
    assert worker.end() == []
    assert worker.process.returncode == 2
    assert "version 0 of the protocol is not known here" in worker.last_words


def test_serving_is_light(temporary: Path) -> None:
    done = subprocess.run([sys.executable, "-c", PROBE], stdout=subprocess.PIPE, check=True)
    assert done.stdout.strip() == b"[]"


def test_what_is_missing_for_a_transfer(monkeypatch: pytest.MonkeyPatch) -> None:
    def pick_backbone(name: str) -> None:
        raise ModelNotFoundError("vgg16", "not installed; reinstall styleplug")

    monkeypatch.setattr(server, "find_spec", lambda name: None)
    monkeypatch.setattr(server, "pick_backbone", pick_backbone)
    assert server._problems() == [
        "onnxruntime is not installed; mend it with: pip install 'styleplug[cpu]'",
        "model vgg16: not installed; reinstall styleplug",
    ]


def test_a_transfer_that_cannot_run_is_no_capability(
    start: Start, small_network: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['onnxruntime'] = None")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    hello = start().hello
    assert hello["capabilities"] == ["filter", "preview", "stop", "checkpoint"]
    [problem] = hello["problems"]
    assert "onnxruntime is not installed" in problem


def test_hello_comes_first(start: Start) -> None:
    worker = start(greet=False)
    error = worker.ask("open", id="7")
    assert (error["type"], error["id"], error["code"]) == ("error", "7", "protocol")
    assert "the first message must be hello" in error["message"]
    assert worker.ask("hello", protocol=1)["type"] == "hello"
    assert worker.ask("open", id="7")["type"] == "opened"


def test_shutdown_needs_no_hello(start: Start) -> None:
    assert start(greet=False).ask("shutdown") == {"type": "bye"}


@pytest.mark.parametrize(
    ("said", "id"),
    [
        (b"hello there", None),
        (b"", None),
        (b"\xff\xfe\x00", None),
        (b'{"type": "open"', None),
        (b"null", None),
        (b'{"type": "dance", "id": "9"}', "9"),
        (b'{"type": ["open"], "id": "9"}', "9"),
        (b'{"type": "open", "id": 9}', None),
        (b'{"type": "stylize", "id": "9"}', "9"),
        (b'{"type": "close", "id": "9"}', "9"),
        (b'{"type": "cancel", "id": "9"}', "9"),
        (b'{"type": "open", "id": "' + b"x" * LONGEST + b'"}', None),
        (b'{"type": "open", "id": "' + b"x" * 400_000 + b'"}', None),
        (b'{"type": "open", "id": "' + "\u65e5".encode() * 1001 + b'"}', None),
        (b'{"type": "open", "id": "9", "width": NaN}', None),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_a_bad_line_is_answered_and_the_conversation_goes_on(
    start: Start, said: bytes, id: str | None
) -> None:
    worker = start()
    worker.say_raw(said + b"\n")
    error = worker.hear()
    assert (error["type"], error["id"], error["code"]) == ("error", id, "protocol")
    assert worker.ask("open", id="10")["type"] == "opened"


def test_unknown_fields_are_ignored(start: Start) -> None:
    assert start().ask("open", id="7", colour="red", width=[])["type"] == "opened"


def test_an_id_is_used_once(start: Start) -> None:
    worker = start()
    folder = worker.open("7")
    again = worker.ask("open", id="7")
    assert (again["type"], again["id"]) == ("error", "7")
    assert "used already" in again["message"]
    assert folder.exists()
    assert worker.ask("close", id="7") == {"type": "closed", "id": "7"}
    for kind in ("open", "catalogue", "close", "cancel"):
        assert worker.ask(kind, id="7")["type"] == "error"


def test_an_id_is_any_text(start: Start) -> None:
    worker = start()
    ids = ["", "../../etc", "日本語", "a/b", "\ud800", "x" * 1000, "\U0001f600" * 1000]
    folders = {worker.open(id) for id in ids}
    assert len(folders) == len(ids)
    assert len({folder.parent for folder in folders}) == 1


def test_an_error_does_not_repeat_all_that_was_said(worker: WorkerClient) -> None:
    folder = worker.open("7")
    (folder / "photo.raw").write_bytes(bytes(12))
    photo = {"path": "photo.raw", "width": 2, "height": 2, "layout": "RGB", "dtype": "uint8"}
    worker.say(
        "filter",
        id="7",
        photo=photo,
        filter="posterise",
        result={"format": "png"},
        options={"\u65e5" * 150_000: 1},
    )
    failed = worker.hear()
    assert (failed["type"], failed["code"]) == ("failed", "config")
    assert 1000 < len(failed["message"]) < 20_000


def test_a_job_begins_once(worker: WorkerClient, begin: Callable[..., Path]) -> None:
    begin("7", "finish-with-file")
    worker.hear_until("progress")
    photo = {"path": "photo.raw"}
    again = worker.ask("filter", id="7", photo=photo, filter="wait", result={"format": "png"})
    assert (again["type"], again["id"]) == ("error", "7")
    assert "begun already" in again["message"]


def test_a_job_that_was_asked_for_wrongly_can_be_asked_for_again(
    worker: WorkerClient, begin: Callable[..., Path]
) -> None:
    folder = worker.open("7")
    worker.say_raw(b'{"type": "filter", "id": "7", "filter": "posterise"}\n')
    assert worker.hear()["type"] == "error"
    (folder / "photo.raw").write_bytes(bytes(12))
    photo = {"path": "photo.raw", "width": 2, "height": 2, "layout": "RGB", "dtype": "uint8"}
    worker.say("filter", id="7", photo=photo, filter="posterise", result={"format": "png"})
    assert worker.hear()["type"] == "finished"


def test_the_catalogue(worker: WorkerClient) -> None:
    worker.say("catalogue", id="1")
    catalogue = worker.hear()
    assert (catalogue["type"], catalogue["id"]) == ("catalogue", "1")
    assert {"name": "posterise", "description": "Nothing odd.", "source": "odd"} in catalogue[
        "filters"
    ]
    for style in catalogue["styles"]:
        assert Path(style["path"]).is_absolute()
        assert Path(style["thumbnail"]).read_bytes().startswith(b"\x89PNG")


def test_a_plug_in_that_takes_the_catalogue_down(
    start: Start, odd_plugin: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "site" / "fatal.py").write_text("import os\nos._exit(4)\n")
    entries = tmp_path / "site" / "odd-1.0.dist-info" / "entry_points.txt"
    entries.write_text("[styleplug]\nfatal = fatal\n")
    worker = start()
    failed = worker.ask("catalogue", id="1")
    assert (failed["type"], failed["id"], failed["code"]) == ("failed", "1", "crashed")
    assert worker.ask("open", id="2")["type"] == "opened"


def test_a_broken_plug_in_is_told_on_standard_error_alone(
    start: Start, odd_plugin: None, tmp_path: Path
) -> None:
    (tmp_path / "site" / "odd-1.0.dist-info" / "entry_points.txt").write_text(
        "[styleplug]\nodd = odd_plugin\nlost = nowhere_at_all\n"
    )
    worker = start()
    assert worker.ask("catalogue", id="1")["type"] == "catalogue"
    assert "plug-in lost of odd 1.0 can't be loaded" in worker.stderr()


def test_an_answer_is_one_line_of_ascii(start: Start) -> None:
    """Whatever the host's encoding is, it can read that."""
    worker = start(greet=False)
    worker.say_raw(b'{"type": "open", "id": "\xe6\x97\xa5\\n"}\n')
    line = worker.hear_line()
    assert line.isascii()
    assert json.loads(line)["id"] == "日\n"
