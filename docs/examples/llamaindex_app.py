"""A llama-index application over two kinds of knowledge: the news, which Dateline answers, and the desk's own notes.

Run as::

    pip install 'dateline[llamaindex]'
    python docs/examples/llamaindex_app.py "What did Assad ask Russia for?"
    python docs/examples/llamaindex_app.py "What is our style rule for numbers?"
    python docs/examples/llamaindex_app.py --passages "ceasefire talks"

It needs no language model: Dateline answers with source sentences (``--model`` takes any other), the router's choice is
a rule, and the notes are shown as they are.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from llama_index.core.base.base_selector import BaseSelector, SelectorResult, SingleSelection
from llama_index.core.indices.keyword_table import SimpleKeywordTableIndex
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine, RouterQueryEngine
from llama_index.core.response_synthesizers.context_only import ContextOnly
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.schema import QueryBundle, TextNode
from llama_index.core.tools import QueryEngineTool, ToolMetadata

from rag import Dateline, Filters, load_settings
from rag.llamaindex import DatelineQueryEngine, DatelineRetriever

NOTES = (
    "Style rule for numbers: one to nine in words, from 10 on in figures; a count of dead always with its source.",
    "Style rule for names: full name and office at the first mention, the family name after it.",
    "Planning: the Sochi anniversary page goes to the weekend desk on Thursday.",
)


class ByTopic(BaseSelector):
    """Sends questions about the desk's own rules and plans to the notes, and all others to the news."""

    def _select(self, choices: Sequence[ToolMetadata], query: QueryBundle) -> SelectorResult:
        wanted = "notes" if {"our", "style", "desk"} & set(query.query_str.lower().split()) else "news"
        place = [choice.name for choice in choices].index(wanted)
        return SelectorResult(selections=[SingleSelection(index=place, reason=f"the question is for the {wanted}")])

    async def _aselect(self, choices: Sequence[ToolMetadata], query: QueryBundle) -> SelectorResult:
        return self._select(choices, query)

    def _get_prompts(self) -> dict[str, object]:
        return {}

    def _update_prompts(self, prompts: dict[str, object]) -> None:
        """There are none."""


def newsroom(dateline: Dateline) -> RouterQueryEngine:
    """Returns one engine that asks Dateline about the news and a llama-index index about the desk."""
    notes = SimpleKeywordTableIndex([TextNode(text=note) for note in NOTES], llm=MockLLM())
    tools = [
        QueryEngineTool(DatelineQueryEngine(dateline), ToolMetadata("what the papers reported", name="news")),
        QueryEngineTool(
            RetrieverQueryEngine(notes.as_retriever(retriever_mode="simple"), ContextOnly(llm=MockLLM())),
            ToolMetadata("the desk's style rules and plans", name="notes"),
        ),
    ]
    return RouterQueryEngine(ByTopic(), tools, llm=MockLLM())


def two_papers(dateline: Dateline, first: str, second: str) -> QueryFusionRetriever:
    """Returns one retriever that merges what each of two papers has, so that neither crowds out the other."""
    papers = [DatelineRetriever(dateline, 3, filters=Filters(publishers=(name,))) for name in (first, second)]
    return QueryFusionRetriever(papers, llm=MockLLM(), num_queries=1, similarity_top_k=4, mode="reciprocal_rerank")


def main(arguments: Sequence[str] | None = None) -> None:
    """Answers one question and shows what it rests on."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("question")
    parser.add_argument("--model", default="extractive")
    parser.add_argument("--index")
    parser.add_argument("--passages", action="store_true", help="only retrieve, from two papers at once")
    given = parser.parse_args(arguments)
    dateline = Dateline(load_settings(model=given.model, index=given.index))
    try:
        dateline.warm()  # reads the sample corpus when there is no index yet
        if given.passages:
            nodes = two_papers(dateline, "Northline Wire", "Cedar Coast Courier").retrieve(given.question)
        else:
            response = newsroom(dateline).query(given.question)
            nodes = response.source_nodes
            print(response, "\n")
        for node in nodes:
            facts = node.metadata
            if "start" in facts:  # one of Dateline's
                print(f"{facts['publisher']}, {facts['published']}, {facts['start']}–{facts['end']}: {node.text}")
    finally:
        dateline.close()


if __name__ == "__main__":
    main()
