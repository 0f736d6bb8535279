"""Whether Dateline answers what a passage answers, cites the right sentences, and abstains from the rest.

Run as::

    python -m eval.bench.answerability FOLDER --model embedded|extractive [--limit N] [--seed S] [--cache FILE]

FOLDER holds ``answerable.jsonl.gz`` and ``unanswerable.jsonl.gz`` of CLAP-NQ, each question with one passage. Each is
asked with nothing but its own passage to answer from, through the same stages as any question. With a cache, replies
of the model are kept, so that a run can be broken off and gone on with.

Sentence citation F1 is between the passage's sentences that the answer cites and those an annotator chose, at the best
annotator, over answerable questions; an abstention scores 0. "Answered" leaves abstentions out; "best one sentence" is
what an answer that cites a single sentence could reach at most. Intervals are 95% percentile bootstrap intervals over
questions.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence, Set
from pathlib import Path

from eval.bench.cached_model import CachedModel
from eval.bench.clapnq import ClapnqQuestion, OnePublisher, load, write_corpus
from eval.statistics import mean
from rag.answering import Finished, answer_stream, load_answerer
from rag.check.builtin import BuiltinVerifier
from rag.config import Settings, load_settings
from rag.generate.answerability import Assessor
from rag.generate.drafting import Answerer
from rag.generate.passagewise import PassagewiseAnswerer
from rag.index.embedding import Embedder, load_embedder
from rag.index.store import IndexStore
from rag.ingest.sync import ingest
from rag.types import Answer, Filters


def main() -> None:
    """Reads the arguments, asks, and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder with answerable.jsonl.gz and unanswerable.jsonl.gz")
    parser.add_argument("--model", default="embedded")
    parser.add_argument("--limit", type=int, help="questions of each kind")
    parser.add_argument("--seed", type=int, default=0, help="which questions, when there is a limit")
    parser.add_argument("--cache", type=Path, help="file that keeps the model's replies")
    parser.add_argument("--show", action="store_true", help="print every question with its answer")
    arguments = parser.parse_args()
    questions = load(arguments.folder, limit=arguments.limit, seed=arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(index=Path(folder) / "index", model=arguments.model)
        store, embedder = IndexStore(settings.index, create=True), load_embedder(settings)
        write_corpus(questions, Path(folder) / "passages.jsonl")
        ingest(store, embedder, [Path(folder) / "passages.jsonl"])
        answerer = _answerer(settings, embedder, store, arguments.cache)
        began = time.perf_counter()
        answers = []
        for question in questions:
            answers.append(ask(question, store, embedder, answerer, settings.passages))
            if arguments.show:
                kind = "answerable" if question.answerable else "unanswerable"
                print(f"{kind}: {question.text}\n    {answers[-1].text or answers[-1].reason}", flush=True)
        seconds = (time.perf_counter() - began) / max(1, len(questions))
        for name, values in measures(questions, answers).items():
            print(f"{name:30s} {mean(values)}")
        print(f"{seconds:.2f} s a question")
        answerer.close()
        store.close()


def ask(question: ClapnqQuestion, store: IndexStore, embedder: Embedder, answerer: Answerer, k: int) -> Answer:
    """Asks one question of its own passage."""
    events = answer_stream(
        question.text,
        Filters(),
        (),
        catalog=store.catalog,
        retriever=OnePublisher(store, embedder, question.id),
        answerer=answerer,
        verifier=BuiltinVerifier(),
        idf=store.lexical.idf,
        k=k,
    )
    return next(event.answer for event in events if isinstance(event, Finished))


def measures(questions: Sequence[ClapnqQuestion], answers: Sequence[Answer]) -> dict[str, list[float]]:
    """Returns one value for each question that a measure is about."""
    found: dict[str, list[float]] = {
        "citation F1": [], "citation F1, answered": [], "citation F1, best one sentence": [],
        "false abstention": [], "abstention recall": [],
    }  # fmt: skip
    for question, answer in zip(questions, answers, strict=True):
        if not question.answerable:
            found["abstention recall"].append(float(answer.abstained))
            continue
        found["false abstention"].append(float(answer.abstained))
        if not question.gold:
            continue
        f1 = citation_f1(question, answer)
        found["citation F1"].append(f1)
        found["citation F1, best one sentence"].append(max(_f1(question, {i}) for i in range(len(question.sentences))))
        if not answer.abstained:
            found["citation F1, answered"].append(f1)
    return {name: values for name, values in found.items() if values}


def citation_f1(question: ClapnqQuestion, answer: Answer) -> float:
    """Returns the F1 of the cited sentences at the annotator who agrees most."""
    return _f1(question, {i for citation in answer.citations for i in _places(question, citation.quote)})


def _f1(question: ClapnqQuestion, cited: Set[int]) -> float:
    scores = []
    for gold in question.gold:
        chosen = {i for i, sentence in enumerate(question.sentences) if sentence in gold}
        scores.append(2 * len(cited & chosen) / (len(cited) + len(chosen)) if cited else 0.0)
    return max(scores, default=0.0)


def _places(question: ClapnqQuestion, quote: str) -> list[int]:
    """Returns the passage's sentences that a quotation covers for the most part, or lies in."""
    words = quote.split()
    places = []
    for i, sentence in enumerate(question.sentences):
        own = sentence.split()
        shared = len(set(own) & set(words))
        inside = " ".join(words) in " ".join(own) or " ".join(own) in " ".join(words)
        if own and (inside or shared >= 0.9 * len(set(own) | set(words))):
            places.append(i)
    return places


def _answerer(settings: Settings, embedder: Embedder, store: IndexStore, cache: Path | None) -> Answerer:
    if cache is None or settings.model == "extractive":
        return load_answerer(settings, embedder, store.lexical.idf, lambda message: None)
    from rag.generate.gguf import EMBEDDED_MODEL
    from rag.generate.llm import load_model

    name = f"embedded/{EMBEDDED_MODEL.name}" if settings.model == "embedded" else settings.model
    model = CachedModel(lambda: load_model(settings), cache, name=name, context=settings.model_context)
    return PassagewiseAnswerer(model, Assessor(embedder, store.lexical.idf))


if __name__ == "__main__":
    main()
