"""Whether a small model's own wording of a source can be believed.

A check of words lets near misses pass: a plan told as done, one brand's recall told of two. How closely a sentence
follows its source and how sure its author is, asked again, tell right from wrong ones beyond it. That sentences which
keep the words of their source are more often true to it is known of summaries (Durmus et al., "FEQA", ACL 2020).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rag.check.support import common_subsequence
from rag.check.words import content_stems, keys, plain, stem_keys, vocabulary

_POINTS_BACK = re.compile(r"\W*(?:he|she|they|it|this|that|these|those|his|her|their|its)\b", re.IGNORECASE)
_SUBJECT = re.compile(r"\W*(?:[Tt]he|[Aa]n?)\s+(?:[\w'-]+\s+){0,3}?([a-z]+)\s+of\b")
# Sources seldom write the noun by which a figure, a day or a person is asked for.
_ASKED_BY = frozenset(
    vocabulary(
        """age amount area author capital cause cost count date day death duration end founder head height home hour
        leader length level location majority name number owner part percentage place population price rate reason
        result role share side size source speed start state status sum time title toll total use value victim weight
        winner year"""
    )
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """From where on a sentence is believed; all in [0, 1].

    Attributes:
        copied: Share of its words in the order of its source from which it is believed whatever its author says.
        close: Share from which it is believed if its author is sure.
        sure: Probability that its author gives to it, asked again, from which that is sure.
    """

    copied: float
    close: float
    sure: float

    def doubt(self, share: float, sure: float) -> str:
        """Returns why a sentence is not believed; empty if it is."""
        if share >= self.copied:
            return ""
        if sure < self.sure:
            return "the model that wrote this doubts that its source says it"
        return "" if share >= self.close else "the model that wrote this kept few of the words of its source"


BELIEVED = Bounds(copied=0.9, close=0.65, sure=0.985)
"""Chosen by ``eval.bench.believed`` on 169 of our own sentences that a reader labelled and nothing else speaks against,
for at most 1% wrong: 25 are wrong, none of the 66 that are believed. Chosen without a tenth of the questions and tried
on it, 1.7% of 66 are. Either figure alone ranks right above wrong with AUC .70 and .72."""


def word_share(text: str, sources: Iterable[str]) -> float:
    """Returns the share of a sentence's words that one of its sources has in the same order, in [0, 1].

    It is the precision of ROUGE-L (Lin, "ROUGE", 2004) against the nearest source, on words without case, accents and
    possessive endings.
    """
    said = keys(text)
    return max((common_subsequence(said, keys(source)) / len(said) for source in sources if said), default=0.0)


def points_back(sentence: str) -> bool:
    """Tells whether a sentence begins with whom or what was named before it: "He said", "That's how many"."""
    return bool(_POINTS_BACK.match(sentence))


def asked_but_not_told(sentence: str, asked: str, source: str) -> str:
    """Returns what a sentence is about in the words of the question alone: "The idea of it came from …".

    A small model begins as the question does and goes on as the source does, whatever that tells of: who had the name
    for a chain is not who had the idea of it.

    Args:
        sentence: The sentence.
        asked: The question.
        source: All that its author was shown of what it cites, the headlines too.

    Returns:
        The noun of "The … of" that opens the sentence, where the question has it and the source has it nowhere; empty
        when there is none.
    """
    opening = _SUBJECT.match(plain(sentence))
    if not opening:
        return ""
    [stem] = stem_keys([opening[1]])
    if opening[1] in _ASKED_BY:
        return ""
    return opening[1] if stem in content_stems(asked) and stem not in content_stems(source) else ""
