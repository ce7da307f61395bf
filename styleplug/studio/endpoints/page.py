"""The page: its files, and the way in."""

from __future__ import annotations

import html
from collections.abc import Mapping
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from styleplug.studio.access import OWNER_COOKIE, Access, session_cookie
from styleplug.studio.endpoints.asking import caller_of, service_of
from styleplug.studio.invitations import accept
from styleplug.studio.problems import Problem, not_found
from styleplug.studio.security import Address, cookies_of, unauthorised

FOLDER = Path(__file__).parents[1] / "page"
TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
"""The files of a page that are served, by their endings, whatever this machine takes them for."""
_META = '<meta name="styleplug-token" content="'
_YEAR = 365 * 24 * 3600


async def entrance(request: Request) -> Response:
    """The page, for a browser that was let in; for one that brings a token or the password, its
    cookies."""
    access: Access = request.app.state.access
    given = request.query_params.get("token")
    if given is not None:
        service = service_of(request)
        photographs = accept(service.store.folder, given)
        if photographs is None and not access.is_token(given):
            raise Problem(
                403,
                "token",
                "this address has been used or is old: each start of the service has its own;"
                " run styleplug studio again",
            )
        await service.open_photographs(photographs or ())
        return _admitted(request, RedirectResponse("/", 303))
    caller = caller_of(request)
    if caller is not None and caller.session is not None:
        return HTMLResponse(_page(access.page_token(caller.session)))
    if not access.has_password:
        raise unauthorised()
    if access.is_basic(request.headers.get("authorization", "")):
        return _admitted(request, RedirectResponse("/", 303))
    problem = unauthorised()
    problem.headers["WWW-Authenticate"] = 'Basic realm="styleplug", charset="UTF-8"'
    raise problem


def _admitted(request: Request, response: Response) -> Response:
    """A response that lets the browser in, which takes over what the command line named."""
    access: Access = request.app.state.access
    address: Address = request.app.state.address
    session = access.admit(cookies_of(request.headers))
    service_of(request).adopt(session.owner)
    _set_cookie(response, OWNER_COOKIE, session.secret, _YEAR)
    _set_cookie(response, session_cookie(address.port), access.admission(session.secret), None)
    return response


def _set_cookie(response: Response, name: str, value: str, seconds: int | None) -> None:
    response.set_cookie(name, value, max_age=seconds, path="/", httponly=True, samesite="strict")


def _page(token: str) -> str:
    """The page with its session's token in it."""
    text = (FOLDER / "index.html").read_text("utf-8")
    return text.replace(_META, f"{_META}{html.escape(token)}", 1)


async def file(request: Request) -> Response:
    """A file of the page, by its name or, in a folder, its path."""
    known = _files()
    path = known.get(request.path_params["path"])
    if path is None:
        raise not_found("file")
    headers = {"Content-Type": TYPES[path.suffix], "Cache-Control": "no-cache"}
    return Response(path.read_bytes(), headers=headers)


def _files() -> dict[str, Path]:
    """All that is served, by path: what is asked for is looked up, and never opened as it is."""
    return {
        path.relative_to(FOLDER).as_posix(): path
        for path in FOLDER.rglob("*")
        if path.suffix in TYPES and path.is_file() and path.name != "index.html"
    }
