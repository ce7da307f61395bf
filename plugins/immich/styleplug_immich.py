"""Immich and styleplug: an asset is filtered or painted, and stacked with its original.

A program of its own, of Python's standard library alone: give it the ids of assets, or let it
listen for the webhook of an Immich workflow. README.md, beside this file, says how.
"""

from __future__ import annotations

import argparse
import hmac
import json
import queue
import re
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePath
from typing import Any

from styleplug_service import (
    MARK,
    AdapterError,
    Server,
    add_options,
    base,
    done_or_said,
    painted,
    recipe_of,
    secret,
    service_of,
)

_LONGEST_MESSAGE = 10**6
_MOST_WAITING = 1000
_ASSET = re.compile(r"[0-9a-fA-F-]{36}")


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
        result, suffix = painted(self.studio, self.recipe, name.name, original)
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


def main(arguments: list[str] | None = None) -> int:
    """Do the assets that are named, or listen."""
    parser = argparse.ArgumentParser(
        description="Filter or paint assets of Immich, and stack them with the originals.",
        epilog="IMMICH_API_KEY, STYLEPLUG_TOKEN (the token, or the password, of `styleplug serve`)"
        " and, with --listen, WEBHOOK_SECRET are read from the environment.",
    )
    parser.add_argument("assets", nargs="*", metavar="ASSET", help="an asset's id")
    parser.add_argument("--immich", required=True, metavar="URL", help="such as http://nas:2283")
    add_options(parser)
    parser.add_argument("--listen", metavar="HOST:PORT", help="for the webhook of a workflow")
    given = parser.parse_args(arguments)
    if bool(given.assets) == bool(given.listen):
        parser.error("give either assets or --listen")
    adapter = Adapter(
        Server("Immich", base(given.immich), ("x-api-key", secret("IMMICH_API_KEY"))),
        service_of(given),
        recipe_of(given),
    )
    if not given.listen:
        failed = [asset for asset in given.assets if not done_or_said(adapter, asset)]
        return 1 if failed else 0
    host, _, port = given.listen.rpartition(":")
    with Webhook(host or "127.0.0.1", int(port), adapter, secret("WEBHOOK_SECRET")) as server:
        print(f"listening at {server.server_address[0]!s}:{server.server_port}", flush=True)
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
