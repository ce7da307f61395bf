"""The gate that every request goes through before anything looks at it.

It asks, in this order: is it meant for this service (Host: a page of a stranger whose name suddenly
leads here is not, which is called DNS rebinding)? Does it come from one of our own pages, or from
no page at all (Origin, Sec-Fetch-Site)? Who sends it (`access.py`)? If it changes something, does
it bring what only our pages and programs know? It bounds bodies, in bytes and time, and puts the
headers on every answer that keep browsers from making more of it than it is.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from styleplug.studio.access import SERVICE, TOKEN_HEADER, Access, Session, same
from styleplug.studio.limits import Limits
from styleplug.studio.problems import Problem

SAFE = ("GET", "HEAD")
"""Methods that change nothing."""
OPEN_PATHS = ("/api/v1/health",)
"""What anybody may ask who reaches the service."""
ENTRANCE = "/"
"""Where browsers come in: it looks at the token in the address itself."""
UPLOADS_PATH = "/api/v1/uploads"
"""Where alone a large body may go."""
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
"""Scripts and styles of a page are files of ours, and nothing in it leads anywhere else."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_OWN_SITES = ("same-origin", "none")
_FRAME = 10_000
"""Bytes around a picture in a body of several parts."""


LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
"""How a machine is called by itself."""


@dataclass
class Address:
    """Where a service is reached.

    Args:
        port: of it.
        hosts: names and addresses, as browsers write them in Host, without a port.
        names: besides, as something that stands in front is reached: with a port, or without.
    """

    port: int = 0
    hosts: tuple[str, ...] = LOOPBACK
    names: tuple[str, ...] = ()

    def allows(self, host: str) -> bool:
        """Whether a Host header is one of this service's."""
        own = {f"{name}:{self.port}" for name in (*self.hosts, *self.names)}
        return host.lower() in own | {*self.names} | ({*self.hosts} if self.port == 80 else set())


@dataclass(frozen=True)
class Caller:
    """Who sends a request; a page's has a session."""

    owner: str
    session: Session | None = None


class Gate:
    """The application behind a gate.

    Args:
        app: what is behind it; `scope["state"]["caller"]` has who asks, None for nobody known.
        access: the secrets.
        address: of the service.
        limits: of bodies.
    """

    def __init__(self, app: ASGIApp, access: Access, address: Address, limits: Limits) -> None:
        self._app, self._access, self._address, self._limits = app, access, address, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        has_begun = False

        async def send_safely(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                _add_headers(message)
            await send(message)

        try:
            scope.setdefault("state", {})["caller"] = self._caller(scope)
            body = _Body(receive, scope, self._limits)
            await self._app(scope, body.receive, send_safely)
        except Problem as problem:
            if has_begun:
                raise
            await answer(problem)(scope, receive, send_safely)

    def _caller(self, scope: Scope) -> Caller | None:
        """Who sends a request that may go on.

        Raises:
            Problem: it may not.
        """
        headers = Headers(scope=scope)
        host = self._checked_host(headers)
        _check_source(headers, host, scope["path"])
        caller = self._identified(headers)
        path, method = scope["path"], scope["method"]
        if caller is None and path not in (*OPEN_PATHS, ENTRANCE):
            raise unauthorised()
        if method not in SAFE and caller is not None and caller.session is not None:
            expected = self._access.page_token(caller.session)
            if not same(headers.get(TOKEN_HEADER, ""), expected):
                raise Problem(403, "token", "the page's token is missing or old; load it again")
        return caller

    def _checked_host(self, headers: Headers) -> str:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._address.allows(hosts[0]):
            raise Problem(
                421,
                "host",
                "this service isn't reached by this name; use the address that it printed, or"
                " start it with --allow-host",
            )
        return hosts[0]

    def _identified(self, headers: Headers) -> Caller | None:
        authorization = headers.get("authorization", "")
        if self._access.is_bearer(authorization):
            return Caller(SERVICE)
        session = self._access.session(cookies_of(headers), self._address.port)
        return Caller(session.owner, session) if session else None


def cookies_of(headers: Headers) -> dict[str, str]:
    """The cookies of a request."""
    return cookie_parser("; ".join(headers.getlist("cookie")))


def answer(problem: Problem) -> JSONResponse:
    """The answer that says why a request isn't granted."""
    return JSONResponse(problem.as_json(), problem.status, problem.headers)


def unauthorised() -> Problem:
    """Nobody is known to have sent a request."""
    return Problem(
        401,
        "unauthorised",
        "this needs the token that was made when the service started: open the address that it"
        " printed, or send it as 'Authorization: Bearer TOKEN'",
    )


def _check_source(headers: Headers, host: str, path: str) -> None:
    """Make sure that a request comes from no page but ours; something in front may speak TLS.

    Raises:
        Problem: it doesn't.
    """
    origins = headers.getlist("origin")
    site = headers.get("sec-fetch-site", "none")
    is_link = path == ENTRANCE and headers.get("sec-fetch-mode") == "navigate"
    own = (f"http://{host}", f"https://{host}")
    if any(origin not in own for origin in origins) or not (site in _OWN_SITES or is_link):
        raise Problem(403, "origin", "pages of others may not use this service")


def _add_headers(message: Message) -> None:
    headers = MutableHeaders(raw=message["headers"])
    message["headers"] = headers.raw
    for name, value in HEADERS.items():
        headers[name] = value
    headers.setdefault("Cache-Control", "no-store")


class _Body:
    """A request's body: bounded in bytes, altogether in time, and in the time between two parts."""

    def __init__(self, receive: Receive, scope: Scope, limits: Limits) -> None:
        self._receive, self._limits = receive, limits
        is_upload = scope["path"] == UPLOADS_PATH
        self._most = limits.upload_bytes + _FRAME if is_upload else limits.message_bytes
        self._count, self._is_whole = 0, False
        self._until = asyncio.get_running_loop().time() + limits.upload_seconds
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length) > self._most:
            raise self._too_large()

    async def receive(self) -> Message:
        """The next part; raises `Problem` once there is too much of it, or it is too slow."""
        if self._is_whole:  # what comes next is that the client goes, whenever that is
            return await self._receive()
        now = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(min(self._limits.silence_seconds, self._until - now)):
                message = await self._receive()
        except TimeoutError:
            raise Problem(
                408, "too-slow", "the request took too long to arrive; send it again"
            ) from None
        self._count += len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        if self._count > self._most:
            raise self._too_large()
        return message

    def _too_large(self) -> Problem:
        return Problem(413, "too-large", f"at most {self._most / 1e6:.0f} MB are accepted here")
