"""Who may ask: the secrets of one start of a service, and whose request it is.

A *token* is made at each start. Programs send it as `Authorization: Bearer TOKEN`. A browser brings
it, or an invitation (`invitations.py`), in the address that it is opened on, and gets two cookies:
one that says whose pictures it sees, and lasts; and one that says that it was let in, by a code
over the first that only this start of the service can make. Pages send a third code, made likewise,
with all that changes something: a stranger's page may have the cookies sent, too, but can't know
that one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from styleplug.errors import ConfigError
from styleplug.studio.problems import busy

SERVICE = "service"
"""The owner of what programs send that bring the token."""
COMMAND_LINE = "command-line"
"""The owner of photographs that the command line named, until a browser has come for them."""
TOKEN_HEADER = "x-styleplug-token"
OWNER_COOKIE = "styleplug-owner"
LEAST_PASSWORD = 12
"""Characters."""
_MOST_FAILURES, _FAILURES_SECONDS = 20, 60.0
_LONGEST_SECRET = 200


@dataclass(frozen=True)
class Session:
    """A browser that was let in.

    Args:
        secret: what its lasting cookie holds.
        owner: whose pictures it sees.
    """

    secret: str
    owner: str


class Access:
    """The secrets of one start.

    Args:
        password: that people and programs on other machines give; None where there are none.

    Raises:
        ConfigError: the password is too short.
    """

    def __init__(self, password: str | None = None) -> None:
        if password is not None and len(password) < LEAST_PASSWORD:
            raise ConfigError("password", "too short", f"{LEAST_PASSWORD} characters or more")
        self.token = secrets.token_urlsafe(32)
        self.has_password = password is not None
        self._password = password
        self._key = secrets.token_bytes(32)
        self._failures: deque[float] = deque()

    def is_token(self, given: str) -> bool:
        """Whether this, in an address, lets a browser in."""
        return same(given, self.token)

    def is_bearer(self, authorization: str) -> bool:
        """Whether a header lets a program in: by the token, or the password.

        Raises:
            Problem: there were too many wrong ones.
        """
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return False
        return same(given, self.token) or self._is_password(given)

    def is_basic(self, authorization: str) -> bool:
        """Whether a header has the password, as browsers ask people for it; the name is free.

        Raises:
            Problem: there were too many wrong ones.
        """
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            text = base64.b64decode(given, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return False
        return self._is_password(text.partition(":")[2])

    def session(self, cookies: Mapping[str, str], port: int) -> Session | None:
        """The session that a request's cookies are of, if they are of one."""
        secret = cookies.get(OWNER_COOKIE, "")
        given = cookies.get(session_cookie(port), "")
        if _is_secret(secret) and same(given, self.admission(secret)):
            return Session(secret, owner_of(secret))
        return None

    def admit(self, cookies: Mapping[str, str]) -> Session:
        """A session for a browser that is let in; it sees what it made before."""
        secret = cookies.get(OWNER_COOKIE, "")
        if not _is_secret(secret):
            secret = secrets.token_urlsafe(32)
        return Session(secret, owner_of(secret))

    def admission(self, secret: str) -> str:
        """What the second cookie holds."""
        return self._made_of("admission", secret)

    def page_token(self, session: Session) -> str:
        """What a session's pages send with what changes something."""
        return self._made_of("page", session.secret)

    def _made_of(self, purpose: str, secret: str) -> str:
        return hmac.new(self._key, f"{purpose} {secret}".encode(), hashlib.sha256).hexdigest()

    def _is_password(self, given: str) -> bool:
        """Whether it is; guessing is slowed down to some in a minute, from wherever it comes."""
        if self._password is None:
            return False
        now = time.monotonic()
        while self._failures and now - self._failures[0] > _FAILURES_SECONDS:
            self._failures.popleft()
        if len(self._failures) >= _MOST_FAILURES:
            raise busy("too-many-passwords", "too many wrong passwords; wait a minute", 60)
        if same(given, self._password):
            return True
        self._failures.append(now)
        return False


def session_cookie(port: int) -> str:
    """The name of the second cookie: browsers keep one for all ports of a machine."""
    return f"styleplug-session-{port}"


def owner_of(secret: str) -> str:
    """Whose pictures they are, for the database, where the secret itself doesn't stand."""
    return hashlib.sha256(secret.encode()).hexdigest()[:32]


def same(given: str, secret: str) -> bool:
    """Whether two texts are the same, in a time that doesn't tell how much of them is."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), secret.encode())


def _is_secret(text: str) -> bool:
    """Whether this could be a lasting cookie of ours."""
    return 32 <= len(text) <= _LONGEST_SECRET and text.isascii() and text.isprintable()
