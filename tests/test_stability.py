"""How far densities and proximities move when regions are redrawn (Efron 1979, Annals of Statistics 7:1)."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpclusters_lib.indicators.relatedness import proximity, relatedness_density
from alpclusters_lib.indicators.stability import density_interval, presence_probability, proximity_stability

QUICK = settings(max_examples=25, deadline=None, derandomize=True)
NAN = float("nan")
SECTORS = ["C25", "C28", "G47", "I55", "J62"]


def table(regions: int, seed: int = 1, share: float = 0.5, sectors=SECTORS) -> pd.DataFrame:
    held = np.random.default_rng(seed).random((regions, len(sectors))) < share
    return pd.DataFrame(held, index=[f"R{number:02d}" for number in range(regions)], columns=sectors)


def interval(*rows: tuple[float, float, float]) -> pd.DataFrame:
    cells = pd.MultiIndex.from_product([["ITC4"], SECTORS[: len(rows)]], names=["region", "sector"])
    return pd.DataFrame(rows, index=cells, columns=["estimate", "lower", "upper"], dtype=float)


def chances(*rows: tuple[float, float, float], **options) -> list[float]:
    return presence_probability(interval(*rows), **options).loc["ITC4"].tolist()


# --- presence_probability


def test_probability_is_that_of_a_normal_logarithm():
    reach = NormalDist().inv_cdf(0.975)
    spread = (np.log(1.6) - np.log(0.9)) / (2 * reach)
    assert chances((1.2, 0.9, 1.6)) == pytest.approx([1 - NormalDist(np.log(1.2), spread).cdf(0.0)])
    # a quotient on the threshold is as often below it as above
    assert chances((1.0, 0.5, 2.0), (1.5, 1.0, 2.25), threshold=1.5) == pytest.approx([0.1258, 0.5], abs=5e-4)
    # at the upper limit of a symmetric 90 % interval one in twenty lies beyond
    assert chances((0.5, 0.25, 1.0), level=0.90) == pytest.approx([0.05])


def test_interval_without_width_leaves_no_doubt():
    assert chances((1.0, 1.0, 1.0), (0.999, 0.999, 0.999), (2.0, 2.0, 2.0)) == [1.0, 0.0, 1.0]
    assert chances((1.2, 1.2, 1.2), threshold=1.5) == [0.0]


def test_no_jobs_are_no_presence_however_wide_the_interval():
    assert chances((0.0, 0.0, 3.0), (0.0, 0.0, 0.0), (0.0, 0.0, np.inf)) == [0.0, 0.0, 0.0]


def test_interval_without_an_end_says_nothing():
    assert chances((3.0, 0.0, 4.0), (0.3, 0.1, np.inf)) == [0.5, 0.5]


def test_missing_stays_missing_and_spoils_nothing():
    found = chances((NAN, NAN, NAN), (1.2, NAN, 1.6), (NAN, 1.0, 1.0), (1.2, 1.1, 1.3))
    assert np.isnan(found[:3]).all() and 0.9 < found[3] < 1


@QUICK
@given(st.lists(st.floats(1e-12, 1e12), min_size=2, max_size=5), st.floats(1.01, 9), st.floats(0.1, 3))
def test_probability_rises_with_the_estimate(estimates, width, threshold):
    estimates = sorted(estimates)
    found = chances(*((value, value / width, value * width) for value in estimates), threshold=threshold)
    assert all(0 <= value <= 1 for value in found)
    assert found == sorted(found)
    # the two sides of the threshold
    for value, chance in zip(estimates, found, strict=True):
        assert (chance >= 0.5) == (np.log(value) >= np.log(threshold)) or chance == pytest.approx(0.5)


@QUICK
@given(st.floats(1.1, 5), st.floats(1.01, 3), st.floats(1.01, 3))
def test_wider_interval_is_less_sure(estimate, first, second):
    narrow, wide = sorted([first, second])
    found = chances(*((estimate, estimate / width, estimate * width) for width in (narrow, wide)))
    assert found[0] >= found[1] - 1e-12 and found[1] > 0.5


def test_probability_keeps_the_order_of_the_caller_and_the_input():
    cells = pd.MultiIndex.from_tuples([("Z", "I55"), ("Z", "C25"), ("A", "I55"), ("A", "C25")], names=["r", "s"])
    given_ = pd.DataFrame({"upper": 2.0, "estimate": [1, 2, 3, 4.0], "lower": 0.5}, index=cells)
    before = given_.copy()
    found = presence_probability(given_)
    assert found.index.tolist() == ["Z", "A"] and found.columns.tolist() == ["I55", "C25"]
    assert found.loc["A", "C25"] == found.max(axis=None) and found.loc["Z", "I55"] == 0.5
    pd.testing.assert_frame_equal(given_, before)


@pytest.mark.parametrize(
    ("rows", "options", "message"),
    [
        ([(1.0, 1.2, 0.8)], {}, "region ITC4 in sector C25 ends below its start"),
        ([(1.0, 0.8, 1.2)], {"level": 1.0}, "level 1.0; a threshold above 0 and a level between 0 and 1 are needed"),
        ([(1.0, 0.8, 1.2)], {"threshold": 0.0}, "threshold is 0.0"),
    ],
)
def test_wrong_interval_is_named(rows, options, message):
    with pytest.raises(ValueError, match=message):
        presence_probability(interval(*rows), **options)


def test_interval_without_a_column_is_named():
    with pytest.raises(ValueError, match="no column upper; estimate, lower and upper are needed"):
        presence_probability(interval((1, 0.5, 2)).drop(columns="upper"))


# --- density_interval


def plain_bootstrap(held, wide, *, chance=None, draws, level, seed):
    """Return limits and shares above the median with loops over plain tables, from the same generator."""
    generator, number = np.random.default_rng(seed), len(wide)
    found = []
    for _ in range(draws):
        times = generator.multinomial(number, np.full(number, 1 / number))
        again = wide.loc[np.repeat(wide.index, times)].reset_index(drop=True)
        links = proximity(again)
        now = held
        if chance is not None:
            now = held.astype(bool).copy()
            drawn = generator.random(chance.shape) < chance.to_numpy()
            known = chance.notna().to_numpy()
            now = now.mask(known, pd.DataFrame(drawn, held.index, held.columns)).astype(bool)
        found.append(relatedness_density(now, links))
    cube = np.array([table.to_numpy() for table in found])
    medians = np.nanmedian(cube, axis=2, keepdims=True)
    low, high = np.nanquantile(cube, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return low, high, (cube > medians).mean(axis=0)


@pytest.mark.parametrize("with_chance", [False, True])
def test_limits_are_those_of_a_bootstrap_written_out(with_chance):
    wide, held = table(40), table(3, seed=5)
    chance = None
    if with_chance:
        chance = pd.DataFrame(np.random.default_rng(3).random(held.shape), held.index, held.columns)
        chance.iloc[0, 0] = NAN
    found = density_interval(held, wide, probability=chance, draws=30, level=0.8, rng=7)
    low, high, above = plain_bootstrap(held, wide, chance=chance, draws=30, level=0.8, seed=7)
    np.testing.assert_allclose(found["lower"], low.ravel())
    np.testing.assert_allclose(found["upper"], high.ravel())
    np.testing.assert_allclose(found["above_median"], above.ravel())
    expected = relatedness_density(held, proximity(wide))
    np.testing.assert_allclose(found["density"], expected.to_numpy().ravel())
    assert found.index.equals(expected.stack().index)


def test_chance_of_one_and_zero_is_the_presence_itself():
    wide, held = table(30), table(4, seed=2)
    sure = density_interval(held, wide, probability=held.astype(float), draws=40, rng=1)
    # the generator is asked for the redraw of presences too: the same draws of regions need the same calls
    unknown = density_interval(held, wide, probability=held * NAN, draws=40, rng=1)
    pd.testing.assert_frame_equal(sure, unknown)
    opposite = density_interval(held, wide, probability=1 - held.astype(float), draws=40, rng=1)
    np.testing.assert_allclose(opposite["lower"], 100 - sure["upper"])


def test_chances_widen_the_interval():
    wide, held = table(60), table(3, seed=2)
    even = pd.DataFrame(0.5, held.index, held.columns)
    narrow, broad = (density_interval(held, wide, probability=p, draws=200, rng=1) for p in (None, even))
    assert ((broad["upper"] - broad["lower"]) > (narrow["upper"] - narrow["lower"])).all()


@QUICK
@given(st.integers(0, 1000), st.integers(4, 30), st.floats(0.3, 0.7))
def test_limits_are_shares_in_order(seed, regions, share):
    found = density_interval(table(2, seed + 1), table(regions, seed, share), draws=15, rng=seed)
    known = found.dropna(subset=["density", "lower", "upper"])
    assert (known["lower"] <= known["upper"]).all()
    assert known[["density", "lower", "upper"]].stack().between(0, 100 + 1e-9).all()
    assert known["above_median"].between(0, 1).all()
    assert found.loc[found["density"].isna()].isna().all(axis=None)


def test_narrow_level_lies_inside_a_wide_one():
    narrow, wide = (density_interval(table(3, 4), table(40), level=level, rng=9) for level in (0.5, 0.95))
    assert (wide["lower"] <= narrow["lower"]).all() and (narrow["upper"] <= wide["upper"]).all()


def test_labels_decide_and_not_their_order():
    wide, held = table(40), table(3, seed=5)
    chance = pd.DataFrame(np.random.default_rng(3).random(held.shape), held.index, held.columns)
    found = density_interval(held, wide, probability=chance, draws=20, rng=4)
    shuffled = density_interval(
        held, wide[SECTORS[::-1]], probability=chance.loc[held.index[::-1], SECTORS[::-1]], draws=20, rng=4
    )
    pd.testing.assert_frame_equal(found, shuffled)
    turned = density_interval(held[SECTORS[::-1]], wide, draws=20, rng=4)
    plain = density_interval(held, wide, draws=20, rng=4)
    assert turned.index[0] == ("R00", SECTORS[-1])
    pd.testing.assert_frame_equal(turned.loc[plain.index], plain)


def test_missing_cells_count_for_neither_side():
    wide, held = table(40).astype("boolean"), table(2, seed=5).astype("boolean")
    held.iloc[0, 1] = pd.NA
    wide.iloc[:5, 2] = pd.NA
    found = density_interval(held, wide, draws=30, rng=4)
    assert found.notna().all(axis=None)
    expected = relatedness_density(held, proximity(wide))
    np.testing.assert_allclose(found["density"], expected.to_numpy(dtype=float).ravel())
    # a draw cannot make a missing cell known
    sure = pd.DataFrame(1.0, held.index, held.columns)
    with_chance = density_interval(held, wide, probability=sure, draws=30, rng=4)
    assert with_chance.loc["R00", "lower"].tolist() == pytest.approx([100] * len(SECTORS))


def test_sector_that_nobody_holds_has_no_density():
    wide = table(30).assign(C25=False)
    found = density_interval(table(2, seed=5), wide, draws=10, rng=4)
    assert found.xs("C25", level=1).isna().all(axis=None)
    assert found.drop("C25", level=1).notna().all(axis=None)


def test_generator_and_seed_give_the_same_and_nothing_is_changed():
    wide, held = table(20), table(2, seed=5)
    before = wide.copy(), held.copy()
    first = density_interval(held, wide, draws=10, rng=4)
    pd.testing.assert_frame_equal(first, density_interval(held, wide, draws=10, rng=np.random.default_rng(4)))
    assert not first.equals(density_interval(held, wide, draws=10, rng=5))
    pd.testing.assert_frame_equal(wide, before[0])
    pd.testing.assert_frame_equal(held, before[1])


@pytest.mark.parametrize("options", [{"draws": 0}, {"level": 0.0}, {"level": 1.0}])
def test_wrong_draws_and_levels_are_refused(options):
    with pytest.raises(ValueError, match=r"draws >= 1 and a level between 0 and 1 are needed"):
        density_interval(table(2), table(9), **options)
    with pytest.raises(ValueError, match=r"draws >= 1 and a level between 0 and 1 are needed"):
        proximity_stability(table(9), **options)


def test_table_without_a_sector_is_refused():
    with pytest.raises(ValueError, match="J62"):
        density_interval(table(2), table(9).drop(columns="J62"))
    with pytest.raises(TypeError, match="presence is a list"):
        density_interval([[True]], table(9))


# --- proximity_stability


def test_stability_is_the_rank_correlation_with_redrawn_proximities():
    wide, upper = table(50), np.triu_indices(len(SECTORS), 1)
    whole, generator, found = pd.Series(proximity(wide).to_numpy()[upper]), np.random.default_rng(6), []
    for _ in range(25):
        times = generator.multinomial(len(wide), np.full(len(wide), 1 / len(wide)))
        again = proximity(wide.loc[np.repeat(wide.index, times)].reset_index(drop=True)).to_numpy()[upper]
        found.append(whole.rank().corr(pd.Series(again).rank()))
    table_ = proximity_stability(wide, draws=25, level=0.8, rng=6)
    assert [table_["lower"], table_["median"], table_["upper"]] == pytest.approx(
        np.quantile(found, [0.1, 0.5, 0.9]).tolist()
    )
    assert table_["pairs"] == 10


def test_many_regions_are_stable_and_few_are_not():
    weights = np.linspace(0.1, 0.9, 6)
    many = pd.DataFrame(np.random.default_rng(2).random((3000, 6)) < weights)
    few = many.head(12)
    high, low = (proximity_stability(t, draws=40, rng=1)["median"] for t in (many, few))
    assert high > 0.97 > low
