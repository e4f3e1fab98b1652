"""What the reports say of resistance, recovery and concentration: figures of one series, and words that follow them."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from wording import check_picture, check_table, check_text

from alpclusters_lib import datasets, regions
from alpclusters_lib.reports import downturn, portfolio, resilience
from alpclusters_lib.reports.strategy_regions import strategy_regions

KEYS = list(regions.s3_regions().index)
MEASURED = ["piedmont", "lombardy", "trento", "veneto", "slovenia", "upper-austria", "salzburg"]
TOTAL = "B-N_S95_X_K"


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def total(code, year):
    return datasets.employment(year=year, regions=code, sectors=TOTAL)["value"].item()


# --- figures of one series


def test_countries_without_one_series_are_no_reference():
    aside = downturn.set_aside()
    assert "10.2 % in 2009" in aside["DE"] and "2008" in aside["FR"] and "flagged" in aside["FI"]
    assert {"AT", "IT", "SI"} <= set(downturn.countries()) and not set(aside) & set(downturn.countries())
    with pytest.raises(ValueError, match="DE is no reference"):
        downturn.reference("DE")


def test_turning_points_are_those_of_the_totals():
    for code in ("AT", "IT", "SI"):
        jobs = pd.Series({year: total(code, year) for year in range(2008, 2015)})
        found = downturn.reference(code)
        assert found.turning.trough == jobs.idxmin()
        assert found.upswing == (jobs.idxmin() < 2014)


def test_sections_without_figures_are_left_out_of_the_area_only_where_they_lack():
    areas = downturn.areas()
    assert areas["ITC4"].left_out == ("F",) and areas["ITH3"].left_out == ()
    assert not areas["ITC4"].divisions.index.str.startswith("F").any()
    assert areas["ITH3"].jobs.loc[2008, "value"] == total("ITH3", 2008)
    without = datasets.employment(year=2014, regions="ITC4").set_index("sector")["value"]
    assert areas["ITC4"].jobs.loc[2014, "value"] == pytest.approx(without[TOTAL] - without["F"])


def test_slovenia_stands_as_a_country():
    assert "SI" in downturn.areas() and not {"SI03", "SI04"} & set(downturn.areas())


def test_a_region_whose_jobs_jump_has_no_measure_of_that_phase():
    row = resilience.measures().loc[("ITC2", "EU")]
    assert np.isnan(row["recovery"]) and "2014" in row["why_recovery"] and row["resistance"] > 0


# --- measures


def test_upper_austria_against_austria_from_published_totals():
    row = resilience.measures().loc[("AT31", "AT")]
    own, usual = (total(code, 2009) / total(code, 2008) - 1 for code in ("AT31", "AT"))
    # divisions add up to the totals but for single jobs
    assert row["resistance"] == pytest.approx((own - usual) / abs(usual), abs=1e-4)
    assert row["sensitivity"] == pytest.approx(own / usual, abs=1e-4)
    later, usual_later = (total(code, 2014) / total(code, 2009) - 1 for code in ("AT31", "AT"))
    assert row["recovery"] == pytest.approx((later - usual_later) / abs(usual_later), abs=2e-3)


def test_limits_hold_the_measure():
    rows = resilience.measures().dropna(subset=["resistance"])
    assert (rows["resistance_lower"] <= rows["resistance"] + 1e-9).all()
    assert (rows["resistance"] <= rows["resistance_upper"] + 1e-9).all()
    known = rows.dropna(subset=["recovery"])
    assert ((known["recovery_lower"] <= known["recovery"]) & (known["recovery"] <= known["recovery_upper"])).all()


def test_every_missing_measure_has_its_reason():
    rows = resilience.measures()
    for phase in resilience.PHASES:
        assert (rows[phase].isna() == (rows[f"why_{phase}"] != "")).all()


def test_regions_with_figures_are_measured_and_no_others():
    rows = resilience.measures()["resistance"].dropna().index.get_level_values("area")
    assert {key for key, code in downturn.own_codes().items() if code in rows} == set(MEASURED)


# --- words


@pytest.mark.parametrize("region", KEYS)
def test_every_region_has_its_sentences(region):
    check_text(resilience.sentence(region))
    check_text(portfolio.sentence(region))
    assert ("not measured" in resilience.sentence(region)) == (region not in MEASURED)
    table = resilience.table(region)
    assert table.empty == (region not in MEASURED)
    if len(table):
        check_table(table)
    assert portfolio.table(region).empty == (region == "fribourg")


def test_the_alpine_page_reads():
    for module in (resilience, portfolio):
        check_text(f"{module.headline()}.")
        for line in module.limits():
            check_text(line)
        check_table(module.table())
        check_picture(module.picture())


def test_the_side_that_estimates_leave_open_is_not_told():
    row = pd.Series({"resistance": 0.12, "resistance_lower": -0.34, "resistance_upper": 0.56})
    assert "leave open" in resilience._judged(row, "resistance", ("more", "same", "less"))
    row["resistance_lower"] = 0.1
    assert resilience._judged(row, "resistance", ("more", "same", "less")) == "less"
    assert resilience._value(row, "resistance") == "about +0.12 (+0.10 to +0.56)"


# --- concentration


def test_concentration_is_that_of_the_jobs():
    rows, jobs = portfolio.measures(), strategy_regions().jobs
    shares = jobs.loc["lombardy"] / jobs.loc["lombardy"].sum()
    assert rows.loc["lombardy", "herfindahl"] == pytest.approx((shares**2).sum())
    assert rows.loc["lombardy", "divisions"] == pytest.approx(1 / (shares**2).sum())
    assert rows.loc["EU", ["relative", "relative_after"]].tolist() == [1.0, 1.0]


def test_the_swing_is_the_spread_of_growth_at_common_rates():
    jobs = strategy_regions().jobs.loc["veneto"]
    growth = downturn.reference_series()[list(jobs.index)].pct_change().iloc[1:]
    mixed = growth @ (jobs / jobs.sum())
    assert portfolio.measures().loc["veneto", "swing"] == pytest.approx(mixed.std(ddof=1))


def test_jobs_of_priorities_count_once():
    found = portfolio._by_priority()
    assert (found["covered"] <= 1).all() and (found["effective"] <= found["priorities"] + 1e-9).all()
    assert (found["effective"] >= 1 - 1e-9).all()
