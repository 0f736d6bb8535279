"""Who may do what: every route against every kind of caller."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.routing import Route

from rag.errors import SettingsError
from tests.api.served import QUESTION, Served, serving
from ui.access.identity import Scope
from ui.access.policy import is_for_programs, needed

PASSWORD = "correct horse battery"
OPEN = {"/healthz", "/readyz", "/login", "/logout", "/openapi.json"}
READ = {
    "POST /api/v1/ask", "GET /api/v1/search", "POST /api/v1/search", "POST /api/v1/verify", "GET /api/v1/articles",
    "GET /api/v1/articles/{article_id}", "POST /v1/chat/completions", "GET /v1/models", "GET /v1/models/{name}",
    "POST /mcp", "GET /api/v1/quote", "POST /api/v1/quote", "POST /api/v1/briefings",
    "GET /api/v1/briefings/{job_id}", "GET /api/v1/jobs", "GET /api/v1/jobs/{job_id}", "DELETE /api/v1/jobs/{job_id}",
}  # fmt: skip
WRITE = {"POST /api/v1/articles", "DELETE /api/v1/articles/{article_id}"}
ADMIN = {"GET /metrics", "GET /api/v1/evaluations", "POST /api/v1/evaluations"}


@pytest.fixture(scope="module")
def guarded(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(sample_index, tmp_path_factory.mktemp("guarded")) as running:
        running.keys_by_scope = running.keys()
        for name in ("anna", "boris"):
            running.accounts.add_user(name, PASSWORD, Scope.READ)
        running.session = running.accounts.log_in("anna", PASSWORD) or ""
        yield running


def flat(routes: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every method and address that an application answers to, those of routers inside it too."""
    for route in routes:
        if isinstance(route, Route | APIRoute):
            path = re.sub(r":\w+}", "}", prefix + route.path)
            yield from ((method, path) for method in route.methods or {"POST", "GET", "DELETE"} if method != "HEAD")
        elif inner := getattr(route, "routes", None) or getattr(
            getattr(route, "original_router", None), "routes", None
        ):
            yield from flat(inner, prefix)
        else:
            raise AssertionError(f"a route of another kind: {route!r}")


@contextmanager
def logged_in(served: Served, name: str) -> Iterator[httpx.Client]:
    with served.client() as client:
        response = client.post("/login", data={"name": name, "password": PASSWORD})
        assert response.status_code == 303
        yield client


def test_every_route_is_in_this_table(guarded: Served) -> None:
    found = {f"{method} {path}" for method, path in flat(guarded.programs.app.routes)}
    open_ones = {entry for entry in found if entry.partition(" ")[2] in OPEN}
    assert len(open_ones) >= 5
    assert found - open_ones == READ | WRITE | ADMIN


def test_what_has_no_rule_of_its_own_needs_everything_or_a_session() -> None:
    assert needed("GET", "/api/v1/made-up-later") is Scope.ADMIN
    assert needed("GET", "/v1/made-up-later") is Scope.ADMIN
    assert needed("GET", "/api/v1/asking") is Scope.ADMIN
    assert needed("GET", "/anything") is Scope.READ
    assert needed("GET", "//api/v1/jobs") is Scope.READ  # the page, which has no such thing


@pytest.mark.parametrize("entry", sorted(READ | WRITE | ADMIN))
def test_each_route_asks_for_its_scope(guarded: Served, entry: str) -> None:
    method, path = entry.split(" ")
    path = re.sub(r"{\w+}", "nothing", path)
    wanted = Scope.READ if entry in READ else Scope.WRITE if entry in WRITE else Scope.ADMIN
    with guarded.client() as nobody:
        response = nobody.request(method, path)
        assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
        assert response.json()["error"]["code"] == "unauthorized"
    for scope, key in guarded.keys_by_scope.items():
        with guarded.client(key) as client:
            response = client.request(method, path)
        if Scope(scope).covers(wanted):
            assert response.status_code not in (401, 403), (scope, response.text)
            assert response.status_code < 500
        else:
            assert response.status_code == 403, (scope, response.text)
            assert response.json()["error"]["code"] == "forbidden"


OWNED = {"GET /api/v1/jobs/{job_id}", "DELETE /api/v1/jobs/{job_id}", "GET /api/v1/briefings/{job_id}"}


@pytest.mark.parametrize("entry", sorted(READ | WRITE | ADMIN))
def test_a_session_is_held_to_its_scope_and_another_users_things_are_not_there(guarded: Served, entry: str) -> None:
    """The fifth kind of caller: anna reads, and what is asked for belongs to the owner of the write key."""
    method, path = entry.split(" ")
    files = {"files": ("theirs.txt", b"The bridge of Narva closed in May after engineers found cracks.")}
    with guarded.client(guarded.keys_by_scope["write"]) as owner:
        job = owner.post("/api/v1/articles", files=files).json()["id"] if entry in OWNED else "nothing"
        if path.startswith("/api/v1/briefings/"):
            job = owner.post("/api/v1/briefings", json={"topic": "Sochi", "length": "short"}).json()["id"]
    with guarded.client(cookies={"dateline_login": guarded.session}) as anna:
        response = anna.request(method, re.sub(r"{\w+}", job, path))
    if entry in OWNED:
        assert response.status_code == 404
    elif entry in READ:
        assert response.status_code not in (401, 403)
        assert response.status_code < 500
    else:
        assert (response.status_code, response.json()["error"]["code"]) == (403, "forbidden")


