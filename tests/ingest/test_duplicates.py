from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.index.catalog import Catalog
from rag.index.records import IndexedArticle
from rag.ingest.duplicates import group_copies
from rag.types import Article
from tests.corpora import report

STORY = report(1, 12)
DAY = date(2017, 11, 20)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = Catalog(tmp_path / "catalog.sqlite")
    yield opened
    opened.close()


def item(article_id: str, text: str = STORY, *, publisher: str = "", day: date | None = DAY) -> IndexedArticle:
    version = hashlib.sha256(text.encode()).hexdigest()
    article = Article(article_id, version, text, publisher=publisher or article_id.upper(), published=day)
    return IndexedArticle(article, "/corpus", article_id, version, ())


def write(catalog: Catalog, *items: IndexedArticle) -> None:
    grouping = group_copies(catalog, items)
    catalog.commit(grouping.items, [], grouping.leads)


def drop(catalog: Catalog, *ids: str) -> None:
    catalog.commit([], ids, group_copies(catalog, [], ids).leads)


def groups(catalog: Catalog) -> dict[str, set[str]]:
    """Returns the followers of every lead."""
    found: dict[str, set[str]] = {s.id: set() for s in catalog.summaries() if s.duplicate_of is None}
    for summary in catalog.summaries():
        if summary.duplicate_of is not None:
            found[summary.duplicate_of].add(summary.id)
    return found


def test_a_copy_with_small_changes_follows_the_original(catalog: Catalog) -> None:
    write(catalog, item("a"))
    write(catalog, item("b", f"ARKONA (Agency) — {STORY} Copyright Agency.", day=date(2017, 11, 21)))
    assert groups(catalog) == {"a": {"b"}}
    assert (catalog.carriers("a"), catalog.carriers("b")) == (["B"], ["A"])


def test_reports_of_their_own_do_not_follow_each_other(catalog: Catalog) -> None:
    first = (
        "Three people died when a ferry sank off Arkona on Monday night, the coast guard said. The vessel went down in"
        " heavy seas two miles from the harbour. Forty passengers were pulled from the water by fishermen."
    )
    second = (
        "A ferry carrying more than forty people has sunk near the port of Arkona, killing at least three. Fishing"
        " boats rushed to the scene and rescued most of those on board, according to officials. The weather was rough."
    )
    write(catalog, item("a", first), item("b", second), item("c", report(2, 12)))
    assert groups(catalog) == {"a": set(), "b": set(), "c": set()}


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "b", "a"), ("b", "c", "a")])
def test_the_earliest_leads_whatever_arrives_first(catalog: Catalog, order: tuple[str, ...], at_once: bool) -> None:
    items = {
        "a": item("a", day=date(2017, 11, 19)),
        "b": item("b", f"{STORY} More soon.", day=date(2017, 11, 20)),
        "c": item("c", day=None),
    }
    if at_once:
        write(catalog, *(items[name] for name in order))
    else:
        for name in order:
            write(catalog, items[name])
    assert groups(catalog) == {"a": {"b", "c"}}


def test_of_one_day_the_longest_leads(catalog: Catalog) -> None:
    write(catalog, item("a"), item("b", f"{STORY} The council will meet again next week."))
    assert groups(catalog) == {"b": {"a"}}


def test_when_the_lead_goes_the_next_in_line_leads(catalog: Catalog) -> None:
    days = {"a": 1, "b": 3, "c": 2, "d": 4}
    write(catalog, *(item(name, day=date(2017, 11, day)) for name, day in days.items()))
    assert groups(catalog) == {"a": {"b", "c", "d"}}
    drop(catalog, "c", "a")
    assert groups(catalog) == {"b": {"d"}}
    assert catalog.carriers("b") == ["D"]


def test_a_lead_that_becomes_another_story_lets_its_copies_go(catalog: Catalog) -> None:
    write(catalog, *(item(name, day=date(2017, 11, day)) for day, name in enumerate("abc", start=1)))
    write(catalog, item("a", report(2, 12), day=date(2017, 11, 1)), item("b", f"{STORY} Yes.", day=date(2017, 11, 2)))
    assert groups(catalog) == {"a": set(), "b": {"c"}}
    write(catalog, item("a", "Too short to be told from chance.", day=date(2017, 11, 1)))
    write(catalog, item("c", day=date(2017, 10, 1)))
    assert groups(catalog) == {"a": set(), "c": {"b"}}


