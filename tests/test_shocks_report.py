"""Scenarios, what they take from the regions, and the test on 2008 to 2009: files, sentences, tables, figures."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import yaml
from pytest import approx
from wording import check_picture, check_table, check_text

from alpclusters_lib import paths, regions
from alpclusters_lib.figures.expected_observed import expected_observed
from alpclusters_lib.figures.value_grid import value_grid
from alpclusters_lib.reports import back_test, downturn, shocks, stress_verdict
from alpclusters_lib.reports.regional_economy import economy, shares_of_industries
from alpclusters_lib.reports.scenario_files import load_scenario, scenario_names

KEYS = list(regions.s3_regions().index)
GOOD = {
    "title": "Energy price", "title_it": "Prezzo dell'energia", "about": "Buyers take a tenth less of it.",
    "about_it": "Gli acquirenti ne prendono meno.", "size": "A round tenth, no estimate.", "shocks": {"C24": -10},
}  # fmt: skip


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


# --- files


def refusal(folder, **changes) -> str:
    values = {key: value for key, value in {**GOOD, **changes}.items() if value is not None}
    (folder / "wrong.yml").write_text(yaml.safe_dump(values), encoding="utf-8")
    with pytest.raises(ValueError) as caught:
        load_scenario("wrong", folder=folder)
    return str(caught.value)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"shocks": {"C99": -10}}, "'C99' is no NACE division"),
        ({"shocks": {"c24": -10}}, "did you mean 'C24'?"),
        ({"shocks": {"C24": -120}}, "the shock of C24 is -120 %; -100 (nothing is left) to 100 is right"),
        ({"shocks": {"C24": float("nan")}}, "the shock of C24 is nan %"),
        ({"shocks": {"C24": "ten"}}, "shocks, C24 is 'ten'; a number of per cent such as -10 is right"),
        ({"shocks": {"C24": True}}, "shocks, C24 is True"),
        ({"shocks": None}, "give either shocks by division or sales_to by country"),
        ({"sales_to": {"DE": -10}}, "not both"),
        ({"shocks": None, "sales_to": {"CH": -10}}, "'CH' is no country of the world tables"),
        ({"titel": "x"}, "unknown key 'titel'; did you mean 'title'?"),
        ({"about": None}, "the key 'about' is missing"),
        ({"about": "<b>Buyers take a tenth less.</b>"}, "holds HTML"),
    ],
)
def test_a_wrong_scenario_is_one_sentence(tmp_path, changes, sentence):
    text = refusal(tmp_path, **changes)
    assert text.startswith("scenario wrong: ") and sentence in text and "\n" not in text


def test_the_five_scenarios():
    assert len(scenario_names()) == 5
    for name in scenario_names():
        scenario = load_scenario(name)
        for text in (scenario.about, scenario.size):
            check_text(text)


# --- shocks


def test_shock_of_an_industry_is_weighted_by_the_jobs_in_it():
    rates = shares_of_industries("ITC1", pd.Series({"C29": -20.0}))
    # a tenth of C29, the electrical equipment of vehicles, is in c14
    assert -20 < rates["c15"] < -10 and -5 < rates["c14"] < 0 and (rates.drop(["c14", "c15"]) == 0).all()


def test_losses_are_positive_and_inside_their_bands():
    rows = shocks.losses()
    assert (rows["direct"] > 0).all() and (rows["indirect"] > 0).all()
    assert (rows["direct"] + rows["indirect"] < rows["total"] / 4).all()
    order = rows[["wide_lower", "lower", "indirect", "upper", "wide_upper"]].to_numpy()
    assert (np.diff(order, axis=1) >= -1e-6).all()
    assert "export-shock-germany" not in rows.loc["bavaria"].index and len(rows) == 10 * 5 - 2


def test_car_transition_of_piedmont_by_hand():
    own = economy("ITC1")
    inside, x = own.coefficients().to_numpy(), own.output.to_numpy()
    demand = (
        np.maximum(x - inside @ x, 0)
        * shares_of_industries("ITC1", pd.Series({"C29": 0.2})).reindex(own.output.index).to_numpy()
    )
    made = np.linalg.inv(np.eye(len(x)) - inside) @ demand
    jobs = np.divide(own.jobs.to_numpy(), x, out=np.zeros_like(x), where=x > 0)
    row = shocks.losses().loc[("piedmont", "car-transition")]
    assert row["direct"] == approx(np.nansum(jobs * demand))
    assert row["direct"] + row["indirect"] == approx(np.nansum(jobs * made))


@pytest.mark.parametrize("region", KEYS)
def test_every_region_reads(region):
    check_text(shocks.sentence(region))
    check_text(stress_verdict.verdict(region))
    italian = stress_verdict.verdict(region, "it")
    assert italian.endswith(".") and italian.startswith(regions.s3_region(region).name("it"))
    table, drawn = shocks.table(region), shocks.picture(region)
    assert table.empty == (drawn is None) == (region == "fribourg")
    if len(table):
        check_table(table)
        check_picture(drawn)


def test_the_alpine_page_reads():
    for text in (f"{shocks.headline()}.", *shocks.limits()):
        check_text(text)
    check_table(shocks.table())
    check_table(shocks.scenario_table())
    check_picture(shocks.picture())


# --- the test on 2008 to 2009


def test_mix_and_country_of_upper_austria_by_hand():
    table = downturn.series()
    own = table[(table["region"] == "AT31") & table["sector"].isin(downturn.division_names())]
    own = own.pivot(index="sector", columns="year", values="value")[[2008, 2009]].dropna()
    home = downturn.national_jobs().loc["AT"].loc[own.index, [2008, 2009]].dropna()
    own = own.loc[home.index]
    row = back_test.results().loc["AT31"]
    assert row["observed"] == approx(100 * (own[2009].sum() / own[2008].sum() - 1))
    assert row["country"] == approx(100 * (home[2009].sum() / home[2008].sum() - 1))
    assert row["mix"] == approx(100 * ((own[2008] * home[2009] / home[2008]).sum() / own[2008].sum() - 1))


def test_the_mix_beats_the_country_and_the_model_overshoots():
    rows = back_test.scores()
    assert rows["regions"].iloc[0] >= 70
    assert rows.loc["mix", "mean_absolute_error"] < rows.loc["country", "mean_absolute_error"]
    assert rows.loc["model_turnover", "bias"] < -3 and rows.loc["model_turnover", "slope"] < 0.6
    # a country as a whole is a region of its own: there the mix is what happened
    assert back_test.results().loc["EE00", "mix"] == approx(back_test.results().loc["EE00", "observed"], abs=0.5)


def test_the_test_reads():
    for text in (f"{back_test.headline()}.", back_test.sentence(), *back_test.limits()):
        check_text(text)
    check_table(back_test.table())
    check_picture(back_test.picture())


# --- figures


def test_grid_prints_every_value_and_names_what_a_dash_is():
    _, ax = plt.subplots()
    table = pd.DataFrame({"one": [1.0, np.nan], "two": [30.0, 30.0]}, ["Alpha", "Beta"])
    value_grid(table, ax=ax, by_column=True, highlight="Beta", missing="not measured")
    assert [text.get_text() for text in ax.texts[:4]] == ["1.0", "30.0", "–", "30.0"]
    assert any("–: not measured." in text.get_text() for text in ax.texts)
    assert ax.get_yticklabels()[1].get_fontweight() == "bold"
    with pytest.raises(ValueError, match="table"):
        value_grid(table.iloc[:0], ax=ax)


def test_scatter_of_expected_and_observed_has_one_scale():
    _, ax = plt.subplots()
    table = pd.DataFrame({"expected": [-5.0, 0.0, np.nan], "observed": [-1.0, 1.0, 2.0]}, list("abc"))
    expected_observed(table, ax=ax, highlight=["a"])
    assert ax.get_xlim() == ax.get_ylim() and any("1 rows without both" in text.get_text() for text in ax.texts)
    with pytest.raises(ValueError, match="observed"):
        expected_observed(table.drop(columns="observed"), ax=ax)


def test_readme_tells_what_the_test_found():
    text = " ".join((paths.root() / "README.md").read_text(encoding="utf-8").split())
    found = back_test.results()
    expected, observed = -found["model_turnover"].mean(), -found["observed"].mean()
    assert f"it expected {expected:.1f} % fewer jobs where {observed:.1f} % fewer were observed" in text
    assert f"sends {['no', 'one', 'two', 'three', 'four', 'five'][len(scenario_names())]} scenarios" in text


def test_no_verdict_in_another_language():
    with pytest.raises(ValueError, match="no verdict in 'fr'"):
        stress_verdict.verdict("lombardy", "fr")


def test_hardest_is_the_largest_multiple_of_the_median():
    rows = shocks.losses()
    shares = (100 * (rows["direct"] + rows["indirect"]) / rows["total"]).unstack("scenario")
    times = (shares / shares.median()).loc["salzburg"]
    hit = shocks.hardest("salzburg")
    assert hit["scenario"] == times.idxmax() == "tourism-standstill" and hit["times"] == approx(times.max())
    assert hit["place"] == 1 and shocks.hardest("fribourg") is None
