from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rag.errors import IndexLockedError, StoreError
from rag.index.lexical import LexicalIndex

ROOT = Path(__file__).parents[2]
PASSAGES = [
    ("a:1/é", "Vladimir Putin met Bashar al-Assad in Sochi on Monday."),
    ("a:2/é", "The U.S . OFFER to supply Polaris was welcomed by Harold Macmillan."),
    ("b:1", "Turkey's president Recep Tayyip Erdoğan spoke of 400,000 dead in İstanbul."),
    ("b:2", "Президент России прибыл в Сочи."),
    ("c:1", "习近平在北京会见普京。"),
    ("c:2", "وصل الرئيس إلى موسكو"),
    ("d:1", "The Who played in Leeds."),
]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[LexicalIndex]:
    opened = LexicalIndex(tmp_path / "lexical")
    opened.add(PASSAGES)
    opened.commit()
    yield opened
    opened.close()


def ids(index: LexicalIndex, query: str, k: int = 10) -> list[str]:
    return [passage for passage, _ in index.search(query, k)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Who met Assad?", "a:1/é"),
        ("welcoming", "a:2/é"),
        ("us offers", "a:2/é"),
        ("U.S. offer", "a:2/é"),
        ("macmillan’s", "a:2/é"),
        ("TURKEY", "b:1"),
        ("Turkey’s leader", "b:1"),
        ("erdogan", "b:1"),
        ("Erdog\u0306an", "b:1"),
        ("Istanbul", "b:1"),
        ("istanbul", "b:1"),
        ("400000", "b:1"),
        ("400,000", "b:1"),
        ("россии", "b:2"),
        ("北京", "c:1"),
        ("موسكو", "c:2"),
    ],
)
def test_a_passage_is_found_however_its_words_are_written(index: LexicalIndex, query: str, expected: str) -> None:
    assert ids(index, query)[0] == expected


def test_scores_are_positive_and_fall(index: LexicalIndex) -> None:
    hits = index.search("Putin Sochi Assad president", 10)
    scores = [score for _, score in hits]
    assert len(hits) == 2
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0
    assert index.search("Putin Sochi Assad president", 1) == hits[:1]
    assert index.search("Putin Sochi Assad president", 0) == []


def test_a_search_among_some_ids_keeps_scores_and_order(index: LexicalIndex) -> None:
    query = "Putin Sochi president Who Turkey offers"
    everything = index.search(query, 10)
    for among in ([], ["unknown"], ["b:1"], ["a:2/é", "b:1", "b:2", "unknown"], [i for i, _ in PASSAGES]):
        expected = [hit for hit in everything if hit[0] in among]
        assert index.search(query, 10, among) == expected
        assert index.search(query, 1, among) == expected[:1]


def test_a_repeated_word_weighs_more(index: LexicalIndex) -> None:
    assert ids(index, "polaris leeds leeds")[0] == "d:1"
    assert ids(index, "polaris polaris leeds")[0] == "a:2/é"


def test_function_words_count_only_when_there_is_nothing_else(index: LexicalIndex) -> None:
    assert ids(index, "who was in the leeds") == ["d:1"]
    assert ids(index, "The Who")[0] == "d:1"


@pytest.mark.parametrize(
    "query",
    ["", "   ", "?!", "\x00", "\ud800", "+-*/:^~()[]{}\"'\\", "zzzz", "\u202e", "🙂"],
)
def test_a_query_without_known_words_finds_nothing(index: LexicalIndex, query: str) -> None:
    assert index.search(query, 10) == []


@pytest.mark.parametrize(
    "query",
    ['"assad', "assad AND", "NOT assad", "id:assad", "assad^9~", "(assad", "[a TO assad]", "assad\x00", "\ud800 assad"],
)
def test_query_syntax_means_nothing(index: LexicalIndex, query: str) -> None:
    assert ids(index, query)[0] == "a:1/é"


