"""``dateline eval run`` and its neighbours as people and pipelines run them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

QUESTIONS: list[dict[str, Any]] = [
    {"id": "open", "question": "When did the harbour of Tallinn open?", "answers": ["on Monday"], "tags": ["easy"],
     "evidence": [{"article": "opening.md", "quote": "The harbour of Tallinn opened on Monday."}]},
    {"id": "cup", "question": "Who won the 2018 World Cup?", "unanswerable": "not_in_corpus"},
]  # fmt: skip
GATE = """
gate: 1
bars:
  - {metric: span_exactness, value_at_least: 1.0}
  - {metric: answer_correct, value_at_least: 1.0}
  - {metric: abstention_recall, value_at_least: 1.0}
"""


@pytest.fixture
def suite(harbour: Path, workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A suite over two articles; its index is kept in a cache of the test's own."""
    monkeypatch.setenv("DATELINE_CACHE", str(workplace / "cache"))
    monkeypatch.setenv("DATELINE_MODEL", "extractive")
    path = workplace / "mine.jsonl"
    lines = [{"suite": "mine", "corpus": harbour.name}, *QUESTIONS]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def gate(workplace: Path) -> Path:
    path = workplace / "gate.yaml"
    path.write_text(GATE, encoding="utf-8")
    return path


def test_a_run_writes_four_reports_and_passes_its_gate(run: Run, suite: Path, gate: Path, workplace: Path) -> None:
    found = run("eval", "run", suite, "--gate", gate, "--out", "out")
    assert found.code == 0, found.err
    assert "the gate is passed" in found.out
    names = {path.name for path in (workplace / "out").iterdir()}
    assert names >= {"report.json", "report.html", "report.md", "junit.xml"}
    report = json.loads((workplace / "out" / "report.json").read_text(encoding="utf-8"))
    assert report["gate"]["passed"] is True
    for name in ("answer_correct", "evidence_hit", "citation_recall", "abstention_recall", "recall@10"):
        assert set(report["metrics"][name]) == {"value", "low", "high", "n"}
        assert (report["metrics"][name]["value"], report["metrics"][name]["n"]) == (1.0, 1), name
    assert report["metrics"]["disagreement_shown"]["value"] is None
    for name in ("model", "prompts", "index", "suite", "judge", "code", "embedding_model", "chromadb"):
        assert report["fingerprint"][name]
    for name in ("report.html", "report.md"):
        assert report["fingerprint"]["suite"] in (workplace / "out" / name).read_text(encoding="utf-8")
    assert not (workplace / ".dateline").exists(), "the user's own index is left alone"


def test_a_gate_that_is_not_met_is_exit_1(run: Run, suite: Path, workplace: Path) -> None:
    (workplace / "high.yaml").write_text("gate: 1\nbars: [{metric: answer_correct, lower_at_least: 0.9}]", "utf-8")
    found = run("eval", "run", suite, "--gate", workplace / "high.yaml", "--json")
    assert found.code == 1
    assert found.json["gate"]["passed"] is False
    assert (workplace / "evaluation" / "report.html").exists()


def test_answers_are_cached_until_something_that_matters_changes(run: Run, suite: Path, harbour: Path) -> None:
    assert run("eval", "run", suite, "--json").json["run"]["stored"] == 0
    assert run("eval", "run", suite, "--json").json["run"]["stored"] == 2
    assert run("eval", "run", suite, "--json", "--no-cache").json["run"]["stored"] == 0
    assert run("eval", "run", suite, "--json", "-k", "3").json["run"]["stored"] == 0
    (harbour / "bridge.txt").write_text("The bridge of Narva closed in June.\n", encoding="utf-8")
    assert run("eval", "run", suite, "--json").json["run"]["stored"] == 0


def test_repeats_are_asked_and_their_flips_reported(run: Run, suite: Path) -> None:
    report = run("eval", "run", suite, "--repeats", "3", "--json").json
    assert (report["run"]["answers"], report["run"]["flip_rate"]["value"]) == (6, 0.0)
    assert len(report["items"][0]["texts"]) == 3


