"""What a claim and its evidence have in common, as numbers that a learned verifier weighs.

All are lexical or come from the fact rules, so that a sentence takes milliseconds. Shares of wording follow the word
overlap baselines of Tang et al., "MiniCheck" (EMNLP 2024), with rarity of words as weights; the longest common
subsequence is ROUGE-L (Lin, 2004); pairs of words that one source sentence has together stand for who did what.
"""

from __future__ import annotations

import gzip
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import combinations, pairwise

from rag.check.dates import without_dates
from rag.check.facts import FactContext, FactKind, MissingFact, missing_facts
from rag.check.near_copies import near_copy
from rag.check.negations import count_negations
from rag.check.support import common_subsequence, figures
from rag.check.words import content_stems, keys, plain, stems, vocabulary
from rag.ingest.sentences import sentences

_CLOSEST = 3
_NEAR = 3
_MOST_PAIRED = 25
_MOST_EXCHANGED = 3
_PREFIX = 5
_HEDGES = frozenset(
    vocabulary("may might could likely possibly perhaps probably potentially appears seems suggest suggests")
)
_COMMENTARY = re.compile(
    r"(?:overall|therefore|thus|in (?:summary|conclusion|short|addition)|additionally|furthermore|moreover|however"
    r"|it(?:'s| is) (?:important|essential|also|worth|recommended|advis)|these|this|by |ultimately|finally|remember)",
    re.IGNORECASE,
)
_COUNTED_KINDS = (FactKind.NUMBER, FactKind.DATE, FactKind.NAME, FactKind.QUOTATION, FactKind.NEGATION)
_COUNTED_NEAR = (FactKind.NUMBER, FactKind.DATE, FactKind.NAME, FactKind.NEGATION)

Weigh = Callable[[str], float]