def test_a_whole_article_is_a_query(index: LexicalIndex) -> None:
    assert ids(index, " ".join(f"word{i}" for i in range(20_000)) + " assad") == ["a:1/é"]


def test_ties_are_ordered_by_id_whatever_the_order_of_writing(tmp_path: Path) -> None:
    names = [f"p{i:03}" for i in range(100)]
    for number, order in enumerate([names, names[::-1]]):
        index = LexicalIndex(tmp_path / str(number))
        for start in range(0, 100, 30):
            index.add([(name, "the same words") for name in order[start : start + 30]])
            index.commit()
        assert ids(index, "words", 7) == names[:7]
        assert ids(index, "words", 1000) == names


def test_an_added_id_replaces_its_passage(index: LexicalIndex) -> None:
    index.add([("a:1/é", "Ceasefire talks"), ("new", "first"), ("new", "second")])
    index.commit()
    assert index.count() == len(PASSAGES) + 1
    assert ids(index, "assad") == []
    assert ids(index, "ceasefire") == ["a:1/é"]
    assert ids(index, "first") == []
    assert ids(index, "second") == ["new"]


def test_deletes_are_exact(index: LexicalIndex) -> None:
    index.delete(["a", "a:1", "A:1/É", "a:1/e", "unknown"])
    index.commit()
    assert index.count() == len(PASSAGES)
    index.delete(["a:1/é"])
    index.commit()
    assert index.count() == len(PASSAGES) - 1
    assert ids(index, "assad") == []


def test_nothing_is_visible_before_commit_and_close_drops_it(index: LexicalIndex, tmp_path: Path) -> None:
    index.delete(["a:1/é"])
    index.add([("new", "ceasefire")])
    assert ids(index, "assad ceasefire") == ["a:1/é"]
    index.close()
    again = LexicalIndex(tmp_path / "lexical")
    assert ids(again, "assad ceasefire") == ["a:1/é"]
    again.add([("other", "armistice")])
    again.commit()
    assert ids(again, "assad armistice ceasefire") == ["other", "a:1/é"]


def test_empty_calls_do_nothing(tmp_path: Path) -> None:
    index = LexicalIndex(tmp_path / "deep" / "lexical")
    index.add([])
    index.delete([])
    index.commit()
    index.close()
    assert index.count() == 0
    assert index.search("anything", 5) == []


def test_terms_and_their_weights(index: LexicalIndex) -> None:
    assert index.tokens("Russia's meetings: 400,000 İzmir") == ["russia", "meet", "400000", "izmir"]
    assert index.tokens("\ud800") == []
    assert index.document_frequency("welcom") == 1
    assert index.document_frequency("presid") == 1
    assert index.document_frequency("in") == 3
    assert index.document_frequency("unknown") == 0
    assert 0 < index.idf("in") < index.idf("welcom") < index.idf("unknown")


def test_document_frequency_never_exceeds_the_passages(index: LexicalIndex) -> None:
    index.delete([passage for passage, _ in PASSAGES[1:]])
    index.commit()
    assert index.document_frequency("in") <= index.count() == 1
    assert index.idf("in") > 0


