"""A hostile client: nothing is served to it, nothing is left of it, and the service lives."""

from __future__ import annotations

import json
import socket
import struct
import time
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from studio_client import BOUNDARY, StudioClient, all_from, encoded, form

LIMITS = {
    "upload_bytes": 300_000,
    "message_bytes": 20_000,
    "pixels": 1_000_000,
    "jobs": 3,
    "header_seconds": 1.0,
    "silence_seconds": 1.0,
    "upload_seconds": 3.0,
    "streams": 100,
}
SECRETS = (b"root:", b"SQLite format", b"import annotations", b"styleplug-token")
"""What is in files that nobody may have, and in the page."""
REFUSALS = {400, 401, 403, 404, 405, 408, 413, 415, 421, 422, 429}


@pytest.fixture(scope="module")
def studio(
    tmp_path_factory: pytest.TempPathFactory, odd_environment: dict[str, str]
) -> Iterator[StudioClient]:
    client = StudioClient(
        tmp_path_factory.mktemp("data"), environment=odd_environment, limits=LIMITS
    )
    client.get("/api/v1/catalogue")
    yield client
    client.end()
    assert "Traceback" not in Path(f"{client.folder}.log").read_text()


@pytest.fixture(autouse=True)
def nothing_is_left(studio: StudioClient, odd_environment: dict[str, str]) -> Iterator[None]:
    """After each test the service lives, and has no more files and handles than before."""
    before = traces(studio, odd_environment)
    yield
    assert studio.ask("GET", "/api/v1/health", anonymous=True).status == 200
    until = time.monotonic() + 10
    while (after := traces(studio, odd_environment)) > before and time.monotonic() < until:
        time.sleep(0.05)
    assert after[0] <= before[0]
    assert after[1:] == before[1:]


def traces(studio: StudioClient, environment: dict[str, str]) -> tuple[int, list[str], list[str]]:
    """The service's sockets, its uploads, and temporary files."""
    connections = psutil.Process(studio.process.pid).net_connections()
    uploads = sorted(path.name for path in (studio.folder / "studio" / "uploads").iterdir())
    temporary = [
        path.name
        for path in Path(environment["TMPDIR"]).iterdir()
        if not path.name.startswith("styleplug-worker-")
    ]
    return len(connections), uploads, temporary


@pytest.fixture(scope="module")
def photo(studio: StudioClient) -> str:
    id: str = studio.upload(encoded(48, 32)).json["id"]
    return id


def request(studio: StudioClient, line: str, *headers: str, body: bytes = b"") -> bytes:
    """A request as it is written here, by somebody who knows the token."""
    usual = [f"Host: {studio.authority}", f"Authorization: Bearer {studio.token}"]
    head = "\r\n".join([line, *(headers or usual), "Connection: close"])
    return f"{head}\r\n\r\n".encode("latin-1") + body


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


@pytest.mark.parametrize(
    "target",
    [
        "/../../../../../../etc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/%252e%252e%252f%252e%252e%252fetc%252fpasswd",
        "/..%5c..%5c..%5cetc%5cpasswd",
        "//etc/passwd",
        "/%2fetc%2fpasswd",
        "/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd",
        "/file:///etc/passwd",
        "/etc/passwd%00.css",
        "/index.html",
        "/../app.py",
        "/page/../app.py",
        "/%ff%fe",
        "/" + "a" * 20_000,
        "http://127.0.0.1/etc/passwd",
        "/api/v1/uploads/..%2f..%2fstudio.sqlite3",
        "/api/v1/uploads/%2e%2e/preview",
        "/api/v1/uploads/..%2f..%2f..%2f..%2fetc%2fpasswd/preview",
        "/api/v1/jobs/%00/result",
        "/api/v1/jobs/..%2f..%2fservice.json/result",
        "/api/v1/styles/..%2f..%2fetc%2fpasswd/thumbnail",
        "/api/v1/styles/%2fetc%2fpasswd/thumbnail",
        "/api/v2/catalogue",
        "/api/v1/catalogue/",
        "/api/v1/../../etc/passwd",
    ],
)
def test_no_path_leads_to_a_file(studio, target):
    answer = studio.raw(request(studio, f"GET {target} HTTP/1.1"))
    assert status_of(answer) in REFUSALS
    assert not any(secret in answer for secret in SECRETS)


