"""Words that narrow a role or a deed, and must not be lost: "the next prime minister" is not the prime minister."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.check.words import keys, stem_keys, vocabulary

_REACH = 3  # words between the qualifier and what it narrows: "former US defence secretary"


@dataclass(frozen=True, slots=True)
class _Group:
    """Qualifiers of one kind.

    Attributes:
        before: They stand before what they narrow.
        after: They stand right after it, as in "president-elect".
        kept: Words of a sentence that say the same in another way.
        only_roles: Whether they narrow what a person is, or anything that follows.
    """

    before: frozenset[str]
    after: frozenset[str]
    kept: frozenset[str]
    only_roles: bool = True


def _words(text: str) -> frozenset[str]:
    return frozenset(vocabulary(text))


_GROUPS = (
    _Group(
        _words("next incoming future"),
        _words("elect designate nominee hopeful"),
        _words(
            "will would shall soon succeed succeeds succeeding replace replaces replacing set due expected heir line"
        ),
    ),
    _Group(
        _words("former ex onetime ousted deposed"),
        frozenset(),
        _words("was were served once formerly previously previous late had then retired when until"),
    ),
    _Group(_words("vice deputy assistant associate"), frozenset(), _words("number second")),
    _Group(_words("acting interim caretaker"), frozenset(), _words("temporarily temporary provisional")),
    _Group(_words("shadow"), frozenset(), _words("opposition labour")),
    _Group(
        _words("alleged suspected purported attempted"),
        frozenset(),
        _words(
            """allegedly suspect suspects accused accuses accusing accusation accusations alleges allege allegation
            allegations charged charges purportedly reportedly tried trying attempt attempts may might could possible
            possibly believed denies denied claims claimed said says"""
        ),
        only_roles=False,
    ),
)
_ROLES = frozenset(
    stem_keys(
        list(
            vocabulary(
                """president minister premier chancellor secretary chief leader head ceo chairman chairwoman chair
                director governor mayor senator congressman congresswoman lawmaker king queen prince emperor pope
                bishop general commander ambassador envoy judge justice attorney prosecutor coach captain manager
                owner champion adviser advisor spokesman spokeswoman editor executive officer treasurer speaker
                principal dean rector monarch wife husband girlfriend boyfriend employee member rebel fighter
                soldier"""
            )
        )
    )
)


def drops_qualifier(claim: str, sentences: Sequence[str]) -> str:
    """Returns what a sentence makes more of than its source: "next minister", told as "minister".

    Args:
        claim: The sentence.
        sentences: The source sentences it rests on.

    Returns:
        The qualifier and the word that every source sentence narrows by one of its kind, where the sentence has that
        word and neither a qualifier of the kind nor a word that says the same; empty when there is none.
    """
    said = keys(claim)
    in_claim = set(stem_keys(said))
    read = [(found, stem_keys(found)) for found in map(keys, sentences)]
    for group in _GROUPS:
        if not (group.before | group.after | group.kept).isdisjoint(said):
            continue
        for found, stems in read:
            for qualifier, place in _narrowed(group, found, stems):
                stem = stems[place]
                named = stem in in_claim if group.only_roles else found[place] in said
                if named and all(_all_narrowed(group, stem, *other) for other in read):
                    return f"{qualifier} {found[place]}"
    return ""


def _narrowed(group: _Group, found: Sequence[str], stems: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yields each qualifier of a sentence and the place of the word that it narrows."""
    for i, word in enumerate(found):
        if word in group.before:
            following = range(i + 1, min(i + 1 + (_REACH if group.only_roles else 1), len(found)))
            place = next((j for j in following if not group.only_roles or stems[j] in _ROLES), None)
            if place is not None:
                yield word, place
        elif word in group.after and i and stems[i - 1] in _ROLES:
            yield word, i - 1


def _all_narrowed(group: _Group, stem: str, found: Sequence[str], stems: Sequence[str]) -> bool:
    narrowed = {place for _, place in _narrowed(group, found, stems)}
    return all(place in narrowed for place, other in enumerate(stems) if other == stem)
