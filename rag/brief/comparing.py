"""How two publishers tell the same story."""

from __future__ import annotations

from collections.abc import Sequence

from rag.brief.desk import Desk
from rag.brief.differing import Differing
from rag.brief.facts import Fact
from rag.brief.ordering import told_elsewhere
from rag.brief.plan import STANDS, Sizes, in_time_order
from rag.brief.types import Section
from rag.brief.wording import attributed, dated, shown
from rag.types import AnswerSentence

BOTH = "What both report"
FIGURES = "Different figures"
ATTRIBUTIONS = "Different attributions and wordings"


def comparison(
    publishers: tuple[str, str], facts: Sequence[Fact], differing: Differing, desk: Desk, sizes: Sizes
) -> list[Section]:
    """Returns the sections of a comparison: shared facts, facts only in one, figures and attributions that differ.

    Args:
        publishers: The two, as they are called in the index or in other case.
        facts: Of the articles of both, by salience.
        differing: What they differ on.
        desk: Checks and cites.
        sizes: Most sentences of each section.
    """
    first, second = (name.casefold() for name in publishers)
    limit = sizes.developments
    both = _written([f for f in facts if {first, second} <= f.outlets], limit, desk, both=True)
    sections = [Section(BOTH, tuple(s for _, s in both))] if both else []
    for title, kinds in ((FIGURES, ("numeric", "date")), (ATTRIBUTIONS, ("attribution", "stance"))):
        pairs = zip(differing.disagreements, differing.sentences, strict=True)
        if found := tuple(s for d, s in pairs if d.kind in kinds):
            sections.append(Section(title, found))
    for name, outlet in ((publishers[0], first), (publishers[1], second)):
        alone = [
            f
            for f in facts
            if f.outlets == {outlet}
            and f.best.fitness >= STANDS
            and all((t.article_id, t.span) not in differing.places for t in f.tellings)
            and not told_elsewhere(f, facts)
        ]
        if written := _written(alone, limit, desk, both=False):
            shown_name = written[0][0].best.publisher or name
            sections.append(Section(f"Only {shown_name}", tuple(s for _, s in written)))
    return sections


def _written(facts: Sequence[Fact], limit: int, desk: Desk, *, both: bool) -> list[tuple[Fact, AnswerSentence]]:
    chosen: list[Fact] = []
    sentences: dict[int, AnswerSentence] = {}
    for fact in facts:
        if len(chosen) >= limit:
            break
        best = fact.best
        text = attributed(best, fact.speaker) if best.quotes else shown(best.text) if both else dated(best)
        sentence = desk.told(text, best, fact.passages())
        if sentence is not None and best.quotes:
            sentence = desk.with_voice(sentence, best)
        if sentence is None:
            continue
        cited = {c.article_id for c in desk.citations() if c.n in sentence.citations}
        if both and len({t.outlet for t in fact.tellings if t.article_id in cited}) < 2:
            continue
        chosen.append(fact)
        sentences[id(fact)] = sentence
    return [(fact, sentences[id(fact)]) for fact in in_time_order(chosen)]