@pytest.mark.parametrize(
    "hosts",
    [
        ["evil.example"],
        ["evil.example:{port}"],
        ["127.0.0.1.evil.example:{port}"],
        ["127.0.0.1"],
        ["127.0.0.1:1"],
        ["localhost:{port}.evil.example"],
        ["localhost:{port}@evil.example"],
        ["localhost:{port}, evil.example"],
        ["evil.example", "127.0.0.1:{port}"],
        ["127.0.0.1:{port}", "evil.example"],
        [""],
        [],
        ["0.0.0.0:{port}"],
        ["[::ffff:127.0.0.1]:{port}"],
    ],
)
def test_no_other_name_leads_here(studio, hosts):
    """As after DNS rebinding, when a stranger's name is this machine's."""
    headers = [f"Host: {host.format(port=studio.port)}" for host in hosts]
    for path in ("/api/v1/health", f"/?token={studio.token}"):
        answer = studio.raw(request(studio, f"GET {path} HTTP/1.1", *headers, "X: y"))
        assert status_of(answer) in (400, 421)
        assert b"set-cookie" not in answer.lower()


@pytest.mark.parametrize(
    "header",
    [
        "Origin: https://evil.example",
        "Origin: null",
        "Origin: http://127.0.0.1",
        "Origin: http://127.0.0.1:1",
        "Origin: http://127.0.0.1:{port}.evil.example",
        "Origin: http://localhost:{port}",
        "Origin: file://",
        "Origin: ",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_page_of_others_may_ask(studio, header, method):
    """Not even one that had the cookies and the page's token sent along."""
    cookies = studio.cookies()["Cookie"]
    headers = [
        f"Host: {studio.authority}",
        header.format(port=studio.port),
        f"Cookie: {cookies}",
        f"X-Styleplug-Token: {studio.token}",
        "Content-Length: 0",
    ]
    path = "/api/v1/uploads" if method == "GET" else "/api/v1/jobs"
    answer = studio.raw(request(studio, f"{method} {path} HTTP/1.1", *headers))
    assert status_of(answer) == 403
    assert b"access-control" not in answer.lower()


def test_nothing_is_shared_across_origins(studio):
    asked = ("Access-Control-Request-Method: POST", "Access-Control-Request-Headers: x-a")
    origin = f"Origin: http://{studio.authority}"
    usual = (f"Host: {studio.authority}", f"Authorization: Bearer {studio.token}")
    answer = studio.raw(request(studio, "OPTIONS /api/v1/jobs HTTP/1.1", *usual, origin, *asked))
    assert status_of(answer) == 405
    assert b"access-control" not in answer.lower()


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer {token}x",
        "Bearer {start}",
        "Bearer {swapped}",
        "Basic {token}",
        "Basic %%%",
        "Basic dXNlcjpwYXNzd29yZA==",
        "bearer\t{token}",
        "Bearer \xff\xfe",
    ],
)
def test_nothing_opens_but_the_token(studio, authorization):
    given = authorization.format(
        token=studio.token, start=studio.token[:-1], swapped=studio.token.swapcase()
    )
    headers = (f"Host: {studio.authority}", f"Authorization: {given}")
    answer = studio.raw(request(studio, "GET /api/v1/uploads HTTP/1.1", *headers))
    assert status_of(answer) == 401


@pytest.mark.parametrize(
    "path", ["/?token=", "/?token=x", "/?token=%00", "/?token={start}", f"/?token={'x' * 9000}"]
)
def test_no_other_token_in_an_address_lets_a_browser_in(studio, path):
    answer = studio.ask("GET", path.format(start=studio.token[:-1]), anonymous=True)
    assert answer.status == 403
    assert "set-cookie" not in answer.headers


def test_a_session_changes_nothing_without_its_pages_token(studio, page):
    mine, other = studio.cookies(), studio.cookies()
    wrong = ["", "x", studio.token, studio.page_token(other), studio.page_token(mine)[:-1]]
    for token in wrong:
        headers = mine | {"X-Styleplug-Token": token}
        answer = studio.ask("POST", "/api/v1/jobs", {}, headers, anonymous=True)
        assert (answer.status, answer.code) == (403, "token")
    query = f"/api/v1/jobs?x-styleplug-token={studio.page_token(mine)}"
    assert studio.ask("POST", query, {}, mine, anonymous=True).status == 403
    right = mine | {"X-Styleplug-Token": studio.page_token(mine)}
    assert studio.ask("POST", "/api/v1/jobs", {}, right, anonymous=True).status == 422


