"""A briefing as HTML: sections of cited sentences, a timeline, disagreements, sources, and the files to take away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rag.brief.export import Format
from rag.brief.export.document import document_of
from rag.brief.types import Briefing, BriefingSource, Section
from rag.brief.writing import DEVELOPMENTS, DIFFER, HEADLINE
from rag.types import Citation
from ui.briefing.timeline import timeline
from ui.cited import CITED, chip, disagreement, left_out, sentence_lines
from ui.markup import attributes, day, listed, plural, text

_FORMS: Final = {
    Format.MARKDOWN: "Markdown", Format.HTML: "HTML", Format.DOCX: "Word", Format.PDF: "PDF", Format.JSON: "JSON",
}  # fmt: skip


def briefing_html(briefing: Briefing, place: str) -> str:
    """Returns a briefing.

    Args:
        briefing: The briefing.
        place: Its id, for the page to find its citations and files again.
    """
    document = document_of(briefing)
    about = "".join(f"<span>{text(line)}</span>" for line in document.about)
    head = (
        f'<header><p class="about">{about}</p>{_headline(briefing, document.title.text, place)}{_files(place)}</header>'
    )
    if not briefing.sections:
        notes = "".join(f"<p>{text(note)}</p>" for note in document.notes)
        return f'<article class="briefing">{head}<div class="notice asked" role="note">{notes}</div></article>'
    parts = [_section(section, briefing, place) for section in briefing.sections if section.title != HEADLINE]
    if not any(section.title in (DEVELOPMENTS,) for section in briefing.sections):
        parts.insert(0, timeline(briefing, place))
    if not any(section.title == DIFFER for section in briefing.sections):
        parts += [disagreement(one, briefing.citations, place) for one in briefing.disagreements]
    parts.append(_sources(briefing, place))
    parts.append(left_out(briefing.dropped, "not confirmed by the sources"))
    noted = "".join(f"<li>{text(warning)}</li>" for warning in briefing.warnings)
    parts.append(f'<ul class="warnings" aria-label="Notes">{noted}</ul>' if noted else "")
    return f'<article class="briefing">{head}{"".join(parts)}<footer class="tools">{_cost(briefing)}</footer></article>'


def _headline(briefing: Briefing, title: str, place: str) -> str:
    first = briefing.sections[0] if briefing.sections else None
    chips = ""
    if first is not None and first.title == HEADLINE and briefing.request.compare is None:
        known = {citation.n: citation for citation in briefing.citations}
        chips = "".join(chip(known[n], place, CITED) for n in first.sentences[0].citations if n in known)
    marks = f'<span class="marks">{chips}</span>' if chips else ""
    return f'<h2 tabindex="-1"><span dir="auto">{text(title)}</span>{marks}</h2>'


def _files(place: str) -> str:
    named = {
        form: {"class": "quiet", "href": f"briefings/{place}/briefing.{form}", "download": True} for form in _FORMS
    }
    links = [f"<a{attributes(named[form])}>{label}</a>" for form, label in _FORMS.items()]
    told = "The audit bundle, which can be verified without a model"
    bundle = {"class": "quiet", "href": f"briefings/{place}/bundle.json", "download": True, "title": told}
    links.append(f"<a{attributes(bundle)}>Bundle</a>")
    return f'<nav class="files" aria-label="Download"><span>Download</span>{"".join(links)}</nav>'


def _section(section: Section, briefing: Briefing, place: str) -> str:
    drawn = timeline(briefing, place) if section.title == DEVELOPMENTS else ""
    told = sentence_lines(section.sentences, briefing.citations, place, section.new)
    if section.title == DIFFER:
        told += "".join(disagreement(one, briefing.citations, place) for one in briefing.disagreements)
    return f"<section><h3>{text(section.title)}</h3>{drawn}{told}</section>"


def _sources(briefing: Briefing, place: str) -> str:
    if not briefing.sources:
        return ""
    cited: dict[str, list[Citation]] = {}
    for citation in briefing.citations:
        cited.setdefault(citation.article_id, []).append(citation)
    ordered = sorted(briefing.sources, key=lambda source: not source.cited)
    lines = "".join(_source(source, cited.get(source.article_id, ()), place) for source in ordered)
    said = f"{plural(len(briefing.sources), 'article')}, {briefing.independent:,} independent"
    return f'<section class="sources"><h3>Sources: {said}</h3><ol>{lines}</ol></section>'


def _source(source: BriefingSource, citations: Sequence[Citation], place: str) -> str:
    first = f'<span class="marks">{"".join(chip(c, place, CITED) for c in citations)}</span>' if citations else ""
    also = f'<span class="also">same report in {text(listed(source.copies))}, counted once</span>'
    said = (
        f'<span class="publisher">{text(source.publisher or "unnamed publisher")}</span>,'
        f' <time>{day(source.published)}</time>: <span dir="auto">{text(source.title or source.article_id)}</span>'
    )
    return f"<li><div>{said} {also if source.copies else ''} {first}</div></li>"


def _cost(briefing: Briefing) -> str:
    tokens = briefing.usage.prompt_tokens + briefing.usage.completion_tokens
    said = [briefing.model, f"{briefing.seconds:.1f} s", *([f"{tokens:,} tokens"] if tokens else [])]
    return f'<span class="cost">{text(" · ".join(said))}</span>'
