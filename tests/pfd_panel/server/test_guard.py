"""The gate alone, in front of an application that records what reaches it."""

import asyncio
import gzip

import pytest

from pfd_panel.server.guard import Guard
from pfd_panel.server.keeper import Keeper
from pfd_panel.server.settings import ServerSettings
from pfd_panel.server.user import current_user

HOST = "127.0.0.1:5006"


class Inner:
    """Answers everything and remembers the scopes it saw."""

    def __init__(self):
        self.seen = []

    async def __call__(self, scope, receive, send):
        self.seen.append(scope)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            self.last = await receive()
            return
        status, kind, body = (
            200,
            b"text/html; charset=utf-8",
            b"<html><script>1</script><script src='a'></script></html>",
        )
        if scope["path"] == "/missing":
            status, kind, body = 404, b"text/plain", b"Not found"
        if scope["path"] == "/crash":
            raise RuntimeError("SECRET-DETAIL")
        if scope["path"].startswith("/static/"):
            kind, body = b"application/javascript", b"x" * 4000
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind)]})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def keeper(tmp_path):
    return Keeper(ServerSettings(tmp_path))


@pytest.fixture
def inner():
    return Inner()


@pytest.fixture
def guard(inner, keeper):
    return Guard(inner, keeper)


def cookie(keeper):
    user = keeper.redeem(keeper.issue())
    return f"{keeper.cookie}={keeper.seal(user)}"


def ask(guard, path="/", method="GET", query=b"", kind="http", incoming=(), **headers):
    given = {"host": HOST, "accept": "text/html", **{k.replace("_", "-"): v for k, v in headers.items()}}
    scope = {
        "type": kind,
        "method": method,
        "path": path,
        "query_string": query,
        "scheme": "http",
        "headers": [(k.encode(), v.encode()) for k, v in given.items() if v is not None],
    }
    sent, queue = [], list(incoming) or [{"type": f"{kind}.connect" if kind == "websocket" else "http.request"}]

    async def receive():
        if queue:
            return queue.pop(0)
        await asyncio.sleep(60)
        return None

    async def send(message):
        sent.append(message)

    asyncio.run(asyncio.wait_for(guard(scope, receive, send), 5))
    return sent


def status(sent):
    return sent[0]["status"]


def body(sent):
    return b"".join(message.get("body", b"") for message in sent)


def header(sent, name):
    return next((v.decode() for k, v in sent[0]["headers"] if k == name.encode()), None)


@pytest.mark.parametrize(
    "path",
    ["/", "/signals", "/static/js/bokeh.min.js", "/components/x", "/upload", "/docs", "/api/v1/x", "/download/x"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_nothing_answers_without_a_login(guard, inner, path, method):
    assert status(ask(guard, path, method)) == 401
    assert inner.seen == []


def test_health_is_open(guard, inner):
    assert status(ask(guard, "/api/health")) == 200
    assert len(inner.seen) == 1


def test_a_login_link_works_once(guard, keeper):
    token = keeper.issue()
    first = ask(guard, "/login", query=f"token={token}".encode())
    assert status(first) == 200
    assert "HttpOnly" in header(first, "set-cookie")
    assert "SameSite=Lax" in header(first, "set-cookie")
    assert token.encode() not in body(first)
    assert status(ask(guard, "/login", query=f"token={token}".encode())) == 403


def test_forged_and_foreign_tokens_open_nothing(guard, keeper, tmp_path):
    other = Keeper(ServerSettings(tmp_path / "other"))
    for token in ("", "abc", other.issue(), keeper.issue()[:-2], keeper.seal(keeper.redeem(keeper.issue()))):
        assert status(ask(guard, "/login", query=f"token={token}".encode())) == 403


def test_a_login_token_is_no_cookie(guard, keeper):
    assert status(ask(guard, cookie=f"{keeper.cookie}={keeper.issue()}")) == 401


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:5006", "192.168.1.4:5006", "", "[::2]:5006"])
def test_other_host_names_are_refused_even_with_a_login(guard, keeper, inner, host):
    assert status(ask(guard, host=host, cookie=cookie(keeper))) == 403
    assert inner.seen == []


@pytest.mark.parametrize("host", ["localhost:5006", "127.0.0.1", "[::1]:5006"])
def test_loopback_names_are_served(guard, keeper, host):
    assert status(ask(guard, host=host, cookie=cookie(keeper))) == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "http://localhost:5006"])
def test_writes_from_another_origin_are_refused(guard, keeper, inner, origin):
    assert status(ask(guard, "/upload", "POST", origin=origin, cookie=cookie(keeper))) == 403
    assert inner.seen == []


def test_writes_from_own_pages_pass(guard, keeper, inner):
    ask(guard, "/upload", "POST", origin=f"http://{HOST}", cookie=cookie(keeper))
    assert inner.seen[0]["path"] == "/upload"


