"""Comparisons and gates: what passes, what does not, and what is no gate."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval.compare import ERRORS, compare, regressions
from eval.gate import Gate, judge_gate, read_gate
from eval.metrics import all_metrics
from eval.report.document import Report
from rag.errors import SourceError
from tests.eval.builders import report, scored

NAMES = [metric.name for metric in all_metrics()]


def run_of(right: int, wrong: int, **more: float) -> Report:
    return report(*(scored(str(n), n < right, answer_correct=float(n < right), **more) for n in range(right + wrong)))


def gate_of(tmp_path: Path, text: str) -> Gate:
    path = tmp_path / "gate.yaml"
    path.write_text(text, encoding="utf-8")
    return read_gate(path)


# -- comparison -----------------------------------------------------------------------------------------------


def test_a_loss_of_many_items_is_worse_and_of_few_is_not_seen() -> None:
    base = run_of(40, 10)
    worse = compare(base, run_of(25, 25), "base")
    assert regressions(worse) == ["answer_correct"]
    change = worse.changes["answer_correct"]
    assert (change.base, change.new) == (0.8, 0.5)
    assert change.difference.high is not None
    assert change.difference.high < 0
    assert change.p_adjusted < 0.01
    few = compare(base, run_of(38, 12), "base")
    assert regressions(few) == []
    assert few.changes["answer_correct"].noticeable is not None
    assert compare(run_of(25, 25), base, "base").changes["answer_correct"].verdict == "better"
    assert len(few.item_changes) == 2


def test_where_low_is_good_more_is_worse() -> None:
    low, high = (report(*(scored(str(n), false_abstention=v) for n in range(30))) for v in (0.0, 1.0))
    assert regressions(compare(low, high, "base")) == ["false_abstention"]
    assert regressions(compare(high, low, "base")) == []


def test_failing_to_answer_at_all_is_a_regression() -> None:
    broken = report(*(scored(str(n), False, error="it crashed") for n in range(30)))
    assert regressions(compare(run_of(30, 0), broken, "base")) == [ERRORS]


def test_cost_is_not_tested() -> None:
    base, slow = run_of(30, 0, seconds_p50=1.0), run_of(30, 0, seconds_p50=9.0)
    assert regressions(compare(base, slow, "base")) == []
    with pytest.raises(SourceError, match="no metric 'seconds_p50' can be compared"):
        compare(base, slow, "base", ["seconds_p50"])


def test_six_losses_are_seen_and_a_crash_is_not_a_matter_of_chance() -> None:
    base, new = run_of(6, 0), run_of(0, 6)
    assert regressions(compare(base, new, "base", ["answer_correct"])) == ["answer_correct"]


def test_runs_are_paired_by_item_and_differences_of_the_runs_are_said() -> None:
    base, new = (
        run_of(20, 0),
        report(*(scored(str(n), answer_correct=1.0) for n in range(10, 40)), suite="t", judge="llm:x"),
    )
    found = compare(base, new, "base")
    assert found.items == 10
    assert found.differing == {"suite": ("s", "t"), "judge": ("builtin", "llm:x")}
    assert len(found.warnings) == 2
    with pytest.raises(SourceError, match="share no item"):
        compare(base, report(scored("other")), "base")
    with pytest.raises(SourceError, match="no metric 'speed' can be compared"):
        compare(base, base, "base", ["speed"])


# -- gates ----------------------------------------------------------------------------------------------------


def test_a_bar_is_held_against_the_bound_it_names(tmp_path: Path) -> None:
    run = run_of(40, 10)
    figure = run.metrics["answer_correct"]
    assert figure.low is not None
    for words, met in (
        ("value_at_least: 0.8", True), ("value_at_least: 0.81", False), (f"lower_at_least: {figure.low}", True),
        ("lower_at_least: 0.8", False), ("upper_at_most: 0.8", False), ("value_at_most: 0.8", True),
        ("value_at_least: 0.5, lower_at_least: 0.8", False),
    ):  # fmt: skip
        gate = gate_of(tmp_path, f"gate: 1\nbars: [{{metric: answer_correct, {words}}}]")
        assert judge_gate(gate, run, None).passed is met, words


def test_what_was_not_measured_is_not_met(tmp_path: Path) -> None:
    gate = gate_of(tmp_path, "gate: 1\nbars: [{metric: abstention_recall, value_at_least: 0.0}]")
    outcome = judge_gate(gate, run_of(5, 0), None)
    assert not outcome.passed
    assert "not measured" in outcome.bars[-1].found
    tagged = gate_of(tmp_path, "gate: 1\nbars: [{metric: answer_correct, tag: nobody, value_at_least: 0.0}]")
    assert not judge_gate(tagged, run_of(5, 0), None).passed


def test_a_bar_may_be_on_a_tag(tmp_path: Path) -> None:
    run = report(*(scored(str(n), tags=["easy"] if n < 5 else [], answer_correct=float(n < 5)) for n in range(10)))
    for tag, met in (("tag: easy, ", True), ("", False)):
        gate = gate_of(tmp_path, f"gate: 1\nbars: [{{metric: answer_correct, {tag}value_at_least: 0.9}}]")
        assert judge_gate(gate, run, None).passed is met


def test_errors_fail_a_gate_unless_it_allows_them(tmp_path: Path) -> None:
    run = report(scored("a", answer_correct=1.0), scored("b", False, error="boom"))
    bars = "bars: [{metric: answer_correct, value_at_least: 1.0}]"
    assert not judge_gate(gate_of(tmp_path, f"gate: 1\n{bars}"), run, None).passed
    assert judge_gate(gate_of(tmp_path, f"gate: 1\nmax_errors: 1\n{bars}"), run, None).passed


def test_no_drop_needs_a_baseline_and_the_metric_in_both(tmp_path: Path) -> None:
    gate = gate_of(tmp_path, "gate: 1\nno_drop: [answer_correct, citation_recall]")
    base = run_of(40, 10, citation_recall=1.0)
    with pytest.raises(SourceError, match="--baseline"):
        judge_gate(gate, base, None)

    def outcome(new: Report) -> bool:
        return judge_gate(gate, new, compare(base, new, "base", gate.no_drop)).passed

    assert outcome(base)
    assert not outcome(run_of(20, 30, citation_recall=1.0))
    assert not outcome(run_of(40, 10)), "citation_recall is gone"
    broken = replace(base, items=tuple(replace(i, error="boom") for i in base.items))
    assert not outcome(broken)
    assert not outcome(replace(base, items=base.items[:25])), "half of the items are gone"
    renamed = replace(base, items=tuple(replace(i, id=f"new {i.id}") if n else i for n, i in enumerate(base.items)))
    assert not outcome(renamed)


def test_no_drop_is_not_met_where_none_could_be_noticed(tmp_path: Path) -> None:
    gate = gate_of(tmp_path, "gate: 1\nno_drop: [answer_correct]")
    small = run_of(4, 0)
    outcome = judge_gate(gate, small, compare(small, small, "base", gate.no_drop))
    assert not outcome.passed
    assert "too few" in outcome.bars[1].found
    one = report(*(replace(scored(str(n), answer_correct=1.0), cluster="one article") for n in range(40)))
    assert not judge_gate(gate, one, compare(one, one, "base", gate.no_drop)).passed


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("gate: [", "is not YAML"),
        ("gate: 2\nno_drop: [answer_correct]", "knows gates of version 1"),
        ("gate: 1", "states no bar"),
        ("[]", "gate.yaml"),
        ("gate: 1\nbars: [{metric: speed, value_at_least: 1}]", "there is no 'speed'"),
        ("gate: 1\nbars: [{metric: answer_correct}]", "field bars.0: give value_at_least"),
        ("gate: 1\nbars: [{metric: answer_correct, at_least: 1}]", "field bars.0.at_least: it is unknown"),
        ("gate: 1\nbars: [{metric: answer_correct, value_at_least: high}]", "field bars.0.value_at_least"),
        ("gate: 1\nno_drop: [speed]", "'speed' cannot be compared"),
        ("gate: 1\nno_drop: [answer_correct]\nmax_error: 1", "field max_error: it is unknown"),
        ("gate: 1\nno_drop: [answer_correct]\nmax_errors: -1", "field max_errors"),
        ("gate: 1\nno_drop: [seconds_p95]", "'seconds_p95' cannot be compared"),
        ("gate: 1\nbars: [{metric: answer_correct, value_at_most: .inf}]", "give a number from 0 to 1"),
        ("gate: 1\nbars: [{metric: answer_correct, lower_at_least: 60}]", "give a number from 0 to 1"),
        ("gate: 1\nbars: [{metric: seconds_p50, value_at_most: .nan}]", "field bars.0.value_at_most"),
        ("gate: 1\nbars: [{metric: seconds_p50, tag: x, value_at_most: 9}]", "is not measured by tag"),
        ("gate: 1\nbars: [{metric: answer_correct, value_at_least: 1}]\nbars: []", "'bars' is there twice"),
        ("gate: 2020-13-45", "is not YAML"),
        ("gate: " + "[" * 3000, "is not YAML"),
        ('gate: !!int "abc"', "is not YAML"),
        ('gate: !!timestamp "abc"', "is not YAML"),
        ('gate: !!bool "abc"', "is not YAML"),
    ],
)
def test_what_is_no_gate_is_one_line(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SourceError) as error:
        gate_of(tmp_path, text)
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)


def test_the_shipped_gates_and_baselines_fit_the_shipped_suite() -> None:
    from eval.report.document import read_report
    from eval.suites import read_suite

    folder = Path(__file__).parents[2] / "eval"
    suite = read_suite(folder / "suites" / "sample.jsonl")
    for path in sorted((folder / "gates").glob("sample.*.yaml")):
        gate = read_gate(path)
        base = read_report(folder / "baselines" / f"{path.stem}.json")
        assert [item.id for item in base.items] == [item.id for item in suite.items]
        assert {bar.metric for bar in gate.bars} <= {m for m, figure in base.metrics.items() if figure.n}
        assert not any(item.answer or item.excerpts or item.trace for item in base.items)
        passes = replace(gate, no_drop=())
        assert judge_gate(passes, base, None).passed, "a baseline clears its own bars"
