"""Measures the rules of this folder on human labels, and shows how their thresholds were chosen.

``python -m rag.check.calibration JUDGE_DIR CLAPNQ_FILE`` prints, as JSON: per set of judged sentences the AUROC of
``support`` and how often each kind of missing fact fires; for the RAGTruth sentences what each threshold would do;
for CLAP-NQ the F1 of ``choose_citations`` given the gold answer, on the half it was tuned on and on the other.
Lines that speak of the summary itself ("Here is a summary in 80 words") are left out.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rag.check.citations import CitedSentence, choose_citations
from rag.check.facts import FactContext, FactKind, missing_facts
from rag.check.support import Idf, support
from rag.check.verification import verdict
from rag.check.words import content_stems
from rag.ingest.sentences import sentences
from rag.types import Span, Verdict

_ABOUT_ITSELF = re.compile(
    r"here(?:'s| is| are)\b.*(?:summar|answer)|based on the (?:given|provided)|unable to answer"
    r"|passages? do(?:es)? not",
    re.IGNORECASE,
)
Pair = tuple[str, str, bool]


def main(arguments: Sequence[str]) -> int:
    """Prints the report for a folder of judged texts and a CLAP-NQ file; 2 on wrong use."""
    if len(arguments) != 2:
        print("usage: python -m rag.check.calibration JUDGE_DIR CLAPNQ_FILE", file=sys.stderr)
        return 2
    sets = _judged(Path(arguments[0]))
    idf = _idf({evidence for pairs in sets.values() for _, evidence, _ in pairs})
    report = {name: _measure(pairs, idf) for name, pairs in sets.items()}
    rows = list(_records(Path(arguments[1])))
    report["clapnq"] = {"tuned": _citation_f1(rows[::2], idf), "held_out": _citation_f1(rows[1::2], idf)}
    print(json.dumps(report, indent=1))
    return 0


def _records(path: Path) -> Iterable[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _judged(folder: Path) -> dict[str, list[Pair]]:
    sets: dict[str, list[Pair]] = {}
    documents: dict[str, str] = {}
    for path in sorted(folder.glob("*.jsonl.gz")):
        if path.name != "ragtruth_sentences.jsonl.gz":
            for row in _records(path):
                documents[row["id"]] = row["doc"]
                if not row["dataset"].startswith("ragtruth"):
                    sets.setdefault(row["dataset"], []).append((row["claim"], row["doc"], row["label"] == 1))
    for row in _records(folder / "ragtruth_sentences.jsonl.gz"):
        if not _ABOUT_ITSELF.search(row["sentence"]):
            pair = (row["sentence"], documents[row["response_id"]], row["label"] == 1)
            sets.setdefault(f"{row['dataset']}_sentences", []).append(pair)
    return sets


def _idf(texts: set[str]) -> Idf:
    frequencies = Counter(stem for text in texts for stem in set(content_stems(text)))
    return lambda stem: math.log(1 + (len(texts) - frequencies[stem] + 0.5) / (frequencies[stem] + 0.5))


def _candidates(texts: Iterable[str]) -> list[CitedSentence]:
    return [CitedSentence("a", "v", Span(i, i + 1), text) for i, text in enumerate(texts)]


def _measure(pairs: Sequence[Pair], idf: Idf) -> dict[str, Any]:
    labels = [label for _, _, label in pairs]
    whole, cited, fired, verdicts = [], [], Counter[tuple[FactKind, bool]](), Counter[tuple[Verdict, bool]]()
    split: dict[str, list[CitedSentence]] = {}
    scored = []
    for claim, document, label in pairs:
        if document not in split:
            split[document] = _candidates(span.of(document) for span in sentences(document))
        evidence = " ".join(source.text for source in choose_citations(claim, split[document], idf=idf))
        missing = missing_facts(claim, evidence, context=FactContext())
        whole.append(support(claim, document, idf))
        cited.append(support(claim, evidence, idf))
        fired.update({(fact.kind, label) for fact in missing_facts(claim, document, context=FactContext())})
        verdicts[verdict(cited[-1], missing).verdict, label] += 1
        scored.append((cited[-1], bool(missing), label))
    right, wrong = max(1, sum(labels)), max(1, labels.count(False))
    return {
        "n": len(pairs),
        "wrong": round(labels.count(False) / len(pairs), 3),
        "auroc_whole_document": round(_auroc(whole, labels), 3),
        "auroc_cited_sentences": round(_auroc(cited, labels), 3),
        "missing_fact_rate": {
            kind: {"true": round(fired[kind, True] / right, 4), "wrong": round(fired[kind, False] / wrong, 4)}
            for kind in FactKind
        },
        "verdicts": {kind: {"n": (n := verdicts[kind, True] + verdicts[kind, False]),
                            "wrong": round(verdicts[kind, False] / max(n, 1), 3)} for kind in Verdict},
        "thresholds": [_threshold(step / 20, scored, wrong) for step in range(6, 19)],
    }  # fmt: skip


def _threshold(at: float, scored: Sequence[tuple[float, bool, bool]], wrong: int) -> dict[str, float]:
    above = [label for score, misses, label in scored if score >= at and not misses]
    below = [label for score, _, label in scored if score < at]
    missed = above.count(False)
    balanced = ((wrong - missed) / wrong + above.count(True) / max(1, len(scored) - wrong)) / 2
    return {
        "at": at,
        "supported": round(len(above) / len(scored), 3),
        "wrong_among_supported": round(missed / max(1, len(above)), 4),
        "wrong_below": round(below.count(False) / max(1, len(below)), 3),
        "balanced_accuracy": round(balanced, 3),
    }


def _auroc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Returns the share of pairs of a true and a wrong sentence that the score puts in order; ties count half."""
    true, wrong = [[s for s, y in zip(scores, labels, strict=True) if y is side] for side in (True, False)]
    return sum((t > w) + (t == w) / 2 for t in true for w in wrong) / max(1, len(true) * len(wrong))


def _citation_f1(rows: Sequence[dict[str, Any]], idf: Idf) -> dict[str, float]:
    """Returns mean F1 over questions, each the mean over its annotators' own answers."""
    means = []
    for row in rows:
        candidates = _candidates(row["passages"][0]["sentences"])
        f1 = []
        for output in row["output"]:
            gold, answer = set(output["selected_sentences"]), output["answer"].strip()
            if gold and answer:
                parts = [span.of(answer) for span in sentences(answer)]
                chosen = {source.text for part in parts for source in choose_citations(part, candidates, idf=idf)}
                f1.append(2 * len(gold & chosen) / (len(gold) + len(chosen)))
        if f1:
            means.append(sum(f1) / len(f1))
    return {"f1": round(sum(means) / len(means), 3), "n": len(means)}


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
