"""The worked examples of the docstrings, and the properties that every rule keeps."""

from dataclasses import replace
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments import scoring
from assessments.scoring import Completeness, DomainScore, ItemMark

NO_DATA = ItemMark(None)
NOT_APPLICABLE = ItemMark(None, is_applicable=False)


def marks(*scores):
    return [ItemMark(score) for score in scores]


def test_the_score_of_a_level():
    assert [scoring.item_score(position, 3) for position in range(4)] == [F(0), F(1, 3), F(2, 3), F(1)]


@pytest.mark.parametrize(("position", "highest"), [(0, 0), (4, 3), (-1, 3)])
def test_a_level_that_cannot_be(position, highest):
    with pytest.raises(ValueError, match="No level"):
        scoring.item_score(position, highest)


def test_mean_leaves_out_what_has_no_data():
    assert scoring.mean([*marks(F(1, 3), F(2, 3)), NO_DATA]) == F(1, 2)
    assert scoring.mean([NO_DATA, NOT_APPLICABLE]) is None


def test_weighted_mean():
    assert scoring.weighted_mean([ItemMark(F(1), F(3)), ItemMark(F(1, 3), F(1))]) == F(5, 6)
    assert scoring.weighted_mean([ItemMark(F(1), F(3)), ItemMark(None, F(7))]) == F(1)
    assert scoring.weighted_mean([]) is None


@pytest.mark.parametrize(
    ("given_marks", "score"),
    [
        (marks(F(1), F(1), F(1)), F(1)),
        (marks(F(1), F(1), F(2, 3)), F(0)),
        ([*marks(F(1), F(2, 3)), NO_DATA], F(0)),
        ([*marks(F(1), F(1)), NO_DATA], None),
        ([*marks(F(1), F(1)), NOT_APPLICABLE], F(1)),
        ([NOT_APPLICABLE], None),
        ([], None),
    ],
)
def test_all_or_nothing(given_marks, score):
    assert scoring.all_or_nothing(given_marks) == score


@pytest.mark.parametrize(
    ("given_marks", "score"),
    [
        (marks(F(1), F(1), F(2, 3), F(1)), F(2, 4)),
        ([*marks(F(1), F(0)), NO_DATA], F(1, 3)),
        ([*marks(F(1)), NO_DATA], None),
        ([NO_DATA, *marks(F(1))], None),
        ([NOT_APPLICABLE, *marks(F(1), F(1))], F(1)),
        (marks(F(1), F(1), F(1), F(1), F(1)), F(1)),
        ([], None),
    ],
)
def test_gated(given_marks, score):
    assert scoring.gated(given_marks) == score


def test_gate_and_points():
    gate, missed, unknown = (ItemMark(score, is_gate=True) for score in (F(1), F(2, 3), None))
    points = [ItemMark(F(1), F(3)), ItemMark(F(0), F(1))]
    found = [scoring.gate_and_points([one, *points]) for one in (gate, missed, unknown)]
    assert found == [F(3, 4), F(0), None]
    assert scoring.gate_and_points([missed, unknown, *points]) == F(0)
    assert scoring.gate_and_points([gate, gate]) == F(1)
    assert scoring.gate_and_points(points) == F(3, 4)
    assert scoring.gate_and_points([gate, ItemMark(None)]) is None


def test_other_answers_are_treated_as_the_version_says():
    half = ItemMark(F(1, 2))
    found = [scoring.mean([half, scoring.treated(one)]) for one in ("unanswered", "left_out", "lowest")]
    assert found == [F(1, 2), F(1, 2), F(1, 4)]
    counted = [scoring.completeness([half, scoring.treated(one)]) for one in ("unanswered", "left_out", "lowest")]
    assert counted == [Completeness(1, 2, 2), Completeness(1, 1, 2), Completeness(2, 2, 2)]
    with pytest.raises(KeyError):
        scoring.treated("ignored")


@pytest.mark.parametrize(
    ("rule", "low", "high"),
    [
        ("mean", F(1, 3), F(2, 3)),
        ("weighted_mean", F(1, 3), F(2, 3)),
        ("all_or_nothing", F(0), F(0)),
        ("gated", F(0), F(0)),
    ],
)
def test_what_is_still_open(rule, low, high):
    """The worked example of ``interval``."""
    items = [*marks(F(1, 3), F(2, 3)), NO_DATA]
    assert scoring.interval(items, rule=rule) == scoring.Interval(low, high)
    assert scoring.domain_score(items, rule=rule, minimum_answered_percent=100).interval == scoring.Interval(low, high)
    assert scoring.interval([NOT_APPLICABLE], rule=rule) is None


def test_what_is_still_open_overall():
    sure = scoring.domain_score(marks(F(1)), rule="mean", minimum_answered_percent=0, weight=F(3))
    unsure = scoring.domain_score([NO_DATA], rule="mean", minimum_answered_percent=0)
    overall = scoring.overall_score([sure, unsure])
    assert (overall.score, overall.interval) == (None, scoring.Interval(F(3, 4), F(1)))
    assert scoring.overall_score([sure]).interval == scoring.Interval(F(1), F(1))


def test_completeness():
    known = scoring.completeness([*marks(F(0), F(1)), NO_DATA, NOT_APPLICABLE])
    assert known == Completeness(answered=2, applicable=3, total=4)
    assert known.share == F(2, 3)
    assert scoring.completeness([NOT_APPLICABLE]).share is None


def test_too_few_answers_give_no_score():
    four = [*marks(F(1, 3), F(2, 3)), NO_DATA, NO_DATA]
    assert scoring.domain_score(four, rule="mean", minimum_answered_percent=50).score == F(1, 2)
    assert scoring.domain_score(four, rule="mean", minimum_answered_percent=51).score is None
    assert scoring.domain_score([NO_DATA], rule="mean", minimum_answered_percent=0).score is None
    assert scoring.domain_score([NOT_APPLICABLE], rule="mean", minimum_answered_percent=0).score is None


