"""The adapter for PhotoPrism, between a real service of ours and a stand-in for PhotoPrism's."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import styleplug_photoprism
from PIL import Image
from studio_client import StudioClient, encoded
from styleplug_photoprism import Adapter, Server, original_of

pytest.importorskip("starlette", reason="the extra studio isn't installed")

TOKEN, DOWNLOAD, USER = "an app password", "3k1x9w2z", "uqxetse3cy5eo9z2"
PHOTO = "pqbemz8276mhtobh"


def file(name: str, **other: Any) -> dict[str, Any]:
    """A file as PhotoPrism describes it."""
    usual = {"Hash": name, "Root": "/", "MediaType": "image", "Primary": False}
    return {"Name": f"2024/05/{name}", "OriginalName": name, **usual, **other}


class StandIn(ThreadingHTTPServer):
    """Answers as PhotoPrism's published API does, as far as the adapter asks it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), StandInHandler)
        files = [
            file("a.jpg", Root="sidecar", Primary=True),
            file("Été 1.JPG", Hash="2cad9168fa6a"),
        ]
        self.photos = {PHOTO: {"UID": PHOTO, "Files": files}}
        self.data = {"2cad9168fa6a": encoded(48, 32, format="JPEG")}
        self.sent: dict[str, tuple[str, bytes]] = {}
        self.taken_in: list[tuple[str, bytes, list[str]]] = []
        self.address = f"http://127.0.0.1:{self.server_port}"


class StandInHandler(BaseHTTPRequestHandler):
    server: StandIn

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        kind, *id = path.removeprefix("/api/v1/").split("/")
        if kind == "dl":
            is_allowed = query == f"t={DOWNLOAD}"
            self._answer(200 if is_allowed else 403, self.server.data[id[0]] if is_allowed else b"")
        elif self.headers["Authorization"] != f"Bearer {TOKEN}":
            self._answer(401, b'{"error": "Unauthorized"}')
        elif kind == "session":
            said = {"user": {"UID": USER}, "config": {"downloadToken": DOWNLOAD}}
            self._answer(200, json.dumps(said).encode())
        elif kind == "photos" and id[0] in self.server.photos:
            self._answer(200, json.dumps(self.server.photos[id[0]]).encode())
        else:
            self._answer(404, b'{"error": "Entity not found"}')

    def do_POST(self) -> None:
        assert self.path.startswith(f"/api/v1/users/{USER}/upload/")
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        [part] = message_from_bytes(head + body, policy=HTTP).iter_parts()
        assert part.get_param("name", header="content-disposition") == "files"
        self.server.sent[self.path] = part.get_filename(), part.get_payload(decode=True)
        self._answer(200, b'{"code": 200}')

    def do_PUT(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.taken_in.append((*self.server.sent.pop(self.path), said["albums"]))
        self._answer(200, b'{"code": 200}')

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def photoprism() -> Iterator[StandIn]:
    with StandIn() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.slow
def test_a_photograph_is_filtered_and_uploaded(photoprism, tmp_path, monkeypatch, capsys):
    studio = StudioClient(tmp_path / "data", environment={"OMP_NUM_THREADS": "1"})
    monkeypatch.setenv("PHOTOPRISM_TOKEN", TOKEN)
    monkeypatch.setenv("STYLEPLUG_TOKEN", studio.token)
    servers = ["--photoprism", photoprism.address, "--studio", studio.address]
    done = styleplug_photoprism.main([*servers, "--filter", "udnie", "--album", "Painted", PHOTO])
    assert (done, capsys.readouterr().out) == (0, f"{PHOTO}: Été 1-styleplug.jpg\n")
    [(name, data, albums)] = photoprism.taken_in
    assert (name, albums) == ("Été 1-styleplug.jpg", ["Painted"])
    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("JPEG", (48, 32))
    assert data != photoprism.data["2cad9168fa6a"]
    assert studio.get("/api/v1/jobs").json == {"jobs": []}, "nothing is left in the service"
    studio.end()


@pytest.mark.parametrize(
    ("files", "chosen"),
    [
        ([file("a.jpg"), file("b.jpg", Primary=True)], "b.jpg"),
        ([file("a.jpg", Primary=True, Root="sidecar"), file("a.dng", MediaType="raw")], "a.dng"),
        ([file("a.mp4", MediaType="video"), file("a.xmp", MediaType="sidecar")], None),
        ([file("a.jpg", Missing=True)], None),
        ([file("a.jpg"), file("a-styleplug.jpg")], None),
        ([], None),
    ],
)
def test_the_original_is_done_and_a_result_is_not_done_again(files, chosen):
    found = original_of({"Files": files})
    assert (found and found["OriginalName"]) == chosen


def test_what_goes_wrong_is_said_with_the_servers_name(photoprism, capsys):
    nobody = Server("styleplug", "http://127.0.0.1:1", ("Authorization", "x"))
    wrong = Server("PhotoPrism", photoprism.address, ("Authorization", "Bearer wrong"))
    right = Server("PhotoPrism", photoprism.address, ("Authorization", f"Bearer {TOKEN}"))
    for server, words in ((wrong, "PhotoPrism answers"), (right, "styleplug at http://127.0.0.1")):
        assert not styleplug_photoprism.done_or_said(Adapter(server, nobody, {}), PHOTO)
        assert words in capsys.readouterr().err
    for id in ("../../users", "pqbemz8276mhtobx"):
        assert not styleplug_photoprism.done_or_said(Adapter(right, nobody, {}), id)
    assert "no photograph's id" in capsys.readouterr().err
