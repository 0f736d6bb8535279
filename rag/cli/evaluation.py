"""``dateline eval run`` and ``compare``, and the group of all that measures."""

from __future__ import annotations

from pathlib import Path

import click

from rag.cli.judging import judge
from rag.cli.measuring import convert, retrieval
from rag.cli.options import json_only


@click.group("eval")
def evaluation() -> None:
    """Measure how far answers and verdicts can be trusted."""


for _command in (judge, retrieval, convert):
    evaluation.add_command(_command)


@evaluation.command()
@click.argument("suite", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), default=Path("evaluation"), show_default=True,
              help="Folder for report.json, report.html, report.md and junit.xml.")  # fmt: skip
@click.option("--gate", type=click.Path(path_type=Path), help="Bars in YAML; exit 1 when one is not met.")
@click.option("--baseline", type=click.Path(path_type=Path), help="Report of an earlier run, to compare with.")
@click.option("--model", help="`embedded`, `extractive`, a GGUF file, or any litellm model name.")
@click.option("-k", type=click.IntRange(1, 100), help="Passages an answer is drawn from.")
@click.option("--judge", "judge_name", default="builtin", show_default=True,
              help="Judge of faithfulness and citations: builtin, cascade, cross-encoder:NAME, llm:NAME.")  # fmt: skip
@click.option("--answer-judge", metavar="MODEL",
              help="Model that also judges whether answers say what is accepted, beside words.")  # fmt: skip
@click.option("--calibration", metavar="FILE[:DATASET]",
              help="Output of `dateline eval judge --json`, to correct rates for the judge's mistakes.")  # fmt: skip
@click.option("--repeats", type=click.IntRange(1, 100), default=1, show_default=True,
              help="Ask each question this often, to see how much answers flip.")  # fmt: skip
@click.option("--jobs", type=click.IntRange(1, 64), help="Questions asked at a time [4 for network models, else 1].")
@click.option("--resume", is_flag=True, help="Go on with the run that was broken off in --out.")
@click.option("--cache/--no-cache", default=True, show_default=True, help="Use answers of earlier runs.")
@click.option("--index", type=click.Path(path_type=Path), help="Ask this index, whatever corpus the suite names.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON document.")
def run(
    suite: Path,
    out: Path,
    gate: Path | None,
    baseline: Path | None,
    model: str | None,
    k: int | None,
    judge_name: str,
    answer_judge: str | None,
    calibration: str | None,
    repeats: int,
    jobs: int | None,
    resume: bool,
    cache: bool,
    index: Path | None,
    as_json: bool,
) -> int:
    """Ask the questions of a suite and score the answers: exit 1 when the gate fails."""
    from eval.calibration import read_calibration
    from eval.gate import read_gate
    from eval.report.document import encode_report, read_report
    from eval.report.writing import write_report
    from eval.session import Options, check_plan, held_to, run_suite
    from eval.suites import read_suite
    from rag.cli.reports import Bars, show_report
    from rag.config import load_settings

    questions = read_suite(suite)
    bars = read_gate(gate) if gate else None
    base = read_report(baseline) if baseline else None
    options = Options(
        index=index,
        judge=judge_name,
        answer_judge=answer_judge or "",
        repeats=repeats,
        jobs=jobs or 0,
        folder=out,
        resume=resume,
        cache=cache,
        calibration=read_calibration(*_named(calibration)) if calibration else None,
    )
    check_plan(questions, bars, base)
    settings = load_settings(index=index, model=model, passages=k)
    with json_only(as_json) as emit:
        with Bars() as teller:
            report = run_suite(questions, settings, options, teller)
        report = held_to(report, bars, base, str(baseline))
        written = write_report(report, out)
        emit(encode_report(report))
        if not as_json:
            show_report(report, written)
    return 1 if report.gate is not None and not report.gate.passed else 0


@evaluation.command()
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--metric", "metrics", multiple=True, help="Test only this metric; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def compare(base: Path, new: Path, metrics: tuple[str, ...], as_json: bool) -> int:
    """Compare two reports item by item: exit 1 when a metric is significantly worse."""
    from eval.compare import compare as compared
    from eval.compare import regressions
    from eval.report.document import Comparison, read_report
    from eval.validation import as_json as encoded
    from rag.cli.reports import show_comparison

    with json_only(as_json) as emit:
        comparison = compared(read_report(base), read_report(new), str(base), metrics or None)
        worse = regressions(comparison)
        emit({**encoded(Comparison, comparison), "regressions": worse})
        if not as_json:
            show_comparison(comparison)
    return 1 if worse else 0


@evaluation.command()
@click.argument("report", type=click.Path(path_type=Path))
@click.argument("file", type=click.Path(path_type=Path))
def baseline(report: Path, file: Path) -> None:
    """Keep of a report what later runs are compared with: scores, but no source text. Small enough to commit."""
    import json

    from eval.report.document import encode_report, read_report, without_texts
    from rag.check.bundle import require_writable

    require_writable(file)
    kept = encode_report(without_texts(read_report(report)))
    file.write_text(json.dumps(kept, ensure_ascii=False, indent=None, separators=(",", ":")) + "\n", encoding="utf-8")
    click.echo(f"{file}: {len(kept['items'])} items")


def _named(argument: str) -> tuple[Path, str]:
    """Parts ``FILE:DATASET``; a file may itself have a colon in its name."""
    if Path(argument).exists() or ":" not in argument:
        return Path(argument), ""
    file, _, dataset = argument.rpartition(":")
    return Path(file), dataset
