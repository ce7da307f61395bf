from __future__ import annotations

import hashlib
import random
import shutil
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest

from styleplug.errors import DownloadError
from styleplug.runtime import download as module
from styleplug.runtime.download import discard, download

DATA = random.Random(0).randbytes(3_000_000)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(module, "WAITS", (0, 0, 0))
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def server(file_server):
    return file_server(DATA)


@pytest.fixture
def fetch(server, tmp_path):
    """Downloads from the server; returns the file and what progress was told."""

    def call(address=None):
        told = []
        path = download(
            address or server.address, tmp_path / "new" / "folder", lambda *pair: told.append(pair)
        )
        return path, told

    return call


def left(tmp_path):
    """The names of what is in the folder of downloads."""
    folder = tmp_path / "new" / "folder"
    return sorted(path.name.rpartition(".")[2] for path in folder.iterdir())


def ranges(server):
    return [wanted for _, wanted in server.requests]


def test_the_file_is_what_was_served_and_nothing_else_is_left(server, fetch, tmp_path) -> None:
    path, told = fetch()
    assert path.read_bytes() == DATA
    assert path.name == server.address.rpartition("/")[2]
    assert left(tmp_path) == ["pth"]
    assert told[-1] == (len(DATA), len(DATA))
    assert [done for done, _ in told] == sorted({done for done, _ in told})


def test_a_file_that_is_there_isnt_downloaded_again(server, fetch) -> None:
    fetch()
    path, told = fetch()
    assert path.read_bytes() == DATA
    assert told == []
    assert len(server.requests) == 1


def test_a_cut_connection_goes_on_where_it_stopped(server, fetch, caplog) -> None:
    server.cuts = [1_000_000, 500_000]
    path, told = fetch()
    assert path.read_bytes() == DATA
    assert ranges(server) == [None, "bytes=1000000-", "bytes=1500000-"]
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert "broke off at 1.0 of 3.0 MB; trying again" in caplog.messages[0]


def test_a_stalled_connection_counts_as_cut(server, fetch, monkeypatch) -> None:
    monkeypatch.setattr(module, "_TIMEOUT", 0.2)
    server.flow.clear()
    told = 0

    def go_on(wait):
        nonlocal told
        told += 1
        server.flow.set()

    monkeypatch.setattr(module, "time", SimpleNamespace(sleep=go_on))
    assert fetch()[0].read_bytes() == DATA
    assert told == 1
    assert ranges(server) == [None, "bytes=1500000-"]


def test_tries_are_counted_and_the_next_run_goes_on(server, fetch, tmp_path) -> None:
    server.cuts = [100_000] * 4
    with pytest.raises(DownloadError, match=r"0\.4 of 3\.0 MB; .*HTTPS_PROXY.*run the command"):
        fetch()
    assert len(server.requests) == 4
    assert left(tmp_path) == ["part", "version"]
    path, told = fetch()
    assert path.read_bytes() == DATA
    assert ranges(server)[-1] == "bytes=400000-"
    assert told[0][0] > 400_000
    assert left(tmp_path) == ["pth"]


