from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from rag.config import Settings
from rag.errors import ContextOverflowError, ModelError, ModelTimeoutError, ModelUnavailableError, ModelUnreachableError
from rag.generate.llm import LanguageModel, Message, load_model
from tests.fakes import FakeModelServer, Reply, fails, hangs, says, sends, streams

QUESTION: list[Message] = [{"role": "user", "content": "Who met in Sochi?"}]


def model_at(server: FakeModelServer, **settings: Any) -> LanguageModel:
    given = {"model": "openai/fake", "model_api_base": server.url, "model_api_key": "secret", "model_timeout": 5.0}
    return load_model(Settings(**{**given, **settings}))


def error_of(reply: Reply, **settings: Any) -> ModelError:
    with FakeModelServer(reply) as server, pytest.raises(ModelError) as caught:
        model_at(server, **{"model_retries": 0, **settings}).complete(QUESTION, max_tokens=5)
    assert "\n" not in str(caught.value)
    assert "litellm" not in str(caught.value)
    return caught.value


def test_completes_and_reports_what_it_cost() -> None:
    with FakeModelServer(says(" Assad and Putin. ")) as server:
        model = model_at(server, model="openai/gpt-4o-mini")
        answer = model.complete(QUESTION, max_tokens=7, stop=("\n",))
    assert answer.text == "Assad and Putin."
    assert answer.finish_reason == "stop"
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (11, 3)
    assert 0 < answer.usage.cost_usd < 0.001
    sent = server.requests[0]
    assert (sent["temperature"], sent["max_tokens"], sent["stop"]) == (0, 7, ["\n"])
    assert server.headers[0]["authorization"] == "Bearer secret"
    assert (model.name, model.strength, model.context) == ("openai/gpt-4o-mini", "large", 128_000)


def test_unknown_prices_cost_nothing_and_unknown_contexts_are_the_configured_one() -> None:
    with FakeModelServer(says("x")) as server:
        model = model_at(server, model_strength="small", model_context=1234)
        assert model.complete(QUESTION, max_tokens=1).usage.cost_usd == 0.0
    assert (model.strength, model.context) == ("small", 1234)


def test_a_bare_name_is_enough_with_an_address() -> None:
    with FakeModelServer(says("x")) as server:
        model = model_at(server, model="my-own-model")
        model.complete(QUESTION, max_tokens=1)
    assert server.requests[0]["model"] == "my-own-model"
    assert model.name == "my-own-model"


def test_the_openai_key_is_not_sent_to_another_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-private")
    with FakeModelServer(says("x")) as server:
        model_at(server, model_api_key="").complete(QUESTION, max_tokens=1)
    assert "sk-private" not in str(server.headers)


def test_a_schema_is_asked_for() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    with FakeModelServer(says('{"a": "b"}')) as server:
        model_at(server).complete(QUESTION, max_tokens=9, schema=schema)
    assert server.requests[0]["response_format"]["json_schema"]["schema"] == schema


def test_passing_failures_are_tried_again_when_the_server_says_so() -> None:
    with FakeModelServer(
        fails(429, "slow down", retry_after=0.01), fails(503, "x", retry_after=0), says("ok")
    ) as server:
        assert model_at(server, model_retries=2).complete(QUESTION, max_tokens=1).text == "ok"
    assert len(server.requests) == 3


def test_retries_never_outlast_the_time_limit() -> None:
    started = time.monotonic()
    with (
        FakeModelServer(fails(429, "slow down", retry_after=60)) as server,
        pytest.raises(ModelError, match="slow down"),
    ):
        model_at(server, model_retries=5).complete(QUESTION, max_tokens=1)
    assert len(server.requests) == 1
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_lasting_failures_are_not_tried_again(status: int) -> None:
    with FakeModelServer(fails(status, "no")) as server, pytest.raises(ModelError):
        model_at(server, model_retries=3).complete(QUESTION, max_tokens=1)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (401, ModelUnavailableError, "refused the key: wrong"),
        (403, ModelUnavailableError, "refused the key"),
        (404, ModelUnavailableError, "not known there"),
        (429, ModelError, "overloaded"),
        (500, ModelError, "out of order"),
        (400, ModelError, "did not answer usefully: wrong"),
    ],
)
def test_refusals_are_told_apart(status: int, kind: type[ModelError], words: str) -> None:
    error = error_of(fails(status, "wrong"))
    assert type(error) is kind
    assert words in str(error)


def test_a_prompt_that_is_too_long_is_its_own_error() -> None:
    said = "This model's maximum context length is 4096 tokens. However, you asked for more."
    assert isinstance(error_of(fails(400, said, code="context_length_exceeded")), ContextOverflowError)


@pytest.mark.parametrize("body", ["<html>gateway</html>", '{"a": 1}', '{"a":', ""])
def test_garbage_is_a_model_error(body: str) -> None:
    assert type(error_of(sends(body))) is ModelError


