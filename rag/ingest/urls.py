"""What the address of an article tells about it: the date and the headline in its path and the site in its host."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from rag.ingest.dates import parse_published

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_NUMERIC = re.compile(r"/((?:19|20)\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=[/-]|$)", re.ASCII)
_NAMED = re.compile(r"/((?:19|20)\d\d)/([a-z]{3})/(\d{1,2})(?=/|$)", re.ASCII | re.IGNORECASE)
_SUFFIX = re.compile(r"\.[a-z]{2,5}$", re.ASCII | re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d", re.ASCII)
_NUMBER_OF_PAGE = 5  # digits, from which a number names the page and not a year or a count
_TRACKING = ("utm_", "fbclid", "gclid", "mc_cid", "mc_eid", "cmpid", "at_medium", "at_campaign", "ftag", "igshid")
_SCHEMES = frozenset({"http", "https"})


def web_address(value: str) -> str:
    """Returns the value when it is an http or https address, else an empty string: nothing else may become a link."""
    try:
        parts = urlsplit(value)
        return value if parts.scheme in _SCHEMES and parts.hostname and not re.search(r"\s", value) else ""
    except ValueError:
        return ""


def date_from_url(url: str) -> date | None:
    """Reads the publication date from a path such as ``/2022/06/12/`` or ``/2017/nov/21/``; never a future date."""
    try:
        path = urlsplit(url).path
    except ValueError:
        return None
    found = None
    if match := _NUMERIC.search(path):
        found = parse_published("/".join(match.groups()))
    elif match := _NAMED.search(path):
        found = parse_published(f"{match[3]} {match[2]} {match[1]}")
    return found if found and found <= date.today() else None


def publisher_from_url(url: str) -> str:
    """Returns the registrable name of the host, ``cnn.com`` for ``https://edition.cnn.com/…``, or an empty string."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    if not host or host.replace(".", "").isdigit() or ":" in host:
        return ""
    return _public_suffixes().privatesuffix(host) or ""


def headline_from_url(url: str) -> str:
    """Returns the words of the last part of the path that has two or more, or an empty string.

    ``…/2022/07/25/walmart-inflation-prices/index.html`` has "Walmart inflation prices".
    """
    try:
        path = urlsplit(web_address(url)).path
    except ValueError:
        return ""
    for part in reversed(path.split("/")):
        parts = re.split(r"[\W_]+", _SUFFIX.sub("", unquote(part, errors="ignore")))
        words = [word for word in parts if word.isalpha() or (word.isdigit() and len(word) < _NUMBER_OF_PAGE)]
        telling = [word for word in words if len(word) > 1 and (word.isalpha() or _YEAR.fullmatch(word))]
        if len(telling) > 1 and any(map(str.isalpha, telling)):
            headline = " ".join(words)
            return headline[0].upper() + headline[1:]
    return ""


def article_address(url: str, canonical: str = "") -> str:
    """Returns the address that names an article, given the one it was met at and the one its page calls canonical.

    A canonical address on another site, or the front page of the same one, is not believed.
    """
    try:
        stated = urlsplit(web_address(canonical))
        parts = urlsplit(url)
        if stated.hostname and _same_site(url, canonical) and (stated.path.strip("/") or not parts.path.strip("/")):
            parts = stated
        query = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return url
    kept = [(name, value) for name, value in query if not name.lower().startswith(_TRACKING)]
    # Rewritten only where something goes: quoting differs from site to site.
    asked = parts.query if len(kept) == len(query) else urlencode(kept)
    return urlunsplit((parts.scheme, parts.netloc.lower(), parts.path or "/", asked, ""))


def _same_site(one: str, other: str) -> bool:
    mine, its = publisher_from_url(one), publisher_from_url(other)
    return mine == its if mine or its else urlsplit(one).hostname == urlsplit(other).hostname


@lru_cache(maxsize=1)
def _public_suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
