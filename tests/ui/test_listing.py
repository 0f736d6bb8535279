"""The table of articles and the picture of their coverage."""

from __future__ import annotations

import re
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from rag.types import SourceSummary
from ui.coverage import coverage
from ui.listing import ORDERS, ROWS, Wanted, table


def summary(n: int, publisher: str = "Post", published: date | None = None, lead: str | None = None) -> SourceSummary:
    return SourceSummary(f"a{n}", "v", f"Title {n}", publisher, published, "en", 1, lead)


def ids(html: str) -> list[str]:
    return re.findall(r'data-event="open" data-id="([^"]+)"', html)


def test_rows_come_a_page_at_a_time_and_none_is_lost() -> None:
    sources = [summary(n, published=date(2020, 1, 1) + timedelta(n)) for n in range(2 * ROWS + 7)]
    pages = [ids(table(sources, Wanted(start=start))) for start in range(0, len(sources), ROWS)]
    assert [len(page) for page in pages] == [ROWS, ROWS, 7]
    assert pages[0][0] == f"a{2 * ROWS + 6}"
    assert {i for page in pages for i in page} == {s.id for s in sources}


def test_a_page_beyond_the_end_shows_the_last() -> None:
    assert len(ids(table([summary(1)], Wanted(start=10_000)))) == 1


def test_copies_stand_under_their_lead_and_alone_where_it_does_not_fit() -> None:
    sources = [summary(1, "Wire"), summary(2, "Herald", lead="a1"), summary(3)]
    together = table(sources, Wanted(copies_only=True))
    assert ids(together) == ["a1", "a2"] and together.count("<tr>") == 2
    alone = table(sources, Wanted(publishers=("Herald",)))
    assert ids(alone) == ["a2"] and "near-duplicate of a1" in alone


@given(
    st.lists(st.tuples(st.sampled_from(["Post", "Wire"]), st.none() | st.dates(date(2019, 1, 1), date(2021, 1, 1)))),
    st.none() | st.dates(date(2019, 1, 1), date(2021, 1, 1)), st.sampled_from(list(ORDERS)),
)  # fmt: skip
def test_filters_let_through_what_fits(found: list[tuple[str, date | None]], after: date | None, order: str) -> None:
    sources = [summary(n, publisher, day) for n, (publisher, day) in enumerate(found)][:ROWS]
    wanted = Wanted(words="title", publishers=("Wire",), after=after, order=order)
    fitting = {
        s.id for s in sources if s.publisher == "Wire" and (after is None or (s.published and s.published >= after))
    }
    assert set(ids(table(sources, wanted))) == fitting


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 9000)), min_size=1, max_size=300))
def test_every_dated_article_is_in_the_picture(found: list[tuple[int, int]]) -> None:
    sources = [summary(n, f"P{p}", date(2000, 1, 1) + timedelta(d)) for n, (p, d) in enumerate(found)]
    counted = re.findall(r": ([\d,]+) articles?</title>", coverage(sources))
    assert sum(int(n.replace(",", "")) for n in counted) == len(sources)
