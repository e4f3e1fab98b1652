"""Oracles: statsmodels with explicit dummies, Baltagi (2005) on Grunfeld's data, Hanley & McNeil (1982), sklearn."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from libpysal.graph import Graph
from sklearn.metrics import roc_auc_score

from alpclusters_lib.econometrics import (
    cluster_growth,
    cluster_growth_variants,
    entry_auc,
    entry_model,
    random_groups,
    residual_association,
)
from alpclusters_lib.econometrics._absorption import TwoWay, components, lone_cells, numbered

QUICK = settings(max_examples=25, deadline=None, derandomize=True)
CAUSAL = r"\bdrives\b|\bleads to\b|\bthe effects? of\b|\bcauses\b|\bimpacts? of\b"

SECTORS = [f"C{10 + number}" for number in range(12)]
GROUPS = {sector: f"g{place // 3}" for place, sector in enumerate(SECTORS)}
NAMES = sorted(set(GROUPS.values()))
LINKS = pd.DataFrame([[9, 1, 0, 2], [1, 9, 3, 0], [0, 3, 9, 1], [2, 0, 1, 9]], NAMES, NAMES)
TRUE = {"ln_own_quotient": -0.2, "ln_group_quotient": 0.1, "ln_linked_quotient": 0.05}


def regions_of(countries):
    return [f"{country}{number:02d}" for country, count in countries.items() for number in range(count)]


def by_hand(start, groups=GROUPS, links=LINKS):
    """The three terms, cell by cell, from the definition."""
    found = {name: {} for name in TRUE}
    for sector in start.columns:
        same = [s for s in start.columns if groups[s] == groups[sector] and s != sector]
        linked = {s: links.loc[groups[sector], groups[s]] for s in start.columns if groups[s] != groups[sector]}
        jobs = {
            "ln_own_quotient": start[sector],
            "ln_group_quotient": start[same].sum(axis=1),
            "ln_linked_quotient": sum(weight * start[s] for s, weight in linked.items()),
        }
        for name, values in jobs.items():
            share = values / start.sum(axis=1)
            found[name][sector] = np.log(share / (values.sum() / start.to_numpy().sum()))
    return {name: pd.DataFrame(columns) for name, columns in found.items()}


def simulated(seed=0, countries=None, noise=0.05, groups=GROUPS):
    """Jobs of 2010 and 2013 that follow the equation with the coefficients TRUE."""
    rng = np.random.default_rng(seed)
    regions = regions_of(countries or {"AT": 9, "DE": 20, "IT": 15})
    start = pd.DataFrame(np.exp(rng.normal(6, 1.2, (len(regions), len(SECTORS)))), regions, SECTORS)
    terms = by_hand(start, groups)
    growth = sum(TRUE[name] * terms[name] for name in TRUE) + rng.normal(0, noise, start.shape)
    growth = growth.add(rng.normal(0, 0.1, len(regions)), axis=0)
    for country in sorted({region[:2] for region in regions}):
        growth.loc[growth.index.str[:2] == country] += rng.normal(0, 0.1, len(SECTORS))
    return long({2010: start, 2013: start * np.exp(growth)})


def long(tables):
    rows = [
        table.rename_axis("region").melt(ignore_index=False, var_name="sector").reset_index().assign(year=year)
        for year, table in tables.items()
    ]
    return pd.concat(rows, ignore_index=True).assign(status="observed")


def estimate(panel, **options):
    return cluster_growth(panel, **{"start": 2010, "end": 2013, "groups": GROUPS, "links": LINKS} | options)


def slopes(result):
    return result.coefficients.set_index("term")["estimate"]


def wide(panel, year):
    return panel[panel["year"] == year].pivot(index="region", columns="sector", values="value")


def dummies(result, panel, family=None):
    """The model of `result` once more, by statsmodels with a dummy for every effect."""
    cells = result.residuals.index
    start, end = (wide(panel, year).stack().reindex(cells) for year in (2010, 2013))
    terms = pd.DataFrame({name: table.stack().reindex(cells) for name, table in by_hand(wide(panel, 2010)).items()})
    region = cells.get_level_values("region")
    effects = pd.get_dummies(pd.DataFrame({"r": region, "s": region.str[:2] + cells.get_level_values("sector")}))
    effects = effects.to_numpy(dtype=float)
    keep = []  # a base of the dummies, so that the rank is the number of columns
    for column in range(effects.shape[1]):
        if np.linalg.matrix_rank(effects[:, [*keep, column]]) == len(keep) + 1:
            keep.append(column)
    x = np.column_stack([terms, effects[:, keep]])
    cluster = {"cov_type": "cluster", "cov_kwds": {"groups": numbered(region.to_numpy().astype(str))}}
    if family is None:
        return sm.OLS(np.log(end / start).to_numpy(), x).fit(**cluster), x.shape[1]
    model = sm.GLM(end.to_numpy(), x, family=family, offset=np.log(start).to_numpy())
    return model.fit(tol=1e-12, tol_criterion="params", maxiter=200, **cluster), x.shape[1]


# --- effects taken out


def test_two_way_within_of_grunfeld():
    """Baltagi (2005), Econometric Analysis of Panel Data, table 3.1: 0.118 and 0.358 (ten firms, 1935-54)."""
    data = sm.datasets.grunfeld.load_pandas().data
    data = data[data["firm"] != "American Steel"]
    absorb = TwoWay(numbered(data["firm"].to_numpy().astype(str)), numbered(data["year"].to_numpy()))
    x, y = (absorb.residuals(data[columns].to_numpy(dtype=float)) for columns in (["value", "capital"], "invest"))
    assert np.linalg.lstsq(x, y)[0] == pytest.approx([0.1177, 0.3579], abs=5e-5)


@QUICK
@given(st.integers(0, 10_000), st.integers(2, 7), st.integers(2, 7), st.sampled_from([0, 3, 9]))
def test_absorbed_is_what_weighted_dummies_leave(seed, n, m, spread):
    rng = np.random.default_rng(seed)
    cells = rng.permutation(n * m)[: max(n * m // 2, 3)]
    first, second = numbered(cells // m), numbered(cells % m)
    weights, values = 10 ** rng.uniform(-spread / 2, spread / 2, len(cells)), rng.normal(size=(len(cells), 2))
    absorb = TwoWay(first, second, weights)
    left = absorb.residuals(values)
    both = np.column_stack([np.eye(first.max() + 1)[first], np.eye(second.max() + 1)[second]])
    root = np.sqrt(weights)[:, None]
    slope = np.linalg.lstsq(both * root, values * root)[0]
    assert (left * root == pytest.approx((values - both @ slope) * root, abs=1e-9 * root.max())) is True
    a, b = absorb.effects(values[:, 0])
    assert a[first] + b[second] + left[:, 0] == pytest.approx(values[:, 0], abs=1e-7)
    assert len(set(components(first, second))) == both.shape[1] - np.linalg.matrix_rank(both)


def test_lone_cells_are_taken_out_again_and_again():
    first = np.array([0, 0, 1, 1, 2, 2, 3])
    second = np.array([0, 1, 0, 1, 1, 2, 2])
    # cell 6 is alone in effect 3; then cell 5 in the second effect 2; then cell 4 in effect 2
    assert lone_cells(first, second).tolist() == [False] * 4 + [True] * 3
    assert lone_cells(first[:4], second[:4]).tolist() == [False] * 4
    assert lone_cells(np.array([0, 1]), np.array([0, 1])).all()


# --- growth: estimates


def test_known_coefficients_come_back():
    panel = simulated(noise=1e-9)
    found = estimate(panel)
    assert slopes(found).to_dict() == pytest.approx(TRUE, abs=1e-6)
    assert found.r_squared_within == pytest.approx(1)
    assert (found.n, found.clusters) == (44 * 12, 44)
    assert found.effects == {"region": 44, "country × sector": 36}
    assert found.parameters == 3 + 1 + 36 - 3
    count = slopes(estimate(panel, method="poisson"))
    assert count.to_dict() == pytest.approx(TRUE, abs=1e-6)


def test_intervals_hold_the_truth_as_often_as_they_say():
    inside = []
    for seed in range(15):
        table = estimate(simulated(seed, {"AT": 12, "DE": 18}, noise=0.2)).coefficients.set_index("term")
        truth = pd.Series(TRUE)
        inside.append((table["lower"] <= truth) & (truth <= table["upper"]))
    assert 0.85 <= np.mean(inside) <= 1


def test_least_squares_are_those_with_explicit_dummies():
    panel = simulated(3, {"AT": 5, "DE": 8})
    found = estimate(panel)
    explicit, rank = dummies(found, panel)
    table = found.coefficients
    assert table["estimate"].to_numpy() == pytest.approx(explicit.params[:3], abs=1e-8)
    assert found.residuals.to_numpy() == pytest.approx(explicit.resid, abs=1e-8)
    # statsmodels counts every dummy, we do not count region effects, which lie inside the clusters
    assert rank - found.parameters == found.clusters - 1
    factor = np.sqrt((found.n - rank) / (found.n - found.parameters))
    assert table["std_error"].to_numpy() == pytest.approx(explicit.bse[:3] * factor, rel=1e-8)


def test_poisson_is_that_with_explicit_dummies():
    panel = simulated(4, {"AT": 5, "DE": 7}, noise=0.3)
    zeros = panel.index[(panel["year"] == 2013)][[3, 17, 40, 41, 77]]
    panel.loc[zeros, "value"] = 0.0
    found = estimate(panel, method="poisson")
    assert found.n == 12 * 12 and np.isnan(found.r_squared_within)
    explicit, rank = dummies(found, panel, sm.families.Poisson())
    assert found.coefficients["estimate"].to_numpy() == pytest.approx(explicit.params[:3], abs=1e-7)
    factor = np.sqrt((found.n - rank) / (found.n - found.parameters))
    assert found.coefficients["std_error"].to_numpy() == pytest.approx(explicit.bse[:3] * factor, rel=1e-6)
    assert estimate(panel).dropped.to_dict() == {"no jobs at the end": 5}
    assert found.residuals.to_numpy() == pytest.approx(explicit.resid_pearson, abs=1e-5)


def test_p_and_interval_are_students():
    from scipy.stats import t

    found = estimate(simulated(5, {"AT": 5, "DE": 8}), level=0.9)
    row = found.coefficients.iloc[1]
    reach = t.ppf(0.95, found.clusters - 1) * row.std_error
    assert [row.lower, row.upper] == pytest.approx([row.estimate - reach, row.estimate + reach])
    assert row.p == pytest.approx(2 * t.sf(abs(row.estimate / row.std_error), found.clusters - 1))


def test_region_effects_are_those_of_the_country_mean():
    panel = simulated(6, {"AT": 6, "DE": 6}, noise=1e-9)
    found = estimate(panel)
    assert found.region_effects.groupby(found.region_effects.index.str[:2]).mean().abs().max() < 1e-12
    shift = panel.copy()
    first = (shift["region"] == "AT00") & (shift["year"] == 2013)
    shift.loc[first, "value"] *= np.exp(0.6)
    change = estimate(shift).region_effects - found.region_effects
    assert change["AT00"] == pytest.approx(0.5) and change["AT01"] == pytest.approx(-0.1)
    assert change.loc["DE00":].abs().max() < 1e-9


@pytest.mark.parametrize("method", ["ols", "poisson"])
def test_order_of_rows_and_units_do_not_matter(method):
    panel = simulated(7, {"AT": 5, "DE": 5})
    found = estimate(panel, method=method)
    shuffled = estimate(panel.sample(frac=1, random_state=1), method=method, links=LINKS.iloc[::-1, [2, 0, 3, 1]])
    pd.testing.assert_frame_equal(shuffled.coefficients, found.coefficients)
    pd.testing.assert_series_equal(shuffled.residuals, found.residuals)
    for scale in (1e-12, 1e12):
        scaled = estimate(panel.assign(value=panel["value"] * scale), method=method)
        assert slopes(scaled).to_numpy() == pytest.approx(slopes(found).to_numpy(), abs=1e-7)


def test_labels_may_be_exchanged():
    panel = simulated(8, {"AT": 5, "DE": 5})
    names = dict(zip(SECTORS, reversed(SECTORS), strict=True))
    renamed = panel.assign(sector=panel["sector"].map(names))
    groups = {names[sector]: group for sector, group in GROUPS.items()}
    assert slopes(estimate(renamed, groups=pd.Series(groups))).to_numpy() == pytest.approx(
        slopes(estimate(panel)).to_numpy(), abs=1e-10
    )


def test_the_panel_stays_as_it_was():
    panel = simulated(9, {"AT": 4, "DE": 4})
    before = panel.copy()
    estimate(panel)
    pd.testing.assert_frame_equal(panel, before)


# --- growth: which cells


def test_totals_of_region_and_sector_do_not_matter():
    """Effects absorb the totals, so a region or a sector counted in thousands changes nothing."""
    panel = simulated(10, {"AT": 5, "DE": 5})
    factor = np.where(panel["region"] == "AT00", 1e-3, 1)
    scaled = panel.assign(value=panel["value"] * factor)
    assert slopes(estimate(scaled)).to_numpy() == pytest.approx(slopes(estimate(panel)).to_numpy(), abs=1e-8)


def test_statuses_and_minimum_choose_cells_but_not_the_sums_around_them():
    panel = simulated(11, {"AT": 5, "DE": 5}, noise=1e-9)
    panel.loc[(panel["region"] == "AT01") & (panel["sector"] == "C11"), "status"] = "estimated"
    few = estimate(panel, statuses=["observed"])
    assert few.n == 119 and ("AT01", "C11") not in few.residuals.index
    assert few.dropped.to_dict() == {"no figure that counts in 2010": 1}
    assert slopes(few).to_dict() == pytest.approx(TRUE, abs=1e-6)  # C10 and C12 still know their neighbour
    large = estimate(panel, minimum_jobs=200)
    assert large.dropped["fewer than 200 jobs at the start"] == (wide(panel, 2010) < 200).to_numpy().sum()


def test_a_missing_figure_takes_out_what_it_touches():
    panel = simulated(12, {"AT": 5, "DE": 5}, noise=1e-9)
    one = (panel["region"] == "AT01") & (panel["sector"] == "C11") & (panel["year"] == 2010)
    panel.loc[one, ["value", "status"]] = [np.nan, "missing"]
    found = estimate(panel)
    out = {"no figure that counts in 2010": 1, "no figure for the rest of the group in the years of the quotients": 2}
    assert found.dropped.iloc[:2].to_dict() == out
    # g0 is linked to g1 and g3, whose sums of linked groups have a hole too
    assert found.dropped["no figure for the linked groups in the years of the quotients"] == 6
    for same in (panel[~one], panel.assign(status="observed")):
        pd.testing.assert_frame_equal(estimate(same).coefficients, found.coefficients)
    assert estimate(panel, links=None).n == 117


@pytest.mark.parametrize("column", ["break_in", "segment"])
def test_no_growth_across_a_break(column):
    panel = simulated(13, {"AT": 5, "DE": 5}, noise=1e-9)
    new = (panel["region"] == "DE01") & (panel["sector"].isin(["C10", "C20"])) & (panel["year"] == 2013)
    panel.loc[new, "value"] *= 5
    panel[column] = new if column == "break_in" else 1 + new
    found = estimate(panel)
    assert found.dropped.to_dict() == {"break in the series": 2}
    assert slopes(found).to_dict() == pytest.approx(TRUE, abs=1e-6)
    at_start = panel.assign(**{column: (panel["year"] == 2010) if column == "break_in" else 1})
    assert estimate(at_start).dropped.empty


def test_sectors_alone_and_countries_of_one_region_are_counted():
    panel = simulated(14, {"AT": 5, "DE": 5, "LU": 1})
    found = estimate(panel)
    assert found.dropped.to_dict() == {"only cell of a region or of a country and sector": 12}
    assert found.clusters == 10 and "LU00" not in found.region_effects
    alone = estimate(panel, groups=GROUPS | {"C10": "own"}, links=None)
    assert alone.dropped["alone in its group"] == 11
    common = estimate(panel, sector_effects="common")
    assert common.clusters == 11 and common.effects == {"region": 11, "sector": 12}
    assert common.parameters == 3 + 1 + 12 - 1


def test_starts_of_zero_and_empty_effects():
    panel = simulated(15, {"AT": 5, "DE": 5})
    start = (panel["region"] == "AT02") & (panel["sector"] == "C13") & (panel["year"] == 2010)
    panel.loc[start, "value"] = 0
    panel.loc[(panel["region"].str[:2] == "DE") & (panel["sector"] == "C15") & (panel["year"] == 2013), "value"] = 0
    found = estimate(panel, method="poisson")
    empty = "no jobs at the end in all cells of a region or sector effect"
    assert found.dropped.to_dict() == {"no jobs at the start": 1, empty: 5}
    assert estimate(panel).dropped.to_dict() == {"no jobs at the start": 1, "no jobs at the end": 5}


def test_jobs_of_growth_panel_are_taken():
    panel = simulated(16, {"AT": 4, "DE": 4})
    renamed = panel.rename(columns={"value": "jobs"}).drop(columns="status")
    pd.testing.assert_frame_equal(estimate(renamed).coefficients, estimate(panel).coefficients)


# --- growth: years of the quotients


def errors_of_measurement(seed, noise=0.3):
    """Jobs that do not change at all, measured with an error in each of four years."""
    rng = np.random.default_rng(seed)
    regions = regions_of({"AT": 15, "DE": 15})
    true = pd.DataFrame(np.exp(rng.normal(6, 1, (30, 12))), regions, SECTORS)
    return long({year: true * np.exp(rng.normal(0, noise, true.shape)) for year in (2008, 2009, 2010, 2013)})


def test_quotients_of_earlier_years_do_not_revert():
    """With errors alone, the own quotient of the start has plim −var(error)/var(measured), that of earlier years 0."""
    panel = errors_of_measurement(1)
    own = {
        when: estimate(panel, links=None, regressor_years=when).coefficients.iloc[0]
        for when in ("start", "average", "earlier")
    }
    assert own["start"]["estimate"] == pytest.approx(-0.09 / 1.09, abs=0.04) and own["start"]["upper"] < 0
    assert own["start"]["estimate"] < own["average"]["estimate"] < own["earlier"]["estimate"]
    assert own["earlier"]["lower"] < 0 < own["earlier"]["upper"]


def test_years_may_be_named():
    panel = errors_of_measurement(2)
    named = estimate(panel, regressor_years=(2009, 2008))
    pd.testing.assert_frame_equal(named.coefficients, estimate(panel, regressor_years="earlier").coefficients)
    assert "mean jobs of 2008, 2009" in named.specification and "share no figure" in named.specification
    at_start = estimate(panel)
    assert "quotients from 2010." in at_start.specification
    assert "errors of measurement alone give a negative association" in at_start.specification


# --- growth: words and refusals


def test_the_specification_says_what_was_done():
    panel = simulated(17, {"AT": 5, "DE": 5, "LU": 1})
    for method, sentence in (("ols", "Least squares: change of the logarithm"), ("poisson", "Poisson pseudo-maximum")):
        text = estimate(panel, method=method, minimum_jobs=20).specification
        assert text.startswith(sentence)
        assert ("from 2010 to 2013" if method == "ols" else "jobs of 2013 relative to those of 2010") in text
        assert "observed or estimated at both ends" in text
        small = (wide(panel, 2010).drop(index="LU00") < 20).to_numpy().sum()
        assert f"{120 - small} cells, 10 region effects, 24 country × sector effects" in text
        assert "10 clusters" in text and f"{12 + small} cells left out" in text and "20 jobs or more" in text
        assert "associated with" in text and not pd.Series([text]).str.contains(CAUSAL, case=False).any()


def test_wrong_years_are_refused():
    panel = simulated(18, {"AT": 4})
    with pytest.raises(ValueError, match="regressor year 2013 lies after 2010, inside the growth from 2010 to 2013"):
        estimate(panel, regressor_years=[2010, 2013])
    with pytest.raises(ValueError, match="no figures for 2007 in the panel; available: 2010"):
        estimate(panel, regressor_years=[2007])
    with pytest.raises(ValueError, match="no regressor year; available: 2010"):
        estimate(panel, regressor_years=[])
    with pytest.raises(ValueError, match="no year before 2010 in the panel"):
        estimate(panel, regressor_years="earlier")
    with pytest.raises(ValueError, match="regressor_years 'later' is not available; available: start, average"):
        estimate(panel, regressor_years="later")
    with pytest.raises(ValueError, match="no figures for 2014 in the panel; available: 2010, 2013"):
        estimate(panel, end=2014)
    with pytest.raises(ValueError, match="growth is 2013 to 2010; two years in order"):
        estimate(panel, start=2013, end=2010)


def test_wrong_groups_and_links_are_refused():
    panel = simulated(19, {"AT": 4})
    with pytest.raises(ValueError, match="groups has no sector C10 of the panel"):
        estimate(panel, groups={sector: group for sector, group in GROUPS.items() if sector != "C10"})
    with pytest.raises(ValueError, match="sector C10 occurs more than once in groups"):
        estimate(panel, groups=pd.Series(["g0", "g1"], ["C10", "C10"]))
    with pytest.raises(ValueError, match="links has no row for group g3; it has g0, g1, g2"):
        estimate(panel, links=LINKS.drop(index="g3"))
    with pytest.raises(ValueError, match="links has no column for group g3"):
        estimate(panel, links=LINKS.drop(columns="g3"))
    with pytest.raises(ValueError, match="links of region g0 in sector g1 is -1"):
        estimate(panel, links=LINKS.where(LINKS != 1, -1))
    with pytest.raises(ValueError, match="links has a missing weight"):
        estimate(panel, links=LINKS.where(LINKS != 1))


def test_wrong_panels_are_refused():
    panel = simulated(20, {"AT": 4, "DE": 1})
    with pytest.raises(TypeError, match="panel is a dict"):
        estimate({})
    with pytest.raises(ValueError, match="panel has no column sector"):
        estimate(panel.drop(columns="sector"))
    with pytest.raises(ValueError, match="a row of the panel has no region; each row needs"):
        estimate(panel.assign(region=panel["region"].where(panel["region"] != "AT00")))
    with pytest.raises(ValueError, match="jobs of the panel has dtype"):
        estimate(panel.assign(value=panel["value"].astype(str)))
    with pytest.raises(ValueError, match="AT00, C10, 2010 stands twice"):
        estimate(pd.concat([panel, panel]))
    with pytest.raises(ValueError, match="AT00, C10, 2010 has -1 jobs; zero or more"):
        estimate(panel.assign(value=-1.0))
    with pytest.raises(ValueError, match="status 'good' is not available"):
        estimate(panel, statuses=["good"])
    with pytest.raises(ValueError, match="statuses is 'observed'; a list"):
        estimate(panel, statuses="observed")
    with pytest.raises(ValueError, match=r"no cell is left to estimate with.*no figure that counts in 2010: 60"):
        estimate(panel, statuses=["bound"])
    with pytest.raises(ValueError, match=r"no cell is left .*only cell of a region or of a country and sector: 12"):
        estimate(panel[panel["region"] == "AT00"])
    with pytest.raises(ValueError, match=r"no cell is left .*only cell of a region or sector: 12"):
        estimate(panel[panel["region"] == "AT00"], sector_effects="common")
    two = panel[panel["region"].isin(["AT00", "AT01"]) & panel["sector"].isin(["C10", "C11"])]
    with pytest.raises(ValueError, match="4 cells for 4 parameters; more regions or sectors"):
        estimate(two, links=None)
    with pytest.raises(ValueError, match="method 'logit' is not available; available: ols, poisson"):
        estimate(panel, method="logit")
    with pytest.raises(ValueError, match="level is 95; a share"):
        estimate(panel, level=95)


def test_terms_that_effects_absorb_are_refused():
    panel = simulated(21, {"AT": 4, "DE": 4})
    start = panel["year"] == 2010
    by_region = panel["region"].map({region: 100 + n for n, region in enumerate(panel["region"].unique())})
    same = panel.assign(value=panel["value"].mask(start, by_region))
    with pytest.raises(ValueError, match="leave nothing of 'ln_own_quotient'; leave it out"):
        estimate(same, links=None)


def test_separation_is_refused():
    """Two blocks of cells with jobs at the end, and one block between them that has none at all."""
    panel = simulated(22, {"AT": 8})
    first = panel["region"].isin([f"AT0{number}" for number in range(4)])
    early = panel["sector"].isin(SECTORS[:6])
    panel.loc[first & ~early & (panel["year"] == 2013), "value"] = 0.0
    panel = panel[first | ~early | (panel["year"] == 2010)]
    with pytest.raises(ValueError, match=r"poisson model does not settle.*AT0[0-3] in C\d\d.*\(separation\)"):
        estimate(panel, method="poisson")


# --- growth: variants


def test_variants_are_the_single_estimates_in_order():
    panel = simulated(23, {"AT": 6, "DE": 6})
    variants = {"poisson": {"method": "poisson"}, "all": {}, "large": {"minimum_jobs": 100}}
    table = cluster_growth_variants(panel, variants, start=2010, end=2013, groups=GROUPS)
    assert table["variant"].tolist() == ["poisson"] * 2 + ["all"] * 2 + ["large"] * 2
    single = estimate(panel, links=None, minimum_jobs=100)
    last = table[table["variant"] == "large"]
    assert last["estimate"].tolist() == single.coefficients["estimate"].tolist()
    assert set(last["n"]) == {single.n} and set(last["dropped"]) == {single.dropped.sum()}
    assert last["specification"].unique().tolist() == [single.specification]


def test_a_variant_that_fails_is_named():
    panel = simulated(24, {"AT": 4})
    with pytest.raises(ValueError, match="variant 'bound': no cell is left"):
        cluster_growth_variants(panel, {"bound": {"statuses": ["bound"]}}, start=2010, end=2013, groups=GROUPS)
    with pytest.raises(ValueError, match="no variant is named"):
        cluster_growth_variants(panel, {}, start=2010, end=2013, groups=GROUPS)


def test_groups_dealt_at_random_are_not_associated():
    table = random_groups(simulated(25), groups=GROUPS, start=2010, end=2013, draws=19, rng=1)
    assert table.index.tolist() == ["ln_own_quotient", "ln_group_quotient"]
    group = table.loc["ln_group_quotient"]
    assert group["p"] == pytest.approx(1 / 20) and group["random_upper"] < group["estimate"]
    assert group["random_lower"] <= group["random_mean"] <= group["random_upper"]
    any_groups = dict(zip(SECTORS, np.random.default_rng(4).permutation(list(GROUPS.values())), strict=True))
    other = random_groups(simulated(25), groups=any_groups, start=2010, end=2013, draws=19, rng=1)
    assert other.loc["ln_group_quotient", "p"] > 0.1
    with pytest.raises(ValueError, match="draws is 0"):
        random_groups(simulated(25), groups=GROUPS, start=2010, end=2013, draws=0)


# --- entry


def risks(seed=0, regions=20, sectors=10, strength=0.05):
    rng = np.random.default_rng(seed)
    labels = regions_of({"AT": regions // 2, "DE": regions - regions // 2}), [f"C{10 + s}" for s in range(sectors)]
    density = pd.DataFrame(rng.uniform(0, 100, (regions, sectors)), *labels)
    quotient = pd.DataFrame(rng.uniform(0, 1, (regions, sectors)), *labels)
    chance = strength * (density - 50) + 2 * (quotient - 0.5) - 0.5
    entry = pd.DataFrame(rng.uniform(size=chance.shape) < 1 / (1 + np.exp(-chance)), *labels)
    rows = entry.stack().rename_axis(["region", "sector"]).rename("entry").reset_index().assign(at_risk=True)
    return rows, {"density": density, "quotient": quotient}


def flat(rows, table):
    return table.stack().reindex(pd.MultiIndex.from_frame(rows[["region", "sector"]])).to_numpy()


@QUICK
@given(st.integers(0, 10_000), st.sampled_from([0, 1, 4]), st.sampled_from([1e-12, 1.0, 1e12]))
def test_auc_is_that_of_scikit_learn(seed, decimals, scale):
    rows, predictors = risks(seed, 6, 6)
    predictors = {name: (table / 10).round(decimals) * scale for name, table in predictors.items()}
    table = entry_auc(rows, predictors, draws=3, rng=seed)
    for name, scores in predictors.items():
        assert table.loc[name, "auc"] == pytest.approx(roc_auc_score(rows["entry"], flat(rows, scores)))


def rated(normal, abnormal):
    """Cells with one predictor from counts by rating; each cell is its own region."""
    ratings = [r for counts in (normal, abnormal) for r, count in enumerate(counts, 1) for _ in range(count)]
    kind = [False] * sum(normal) + [True] * sum(abnormal)
    labels = [f"R{number}" for number in range(len(kind))]
    rows = pd.DataFrame({"region": labels, "sector": "X", "at_risk": True, "entry": kind})
    return rows, pd.DataFrame({"X": np.array(ratings, dtype=float)}, index=labels)


def test_auc_of_109_tomographies():
    """Data of Hanley & McNeil (1982), Radiology 143:29, area 0.893; limits as in Stata's manual, [R] roctab."""
    rows, ratings = rated([33, 6, 6, 11, 2], [3, 2, 2, 11, 33])
    delong = entry_auc(rows, {"rating": ratings}, interval="delong").loc["rating"]
    assert delong["auc"] == pytest.approx(0.8932, abs=5e-5)
    assert delong[["lower", "upper"]].tolist() == pytest.approx([0.83295, 0.95339], abs=5e-6)
    assert (delong["upper"] - delong["lower"]) / 2 / 1.959964 == pytest.approx(0.0307, abs=5e-5)
    drawn = entry_auc(rows, {"rating": ratings}, rng=1).loc["rating"]
    # each cell a region of its own: both intervals answer the same question
    assert drawn[["lower", "upper"]].to_numpy() == pytest.approx(delong[["lower", "upper"]].to_numpy(), abs=0.012)


