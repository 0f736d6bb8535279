"""What a chat that shows Markdown makes of an answer whose words come from hostile articles."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.types import Answer, AnswerSentence, Citation, Verdict
from ui.api.openai.message import Message

HOSTILE = st.text(alphabet="[]()<>!\\/^a1 \"'=:", max_size=40) | st.sampled_from(
    [
        "![x](https://leak.example/p.png)",
        "!\\[x](https://leak.example/p.png)",
        "[log in\\](https://leak.example)",
        "\\![x](https://leak.example/p.png) <img src=x>",
        "<https://leak.example>",
        "<!-- x --><script>1</script>",
        "[7][23]",
    ]
)


def answer(said: str, quote: str, title: str) -> Answer:
    citation = Citation(1, "a.md", "v", title, "Post", None, 0, len(quote), quote, ())
    sentence = AnswerSentence(said, Verdict.SUPPORTED, 1.0, (1,))
    return Answer("q", "q", "m", False, None, said, (sentence,), (citation,))


def active(text: str) -> list[Token]:
    tokens = MarkdownIt("commonmark", {"html": True}).parse(text)
    inside = [child for token in tokens for child in (token, *(token.children or ()))]
    return [token for token in inside if token.type in ("image", "link_open", "html_inline", "html_block")]


def test_the_check_sees_what_is_active() -> None:
    assert [token.type for token in active("![x](u) [y](u) <b>")] == ["image", "link_open", "html_inline"]


@given(HOSTILE, HOSTILE, HOSTILE)
def test_words_of_articles_load_nothing_and_lead_nowhere(said: str, quote: str, title: str) -> None:
    message = Message()
    made = answer(said, quote, title)
    message.end(made)
    assert active(message.text) == []
    markers = [annotation["url_citation"] for annotation in message.annotations(made)]
    assert [message.text[m["start_index"] : m["end_index"]] for m in markers] == ["[1]", "[1]"]
    assert {m["quote"] for m in markers} == {quote}


@pytest.mark.parametrize("said", ["Found in a boathouse [7][23].", "Five [^1] bells."])
def test_a_marker_in_an_article_is_not_taken_for_ours(said: str) -> None:
    message = Message()
    message.end(answer(said, said, ""))
    assert set(re.findall(r"(?<!\\)\[\^?\d+\]", message.text)) == {"[1]"}


def test_plain_words_stay_as_they_are() -> None:
    message = Message()
    message.end(answer("Profits were < 5% (of $3) [sic]!", "5 > 3 * 2 & _so_ on", "A_b"))
    assert message.text == "Profits were < 5% (of $3) [sic]! [1]\n\nSources:\n[1] A_b, Post: “5 > 3 * 2 & _so_ on”"


def test_what_the_question_was_limited_to_is_said_last() -> None:
    limited = replace(
        answer("It sank.", "It sank.", "Ferry"), warnings=("read from the question: only Post", "another")
    )
    message = Message()
    message.end(limited)
    assert message.text.endswith("\n\nRead from the question: only Post.")
    assert message.text.index("Sources:") < message.text.index("Read from")