def test_a_server_that_hangs_runs_into_the_time_limit() -> None:
    started = time.monotonic()
    assert isinstance(error_of(hangs(), model_timeout=0.3, model_retries=3), ModelTimeoutError)
    assert time.monotonic() - started < 2


def test_nobody_listening() -> None:
    with FakeModelServer(says("x")) as server:
        model = model_at(server, model_retries=0)
    with pytest.raises(ModelUnreachableError, match="cannot be reached"):
        model.complete(QUESTION, max_tokens=1)


def test_streams_piece_by_piece_and_returns_the_whole() -> None:
    with FakeModelServer(streams(["Assad ", "and ", "Putin"])) as server:
        stream = model_at(server).stream(QUESTION, max_tokens=9)
        pieces = []
        while True:
            try:
                pieces.append(next(stream))
            except StopIteration as end:
                answer = end.value
                break
    assert pieces == ["Assad ", "and ", "Putin"]
    assert (answer.text, answer.finish_reason, answer.usage.prompt_tokens) == ("Assad and Putin", "stop", 11)


@pytest.mark.parametrize("ending", ["die", "garbage", "stop short"])
def test_a_stream_that_breaks_off_is_an_error_after_its_pieces(ending: Any) -> None:
    with FakeModelServer(streams(["a", "b"], then=ending)) as server:
        stream = model_at(server).stream(QUESTION, max_tokens=9)
        assert [next(stream), next(stream)] == ["a", "b"]
        with pytest.raises(ModelError, match="broke off"):
            next(stream)


def test_a_stream_that_stalls_runs_into_the_time_limit() -> None:
    with FakeModelServer(streams(["a"], then="hang")) as server:
        stream = model_at(server, model_timeout=0.3).stream(QUESTION, max_tokens=9)
        assert next(stream) == "a"
        with pytest.raises(ModelTimeoutError):
            next(stream)


def test_a_stream_that_trickles_runs_into_the_time_limit() -> None:
    with FakeModelServer(streams(["a"] * 400, pause=0.01)) as server, pytest.raises(ModelTimeoutError):
        list(model_at(server, model_timeout=0.3).stream(QUESTION, max_tokens=9))


def test_the_time_that_a_reader_takes_is_not_the_models() -> None:
    with FakeModelServer(streams(["a", "b", "c"])) as server:
        stream, pieces = model_at(server, model_timeout=0.3).stream(QUESTION, max_tokens=9), []
        for piece in stream:
            pieces.append(piece)
            time.sleep(0.4)
    assert pieces == ["a", "b", "c"]


def test_closing_a_stream_hangs_up() -> None:
    with FakeModelServer(streams(["word "] * 400, pause=0.01)) as server:
        stream = model_at(server).stream(QUESTION, max_tokens=400)
        next(stream)
        stream.close()
        assert server.disconnected.wait(2)


def test_probability_of_yes_counts_every_spelling() -> None:
    top = {"Yes": -1.0, " yes": -2.0, "no": -1.5, "YES": -3.0, "Well": -0.1}
    with FakeModelServer(says("Yes", top=top)) as server:
        probability, usage = model_at(server).probability_of_yes(QUESTION)
    yes, no = 0.36788 + 0.13534 + 0.04979, 0.22313
    assert probability == pytest.approx(yes / (yes + no), abs=1e-4)
    assert usage.prompt_tokens == 11
    assert (server.requests[0]["max_tokens"], server.requests[0]["top_logprobs"]) == (1, 20)


@pytest.mark.parametrize(("top", "words"), [(None, "no log probabilities"), ({"Well": -0.1}, "neither yes nor no")])
def test_a_model_that_cannot_say_yes_says_so(top: dict[str, float] | None, words: str) -> None:
    with FakeModelServer(says("Well", top=top)) as server, pytest.raises(ModelError, match=words):
        model_at(server).probability_of_yes(QUESTION)


def test_a_model_that_does_not_exist_is_refused_in_one_line_without_network_or_noise(tmp_path: Path) -> None:
    program = (
        "import socket\n"
        "def refuse(*a, **k): raise SystemExit('the network was used')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from rag.config import Settings\n"
        "from rag.errors import ModelUnavailableError\n"
        "from rag.generate.llm import load_model\n"
        "try: load_model(Settings(model='nope/nothing'))\n"
        "except ModelUnavailableError as error: print(error)\n"
    )
    root = Path(__file__).parents[2]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DATELINE", "LITELLM"))}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**environment, "PYTHONPATH": str(root)},
    )
    assert done.stderr == ""
    assert done.stdout.count("\n") == 1
    assert "'nope/nothing'" in done.stdout


def test_a_missing_key_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("openai/gpt-4o-mini", "anthropic/claude-3-haiku-20240307"):
        with pytest.raises(ModelUnavailableError, match="key"):
            load_model(Settings(model=name, model_retries=0)).complete(QUESTION, max_tokens=1)