def test_delong_by_its_definition():
    """DeLong et al. (1988), equations 4-6: covariances of the placements, pair by pair."""
    rows, predictors = risks(3, 6, 7)
    yes = rows["entry"].to_numpy()
    scores = [flat(rows, table).round(-1 if name == "density" else 1) for name, table in predictors.items()]
    above = [(s[yes][:, None] > s[~yes]) + 0.5 * (s[yes][:, None] == s[~yes]) for s in scores]
    covariance = np.cov([a.mean(axis=1) for a in above]) / yes.sum()
    covariance += np.cov([a.mean(axis=0) for a in above]) / (~yes).sum()
    rounded = {"density": predictors["density"].round(-1), "quotient": predictors["quotient"].round(1)}
    table = entry_auc(rows, rounded, interval="delong")
    reach = (table["upper"] - table["lower"]).to_numpy() / 2 / 1.959964
    assert reach == pytest.approx(np.sqrt(np.diag(covariance)), rel=1e-6)
    apart = (table["difference_upper"] - table["difference_lower"])["density"] / 2 / 1.959964
    assert apart == pytest.approx(np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]), rel=1e-6)


def test_bootstrap_draws_whole_regions():
    """With every cell of a region repeated, an interval over cells shrinks and one over regions does not."""
    rows, ratings = rated([33, 6, 6, 11, 2], [3, 2, 2, 11, 33])
    many = pd.concat([rows.assign(sector=f"X{n}") for n in range(9)])
    wide_ratings = pd.DataFrame({f"X{n}": ratings["X"] for n in range(9)})
    one = entry_auc(rows, {"r": ratings}, rng=5).loc["r"]
    nine = entry_auc(many, {"r": wide_ratings}, rng=5).loc["r"]
    assert nine[["auc", "lower", "upper"]].tolist() == pytest.approx(one[["auc", "lower", "upper"]].tolist())
    naive = entry_auc(many, {"r": wide_ratings}, interval="delong").loc["r"]
    assert naive["upper"] - naive["lower"] < 0.5 * (one["upper"] - one["lower"])


