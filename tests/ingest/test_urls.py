from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.ingest.urls import date_from_url, headline_from_url, publisher_from_url, web_address


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.example.com/2022/06/12/media/story/index.html", date(2022, 6, 12)),
        ("https://example.com/world/2017/nov/21/sochi", date(2017, 11, 21)),
        ("https://example.com/news/2017-11-21-sochi", date(2017, 11, 21)),
        ("https://example.com/news/2022/06/", None),
        ("https://example.com/news/2022/13/45/x", None),
        ("https://example.com/2999/01/01/x", None),
        ("https://example.com/story?d=/2022/06/12/", None),
        ("https://example.com/id/120220612", None),
        ("", None),
        ("http://[broken", None),
    ],
)
def test_the_path_tells_the_date(url: str, expected: date | None) -> None:
    assert date_from_url(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.cnn.com/2022/06/12/x", "cnn.com"),
        ("https://e.newsletters.CNN.com/x", "cnn.com"),
        ("https://www.theweek.co.uk/x", "theweek.co.uk"),
        ("https://news.example.com.au:8080/x", "example.com.au"),
        ("http://127.0.0.1/x", ""),
        ("http://[::1]/x", ""),
        ("http://localhost/x", ""),
        ("http://[broken", ""),
        ("", ""),
    ],
)
def test_the_host_tells_the_publisher(url: str, expected: str) -> None:
    assert publisher_from_url(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.example/2022/07/25/business/walmart-inflation-prices/index.html", "Walmart inflation prices"),
        ("https://news.example/videos/2022/10/10/stromboli-volcano-eruption-vpx.cnn", "Stromboli volcano eruption vpx"),
        ("https://news.example/world/gallery/diwali-2022/index.html", "Diwali 2022"),
        ("https://news.example/world/page-2", ""),
        ("https://news.example/uk-politics-63332037", "Uk politics"),
        ("https://news.example/caf%C3%A9_f%C3%BCr_alle.html?id=7", "Café für alle"),
        ("https://news.example/live/h_e4a664d8138d4c4835055e5ba691e283", ""),
        ("https://news.example/", ""),
        ("file:///etc/two-words", ""),
        ("", ""),
    ],
)
def test_the_path_tells_the_headline(url: str, expected: str) -> None:
    assert headline_from_url(url) == expected


def test_only_web_addresses_count() -> None:
    assert web_address("https://example.com/a?b#c") == "https://example.com/a?b#c"
    for value in (
        "javascript:alert(1)",
        "file:///etc/passwd",
        "example.com",
        "https://",
        "https://a b.com",
        "",
        "http://[",
    ):
        assert web_address(value) == ""


@given(st.text(max_size=60))
def test_any_text_is_survived(text: str) -> None:
    for url in (text, f"https://{text}", f"https://example.com/{text}"):
        date_from_url(url)
        publisher_from_url(url)
        headline_from_url(url)
        web_address(url)