def test_a_baseline_is_compared_with_and_a_loss_is_exit_1(
    run: Run, suite: Path, harbour: Path, workplace: Path
) -> None:
    lines = [{"suite": "many", "corpus": harbour.name}] + [
        {"id": str(n), "question": QUESTIONS[0]["question"], "answers": ["on Monday"]} for n in range(12)
    ]
    suite.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert run("eval", "run", suite, "--out", "base").code == 0
    kept = run("eval", "baseline", "base", "kept.json")
    assert "kept.json: 12 items" in kept.out
    assert "Kask" not in (workplace / "kept.json").read_text(encoding="utf-8")
    (workplace / "gate.yaml").write_text("gate: 1\nno_drop: [answer_correct]", encoding="utf-8")
    same = run("eval", "run", suite, "--out", "same", "--gate", "gate.yaml", "--baseline", "kept.json")
    assert (same.code, "no change seen" in same.out) == (0, True)
    (harbour / "opening.md").write_text("The harbour of Tallinn opened on Friday.\n", encoding="utf-8")
    worse = run("eval", "run", suite, "--out", "worse", "--gate", "gate.yaml", "--baseline", "kept.json")
    assert (worse.code, "the gate is NOT passed" in worse.out) == (1, True)
    compared = run("eval", "compare", "base", "worse", "--json")
    assert compared.code == 1
    assert "answer_correct" in compared.json["regressions"]
    assert run("eval", "compare", "worse", "base").code == 0
    assert run("eval", "compare", "base", "same", "--metric", "answer_correct").code == 0


def test_the_wrong_index_is_said(run: Run, suite: Path, workplace: Path) -> None:
    (workplace / "other.txt").write_text("It rained in Tartu on Sunday.\n", encoding="utf-8")
    run("ingest", "other.txt", "--index", "other")
    found = run("eval", "run", suite, "--index", "other")
    assert "not in this index (opening.md); is it the right one?" in found.out
    assert run("eval", "run", suite, "--index", "none").code == 2


def test_rates_are_corrected_by_a_calibration_of_the_same_judge(run: Run, suite: Path, workplace: Path) -> None:
    one = {"value": 0.8, "low": 0.7, "high": 0.9, "n": 50}
    agreement = {"verdict_sensitivity": one, "verdict_specificity": one}
    path = workplace / "judge.json"
    path.write_text(json.dumps({"verifier": "builtin", "datasets": {"mine": agreement}, "unscored": {}}), "utf-8")
    report = run("eval", "run", suite, "--calibration", path, "--json").json
    assert list(report["corrected"]) == ["citation_recall"]
    assert report["corrected"]["citation_recall"]["value"] == 1.0
    assert run("eval", "run", suite, "--calibration", f"{path}:mine", "--json").code == 0
    assert "name one as" in run("eval", "run", suite, "--calibration", f"{path}:other").err
    bad = {**agreement, "verdict_specificity": {**one, "high": float("nan")}}
    path.write_text(json.dumps({"verifier": "builtin", "datasets": {"mine": bad}}), encoding="utf-8")
    assert "is no share" in run("eval", "run", suite, "--calibration", path).err
    path.write_text(json.dumps({"verifier": "llm:x", "datasets": {"mine": agreement}}), encoding="utf-8")
    assert "the calibration is of llm:x" in run("eval", "run", suite, "--calibration", path).err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["none.jsonl"], "none.jsonl cannot be read"),
        (["mine.jsonl", "--gate", "none.yaml"], "none.yaml cannot be read"),
        (["mine.jsonl", "--baseline", "none"], "none cannot be read"),
        (["mine.jsonl", "--judge", "oracle"], "there is no verifier 'oracle'"),
        (["mine.jsonl", "--calibration", "none.json"], "none.json cannot be read"),
        (["mine.jsonl", "--out", "mine.jsonl"], "mine.jsonl"),
        (["mine.jsonl", "--model", "nosuch/model"], "nosuch/model"),
        (["mine.jsonl", "--repeats", "0"], "--repeats"),
    ],
)
def test_a_mistake_is_one_line_and_exit_2(run: Run, suite: Path, arguments: list[str], complaint: str) -> None:
    found = run("eval", "run", *arguments)
    assert found.code == 2, found.err
    lines = [line for line in found.err.splitlines() if line.startswith("dateline:")]
    assert len(lines) == 1
    assert complaint in lines[0]
    assert "Traceback" not in found.err