def test_differences_are_paired_and_from_the_baseline():
    rows, predictors = risks(4)
    table = entry_auc(rows, predictors, rng=2)
    assert table.index.tolist() == ["density", "quotient"] and table.index.name == "predictor"
    assert table.loc["density", "difference"] == pytest.approx(table["auc"].diff(-1)["density"])
    assert table.loc["quotient"][["difference", "difference_lower", "difference_upper"]].isna().all()
    other = entry_auc(rows, predictors, baseline="density", rng=2)
    assert other.loc["quotient", "difference_lower"] == pytest.approx(-table.loc["density", "difference_upper"])
    twin = entry_auc(rows, {"a": predictors["density"], "b": predictors["density"] * 3}, rng=2).loc["a"]
    assert twin[["difference", "difference_lower", "difference_upper"]].tolist() == [0, 0, 0]


def test_cells_out_of_risk_and_unknown_are_left_out():
    rows, predictors = risks(5)
    rows = rows.astype({"entry": "boolean", "at_risk": "boolean"})
    whole = entry_auc(rows, predictors, interval="delong")
    more = rows.copy()
    more.loc[:3, "at_risk"] = [False, pd.NA, False, False]
    more.loc[4, "entry"] = pd.NA
    predictors["quotient"].iloc[1, 1] = np.nan
    few = entry_auc(more.set_index(["region", "sector"]), predictors, interval="delong")
    assert (whole["cells"] - few["cells"]).tolist() == [6, 6]
    shuffled = {name: table.iloc[::-1, ::-1] for name, table in predictors.items()}
    again = entry_auc(more.sample(frac=1, random_state=1), shuffled, interval="delong")
    pd.testing.assert_frame_equal(again, few)


