"""What a client is told whose request can't be granted: a status of HTTP, a code and a text."""

from __future__ import annotations

from typing import Any

from styleplug.errors import ConfigError, ImageTooLargeError, StyleplugError


class Problem(Exception):
    """A request that isn't granted.

    Args:
        status: of HTTP, 4xx or 5xx.
        code: stable, for programs.
        message: for people, with what to do.
        field: of the request that is at fault, if it is one.
        headers: of the answer besides.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        field: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.status, self.code, self.message, self.field = status, code, message, field
        self.headers = headers or {}
        super().__init__(message)

    @classmethod
    def of(cls, error: StyleplugError) -> Problem:
        """What an error of styleplug's means to a client."""
        field = error.field if isinstance(error, ConfigError) else None
        return cls(status_of(error.code), error.code, str(error), field)

    def as_json(self) -> dict[str, Any]:
        """The body of the answer."""
        said = {"code": self.code, "message": self.message}
        return {"error": said | ({"field": self.field} if self.field else {})}


def not_found(what: str) -> Problem:
    """There is none of this id, or it is somebody else's: nobody can tell which."""
    return Problem(404, "not-found", f"there is no such {what}, or no longer")


def wrong_field(field: str, allowed: str) -> Problem:
    """A field of a request's body is missing or wrong; it must be what `allowed` says."""
    return Problem(422, "request", f"{field} is missing or wrong; it must be {allowed}", field)


def busy(code: str, message: str, seconds: int = 5) -> Problem:
    """The client is to try again after some seconds."""
    return Problem(429, code, message, headers={"Retry-After": str(seconds)})


_STATUS = {
    ImageTooLargeError.code: 413,
    "image-unreadable": 415,
    "image-unsupported": 415,
    "missing-dependency": 503,
    "out-of-memory": 503,
    "crashed": 503,
    "image-unwritable": 507,
}


def status_of(code: str) -> int:
    """The status of HTTP for an error of a code of `styleplug.errors`."""
    return _STATUS.get(code, 422)
