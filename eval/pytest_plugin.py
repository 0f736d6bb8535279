"""A pytest plug-in: the items of a suite as tests, a gate as one more, and a fixture for tests of one's own.

::

    pytest --dateline-suite questions.jsonl --dateline-gate gate.yaml

Without a gate every item that comes out wrong fails. With one, such an item is an expected failure with its reason, and
the gate decides: no system answers everything, and a build that is always red says nothing.

In tests of one's own the fixture ``dateline_ask`` asks the configured index::

    def test_request(dateline_ask):
        dateline_ask("What did Assad ask Russia for?", answers=[{"regex": "interfer"}]).check()
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from eval.asked import Asked
    from eval.gate import Gate
    from eval.report.document import ItemResult, Report
    from eval.suites import Suite
    from rag.errors import DatelineError

_PREFIX = "--dateline-"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the options."""
    group = parser.getgroup("dateline", "evaluation of Dateline's answers")
    group.addoption(f"{_PREFIX}suite", action="append", default=[], metavar="SUITE", help="suite whose items are tests")
    group.addoption(f"{_PREFIX}gate", metavar="FILE", help="gate that decides instead of single items")
    group.addoption(f"{_PREFIX}baseline", metavar="REPORT", help="earlier report that the gate's no_drop compares with")
    group.addoption(f"{_PREFIX}model", metavar="MODEL", help="model that answers [DATELINE_MODEL or embedded]")
    group.addoption(f"{_PREFIX}index", metavar="DIR", help="index to ask, whatever corpus the suite names")
    group.addoption(f"{_PREFIX}out", metavar="DIR", help="folder for the four reports; none by default")


def pytest_collection(session: pytest.Session) -> None:
    """Refuses a gate without a suite, which would decide nothing."""
    if session.config.getoption("dateline_gate") and not session.config.getoption("dateline_suite"):
        raise pytest.UsageError("--dateline-gate needs --dateline-suite")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> Iterator[None]:
    """Adds the items of the suites to those that pytest found."""
    from rag.errors import DatelineError

    names = [Path(name).stem for name in config.getoption("dateline_suite")]
    if len(set(names)) < len(names):
        raise pytest.UsageError("two suites have the same file name, by which tests and reports are told apart")
    for name in config.getoption("dateline_suite"):
        try:
            items.extend(_SuiteNode.build(session, Path(name)).collect())
        except DatelineError as error:
            raise pytest.UsageError(str(error)) from error
    yield


class _SuiteNode(pytest.Collector):
    """A suite; it is run once, when the first of its tests is."""

    path_of_suite: Path
    suite: Suite
    gate: Gate | None
    base: Report | None
    found: Report | None = None
    failed: DatelineError | None = None

    @classmethod
    def build(cls, session: pytest.Session, path: Path) -> _SuiteNode:
        from eval.gate import read_gate
        from eval.report.document import read_report
        from eval.suites import read_suite

        node: _SuiteNode = cls.from_parent(session, name=path.name, nodeid=str(path))
        gate, base = session.config.getoption("dateline_gate"), session.config.getoption("dateline_baseline")
        node.path_of_suite, node.suite = path, read_suite(path)
        node.gate = read_gate(Path(gate)) if gate else None
        node.base = read_report(Path(base)) if base else None
        return node

    def collect(self) -> list[pytest.Item]:
        tests: list[pytest.Item] = [_ItemTest.of(self, item.id) for item in self.suite.items]
        return tests + ([_GateTest.from_parent(self, name="gate")] if self.gate else [])

    def report(self) -> Report:
        """Returns the suite's report; the first call asks the questions."""
        from eval.report.writing import write_report
        from eval.session import Options, check_plan, held_to, run_suite
        from rag.config import load_settings
        from rag.errors import DatelineError

        if self.failed is not None:
            raise self.failed
        if self.found is None:
            option = self.config.getoption
            index, out = option("dateline_index"), option("dateline_out")
            chosen = Path(index) if index else None
            settings = load_settings(index=chosen, model=option("dateline_model"))
            folder = Path(out) / self.path_of_suite.stem if out else None
            options = Options(index=chosen, folder=folder)
            try:
                check_plan(self.suite, self.gate, self.base)
                report = run_suite(self.suite, settings, options)
                report = held_to(report, self.gate, self.base, str(option("dateline_baseline")))
            except DatelineError as error:
                self.failed = error  # asking again for each test would cost as much again
                raise
            if folder is not None:
                write_report(report, folder)
            self.found = report
        return self.found


class _SuiteTest(pytest.Item):
    """A test of a suite, shown under the suite's name and without the plug-in's own traceback."""

    parent: _SuiteNode

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str | Any:
        return _shown(excinfo) or super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return Path(self.parent.nodeid), None, f"{self.parent.name}: {self.name}"


class _ItemTest(_SuiteTest):
    """An item of a suite."""

    item_id: str

    @classmethod
    def of(cls, parent: _SuiteNode, item_id: str) -> _ItemTest:
        test: _ItemTest = cls.from_parent(parent, name="".join(c if c.isprintable() else "?" for c in item_id))
        test.item_id = item_id
        return test

    def runtest(self) -> None:
        result = next(item for item in self.parent.report().items if item.id == self.item_id)
        if result.passed:
            return
        gate_decides = any(isinstance(test, _GateTest) and test.parent is self.parent for test in self.session.items)
        if gate_decides and not result.error:
            pytest.xfail("; ".join(result.problems))
        raise _WrongError(_explained(result))


class _GateTest(_SuiteTest):
    """The gate of a suite."""

    def runtest(self) -> None:
        gate = self.parent.report().gate
        if gate is not None and not gate.passed:
            raise _WrongError("\n".join(f"not met: {bar.bar}; found {bar.found}" for bar in gate.bars if not bar.met))


class _WrongError(Exception):
    """An item or a gate that did not come out right; its text is all that people need to see."""


def _shown(excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    """Returns the text of what is no bug; of a bug nothing, so that its traceback is shown."""
    from rag.errors import DatelineError

    return str(excinfo.value) if isinstance(excinfo.value, _WrongError | DatelineError) else ""


def _explained(result: ItemResult) -> str:
    answer = result.texts[0] if result.texts and result.texts[0] else "no answer"
    return "\n".join((result.question, f"got: {answer}", *(f"problem: {problem}" for problem in result.problems)))


@pytest.fixture(scope="session")
def dateline_ask(request: pytest.FixtureRequest) -> Iterator[Callable[..., Asked]]:
    """Asks the configured index a question and returns an ``eval.asked.Asked``, whose ``check`` fails with reasons.

    Keyword arguments are the fields of a suite's item, as ``answers`` or ``unanswerable``.
    """
    from eval.asked import asking
    from rag.config import load_settings

    option = request.config.getoption
    index = option("dateline_index")
    with asking(load_settings(index=Path(index) if index else None, model=option("dateline_model"))) as ask:
        yield ask
