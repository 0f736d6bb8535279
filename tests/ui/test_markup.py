"""Foreign text in our HTML: shown as it is, and nothing else."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.types import Answer, AnswerSentence, Article, Citation, Disagreement, DroppedSentence, Position, Verdict
from ui import answers, source
from ui.footnotes import as_markdown, with_footnotes
from ui.history import Scope, StoredTurn
from ui.markup import address, button, text

NASTY = st.text(alphabet=st.sampled_from("<>\"'&`/=\\${}[]()!ab \n\x00\ud800\u202e"), max_size=30)


class Seen(HTMLParser):
    """Collects elements, attributes and text as a browser would find them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names.update(name for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


def _turn(words: str) -> StoredTurn:
    citation = Citation(1, words, "v", words, words, date(2020, 5, 4), 0, len(words), words, (words,))
    answer = Answer(
        words, words + "?", words, False, None, words, (AnswerSentence(words, Verdict.PARTIAL, 0.5, (1,)),),
        (citation,),
        disagreements=(Disagreement(words, words, (Position(words, (words,), (1,)),)),),
        dropped=(DroppedSentence(words, Verdict.UNSUPPORTED, words),), warnings=(words,), failure=words,
    )  # fmt: skip
    return StoredTurn(1, words, Scope((words,)), answer, "answered")


@given(NASTY)
def test_no_text_becomes_an_element_or_an_attribute(words: str) -> None:
    plain, nasty = Seen(answers.turn(_turn("w"), "c")), Seen(answers.turn(_turn(words or "w"), "c"))
    assert set(nasty.tags) <= set(plain.tags)
    assert nasty.names <= plain.names
    place = source.Place(1, "citation", _turn(words).answer.citations[0], _turn(words).answer.citations)  # type: ignore[union-attr]
    article = Article(words, "v", words, words, words, None, words)
    shown = Seen(source.cited_source(place, article))
    assert set(shown.tags) <= {"nav", "button", "span", "header", "h2", "p", "time", "div", "mark"}


@given(before=NASTY, quote=NASTY, after=NASTY)
def test_exactly_the_cited_words_are_marked(before: str, quote: str, after: str) -> None:
    words = before + quote + after
    citation = Citation(1, "a", "v", "t", "p", None, len(before), len(before) + len(quote), quote)
    html = source.cited_source(source.Place(1, "citation", citation, (citation,)), Article("a", "v", words))
    body = html.partition('<div class="article" dir="auto">')[2].removesuffix("</div>")
    sent = str.maketrans({"\x00": "\ufffd", "\ud800": "\ufffd"})
    marked = body.partition("<mark>")[2].partition("</mark>")[0]
    assert Seen(f"<p>{marked}</p>").text == quote.translate(sent)
    assert Seen(f"<p>{body}</p>").text == words.translate(sent)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", "file:///etc/passwd", "http://[", "", "JaVaScRiPt:x"],
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert address(url) == ""


def test_a_link_says_nothing_of_where_it_was_followed_from() -> None:
    link = address('https://news.example/a?"onmouseover=x')
    assert Seen(link).names == {"href", "target", "rel"}
    assert "noreferrer" in link


@given(NASTY, NASTY)
def test_data_of_a_button_stays_data(label: str, value: str) -> None:
    seen = Seen(button(text(label), "cite", title=value, id=value))
    assert seen.tags == ["button"]
    assert seen.names <= {"type", "class", "data-event", "aria-label", "title", "data-id"}


def test_an_article_that_changed_or_went_is_said_to_have() -> None:
    citation = Citation(1, "a", "old", "t", "p", None, 0, 4, "four")
    place = source.Place(1, "citation", citation, (citation,))
    assert "removed since" in source.cited_source(place, None)
    still = source.cited_source(place, Article("a", "new", "twenty-four"))
    assert "still stand" in still and "<mark>four</mark>" in still
    gone = source.cited_source(place, Article("a", "new", "five"))
    assert "no longer has" in gone and "<mark>" not in gone


def test_footnotes_give_source_date_and_words() -> None:
    citation = Citation(1, "a", "v", "Title", "Post", date(2020, 5, 4), 3, 8, "words", ("Copy",))
    answer = Answer("q", "q", "m", False, None, "Said. [1]", (), (citation,))
    assert with_footnotes(answer) == (
        "Said. [1]\n\n[1] Post, “Title”, 4 May 2020: “words”. Also carried by Copy. (a, characters 3 to 8)\n"
    )


def test_nothing_in_an_exported_conversation_is_markdown_of_an_article() -> None:
    exported = as_markdown("t", [_turn("![x](https://tracker.invalid/a.png) <img src=x> # head")])
    assert "![x](" not in exported
    assert "<img" not in exported.replace("\\<img", "")
