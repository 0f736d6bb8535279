"""Which lines of an article are page furniture rather than words of the article."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NETWORK = r"(?:facebook|twitter|x|instagram|linkedin|whatsapp|telegram|reddit|pinterest|flipboard|tiktok|youtube)"
_SHARE_WORD = (
    rf"(?:(?:share|tweet|post|send|e-?mail|pin)(?: this)?(?: (?:article|story|page))? (?:on|via|to|by|with) "
    rf"(?:{_NETWORK}|e-?mail)|share this(?: (?:article|story|page))?|share|tweet|e-?mail|print|save|copy link|"
    rf"comments?|\d+ comments?|{_NETWORK})"
)
_NAME = r"(?-i:[A-ZÀ-Þ][\w.’'-]*)"
_PEOPLE = rf"{_NAME}(?:(?:,? (?:and|in|at|from|of|for|with) |, | ){_NAME})*"
_WORK = (
    r"(?:additional |further )?(?:reporting|writing|compiled|edited|editing|translated|graphics?)"
    r"(?: and (?:reporting|writing|editing))?"
)
_AGENCY = r"(?:REUTERS|Reuters|AFP|AP|EPA|EPA-EFE|Getty Images|Sputnik|TASS)"
_DATE_WORD = (
    r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|"
    r"nov|dec)(?:uary|ruary|ch|il|ust|ember|ober)?|at|on|[ap]\.?m|(?-i:[A-Z]{2,5}))"
)
_MOST_LINKS = 12
_LINK_CHARS = 200
_LINK_WORDS = range(3, 26)

_LINE_RULES: tuple[tuple[str, int, re.Pattern[str]], ...] = tuple(
    (name, longest, re.compile(pattern, re.IGNORECASE))
    for name, longest, pattern in (
        ("translation notice", 60, r"powered by automated translation\.?"),
        ("divider", 200, r"(?:[_=*~–—•♦+-]\s*){3,}"),
        (
            "advertisement",
            80,
            r"[-—\s]*(?:advertisements?|sponsored content|(?:video )?ad feedback|"
            r"(?:story|article) continues (?:below|after)(?: (?:this |the )?ad(?:vertisement)?)?)[-—.\s]*",
        ),
        ("advertisement", 400, r"1\. how relevant is this ad to you\?|video player was slow to load content\b.*"),
        (
            "share bar",
            120,
            rf"(?:share|tweet|e-?mail|print|save) this(?: (?:article|story|page))?|share (?:on|via|to) {_NETWORK}|"
            rf"[|,/·•:\s]*{_SHARE_WORD}(?:[|,/·•:\s]*{_SHARE_WORD})+[|,/·•\s]*",
        ),
        # A link to another article: its label, then a headline, so not a sentence that ends and goes on.
        (
            "read-more link",
            220,
            r"(?:read more|read also|also read|see also|read next|related|related (?:story|article)s?|recommended|"
            r"don['’]t miss|in case you missed it)\s*[:|>»]+\s*(?!.*[a-z][.!?]['\"”’]? +[A-Z\"“]).*\S.*",
        ),
        ("read-more link", 220, r"(?:read|more|watch|listen)\s*[:|>»]+\s*(?!.*[a-z]{2}\.['\"”’]?(?: |$)).*\S.*"),
        (
            "newsletter",
            400,
            r"(?=.*\b(?:newsletter|inbox|text (?:message )?alerts)\b)"
            r"[\W_]*(?:sign up (?:for|to|here)|subscribe to|get (?!out\b).{3,80}(?:newsletter|in(?:to)? your inbox|"
            r"delivered to your inbox)|(?:\(?you can (?:also )?get .{3,80} delivered to your inbox)|"
            r"would you like to receive .{3,60} newsletter).*",
        ),
        (
            "cookie notice",
            400,
            r"(?:this (?:web)?site uses|we (?:and our partners )?use) cookies\b(?: (?:to|for|on|and|so)\b.*|\.?)|"
            r"we value your privacy\b.*",
        ),
        (
            "cookie notice",
            200,
            r"(?:accept|reject|manage|allow) (?:all |my )?(?:cookies|cookie settings|preferences)|"
            r"cookie (?:policy|settings|preferences)|"
            r"by (?:continuing to use|using|browsing) (?:this|our) (?:web)?site,? you (?:agree|consent) to\b.*",
        ),
        ("agency credit", 400, rf"[(\[]?{_WORK} by {_PEOPLE}(?:[;.,/)] ?\(?{_WORK} by {_PEOPLE})*[.)\]]*"),
        (
            "agency notice",
            400,
            r"[(\[]?this (?:story|article|report|copy) (?:has|was|is) .{0,40}"
            r"(?:not been edited|auto-generated|syndicated|(?:wire|agency) feed|without (?:any )?modification).*|"
            r"our standards:? (?:the )?thomson reuters trust principles\b.*|"
            r"(?:the associated press|ap|reuters|afp) contributed to this (?:report|story)\.?|"
            rf"[(\[]?with (?:agency )?(?:inputs?|files)(?: from (?:agencies|{_PEOPLE}))?\.?[)\]]*",
        ),
        (
            "copyright line",
            400,
            r"(?:copyright\b(?:(?= ?(?:©|\(c\)|\d))|:)|©|\(c\)).{0,60}(?:\b(?:19|20)\d\d\b|all rights reserved).*|"
            r".{0,60}\ball rights reserved\b.{0,20}|"
            r"this material may not be published, broadcast, rewritten\b.*|click for restrictions\.?",
        ),
        (
            "photo caption",
            400,
            rf"(?:photo|picture|image)(?: credit)?(?:\s*[:—–-]| by)\s*{_PEOPLE}(?: ?/ ?{_PEOPLE})*[.)]*|"
            r"(?-i:FILE)(?: photo)?\s*[:—–-]\s*.{3,}|file photo:.{3,}|"
            r"file (?:photo|picture|image) (?:of|shows)\b.{3,160}|"
            rf".{{10,}}[.\s(|—–-](?:(?-i:{_AGENCY})\s*/\s*{_PEOPLE}|(?-i:{_AGENCY}) Photo(?:/{_PEOPLE})?|"
            rf"{_NAME}(?: {_NAME}){{0,3}}(?:/{_NAME}(?: {_NAME}){{0,2}})?/{_AGENCY})\)?[.)]*",
        ),
        (
            "navigation",
            200,
            r"skip to (?:main )?(?:content|navigation)|back to (?:top|home)|jump to navigation|"
            r"(?:home|news|menu)(?:\s*[|>»›/·•][^|>»›/·•.!?]{2,40}){1,8}|"
            r"(?:terms of (?:use|service)|privacy policy|about us|contact us|advertise(?: with us)?|help|careers)"
            r"(?:\s*[|·•]\s*[^|·•.!?]{2,30})+",
        ),
        (
            "publication line",
            120,
            r"(?:first |originally |last )?(?:published|posted|updated|modified)(?: on| at)?\s*:?\s*"
            rf"(?=.*\d)(?:(?:{_DATE_WORD}|\d{{1,4}}(?:st|nd|rd|th|z)?|\d{{1,2}}[:.]\d\d)(?:[\s,./:T|·–—()+-]+|$)){{2,14}}",
        ),
        (
            "follow line",
            260,
            rf"(?:follow|like|join) (?:us|me|(?:(?!\bwho\b|\bthat\b)[^.!?]){{2,80}}?) on (?:our )?{_NETWORK}"
            rf"(?:(?:,| and| or|, and|,? on)? {_NETWORK})*(?:\s*[:,]?\s*(?:at )?@\S+)?[.!]?",
        ),
    )
)
_BARE_SHARE = re.compile(_SHARE_WORD, re.IGNORECASE)
_LIST_HEADER = re.compile(
    r"(?:read more|more on this(?: story| topic)?|more stories|related(?: articles| stories| content| topics| links)?|"
    r"recommended(?: for you| stories)?|see also|also read|read also|read next|you may also like|most read)"
    r"\s*[:.…]?",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.…][\"”’')\]]*$|[.!?][\"”’')\]]* +[A-Z\"“]")


def find_boilerplate(lines: Sequence[str]) -> dict[int, str]:
    """Returns the lines to leave out, by number, with the rule that found each.

    The rules look at whole lines and spare anything that reads like prose: a missed link list costs less than a
    sentence of the article.
    """
    found = {number: rule for number, line in enumerate(lines) if (text := line.strip()) and (rule := _line_rule(text))}
    found.update(_bare_share_runs(lines))
    for number, line in enumerate(lines):
        if _LIST_HEADER.fullmatch(line.strip()):
            found[number] = "read-more list"
            found.update((link, "read-more list") for link in _links_below(lines, number))
    return found


def _line_rule(text: str) -> str | None:
    for name, longest, pattern in _LINE_RULES:
        if len(text) <= longest and pattern.fullmatch(text):
            return name
    return None


def _bare_share_runs(lines: Sequence[str]) -> dict[int, str]:
    """Finds runs of lines that each name one way to share; one such line alone may be a heading."""
    found: dict[int, str] = {}
    run: list[int] = []
    for number, line in enumerate([*lines, "."]):
        if _BARE_SHARE.fullmatch(text := line.strip()):
            run.append(number)
        elif text:
            if len(run) >= 2:
                found.update(dict.fromkeys(run, "share bar"))
            run = []
    return found


def _links_below(lines: Sequence[str], header: int) -> list[int]:
    """Returns the headlines listed under a header: up to a divider, or two or more up to the next prose."""
    links: list[int] = []
    for number in range(header + 1, len(lines)):
        text = lines[number].strip()
        if not text:
            continue
        if _line_rule(text) == "divider":
            return links
        if len(links) == _MOST_LINKS or not _is_headline(text):
            break
        links.append(number)
    return links if len(links) >= 2 else []


def _is_headline(text: str) -> bool:
    return len(text) <= _LINK_CHARS and len(text.split()) in _LINK_WORDS and not _SENTENCE_END.search(text)