def test_every_route_of_the_page_needs_a_key_or_a_session(guarded: Served) -> None:
    page = guarded.service._page._app  # behind the gate and the guard
    found = {(method, re.sub(r"{[^}]+}", "nothing", path)) for method, path in flat(page.routes)}
    assert {("GET", "/config"), ("POST", "/gradio_api/queue/join")} <= found
    assert {path for _, path in found if path.startswith("/conversations/")} == {
        "/conversations/nothing/export.nothing", "/conversations/nothing/turns/nothing/bundle.json",
    }  # fmt: skip
    with guarded.client() as nobody:
        for method, path in sorted(found):
            if not is_for_programs(path):  # those never reach it
                assert nobody.request(method, path).status_code == 401, (method, path)


@pytest.mark.parametrize("key", ["wrong", "dl_" + "x" * 43, "", "Bearer", "\x00", "é"])
def test_a_wrong_key_opens_nothing(guarded: Served, key: str) -> None:
    headers = [(b"authorization", f"Bearer {key}".encode("latin-1"))]
    with guarded.client() as client:
        try:
            response = client.get("/api/v1/articles", headers=headers)
        except httpx.LocalProtocolError:
            return  # cannot be sent at all
        assert response.status_code in (400, 401)
        assert key not in response.text or len(key) < 10


def test_a_removed_key_is_worthless_at_once(guarded: Served) -> None:
    key = guarded.accounts.add_key("short-lived", Scope.READ)
    with guarded.client(key) as client:
        assert client.get("/v1/models").status_code == 200
        guarded.accounts.remove_key("short-lived")
        assert client.get("/v1/models").status_code == 401


def test_only_hashes_are_kept(guarded: Served) -> None:
    index = guarded.dateline.settings.index
    kept = b"".join(path.read_bytes() for path in index.glob("access.sqlite*"))
    assert b"anna" in kept
    for secret in (PASSWORD, *guarded.keys_by_scope.values()):
        assert secret.encode() not in kept
    assert (index / "access.sqlite").stat().st_mode & 0o077 == 0


def test_the_page_sends_people_to_log_in(guarded: Served) -> None:
    with guarded.client() as client:
        response = client.get("/", headers={"Accept": "text/html"})
        assert (response.status_code, response.headers["location"]) == (303, "/login")
        assert client.get("/config").status_code == 401
        assert client.get("/login").status_code == 200
    with logged_in(guarded, "anna") as anna:
        assert anna.get("/").status_code == 200
        anna.post("/logout")
        assert anna.get("/", headers={"Accept": "text/html"}).status_code == 303


def test_a_wrong_password_and_an_unknown_name_look_the_same(guarded: Served) -> None:
    with guarded.client() as client:
        wrong = client.post("/login", data={"name": "anna", "password": "wrong password"})
        unknown = client.post("/login", data={"name": "nobody", "password": "wrong password"})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.text == unknown.text
    assert "set-cookie" not in wrong.headers


def test_a_session_cookie_is_kept_from_scripts_and_other_sites(guarded: Served) -> None:
    with guarded.client() as client:
        cookie = client.post("/login", data={"name": "anna", "password": PASSWORD}).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie


def test_a_user_does_not_see_another_users_conversation(guarded: Served) -> None:
    from ui.history import History
    from ui.history import Scope as Asked

    history = History(guarded.dateline.settings.index / "conversations.sqlite")
    with logged_in(guarded, "anna") as anna, logged_in(guarded, "boris") as boris:
        session = anna.cookies["dateline_login"]
        caller = guarded.accounts.caller_in_session(session)
        assert caller is not None
        conversation, _ = history.ask(caller.owner, "", QUESTION, Asked())
        history.close()
        address = f"/conversations/{conversation}/export.json"
        assert anna.get(address).status_code == 200
        assert boris.get(address).status_code == 404
        # Nor by claiming to be that browser.
        boris.cookies.set("dateline_session", caller.owner)
        assert boris.get(address).status_code == 404
    with logged_in(guarded, "anna") as again:  # and finds it again in another browser
        assert again.get(address).status_code == 200


