"""BM25 over passages, on disk and incremental, in a tantivy index.

Text is analysed the same way when it is indexed and when it is searched: NFKC, English possessives and digit
grouping removed, words of any script (Han and kana character by character, since they have no spaces), diacritics
folded, lower case, Snowball English stems. Function words are indexed but left out of queries that have others.
``eval/bench/lexical.py`` measures these choices, and tantivy against bm25s.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.errors import IndexLockedError, StoreError
from rag.index.shadow import Shadow, is_writable

_ANALYZER = "dateline"
_MANAGED = ".managed.json"  # tantivy's own list of its files, which it may write anew
_WRITER_BYTES = 60_000_000
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}"
_WORD = rf"[{_UNSPACED}]|[[\p{{L}}\p{{M}}\p{{N}}]--[{_UNSPACED}]]+"
_LONGEST_TERM = 60
_POSSESSIVE = re.compile(r"(?<=\w)['’ʼ]s\b", re.IGNORECASE)
_DIGIT_GROUPING = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_FUNCTION_WORDS = (
    "a an and are as at be been but by did do does for from had has have he her his how if in into is it its no not "
    "of on or she such that the their then there these they this to was were what when where which who whom whose "
    "why will with"
)


class LexicalIndex:
    """A BM25 index (k1 1.2, b 0.75) of passages by id.

    Additions and deletions become visible, here and to other processes, with ``commit``; a process killed before
    that leaves the last commit. Reading takes no lock. Searching is safe from several threads; writing is for one
    thread of one process at a time.
    """

    def __init__(self, folder: Path) -> None:
        """Opens the index in ``folder``, or creates an empty one there.

        Raises:
            StoreError: The folder cannot be created or read, or holds an index that this version did not make.
        """
        import tantivy

        self.folder = folder
        self._tantivy: Any = tantivy
        self._analyzer = _analyzer()
        self._function_words = frozenset(self.tokens(_FUNCTION_WORDS))
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        builder.add_text_field("text", tokenizer_name=_ANALYZER, index_option="freq")
        self._schema = builder.build()
        try:
            self._shadow = None if is_writable(folder) else Shadow(folder, (_MANAGED,))
            folder.mkdir(parents=True, exist_ok=True) if self._shadow is None else None
            self._index: Any = tantivy.Index(self._schema, path=str(self._shadow.path if self._shadow else folder))
        except (OSError, ValueError) as error:
            raise StoreError(
                f"the lexical index in {folder} cannot be opened ({_reason(error)}); run `dateline reindex`"
            ) from error
        self._index.register_tokenizer(_ANALYZER, self._analyzer)
        self._index.config_reader("manual")
        self._writer: Any = None
        self.refresh()

    def add(self, passages: Sequence[tuple[str, str]]) -> None:
        """Adds passages as ``(id, text)``; a passage whose id is already there is replaced.

        Raises:
            IndexLockedError: Another process is writing to this index.
            StoreError: The folder cannot be written.
        """
        if not passages:
            return
        writer = self._writing()
        for passage_id, text in passages:
            writer.delete_documents_by_term("id", passage_id)
            writer.add_document(self._tantivy.Document(id=passage_id, text=_normalised(text)))

    def delete(self, ids: Sequence[str]) -> None:
        """Deletes passages by exact id; unknown ids are ignored.

        Raises:
            IndexLockedError: Another process is writing to this index.
            StoreError: The folder cannot be written.
        """
        if not ids:
            return
        writer = self._writing()
        for passage_id in ids:
            writer.delete_documents_by_term("id", passage_id)

    def commit(self) -> None:
        """Makes additions and deletions durable and visible, and lets other processes write.

        Raises:
            StoreError: The folder cannot be written; the index stays as it was at the last commit.
        """
        if self._writer is None:
            return
        writer, self._writer = self._writer, None
        try:
            writer.commit()
            writer.wait_merging_threads()
        except (OSError, ValueError) as error:
            raise StoreError(f"the lexical index in {self.folder} cannot be written ({_reason(error)})") from error
        self.refresh()

    def search(self, query: str, k: int, among: Sequence[str] | None = None) -> list[tuple[str, float]]:
        """Returns the ids and BM25 scores, above 0, of the ``k`` passages that fit best, best first, ties by id.

        Args:
            query: Plain text; no character has a special meaning. Repeated words weigh more.
            k: Largest number of results.
            among: The only ids to consider, if any; scores stay those of the whole index. Costs about 2 ms for
                every thousand.
        """
        counts = Counter(self.tokens(query))
        terms = {term: n for term, n in counts.items() if term not in self._function_words} or counts
        if not terms or k < 1:
            return []
        found = self._tantivy.Query
        parts = []
        for term, n in terms.items():
            part = found.term_query(self._schema, "text", term, "freq")
            parts.append((self._tantivy.Occur.Should, found.boost_query(part, float(n)) if n > 1 else part))
        wanted = found.boolean_query(parts)
        if among is not None:
            inside = found.const_score_query(found.term_set_query(self._schema, "id", list(among)), 0.0)
            must = self._tantivy.Occur.Must
            wanted = found.boolean_query([(must, wanted), (must, inside)])
        searcher = self._searcher  # an address means nothing to the one that a refresh puts in its place
        scored = self._best(searcher, wanted, k)
        ranked = [(searcher.doc(address).get_first("id"), score) for score, address in scored]
        return sorted(ranked, key=lambda hit: (-hit[1], hit[0]))[:k]

    def tokens(self, text: str) -> list[str]:
        """Returns the index terms of a text, in order, function words and repetitions included."""
        terms: list[str] = self._analyzer.analyze(_normalised(text))
        return terms

    def document_frequency(self, term: str) -> int:
        """Returns how many passages contain an index term (see ``tokens``)."""
        return min(int(self._searcher.doc_freq("text", term)), self.count())

    def idf(self, term: str) -> float:
        """Returns the BM25 inverse document frequency of an index term, above 0 and highest for an unknown term."""
        n = self.document_frequency(term)
        return math.log1p((self.count() - n + 0.5) / (n + 0.5))

    def count(self) -> int:
        """Returns the number of passages."""
        return int(self._searcher.num_docs)

    def ids(self) -> set[str]:
        """Returns the id of every passage."""
        found = self._searcher.search(self._tantivy.Query.all_query(), max(1, self.count()), count=False)
        return {self._searcher.doc(address).get_first("id") for _, address in found.hits}

    def refresh(self) -> None:
        """Makes what other processes have committed visible here."""
        if self._shadow is not None:
            self._shadow.refresh()
        self._index.reload()
        self._searcher: Any = self._index.searcher()

    def close(self) -> None:
        """Drops what was not committed and lets other processes write."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.rollback()
            writer.wait_merging_threads()
        if self._shadow is not None:
            self._shadow.close()

    def _writing(self) -> Any:
        if self._writer is None:
            try:
                # One thread: the text is small beside its embedding, and each thread would open a segment of its own.
                writer = self._index.writer(_WRITER_BYTES, 1)
                # A commit that was killed leaves files whose names the next commit would want to use again.
                writer.garbage_collect_files()
                self._writer = writer
            except (OSError, ValueError) as error:
                if "LockBusy" in str(error):
                    raise IndexLockedError(
                        f"another process is writing to the lexical index in {self.folder}; wait for it to finish"
                    ) from error
                raise StoreError(f"the lexical index in {self.folder} cannot be written ({_reason(error)})") from error
        return self._writer

    def _best(self, searcher: Any, query: Any, k: int) -> list[tuple[float, Any]]:
        # Equal scores come in storage order, so every hit that ties with the k-th is needed to order them by id.
        limit = k + 16
        while True:
            # Without the total count, passages that cannot reach the best k are skipped unread.
            hits: list[tuple[float, Any]] = searcher.search(query, limit, count=False).hits
            if len(hits) < limit or hits[-1][0] < hits[k - 1][0]:
                return hits
            limit *= 4


def _analyzer() -> Any:
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    return (
        TextAnalyzerBuilder(Tokenizer.regex(_WORD))
        .filter(Filter.remove_long(_LONGEST_TERM))
        # Folding comes first: the lower case of the Turkish dotted I is two characters that no longer fold.
        .filter(Filter.ascii_fold())
        .filter(Filter.lowercase())
        .filter(Filter.stemmer("english"))
        .build()
    )


def _normalised(text: str) -> str:
    # Lone surrogates have no UTF-8 form and would make tantivy raise.
    valid = unicodedata.normalize("NFKC", text.encode("utf-8", "replace").decode("utf-8"))
    return _DIGIT_GROUPING.sub("", _POSSESSIVE.sub("", valid))


def _reason(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