def test_entry_model_is_that_with_explicit_dummies():
    rows, predictors = risks(6, 24, 8)
    effects = pd.get_dummies(rows[["region", "sector"]]).drop(columns="sector_C10").to_numpy(dtype=float)
    x = np.column_stack([*(flat(rows, table) for table in predictors.values()), effects])
    cluster = {"cov_type": "cluster", "cov_kwds": {"groups": numbered(rows["region"].to_numpy().astype(str))}}
    y = rows["entry"].to_numpy(dtype=float)
    linear = sm.OLS(y, x).fit(**cluster)
    logit = sm.GLM(y, x, family=sm.families.Binomial()).fit(tol=1e-12, tol_criterion="params", maxiter=200, **cluster)
    for model, explicit in (("linear", linear), ("logit", logit)):
        found = entry_model(rows, predictors, model=model, standardise=False)
        assert found.n == 192 and found.dropped.empty
        assert found.coefficients["estimate"].to_numpy() == pytest.approx(explicit.params[:2], abs=1e-7)
        factor = np.sqrt((192 - x.shape[1]) / (192 - found.parameters))
        assert found.coefficients["std_error"].to_numpy() == pytest.approx(explicit.bse[:2] * factor, rel=1e-6)
        scaled = entry_model(rows, predictors, model=model)
        spread = [flat(rows, table).std(ddof=1) for table in predictors.values()]
        assert (slopes(scaled) / slopes(found)).tolist() == pytest.approx(spread)
        assert "by one standard deviation" in scaled.specification