def test_the_users_headers_are_replaced_by_the_guards_own(guard, keeper, inner):
    ask(guard, cookie=cookie(keeper), x_auth_user="root", x_auth_role="god", remote_user="root")
    headers = {k.decode(): v.decode() for k, v in inner.seen[0]["headers"]}
    assert current_user(headers).id == "local"
    assert "root" not in headers.values()
    assert "remote-user" not in headers


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": f"http://{HOST}"},
        {"origin": "http://evil.example", "login": "yes"},
        {"login": "yes"},
        {"origin": f"http://{HOST}", "login": "yes"},
        {"origin": f"http://{HOST}", "login": "yes", "sec-websocket-protocol": "bokeh, forged.token"},
    ],
)
def test_websockets_need_login_own_origin_and_a_token_of_this_login(guard, keeper, inner, headers):
    given = dict(headers)
    if given.pop("login", None):
        given["cookie"] = cookie(keeper)
    sent = ask(guard, "/ws", kind="websocket", **given)
    assert [message["type"] for message in sent] == ["websocket.close"]
    assert inner.seen == []


def test_a_page_token_of_one_login_does_not_open_a_websocket_of_another(guard, keeper, inner):
    from bokeh.util.token import generate_jwt_token, generate_session_id

    def token(session):
        return generate_jwt_token(
            generate_session_id(b"k", signed=True),
            b"k",
            signed=True,
            extra_payload={"headers": {"x-auth-session": session}},
        )

    mine, other = keeper.redeem(keeper.issue()), keeper.redeem(keeper.issue())
    own = {"origin": f"http://{HOST}", "cookie": f"{keeper.cookie}={keeper.seal(mine)}"}
    refused = ask(guard, "/ws", kind="websocket", **own, sec_websocket_protocol=f"bokeh, {token(other.session)}")
    assert refused[0]["type"] == "websocket.close"
    over = [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}]
    passed = ask(
        guard, "/ws", kind="websocket", incoming=over, **own, sec_websocket_protocol=f"bokeh, {token(mine.session)}"
    )
    assert passed[0]["type"] == "websocket.accept"


def test_pages_get_a_fresh_nonce_in_each_script_and_a_policy_without_eval(guard, keeper):
    login = cookie(keeper)
    pages = [ask(guard, cookie=login) for _ in range(2)]
    policies = [header(page, "content-security-policy") for page in pages]
    assert policies[0] != policies[1]
    script = policies[0].split("script-src ")[1].split(";")[0]
    nonce = script.split("'nonce-")[1].split("'")[0]
    assert body(pages[0]).count(f'<script nonce="{nonce}"'.encode()) == 2
    assert "unsafe" not in script
    assert "frame-ancestors 'none'" in policies[0]
    assert header(pages[0], "cache-control") == "no-store"


def test_versioned_static_files_are_cached_for_good_and_compressed(guard, keeper, inner):
    login = cookie(keeper)
    for _ in range(3):
        sent = ask(guard, "/static/js/a.js", query=b"v=1.2", cookie=login, accept_encoding="gzip, br")
    assert header(sent, "cache-control") == "public, max-age=31536000, immutable"
    assert header(sent, "content-encoding") == "gzip"
    assert gzip.decompress(body(sent)) == b"x" * 4000
    assert len(inner.seen) == 1
    assert header(ask(guard, "/static/js/a.js", cookie=login), "cache-control") == "no-cache"
    assert body(ask(guard, "/static/js/a.js", query=b"v=1.2", cookie=login)) == b"x" * 4000


def test_missing_pages_and_failures_are_said_in_words_without_details(guard, keeper):
    login = cookie(keeper)
    gone = ask(guard, "/missing", cookie=login)
    assert status(gone) == 404
    assert b"There is no such page" in body(gone)
    crashed = ask(guard, "/crash", cookie=login)
    assert status(crashed) == 500
    assert b"Something went wrong" in body(crashed)
    assert b"SECRET-DETAIL" not in body(crashed)
    assert b"Traceback" not in body(crashed)


def test_programs_get_json(guard):
    sent = ask(guard, "/api/v1/x", accept="*/*")
    assert header(sent, "content-type") == "application/json"


def test_logging_out_ends_the_cookie_and_cuts_websockets(guard, keeper):
    user = keeper.redeem(keeper.issue())
    login, cut = f"{keeper.cookie}={keeper.seal(user)}", []
    keeper.watch(user.session, lambda: cut.append(True))
    assert status(ask(guard, "/logout", cookie=login)) == 404, "a link or picture must not log anyone out"
    assert status(ask(guard, "/logout", "POST", cookie=login, origin=f"http://{HOST}")) == 303
    assert cut == [True]
    assert status(ask(guard, cookie=login)) == 401


@pytest.mark.parametrize("path", ["/autoload.js", "/signals/autoload.js", "/metadata"])
def test_embedding_routes_of_bokeh_are_not_served(guard, keeper, inner, path):
    assert status(ask(guard, path, cookie=cookie(keeper))) == 404
    assert inner.seen == []
