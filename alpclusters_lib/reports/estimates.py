"""How hidden cells are estimated and how far that can be trusted: the test on masked cells, told and drawn."""

from __future__ import annotations

import pandas as pd

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.cleaning.masking import METHODS
from alpclusters_lib.figures import style
from alpclusters_lib.figures.scores import method_dots
from alpclusters_lib.reports.numbers import count, decimal, percent
from alpclusters_lib.reports.pictures import SOURCE, Picture, panel

__all__ = ["estimates_sentence", "test_picture", "test_sentence", "test_table", "unused_sums_table"]


def estimates_sentence(perimeter: str = "alpine_space_2014", year: int = 2014) -> str:
    """Return how many cells of a perimeter are estimated, how many are withheld, and what part of all jobs that is."""
    codes = [code for code in regions.perimeter(perimeter) if code[:2] not in ("CH", "LI")]
    table = datasets.employment(year=year, regions=codes, sectors=sectors.divisions())
    counts = table["status"].value_counts()
    estimated, withheld = int(counts.get("estimated", 0)), int(counts.get("confidential", 0))
    jobs = table.loc[table["status"] == "estimated", "value"].sum() / table["value"].sum()
    return (
        f"{count(estimated)} of {count(len(table))} cells are estimated ({percent(estimated / len(table) * 100)}; "
        f"{percent(jobs * 100)} of the jobs), each between limits that follow from published sums. {count(withheld)} "
        "are withheld: published sums leave them so little room that an estimate would be the hidden figure. They "
        "count in clusters and totals with a rounded figure."
    )


def _score(column: str, method: str, decimals: int = 1) -> str:
    """Return a score of a method in the EU and in the Alpine Space, joined by "and"."""
    table = datasets.suppression_test().set_index(["method", "area"])[column]
    return " and ".join(percent(table[method, area] * 100, decimals) for area in ("EU", "Alpine Space"))


def test_sentence() -> str:
    """Return what the test on masked cells found, and what it does not tell."""
    europe = datasets.suppression_test().set_index(["method", "area"]).loc[("estimate", "EU")]
    outside = int(europe["outside_limits"])
    limits = {0: "No true figure lies", 1: "One true figure lies"}.get(outside, f"{count(outside)} true figures lie")
    return (
        f"Tested on {count(europe['cells'])} published cells, masked in {count(europe['draws'])} draws. In the EU and "
        f"in the Alpine Space the estimates miss {_score('wape', 'estimate')} of the masked jobs; plain proportional "
        f"fitting misses {_score('wape', 'proportional')}. The quotient falls on the right side of 1 in "
        f"{_score('quotient_side_right', 'estimate', 0)} of the cells; with zeros in their place it does in "
        f"{_score('quotient_side_right', 'zero', 0)}. {limits} outside its limits. Real gaps are harder than masked "
        "ones: what is hidden is more often a single large firm, and often hidden in every year. Where no other year "
        f"is known the estimates miss {_score('wape', 'estimate_without_years')}. Certain are the limits, not the "
        "estimates."
    )


def test_table() -> pd.DataFrame:
    """Return the scores of every way of filling as text, EU and Alpine Space."""
    table = datasets.suppression_test()
    scores = pd.DataFrame({
        "area": table["area"],
        "way of filling": table["method"].map(METHODS),
        "error (share of jobs)": table["wape"].map(lambda v: percent(v * 100)),
        "worst draw": table["wape_worst"].map(lambda v: percent(v * 100)),
        "within a factor of 2": table["within_factor_two"].map(lambda v: percent(v * 100, 0)),
        "quotient on the right side of 1": table["quotient_side_right"].map(lambda v: percent(v * 100, 0)),
        "truth outside limits": table["outside_limits"].map(count),
        "median width of limits": table["median_width"].map(lambda v: f"{decimal(v, 1)} × truth"),
    })  # fmt: skip
    # limits are the estimate's own; the other ways have none
    scores.loc[table["outside_limits"].isna(), ["truth outside limits", "median width of limits"]] = "–"
    return scores


def test_picture() -> Picture:
    """Show the error of each way of filling, EU and Alpine Space."""
    table = datasets.suppression_test()
    data = table.pivot(index="method", columns="area", values="wape").reindex(list(METHODS)) * 100
    data = data[["EU", "Alpine Space"]]
    own, plain = data.loc["estimate", "EU"], data.loc["proportional", "EU"]
    with style.style():
        figure, ax = panel(7.6, 2.9)
        method_dots(
            data.rename(index=METHODS), ax=ax, highlight=METHODS["estimate"],
            title=f"EU: the estimates miss {percent(own)} of masked jobs, plain proportional fitting {percent(plain)}",
            x_label="Absolute error, per cent of masked jobs", source=f"{SOURCE} Masked cells of 2014.",
        )  # fmt: skip
    alt = "Error on masked cells by way of filling: " + "; ".join(
        f"{METHODS[method]} {percent(row['EU'])} in the EU, {percent(row['Alpine Space'])} in the Alpine Space"
        for method, row in data.iterrows()
    )
    caption = (
        "All ways are scored on the same masked cells; beside the dots EU · Alpine Space. Zero fill misses all of them "
        "by construction."
    )
    return Picture(figure, "estimates-test", data, f"{alt}.", caption)


def unused_sums_table(year: int = 2014) -> pd.DataFrame:
    """Return which published sums of a year contradict others and are not used."""
    table = datasets.unused_sums()
    return table.loc[table["year"] == year, ["reason"]].rename(columns={"reason": f"not used in {year}"})
