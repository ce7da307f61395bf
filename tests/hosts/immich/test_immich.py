"""The adapter for Immich, between a real service of ours and a stand-in for Immich's."""

from __future__ import annotations

import http.client
import io
import json
import threading
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import styleplug_immich
from PIL import Image
from studio_client import StudioClient, encoded
from styleplug_immich import Adapter, Server

pytest.importorskip("starlette", reason="the extra studio isn't installed")

KEY, SECRET = "a key of Immich's", "a secret of the webhook's"
PHOTO = "11111111-2222-3333-4444-555555555555"
VIDEO = "21111111-2222-3333-4444-555555555555"
DATES = {"fileCreatedAt": "2024-05-01T10:00:00.000Z", "fileModifiedAt": "2024-05-02T10:00:00.000Z"}


class StandIn(ThreadingHTTPServer):
    """Answers as Immich's published API does, as far as the adapter asks it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), StandInHandler)
        self.assets: dict[str, dict[str, Any]] = {
            PHOTO: {"type": "IMAGE", "originalFileName": "Été 1.JPG", **DATES},
            VIDEO: {"type": "VIDEO", "originalFileName": "a.mp4", **DATES},
        }
        self.files = {PHOTO: encoded(48, 32, format="JPEG")}
        self.stacks: list[list[str]] = []
        self.fields: dict[str, str] = {}
        self.changed = threading.Event()
        self.address = f"http://127.0.0.1:{self.server_port}"


class StandInHandler(BaseHTTPRequestHandler):
    server: StandIn

    def do_GET(self) -> None:
        _, api, kind, id, *rest = self.path.split("/")
        assert (api, kind) == ("api", "assets")
        if not self._is_allowed() or id not in self.server.assets:
            self._answer(401 if not self._is_allowed() else 400, b'{"message": "Not found"}')
        elif rest == ["original"]:
            self._answer(200, self.server.files[id])
        else:
            self._answer(200, json.dumps({"id": id, **self.server.assets[id]}).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._is_allowed():
            self._answer(401, b"{}")
        elif self.path == "/api/stacks":
            self.server.stacks.append(json.loads(body)["assetIds"])
            self._answer(201, b'{"id": "a stack"}')
            self.server.changed.set()
        else:
            assert self.path == "/api/assets"
            self._answer(201, json.dumps({"id": self._taken(body), "status": "created"}).encode())

    def _taken(self, body: bytes) -> str:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        id = f"91111111-2222-3333-4444-{len(self.server.files):012}"
        for part in message_from_bytes(head + body, policy=HTTP).iter_parts():
            name = part.get_param("name", header="content-disposition")
            if name == "assetData":
                self.server.files[id] = part.get_payload(decode=True)
                known = {"type": "IMAGE", "originalFileName": part.get_filename(), **DATES}
                self.server.assets[id] = known
            else:
                self.server.fields[str(name)] = part.get_payload(decode=True).decode().strip()
        return id

    def _is_allowed(self) -> bool:
        return self.headers["x-api-key"] == KEY

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioClient]:
    client = StudioClient(tmp_path_factory.mktemp("data"), environment={"OMP_NUM_THREADS": "1"})
    yield client
    client.end()


@pytest.fixture
def immich() -> Iterator[StandIn]:
    with StandIn() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def adapter(studio: StudioClient, immich: StandIn) -> Adapter:
    return Adapter(
        Server("Immich", immich.address, ("x-api-key", KEY)),
        Server("styleplug", studio.address, ("Authorization", f"Bearer {studio.token}")),
        {"kind": "filter", "filter": "udnie", "options": {"strength": 0.5}},
    )


@pytest.mark.slow
def test_an_asset_is_filtered_and_stacked_under_its_original(adapter, immich, studio):
    new = adapter.do(PHOTO)
    assert immich.stacks == [[PHOTO, new]], "the first is on top"
    assert immich.assets[new]["originalFileName"] == "Été 1-styleplug.jpg"
    with Image.open(io.BytesIO(immich.files[new])) as image:
        assert (image.format, image.size) == ("JPEG", (48, 32))
    assert immich.files[new] != immich.files[PHOTO]
    assert {name: immich.fields[name] for name in DATES} == DATES
    assert adapter.do(new) is None, "or a workflow would never end"
    assert adapter.do(VIDEO) is None
    assert studio.get("/api/v1/jobs").json == {"jobs": []}, "nothing is left in the service"
    assert studio.get("/api/v1/uploads").json == {"uploads": []}


@pytest.mark.slow
def test_the_webhook_takes_what_brings_its_secret(adapter, immich):
    with styleplug_immich.Webhook("127.0.0.1", 0, adapter, SECRET) as hook:
        threading.Thread(target=hook.serve_forever, args=(0.01,), daemon=True).start()

        def send(message: object, secret: str) -> int:
            connection = http.client.HTTPConnection("127.0.0.1", hook.server_port, timeout=60)
            headers = {"X-Styleplug-Secret": secret}
            connection.request("POST", "/", json.dumps(message), headers)
            status = connection.getresponse().status
            connection.close()
            return status

        assert send({"asset": {"id": PHOTO}}, "wrong") == 403
        assert send({"asset": {"id": "../../etc"}}, SECRET) == 422
        assert send([], SECRET) == 422
        assert not immich.stacks
        assert send({"asset": {"id": PHOTO}, "type": "AssetV1"}, SECRET) == 202
        assert immich.changed.wait(60)
        hook.shutdown()


@pytest.mark.parametrize(
    "message",
    [
        {"id": PHOTO, "originalFileName": "a.jpg"},
        {"asset": {"id": PHOTO}},
        {"data": {"asset": {"id": PHOTO}}},
        {"assetId": PHOTO},
    ],
)
def test_an_assets_id_is_found_in_the_message(message):
    assert styleplug_immich.asset_in(json.dumps(message).encode()) == PHOTO


def test_what_goes_wrong_is_said_with_the_servers_name(immich, capsys):
    nobody = Server("styleplug", "http://127.0.0.1:1", ("Authorization", "x"))
    wrong = Server("Immich", immich.address, ("x-api-key", "wrong"))
    right = Server("Immich", immich.address, ("x-api-key", KEY))
    for server, words in ((wrong, "Immich answers"), (right, "styleplug at http://127.0.0.1:1")):
        adapter = Adapter(server, nobody, {})
        assert not styleplug_immich.done_or_said(adapter, PHOTO)
        assert words in capsys.readouterr().err
    assert not styleplug_immich.done_or_said(adapter, "../../users")
    assert "no asset's id" in capsys.readouterr().err
