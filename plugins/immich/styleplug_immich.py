"""Immich and styleplug: an asset is filtered or painted, and stacked with its original.

A program of its own, of Python's standard library alone: give it the ids of assets, or let it
listen for the webhook of an Immich workflow. README.md, beside this file, says how.
"""

from __future__ import annotations

import argparse
import hmac
import http.client
import json
import os
import queue
import re
import secrets
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePath
from typing import Any

MARK = "-styleplug"
"""Ends the names of what is uploaded: a workflow that begins with each new asset isn't to begin
again with these."""
MOST_BYTES = 256 * 10**6
_SECONDS = 60
_LONGEST_MESSAGE = 10**6
_MOST_WAITING = 1000
_ASSET = re.compile(r"[0-9a-fA-F-]{36}")


class AdapterError(Exception):
    """An asset can't be done; the message is for people."""


@dataclass(frozen=True)
class Server:
    """A server of HTTP, and the header by which it knows this program."""

    name: str
    address: str
    header: tuple[str, str]

    def ask(
        self, method: str, path: str, body: bytes | None = None, kind: str = "application/json"
    ) -> bytes:
        """The body of the answer.

        Raises:
            AdapterError: there is none, or it says that something is wrong.
        """
        headers = dict([self.header]) | ({"Content-Type": kind} if body is not None else {})
        request = urllib.request.Request(
            f"{self.address}{path}", data=body, headers=headers, method=method
        )
        try:
            with _OPENER.open(request, timeout=_SECONDS) as answer:
                data: bytes = answer.read(MOST_BYTES + 1)
        except urllib.error.HTTPError as error:
            said = error.read(500).decode(errors="replace")
            raise AdapterError(
                f"{self.name} answers {method} {path} with {error.code}: {said}"
            ) from error
        except (OSError, http.client.HTTPException) as error:
            raise AdapterError(
                f"{self.name} at {self.address} can't be reached ({error})"
            ) from error
        if len(data) > MOST_BYTES:
            raise AdapterError(f"{self.name} sends more than {MOST_BYTES // 10**6} MB")
        return data

    def ask_json(self, method: str, path: str, body: object = None) -> Any:
        """The same, of JSON."""
        data = self.ask(method, path, None if body is None else json.dumps(body).encode())
        try:
            return json.loads(data)
        except ValueError as error:
            raise AdapterError(f"{self.name} answers {method} {path} with no JSON") from error

    def send(self, path: str, file: tuple[str, str, bytes], fields: Mapping[str, str]) -> Any:
        """Send a form with a file, given as field, name and content, and other fields."""
        field, name, content = file
        boundary = secrets.token_hex(16)
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in fields.items()
        ]
        safe = re.sub(r'[\x00-\x1f"\\]', "_", name)
        parts.append(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{safe}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        body = "".join(parts).encode() + content + f"\r\n--{boundary}--\r\n".encode()
        answer = self.ask("POST", path, body, f"multipart/form-data; boundary={boundary}")
        return json.loads(answer)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A key is sent to the server that it is for, and to no other."""

    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirects)


@dataclass(frozen=True)
class Adapter:
    """What is done to each asset.

    Args:
        immich, studio: the servers.
        recipe: of the job, as the service's interface has it, without the photograph.
    """

    immich: Server
    studio: Server
    recipe: Mapping[str, Any]

    def do(self, asset: str) -> str | None:
        """Filter or paint an asset, and stack the result with it.

        Returns:
            The new asset's id; None for one that isn't to be done.

        Raises:
            AdapterError: it can't be done.
        """
        if not _ASSET.fullmatch(asset):
            raise AdapterError(f"{asset[:50]!r} is no asset's id")
        about = self.immich.ask_json("GET", f"/api/assets/{asset}")
        name = PurePath(about["originalFileName"])
        if about.get("type", "IMAGE") != "IMAGE" or name.stem.endswith(MARK):
            return None
        original = self.immich.ask("GET", f"/api/assets/{asset}/original")
        result, suffix = self._painted(name.name, original)
        new = f"{name.stem}{MARK}{suffix}"
        # The time is the original's, so that both lie beside each other in the timeline.
        fields = {
            "deviceAssetId": f"styleplug-{asset}",
            "deviceId": "styleplug",
            "fileCreatedAt": about["fileCreatedAt"],
            "fileModifiedAt": about["fileModifiedAt"],
        }
        uploaded: str = self.immich.send("/api/assets", ("assetData", new, result), fields)["id"]
        self.immich.ask_json("POST", "/api/stacks", {"assetIds": [asset, uploaded]})
        return uploaded

    def _painted(self, name: str, data: bytes) -> tuple[bytes, str]:
        """What the service makes of a picture, and the ending of its name."""
        upload = self.studio.send("/api/v1/uploads", ("file", name, data), {})["id"]
        try:
            recipe = {**self.recipe, "photo": upload}
            job = self.studio.ask_json("POST", "/api/v1/jobs", recipe)
            address = f"/api/v1/jobs/{job['id']}"
            try:
                while job["state"] in ("queued", "running"):
                    time.sleep(1)
                    job = self.studio.ask_json("GET", address)
                if "result" not in job:
                    reason = job.get("error", {}).get("message", "it was stopped")
                    raise AdapterError(f"{name}: {reason}")
                suffix = {"jpeg": ".jpg"}.get(
                    job["result"]["format"], f".{job['result']['format']}"
                )
                return self.studio.ask("GET", f"{address}/result"), suffix
            finally:
                self.studio.ask("DELETE", address)
        finally:
            self.studio.ask("DELETE", f"/api/v1/uploads/{upload}")


class Webhook(ThreadingHTTPServer):
    """Hears of assets, and has them done one after another.

    Args:
        host, port: where to listen.
        adapter: that does them.
        secret: that Immich sends in the header `X-Styleplug-Secret`.
    """

    daemon_threads = True

    def __init__(self, host: str, port: int, adapter: Adapter, secret: str) -> None:
        super().__init__((host, port), _Handler)
        self.secret = secret
        self.assets: queue.Queue[str] = queue.Queue(_MOST_WAITING)
        threading.Thread(target=self._work, args=(adapter,), daemon=True).start()

    def _work(self, adapter: Adapter) -> None:
        while True:
            done_or_said(adapter, self.assets.get())


class _Handler(BaseHTTPRequestHandler):
    server: Webhook
    timeout = 20

    def do_POST(self) -> None:
        given = self.headers.get("X-Styleplug-Secret", "")
        length = self.headers.get("Content-Length", "")
        if not hmac.compare_digest(given.encode(), self.server.secret.encode()):
            self._answer(403)
        elif not length.isdecimal() or int(length) > _LONGEST_MESSAGE:
            self._answer(413)
        else:
            self._take(self.rfile.read(int(length)))

    def _take(self, message: bytes) -> None:
        asset = asset_in(message)
        if asset is None:
            self._answer(422)
            return
        try:
            self.server.assets.put_nowait(asset)
        except queue.Full:
            self._answer(503)
        else:
            self._answer(202)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of each request."""


def asset_in(message: bytes) -> str | None:
    """The asset's id in a webhook's message: the asset itself, or an object that has it."""
    try:
        said = json.loads(message)
        asset = said.get("asset") or said.get("data", {}).get("asset") or said
        id = asset.get("id") or asset.get("assetId")
    except (ValueError, AttributeError, RecursionError):
        return None
    return id if isinstance(id, str) and _ASSET.fullmatch(id) else None


def done_or_said(adapter: Adapter, asset: str) -> bool:
    """Do an asset, and say what became of it; whether it went well."""
    try:
        new = adapter.do(asset)
    except (AdapterError, KeyError, TypeError, ValueError) as error:
        print(f"{asset}: {error}", file=sys.stderr, flush=True)
        return False
    print(f"{asset}: {'left out' if new is None else new}", flush=True)
    return True


def main(arguments: list[str] | None = None) -> int:
    """Do the assets that are named, or listen."""
    parser = argparse.ArgumentParser(
        description="Filter or paint assets of Immich, and stack them with the originals.",
        epilog="IMMICH_API_KEY, STYLEPLUG_TOKEN (the token, or the password, of `styleplug serve`)"
        " and, with --listen, WEBHOOK_SECRET are read from the environment.",
    )
    parser.add_argument("assets", nargs="*", metavar="ASSET", help="an asset's id")
    parser.add_argument("--immich", required=True, metavar="URL", help="such as http://nas:2283")
    parser.add_argument("--studio", default="http://127.0.0.1:8571", metavar="URL")
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--filter", metavar="NAME", help="as of `styleplug filter`")
    how.add_argument("--style", metavar="NAME", help="as `styleplug styles list` has it")
    parser.add_argument(
        "--option", action="append", default=[], metavar="NAME=VALUE", help="such as strength=0.8"
    )
    parser.add_argument("--listen", metavar="HOST:PORT", help="for the webhook of a workflow")
    given = parser.parse_args(arguments)
    if bool(given.assets) == bool(given.listen):
        parser.error("give either assets or --listen")
    adapter = Adapter(
        Server("Immich", _base(given.immich), ("x-api-key", _secret("IMMICH_API_KEY"))),
        Server("styleplug", _base(given.studio), ("Authorization", f"Bearer {_token()}")),
        _recipe(given.filter, given.style, given.option),
    )
    if not given.listen:
        failed = [asset for asset in given.assets if not done_or_said(adapter, asset)]
        return 1 if failed else 0
    host, _, port = given.listen.rpartition(":")
    with Webhook(host or "127.0.0.1", int(port), adapter, _secret("WEBHOOK_SECRET")) as server:
        print(f"listening at {server.server_address[0]!s}:{server.server_port}", flush=True)
        server.serve_forever()
    return 0


def _base(address: str) -> str:
    """An address without a path's end."""
    if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
        raise SystemExit(f"{address} is no address; it must begin with http:// or https://")
    return address.rstrip("/")


def _secret(variable: str) -> str:
    value = os.environ.get(variable, "")
    if not value:
        raise SystemExit(f"set {variable} in the environment")
    return value


def _token() -> str:
    """That of the service: from the environment, or from what a service of this user has left."""
    if value := os.environ.get("STYLEPLUG_TOKEN"):
        return value
    folder = os.environ.get("STYLEPLUG_DATA_DIR")
    if folder and (word := Path(folder) / "studio" / "service.json").exists():
        token: str = json.loads(word.read_text("utf-8"))["token"]
        return token
    raise SystemExit("set STYLEPLUG_TOKEN in the environment")


def _recipe(filter: str | None, style: str | None, options: list[str]) -> dict[str, Any]:
    """The job's recipe; values are JSON, or texts."""
    values: dict[str, Any] = {}
    for option in options:
        name, _, text = option.partition("=")
        try:
            values[name] = json.loads(text)
        except ValueError:
            values[name] = text
    if filter is not None:
        return {"kind": "filter", "filter": filter, "options": values}
    return {"kind": "stylize", "paintings": [{"style": style}], "options": values}


if __name__ == "__main__":
    sys.exit(main())
