from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.check.facts import FactContext, FactKind, missing_facts
from rag.check.words import vocabulary

CONTEXT = FactContext("Harbour talks: Okafor meets Lindqvist", "The Coast Herald", date(2017, 11, 21))  # a Tuesday
EVIDENCE = (
    "Norwegian Prime Minister Ingrid Lindqvist met Mr Okafor in Bergen late on Monday. The talks lasted three hours "
    "and come ahead of Wednesday’s summit of the leaders of Norway, Ghana and Iceland. The storm killed 400,000 "
    "birds, a report by the World Health Organization said. “We still have a long way to go before we rebuild [the "
    "harbour],” she said. He will not resign. The U.S. envoy Luis al-Marri, who led in March 2011, also spoke to "
    "Renée Zięba."
)


def missing(sentence: str, evidence: str = EVIDENCE, context: FactContext = CONTEXT) -> list[tuple[str, str]]:
    return [(str(fact.kind), fact.text) for fact in missing_facts(sentence, evidence, context=context)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Norway's prime minister met Okafor for 3 hours.",
        "Lindqvist met President Daniel Okafor on 20 November 2017.",
        "Ms. Lindqvist will see leaders of three countries on November 22.",
        "The WHO says four hundred thousand birds died.",
        "Ghanaian and Icelandic leaders will meet.",
        "The envoy of the United States, Al Marri, led in 2011.",
        "Luis Al-Marri of the US spoke to Renee Zieba.",
        "According to The Coast Herald, Lindqvist met Okafor yesterday.",
        "The Coast Herald reported on 21 November 2017 that they met.",
        "She said: “we still have a long way to go”.",
        "“We still have ... before we rebuild [it],” she said.",
        'She spoke of "a long way to go before we rebuild".',
        "Protesters gathered as Okafor's guests left.",
        "NORWAY'S LINDQVIST MET OKAFOR",
    ],
)
def test_what_follows_is_not_missing(sentence: str) -> None:
    assert missing(sentence) == []


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("The storm killed 40,000 birds.", ("number", "40,000")),
        ("The talks lasted thirteen hours.", ("number", "thirteen")),
        ("The storm killed 400,000 birds, 12% of all.", ("number", "12")),
        ("Lindqvist met Okafor on 21 November 2017.", ("date", "21 November 2017")),
        ("The summit is on Thursday.", ("date", "Thursday")),
        ("Al-Marri has led since April 2011.", ("date", "April 2011")),
        ("Al-Marri has led since 2012.", ("date", "2012")),
        ("Johansson met Okafor in Bergen.", ("name", "Johansson")),
        ("Lindqvist met Okafor in Oslo.", ("name", "Oslo")),
        ("The Swedish prime minister met Okafor.", ("name", "Swedish")),
        ("The EU envoy also spoke.", ("name", "EU")),
        ("“We have a long way to go,” she said.", ("quotation", "We have a long way to go,")),
        ("She said “we still have a short way to go”.", ("quotation", "we still have a short way to go")),
        ("She said “before we rebuild … a long way to go”.", ("quotation", "before we rebuild … a long way to go")),
        ("He called it a ‘victory over terrorists’.", ("quotation", "victory over terrorists")),
    ],
)
def test_a_changed_fact_is_missing(sentence: str, expected: tuple[str, str]) -> None:
    assert expected in missing(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Mr Okafor will resign.",  # the evidence says he will not
        "The storm killed Mr Okafor.",
        "Mr Okafor met the World Health Organization for three hours.",
    ],
)
def test_negations_and_roles_are_beyond_facts(sentence: str) -> None:
    assert missing(sentence) == []


def test_a_given_name_that_differs_is_missing() -> None:
    assert missing("Astrid Lindqvist met him.", "Ingrid Lindqvist met him.", FactContext()) == [("name", "Astrid")]
    assert missing("Ingrid Lindqvist met him.", "Ms Lindqvist met him.", FactContext()) == []


def test_relative_words_need_a_publication_date() -> None:
    sentence = "They met on 20 November 2017."
    assert missing(sentence, "They met on Monday.") == []
    assert missing(sentence, "They met yesterday.") == []
    assert missing(sentence, "They met on Monday.", FactContext()) == [("date", "20 November 2017")]
    assert missing("They met on Monday.", "They met on 20 November.") == []
    assert missing("They met in 2015.", "They met two years ago.") == []
    assert missing("They met on 20 November 2016.", "They met on 20 November 2017.") == [("date", "20 November 2016")]


def test_how_long_ago_must_be_stated_as_a_time() -> None:
    two = "Two ministers, Lavrov and Zarif, prepared it yesterday."
    assert missing("They prepared it two weeks ago.", two) == [("date", "two weeks ago")]
    assert missing("They prepared it two weeks ago.", "It took them the last two weeks.") == []
    assert missing("They prepared it a week ago.", "They prepared it last week.") == []
    assert missing("They prepared it a week ago.", "They prepared it yesterday.") == [("date", "a week ago")]


@pytest.mark.parametrize(
    ("source", "is_place"),
    [
        ("Putin told Assad that Moscow is about to curtail its presence.", False),
        ("Shortly after Moscow launched its campaign, Putin met Assad.", False),
        ("Moscow has insisted that Putin met Assad, and Moscow said so twice.", False),
        ("Putin received Assad in Moscow, which Moscow denied.", True),
        ("Putin met Assad at the Moscow talks.", True),
        ("Putin met Assad as Moscow was bombed.", True),
        ("MOSCOW (AP) - Putin met Assad.", True),
    ],
)
def test_a_capital_that_only_acts_is_no_place(source: str, is_place: bool) -> None:
    lacking = [text for kind, text in missing("Putin and Assad met in Moscow.", source) if "as a place" in text]
    assert lacking == ([] if is_place else ["Moscow as a place (there it is the government)"])


