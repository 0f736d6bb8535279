"""How the house is built: what imports what, and what is loaded when."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import rag

ROOT = Path(__file__).parents[1]
PACKAGES = ("rag", "ui", "eval")

# From the ground up. A module belongs to the longest name here that it begins with, and imports only from its own
# layer and from those above it in this list. Peers, on one line, do not know each other.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("rag.types", "rag.errors", "rag.vocabulary"),
    ("rag.config",),
    ("rag.index", "rag.settings_page"),
    ("rag.encoding",),
    ("rag.ingest", "rag.retrieve"),
    ("rag.check",),
    ("rag.question",),
    ("rag.generate",),
    ("rag.citing", "rag.gathering", "rag.order_of_events"),
    ("rag.checking",),
    ("rag.ledger",),
    ("rag.answering",),
    ("rag.brief", "rag.telemetry"),
    ("rag.parts",),
    ("rag.corpus",),
    ("rag.service", "rag.doctor"),
    ("rag.llamaindex",),
    ("rag",),
    ("eval",),
    ("ui",),
    ("rag.cli",),
)
# Each of these is known to one module only, so that it can be replaced there.
ADAPTED: dict[str, str | tuple[str, ...]] = {
    "chromadb": "rag.index.vectors",
    "tantivy": "rag.index.lexical",
    "onnxruntime": "rag.index.embedding",
    "sentence_transformers": "rag.index.sentence_models",
    "torch": "rag.index.embedding",
    "tokenizers": "rag.index.embedding",
    "datasketch": "rag.ingest.duplicates",
    "nupunkt": "rag.ingest.sentences",
    "trafilatura": "rag.ingest.readers.html",
    "htmldate": "rag.ingest.readers.html",
    "lxml": "rag.ingest.readers.html",
    "pypdfium2": "rag.ingest.readers.pdf",
    "feedparser": "rag.ingest.readers.feed",
    "py3langid": "rag.ingest.language",
    "litellm": "rag.generate.llm",
    "llama_index": "rag.llamaindex",
    "xllamacpp": "rag.generate.llama_server",
    "Stemmer": "rag.check.words",
    "watchfiles": "rag.ingest.watching",
    "opentelemetry": "rag.telemetry",
    "rich": ("rag.cli.render", "rag.cli.progress"),
    "pydantic": (
        "rag.config",
        "rag.settings_page",
        "eval.validation",
        "ui.api.documents",
        "ui.api.mcp_server",
        "ui.api.openai.documents",
        "ui.api.openai.wire",
        "ui.api.requests",
    ),
    "jinja2": ("eval.report.rendering", "rag.brief.export.page"),
    "docx": ("rag.ingest.readers.word", "rag.brief.export.word"),
    "fpdf": "rag.brief.export.pdf",
    "fontTools": "rag.brief.export.pdf",
    "junitparser": "eval.report.junit",
    "ir_measures": "eval.metrics.retrieval",
    "pytest": "eval.pytest_plugin",
    "regex": "eval.matching",
    "uvicorn": "ui.server",
    "fastapi": (
        "ui.server",
        "ui.downloads",
        "ui.access.login",
        "ui.api.answers",
        "ui.api.application",
        "ui.api.articles",
        "ui.api.briefings",
        "ui.api.connection",
        "ui.api.errors",
        "ui.api.evaluations",
        "ui.api.jobs",
        "ui.api.openai.chat",
        "ui.api.system",
    ),
    "argon2": "ui.access.passwords",
    "limits": "ui.access.limits",
    "mcp": "ui.api.mcp_server",
    "prometheus_client": "ui.access.figures",
    "sse_starlette": "ui.api.connection",
    "gradio": (
        "ui.app",
        "ui.ask",
        "ui.briefing.page",
        "ui.corpus",
        "ui.evaluation",
        "ui.fields",
        "ui.server",
        "ui.theme",
    ),
    "pydantic_settings": "rag.config",
}
HEAVY = ("torch", "chromadb", "gradio", "litellm", "sentence_transformers", "numpy", "pydantic", "rich", "onnxruntime",
         "tantivy", "transformers", "sqlite3", "opentelemetry")  # fmt: skip


def modules() -> dict[str, Path]:
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imported(path: Path) -> Iterator[str]:
    """Every module a file imports, inside functions and for types too; ``from a import b`` gives a.b and a."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            assert node.module
            submodules = [f"{node.module}.{a.name}" for a in node.names if f"{node.module}.{a.name}" in MODULES]
            yield from submodules or [node.module]


