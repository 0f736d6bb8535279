from __future__ import annotations

import time

import pytest

from rag.check.speakers import asked_speaker, is_speech, same_person, speaker_of


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ('"The quay is not safe and has to close," Mr Delgado said on Tuesday.', "Delgado"),
        ("“The quay is not safe,” said Ana Ruiz, the mayor of Cedar Bay.", "Ana Ruiz"),
        ("Al-Assad claimed that the war was nearly over.", "Assad"),
        ('Mr Delgado told the mayor: "At this stage, the ferry will not sail.', "Delgado"),
        ("The storm has moved east, according to BBC News.", "BBC News"),
        ('The repairs would be "viable," Ana Ruiz, Mr Delgado\'s spokeswoman, said on Tuesday.', "Ana Ruiz"),
        ('Asked whether Mr Delgado and Ms Ruiz had met, Mr Peskov said "options have been discussed."', "Peskov"),
        ("Kremlin spokesman Dmitry Peskov said Putin had spoken with both.", "Dmitry Peskov"),
        ("Moscow has always insisted that it is up to voters.", "Moscow"),
        ("Mr Delgado was quoted by the Courier as saying that he would resign.", "Delgado"),
        ("Mr Delgado thanked the crews and said the work was done.", "Delgado"),
        ("Erdoğan warned that the talks could fail.", "Erdogan"),
        ("A spokeswoman for the White House said the call was short.", "White House"),
    ],
)
def test_the_name_beside_the_verb_speaks(sentence: str, speaker: str) -> None:
    assert speaker_of(sentence, []) == speaker
    assert is_speech(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Mr Delgado met the mayor in Cedar Bay on Tuesday.",
        'The council backs the "moderate" plan for the harbour.',
        "The war has claimed more than 500,000 lives.",
        "It was not said how many crews would leave.",
    ],
)
def test_what_is_not_speech_has_no_speaker(sentence: str) -> None:
    assert not is_speech(sentence)
    assert speaker_of(sentence, ["Ana Ruiz said the quay was closed."]) == ""


@pytest.mark.parametrize("sentence", ["Police said the road was shut.", "The delegate asked not to be named."])
def test_an_unnamed_speaker_is_speech_without_a_name(sentence: str) -> None:
    assert is_speech(sentence)
    assert speaker_of(sentence, ["Ana Ruiz said the quay was closed."]) == ""


def test_two_speakers_are_no_speaker() -> None:
    assert speaker_of("Ana Ruiz and Juan Delgado said the quay was closed.", []) == ""


class TestContext:
    def test_a_pronoun_is_the_speaker_before_or_the_first_person_named(self) -> None:
        assert speaker_of("He said the quay was shut.", ["Mr Delgado told Mr Ruiz that it had rained."]) == "Delgado"
        assert speaker_of("He said the quay was shut.", ["In London Mr Delgado met Mr Ruiz."]) == "Delgado"

    def test_a_title_that_shows_another_gender_is_passed_over(self) -> None:
        before = ["Mrs Ruiz and Mr Delgado arrived late."]
        assert speaker_of('"It is shut for good," he said.', before) == "Delgado"
        assert speaker_of("She emphasised that it was shut.", before) == "Ruiz"

    def test_a_quotation_over_sentences_keeps_its_speaker(self) -> None:
        first = 'Mr Delgado told Ms Ruiz: "At this stage, we want to sail.'
        second = '"And we believe the tide will help.'
        assert speaker_of(second, [first]) == "Delgado"
        assert speaker_of("The crews are ready for it.", [first, second]) == "Delgado"
        assert speaker_of('We count on the port for the rest," he said.', [first, second]) == "Delgado"

    def test_a_quotation_without_attribution_goes_on(self) -> None:
        assert speaker_of("“We will sail.”", ["“It is calm,” said Ana Ruiz.", "“The tide is in.”"]) == "Ana Ruiz"

    def test_a_role_is_whom_the_text_gives_it_to(self) -> None:
        before = ["Russian president Vladimir Putin met Bashar Al Assad.", "Mr Al Assad flew home."]
        assert speaker_of('The Russian president said: "We have a long way to go."', before) == "Vladimir Putin"
        assert speaker_of('The Russian president said: "We have a long way to go."', before[1:]) == ""

    def test_the_headline_names_last(self) -> None:
        assert speaker_of("He said the quay was shut.", [], title="Juan Delgado closes the quay") == "Juan Delgado"


@pytest.mark.parametrize(
    ("question", "speaker"),
    [
        ("What did Assad ask Russia for?", "Assad"),
        ("What did Vladimir Putin say about the operation?", "Vladimir Putin"),
        ("Whom did Putin say he would call?", "Putin"),
        ("According to Peskov, what was discussed?", "Peskov"),
        ("What, according to the White House, did they discuss?", "White House"),
        ("What does Erdoğan want?", "Erdogan"),
        ("What does the Kremlin claim?", "Kremlin"),
        ("What was Assad's request to Putin?", "Assad"),
        ("Where did Assad meet Putin?", ""),
        ("How many people died?", ""),
        ("Who said that the operation was over?", ""),
        ("What did Putin and Erdogan say?", ""),
    ],
)
def test_whose_words_a_question_asks_for(question: str, speaker: str) -> None:
    assert asked_speaker(question) == speaker


@pytest.mark.parametrize(
    ("a", "b", "is_same"),
    [
        ("Putin", "Russian President Vladimir Putin", True),
        ("Mr Al Assad", "Bashar al-Assad", True),
        ("Recep Tayyip Erdoğan", "Erdogan", True),
        ("BBC", "BBC News", True),
        ("Putin", "Peskov", False),
        ("Dmitry Peskov", "Sergei Peskov", False),
        ("Russia", "Russian President Vladimir Putin", False),
        ("", "Putin", False),
    ],
)
def test_same_person(a: str, b: str, is_same: bool) -> None:
    assert same_person(a, b) is is_same
    assert same_person(b, a) is is_same


def test_hostile_sentences_take_no_longer() -> None:
    started = time.perf_counter()
    for text in (
        "Mr A " * 500 + "said",
        '"' * 2000,
        "said " * 400,
        "the president " * 200 + "said",
        ", " * 1500 + "said",
    ):
        speaker_of(text, [text] * 4, text)
        asked_speaker(f"What did {text}")
    assert time.perf_counter() - started < 10
