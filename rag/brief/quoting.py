"""Who carries a quotation, since when, in whose mouth and in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rag.brief.alignment import Token, closest, difference, longest_run, only_marks_differ, tokens
from rag.brief.types import FoundQuotation
from rag.brief.voices import speaker_at
from rag.check.quotations import find_quotations
from rag.check.words import STOPWORDS
from rag.index.catalog import Catalog
from rag.index.store import IndexStore
from rag.types import Article, Filters, Passage, Span

_CANDIDATES = 200
_MOST_CANDIDATES = 3_200
_LIKE, _LIKE_UNQUOTED = 0.55, 0.75
"""Least share of the words looked for that an altered wording keeps, in quotation marks and without."""
_SHORTEST_ALTERED = 4
_EXTRACT = 6
"""Words in a row, three of them not function words, by which a quoted extract is known for the same quotation."""
_EXTRACT_SHARE = 0.25
_CONTENT = 3
_INTERRUPTION = 8
"""Words that may come between: "we count on Russia," he told reporters, "to …"."""
_BEFORE = 400
_MOSTLY = 0.7
_END = frozenset(".!?")
_QUOTES = '"“”„«»'
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class _Match:
    start: int
    end: int
    exact: bool
    difference: str
    matched: int


def find_quotation(store: IndexStore, words: str, filters: Filters | None = None) -> list[FoundQuotation]:
    """Finds the articles that have given words, in quotation marks or not, or a wording close to them.

    The lexical index proposes passages; each is aligned with the words, together with what stands around it, so that
    a quotation may run on from one passage to the next. Copies of one report are all listed.

    Args:
        store: An open index.
        words: The quotation; marks around it and white space do not matter. At most its first 120 words are compared.
        filters: Which articles to look at.

    Returns:
        One place for each article, earliest publication first, undated articles last.
    """
    text = words.strip().strip(_QUOTES + "'‘’").strip()
    wanted = _trimmed(tokens(text))[:_LONGEST]
    if not wanted:
        return []
    store.refresh()
    found: dict[str, FoundQuotation] = {}
    seen: set[str] = set()
    k = _CANDIDATES
    while True:
        hits = [hit for hit, _ in store.search_lexical(text, k, filters or Filters())]
        fresh = store.catalog.passages([hit for hit in hits if hit not in seen])
        seen.update(hits)
        new = _look(store.catalog, text, wanted, fresh)
        found.update({key: value for key, value in new.items() if key not in found or value.exact})
        # The weaker half of the candidates still brought some: there may be more below.
        tail = {passage.article_id for passage in fresh[len(fresh) // 2 :]}
        if len(hits) < k or k >= _MOST_CANDIDATES or not tail & new.keys():
            break
        k *= 4
    return sorted(found.values(), key=lambda f: (f.published or date.max, not f.exact, f.publisher, f.article_id))


def _look(
    catalog: Catalog, text: str, wanted: Sequence[Token], passages: Sequence[Passage]
) -> dict[str, FoundQuotation]:
    by_article: dict[str, list[Passage]] = {}
    needed = {t.key for t in wanted if t.is_word}
    for passage in passages:
        if not passage.sentences:  # a headline alone is nobody's words
            continue
        if len(needed & {t.key for t in tokens(passage.text)}) >= _EXTRACT_SHARE * len(needed):
            by_article.setdefault(passage.article_id, []).append(passage)
    found = {}
    for article_id, places in by_article.items():
        article = catalog.article(article_id)
        matches = [
            match for span in _regions(article, places, len(text)) if (match := _match(article, span, text, wanted))
        ]
        if matches:
            best = max(matches, key=lambda m: (m.exact, m.matched, -m.start))
            found[article_id] = _found(catalog, article, best)
    return found


def _regions(article: Article, places: Sequence[Passage], length: int) -> list[Span]:
    """Returns the passages with as much around them as the words are long, those that meet as one."""
    merged: list[Span] = []
    for passage in sorted(places, key=lambda p: p.span.start):
        start, end = max(0, passage.span.start - 2 * length), min(len(article.text), passage.span.end + 2 * length)
        if merged and start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(end, merged[-1].end))
        else:
            merged.append(Span(start, end))
    return merged


def _match(article: Article, region: Span, text: str, wanted: Sequence[Token]) -> _Match | None:
    given = tokens(article.text, region.start, region.end)
    words = [t for t in given if t.is_word]
    keys, others = [t.key for t in wanted if t.is_word], [t.key for t in words]
    start, end, matched = closest(keys, others)
    if not matched:
        return None
    if matched < len(keys):
        quoted = _is_quoted(article.text, region, Span(words[start].start, words[end - 1].end))
        if not _is_alike(keys, others[start:end], matched, quoted):
            return None
        start, end = _extended(article.text, words, start, end, keys)
    elif len(keys) + _INTERRUPTION < end - start:
        return None
    first, last = words[start], words[end - 1]
    inside = [t for t in given if first.start <= t.start and t.end <= last.end]
    asked = _trimmed(wanted)
    exact = [t.key for t in inside] == [t.key for t in asked]
    marked = "" if exact else difference(asked, text, inside, article.text)
    if marked and only_marks_differ(asked, inside):
        marked = f"only marks differ: {marked}"
    return _Match(first.start, last.end, exact, marked, matched)


def _is_alike(wanted: Sequence[str], given: Sequence[str], matched: int, quoted: bool) -> bool:
    like = _LIKE if quoted else _LIKE_UNQUOTED
    if len(wanted) >= _SHORTEST_ALTERED and matched >= like * len(wanted) and len(given) <= len(wanted) + _INTERRUPTION:
        return _has_content(wanted, given)
    return (
        quoted
        and matched >= _EXTRACT_SHARE * len(wanted)
        and longest_run(wanted, given) >= _EXTRACT
        and len({key for key in set(given) & set(wanted) if key not in STOPWORDS}) >= _CONTENT
    )


def _is_quoted(text: str, region: Span, span: Span) -> bool:
    """Tells whether most of a span stands in quotation marks."""
    around = Span(max(region.start, span.start - _BEFORE), min(region.end, span.end + _BEFORE))
    start = text.rfind("\n", 0, span.start) + 1
    around = Span(max(around.start, start), around.end)
    inside = sum(
        max(0, min(q.end + around.start, span.end) - max(q.start + around.start, span.start))
        for q in find_quotations(around.of(text))
    )
    return inside >= _MOSTLY * (span.end - span.start)


def _has_content(wanted: Sequence[str], given: Sequence[str]) -> bool:
    """Tells whether what two wordings share is more than function words."""
    content = {key for key in wanted if key not in STOPWORDS}
    return not content or len(content & set(given)) >= 0.5 * len(content)


def _extended(text: str, words: Sequence[Token], start: int, end: int, wanted: Sequence[str]) -> tuple[int, int]:
    """Takes in what replaces missing words at either end, up to the end of the quotation or sentence."""
    present = [t.key for t in words[start:end]]
    first = next((i for i, key in enumerate(wanted) if key == present[0]), 0)
    last = next((i for i, key in enumerate(reversed(wanted)) if key == present[-1]), 0)
    for _ in range(first):
        if start == 0 or _parted(text[words[start - 1].end : words[start].start]):
            break
        start -= 1
    for _ in range(last):
        if end == len(words) or _parted(text[words[end - 1].end : words[end].start]):
            break
        end += 1
    return start, end


def _parted(between: str) -> bool:
    return any(mark in between for mark in (*_END, *_QUOTES, "\n"))


def _trimmed(found: Sequence[Token]) -> list[Token]:
    """Returns tokens without the marks at both ends."""
    at = [i for i, token in enumerate(found) if token.is_word]
    return list(found[at[0] : at[-1] + 1]) if at else []


def _found(catalog: Catalog, article: Article, match: _Match) -> FoundQuotation:
    spans = sorted({span for p in catalog.passages_of(article.id) for span in p.sentences}, key=lambda s: s.start)
    texts = [span.of(article.text) for span in spans]
    inside = [at for at, span in enumerate(spans) if span.end > match.start and span.start < match.end]
    speaker = next((name for at in inside if (name := speaker_at(texts, at, article.title))), "")
    return FoundQuotation(
        article.id, article.title, article.publisher, article.published, match.start, match.end,
        article.text[match.start : match.end], speaker, match.exact, match.difference,
    )  # fmt: skip
