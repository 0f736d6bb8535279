"""Fits how likely a passage answers a question, and shows what each threshold would do.

Run as::

    python -m eval.bench.answerability_fit FOLDER [--news FOLDER --index DIR]

FOLDER holds CLAP-NQ questions as in ``eval.bench.answerability``. Prints the weights of a logistic regression on the
four signals of ``rag.generate.answerability``, its tenfold cross-validated AUC, and for thresholds the share of
answerable questions lost and of others kept out. With a news collection and its index, where a passage counts as
answering when it holds an accepted answer, it prints what the same weights do there.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped, unused-ignore]
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped, unused-ignore]
from sklearn.model_selection import (  # type: ignore[import-untyped, unused-ignore]
    StratifiedKFold,
    cross_val_predict,
)

from eval.bench.clapnq import OnePublisher, load, write_corpus
from eval.bench.retrieval import holds_answer
from eval.convert.judged_news import read_questions
from rag.config import load_settings
from rag.generate.answerability import Assessor, answerable
from rag.index.embedding import load_embedder
from rag.index.store import IndexStore
from rag.ingest.sync import ingest
from rag.service import Dateline

_PASSAGES = 8
_NEWS_QUESTIONS = 90
_PENALTY = 1000.0
_THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
Signals = tuple[float, float, float, float]


def main() -> None:
    """Reads the arguments, fits, and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder with answerable.jsonl.gz and unanswerable.jsonl.gz")
    parser.add_argument("--news", type=Path, help="folder with queries.jsonl.gz and qrels.tsv")
    parser.add_argument("--index", type=Path, help="index of that collection")
    arguments = parser.parse_args()
    questions, labels = _clapnq(arguments.folder)
    signals = np.array([max(found, key=lambda s: answerable(*s)) for found in questions])
    truth = np.array(labels)
    model = LogisticRegression(C=_PENALTY)
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    unseen = cross_val_predict(model, signals, truth, cv=folds, method="predict_proba")[:, 1]
    model.fit(signals, truth)
    print(f"weights {np.round(model.coef_[0], 2)}, bias {model.intercept_[0]:.2f}")
    print(f"AUC {roc_auc_score(truth, unseen):.3f} cross-validated, n {len(labels)}")
    news, held = _news(arguments.news, arguments.index) if arguments.news else ([], [])
    if news:
        flat = np.array([signal for found in news for signal in found])
        print(f"AUC {roc_auc_score(np.concatenate(held), _probability(model, flat)):.3f} on news, n {len(flat)}")
    for threshold in _THRESHOLDS:
        kept = np.array([_probability(model, np.array(found)).max() >= threshold for found in questions])
        line = f"{threshold:.2f}: lost {1 - kept[truth].mean():.3f}, kept out {1 - kept[~truth].mean():.3f}"
        if news:
            lost = [
                not (_probability(model, np.array(found))[holds] >= threshold).any()
                for found, holds in zip(news, held, strict=True)
                if holds.any()
            ]
            line += f"; news questions that lose every answering passage {np.mean(lost):.3f}, n {len(lost)}"
        print(line)


def _probability(model: LogisticRegression, signals: NDArray[np.float64]) -> NDArray[np.float64]:
    found: NDArray[np.float64] = model.predict_proba(signals)[:, 1]
    return found


def _clapnq(folder: Path) -> tuple[list[list[Signals]], list[bool]]:
    questions = load(folder)
    with tempfile.TemporaryDirectory() as scratch:
        settings = load_settings(index=Path(scratch) / "index", model="extractive")
        store, embedder = IndexStore(settings.index, create=True), load_embedder(settings)
        write_corpus(questions, Path(scratch) / "passages.jsonl")
        ingest(store, embedder, [Path(scratch) / "passages.jsonl"])
        assessor = Assessor(embedder, store.lexical.idf)
        found = []
        for question in questions:
            passages = OnePublisher(store, embedder, question.id).search(question.text, _PASSAGES, fill=True)
            found.append(list(assessor.assess(question.text, passages).signals.values()))
        store.close()
    return found, [question.answerable for question in questions]


def _news(folder: Path, index: Path) -> tuple[list[list[Signals]], list[NDArray[np.bool_]]]:
    questions = [
        question for question in read_questions(folder / "queries.jsonl.gz", folder / "qrels.tsv") if question.answers
    ]
    Random(1).shuffle(questions)
    settings = load_settings(index=index, model="extractive")
    dateline, store = Dateline(settings), IndexStore(index)
    assessor = Assessor(load_embedder(settings), store.lexical.idf)
    found: list[list[Signals]] = []
    held: list[NDArray[np.bool_]] = []
    for question in questions[:_NEWS_QUESTIONS]:
        passages = dateline.search(question.text, _PASSAGES)
        found.append(list(assessor.assess(question.text, passages).signals.values()))
        held.append(np.array([holds_answer([passage], question.answers) for passage in passages]))
    store.close()
    dateline.close()
    return found, held


if __name__ == "__main__":
    main()