def test_updates_of_one_publisher_are_not_copies_but_equal_texts_are(catalog: Catalog) -> None:
    update = STORY.replace(".", ", officials said.", 1)
    write(
        catalog,
        item("a", publisher="The Courier"),
        item("b", update, publisher="the courier", day=date(2017, 11, 21)),
        item("c", publisher="The Courier", day=date(2017, 11, 22)),
    )
    assert groups(catalog) == {"a": {"c"}, "b": set()}
    assert catalog.carriers("a") == []


def test_an_update_does_not_follow_its_own_first_version_by_way_of_another_papers_copy(catalog: Catalog) -> None:
    update = STORY.replace(".", ", officials said.", 1)
    write(
        catalog,
        item("wire", day=date(2017, 11, 19)),
        item("first", publisher="Courier"),
        item("update", update, publisher="Courier", day=date(2017, 11, 21)),
        item("copy", update, publisher="Herald", day=date(2017, 11, 22)),
    )
    assert groups(catalog) == {"wire": {"first"}, "update": {"copy"}}
    drop(catalog, "first")
    assert groups(catalog) == {"wire": {"update", "copy"}}


def test_many_copies_are_grouped_in_reasonable_time(catalog: Catalog) -> None:
    items = [item(f"p{i:03}", f"{STORY} Page {i}.", day=date(2018, 12, 31 - i % 28)) for i in range(300)]
    write(catalog, *items[:200])
    write(catalog, *items[200:])
    assert len(groups(catalog)) == 1