@pytest.fixture
def page(studio: StudioClient, tmp_path: Path) -> None:
    """Without the page there is no token in it."""
    import styleplug.studio

    if not (Path(styleplug.studio.__file__).parent / "page" / "index.html").exists():
        pytest.skip("the page is built elsewhere")


def test_a_made_up_session_is_none(studio):
    secret = "s" * 43
    for admission in ("", "x", "0" * 64, studio.token):
        cookie = f"styleplug-owner={secret}; styleplug-session-{studio.port}={admission}"
        answer = studio.ask("GET", "/api/v1/jobs", None, {"Cookie": cookie}, anonymous=True)
        assert answer.status == 401


def test_sessions_see_nothing_of_each_other(studio, photo):
    cookies = studio.cookies()
    seen = studio.ask("GET", "/api/v1/uploads", None, cookies, anonymous=True)
    assert seen.json == {"uploads": []}
    for path in (f"uploads/{photo}", f"uploads/{photo}/preview"):
        answer = studio.ask("GET", f"/api/v1/{path}", None, cookies, anonymous=True)
        assert answer.status == 404


def test_every_answer_tells_browsers_to_make_no_more_of_it(studio, photo):
    for path in ("/api/v1/health", "/api/v1/none", f"/api/v1/uploads/{photo}/preview", "/?token=x"):
        headers = studio.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


CHUNK = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"


@pytest.mark.parametrize(
    ("line", "headers", "body", "statuses"),
    [
        ("POST /api/v1/uploads", ["Content-Length: 999999999999"], b"", {413}),
        ("POST /api/v1/jobs", ["Content-Length: 20001"], b"", {413}),
        ("POST /api/v1/jobs", ["Content-Length: -1"], b"", {400}),
        ("POST /api/v1/jobs", ["Content-Length: 2", "Content-Length: 3"], b"{}", {400}),
        ("POST /api/v1/jobs", ["Content-Length: 2x"], b"{}", {400}),
        ("POST /api/v1/jobs", ["Transfer-Encoding: gzip"], b"{}", {400, 501}),
        ("POST /api/v1/jobs", ["Transfer-Encoding: chunked"], b"zz\r\n", {400}),
        ("POST /api/v1/jobs", ["Content-Length: 8"], b'{"a": 1}', {415}),
        ("POST /api/v1/uploads", ["Content-Length: 0"], b"", {415}),
        ("GET /api/v1/uploads", ["X: " + "x" * 400_000], b"", {0, 400}),
        ("TRACE /api/v1/uploads", ["X: y"], b"", {405}),
        ("PUT /api/v1/uploads", ["Content-Length: 0"], b"", {405}),
        ("CONNECT evil.example:443", ["X: y"], b"", {400, 404, 405}),
        ("GET /api/v1/uploads", ["Upgrade: websocket", "Connection: upgrade"], b"", {200}),
    ],
)
def test_odd_requests_are_refused(studio, line, headers, body, statuses):
    usual = (f"Host: {studio.authority}", f"Authorization: Bearer {studio.token}")
    answer = studio.raw(request(studio, f"{line} HTTP/1.1", *usual, *headers, body=body))
    assert status_of(answer) in statuses


@pytest.mark.parametrize(
    "data",
    [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\0" * 1000, b"GET\r\n\r\n", b"\r\n" * 999],
)
def test_what_is_no_http_is_refused(studio, data):
    assert status_of(studio.raw(data)) in (0, 400)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"[" * 19_000, "json"),
        (b'{"a": NaN}', "json"),
        (b'{"a": ' + b"9" * 6000 + b"}", "json"),
        (b"\xff\xfe{}", "json"),
        (b"[]", "request"),
        (b'{"kind": {"$gt": ""}}', "request"),
        (b'{"kind": "filter", "photo": {"a": 1}}', "request"),
        (b'{"kind": "filter", "photo": "x", "options": {"__class__": 1}}', "request"),
        (b'{"kind": "filter", "photo": "x", "filter": "' + b"a:1," * 3000 + b'"}', "request"),
        (
            b'{"kind": "stylize", "photo": "x", "regions": ' + b"[" * 5000 + b"]" * 5000 + b"}",
            "json",
        ),
        (b'{"kind": "stylize", "photo": "x", "regions": [' + b"{}," * 5000 + b"{}]}", "request"),
        (b'{"kind": "stylize", "photo": "x", "regions": [{"mask": "/etc/passwd"}]}', "request"),
    ],
)
def test_odd_messages_are_refused(studio, body, code):
    answer = studio.ask("POST", "/api/v1/jobs", body, {"Content-Type": "application/json"})
    assert (answer.status in (400, 422), answer.code) == (True, code)