def test_logit_leaves_out_what_has_one_outcome_only():
    rows, predictors = risks(7)
    rows.loc[rows["region"] == "AT00", "entry"] = False
    rows.loc[rows["sector"] == "C12", "entry"] = True
    linear, logit = (entry_model(rows, predictors, model=model) for model in ("linear", "logit"))
    assert linear.n == 200 and logit.n == 19 * 9
    assert logit.dropped.to_dict() == {"effect with one cell, or without both entries and other cells": 29}


def test_wrong_entries_are_refused():
    rows, predictors = risks(8)
    with pytest.raises(ValueError, match="entries has no column at_risk"):
        entry_auc(rows.drop(columns="at_risk"), predictors)
    with pytest.raises(ValueError, match="AT00, C10 stands twice in entries"):
        entry_auc(pd.concat([rows, rows]), predictors)
    with pytest.raises(ValueError, match="no predictor is named"):
        entry_auc(rows, {})
    with pytest.raises(ValueError, match=r"region AT00, .* occurs more than once in density"):
        entry_auc(rows, {"density": pd.concat([predictors["density"]] * 2)})
    with pytest.raises(ValueError, match="no cell at risk has every predictor"):
        entry_auc(rows, {"density": predictors["density"].add_prefix("X")})
    with pytest.raises(ValueError, match="0 of 200 cells at risk are entries; both kinds"):
        entry_auc(rows.assign(entry=False), predictors)
    with pytest.raises(ValueError, match="baseline 'lq' is not available; available: density, quotient"):
        entry_auc(rows, predictors, baseline="lq")
    with pytest.raises(ValueError, match="interval 'exact' is not available"):
        entry_auc(rows, predictors, interval="exact")
    with pytest.raises(ValueError, match="draws is 0"):
        entry_auc(rows, predictors, draws=0)
    with pytest.raises(ValueError, match="model 'probit' is not available; available: linear, logit"):
        entry_model(rows, predictors, model="probit")
    with pytest.raises(ValueError, match="predictor density is the same in all cells at risk"):
        entry_model(rows, {"density": predictors["density"] * 0})
    with pytest.raises(ValueError, match="no region and sector has both"):
        entry_model(rows.assign(entry=True), predictors, model="logit")
    perfect = rows["entry"].to_numpy() * 1.0 + np.linspace(0, 0.1, len(rows))
    told = pd.Series(perfect, pd.MultiIndex.from_frame(rows[["region", "sector"]])).unstack()
    with pytest.raises(ValueError, match=r"logit model does not settle.*separation"):
        entry_model(rows, {"told": told}, model="logit")