class Evidence:
    """A source text, split and stemmed once for all the claims that are compared with it.

    Args:
        text: Any text of at least one character.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.sentences = [span.of(text) for span in sentences(text)] or [text]
        comparable = [_comparable(sentence) for sentence in self.sentences]
        self.stems = [content_stems(sentence) for sentence in comparable]
        self.every_stem = [stems(sentence) for sentence in comparable]
        self.sets = [set(found) for found in self.stems]
        self.union: set[str] = set().union(*self.sets)
        self.prefixes = [{stem[:_PREFIX] for stem in found} for found in self.sets]
        self.prefix_union: set[str] = set().union(*self.prefixes)
        self.adjacent = {pair for found in self.stems for pair in pairwise(found)}
        self.negations = [count_negations(sentence) for sentence in self.sentences]
        self.keys = set(keys(text))


def describe(claim: str, evidence: Evidence, context: FactContext) -> tuple[dict[str, float], tuple[MissingFact, ...]]:
    """Returns the features of a claim against its evidence, and the facts the evidence lacks.

    Args:
        claim: One sentence, at least one word.
        evidence: The source words: a cited sentence or a whole document.
        context: What is known of the source beside its words.

    Returns:
        Features by name, always the same names in the same order; shares lie in [0, 1], counts and sums of word
        weights are at least 0, ``negation_surplus`` may be negative.
    """
    comparable = _comparable(claim)
    every = stems(comparable) or ["?"]
    wanted = content_stems(comparable) or every
    weights = {stem: rarity(stem) for stem in wanted}
    total = math.fsum(weights.values())

    def share(found: set[str], width: int | None = None) -> float:
        return min(math.fsum(w for stem, w in weights.items() if stem[:width] in found) / total, 1.0)

    closest = _closest(weights, evidence.sets)
    missing = missing_facts(claim, evidence.text, context=context)
    near = missing_facts(claim, " ".join(evidence.sentences[i] for i in closest), context=context)
    counts, near_counts = (Counter(fact.kind for fact in facts) for facts in (missing, near))
    unknown = [w for stem, w in weights.items() if stem[:_PREFIX] not in evidence.prefix_union]
    said = keys(claim)
    copy = near_copy(claim, evidence.text)
    features = {
        "covered": share(evidence.union),
        "covered_by_one": max(share(found) for found in evidence.sets),
        "covered_by_closest": share(set().union(*(evidence.sets[i] for i in closest))),
        "covered_by_window": max(share(found) for found in _windows(evidence.sets)),
        "covered_roughly": share(evidence.prefix_union, _PREFIX),
        "covered_roughly_by_one": max(share(found, _PREFIX) for found in evidence.prefixes),
        "in_order": _in_order(wanted, [evidence.stems[i] for i in closest]),
        "in_order_in_one": max(_in_order(wanted, [evidence.stems[i]]) for i in closest),
        "in_order_every_word": max(_in_order(every, [evidence.every_stem[i]]) for i in closest),
        "adjacent_pairs": _share(pair in evidence.adjacent for pair in pairwise(wanted)),
        "near_pairs": _near_pairs(wanted, weights, evidence.sets),
        "pairs": _share(_together(a, b, evidence.sets) for a, b in combinations(list(weights)[:_MOST_PAIRED], 2)),
        "missing_words": float(sum(stem not in evidence.union for stem in weights)),
        "unknown_words": float(len(unknown)),
        "rarest_missing": max((w for stem, w in weights.items() if stem not in evidence.union), default=0.0),
        "two_rarest_unknown": math.fsum(sorted(unknown)[-2:]),
        "unknown_weight": math.fsum(unknown),
        **{f"missing_{kind}": float(counts[kind]) for kind in _COUNTED_KINDS},
        **{f"missing_{kind}_near": float(near_counts[kind]) for kind in _COUNTED_NEAR},
        "length": math.log(len(wanted)),
        "evidence_length": math.log(1 + sum(map(len, evidence.stems))),
        "mean_rarity": total / len(weights),
        "new_hedges": float(sum(key in _HEDGES and key not in evidence.keys for key in said)),
        "new_words": _share((key not in evidence.keys for key in said), default=0.0),
        "negation_surplus": float(count_negations(claim) - max(evidence.negations[i] for i in closest)),
        "commentary": float(bool(_COMMENTARY.match(claim.strip()))),
        "copied": copy.aligned,
        "copied_but_exchanged": copy.aligned * min(len(copy.replaced), _MOST_EXCHANGED),
        "copied_but_negated": copy.aligned * copy.negation_changed,
        "copied_but_swapped": float(copy.roles_swapped),
    }
    return features, missing


def rarity(stem: str) -> float:
    """Returns the inverse document frequency of a stem in news, at least 0 and highest for unknown ones.

    The formula is BM25's. The frequencies come with the package, so that a verdict is the same in every corpus.
    """
    documents, frequencies = _frequencies()
    n = frequencies.get(stem, 0)
    return math.log1p((documents - n + 0.5) / (n + 0.5))


@lru_cache(maxsize=1)
def _frequencies() -> tuple[int, dict[str, int]]:
    packed = files("rag.check.models").joinpath("document_frequencies.json.gz").read_bytes()
    content = json.loads(gzip.decompress(packed))
    return content["documents"], content["frequencies"]


def _comparable(text: str) -> str:
    return figures(without_dates(plain(text)))


def _closest(weights: dict[str, float], sets: Sequence[set[str]]) -> list[int]:
    """Returns which source sentences cover a claim best, greedily, in reading order; at least one."""
    chosen: list[int] = []
    covered: set[str] = set()
    while len(chosen) < _CLOSEST:
        gains = [math.fsum(w for stem, w in weights.items() if stem in found - covered) for found in sets]
        best = max(range(len(sets)), key=lambda i: (gains[i], -i))
        if not gains[best]:
            break
        chosen.append(best)
        covered |= sets[best]
    return sorted(chosen) or [0]


def _windows(sets: Sequence[set[str]]) -> list[set[str]]:
    return [set().union(*sets[i : i + _CLOSEST]) for i in range(max(1, len(sets) - _CLOSEST + 1))]


def _in_order(wanted: Sequence[str], pieces: Iterable[Sequence[str]]) -> float:
    return common_subsequence(wanted, [stem for piece in pieces for stem in piece]) / len(wanted)


def _together(left: str, right: str, sets: Sequence[set[str]]) -> bool:
    return any(left in found and right in found for found in sets)


def _near_pairs(wanted: Sequence[str], weights: dict[str, float], sets: Sequence[set[str]]) -> float:
    """Returns the share of neighbouring word pairs of the claim that one source sentence has too, by rarity."""
    pairs = [(a, b) for i, a in enumerate(wanted) for b in wanted[i + 1 : i + 1 + _NEAR] if a != b]
    total = math.fsum(min(weights[a], weights[b]) for a, b in pairs)
    if not total:
        return 1.0
    return min(1.0, math.fsum(min(weights[a], weights[b]) for a, b in pairs if _together(a, b, sets)) / total)


def _share(outcomes: Iterable[bool], default: float = 1.0) -> float:
    found = list(outcomes)
    return sum(found) / len(found) if found else default
