"""Overlap of strategies: cosines, the two nulls, and what readers are told."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wording import check_picture, check_table, check_text

from alpclusters_lib import paths, regions
from alpclusters_lib.figures.overlap_matrix import overlap_matrix
from alpclusters_lib.reports import strategy_breadth, strategy_findings
from alpclusters_lib.reports import strategy_overlap as report
from alpclusters_lib.strategy.overlap import against_others, against_random, cosines, pairs_of, without_one

DIVISIONS = [*(f"C{number}" for number in range(10, 34)), "D35", "E38", "F41", "J62", "J63", "M71", "M72"]


def square(values, labels="abcd") -> pd.DataFrame:
    return pd.DataFrame(values, list(labels), list(labels))


def chain(labels: Sequence[str]) -> pd.DataFrame:
    """Return strategies in a row, each the neighbour of the next."""
    places = np.arange(len(labels))
    return square(np.abs(places[:, None] - places) == 1, labels)


def random_overlap(labels: str, seed: int) -> pd.DataFrame:
    values = np.random.default_rng(seed).random((len(labels), len(labels)))
    return square((values + values.T) / 2, labels)


# --- cosines


@given(
    st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=2, max_size=5),
    st.sampled_from([1e-12, 1.0, 1e12]),
)
def test_cosines_are_symmetric_one_with_themselves_and_know_no_units(rows, unit):
    vectors = pd.DataFrame(rows, index=[f"r{number}" for number in range(len(rows))], dtype=float)
    found = cosines(vectors * unit)
    zero = vectors.sum(axis=1) == 0
    assert found.loc[zero].isna().all(axis=None)
    known = found.loc[~zero, ~zero].to_numpy()
    assert known == pytest.approx(known.T) and np.diag(known) == pytest.approx(1)
    assert ((known >= 0) & (known <= 1)).all() and known == pytest.approx(cosines(vectors).loc[~zero, ~zero].to_numpy())


def test_cosines_refuse_what_is_no_weight():
    with pytest.raises(ValueError, match="b has -1 at y; 0 or more is needed"):
        cosines(pd.DataFrame({"x": [1, 1], "y": [1, -1]}, ["a", "b"]))
    with pytest.raises(ValueError, match="a has nan at x"):
        cosines(pd.DataFrame({"x": [np.nan]}, ["a"]))
    with pytest.raises(ValueError, match="a stands twice"):
        cosines(pd.DataFrame({"x": [1, 1]}, ["a", "a"]))


# --- against random sets


def random_strategies(rng: np.random.Generator, names: Iterable[str]) -> tuple[pd.DataFrame, pd.Series]:
    """Return strategies of two priorities, each a matched random set: three divisions of manufacturing, one service."""
    owners = pd.Series({f"{name}{place}": name for name in names for place in (1, 2)})
    weights = pd.DataFrame(0.0, owners.index, DIVISIONS)
    for priority in weights.index:
        weights.loc[priority, [*rng.choice(DIVISIONS[:24], 3, replace=False), rng.choice(DIVISIONS[27:])]] = 0.25
    return weights, owners


def test_p_against_random_sets_is_uniform_on_random_strategies():
    rng, p = np.random.default_rng(8), []
    names = [f"r{number}" for number in range(40)]
    for _ in range(2):
        weights, owners = random_strategies(rng, names)
        pairs, _groups = against_random(weights, owners, chain(names), draws=99, rng=rng)
        # no strategy in two pairs
        p.append(pairs.loc[list(zip(names[::2], names[1::2], strict=True)), ["p_more", "p_less"]])
    p = pd.concat(p)
    # ties count on both sides: p is a little above uniform, not below
    assert p.mean().between(0.42, 0.68).all() and (p <= 0.05).mean().between(0.0, 0.12).all()
    assert p["p_more"].min() < 0.1 and p["p_more"].gt(0.8).any() and (p.sum(axis=1) >= 1).all()


def test_equal_strategies_are_more_alike_than_random_and_groups_are_means_of_pairs():
    weights = pd.DataFrame(0.0, ["p", "q", "r"], DIVISIONS)
    weights.loc[["p", "q"], DIVISIONS[:3]], weights.loc["r", "J62"] = 1 / 3, 1.0
    owners = pd.Series({"r": "c", "p": "a", "q": "b"})
    pairs, groups = against_random(weights, owners, chain("cba").astype(bool), draws=499, rng=2)
    assert pairs.loc[("a", "b"), "overlap"] == pytest.approx(1) and pairs.loc[("a", "b"), "p_more"] <= 0.01
    assert pairs.loc[("a", "c"), ["overlap", "p_more"]].tolist() == [0, 1]
    assert pairs["neighbours"].tolist() == [True, False, True] and groups["pairs"].tolist() == [2, 1, 3]
    for column in ("overlap", "expected"):
        assert groups.loc["neighbours", column] == pytest.approx(pairs.loc[pairs["neighbours"], column].mean())
        assert groups.loc["all", column] == pytest.approx(pairs[column].mean())
    again = against_random(weights, owners[::-1], chain("cba").astype(bool), draws=499, rng=2)
    pd.testing.assert_frame_equal(again[0], pairs)


def test_groups_without_a_pair_are_not_known_and_one_strategy_is_refused():
    weights, owners = random_strategies(np.random.default_rng(1), "ab")
    _, groups = against_random(weights, owners, square([[False] * 2] * 2, "ab"), draws=9, rng=1)
    assert groups.loc["neighbours", "pairs"] == 0 and groups.loc["neighbours"].drop("pairs").isna().all()
    with pytest.raises(ValueError, match="there are 1 strategies; a pair needs two"):
        against_random(weights, owners.replace("b", "a"), chain("ab"))
    with pytest.raises(ValueError, match="neighbours has no strategy b"):
        against_random(weights, owners, chain("ac"))
    lopsided = square([[False, True], [False, False]], "ab")
    with pytest.raises(ValueError, match="a and b share a border in one direction only"):
        against_random(weights, owners, lopsided)


# --- against other pairs


def brute_force(overlap: pd.DataFrame, near: pd.DataFrame) -> tuple[float, float]:
    """Return the difference and its one-sided p, relabelling in the slowest way."""
    labels, values = list(overlap.index), []
    for order in itertools.permutations(labels):
        moved = overlap.loc[list(order), list(order)].to_numpy()
        inside = [moved[i, j] for i, j in itertools.combinations(range(len(labels)), 2) if near.iloc[i, j]]
        outside = [moved[i, j] for i, j in itertools.combinations(range(len(labels)), 2) if not near.iloc[i, j]]
        values.append(np.mean(inside) - np.mean(outside))
    return values[0], float(np.mean(np.array(values) >= values[0] - 1e-12))


@pytest.mark.parametrize("seed", range(2))
def test_all_permutations_give_what_relabelling_by_hand_gives(seed):
    overlap = random_overlap("abcde", seed)
    found, (difference, p) = against_others(overlap, chain("abcde")), brute_force(overlap, chain("abcde"))
    assert found.difference == pytest.approx(difference) and found.p_more == pytest.approx(p)
    assert found.exact and found.permutations == 120 and (found.pairs, found.other_pairs) == (4, 6)
    turned = list("edcba")
    assert against_others(overlap.loc[turned, turned], chain("abcde")).p_more == pytest.approx(p)


def test_more_than_eight_strategies_are_permuted_at_random_and_p_is_never_zero():
    labels = "abcdefghi"
    near = chain(labels)
    found = against_others(near.astype(float), near, draws=199, rng=4)
    assert not found.exact and found.permutations == 199 and found.p_more == 1 / 200 and found.difference == 1
    assert found == against_others(near.astype(float), near, draws=199, rng=4)


def test_p_of_neighbours_is_uniform_where_overlap_knows_no_map():
    p = np.array([against_others(random_overlap("abcdef", seed), chain("abcdef")).p_more for seed in range(120)])
    assert abs(p.mean() - 0.5) < 0.09 and 0.0 < (p <= 0.05).mean() <= 0.1


def test_where_all_or_none_are_neighbours_nothing_is_tested():
    every = square(~np.eye(3, dtype=bool), "abc")
    found = against_others(random_overlap("abc", 1), every)
    assert np.isnan(found.p_more) and np.isnan(found.others) and found.neighbours > 0 and found.permutations == 0
    found = against_others(random_overlap("abc", 1), every & False)
    assert np.isnan(found.neighbours) and found.others > 0
    with pytest.raises(ValueError, match="the overlap of a and b is missing"):
        against_others(random_overlap("abc", 1).replace(random_overlap("abc", 1).iloc[0, 1], np.nan), every)


def test_each_strategy_is_left_out_once():
    overlap, near = random_overlap("abcde", 9), chain("abcde")
    found = without_one(overlap, near)
    kept = list("abde")
    assert list(found.index) == list("abcde")
    assert found["c"] == against_others(overlap.loc[kept, kept], near).p_more
    assert pairs_of(pd.Index(kept)).tolist()[:2] == [("a", "b"), ("a", "d")]


# --- for the reader


def test_borders_are_those_on_the_map():
    table = report.borders()
    near = {frozenset((one, two)) for one, two in itertools.combinations(table.index, 2) if table.loc[one, two]}
    assert near == {
        frozenset(pair)
        for pair in (
            ("lombardy", "piedmont"), ("lombardy", "trento"), ("lombardy", "veneto"), ("trento", "veneto"),
            ("upper-austria", "salzburg"), ("upper-austria", "bavaria"), ("salzburg", "bavaria"),
        )
    }  # fmt: skip
    assert not np.diag(table).any()


def test_pages_read_well_with_and_without_priorities():
    check_text(report.overlap_sentence())
    check_table(report.overlap_table())
    check_picture(report.overlap_picture())
    plt.close("all")
    for region in regions.s3_regions().index:
        check_text(report.overlap_sentence(region))
        table = report.overlap_table(region)
        assert len(table) == (0 if region in ("baden-wuerttemberg", "franche-comte", "fribourg") else 7)
    assert "No region that borders on Slovenia" in report.overlap_sentence("slovenia")
    check_text(report.overlap_sentence(period="2021-2027"))
    with pytest.raises(ValueError, match="unknown region 'tyrol'"):
        report.overlap_table("tyrol")


def test_the_same_pair_has_the_same_numbers_on_every_page():
    alps = report.overlap_table().set_index("Strategies").loc["Upper Austria – Salzburg"]
    own = report.overlap_table("salzburg").set_index("With").loc["Upper Austria"]
    assert alps.tolist() == own.drop("Land border").tolist() and own["Land border"] == "yes"


def test_the_finding_says_p_n_and_follows_the_rule():
    text, head = strategy_findings.not_aligned_finding(), strategy_findings.not_aligned_headline()
    check_text(text)
    check_text(strategy_findings.not_aligned_finding("2021-2027"))
    found = [report.overlaps(version=version) for version in ("narrow", "broad")]
    against = [max(one.groups.loc["neighbours", "p_more"], one.others.p_more) for one in found]
    word = strategy_findings.outcome([one.others.p_less for one in found], against)
    assert f"the finding is {word}:" in text and head.endswith(f": {word}")
    assert "the 7 pairs of neighbours among n = 8 strategies" in text
    limits = strategy_findings.not_aligned_limits()
    for line in limits:
        check_text(line)
    assert "all 40,320 ways" in " ".join(limits)
    assert (
        len(re.findall(r"p [=<] 0\.\d{3}", text)) >= 5 and "5 of the 7 pairs of neighbours lie in one country" in text
    )


def test_the_figure_prints_one_table_on_each_side():
    ax = plt.figure().add_subplot()
    below, above = square([[1, 0.25], [0.25, 1]], "ab"), square([[1, np.nan], [np.nan, 1]], "ab")
    overlap_matrix(below, above, ax=ax, outlined=chain("ab"))
    assert [text.get_text() for text in ax.texts] == ["0.25"]
    with pytest.raises(ValueError, match="above has other labels"):
        overlap_matrix(below, square(above.to_numpy(), "ba"), ax=ax, outlined=chain("ab"))
    plt.close("all")


def test_readme_tells_the_two_findings():
    text = " ".join((paths.root() / "README.md").read_text(encoding="utf-8").split())
    narrow, broad = (report.overlaps(version=version).others.p_more for version in ("narrow", "broad"))
    assert f"(p = {narrow:.3f} and {broad:.3f})" in text
    assert (
        strategy_findings.not_aligned_headline().endswith("not confirmed") and "*Not aligned* is not confirmed" in text
    )
    assert strategy_findings.too_broad_headline().endswith("undecided") and "*Too broad* stays undecided" in text
    shares = [strategy_breadth.breadth(version=version).drop("all")["covered_share"].mean() for version in
              ("narrow", "broad")]  # fmt: skip
    assert f"hold {100 * shares[0]:.0f} % of the jobs in one reading and {100 * shares[1]:.0f} % in the other" in text