def test_an_unknown_rule():
    with pytest.raises(KeyError):
        scoring.domain_score([], rule="median", minimum_answered_percent=0)


def test_overall():
    half = DomainScore(F(1, 2), Completeness(2, 3, 4), F(1))
    whole = DomainScore(F(1), Completeness(1, 1, 1), F(3))
    absent = DomainScore(None, Completeness(0, 0, 2), F(9))
    unscored = DomainScore(None, Completeness(0, 2, 2), F(1))
    assert scoring.overall_score([half, whole]) == scoring.OverallScore(F(7, 8), Completeness(3, 4, 5))
    assert scoring.overall_score([half, whole, absent]).score == F(7, 8)
    assert scoring.overall_score([half, unscored]).score is None
    assert scoring.overall_score([]).score is None


@pytest.mark.parametrize(
    ("score", "scale", "text"),
    [
        (F(2, 3), 100, "67"),
        (F(1, 8), 100, "13"),
        (F(2, 3), 5, "3.3"),
        (F(1), 100, "100"),
        (F(0), 5, "0.0"),
        (F(1, 100), 5, "0.1"),
        (F(1), 5, "5.0"),
        (None, 100, ""),
    ],
)
def test_shown(score, scale, text):
    assert scoring.shown(score, scale) == text


# --- properties --------------------------------------------------------------------------------------------------------
fractions = st.integers(2, 6).flatmap(
    lambda top: st.integers(0, top - 1).map(lambda at: scoring.item_score(at, top - 1))
)
weights = st.fractions(min_value=F(1, 1000), max_value=99, max_denominator=1000)
mark_lists = st.lists(
    st.builds(
        ItemMark,
        score=st.one_of(st.none(), fractions),
        weight=weights,
        is_applicable=st.booleans(),
        is_gate=st.booleans(),
    ),
    max_size=8,
)
rules = st.sampled_from(sorted(scoring.RULES))


@given(mark_lists, rules, st.integers(0, 100))
def test_scores_keep_to_their_bounds(items, rule, minimum):
    result = scoring.domain_score(items, rule=rule, minimum_answered_percent=minimum)
    assert result.score is None or 0 <= result.score <= 1
    assert (
        0 <= result.completeness.answered <= result.completeness.applicable <= result.completeness.total == len(items)
    )


@given(mark_lists, rules)
def test_a_mean_lies_between_the_items(items, rule):
    score = scoring.RULES[rule](items)
    known = [one.score for one in items if one.is_applicable and one.score is not None]
    if score is not None and rule in ("mean", "weighted_mean"):
        assert min(known) <= score <= max(known)


@given(mark_lists, rules, st.data())
def test_a_better_level_never_lowers_the_score(items, rule, data):
    answered = [index for index, one in enumerate(items) if one.is_applicable and one.score is not None]
    if not answered:
        return
    index = data.draw(st.sampled_from(answered))
    better = data.draw(fractions.filter(lambda score: score >= items[index].score))
    raised = [*items[:index], replace(items[index], score=better), *items[index + 1 :]]
    before, after = scoring.RULES[rule](items), scoring.RULES[rule](raised)
    # What one missed item decided may become "cannot be said yet": that is no lower score.
    assert before is None or after is None or after >= before
    assert rule not in ("mean", "weighted_mean") or (before is None) == (after is None)
    spans = scoring.interval(items, rule=rule), scoring.interval(raised, rule=rule)
    assert spans[1].low >= spans[0].low
    assert spans[1].high >= spans[0].high


@given(mark_lists, rules, weights)
def test_only_the_ratio_of_weights_matters(items, rule, factor):
    scaled = [replace(one, weight=one.weight * factor) for one in items]
    assert scoring.RULES[rule](scaled) == scoring.RULES[rule](items)


@given(mark_lists, rules.filter(lambda rule: rule != "gated"), st.randoms(use_true_random=False))
def test_the_order_does_not_matter(items, rule, random):
    shuffled = list(items)
    random.shuffle(shuffled)
    assert scoring.domain_score(shuffled, rule=rule, minimum_answered_percent=50) == scoring.domain_score(
        items, rule=rule, minimum_answered_percent=50
    )


@given(mark_lists, rules, weights)
def test_what_does_not_apply_leaves_no_trace(items, rule, weight):
    assert scoring.RULES[rule]([*items, ItemMark(None, weight, is_applicable=False)]) == scoring.RULES[rule](items)


@given(st.lists(st.tuples(mark_lists, weights), max_size=5), rules, weights)
def test_overall_is_scale_free_and_bounded(parts, rule, factor):
    domains = [scoring.domain_score(m, rule=rule, minimum_answered_percent=0, weight=w) for m, w in parts]
    scaled = [replace(one, weight=one.weight * factor) for one in domains]
    overall = scoring.overall_score(domains)
    assert overall == scoring.overall_score(scaled) == scoring.overall_score(domains[::-1])
    assert overall.score is None or 0 <= overall.score <= 1


@given(mark_lists, rules, st.data())
def test_no_answer_leads_out_of_the_interval(items, rule, data):
    span = scoring.interval(items, rule=rule)
    assert (span is None) == (not any(one.is_applicable for one in items))
    if span is None:
        return
    filled = [
        replace(one, score=data.draw(fractions)) if one.is_applicable and one.score is None else one for one in items
    ]
    assert span.low <= scoring.RULES[rule](filled) <= span.high
    score = scoring.RULES[rule](items)
    assert score is None or span.low <= score <= span.high
