"""``junit.xml``: one test case per item, and one per bar of the gate, as every CI system reads them."""

from __future__ import annotations

import re

from junitparser import Error, Failure, JUnitXml, TestCase, TestSuite

from eval.report.document import Report

_UNREADABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 cannot hold


def junit(report: Report) -> str:
    """Returns the report as JUnit XML.

    An item that came out wrong is a failure, one that could not be asked an error, and a bar that is not met a failure.
    """
    items = TestSuite(_clean(report.suite))
    for item in report.items:
        seconds = item.answer["seconds"]["total"] if item.answer else 0.0
        case = TestCase(_clean(item.id), _clean(report.suite), seconds)
        if item.error:
            case.result = [Error(_clean(item.error))]
        elif not item.passed:
            failure = Failure(_clean("; ".join(item.problems)))
            failure.text = _clean("\n".join((item.question, *item.texts)))
            case.result = [failure]
        items.add_testcase(case)
    document = JUnitXml()
    document.add_testsuite(items)
    if report.gate is not None:
        gate = TestSuite("gate")
        for bar in report.gate.bars:
            case = TestCase(_clean(bar.bar), "gate")
            if not bar.met:
                case.result = [Failure(_clean(f"not met: {bar.found}"))]
            gate.add_testcase(case)
        document.add_testsuite(gate)
    text: str = document.tostring().decode("utf-8")  # type: ignore[no-untyped-call]
    return text


def _clean(text: str) -> str:
    return _UNREADABLE.sub("\ufffd", text)