def test_a_reader_cancels_a_briefing_of_its_own_and_no_other_reader_sees_it(guarded: Served) -> None:
    other = guarded.accounts.add_key("other-reader", Scope.READ)
    with guarded.client(guarded.keys_by_scope["read"]) as mine, guarded.client(other) as theirs:
        job = mine.post("/api/v1/briefings", json={"topic": "Assad in Sochi", "length": "short"}).json()["id"]
        for address in (f"/api/v1/briefings/{job}", f"/api/v1/briefings/{job}?format=md", f"/api/v1/jobs/{job}"):
            assert theirs.get(address).status_code == 404
        assert theirs.delete(f"/api/v1/jobs/{job}").status_code == 404
        assert mine.delete(f"/api/v1/jobs/{job}").status_code in (202, 409)  # 409 when it was written by then


def test_another_callers_job_is_not_there(guarded: Served) -> None:
    files = [("files", ("a.txt", b"The bridge of Narva closed in May after engineers found cracks."))]
    other = guarded.accounts.add_key("other-writer", Scope.WRITE)
    with guarded.client(guarded.keys_by_scope["write"]) as mine, guarded.client(other) as theirs:
        job = mine.post("/api/v1/articles", files=files).json()["id"]
        assert mine.get(f"/api/v1/jobs/{job}").status_code == 200
        assert theirs.get(f"/api/v1/jobs/{job}").status_code == 404
        assert theirs.delete(f"/api/v1/jobs/{job}").status_code == 404
        assert theirs.get("/api/v1/jobs").json() == {"jobs": []}
    with guarded.client(guarded.keys_by_scope["admin"]) as admin:
        assert admin.get(f"/api/v1/jobs/{job}").status_code == 200


@pytest.mark.parametrize("path", ["/", "/api/v1/articles", "/v1/models", "/mcp", "/login"])
def test_another_site_may_not_ask(guarded: Served, path: str) -> None:
    with guarded.client(guarded.keys_by_scope["admin"]) as client:
        response = client.get(path, headers={"Origin": "https://evil.example"})
        assert response.status_code == 403
        assert "access-control-allow-origin" not in response.headers


def test_an_open_server_answers_to_its_own_name_only(served: Served) -> None:
    with served.client() as client:
        assert client.get("/v1/models").status_code == 200
        assert client.get("/v1/models", headers={"Host": "evil.example"}).status_code == 403
        assert client.post("/mcp", headers={"Host": "evil.example"}).status_code == 403


def test_a_server_others_can_reach_is_closed_without_keys(sample_index: Path, tmp_path: Path) -> None:
    with serving(sample_index, tmp_path, is_local=False) as running, running.client() as client:
        assert client.get("/v1/models").status_code == 401
        assert client.get("/healthz").status_code == 200


def test_a_wider_bind_without_keys_is_refused_with_the_reason(sample_index: Path, tmp_path: Path) -> None:
    from rag.config import Settings
    from rag.service import Dateline
    from ui.server import serve

    dateline = Dateline(Settings(index=tmp_path / "index", corpus=tmp_path))
    with pytest.raises(SettingsError, match="user add"):
        serve(dateline, "0.0.0.0", 0, lambda message: None)
    dateline.close()


def test_nothing_secret_is_logged(guarded: Served, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    key = guarded.keys_by_scope["read"]
    with guarded.client(key) as client:
        client.post("/api/v1/ask", json={"question": "Where is the hidden harbour of Zanzibar?"})
    with guarded.client("dl_wrong-and-secret") as client:
        client.get("/v1/models")
    lines = [(record.getMessage(), record.__dict__) for record in caplog.records if record.name.startswith("dateline")]
    assert lines
    for secret in (key, "dl_wrong-and-secret", "Zanzibar", PASSWORD):
        assert secret not in repr(lines)


def page_event(client: httpx.Client, name: str, data: list[Any]) -> str:
    """Sends an event of the page as its script does, and returns all that is answered."""
    config = client.get("/config").json()
    number = next(d["id"] for d in config["dependencies"] if d["api_name"] == name)
    body = {"fn_index": number, "data": data, "session_hash": "of-this-test", "event_data": None, "trigger_id": None}
    assert client.post("/gradio_api/queue/join", json=body).status_code == 200
    with client.stream("GET", "/gradio_api/queue/data", params={"session_hash": "of-this-test"}) as response:
        return "\n".join(line for line in response.iter_lines() if "process_completed" in line)


def test_a_reader_changes_nothing_through_the_page(guarded: Served) -> None:
    guarded.accounts.add_user("editor", PASSWORD, Scope.WRITE)
    with logged_in(guarded, "anna") as reader, logged_in(guarded, "editor") as editor:
        assert "not change the corpus" in page_event(reader, "_remove", [None])
        assert "0 articles removed" in page_event(editor, "_remove", [None])
        file = {"files": ("a.txt", b"The harbour opened.")}
        assert reader.post("/gradio_api/upload", files=file).status_code == 403
        assert editor.post("/gradio_api/upload", files=file).status_code == 200


def test_only_an_administrator_runs_evaluations_through_the_page(guarded: Served) -> None:
    with logged_in(guarded, "anna") as reader:
        said = page_event(reader, "_run", ["sample", None, "extractive", True, None])
    assert guarded.dateline.settings.index.joinpath("evaluations").exists() is False
    assert said