# --- residuals


def line(regions):
    return Graph.from_arrays(regions[:-1] + regions[1:], regions[1:] + regions[:-1], np.ones(2 * len(regions) - 2))


def smooth(seed, strength):
    """Growth that neighbours on a line share by sector."""
    panel = simulated(seed, {"AT": 25, "DE": 25}, noise=0.1)
    rng = np.random.default_rng(seed + 100)
    waves = np.convolve(rng.normal(size=50 * 12 + 4), np.ones(5) / 5, mode="valid").reshape(12, 50).T
    shared = pd.DataFrame(waves, regions_of({"AT": 25, "DE": 25}), SECTORS).stack()
    later = panel["year"] == 2013
    at = pd.MultiIndex.from_frame(panel.loc[later, ["region", "sector"]])
    panel.loc[later, "value"] *= np.exp(strength * shared.reindex(at).to_numpy())
    return panel


def test_statistic_is_that_of_esda():
    from esda import Moran

    found = estimate(smooth(1, 0.2), links=None)
    graph = line(regions_of({"AT": 25, "DE": 25}))
    table = residual_association(found, graph, permutations=9, rng=1)
    wide = found.residuals.unstack()
    for sector in SECTORS:
        moran = Moran(wide[sector].reindex(graph.unique_ids), graph, transformation="B", permutations=0)
        assert table.loc[sector, "statistic"] == pytest.approx(moran.I)
    effects = Moran(found.region_effects.reindex(graph.unique_ids), graph, transformation="B", permutations=0)
    assert table.loc["region effects", "statistic"] == pytest.approx(effects.I)
    assert table["islands"].eq(0).all() and table["regions"].eq(50).all()


