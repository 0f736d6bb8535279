from __future__ import annotations

import pytest

from rag.check.names import StatedNames, find_names
from rag.check.words import plain


def names(text: str) -> list[str]:
    return [name.text for name in find_names(plain(text))]


def missing(claim: str, *texts: str) -> list[str]:
    stated = StatedNames([plain(text) for text in texts])
    return [word for name in find_names(plain(claim)) for word in stated.missing(name)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Protesters gathered in Bergen on Monday.", ["Bergen"]),
        ("Okafor said so.", ["Okafor"]),
        ("Okafor's plan failed.", ["Okafor's"]),
        ("Police said so. However, Mr. Okafor left.", ["Okafor"]),
        ("Rain fell. The Bank of Ghana closed.", ["Bank of Ghana"]),
        ("He met Bashar al-Haddad and I left.", ["Bashar al-Haddad"]),
        ("Norway Votes Again After Long Harbour Dispute", []),
        ("NORWAY VOTES AGAIN", []),
        ("", []),
    ],
)
def test_finds_names(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("We saw Bashar al-Haddad.", "Mr Al Haddad was seen."),
        ("We saw Al-Haddad.", "Bashar Haddad was seen."),
        ("We saw the United Nations.", "The UN was seen."),
        ("We saw the U.N. there.", "The United Nations was seen."),
        ("We saw the International Fishing Board.", "The IFB was seen."),
        ("We saw the IFB there.", "The International Fishing Board was seen."),
        ("We met Democrats.", "The Democratic members met."),
        ("We met Zelenskyy.", "Mr Zelensky was met."),
        ("We met the Dutch.", "They came from the Netherlands."),
        ("We met Russia's envoy.", "Moscow sent an envoy."),
        ("We met Daesh.", "They met the Islamic State."),
    ],
)
def test_other_forms_of_a_name(claim: str, evidence: str) -> None:
    assert missing(claim, evidence) == []


@pytest.mark.parametrize(
    ("claim", "evidence", "expected"),
    [
        ("We met in Moscow.", "They met in Russia.", ["Moscow"]),
        ("We met in Austria.", "They met in Australia.", ["Austria"]),
        ("We told the US.", "They told us.", ["US"]),
        ("We met Anna Berg.", "Carl Berg was met.", ["Anna"]),
        ("We met Anna Berg.", "Anna Lund was met.", ["Berg"]),
    ],
)
def test_other_names(claim: str, evidence: str, expected: list[str]) -> None:
    assert missing(claim, evidence) == expected


def test_texts_complete_one_another() -> None:
    assert missing("We met Anna Berg.", "Ms Berg was met.", "Anna Berg at the harbour") == []
