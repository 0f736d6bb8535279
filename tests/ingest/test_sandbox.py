"""Whatever a parser does to a file, it costs that file and nothing else."""

from __future__ import annotations

import os
import signal
import time

import pytest

from eval.bench.samples import html
from rag.errors import SourceError
from rag.ingest.readers.sandbox import Sandbox

SLOW = b"<html><body>" + b"<p>Some words of a page that never seems to end.</p>" * 300_000


def pid_of(sandbox: Sandbox) -> int:
    assert sandbox._child is not None
    return sandbox._child.pid


def test_one_child_parses_file_after_file() -> None:
    with Sandbox() as sandbox:
        [one] = sandbox.parse("HTML", html(), "a")
        pid = pid_of(sandbox)
        [two] = sandbox.parse("HTML", html(), "b")
        assert (one.text, one.key, two.key, pid_of(sandbox)) == (two.text, "a", "b", pid)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_too_long_is_an_error_and_the_next_file_is_read() -> None:
    with Sandbox(seconds=0.5) as sandbox:
        began = time.monotonic()
        with pytest.raises(SourceError, match=r"takes longer than 0\.5 seconds"):
            sandbox.parse("HTML", SLOW, "a")
        assert time.monotonic() - began < 40
    with Sandbox() as sandbox:
        with pytest.raises(SourceError):
            sandbox.parse("HTML", b"", "a")
        assert sandbox.parse("HTML", html(), "b")


def test_too_much_memory_is_an_error() -> None:
    with Sandbox(seconds=60, memory=400 << 20) as sandbox:
        with pytest.raises(SourceError, match=r"memory|crashes|is not HTML"):
            sandbox.parse("HTML", SLOW * 3, "a")
        assert sandbox.parse("HTML", html(), "b")


def test_a_child_that_is_killed_is_replaced() -> None:
    with Sandbox() as sandbox:
        sandbox.parse("HTML", html(), "a")
        os.kill(pid_of(sandbox), signal.SIGKILL)
        assert_read_at_last(sandbox)


def assert_read_at_last(sandbox: Sandbox) -> None:
    try:
        assert sandbox.parse("HTML", html(), "b")
    except SourceError:  # it had not ended yet when the file was sent
        assert sandbox.parse("HTML", html(), "b")
