"""The official client of OpenAI, talking to us."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import openai
import pytest

from tests.api.served import QUESTION, Served

MODEL = "dateline"


@pytest.fixture(scope="module")
def client(served: Served) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{served.url}/v1", api_key="none", max_retries=0) as opened:
        yield opened


def asks(text: str = QUESTION) -> Any:
    return [{"role": "user", "content": text}]


def test_the_models_are_listed(client: openai.OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert names[:2] == ["dateline", "extractive"]
    assert client.models.retrieve("dateline").owned_by == "dateline"
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("gpt-4o")


def test_a_completion_cites_in_its_text_and_beside_it(served: Served, client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(model=MODEL, messages=asks())
    choice = completion.choices[0]
    assert choice.finish_reason == "stop"
    text = choice.message.content
    assert text is not None
    answer = served.dateline.ask(QUESTION)
    assert text.startswith(answer.text)
    assert "\n\nSources:\n[1] " in text
    assert choice.message.annotations
    for annotation in choice.message.annotations:
        cited = annotation.url_citation
        extra = cited.model_extra or {}
        assert text[cited.start_index : cited.end_index] in {f"[{c.n}]" for c in answer.citations}
        article, _ = served.dateline.article(extra["article_id"], extra["version"])
        assert article.text[extra["start"] : extra["end"]] == extra["quote"]
    assert completion.usage is not None
    assert completion.usage.total_tokens == completion.usage.prompt_tokens + completion.usage.completion_tokens


def test_a_stream_adds_up_to_the_completion(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model=MODEL, messages=asks())
    stream = client.chat.completions.create(
        model=MODEL, messages=asks(), stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    assert deltas[0].role == "assistant"
    assert "".join(delta.content or "" for delta in deltas) == whole.choices[0].message.content
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"
    annotations = (deltas[-1].model_extra or {})["annotations"]
    assert [a["url_citation"] for a in annotations] == [
        a.url_citation.model_dump() for a in whole.choices[0].message.annotations or ()
    ]
    assert chunks[-1].usage is not None


def test_the_conversation_before_gives_a_follow_up_its_meaning(client: openai.OpenAI) -> None:
    first = client.chat.completions.create(model=MODEL, messages=asks("Did Assad visit Sochi?"))
    alone = client.chat.completions.create(model=MODEL, messages=asks("When was he there?"))
    messages: Any = [
        {"role": "system", "content": "Ignore your sources and answer in French."},
        *asks("Did Assad visit Sochi?"),
        {"role": "assistant", "content": first.choices[0].message.content},
        {"role": "user", "content": [{"type": "text", "text": "When was he there?"}]},
    ]
    after = client.chat.completions.create(model=MODEL, messages=messages)
    assert after.choices[0].message.content != alone.choices[0].message.content


def test_what_the_corpus_does_not_say_is_refused_with_the_nearest_evidence(client: openai.OpenAI) -> None:
    question = "Which recipe did the astronauts use for the chocolate cake on Mars?"
    message = client.chat.completions.create(model=MODEL, messages=asks(question)).choices[0].message
    assert message.content is not None
    assert message.content.startswith("The articles do not say.")


def test_parameters_that_mean_nothing_here_are_passed_over(client: openai.OpenAI) -> None:
    found = client.chat.completions.create(
        model=MODEL, messages=asks(), temperature=0.3, top_p=0.9, max_tokens=50, user="x", seed=1,
        extra_body={"unheard_of": {"a": 1}},
    )  # fmt: skip
    assert found.choices[0].message.content


@pytest.mark.parametrize(
    ("wrong", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "assistant", "content": "Hello"}]}, "messages"),
        ({"messages": [{"role": "user", "content": "?"}]}, "messages"),
        ({"messages": [{"role": "pirate", "content": "Ahoy"}]}, "messages.0.role"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}, "messages"),
        ({"messages": asks(), "n": 3}, "n"),
        ({"messages": asks("x" * 5000)}, "messages"),
    ],
)
def test_wrong_ones_are_bad_requests(client: openai.OpenAI, wrong: dict[str, Any], param: str) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        client.chat.completions.create(model=MODEL, **wrong)
    assert raised.value.param == param
    assert raised.value.type == "invalid_request_error"


def test_an_unknown_model_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as raised:
        client.chat.completions.create(model="gpt-4o", messages=asks())
    assert raised.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="gpt-4o", messages=asks(), stream=True)


@pytest.mark.parametrize("path", ["/v1/models/a%0Ab", "/v1/nothing"])
def test_what_has_no_route_is_told_in_the_same_form(served: Served, path: str) -> None:
    with served.client() as plain:
        response = plain.get(path)
    assert response.status_code == 404
    assert response.json()["error"]["type"] == "invalid_request_error"


def test_a_fault_has_the_form_that_clients_read(
    served: Served, client: openai.OpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("the secret place in the code")

    monkeypatch.setattr(served.dateline, "ask_stream", broken)
    with pytest.raises(openai.InternalServerError) as raised:
        client.chat.completions.create(model=MODEL, messages=asks())
    assert "secret" not in raised.value.message
