"""``dateline key`` and ``dateline user``: who may use a server."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rag.cli.options import common, json_only
from rag.cli.terminal import clean

if TYPE_CHECKING:
    from ui.access.accounts import Account, Accounts

_SCOPES = click.Choice(["read", "write", "admin"])
_scope = click.option("--scope", type=_SCOPES, default="read", show_default=True,
                      help="read asks and searches, write also changes articles, admin does everything.")  # fmt: skip


@click.group()
def key() -> None:
    """Keys with which programs use a server."""


@click.group()
def user() -> None:
    """People who may use the page of a server."""


@key.command("add")
@click.argument("name")
@_scope
@common
def add_key(name: str, scope: str, index: Path | None, as_json: bool) -> None:
    """Make a key and print it, once: only a hash of it is kept."""
    from ui.access.identity import Scope

    with json_only(as_json) as emit, _accounts(index) as accounts:
        made = accounts.add_key(name, Scope(scope))
        emit({"name": name, "scope": scope, "key": made})
        if not as_json:
            click.echo(made)


@key.command("list")
@common
def list_keys(index: Path | None, as_json: bool) -> None:
    """List the keys, without their secrets."""
    with json_only(as_json) as emit, _accounts(index) as accounts:
        found = accounts.keys()
        emit({"keys": _encoded(found)})
        if not as_json:
            _print(found)


@key.command("remove")
@click.argument("name")
@common
def remove_key(name: str, index: Path | None, as_json: bool) -> None:
    """Make a key worthless, at once."""
    with json_only(as_json) as emit, _accounts(index) as accounts:
        accounts.remove_key(name)
        emit({"removed": name})


@user.command("add")
@click.argument("name")
@_scope
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@common
def add_user(name: str, scope: str, password_stdin: bool, index: Path | None, as_json: bool) -> None:
    """Add a person; the password is asked for."""
    from ui.access.identity import Scope

    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    with json_only(as_json) as emit, _accounts(index) as accounts:
        accounts.add_user(name, password, Scope(scope))
        emit({"name": name, "scope": scope})


@user.command("list")
@common
def list_users(index: Path | None, as_json: bool) -> None:
    """List the people."""
    with json_only(as_json) as emit, _accounts(index) as accounts:
        found = accounts.users()
        emit({"users": _encoded(found)})
        if not as_json:
            _print(found)


@user.command("remove")
@click.argument("name")
@common
def remove_user(name: str, index: Path | None, as_json: bool) -> None:
    """Remove a person, and end their sessions."""
    with json_only(as_json) as emit, _accounts(index) as accounts:
        accounts.remove_user(name)
        emit({"removed": name})


@contextmanager
def _accounts(index: Path | None) -> Iterator[Accounts]:
    from rag.cli.options import service
    from ui.access.accounts import FILE, Accounts

    with service(index) as dateline:
        dateline.create()
        opened = Accounts(dateline.settings.index / FILE)
        try:
            yield opened
        finally:
            opened.close()


def _encoded(found: Sequence[Account]) -> list[dict[str, str]]:
    return [{"name": a.name, "scope": a.scope.value, "created": a.created} for a in found]


def _print(found: Sequence[Account]) -> None:
    for account in found:
        click.echo(clean(f"{account.name}  {account.scope.value}  {account.created[:10]}"))
