"""A service with a password, as people and programs on other machines use it."""

from __future__ import annotations

import base64

import pytest

PASSWORD = "correct horse battery"


@pytest.mark.slow
def test_browsers_are_asked_for_it_and_programs_send_it(start):
    studio = start(environment={"STYLEPLUG_PASSWORD": PASSWORD})

    def basic(password: str) -> dict[str, str]:
        text = base64.b64encode(f"anybody:{password}".encode()).decode()
        return {"Authorization": f"Basic {text}"}

    asked = studio.ask("GET", "/", anonymous=True)
    assert asked.status == 401
    assert asked.headers["www-authenticate"].startswith("Basic ")
    assert studio.ask("GET", "/", None, basic("wrong"), anonymous=True).status == 401
    let_in = studio.ask("GET", "/", None, basic(PASSWORD), anonymous=True)
    assert (let_in.status, let_in.headers["location"]) == (303, "/")
    cookie = let_in.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie

    path = "/api/v1/jobs"
    bearer = {"Authorization": f"Bearer {PASSWORD}"}
    assert studio.ask("GET", path, None, bearer, anonymous=True).status == 200
    # Browsers send this one by themselves, for whichever page asks.
    assert studio.ask("GET", path, None, basic(PASSWORD), anonymous=True).status == 401
