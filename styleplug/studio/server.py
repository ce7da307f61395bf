"""The server: an HTTP server of uvicorn's, that gives up clients that hold it up."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from styleplug.errors import StyleplugError
from styleplug.studio.limits import Limits

_LONGEST_HEADERS = 32 * 1024


class Server(uvicorn.Server):
    """A server that tells where it listens once it does.

    Args:
        app: that it runs.
        host, port: where to listen; port 0 is any that is free.
        limits: of connections.
        on_listening: told the port, before the first request is answered.
        idle_seconds: after which it ends where nobody is connected; None for never.
        is_busy: whether there is work to do, with which it doesn't end.
    """

    def __init__(
        self,
        app: ASGIApp,
        host: str,
        port: int,
        limits: Limits,
        on_listening: Callable[[int], None],
        idle_seconds: float | None = None,
        is_busy: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host,
                port,
                http=type("Protocol", (PatientProtocol,), {"limits": limits}),
                ws="none",
                loop="asyncio",
                lifespan="on",
                access_log=False,
                log_config=None,
                server_header=False,
                date_header=False,
                proxy_headers=False,
                limit_concurrency=limits.connections,
                h11_max_incomplete_event_size=_LONGEST_HEADERS,
                timeout_keep_alive=int(limits.header_seconds),
                timeout_graceful_shutdown=1,
            )
        )
        self._on_listening = on_listening
        self._idle_seconds, self._is_busy = idle_seconds, is_busy
        self._used = time.monotonic()
        # What clients do wrong is told to them; whoever reads the log can do nothing about it.
        logging.getLogger("uvicorn.error").setLevel(logging.ERROR)

    def run_to_the_end(self) -> None:
        """Serve until a signal ends it.

        Raises:
            StyleplugError: it can't begin; the log says why.
        """
        try:
            self.run()
        except SystemExit as end:
            raise StyleplugError(
                f"the service can't listen at {self.config.host}, port {self.config.port}; choose"
                " another with --port"
            ) from end

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            [first, *_] = [socket for server in self.servers for socket in server.sockets]
            self._on_listening(first.getsockname()[1])

    async def on_tick(self, counter: int) -> bool:
        """Called ten times a second; True ends the server."""
        now = time.monotonic()
        if self.server_state.connections:
            self._used = now
        elif self._idle_seconds is not None and now - self._used > self._idle_seconds:
            if not self._is_busy():
                return True
            self._used = now
        return await super().on_tick(counter)


class PatientProtocol(H11Protocol):
    """uvicorn's protocol, with what it lacks: ends for those who connect and say nothing, and for
    those who take nothing of what they asked for."""

    limits = Limits()
    _deadline: asyncio.TimerHandle | None = None
    _stalled: asyncio.TimerHandle | None = None

    def connection_made(
        self,
        transport: asyncio.Transport,  # type: ignore[override]  # as uvicorn's own has it
    ) -> None:
        super().connection_made(transport)
        self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._deadline, self._stalled):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        # uvicorn's own timer for a connection that is used again ends with the first byte.
        if self._deadline is None and self._is_idle():
            self._await_request()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stalled = self.loop.call_later(self.limits.silence_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _await_request(self) -> None:
        """Give the client some time to say what it wants, however slowly it speaks."""
        self._deadline = self.loop.call_later(self.limits.header_seconds, self._end_if_silent)

    def _end_if_silent(self) -> None:
        self._deadline = None
        if self._is_idle():
            self.transport.abort()
