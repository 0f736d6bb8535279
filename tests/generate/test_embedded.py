from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from rag.config import Settings
from rag.errors import ContextOverflowError, ModelTimeoutError, ModelUnavailableError
from rag.generate.embedded import EmbeddedServer
from rag.generate.llm import LanguageModel, LiteLLMModel, load_model
from rag.generate.model import Message

PASSAGE = (
    "Bashar al-Assad flew to Sochi on Monday and met Vladimir Putin for three hours. The Kremlin said the two had "
    "agreed that the military operation was coming to an end and that talks on a political settlement must follow."
)


def about(passage: str, question: str) -> list[Message]:
    asked = f"Passage: {passage}\n\nQuestion: {question}\nDoes the passage state the answer? Answer yes or no."
    return [{"role": "system", "content": "You read news reports."}, {"role": "user", "content": asked}]


@pytest.mark.parametrize("content", [b"not a model at all", b""])
def test_a_file_of_another_kind_is_refused_at_once(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelUnavailableError, match="not a GGUF file"):
        EmbeddedServer(path, context=512)


def test_a_missing_file_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailableError, match="No such file"):
        EmbeddedServer(tmp_path / "none.gguf", context=512)


def test_a_broken_model_is_refused_in_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("xllamacpp")
    path = tmp_path / "broken.gguf"
    path.write_bytes(b"GGUF" + (3).to_bytes(4, "little") + bytes(64))
    with pytest.raises(ModelUnavailableError, match=r"broken\.gguf cannot be loaded: .*architecture") as caught:
        load_model(Settings(model=str(path)))
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.model
def test_tells_a_passage_that_answers_from_one_that_does_not(real_model: LanguageModel) -> None:
    yes, usage = real_model.probability_of_yes(about(PASSAGE, "Where did Assad meet Putin?"))
    no, _ = real_model.probability_of_yes(about(PASSAGE, "Who won the 1998 football World Cup?"))
    assert yes > no + 0.2
    assert usage.prompt_tokens > 60
    assert usage.cost_usd == 0.0


@pytest.mark.model
def test_writes_compact_json_and_holds_to_a_grammar(real_model: LanguageModel) -> None:
    asked: list[Message] = [{"role": "user", "content": "What is the capital of France?"}]
    schema = {
        "type": "object",
        "properties": {"capital": {"type": "string"}},
        "required": ["capital"],
        "additionalProperties": False,
    }
    assert real_model.complete(asked, max_tokens=20, schema=schema).text == '{"capital":"Paris"}'
    assert real_model.complete(asked, max_tokens=5, grammar='root ::= "Paris." | "Rome."').text == "Paris."


@pytest.mark.model
def test_survives_a_prompt_that_is_too_long(real_model: LanguageModel) -> None:
    with pytest.raises(ContextOverflowError):
        real_model.complete([{"role": "user", "content": "word " * 5000}], max_tokens=1)
    assert real_model.complete([{"role": "user", "content": "Say hello."}], max_tokens=1).text


@pytest.mark.model
def test_closing_a_stream_frees_the_model_for_the_next_call(real_model: LanguageModel) -> None:
    story: list[Message] = [{"role": "user", "content": "Count from one to a thousand in words."}]
    stream = real_model.stream(story, max_tokens=1500)
    started = time.monotonic()
    next(stream), next(stream)
    first_two = time.monotonic() - started
    stream.close()
    started = time.monotonic()
    real_model.complete([{"role": "user", "content": "Hi"}], max_tokens=1)
    # 1,500 tokens take more than ten times as long as reading the prompt and writing two.
    assert time.monotonic() - started < 5 * first_two + 2


@pytest.mark.model
def test_time_limit_and_key_hold(real_model: LanguageModel) -> None:
    assert isinstance(real_model, LiteLLMModel)
    hurried = LiteLLMModel("hurried", "small", 2048, 0.2, 2, real_model.route, real_model.server)
    started = time.monotonic()
    with pytest.raises(ModelTimeoutError):
        hurried.complete([{"role": "user", "content": "Tell me a story about the sea."}], max_tokens=300)
    assert time.monotonic() - started < 1.5
    assert real_model.server is not None
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(f"{real_model.server.url}/models", timeout=10)


@pytest.mark.model
def test_its_process_ends_when_its_owner_is_killed(real_model: LanguageModel) -> None:
    assert isinstance(real_model, LiteLLMModel)
    assert real_model.server is not None
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom rag.generate.embedded import EmbeddedServer\n"
        "server = EmbeddedServer(Path(sys.argv[1]), context=512)\nprint(server.pid, flush=True)\ntime.sleep(60)\n"
    )
    command = [sys.executable, "-c", program, str(real_model.server.model)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as owner:
        assert owner.stdout is not None
        child = Path("/proc") / owner.stdout.readline().decode().strip()
        assert child.exists()
        owner.kill()
    deadline = time.monotonic() + 20
    while child.exists() and "Z" not in (child / "stat").read_text().split()[2:3]:
        assert time.monotonic() < deadline, "the model's process outlived its owner"
        time.sleep(0.05)
