"""Writes briefings on events that several outlets report, and measures what they say, cite and find.

Run as::

    python -m eval.bench.briefings roundup FILE [--events 60] [--model extractive] [--show]
    python -m eval.bench.briefings same-event FILE [--events 20] [--show]
    python -m eval.bench.briefings against FILE --work DIR [--events 12]

``roundup`` reads ``id, sources, roundup`` as JSON Lines (``TITLE=> … ARTICLE=> …``): three leads and a person's
neutral roundup. The last ``--events`` are taken. Coverage is the share of the content word stems of the roundup's text
that a text has: of the whole briefing, of its headline and bottom line (three sentences), of the first three sentences
of the first source (lead-3) and of the first sentence of each source. A sentence is unsupported when the built-in
verifier does not call it supported by the words it cites.

``same-event`` reads ``event, publisher, title, published, sentences, event_label``: whole articles of three outlets.
It prints every disagreement, which a person has to judge.

``against`` reads what ``roundup`` reads and compares, on the same events, the embedded model that is asked to sum up
all reports at once, lead-3, and briefings by ``extractive`` and by the embedded model: coverage, and the share of
sentences that the built-in verifier does not call supported: by all reports together, of a briefing by what it cites.
What the model said is kept in ``--work`` and in the cache of drafts: the command can be stopped and given again.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from eval.bench.events import Event, coverage, roundups, same_events
from eval.bench.summaries import borne_out, kept_model, summary
from eval.records import records
from eval.statistics import mean, share
from rag.brief.types import Briefing, Request
from rag.check.builtin import BuiltinVerifier
from rag.check.facts import FactContext
from rag.config import load_settings
from rag.ingest.sentences import sentences
from rag.service import Dateline
from rag.types import Verdict

_OPENING = ("Headline", "Bottom line")


def main() -> None:
    """Reads the arguments, writes briefings, and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("roundup", "same-event", "against"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--events", type=int)
    parser.add_argument("--first", action="store_true", help="the first events instead of the last, for tuning")
    parser.add_argument("--model", default="extractive")
    parser.add_argument("--work", type=Path, help="folder for the replies of the model")
    parser.add_argument("--show", action="store_true", help="print every briefing")
    arguments = parser.parse_args()
    rows = [row for _, row in records(arguments.file)]
    events = same_events(rows) if arguments.kind == "same-event" else roundups(rows)
    wanted = arguments.events or {"roundup": 60, "same-event": 20, "against": 12}[arguments.kind]
    chosen = events[:wanted] if arguments.first else events[-wanted:]
    if arguments.kind == "against":
        if arguments.work is None:
            parser.error("against needs --work")
        _report_systems(chosen, arguments.work)
        return
    written = list(_written(chosen, arguments.model, show=arguments.show))
    print(f"seconds per briefing: {mean([b.seconds for _, b in written])}")
    print(f"unsupported sentences: {share([bad for _, b in written for bad in _unsupported(b)])}")
    if arguments.kind == "roundup":
        _report_roundups(written)
    else:
        _report_disagreements(written)


def _written(events: Sequence[Event], model: str, *, show: bool) -> Iterator[tuple[Event, Briefing]]:
    """Writes each briefing from its sources alone; they take the place of those of the event before."""
    with tempfile.TemporaryDirectory() as folder:
        dateline = Dateline(load_settings(index=Path(folder) / "index", model=model))
        file = Path(folder) / "articles.jsonl"
        try:
            for event in events:
                rows = [
                    {"id": f"{event.name}-{n}", "title": s.title, "text": s.text, "publisher": s.publisher}
                    | ({"published": s.published} if s.published else {})
                    for n, s in enumerate(event.sources, 1)
                ]
                file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
                dateline.ingest([file], prune=True)
                found = dateline.brief(Request(event.topic))
                if show:
                    _show(event, found)
                yield event, found
        finally:
            dateline.close()


def _unsupported(found: Briefing) -> Iterator[bool]:
    verifier, cited = BuiltinVerifier(), {c.n: c for c in found.citations}
    for section in found.sections:
        for sentence in section.sentences:
            words = [cited[n] for n in sentence.citations]
            context = FactContext(
                ". ".join(c.title for c in words), ", ".join(c.publisher for c in words), words[0].published
            )
            check = verifier.verify(sentence.text, " ".join(c.quote for c in words), context)
            if check.verdict is not Verdict.SUPPORTED:
                print(f"  not supported ({check.why}): {sentence.text}")
            yield check.verdict is not Verdict.SUPPORTED


def _report_roundups(written: Sequence[tuple[Event, Briefing]]) -> None:
    texts: dict[str, list[float]] = {}
    for event, found in written:
        everything = " ".join(s.text for section in found.sections for s in section.sentences)
        opening = " ".join(s.text for section in found.sections if section.title in _OPENING for s in section.sentences)
        leads = [[span.of(s.text) for span in sentences(s.text)] for s in event.sources]
        for name, text in (
            ("whole briefing", everything),
            ("headline and bottom line", opening),
            ("lead-3 of the first source", " ".join(leads[0][:3])),
            ("first sentence of each source", " ".join(lead[0] for lead in leads if lead)),
            ("all source texts", " ".join(s.text for s in event.sources)),
        ):
            texts.setdefault(name, []).append(coverage(event.roundup, text))
    for name, values in texts.items():
        print(f"coverage, {name}: {mean(values)}")
    cites_all = [len({c.publisher for c in b.citations}) == len(e.sources) for e, b in written]
    print(f"briefings that cite every source: {share(cites_all)}")
    lengths = [sum(len(s.text.split()) for x in b.sections for s in x.sentences) for _, b in written]
    print(f"words of a briefing: {mean([float(n) for n in lengths])}")


def _report_systems(events: Sequence[Event], work: Path) -> None:
    model, verifier = kept_model(load_settings(model="embedded"), work), BuiltinVerifier()
    texts: dict[str, list[str]] = {}
    lacking: dict[str, list[tuple[str, bool]]] = {}

    def add(name: str, event: Event, lines: Sequence[str], unsupported: Iterable[bool]) -> None:
        texts.setdefault(name, []).append(" ".join(lines))
        lacking.setdefault(name, []).extend((event.name, bad) for bad in unsupported)

    try:
        for event in events:
            lines = summary(event.sources, model)
            add("summary by the model", event, lines, (not held for held in borne_out(lines, event.sources, verifier)))
            first = event.sources[0].text
            lead = [span.of(first) for span in sentences(first)[:3]]
            add("lead-3", event, lead, (not held for held in borne_out(lead, event.sources, verifier)))
    finally:
        model.close()
    for name in ("extractive", "embedded"):
        for event, found in _written(events, name, show=False):
            parts = {x.title: [s.text for s in x.sentences] for x in found.sections}
            add(f"briefing, {name}", event, [line for part in parts.values() for line in part], _unsupported(found))
            opening = [line for title in _OPENING for line in parts.get(title, [])]
            add(f"its headline and bottom line, {name}", event, opening, ())
    for name, written in texts.items():
        print(f"{name}: coverage {mean([coverage(e.roundup, t) for e, t in zip(events, written, strict=True)])}")
        print(f"  words {mean([float(len(text.split())) for text in written], is_share=False)}")
        if lacking[name]:
            print(f"  unsupported {share([bad for _, bad in lacking[name]], [event for event, _ in lacking[name]])}")


def _report_disagreements(written: Sequence[tuple[Event, Briefing]]) -> None:
    print(f"briefings with a disagreement: {share([bool(b.disagreements) for _, b in written])}")
    for event, found in written:
        differ = next((s for s in found.sections if s.title == "Where sources differ"), None)
        for disagreement, sentence in zip(found.disagreements, differ.sentences if differ else (), strict=True):
            print(f"- {event.topic} ({disagreement.kind}): {sentence.text}")
        for warning in found.warnings:
            print(f"  note, {event.topic}: {warning}")


def _show(event: Event, found: Briefing) -> None:
    print(f"\n===== {event.name} {event.topic}")
    for section in found.sections:
        print(f"## {section.title}")
        for sentence in section.sentences:
            print(f"  - {sentence.text} {list(sentence.citations)}")
    if event.roundup:
        print(f"## the person's roundup: {event.roundup}", flush=True)


if __name__ == "__main__":
    main()
