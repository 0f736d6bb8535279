from __future__ import annotations

import pytest

from rag.check.builtin import BuiltinVerifier
from rag.check.facts import FactContext
from rag.check.modality import is_statement, tells_as_done
from rag.types import Verdict


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        (
            "Owners approved the sale of the club.",
            "Owners will decide on Tuesday whether to approve the sale of the club.",
        ),
        (
            "Owners unanimously approved the sale of the club.",
            "Owners will decide whether to approve the sale of the club. A committee unanimously urged its approval.",
        ),
        ("Voters legalized gambling in the state.", "Voters may legalize gambling in the state."),
        ("The club added a second stand for the summer.", "Arkona FC to add a second stand for the summer."),
        (
            "The Arkona rocket was launched from the island of Gant.",
            "The rocket had been set to launch the Arkona probe from the island of Gant.",
        ),
        ("The city banned cars from the centre.", "If the city banned cars from the centre, shops would suffer."),
    ],
)
def test_what_is_only_foreseen_does_not_bear_out_that_it_happened(sentence: str, evidence: str) -> None:
    found = BuiltinVerifier().verify(sentence, evidence, FactContext())
    assert found.verdict is not Verdict.SUPPORTED
    assert "modality not kept" in found.why


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("Owners approved the sale of the club.", "Owners approved the sale of the club, which will close in May."),
        ("Owners approved the sale of the club.", "Owners voted to approve the sale of the club."),
        ("The club added a second stand.", "The club went on to add a second stand."),
        ("Owners will have approved the sale by May.", "Owners will approve the sale by May."),
        ("The club will be sold.", "The club will be sold if owners approve."),
    ],
)
def test_what_happened_or_stays_open_is_not_held_back(sentence: str, evidence: str) -> None:
    assert "modality" not in BuiltinVerifier().verify(sentence, evidence, FactContext()).why


SOFTWARE = "Meanwhile, the software will be available as a free download on Sept. 12."


@pytest.mark.parametrize(
    ("claim", "sources", "word"),
    [
        (
            "Gant introduced the software as a free download on Sept. 12.",
            [SOFTWARE, "Gant will introduce it."],
            "introduced",
        ),
        ("Gant will have introduced the software as a free download.", [SOFTWARE], ""),
        ("The software was available as a free download.", [SOFTWARE], ""),
        ("Gant introduced the software as a free download.", ["Gant released the software as a free download."], ""),
        ("Gant introduced the software.", [], ""),
    ],
)
def test_what_is_foreseen_and_told_as_done_in_another_word(claim: str, sources: list[str], word: str) -> None:
    assert tells_as_done(claim, sources) == word


@pytest.mark.parametrize("text", ["What does PSL stand for?", "“Who won?”", "Is he right?  "])
def test_a_question_states_nothing(text: str) -> None:
    assert not is_statement(text)
    assert is_statement(f"He asked: {text} Nobody answered.")


@pytest.mark.parametrize(
    "text",
    ["[Click here to see who lives in Sochi](https://x.org)", "Read more: Stars", "pixel", " Reuters. "],
)
def test_a_teaser_or_a_word_states_nothing(text: str) -> None:
    assert not is_statement(text)
    assert is_statement("Read more than one paper, he said: they differ.")


@pytest.mark.parametrize(
    "text",
    [
        "JUST WATCHED Roe v. Wade is overturned Replay More Videos ...",
        "Hide Caption 48 of 49 Photos: The mayor resigns in front of the town hall.",
        "Photos: Floods in Arkona A man swims.",
        "More:Clerk reacts to the flood",
        "Day 7 recap:Clerk blames the mayor, false claims of a flood",
    ],
)
def test_what_a_page_hangs_into_a_story_states_nothing(text: str) -> None:
    assert not is_statement(text)


@pytest.mark.parametrize(
    "text",
    [
        "Iowa City:The governor ordered residents to stay home.",
        "More than six people resigned: the clerk, too.",
        "He said: “We just watched.”",
        "The result: Arkona won",
        "Photos: satellite images released on Friday show the destroyed bridge, the ministry said.",
        "Opinion polls:Labour leads by 20 points.",
        "Biden told CNN:'I am running again'",
        "More on the helpline is at http://example.org/.",
    ],
)
def test_a_place_before_a_colon_or_a_word_of_the_story_is_kept(text: str) -> None:
    assert is_statement(text)


@pytest.mark.parametrize("text", ["A. Paper towels", "B) Sweden", "(C) Sixteen thousand people", "D. $402 million"])
def test_a_choice_of_a_quiz_states_nothing(text: str) -> None:
    assert not is_statement(text)


@pytest.mark.parametrize("text", ["A. J. Smith resigned on Monday", "A man resigned", "B. Lincoln was shot.", "I. Yes"])
def test_an_initial_or_an_article_begins_no_choice(text: str) -> None:
    assert is_statement(text)


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("The president announced his resignation.", "Perera has not yet handed his resignation to the president."),
        ("The committee met in public.", "The committee never met in public, its clerk said."),
        ("The road was opened to lorries.", "The road was opened, but not to lorries."),
    ],
)
def test_what_the_source_denies_is_not_borne_out(sentence: str, evidence: str) -> None:
    found = BuiltinVerifier().verify(sentence, evidence, FactContext())
    assert found.verdict is not Verdict.SUPPORTED


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("The bridge carries trains.", "The bridge carries not only trains but also trams."),
        ("He refused to sign the treaty.", "He did not sign the treaty."),
        ("It is unclear who sold the bridge.", "It is not known who sold the bridge."),
        ("The bridge was sold in May.", "The bridge was sold in May, and no one knew of it."),
        ("The bridge was sold.", "The bridge was not sold in May. It was sold in June."),
    ],
)
def test_what_is_denied_elsewhere_is_not_held_against_a_sentence(sentence: str, evidence: str) -> None:
    assert "denied" not in BuiltinVerifier().verify(sentence, evidence, FactContext()).why
