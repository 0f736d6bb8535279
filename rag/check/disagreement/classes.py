"""Closed classes of answers: what a question for a sport, a party or a medium can be answered with."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_TERMS = {
    "sport": """
        american football, football, soccer, association football, rugby union, rugby league, rugby, cricket,
        basketball, baseball, softball, ice hockey, field hockey, hockey, tennis, table tennis, badminton, golf,
        snooker, volleyball, handball, boxing, wrestling, swimming, athletics, cycling, rowing, sailing, skiing,
        cross-country skiing, weightlifting, gymnastics, judo, karate, fencing, archery, shooting, chess,
        lacrosse, polo, water polo, futsal, australian rules football, motor racing, sumo, figure skating,
        biathlon, curling, squash, darts
    """,
    "party": """
        republican, democratic, democrat, whig, federalist, liberal, labour, conservative, green party, tory,
        libertarian, socialist, communist, independent, progressive, populist
    """,
    "medium": """
        film, novel, play, musical, album, television series, video game, board game, short story, poem, opera,
        painting, radio series, book, poetry
    """,
    "profession": """
        actor, actress, singer, songwriter, writer, author, novelist, poet, comedian, journalist, historian,
        biologist, physicist, chemist, mathematician, engineer, architect, painter, sculptor, photographer,
        politician, lawyer, judge, bishop, cardinal, priest, footballer, cricketer, basketball player, badminton
        player, chef, mezzo-soprano, soprano, conductor, composer, pianist, economist, philosopher, physician,
        surgeon, soldier, businessman, businesswoman, professor, teacher
    """,
    "language": """
        english, french, german, spanish, italian, portuguese, russian, arabic, hebrew, turkish, persian, hindi,
        urdu, punjabi, bengali, tamil, telugu, kannada, malayalam, marathi, gujarati, assamese, odia, sinhala,
        chinese, mandarin, cantonese, japanese, korean, thai, vietnamese, indonesian, malay, dutch, swedish,
        norwegian, danish, finnish, polish, czech, hungarian, greek
    """,
    "position": """
        quarterback, linebacker, running back, wide receiver, tight end, cornerback, safety, goalkeeper,
        defender, midfielder, forward, striker, winger, pitcher, catcher, shortstop, outfielder
    """,
    "style": """
        baroque, gothic, romanesque, renaissance, neoclassical, modernist, art deco, victorian, federal
    """,
}

CLASSES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        name: tuple(sorted((term.strip() for term in terms.split(",")), key=len, reverse=True))
        for name, terms in _TERMS.items()
    }
)
"""The name of a class to its terms, the longest first, so that "ice hockey" is found before "hockey"."""