def test_a_reader_in_another_process_sees_commits_after_refresh(index: LexicalIndex, tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from rag.index.lexical import LexicalIndex
index = LexicalIndex(Path(sys.argv[1]))
for line in sys.stdin:
    if line.strip() == "refresh":
        index.refresh()
    print(index.count(), [i for i, _ in index.search("assad ceasefire", 5)], flush=True)
"""
    reader = start(program, tmp_path / "lexical")
    assert reader.stdin and reader.stdout
    to, back = reader.stdin, reader.stdout

    def ask(line: str) -> str:
        to.write(line + "\n")
        to.flush()
        return back.readline().strip()

    assert ask("look") == "7 ['a:1/é']"
    index.add([("new", "ceasefire"), ("new2", "armistice")])
    index.delete(["a:1/é"])
    assert ask("refresh") == "7 ['a:1/é']"
    index.commit()
    assert ask("look") == "7 ['a:1/é']"
    assert ask("refresh") == "8 ['new']"
    reader.communicate("")
    assert reader.returncode == 0


def test_a_second_writer_is_refused_until_the_first_commits(index: LexicalIndex, tmp_path: Path) -> None:
    index.add([("new", "ceasefire")])
    second = LexicalIndex(tmp_path / "lexical")
    with pytest.raises(IndexLockedError, match="another process is writing"):
        second.add([("other", "armistice")])
    index.commit()
    second.add([("other", "armistice")])
    second.commit()
    assert second.count() == len(PASSAGES) + 2


def test_a_killed_writer_leaves_the_last_commit_and_no_lock(index: LexicalIndex, tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from rag.index.lexical import LexicalIndex
index = LexicalIndex(Path(sys.argv[1]))
for batch in range(10**9):
    index.add([(f"{batch}/{i}", f"ceasefire number{i} " * 30) for i in range(50)])
    index.delete(["a:1/é"])
    if batch < 5:
        index.commit()
    print(batch, flush=True)
"""
    for _ in range(3):
        writer = start(program, tmp_path / "lexical")
        assert writer.stdout is not None
        while writer.stdout.readline().strip() != "12":
            pass
        os.kill(writer.pid, signal.SIGKILL)
        writer.communicate()
        survivor = LexicalIndex(tmp_path / "lexical")
        assert survivor.count() == len(PASSAGES) - 1 + 5 * 50
        assert ids(survivor, "assad") == []
        assert len(survivor.search("ceasefire", 1000)) == 250
        survivor.add([("after", "armistice")])
        survivor.commit()
        assert ids(survivor, "armistice") == ["after"]
        survivor.delete(["after"])
        survivor.commit()


def test_files_of_a_commit_killed_halfway_do_not_block_the_next(index: LexicalIndex, tmp_path: Path) -> None:
    """The commit point is the replacement of meta.json; putting the old one back is a kill just before it."""
    meta = tmp_path / "lexical" / "meta.json"
    before = meta.read_bytes()
    index.delete(["a:1/é"])
    index.commit()
    meta.write_bytes(before)
    again = LexicalIndex(tmp_path / "lexical")
    assert ids(again, "assad") == ["a:1/é"]
    again.delete(["a:1/é"])
    again.commit()
    assert ids(again, "assad") == []


def test_threads_may_search_while_one_writes(index: LexicalIndex) -> None:
    def search(_: int) -> bool:
        return ids(index, "Who met Bashar al-Assad in Sochi?")[0] == "a:1/é"

    with ThreadPoolExecutor(4) as pool:
        results = pool.map(search, range(400))
        for i in range(5):
            index.add([(f"new{i}", "ceasefire")])
            index.commit()
        assert all(results)


def test_many_small_commits_do_not_pile_up_files(index: LexicalIndex, tmp_path: Path) -> None:
    for i in range(30):
        index.add([(f"n{i}", f"ceasefire day {i}")])
        index.commit()
    assert len(ids(index, "ceasefire", 100)) == 30
    assert sum(1 for _ in (tmp_path / "lexical").iterdir()) < 100


def test_a_damaged_or_foreign_index_is_refused_with_the_remedy(tmp_path: Path) -> None:
    import tantivy

    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "meta.json").write_text("{")
    (tmp_path / "foreign").mkdir()
    tantivy.Index(tantivy.SchemaBuilder().add_text_field("body").build(), path=str(tmp_path / "foreign"))
    (tmp_path / "file").write_text("")
    for name in ("damaged", "foreign", "file"):
        with pytest.raises(StoreError, match="dateline reindex") as caught:
            LexicalIndex(tmp_path / name)
        assert "\n" not in str(caught.value)


def start(program: str, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
