"""Measures how many one-fact edits of true sentences a verifier lets pass as supported.

Run as::

    python -m eval.bench.edits --sources FOLDER... [--count 40] [--half looking]

A folder with ``articles.jsonl.gz`` or ``corpus.jsonl.gz`` gives sentences verbatim; one with
``ragtruth_sentences.jsonl.gz`` gives sentences that people found supported. An edit is caught when its verdict is not
``supported``; a false alarm is the same for the unedited sentence. Both cite what ``choose_citations`` picks among
the document's own sentences. Documents are divided into halves by hash; without ``--half`` the reporting half is used.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.edits import EditKind, edits_of
from eval.edits.sources import TrueSentence, paraphrased, verbatim
from rag.check.citations import CitedSentence, choose_citations
from rag.check.facts import FactContext
from rag.check.verification import Claim, Verifier
from rag.config import load_settings
from rag.generate.verifiers import load_verifier
from rag.types import Span, Verdict

KINDS = tuple(EditKind)
_BATCH = 64


@dataclass(slots=True)
class Counts:
    """Verdicts other than ``supported`` among ``n``."""

    n: int = 0
    hits: int = 0

    def add(self, hit: bool) -> None:
        """Counts one verdict."""
        self.n += 1
        self.hits += hit

    def summary(self) -> dict[str, float]:
        """Returns n, the rate and its 95% Wilson score interval (Wilson 1927)."""
        low, high = wilson(self.hits, self.n)
        return {"n": self.n, "rate": round(self.hits / max(1, self.n), 3), "low": round(low, 3), "high": round(high, 3)}


@dataclass(slots=True)
class Outcome:
    """What a verifier did with one set: edits caught by kind, and false alarms on the same sentences unedited."""

    caught: dict[EditKind, Counts] = field(default_factory=lambda: {kind: Counts() for kind in KINDS})
    alarms: dict[EditKind, Counts] = field(default_factory=lambda: {kind: Counts() for kind in KINDS})
    unedited: Counts = field(default_factory=Counts)

    def report(self) -> dict[str, Any]:
        """Returns the table as plain values."""
        return {
            "caught": {str(kind): counts.summary() for kind, counts in self.caught.items()},
            "false_alarms_on_their_originals": {str(kind): counts.summary() for kind, counts in self.alarms.items()},
            "false_alarms": self.unedited.summary(),
        }


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Returns the Wilson score interval of a proportion; (0, 1) for no trials."""
    if not n:
        return 0.0, 1.0
    share = hits / n
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def measure(sources: Iterable[TrueSentence], verifier: Verifier, count: int, seed: int = 0) -> Outcome:
    """Edits sentences until each kind has ``count`` edits or the sentences run out, and counts verdicts."""
    rng = random.Random(seed)
    left = dict.fromkeys(KINDS, count)
    claims: list[tuple[EditKind | None, TrueSentence, str]] = []
    for source in sources:
        wanted = [e for e in edits_of(source.text, " ".join(source.document), rng) if left[e.kind]]
        for edit in wanted:
            left[edit.kind] -= 1
            claims.append((edit.kind, source, edit.text))
        if wanted:
            claims.append((None, source, source.text))
        if not any(left.values()):
            break
    outcome = Outcome()
    alarmed: dict[str, bool] = {}
    kinds_of: dict[str, list[EditKind]] = {}
    for start in range(0, len(claims), _BATCH):
        batch = claims[start : start + _BATCH]
        checks = verifier.verify_many([_claim(source, text) for _, source, text in batch])
        for (kind, source, text), check in zip(batch, checks, strict=True):
            flagged = check.verdict is not Verdict.SUPPORTED
            if kind is None:
                alarmed[text] = flagged
                outcome.unedited.add(flagged)
            else:
                outcome.caught[kind].add(flagged)
                kinds_of.setdefault(source.text, []).append(kind)
    for text, kinds in kinds_of.items():
        for kind in kinds:
            outcome.alarms[kind].add(alarmed[text])
    return outcome


def _claim(source: TrueSentence, text: str) -> Claim:
    candidates = [CitedSentence("a", "v", Span(i, i + 1), words) for i, words in enumerate(source.document)]
    cited = choose_citations(text, candidates)
    return Claim(text, " ".join(each.text for each in cited), FactContext(published=source.published))


def load(folder: Path) -> list[TrueSentence]:
    """Returns the true sentences of a folder, of whichever kind it holds."""
    is_judged = (folder / "ragtruth_sentences.jsonl.gz").exists()
    return paraphrased(folder) if is_judged else verbatim(folder)


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the arguments, measures, and prints JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=Path, nargs="+", required=True)
    parser.add_argument("--count", type=int, default=40, help="edits of each kind")
    parser.add_argument("--half", choices=["reporting", "looking"], default="reporting")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--verifier", help="as the setting of that name")
    options = parser.parse_args(arguments)
    verifier = load_verifier(load_settings(verifier=options.verifier))
    report = {}
    for folder in options.sources:
        sources = [s for s in load(folder) if s.is_reported == (options.half == "reporting")]
        report[folder.name] = measure(sources, verifier, options.count, options.seed).report()
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