def test_a_killed_process_leaves_what_the_next_one_goes_on_with(server, fetch, tmp_path) -> None:
    server.flow.clear()
    code = (
        "import sys\nfrom pathlib import Path\nfrom styleplug.runtime.download import download\n"
        "download(sys.argv[1], Path(sys.argv[2]), lambda done, total: print(done, flush=True))"
    )
    command = [sys.executable, "-c", code, server.address, str(tmp_path / "new" / "folder")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while int(process.stdout.readline()) < 1_000_000:
            pass
        process.kill()
    server.flow.set()
    assert fetch()[0].read_bytes() == DATA
    start = int(ranges(server)[-1].removeprefix("bytes=").removesuffix("-"))
    # Some of what was told may have been in the killed process's buffer.
    assert 500_000 < start <= 1_500_000


def test_a_server_without_ranges_sends_all_anew(server, fetch) -> None:
    server.ranges = False
    server.cuts = [1_000_000]
    assert fetch()[0].read_bytes() == DATA
    assert ranges(server) == [None, "bytes=1000000-"]


def test_a_file_that_changed_between_two_tries_is_taken_whole(server, fetch) -> None:
    server.cuts = [100_000] * 4
    with pytest.raises(DownloadError):
        fetch()
    server.data, server.etag = DATA[::-1], '"second"'
    assert fetch()[0].read_bytes() == DATA[::-1]


def test_without_a_version_nothing_is_put_together(server, fetch, monkeypatch) -> None:
    server.etag = 'W/"weak"'
    server.cuts = [1_000_000]
    assert fetch()[0].read_bytes() == DATA
    assert ranges(server) == [None, None]


@pytest.mark.parametrize("damage", [b"", bytes(7), b'"first"\r\nX: y'])
def test_a_damaged_record_of_the_version_is_ignored(server, fetch, tmp_path, damage) -> None:
    server.cuts = [1_000_000, 0, 0, 0]
    with pytest.raises(DownloadError):
        fetch()
    [record] = (tmp_path / "new" / "folder").glob("*.version")
    record.write_bytes(damage)
    assert fetch()[0].read_bytes() == DATA
    assert ranges(server)[-1] is None


def test_more_than_the_server_has_is_thrown_away(server, fetch, tmp_path) -> None:
    server.cuts = [2_000_000, 0, 0, 0]
    with pytest.raises(DownloadError):
        fetch()
    server.statuses = [416]
    assert fetch()[0].read_bytes() == DATA
    assert ranges(server)[-2:] == ["bytes=2000000-", None]


@pytest.mark.parametrize("status", [404, 403])
def test_a_refusal_is_final(server, fetch, status) -> None:
    server.statuses = [status]
    with pytest.raises(DownloadError, match=rf"{status}.*--from") as caught:
        fetch()
    assert caught.value.address == server.address
    assert len(server.requests) == 1


def test_a_server_in_trouble_is_asked_again(server, fetch) -> None:
    server.statuses = [503, 429]
    assert fetch()[0].read_bytes() == DATA


def test_without_a_network_the_message_says_so(fetch, tmp_path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(DownloadError, match=r"can't be reached \(.*refused.*HTTPS_PROXY"):
            fetch(f"http://127.0.0.1:{port}/vgg19.pth")
    assert left(tmp_path) == []


def test_a_proxy_is_used_where_the_environment_names_one(server, fetch, monkeypatch) -> None:
    monkeypatch.setenv("http_proxy", server.base)
    monkeypatch.setenv("no_proxy", "")
    address = "http://weights.example/models/vgg19.pth"
    assert fetch(address)[0].read_bytes() == DATA
    assert server.requests == [(address, None)]


def test_a_proxy_that_is_none_is_an_error(fetch, monkeypatch) -> None:
    monkeypatch.setenv("http_proxy", "http://[nonsense")
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(DownloadError, match="HTTPS_PROXY"):
        fetch()


def test_too_small_a_disk_is_told_before_the_download(server, fetch, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=2_000_000))
    with pytest.raises(DownloadError, match=r"3 MB .*only 2; .*STYLEPLUG_CACHE_DIR"):
        fetch()
    assert len(server.requests) == 1
    assert "part" not in left(tmp_path)


def test_a_disk_that_fills_up_loses_nothing(server, small_disk, monkeypatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=10**9))
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1_500_000))
    with pytest.raises(DownloadError, match=r"can't be written \(No space left"):
        download(server.address, small_disk, lambda done, total: None)
    ballast.unlink()
    path = download(server.address, small_disk, lambda done, total: None)
    assert hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(DATA).digest()
    assert ranges(server)[-1].startswith("bytes=")


def test_a_folder_that_cant_be_made_is_named(server, tmp_path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DownloadError, match=r"file.*can't be written.*STYLEPLUG_CACHE_DIR"):
        download(server.address, tmp_path / "file" / "downloads", lambda done, total: None)


def test_what_is_discarded_is_gone(server, fetch, tmp_path) -> None:
    folder = tmp_path / "new" / "folder"
    assert not discard(server.address, folder)
    server.cuts = [100_000] * 4
    with pytest.raises(DownloadError):
        fetch()
    assert discard(server.address, folder)
    assert left(tmp_path) == []
    fetch()
    assert discard(server.address, folder)
    assert left(tmp_path) == []