_TEXTS = [
    STORY,
    " ".join(STORY.split(". ")[3:9]).replace("the ", "this "),
    f"{STORY} More is to follow.",
    f"{report(1, 8)} {report(3, 4)}",
    f"{report(1, 4)} {report(3, 8)}",
    report(3, 12),
    "Too short.",
]
_ARTICLE = st.tuples(
    st.sampled_from("abcde"), st.sampled_from(_TEXTS), st.sampled_from(["X", "Y", "Z"]),
    st.sampled_from([None, DAY, date(2017, 11, 21)]),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(changes=st.lists(st.one_of(st.lists(_ARTICLE, min_size=1, max_size=3), st.sampled_from("abcde")), max_size=7))
def test_groups_depend_on_what_is_stored_and_not_on_how_it_came(
    tmp_path_factory: pytest.TempPathFactory, changes: list[list[tuple[str, str, str, date | None]] | str]
) -> None:
    folder = tmp_path_factory.mktemp("groups")
    lived, fresh = Catalog(folder / "lived.sqlite"), Catalog(folder / "fresh.sqlite")
    stored: dict[str, IndexedArticle] = {}
    for change in changes:
        if isinstance(change, str):
            drop(lived, change)
            stored.pop(change, None)
        else:
            items = {i: item(i, text, publisher=publisher, day=day) for i, text, publisher, day in change}
            write(lived, *items.values())
            stored |= items
    write(fresh, *stored.values())
    assert groups(lived) == groups(fresh)
    lived.close()
    fresh.close()


LEAD = (
    "The river Arka broke its banks at Belmar on Sunday night and flooded four hundred homes, the fire service said.\n"
    "Soldiers carried patients out of the city hospital before dawn after water reached the boiler room.\n"
    "“We heard the dam siren and ran with what we could hold in our hands,” the baker Ines Kolb said.\n"
    "The regional governor declared a state of emergency and asked the army for two more bridging units.\n"
    "Trains between Belmar and Cordelia are cancelled until engineers have inspected three viaducts.\n"
    "Insurers put the first estimate of the damage at ninety million crowns, most of it to farms and warehouses.\n"
    "Forecasters expect the water to fall from Tuesday, although more rain is likely in the mountains.\n"
    "Opposition councillors recalled that money for a higher dyke was struck from the budget two years ago."
)
REWORDED = (
    "Forecasters expect the water to drop from Tuesday, though more rain is likely in the mountains.\n"
    "The river Arka burst its banks at Belmar late on Sunday and flooded 400 homes, according to the fire service.\n"
    "Soldiers brought patients out of the city hospital before dawn when water got to the boiler room.\n"
    "The governor of the region declared a state of emergency and requested two more bridging units from the army.\n"
    "Insurers put a first estimate of damage at ninety million crowns, mostly to farms and warehouses."
)
OWN_REPORT = (
    "Belmar woke up under a metre of brown water on Monday, its market square a lake with carts adrift.\n"
    "“We heard the dam siren and ran with what we could hold in our hands,” said Ines Kolb, who owns a bakery.\n"
    "Her neighbour, a retired teacher, spent the night on a roof with two dogs until a boat came past.\n"
    "City hall opened the gymnasium for those without a bed; volunteers there ladled soup for hundreds.\n"
    "Nobody could say when the railway would run again, and the road to Cordelia lies buried by a landslide.\n"
    "Residents were angry that a planned dyke had never been built despite warnings from hydrologists."
)


def test_a_copy_that_is_cut_moved_and_reworded_is_caught(catalog: Catalog) -> None:
    write(catalog, item("a", LEAD), item("b", REWORDED, day=date(2017, 11, 21)))
    assert groups(catalog) == {"a": {"b"}}


def test_a_report_of_the_same_event_with_the_same_quotation_is_its_own(catalog: Catalog) -> None:
    write(catalog, item("a", LEAD), item("b", OWN_REPORT, day=date(2017, 11, 21)))
    assert groups(catalog) == {"a": set(), "b": set()}


def test_reports_that_share_a_long_speech_are_their_own(catalog: Catalog) -> None:
    speech = "\n".join(f"“{report(9, 3)}”" for _ in range(2)) + f"\n“{report(10, 8)}”"
    write(catalog, item("a", f"{LEAD}\n{speech}"), item("b", f"{OWN_REPORT}\n{speech}"))
    assert groups(catalog) == {"a": set(), "b": set()}


def test_a_brief_inside_a_long_report_is_not_its_copy(catalog: Catalog) -> None:
    brief = "\n".join(LEAD.split("\n")[:2])
    write(catalog, item("a", brief), item("b", f"{LEAD}\n{report(5, 20)}", day=date(2017, 11, 21)))
    assert groups(catalog) == {"a": set(), "b": set()}


def test_a_later_edit_by_the_same_publisher_stays_an_update_when_reworded(catalog: Catalog) -> None:
    items = [item("a", LEAD, publisher="P"), item("b", REWORDED, publisher="P", day=date(2017, 11, 21))]
    write(catalog, *items)
    assert groups(catalog) == {"a": set(), "b": set()}


def test_a_follow_up_that_repeats_the_background_is_no_copy_where_the_publisher_is_unknown(catalog: Catalog) -> None:
    follow_up = "\n".join([*OWN_REPORT.split("\n")[2:], *LEAD.split("\n")[3:7]])
    for name, text, day in (("a", LEAD, 20), ("b", follow_up, 21)):
        version = hashlib.sha256(text.encode()).hexdigest()
        article = Article(name, version, text, published=date(2017, 11, day))
        write(catalog, IndexedArticle(article, "/corpus", name, version, ()))
    assert groups(catalog) == {"a": set(), "b": set()}


def test_an_edition_of_another_month_is_no_copy_unless_it_is_nearly_the_same(catalog: Catalog) -> None:
    write(catalog, item("a", LEAD), item("b", REWORDED, day=date(2017, 12, 21)))
    write(catalog, item("c", f"{LEAD} Reprint.", day=date(2018, 12, 21)))
    assert groups(catalog) == {"a": {"c"}, "b": set()}


def test_a_text_of_one_sentence_over_and_over_takes_no_time(catalog: Catalog) -> None:
    refrain = "The quick brown fox jumps over every lazy dog in town. "
    started = time.process_time()
    write(catalog, item("a", f"{LEAD} {refrain * 8_000}"), item("b", f"{REWORDED} {refrain * 7_000}"))
    assert time.process_time() - started < 10