def test_the_publication_date_is_not_the_date_of_the_event() -> None:
    assert missing("They met on 21 November 2017.", "They met.") == [("date", "21 November 2017")]


def test_one_as_a_pronoun_is_no_number() -> None:
    assert missing("No one knew that one of the first talks failed.", "Nobody knew that talks failed.") == []


def test_sources_in_capitals_are_compared_without_case() -> None:
    evidence = "PRESIDENT OKAFOR OF GHANA SAID IN ACCRA ON NOV. 9 THAT US SHIPS, 12 IN ALL, WERE LEAVING ."
    assert (
        missing("Okafor, the Ghanaian president, said on 9 November that twelve US ships left Accra.", evidence) == []
    )
    assert missing("Okafor said Soviet ships were leaving.", evidence) == [("name", "Soviet")]


def test_a_country_is_more_than_its_words() -> None:
    assert missing("They flew to North Korea.", "They flew north to South Korea.") == [("name", "North Korea")]


def test_single_quotation_marks_are_told_from_apostrophes() -> None:
    sentence = "The workers' union said it's over for Norway's harbour."
    assert missing(sentence, "The workers union of Norway said the harbour is finished.", FactContext()) == []


def test_the_date_of_a_dateline_is_not_that_of_the_event() -> None:
    evidence = "BERGEN, Norway, Nov 21 (Coast Wire) - Okafor met Lindqvist in Bergen on Monday, the harbour said."
    context = FactContext(published=date(2017, 11, 21))
    assert missing("Okafor met Lindqvist in Bergen on 20 November.", evidence, context) == []
    assert missing("Okafor met Lindqvist in Bergen on November 21.", evidence, context) != []
    # A sentence may repeat it and say more of its day.
    assert missing(evidence.replace("Monday", "Monday [20 November 2017]"), evidence, context) == []
    assert missing(evidence.replace("Monday", "Monday [21 November 2017]"), evidence, context) != []


def test_kinds_are_named() -> None:
    assert {str(kind) for kind in FactKind} == {
        "number",
        "date",
        "name",
        "quotation",
        "negation",
        "reversal",
        "wording",
        "role",
        "attribution",
        "modality",
    }


NEWSLIKE = st.lists(
    st.sampled_from(
        vocabulary(
            "Mr Okafor said “we will” not ‘go’ it's U.S. UN Saudi Arabia North Korea of the and in May March "
            "2011 2017 21 November Monday yesterday 3,000 1.5m $5bn half a million third one two hundred % per "
            "cent 's … [..] ago years al-Marri Żółć I'm 5'3\" — - , . ? ! : ; Islamic State is last week"
        )
    ),
    max_size=25,
).map(" ".join)


@given(st.one_of(NEWSLIKE, st.text(), st.text(alphabet="aB1.,’'\"“” -%$é\n", max_size=40)))
@example("In 10/11/2017 31/31/99 '99 99999999999999999999999999999999999999999999999999 1/2 3 1/2/3")
@example("'s 5'3\"")
@example("9" * 5000)
@example('0"0')
@example("ŉ ﬁ İ ½ ² Ⅻ ١٢ 数十万 한글")
def test_every_text_bears_itself_out(text: str) -> None:
    assert missing_facts(text, text, context=FactContext()) == ()
    assert missing_facts(text, text, context=CONTEXT) == ()


@given(NEWSLIKE, NEWSLIKE, NEWSLIKE)
def test_any_two_texts_can_be_compared(one: str, other: str, title: str) -> None:
    for fact in missing_facts(one, other, context=FactContext(title, title, date(1, 1, 1))):
        assert fact.text


def test_a_pronoun_takes_its_name_from_the_sentence_before_only_when_its_own_has_none_before_it() -> None:
    before = FactContext(before="Okafor spoke first.")
    assert missing_facts("Okafor wants peace.", "He wants peace, Mensah heard.", context=before) == ()
    assert missing_facts("Okafor wants peace.", "Mensah said that he wants peace.", context=before) != ()


SAID = "Putin received Assad in Sochi on the evening of Monday, 20 November, the Kremlin said on Tuesday."


@pytest.mark.parametrize(
    ("sentence", "evidence", "missing"),
    [
        ("Putin received Assad on 21 November.", SAID, ["21 November"]),
        ("Putin received Assad on 20 November.", SAID, []),
        ("The Kremlin said on Tuesday that Putin had received Assad.", SAID, []),
        ("Nine were hurt, rescuers said late on Tuesday.", "Nine were hurt, rescuers told reporters on Tuesday.", []),
        ("Nine were hurt on Tuesday.", "Nine were hurt, rescuers told reporters on Tuesday.", []),  # no other day
        ("Hijab resigned on Monday.", "Hijab, in office since 2015, announced his resignation on Monday.", []),
    ],
)
def test_the_day_on_which_it_was_said_is_not_that_of_the_event(
    sentence: str, evidence: str, missing: list[str]
) -> None:
    context = FactContext(published=date(2017, 11, 21))
    found = missing_facts(sentence, evidence, context=context)
    assert [fact.text for fact in found if fact.kind is FactKind.DATE] == missing
