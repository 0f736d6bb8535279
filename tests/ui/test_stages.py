"""How far a briefing is, told by section."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.brief.types import Request
from rag.config import Settings
from rag.service import Dateline
from ui.briefing.stages import Stages
from ui.jobs.store import JobStore
from ui.jobs.worker import Progress

ARTICLES = Path(__file__).parents[2] / "corpus" / "articles"


@pytest.fixture(scope="module")
def dateline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dateline]:
    opened = Dateline(Settings(index=tmp_path_factory.mktemp("stages") / "index", model="extractive"))
    opened.ingest([ARTICLES])
    yield opened
    opened.close()


@pytest.mark.parametrize("compare", [None, ("Northline Wire", "Harbour Gazette")])
def test_each_section_is_told_when_it_is_written(
    dateline: Dateline, tmp_path: Path, compare: tuple[str, str] | None
) -> None:
    store = JobStore(tmp_path / "jobs.sqlite")
    job = store.add("briefing", "local")
    request = Request("the Sochi summit", compare=compare)
    stages = Stages(Progress(store, job.id, lambda: False), request)
    seen = []

    def told(message: str) -> None:
        stages(message)
        found = store.get(job.id)
        assert found is not None
        seen.append(found.step)

    briefing = dateline.brief(request, told)
    store.close()
    assert {o.name for o in seen[-1].outcomes} == {section.title for section in briefing.sections}
    assert [step.done for step in seen] == sorted(step.done for step in seen)
    assert all(step.done <= step.total for step in seen)
