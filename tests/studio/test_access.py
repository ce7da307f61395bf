"""The secrets of one start."""

from __future__ import annotations

import base64

import pytest

from styleplug.errors import ConfigError
from styleplug.studio.access import OWNER_COOKIE, Access, session_cookie
from styleplug.studio.problems import Problem

PASSWORD = "correct horse battery"
PORT = 8571


def cookies(access: Access, secret: str) -> dict[str, str]:
    return {OWNER_COOKIE: secret, session_cookie(PORT): access.admission(secret)}


def basic(password: str) -> str:
    return "Basic " + base64.b64encode(f"me:{password}".encode()).decode()


def test_a_browser_that_comes_again_sees_what_it_made_before():
    first = Access()
    session = first.admit({})
    assert first.session(cookies(first, session.secret), PORT) == session
    second = Access()  # the service was started again
    assert second.session(cookies(first, session.secret), PORT) is None
    assert second.admit({OWNER_COOKIE: session.secret}).owner == session.owner
    assert second.admit({}).owner != session.owner
    assert second.page_token(session) != first.page_token(session)


@pytest.mark.parametrize("secret", ["", "short", "x" * 201, "ä" * 40, "a\nb" + "c" * 40])
def test_a_cookie_that_is_none_of_ours_is_replaced(secret):
    access = Access()
    assert access.admit({OWNER_COOKIE: secret}).secret != secret
    assert access.session(cookies(access, secret), PORT) is None


def test_a_session_is_of_one_port():
    access = Access()
    session = access.admit({})
    assert access.session(cookies(access, session.secret), PORT + 1) is None


def test_programs_bring_the_token_or_the_password():
    access = Access(PASSWORD)
    assert access.is_bearer(f"Bearer {access.token}")
    assert access.is_bearer(f"bearer {PASSWORD}")
    assert not access.is_bearer(access.token)
    assert not access.is_bearer(basic(PASSWORD)), "which browsers send by themselves"
    assert access.is_basic(basic(PASSWORD))
    assert not access.is_basic(basic(access.token))


def test_without_a_password_nothing_is_one():
    access = Access()
    assert not access.is_basic(basic(""))
    assert not access.is_bearer("Bearer ")
    assert not access.is_bearer("Bearer None")


def test_guessing_passwords_is_put_off():
    access = Access(PASSWORD)
    for _ in range(20):
        assert not access.is_basic(basic("wrong"))
    with pytest.raises(Problem) as refused:
        access.is_basic(basic(PASSWORD))
    assert refused.value.status == 429
    assert access.is_bearer(f"Bearer {access.token}"), "who has the token isn't put off"


def test_a_short_password_is_refused():
    with pytest.raises(ConfigError, match="12 characters"):
        Access("short")
