"""What ``dateline eval`` prints for people: progress on standard error, figures and verdicts on standard output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import click

from rag.cli.terminal import clean

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

    from eval.report.document import Comparison, GateResult, Report

_SHOWN_FAILURES = 10


class Bars:
    """Progress bars with the time left, one stage after another; hidden when standard error is not a terminal."""

    def __init__(self) -> None:
        self._bar: ProgressBar[int] | None = None

    def __enter__(self) -> Bars:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finish()

    def begin(self, label: str, length: int) -> Callable[[int], None]:
        """Returns a function that moves the bar of a stage; the bar appears with its first step."""
        own: list[ProgressBar[int]] = []

        def step(done: int) -> None:
            if not own and length:
                self._finish()
                own.append(click.progressbar(length=length, label=label, file=sys.stderr, show_pos=True))
                self._bar = own[0].__enter__()
            if own:
                own[0].update(done)

        return step

    def _finish(self) -> None:
        if self._bar is not None:
            self._bar.__exit__(None, None, None)
            self._bar = None


def show_report(report: Report, written: Sequence[Path]) -> None:
    """Prints figures, failures, comparison and gate of a report, and where its files are."""
    run = report.run
    stored = f", {run.stored} of them stored before" if run.stored else ""
    click.echo(f"{clean(report.suite)}: {run.items} items, {run.answers} answers{stored}, {run.seconds:.0f} s")
    for name, figure in report.metrics.items():
        if figure.n:
            click.echo(f"  {name:20} {figure}  n {figure.n}")
    for name, figure in report.corrected.items():
        click.echo(f"  {name:20} {figure}  corrected for the judge's mistakes")
    if run.flip_rate is not None:
        click.echo(f"  {'flip rate':20} {run.flip_rate}  n {run.flip_rate.n}, {run.repeats} repeats")
    failed = [item for item in report.items if not item.passed]
    for item in failed[:_SHOWN_FAILURES]:
        click.echo(f"  ✗ {clean(item.id)}: {clean('; '.join(item.problems))}")
    if len(failed) > _SHOWN_FAILURES:
        click.echo(f"  … and {len(failed) - _SHOWN_FAILURES} more; the report lists them")
    for warning in report.warnings:
        click.echo(f"  ! {clean(warning)}")
    if report.comparison is not None:
        show_comparison(report.comparison)
    if report.gate is not None:
        _show_gate(report.gate)
    click.echo(f"written: {', '.join(map(str, written))}")


def show_comparison(comparison: Comparison) -> None:
    """Prints the change of each metric against the base."""
    click.echo(f"against {clean(comparison.base)}, {comparison.items} items in both")
    for name, change in comparison.changes.items():
        mark = {"worse": "✗", "better": "✓"}.get(change.verdict, " ")
        least = f", would notice {change.noticeable:.3f}" if change.noticeable else ""
        click.echo(
            f"{mark} {name:22} {change.base:.3f} → {change.new:.3f}  difference {change.difference}"
            f"  p {change.p_adjusted:.3f}  {change.verdict}{least}"
        )
    for warning in comparison.warnings:
        click.echo(f"! {clean(warning)}")


def _show_gate(gate: GateResult) -> None:
    for bar in gate.bars:
        click.echo(f"{'✓' if bar.met else '✗'} {clean(bar.bar)}: {clean(bar.found)}")
    click.echo("the gate is passed" if gate.passed else "the gate is NOT passed")
