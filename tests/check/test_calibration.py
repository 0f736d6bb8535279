from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from rag.check.calibration import main

DOCUMENT = "The storm killed 400 birds on the coast. Officials closed the harbour. Ships waited outside for two days."


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in rows)


def test_reports_what_the_labels_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judged = [("The storm killed 400 birds.", 1), ("The storm killed 900 birds.", 0), ("Officials closed it.", 1)]
    write(tmp_path / "ragtruth_qa.jsonl.gz", [{"id": "r", "dataset": "ragtruth_qa", "doc": DOCUMENT}])
    sentences = [
        {"response_id": "r", "dataset": "ragtruth_qa", "sentence": claim, "label": label} for claim, label in judged
    ]
    sentences.append({**sentences[0], "sentence": "Here is a summary in 80 words:"})
    write(tmp_path / "ragtruth_sentences.jsonl.gz", sentences)
    passages = [{"sentences": DOCUMENT.replace(". ", ".\n").split("\n")}]
    output = [{"answer": "It killed 400 birds.", "selected_sentences": passages[0]["sentences"][:1]}]
    write(tmp_path / "clapnq", [{"passages": passages, "output": output}] * 2)

    assert main([str(tmp_path), str(tmp_path / "clapnq")]) == 0

    report = json.loads(capsys.readouterr().out)
    measured = report["ragtruth_qa_sentences"]
    assert measured["n"] == 3
    assert measured["missing_fact_rate"]["number"] == {"true": 0.0, "wrong": 1.0}
    assert measured["verdicts"]["unsupported"] == {"n": 1, "wrong": 1.0}
    assert report["clapnq"]["held_out"] == {"f1": 1.0, "n": 1}


def test_wrong_use_says_how(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage" in capsys.readouterr().err