def test_shared_residuals_are_found_and_others_are_not():
    graph = line(regions_of({"AT": 25, "DE": 25}))
    shared = residual_association(estimate(smooth(2, 0.3)), graph, rng=1)
    assert shared.loc["all sectors", "statistic"] > 0.3 and shared.loc["all sectors", "p"] == pytest.approx(0.001)
    assert (shared["q"].dropna() < 0.05).mean() > 0.8 and shared["q"].notna().sum() == 12
    p = [
        residual_association(estimate(smooth(seed, 0)), graph, permutations=99, rng=seed).loc["all sectors", "p"]
        for seed in range(3, 13)
    ]
    assert 0.25 < np.mean(p) < 0.75 and min(p) > 0.01


def test_small_countries_bend_what_is_expected():
    """Residuals have mean 0 in each country and sector, so three neighbours are unlike by arithmetic."""
    countries = {f"A{letter}": 3 for letter in "ABCDEFGHIJ"}
    found = estimate(simulated(3, countries), links=None)
    graph = line(regions_of(countries))
    inside = residual_association(found, graph, rng=1).loc["all sectors"]
    anywhere = residual_association(found, graph, within="all", rng=1).loc["all sectors"]
    assert inside["expected"] < -0.25 and inside["p"] > 0.05
    assert anywhere["expected"] == pytest.approx(0, abs=0.06) and anywhere["p"] < 0.05


def test_regions_outside_the_graph_and_islands():
    found = estimate(simulated(4, {"AT": 6, "DE": 6}), links=None)
    regions = regions_of({"AT": 6, "DE": 4})
    apart = Graph.from_arrays([*regions[:8], *regions[1:9], regions[9]], [*regions[1:9], *regions[:8], regions[9]],
                              [1.0] * 16 + [0.0])  # fmt: skip
    table = residual_association(found, apart, permutations=9, rng=1)
    assert table.loc["all sectors", ["regions", "islands"]].tolist() == [10, 1]
    other = apart.__class__(apart.adjacency.sample(frac=1, random_state=2).sort_index(level=0, kind="stable"))
    pd.testing.assert_frame_equal(residual_association(found, other, permutations=9, rng=1), table)
    with pytest.raises(ValueError, match="the graph holds 0 of 12 regions with residuals"):
        residual_association(found, line(["X", "Y", "Z"]))
    with pytest.raises(ValueError, match="permutations is 0"):
        residual_association(found, apart, permutations=0)
    with pytest.raises(ValueError, match="within 'region' is not available; available: country, all"):
        residual_association(found, apart, within="region")
