"""Events summed up by a language model that is given all reports at once: what a briefing is compared with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from eval.bench.cached_model import CachedModel
from eval.bench.events import Source
from rag.check.facts import FactContext
from rag.check.verification import Verifier
from rag.config import Settings
from rag.generate.gguf import EMBEDDED_MODEL
from rag.generate.llm import load_model
from rag.generate.model import LanguageModel, Message
from rag.ingest.sentences import sentences
from rag.types import Verdict

_PROMPT = "Summarise these news reports about one event in four to six sentences. Write only the summary.\n\n{reports}"
_MOST_TOKENS = 260
_BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+", re.MULTILINE)


def kept_model(settings: Settings, folder: Path) -> CachedModel:
    """Returns the embedded model with replies kept in a folder, so that the work can be done in pieces."""
    folder.mkdir(parents=True, exist_ok=True)
    return CachedModel(
        lambda: load_model(settings), folder / "summaries.jsonl",
        name=f"embedded/{EMBEDDED_MODEL.name}", context=settings.model_context,
    )  # fmt: skip


def summary(reports: Sequence[Source], model: LanguageModel) -> list[str]:
    """Returns what a model writes when it is asked to sum up the reports, as sentences."""
    shown = "\n\n".join(f"Report of {r.publisher}: {r.title}\n{r.text}" for r in reports)
    messages: list[Message] = [{"role": "user", "content": _PROMPT.format(reports=shown)}]
    text = _BULLET.sub("", model.complete(messages, max_tokens=_MOST_TOKENS).text).strip()
    return [found for span in sentences(text) if (found := span.of(text).strip())]


def borne_out(texts: Sequence[str], reports: Sequence[Source], verifier: Verifier) -> list[bool]:
    """Tells of each text whether all reports together support it, by the verifier; any report may supply a part."""
    evidence = " ".join(r.text for r in reports)
    context = FactContext(". ".join(r.title for r in reports), ", ".join(r.publisher for r in reports), None)
    return [verifier.verify(text, evidence, context).verdict is Verdict.SUPPORTED for text in texts]