@pytest.mark.parametrize(
    "upload", [None, "", "../../../etc/passwd", "x" * 22, ["a"], {"$gt": ""}, 7, "\0", "a" * 9000]
)
def test_a_person_is_looked_for_in_uploads_alone(studio, upload):
    answer = studio.post("/api/v1/masks/person", {"upload": upload})
    assert (answer.status, answer.code) == (404, "not-found")


@pytest.mark.parametrize("path", ["/api/v1/jobs", "/api/v1/uploads"])
def test_a_body_without_end_is_cut_off(studio, path):
    kind = f"multipart/form-data; boundary={BOUNDARY}" if "uploads" in path else "application/json"
    head = request(
        studio,
        f"POST {path} HTTP/1.1",
        *(f"Host: {studio.authority}", f"Authorization: Bearer {studio.token}"),
        *(f"Content-Type: {kind}", "Transfer-Encoding: chunked"),
    )
    start = form(b"", "endless.png").partition(b"\r\n--" + BOUNDARY.encode() + b"--")[0]
    with socket.create_connection((studio.host, studio.port), timeout=20) as connection:
        connection.sendall(head + f"{len(start):x}\r\n".encode() + start + b"\r\n")
        assert breaks(connection, CHUNK)


def breaks(connection: socket.socket, data: bytes) -> bool:
    """Whether the service closes a connection on which the same comes again and again."""
    try:
        for _ in range(10_000):
            connection.sendall(data)
    except ConnectionError:
        return True
    return False


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--" + BOUNDARY.encode(),
        form(b"x", "a.png")[:-20],
        form(b"x", "a.png", field="other"),
        form(b"", "a.png"),
        b"x" * 100 + form(b"x", "a.png"),
        form(b"x", "a.png").rpartition(b"--" + BOUNDARY.encode())[0] * 5,
    ],
)
def test_odd_forms_are_refused(studio, body):
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer = studio.ask("POST", "/api/v1/uploads", body, kind)
    assert answer.status in (400, 422)
    assert answer.code in ("form", "request")


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is large, and is nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * min(10**7, (3 * width + 1) * height))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "name", "statuses"),
    [
        (bomb(60_000, 60_000), "bomb.png", {413, 415}),
        (bomb(2**31 - 1, 1), "line.png", {413, 415}),
        (bomb(1100, 1000), "large.png", {413}),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "a.svg", {415}),
        (b"<html><script>alert(1)</script>", "a.html.png", {415}),
        (b"GIF89a<script>alert(1)</script>", "a.gif", {415}),
        (encoded(9, 9)[:40], "cut.png", {415}),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 1000, "noise.png", {415}),
        (b"x" * 299_000, "\x00\x1f.png", {400, 415}),
        (b"x" * 330_000, "heavy.png", {413}),
    ],
)
def test_what_is_no_picture_to_be_had_is_refused(studio, data, name, statuses):
    answer = studio.upload(data, name)
    assert answer.status in statuses
    assert b"/" not in answer.body.replace(b"multipart/form-data", b"")


@pytest.mark.parametrize(
    "name",
    [
        "<img src=x onerror=alert(1)>.png",
        "../../../../tmp/x.png",
        "a\\..\\b.png",
        "CON.png",
        "…",
        ".png",
    ],
)
def test_odd_names_become_names(studio, name):
    answer = studio.upload(encoded(8, 8), name.replace('"', ""))
    assert answer.status == 201
    said = answer.json["name"]
    assert not {*said} & {*'<>/\\:*?"|'}
    assert said.strip(". ") == said
    [*files] = (studio.folder / "studio" / "uploads" / answer.json["id"]).iterdir()
    assert said in {file.name for file in files}
    assert studio.ask("DELETE", f"/api/v1/uploads/{answer.json['id']}").status == 204


