"""What happened to a ferry, as two papers report it, and what a ledger shows of a draft about it."""

from __future__ import annotations

from rag.generate.drafting import Draft
from rag.ledger import ClaimLedger
from rag.types import RetrievedPassage

SANK = "The ferry Marisa sank off Arkona in heavy seas on Monday night."
DROWNED = "Three passengers drowned, and fishermen took forty others ashore."
DOOR = "Captain Ole Brandt said that a wave had broken the bow door of the ferry."
ELSEWHERE = "Fishermen took forty others ashore after the ferry Marisa sank off Arkona on Monday night."
INQUIRY = "The coast guard will not publish its report on the ferry this year."
HARVEST = "Farmers in the Gant valley brought in twelve tonnes of barley."
ARTICLES = {"agency": f"{SANK} {DROWNED} {DOOR}", "herald": f"{ELSEWHERE} {INQUIRY}", "valley": HARVEST}
GARBAGE = [
    "",
    " \n\t ",
    ".",
    "[1]",
    "[7][8] 【9】",
    "\x00\x1b[31mThree passengers drowned.\x07",
    "Three\ud800 passengers drowned.",
    "Three pas\u200bsengers drow\u0301ned. \U0001f6a2 \u202egnaros",
    "ศูนย์ข่าว 沈没 Μαρίσα ١٢٣",
    "Three passengers drowned. " * 400,
    "drowned " * 1300,
    '"' * 500,
    "Three passengers drowned; nine passengers drowned. Twelve tonnes of ferry sank. It. He said that.",
    "1 2 3 4 5 % $ € 1,000,000,000,000,000,000,000,000",
    "As an AI language model, I cannot say what the passengers of the ferry did.",
]


def draft(text: str, *evidence: RetrievedPassage) -> Draft:
    return Draft(text, evidence)


def shown(ledger: ClaimLedger) -> list[tuple[str, list[str]]]:
    """The sentences shown, each with the words it cites."""
    quotes = {citation.n: citation.quote for citation in ledger.citations()}
    return [(s.text, [quotes[n] for n in s.citations]) for s in ledger.sentences()]