# -- retrieval and conversion ---------------------------------------------------------------------------------


@pytest.fixture
def collection(workplace: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATELINE_CACHE", str(workplace / "cache"))
    folder = workplace / "collection"
    folder.mkdir()
    rows = {
        "corpus.jsonl.gz": [
            {"id": "h", "title": "Harbour", "text": "The harbour of Tallinn opened on Monday."},
            {"id": "b", "title": "Bridge", "text": "The bridge of Narva closed in May after cracks were found."},
        ],
        "queries.jsonl.gz": [{"id": "1", "question": "When did the harbour of Tallinn open?"},
                             {"id": "2", "question": "Why did the bridge of Narva close?"}],
    }  # fmt: skip
    for name, own in rows.items():
        (folder / name).write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in own).encode()))
    (folder / "qrels.tsv").write_text("1\th\t1\n2\tb\t1\n", encoding="utf-8")
    return folder


def test_retrieval_is_measured_by_mode(run: Run, collection: Path) -> None:
    files = ["--corpus", collection / "corpus.jsonl.gz", "--queries", collection / "queries.jsonl.gz",
             "--qrels", collection / "qrels.tsv"]  # fmt: skip
    found = run("eval", "retrieval", *files, "--json")
    assert found.code == 0, found.err
    assert list(found.json["modes"]) == ["hybrid", "dense", "bm25"]
    for figures in found.json["modes"].values():
        assert list(figures) == ["ndcg@10", "recall@10", "mrr@10", "hit@10"]
        assert (figures["ndcg@10"]["value"], figures["ndcg@10"]["n"]) == (1.0, 2)
    only = run("eval", "retrieval", *files, "--mode", "bm25")
    assert "bm25     ndcg@10    1.000" in only.out
    assert "dense" not in only.out
    own = run("eval", "retrieval", *files, "--mode", "bm25", "--index", "own", "--json")
    assert own.json["modes"]["bm25"]["hit@10"]["value"] == 1.0
    files[1] = collection / "none.jsonl"
    assert run("eval", "retrieval", *files).code == 2


def test_a_collection_becomes_a_suite_that_runs(run: Run, collection: Path, workplace: Path) -> None:
    assert "2 items" in run("eval", "convert", "judged-news", collection, "new.jsonl").out
    report = run("eval", "run", "new.jsonl", "--model", "extractive", "--json").json
    assert (report["suite"], report["metrics"]["evidence_hit"]["value"]) == ("collection", 1.0)
    assert run("eval", "convert", "judged-news", workplace / "none", "new.jsonl").code == 2
    assert run("eval", "convert", "squad", collection, "new.jsonl").code == 2


def test_reliability_diagrams_are_drawn(run: Run, workplace: Path) -> None:
    rows = [{"doc": "It rained in Tartu.", "claim": "It rained in Tartu.", "label": 1},
            {"doc": "It rained in Tartu.", "claim": "Nine ships sank near Riga.", "label": 0}]  # fmt: skip
    (workplace / "mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    assert run("eval", "judge", "mine.jsonl", "--html", "page.html").code == 0
    page = (workplace / "page.html").read_text(encoding="utf-8")
    assert page.count("<circle") == 2
    assert "supported of 1" in page
    assert run("eval", "judge", "mine.jsonl", "--html", "no/page.html").code == 2