def test_silent_and_slow_clients_are_given_up(studio):
    """Half-open connections, headers that come letter by letter, bodies that don't."""
    head = request(studio, "POST /api/v1/jobs HTTP/1.1")
    body = head[:-2] + b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    with ExitStack() as stack:

        def connect() -> socket.socket:
            address = (studio.host, studio.port)
            return stack.enter_context(socket.create_connection(address, timeout=30))

        silent, slow, stalled = ([connect() for _ in range(20)] for _ in range(3))
        for connection in stalled:
            connection.sendall(body)
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            for connection in slow:
                try:
                    connection.sendall(b"x")
                except OSError:
                    continue
            time.sleep(0.2)
        assert studio.ask("GET", "/api/v1/health", anonymous=True).status == 200
        for connection in (*silent, *slow):
            assert status_of(all_from(connection)) in (0, 400)
        for connection in stalled:
            assert status_of(all_from(connection)) == 408


def test_clients_that_vanish_in_the_middle_leave_nothing(studio):
    kind = f"Content-Type: multipart/form-data; boundary={BOUNDARY}"
    usual = (f"Host: {studio.authority}", f"Authorization: Bearer {studio.token}", kind)
    data = form(encoded(48, 32), "a.png")
    head = request(studio, "POST /api/v1/uploads HTTP/1.1", *usual, f"Content-Length: {len(data)}")
    for length in (0, 10, 200, len(data) // 2, len(data) - 1):
        with socket.create_connection((studio.host, studio.port)) as connection:
            connection.sendall(head + data[:length])
            # A reset, as of a machine that has gone, not a farewell.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def test_event_streams_by_the_hundred_are_served_to_the_limit_and_end(studio, photo):
    job = studio.job(kind="filter", photo=photo, filter="wait")
    asked = request(studio, f"GET /api/v1/jobs/{job}/events HTTP/1.1")
    statuses = []
    with ExitStack() as stack:
        for _ in range(120):
            address = (studio.host, studio.port)
            connection = stack.enter_context(socket.create_connection(address, timeout=30))
            connection.sendall(asked)
            statuses.append(status_of(connection.recv(4096)))
        assert statuses == [200] * 100 + [429] * 20
        assert studio.ask("GET", "/api/v1/health", anonymous=True).status == 200
    until = time.monotonic() + 20
    while studio.get(f"/api/v1/jobs/{'x' * 22}/events").status != 404 and time.monotonic() < until:
        time.sleep(0.1)
    assert studio.ask("DELETE", f"/api/v1/jobs/{job}").status == 204
    assert status_of(studio.raw(request(studio, f"GET /api/v1/jobs/{job}/events HTTP/1.1"))) == 404


def test_more_jobs_than_allowed_are_put_off(studio, photo):
    recipe = {"kind": "filter", "photo": photo, "filter": "wait"}
    jobs = [studio.job(**recipe) for _ in range(3)]
    answer = studio.post("/api/v1/jobs", recipe)
    assert (answer.status, answer.code) == (429, "too-many-jobs")
    assert int(answer.headers["retry-after"]) > 0
    for job in reversed(jobs):
        assert studio.ask("DELETE", f"/api/v1/jobs/{job}").status == 204


def test_a_client_that_takes_nothing_is_given_up(studio, photo):
    """It asks again and again, and reads none of the answers."""
    asked = request(studio, "GET /api/v1/openapi.json HTTP/1.1").replace(
        b"Connection: close", b"X: y"
    )
    with socket.create_connection((studio.host, studio.port), timeout=30) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        assert breaks(connection, asked * 100)


def test_a_hundred_clients_at_once_are_answered(studio):
    asked = request(studio, "GET /api/v1/uploads HTTP/1.1")
    with ExitStack() as stack:
        connections = []
        for _ in range(100):
            address = (studio.host, studio.port)
            connections.append(stack.enter_context(socket.create_connection(address, timeout=30)))
        for connection in connections:
            connection.sendall(asked)
        for connection in connections:
            assert status_of(all_from(connection)) == 200


def test_problems_are_told_alike(studio):
    answer = studio.raw(request(studio, "GET /none HTTP/1.1"))
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["code"] == "not-found"
