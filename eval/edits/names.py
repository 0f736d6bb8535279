"""Another name of the same sort in place of the true one."""

from __future__ import annotations

import random
import re

from eval.edits import pools
from eval.edits.edit import Splice, has_word, level
from rag.check.names import Name, find_names
from rag.check.nations import GOVERNMENTS, NATIONS

_PLACE_POOLS = (pools.COUNTRIES, pools.PEOPLES, pools.STATES, pools.CITIES, pools.BODIES)
_PERSON_AFTER = re.compile(r",? (?:\d\d,|said\b|says\b|told\b|who\b|wrote\b|added\b|told\b)")


def names(sentence: str, document: str, rng: random.Random) -> list[Splice]:
    """Returns one change for each name whose sort is known: a person, country, people, state, city, body or party."""
    text, source = level(sentence), level(document)
    people = _people(source)
    found = []
    for name in find_names(text):
        start, end = name.parts[0].start, name.parts[-1].end
        if text[:end].lower().endswith("'s"):
            end -= 2
        now = _other(text, text[start:end], name, source, people, rng)
        if now:
            found.append(Splice(start, end, now))
    return found


def _other(
    text: str, words: str, name: Name, source: str, people: dict[str, tuple[str, ...]], rng: random.Random
) -> str:
    if words in pools.RIVALS:
        return pools.RIVALS[words]
    for pool in _PLACE_POOLS:
        if words in pool:
            taken = {_key(other) for other in pool if has_word(text, other)} | {_key(words)}
            free = [other for other in pool if _key(other) not in taken]
            told = [other for other in free if has_word(source, other)]
            return rng.choice(told or free)
    keys = tuple(part.key for part in name.parts)
    if keys[-1] not in people or set(keys) & pools.BODY_WORDS:
        return ""
    mine = {key for part in keys for key in people.get(part, (part,))} | set(keys)
    others = [full for last, full in people.items() if full[-1] == last and not mine & set(full)]
    others = [full for full in others if not any(has_word(text, part) for part in full)]
    if not others:
        surname = rng.choice([s for s in pools.SURNAMES if not has_word(source, s)])
        return " ".join([*words.split()[:-1], surname])
    other = rng.choice(others)
    return " ".join(_cased(source, part) for part in (other if len(keys) > 1 else other[-1:]))


def _key(words: str) -> str:
    found = tuple(words.lower().split())
    return NATIONS.get(found) or GOVERNMENTS.get(found) or words.lower()


def _cased(source: str, key: str) -> str:
    match = re.search(rf"(?<!\w)(?!{key}\b){re.escape(key)}(?!\w)", source, re.IGNORECASE)
    return match.group() if match else key.capitalize()


def _people(source: str) -> dict[str, tuple[str, ...]]:
    """Returns the persons that a document clearly names: last name to full name, in lower case."""
    found: dict[str, tuple[str, ...]] = {}
    for name in find_names(source):
        keys = tuple(part.key for part in name.parts)
        if len(keys) > 3 or set(keys) & pools.BODY_WORDS or keys in NATIONS or keys in GOVERNMENTS:
            continue
        before = re.findall(r"\w+", source[max(0, name.parts[0].start - 25) : name.parts[0].start].lower())[-1:]
        titled = bool(before) and before[0] in pools.PERSON_TITLES
        speaks = _PERSON_AFTER.match(source, name.parts[-1].end) is not None and len(keys) == 2
        if (len(keys) > 1 and keys[0] in pools.GIVEN_NAMES) or titled or speaks:
            known = found.get(keys[-1])
            if known is None or len(known) < len(keys):
                found[keys[-1]] = keys
    return found
