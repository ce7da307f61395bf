"""What programs share that have styleplug's service do the pictures of a photo library: HTTP, a
picture filtered or painted, and the options that say how."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import secrets
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

MARK = "-styleplug"
"""Ends the names of what is uploaded: a workflow that begins with each new asset isn't to begin
again with these."""
MOST_BYTES = 256 * 10**6
_SECONDS = 60


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


def painted(studio: Server, recipe: Mapping[str, Any], name: str, data: bytes) -> tuple[bytes, str]:
    """What the service makes of a picture, and the ending of its name.

    Args:
        studio: the service.
        recipe: of the job, as its interface has it, without the photograph.
        name, data: of the picture's file.

    Raises:
        AdapterError: it makes nothing of it.
    """
    upload = studio.send("/api/v1/uploads", ("file", name, data), {})["id"]
    try:
        recipe = {**recipe, "photo": upload}
        job = studio.ask_json("POST", "/api/v1/jobs", recipe)
        address = f"/api/v1/jobs/{job['id']}"
        try:
            while job["state"] in ("queued", "running"):
                time.sleep(1)
                job = studio.ask_json("GET", address)
            if "result" not in job:
                reason = job.get("error", {}).get("message", "it was stopped")
                raise AdapterError(f"{name}: {reason}")
            suffix = {"jpeg": ".jpg"}.get(job["result"]["format"], f".{job['result']['format']}")
            return studio.ask("GET", f"{address}/result"), suffix
        finally:
            studio.ask("DELETE", address)
    finally:
        studio.ask("DELETE", f"/api/v1/uploads/{upload}")


class Doer(Protocol):
    """Fetches a picture by its id, has it painted, and brings it back."""

    def do(self, id: str, /) -> str | None:
        """The new one's name or id; None where it is left out."""


def done_or_said(doer: Doer, id: str) -> bool:
    """Do a picture, and say what became of it; whether it went well."""
    try:
        new = doer.do(id)
    except (AdapterError, KeyError, TypeError, ValueError) as error:
        print(f"{id}: {error}", file=sys.stderr, flush=True)
        return False
    print(f"{id}: {'left out' if new is None else new}", flush=True)
    return True


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that say where the service is, and what it is to do."""
    parser.add_argument("--studio", default="http://127.0.0.1:8571", metavar="URL")
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--filter", metavar="NAME", help="as of `styleplug filter`")
    how.add_argument("--style", metavar="NAME", help="as `styleplug styles list` has it")
    parser.add_argument(
        "--option", action="append", default=[], metavar="NAME=VALUE", help="such as strength=0.8"
    )


def service_of(given: argparse.Namespace) -> Server:
    """The service that the options name."""
    return Server("styleplug", base(given.studio), ("Authorization", f"Bearer {_token()}"))


def recipe_of(given: argparse.Namespace) -> dict[str, Any]:
    """The recipe that they say; values are JSON, or texts."""
    values: dict[str, Any] = {}
    for option in given.option:
        name, _, text = option.partition("=")
        try:
            values[name] = json.loads(text)
        except ValueError:
            values[name] = text
    if given.filter is not None:
        return {"kind": "filter", "filter": given.filter, "options": values}
    return {"kind": "stylize", "paintings": [{"style": given.style}], "options": values}


def base(address: str) -> str:
    """An address without a path's end."""
    if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
        raise SystemExit(f"{address} is no address; it must begin with http:// or https://")
    return address.rstrip("/")


def secret(variable: str) -> str:
    """What a variable of the environment says."""
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
