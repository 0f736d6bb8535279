"""Briefings of source sentences, through the public object."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from rag.brief.days import EventDay, event_day
from rag.brief.types import Briefing, Length, Request
from rag.config import Settings
from rag.service import Dateline
from rag.types import Filters, Verdict
from tests.corpora import write_article

TOPIC = "Putin and Assad meet in Sochi"


@pytest.fixture(scope="module")
def sochi(sample: Dateline) -> Briefing:
    return sample.brief(Request(TOPIC))


def texts(briefing: Briefing, title: str) -> list[str]:
    return [s.text for section in briefing.sections if section.title == title for s in section.sentences]


def dateline(folder: Path, *articles: tuple[str, str, date]) -> Dateline:
    for n, (publisher, text, published) in enumerate(articles):
        path = folder / "in" / f"{n}.md"
        write_article(path, text, title=f"Report {n}", publisher=publisher, published=published)
    opened = Dateline(Settings(index=folder / "index", model="extractive"))
    opened.ingest([folder / "in"])
    return opened


def test_the_parts_come_in_order(sochi: Briefing) -> None:
    titles = [s.title for s in sochi.sections]
    order = ["Headline", "Bottom line", "Key developments", "Who said what", "What sources agree on",
             "Where sources differ", "Only one outlet reports", "What is not known"]  # fmt: skip
    assert titles == [t for t in order if t in titles]
    assert {"Headline", "Bottom line", "Key developments", "Who said what", "What is not known"} <= set(titles)
    assert len(texts(sochi, "Bottom line")) == 2


def test_every_sentence_is_checked_and_every_citation_is_the_exact_words(sample: Dateline, sochi: Briefing) -> None:
    numbers = {c.n for c in sochi.citations}
    cited = set()
    for section in sochi.sections:
        for sentence in section.sentences:
            assert sentence.verdict is Verdict.SUPPORTED
            assert sentence.citations
            cited.update(sentence.citations)
    assert cited == numbers == set(range(1, len(numbers) + 1))
    for c in sochi.citations:
        article, _ = sample.article(c.article_id)
        assert (article.text[c.start : c.end], article.version) == (c.quote, c.version)


def test_developments_stand_in_the_order_of_events_not_of_publication(sochi: Briefing) -> None:
    days = [
        (int(y), _month(m), int(d))
        for t in texts(sochi, "Key developments")
        for d, m, y in re.findall(r"^(?:Reported )?(\d+) (\w+) (\d{4})", t)
    ]
    assert len(days) > 3
    assert days == sorted(days)
    assert any(t.startswith("20 October 2015: ") for t in texts(sochi, "Key developments"))


def _month(name: str) -> int:
    return next(m for m in range(1, 13) if f"{date(2000, m, 1):%B}" == name)


def test_quotations_keep_their_speaker(sochi: Briefing) -> None:
    said = texts(sochi, "Who said what")
    satisfaction = next(t for t in said if "I note with satisfaction" in t)
    assert "Putin" in satisfaction and "Assad" not in satisfaction
    assert "Assad" in next(t for t in said if "We count on the support of Russia" in t)


def test_a_gap_is_listed_where_a_source_shows_it(sochi: Briefing) -> None:
    assert any("No date for the congress was given" in t for t in texts(sochi, "What is not known"))


def test_a_copy_counts_once(sochi: Briefing) -> None:
    (wire,) = [s for s in sochi.sources if s.copies]
    assert (wire.publisher, wire.copies) == ("Northline Wire", ("Meridian Morning Herald",))
    assert sochi.independent == len({s.publisher for s in sochi.sources})


def test_orders_to_software_do_not_reach_a_briefing(sample: Dateline) -> None:
    found = sample.brief(Request("Trump and Putin talk by phone", length=Length.LONG))
    shown = " ".join(s.text for section in found.sections for s in section.sentences)
    assert "maintenance mode" not in shown
    assert "9,000 delegates" not in shown


def test_length_decides_how_much_is_told(sample: Dateline, sochi: Briefing) -> None:
    short = sample.brief(Request(TOPIC, length=Length.SHORT))
    assert sum(len(s.sentences) for s in short.sections) < sum(len(s.sentences) for s in sochi.sections)


def test_filters_hold(sample: Dateline) -> None:
    found = sample.brief(Request(TOPIC, Filters(publishers=("harbour gazette",), before=date(2017, 11, 21))))
    assert {c.publisher for c in found.citations} == {"Harbour Gazette"}
    assert all(c.published and c.published <= date(2017, 11, 21) for c in found.citations)


def test_without_a_topic_the_newest_week_is_told(sample: Dateline) -> None:
    found = sample.brief(Request())
    assert {c.published for c in found.citations} == {date(2017, 12, 12)}


def test_nothing_about_a_topic_gives_no_sections(sample: Dateline) -> None:
    found = sample.brief(Request(TOPIC, Filters(publishers=("Nobody",))))
    assert (found.sections, found.citations) == ((), ())


def test_death_tolls_that_differ_stand_side_by_side(tmp_path: Path) -> None:
    day = date(2020, 5, 6)
    opened = dateline(
        tmp_path,
        ("Red Post", "A bridge collapsed in Arkona on Tuesday. The collapse in Arkona killed 40 people. Crews searched "
         "the river for survivors through the night.", day),
        ("Blue Times", "A road bridge in Arkona fell into the river on Tuesday. The collapse of the bridge in Arkona "
         "killed 60 people. The mayor promised an inquiry into the collapse.", day),
    )  # fmt: skip
    found = opened.brief(Request("bridge collapse in Arkona"))
    (tolls,) = [d for d in found.disagreements if d.kind == "numeric"]
    assert {(p.value, p.publishers) for p in tolls.positions} == {("40", ("Red Post",)), ("60", ("Blue Times",))}
    (sentence,) = texts(found, "Where sources differ")
    assert "Red Post: “" in sentence and "Blue Times: “" in sentence


def test_since_marks_what_was_not_told_before(tmp_path: Path) -> None:
    opened = dateline(
        tmp_path,
        ("Red Post", "A bridge collapsed in Arkona on Tuesday. Twelve people were taken to the hospital of Arkona.",
         date(2020, 5, 6)),
        ("Blue Times", "A bridge collapsed in Arkona on Tuesday. Police in Arkona arrested the chief engineer of the "
         "bridge on Thursday.", date(2020, 5, 8)),
    )  # fmt: skip
    found = opened.brief(Request("bridge collapse in Arkona", since=date(2020, 5, 6)))
    marked = {s.text: place in x.new for x in found.sections for place, s in enumerate(x.sentences)}
    assert any(new for text, new in marked.items() if "arrested" in text)
    assert not any(new for text, new in marked.items() if "collapsed" in text)
    assert not any(new for text, new in marked.items() if "hospital" in text)


def test_background_is_not_new(sample: Dateline) -> None:
    found = sample.brief(Request(TOPIC, since=date(2017, 11, 21)))
    marked = {s.text: place in x.new for x in found.sections for place, s in enumerate(x.sentences)}
    assert any(marked.values())
    assert not any(new for text, new in marked.items() if re.search(r"\b20(?:11|15)\b", text))


def test_two_publishers_are_compared(sample: Dateline) -> None:
    pair = ("Northline Wire", "Harbour Gazette")
    found = sample.brief(Request("Sochi summit minibus injured", compare=pair))
    titles = [s.title for s in found.sections]
    assert "Only Northline Wire" in titles and "Only Harbour Gazette" in titles
    assert {c.publisher for c in found.citations} <= set(pair)


PUBLISHED = date(2017, 11, 22)  # a Wednesday


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        ("The two leaders met in Sochi yesterday.", EventDay(2017, 11, 21)),
        ("He travelled to Moscow on Tuesday for talks.", EventDay(2017, 11, 21)),
        ("The three will meet on Friday.", EventDay(2017, 11, 24, ahead=True)),
        ("On Friday, the three will meet.", EventDay(2017, 11, 24, ahead=True)),
        ("On Monday, the office announced that it would issue permits.", EventDay(2017, 11, 20)),
        ("The bill will become law after a vote of the House on Tuesday.", EventDay(2017, 11, 21)),
        ("The offer was made during the months of June and July of 2009.", EventDay(2009, 6)),
        (
            "The speech will be held on Friday, but she said it will not be held this Tuesday.",
            EventDay(2017, 11, 24, ahead=True),
        ),
        ("Brazil votes for a new president on Sunday, in the final round.", EventDay(2017, 11, 26, ahead=True)),
        ("It came ahead of Wednesday's summit.", None),
        ("The army has shelled the town since March 2011.", None),
        ("His visit to Russia was in October 2015.", EventDay(2015, 10)),
        ("They want to change the 2010 law.", None),
        ("She is running for president in 2020.", None),
        ("She will follow Ann Lee, who resigned in July after scandals.", None),
        ("The law was passed in 2010.", EventDay(2010)),
        ('"We shall see on Monday," she said.', None),
    ],
)
def test_event_days(sentence: str, day: EventDay | None) -> None:
    assert event_day(sentence, PUBLISHED) == day
