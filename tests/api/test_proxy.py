"""Behind a reverse proxy: who asks is who asked the proxy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.served import Served, serving
from ui.access.identity import Scope

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def proxied(sample_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("proxied")
    with serving(sample_index, folder, serve_proxies="127.0.0.1 10.0.0.0/8", serve_per_minute=5) as running:
        running.accounts.add_user("anna", PASSWORD, Scope.READ)
        yield running


def test_a_proxy_on_this_machine_does_not_make_its_callers_local(served: Served) -> None:
    with served.client() as client:
        assert client.get("/v1/models").status_code == 200
        for header in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):
            response = client.get("/v1/models", headers={header: "203.0.113.9"})
            assert response.status_code == 403
            assert "dateline key add" in response.json()["error"]["message"]


def test_wrong_keys_shut_out_the_address_behind_the_proxy_and_no_other(proxied: Served) -> None:
    key = proxied.accounts.add_key("honest", Scope.READ)
    with proxied.client("dl_guess", headers={"X-Forwarded-For": "203.0.113.9"}) as guessing:
        statuses = [guessing.get("/v1/models").status_code for _ in range(30)]
        assert (statuses[0], statuses[-1]) == (401, 429)
    with proxied.client(key, headers={"X-Forwarded-For": "203.0.113.10"}) as honest:
        assert honest.get("/v1/models").status_code == 200


def test_sessions_that_came_by_tls_stay_with_tls(proxied: Served) -> None:
    by_tls = {"X-Forwarded-For": "203.0.113.11", "X-Forwarded-Proto": "https"}
    with proxied.client(headers=by_tls) as client:
        response = client.post("/login", data={"name": "anna", "password": PASSWORD})
        assert "Secure" in response.headers["set-cookie"]
        key = proxied.accounts.add_key("page", Scope.READ)
        response = client.get("/", headers={"Authorization": f"Bearer {key}"})
        assert "; Secure" in response.headers["set-cookie"]
    with proxied.client() as client:
        response = client.post("/login", data={"name": "anna", "password": PASSWORD})
        assert "Secure" not in response.headers["set-cookie"]


def test_nobody_else_is_believed(sample_index: Path, tmp_path: Path) -> None:
    with serving(sample_index, tmp_path, serve_proxies="10.0.0.1") as running:
        running.accounts.add_user("anna", PASSWORD, Scope.READ)
        with running.client(headers={"X-Forwarded-Proto": "https"}) as client:
            response = client.post("/login", data={"name": "anna", "password": PASSWORD})
            assert "Secure" not in response.headers["set-cookie"]
