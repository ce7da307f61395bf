"""The application: which address is answered by what, behind the gate."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

import styleplug
from styleplug.studio.access import Access
from styleplug.studio.endpoints import choices, jobs, page, uploads
from styleplug.studio.openapi import document
from styleplug.studio.problems import Problem
from styleplug.studio.security import Address, Gate, answer
from styleplug.studio.service import Service

API = "/api/v1"


async def openapi(request: Request) -> Response:
    """The description of the interface for programs."""
    return JSONResponse(document(styleplug.__version__))


ROUTES = (
    Route(f"{API}/health", choices.health, methods=["GET"]),
    Route(f"{API}/openapi.json", openapi, methods=["GET"]),
    Route(f"{API}/catalogue", choices.catalogue, methods=["GET"]),
    Route(f"{API}/styles", choices.add_style, methods=["POST"]),
    Route(f"{API}/styles/{{id}}/thumbnail", choices.thumbnail, methods=["GET"]),
    Route(f"{API}/uploads", uploads.listed, methods=["GET"]),
    Route(f"{API}/uploads", uploads.add, methods=["POST"]),
    Route(f"{API}/uploads/{{id}}", uploads.described, methods=["GET"]),
    Route(f"{API}/uploads/{{id}}", uploads.remove, methods=["DELETE"]),
    Route(f"{API}/uploads/{{id}}/preview", uploads.preview, methods=["GET"]),
    Route(f"{API}/uploads/{{id}}/filters/{{name}}", uploads.filtered, methods=["GET"]),
    Route(f"{API}/masks/person", choices.person_mask, methods=["POST"]),
    Route(f"{API}/jobs", jobs.listed, methods=["GET"]),
    Route(f"{API}/jobs", jobs.add, methods=["POST"]),
    Route(f"{API}/jobs/{{id}}", jobs.described, methods=["GET"]),
    Route(f"{API}/jobs/{{id}}", jobs.remove, methods=["DELETE"]),
    Route(f"{API}/jobs/{{id}}/events", jobs.events, methods=["GET"]),
    Route(f"{API}/jobs/{{id}}/stop", jobs.stop, methods=["POST"]),
    Route(f"{API}/jobs/{{id}}/preview", jobs.preview, methods=["GET"]),
    Route(f"{API}/jobs/{{id}}/result", jobs.result, methods=["GET"]),
    Route(f"{API}/jobs/{{id}}/save", jobs.save, methods=["POST"]),
    Route("/", page.entrance, methods=["GET"]),
    Route("/{path:path}", page.file, methods=["GET"]),
)
"""All addresses; `openapi.py` describes those of the interface, and a test compares."""


def application(service: Service, access: Access, address: Address) -> ASGIApp:
    """What a server runs: it begins and ends the service with itself."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with service.running():
            yield

    app = Starlette(
        routes=ROUTES,
        lifespan=lifespan,
        exception_handlers={
            Problem: _problem,
            HTTPException: _http_problem,
            ClientDisconnect: _farewell,
            Exception: _failure,
        },
    )
    app.router.redirect_slashes = False
    app.state.service, app.state.access, app.state.address = service, access, address
    app.state.turns = WeakValueDictionary[str, asyncio.Semaphore]()  # of each owner's uploads
    gate = Gate(app, access, address, service.limits)

    async def entry(scope: Scope, receive: Receive, send: Send) -> None:
        await (app if scope["type"] == "lifespan" else gate)(scope, receive, send)

    return entry


async def _problem(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    return answer(problem)


async def _http_problem(_: Request, error: Exception) -> Response:
    """Starlette's own: there is no such address, or not for this method."""
    assert isinstance(error, HTTPException)
    code = {404: "not-found", 405: "method"}.get(error.status_code, "request")
    problem = Problem(error.status_code, code, error.detail, headers=dict(error.headers or {}))
    return answer(problem)


async def _farewell(_: Request, error: Exception) -> Response:
    """The client has gone in the middle of its request: there is nobody to be answered."""
    return Response(status_code=400)


async def _failure(_: Request, error: Exception) -> Response:
    """An error of ours, of which the log has the rest."""
    return answer(Problem(500, "internal", "the service failed; its log says how"))
