from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.retrieve.evidence import Ranking, combined, recencies

_IDS = ["a:1", "a:2", "b:1", "c:1"]
_KEYS = {i: i[0] for i in _IDS}
_SCORES = st.dictionaries(st.sampled_from(_IDS), st.floats(-1, 50), max_size=4)


def test_the_best_is_one_the_unrelated_nothing_and_distances_are_kept() -> None:
    scale = Ranking({"a": 0.9, "b": 0.5, "c": 0.1, "d": -0.3}, unrelated=0.1).normalised()
    assert scale == pytest.approx({"a": 1.0, "b": 0.5, "c": 0.0, "d": 0.0})


@pytest.mark.parametrize("scores", [{}, {"a": 0.0}, {"a": -0.2, "b": 0.0}])
def test_a_ranking_that_found_nothing_says_nothing(scores: dict[str, float]) -> None:
    assert set(Ranking(scores).normalised().values()) <= {0.0}


def test_passage_and_article_weigh_the_same() -> None:
    passages, articles = Ranking({"a:1": 4.0, "b:1": 3.0}), Ranking({"a": 1.0, "b": 2.0})
    scores = combined({"a:1": "a", "b:1": "b"}, [passages], [articles], {})
    assert scores == pytest.approx({"b:1": (0.75 + 1) / 2, "a:1": (1 + 0.5) / 2})
    assert list(scores) == ["b:1", "a:1"]


def test_ties_are_broken_by_id() -> None:
    assert list(combined({"b:1": "b", "a:1": "a"}, [Ranking({"a:1": 2.0, "b:1": 2.0})], [], {})) == ["a:1", "b:1"]


@given(_SCORES, _SCORES, st.floats(0.01, 100))
def test_scores_are_within_bounds_and_no_scale_counts(
    cosines: dict[str, float], bm25: dict[str, float], factor: float
) -> None:
    before = combined(_KEYS, [Ranking(cosines), Ranking(bm25)], [], {})
    assert set(before) == set(_IDS)
    assert all(0 <= score <= 1 for score in before.values())
    stretched = {i: factor * score for i, score in bm25.items()}
    after = combined(_KEYS, [Ranking(cosines), Ranking(stretched)], [], {})
    assert after == pytest.approx(before, abs=1e-9)


def test_recency_halves_in_a_year_and_an_unknown_date_is_neither_old_nor_new() -> None:
    newest = date(2022, 6, 1)
    known = {"new": newest, "year": newest - timedelta(365), "old": date(1990, 1, 1), "undated": None}
    found = recencies("Who resigned this week?", known)
    assert found["new"] == 1.0
    assert found["year"] == found["undated"] == 0.5
    assert 0 < found["old"] < 0.05


@pytest.mark.parametrize("question", ["Who won the election of 1998?", "What happened in Gant in March 2012?"])
def test_a_question_that_names_a_year_is_not_about_the_present(question: str) -> None:
    assert recencies(question, {"a": date(2022, 6, 1)}) == {}


def test_without_dates_recency_says_nothing() -> None:
    assert recencies("Who resigned?", {"a": None, "b": None}) == {}
    assert recencies("Who resigned?", {}) == {}


def test_of_equal_reports_the_newest_comes_first_and_better_evidence_before_it() -> None:
    candidates = {"old:1": "old", "new:1": "new", "best:1": "best"}
    published = {"old:1": date(2009, 5, 1), "new:1": date(2016, 5, 1), "best:1": date(2001, 5, 1)}
    evidence = [Ranking({"old:1": 3.0, "new:1": 3.0, "best:1": 6.0})]
    ordered = combined(candidates, evidence, [], recencies("Which town was flooded this week?", published))
    assert list(ordered) == ["best:1", "new:1", "old:1"]


def test_an_article_speaks_less_for_each_further_passage() -> None:
    candidates = {"a:1": "a", "a:2": "a", "b:1": "b"}
    evidence = [Ranking({"a:1": 3.0, "a:2": 3.0, "b:1": 3.0})]
    scores = combined(candidates, evidence, [Ranking({"a": 4.0, "b": 3.0})], {})
    assert scores == pytest.approx({"a:1": 1.0, "b:1": (1 + 0.75) / 2, "a:2": (1 + 0.5) / 2})
    assert list(scores) == ["a:1", "b:1", "a:2"]