def layer(module: str) -> tuple[int, str]:
    fitting = [
        (len(name), number, name)
        for number, names in enumerate(LAYERS)
        for name in names
        if module == name or module.startswith(f"{name}.")
    ]
    _, number, name = max(fitting)
    return number, name


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_downwards(module: str) -> None:
    here, name = layer(module)
    for other in imported(MODULES[module]):
        if other.partition(".")[0] in PACKAGES:
            there, its_name = layer(other)
            assert there < here or its_name == name, f"{module} imports {other}"


def test_every_package_has_its_layer() -> None:
    assert layer("rag.index.store") == (2, "rag.index")
    unplaced = [module for module in MODULES if module.startswith("rag.") and layer(module)[1] == "rag"]
    assert unplaced == []


def test_modules_do_not_import_each_other_in_circles() -> None:
    graph = {module: {o for o in imported(path) if o in MODULES and o != module} for module, path in MODULES.items()}
    finished: set[str] = set()

    def visit(module: str, path: tuple[str, ...]) -> None:
        assert module not in path, " → ".join((*path, module))
        if module not in finished:
            for other in sorted(graph[module]):
                visit(other, (*path, module))
            finished.add(module)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("library", ADAPTED)
def test_a_foreign_library_is_known_to_one_module(library: str) -> None:
    users = {
        module
        for module, path in MODULES.items()
        if not module.startswith("eval.bench")  # benchmarks measure the libraries themselves
        and any(name.partition(".")[0] == library for name in imported(path))
    }
    homes = ADAPTED[library]
    assert users == ({homes} if isinstance(homes, str) else set(homes))


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    return set(found.stdout.split())


@pytest.mark.parametrize("statement", ["import rag.cli.main", "import rag; dir(rag); rag.Answer; rag.Filters"])
def test_what_is_light_loads_nothing_heavy(statement: str) -> None:
    assert loaded_by(statement).isdisjoint(HEAVY)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, atexit; sys.argv = ['dateline', '--help'];"
        "atexit.register(lambda: print(*sys.modules, file=sys.stderr)); import rag.cli.main; rag.cli.main.main()"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert found.stdout.startswith("Usage: dateline")
    loaded = set(found.stderr.split())
    assert loaded.isdisjoint(HEAVY)
    assert {name for name in loaded if name.startswith("rag.") and not name.startswith("rag.cli")} <= {"rag.errors"}


def test_a_search_loads_neither_torch_nor_a_language_model(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("The harbour of Tallinn opened on Monday.", encoding="utf-8")
    loaded = loaded_by(
        f"from pathlib import Path; from rag import Dateline, Settings; folder = Path({str(tmp_path)!r});"
        "d = Dateline(Settings(index=folder / 'index', model='extractive'));"
        "d.ingest([folder / 'a.txt']); d.search('harbour'); d.ask('When did the harbour of Tallinn open?')"
    )
    assert loaded.isdisjoint(("torch", "litellm", "sentence_transformers", "transformers", "xllamacpp"))


@pytest.mark.parametrize("module", ["rag.types", "rag.errors", "rag.service", "rag.answering", "rag.ingest.sync"])
def test_every_module_can_be_imported_first(module: str) -> None:
    assert module in loaded_by(f"import {module}")


def test_public_names() -> None:
    assert sorted(rag.__all__) == [
        "AbstentionReason", "Answer", "AnswerSentence", "Article", "Citation", "Dateline", "DatelineError", "Filters",
        "IngestReport", "RetrievedPassage", "SearchMode", "Settings", "SourceSummary", "Turn", "Verdict",
        "load_settings",
    ]  # fmt: skip
    assert dir(rag) == sorted(rag.__all__)
    for name in rag.__all__:
        assert getattr(rag, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = rag.nothing


def tracked() -> list[Path]:
    git = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if git.returncode:
        pytest.skip("not a git checkout")
    return [path for name in git.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


def test_no_file_names_a_machine() -> None:
    # Written apart, so that this file does not name one either.
    places = "|".join(("/wo" + "rk/", "/ro" + "ot/", "/tm" + "p/w/", "/ho" + "me/[a-z]", "/Us" + "ers/[a-z]"))
    pattern = re.compile(rf"(?<![\w.:-])(?:{places})")
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in pattern.finditer(text)]
    assert found == []


def test_the_readme_has_no_gap_to_fill() -> None:
    assert "@@" not in (ROOT / "README.md").read_text(encoding="utf-8")
