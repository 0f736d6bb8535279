"""``dateline key`` and ``dateline user``."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from ui.access.accounts import FILE, Accounts
from ui.access.identity import Scope


def test_a_key_is_shown_once_and_can_be_removed(run: Run, workplace: Path) -> None:
    made = run("key", "add", "newsroom", "--scope", "write", "--json").json
    assert set(made) == {"name", "scope", "key"}
    plain = run("key", "add", "other")
    assert plain.out.startswith("dl_")
    listed = run("key", "list", "--json").json["keys"]
    assert [(k["name"], k["scope"]) for k in listed] == [("newsroom", "write"), ("other", "read")]
    assert made["key"] not in run("key", "list").out

    accounts = Accounts(workplace / ".dateline" / FILE)
    caller = accounts.caller_with_key(made["key"])
    assert caller is not None
    assert (caller.name, caller.scope) == ("key:newsroom", Scope.WRITE)
    assert run("key", "remove", "newsroom").code == 0
    assert accounts.caller_with_key(made["key"]) is None
    accounts.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("key", "add", "two words"), "cannot be a name"),
        (("key", "add", "a", "--scope", "everything"), "everything"),
        (("key", "remove", "nobody"), "there is no key nobody"),
        (("user", "remove", "nobody"), "there is no user nobody"),
    ],
)
def test_mistakes_are_one_line(run: Run, arguments: tuple[str, ...], said: str) -> None:
    outcome = run(*arguments)
    assert outcome.code == 2
    assert said in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_name_is_given_once(run: Run) -> None:
    assert run("key", "add", "a").code == 0
    assert "already" in run("key", "add", "a").err


def test_a_user_has_a_password(run: Run, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("correct horse battery\n"))
    assert run("user", "add", "anna", "--password-stdin", "--json").json == {"name": "anna", "scope": "read"}
    monkeypatch.setattr(sys, "stdin", io.StringIO("short\n"))
    assert "10 to 200 characters" in run("user", "add", "boris", "--password-stdin").err
    assert [u["name"] for u in run("user", "list", "--json").json["users"]] == ["anna"]

    accounts = Accounts(workplace / ".dateline" / FILE)
    assert accounts.log_in("anna", "wrong") is None
    assert accounts.log_in("boris", "short") is None
    session = accounts.log_in("anna", "correct horse battery")
    assert session is not None
    assert accounts.caller_in_session(session) is not None
    assert run("user", "remove", "anna").code == 0
    assert accounts.caller_in_session(session) is None
    accounts.close()
