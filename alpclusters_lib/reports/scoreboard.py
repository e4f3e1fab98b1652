"""The scoreboard of the Alpine regions: four pillars on frozen goalposts, ranks with their range, and what moves "
"them."""

from __future__ import annotations

import functools
import warnings

import pandas as pd

from alpclusters_lib import datasets
from alpclusters_lib.figures import delta_bands, loss_bars, style, value_grid
from alpclusters_lib.indicators.composite import rank_uncertainty, sensitivity
from alpclusters_lib.reports import benchmark_evidence as evidence
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.evidence import case_seed
from alpclusters_lib.reports.numbers import count, decimal, percent
from alpclusters_lib.reports.pictures import Picture, panel

__all__ = [
    "SOURCE", "economy_table", "headline", "limits", "pillar_picture", "rank_picture", "ranks", "rci_correlation",
    "rci_sentence", "scoreboard_table", "sensitivity_picture", "shares_of_choices",
]  # fmt: skip

SOURCE = evidence.INDICATOR_SOURCE
NORMALISATIONS = ("minmax", "zscore", "rank")
LAWS = {
    "indicators": {"law": "dirichlet_indicators"},
    "pillars": {"law": "dirichlet_pillars"},
    "pillars, near equal": {"law": "dirichlet_pillars", "concentration": 10.0},
}
MAIN, INNER = "indicators", "pillars, near equal"
LEVEL, DRAWS, RCI_YEAR = 0.90, 9_999, 2016
FACTORS = {
    "weights": "weights of the indicators",
    "normalisation": "scale (min–max, z, rank)",
    "left_out": "leaving an indicator out",
    "aggregation": "mean: arithmetic or geometric",
}
ECONOMY = {
    "gdp_per_inhabitant_eur": "GDP per inhabitant, EUR",
    "disposable_income_per_inhabitant_pps": "disposable income per inhabitant, PPS",
    "gerd_pct": "R&D expenditure, % of GDP",
}


@functools.lru_cache(maxsize=1)
def _complete() -> pd.DataFrame:
    """Return the raw indicators of the Alpine regions that have all of them."""
    return evidence.raw().loc[evidence.alpine()].dropna()


@functools.lru_cache(maxsize=4)
def ranks(law: str = MAIN) -> pd.DataFrame:
    """Return ranks among the Alpine regions with all indicators, and their 90 % range under a law of weights."""
    grouped = None if law == MAIN else evidence.pillars().to_dict()
    return rank_uncertainty(
        _complete(), direction=evidence.direction().to_dict(), normalisations=NORMALISATIONS, level=LEVEL,
        pillars=grouped, draws=DRAWS, rng=case_seed("scoreboard"), **LAWS[law],
    )  # fmt: skip


def _width(law: str) -> float:
    found = ranks(law)
    return float((found["rank_upper"] - found["rank_lower"] + 1).median())


@functools.lru_cache(maxsize=1)
def shares_of_choices() -> pd.DataFrame:
    """Return how much of the movement of ranks each choice accounts for (Sobol), with the mean shift in places."""
    return sensitivity(
        _complete(), direction=evidence.direction().to_dict(), normalisations=NORMALISATIONS, draws=512,
        rng=case_seed("scoreboard"),
    )  # fmt: skip


@functools.lru_cache(maxsize=1)
def rci_correlation() -> tuple[float, int]:
    """Return the rank correlation of the score with the RCI over the EU's regions, and their number.

    A unit that the RCI merges (a capital with its surroundings) counts once, with the mean score of its parts.
    """
    index = datasets.competitiveness(year=RCI_YEAR, level=2).set_index("region")
    merged = index["flag"].where(index["status"] == "estimated", "")
    unit = pd.Series([flag or code for code, flag in merged.items()], index.index)
    both = pd.DataFrame({"unit": unit, "index": index["value"], "score": evidence.scores()["score"]}).dropna()
    means = both.groupby("unit")[["index", "score"]].mean()
    return float(means["index"].corr(means["score"], method="spearman")), len(means)


def rci_sentence() -> str:
    """Return how the score goes along with the Regional Competitiveness Index."""
    value, number = rci_correlation()
    return (
        f"Over {number} EU regions the score orders much as the Regional Competitiveness Index of {RCI_YEAR} does "
        f"(rank correlation {decimal(value)}), which was made from other figures and other weights."
    )


def _scored() -> pd.DataFrame:
    found = evidence.scores().loc[evidence.alpine()]
    return found[found["scored"]].sort_values("score", ascending=False, kind="stable")


def headline() -> str:
    """Return who leads and how wide ranks are, without a full stop."""
    found = _scored()
    first = listed([evidence.name_of_code(code) for code in found.index[:3]])
    return (
        f"{first} have the highest scores of {len(found)} Alpine regions; a rank is good to about "
        f"{decimal(_width(MAIN), 0)} places where all weights of the indicators are allowed"
    )


def law_sentence() -> str:
    """Return how wide the ranges of ranks are under each law of weights."""
    return (
        f"The 90 % range of a rank holds {decimal(_width('indicators'), 0)} places (median of {len(_complete())} "
        f"regions) where every set of weights of the {_complete().shape[1]} indicators is as likely as any other, "
        f"{decimal(_width('pillars'), 0)} where only weights of the pillars vary so, and "
        f"{decimal(_width('pillars, near equal'), 0)} where these stay near equal (Dirichlet laws, concentration 1, "
        "1 and 10; three scales each). The law is a choice that the data do not make."
    )


def pillar_picture() -> Picture:
    """Draw the pillar scores and the score of every Alpine region."""
    found = _scored()
    data = found[[*evidence.pillars().unique(), "score"]]
    drawn = data.set_axis([str(name).capitalize() for name in data], axis=1)
    drawn.index = [evidence.name_of_code(code) for code in data.index]
    with style.style():
        figure, ax = panel(6.0, 0.27 * len(drawn))
        value_grid.value_grid(
            drawn, ax=ax, limits=(0, 100), decimals=0, title="Pillars and score, 0 the EU's lowest, 100 its highest",
            source=SOURCE,
        )  # fmt: skip
    top, low = drawn.index[0], drawn.index[-1]
    alt = (
        f"Grid of four pillar scores and the score of {len(drawn)} Alpine regions, from {top} "
        f"({decimal(drawn['Score'].iloc[0], 0)}) to {low} ({decimal(drawn['Score'].iloc[-1], 0)})."
    )
    caption = (
        f"Score: mean of the pillars. {_lacking()} Goalposts are the lowest and highest of the EU's NUTS 2 regions, "
        "so no Alpine region moves another's score."
    )
    return Picture(figure, "scoreboard", data, alt, caption)


def _lacking() -> str:
    """Return which regions lack indicators."""
    found, whole = evidence.scores().loc[evidence.alpine()], len(evidence.core())
    told = [
        f"{evidence.name_of_code(code)} has {row['indicators']:.0f} of {whole} indicators and is "
        f"{'scored on these' if row['scored'] else 'listed, not scored'}"
        for code, row in found[found["indicators"] < whole].iterrows()
    ]
    return f"{'; '.join(told)}." if told else ""


def rank_picture() -> Picture:
    """Draw the rank of every Alpine region with its range under two laws of weights."""
    inner, outer = ranks(INNER), ranks(MAIN)
    data = pd.DataFrame({
        "estimate": outer["rank"], "lower": inner["rank_lower"], "upper": inner["rank_upper"],
        "outer_lower": outer["rank_lower"], "outer_upper": outer["rank_upper"],
    }).sort_values("estimate", kind="stable")  # fmt: skip
    names = pd.Series({code: evidence.name_of_code(code) for code in data.index})
    with style.style():
        figure, ax = panel(6.4, 0.25 * len(data))
        delta_bands.delta_bands(
            data, ax=ax, names=names, dot="equal weights of indicators", band="weights of pillars near equal",
            outer="any weights of indicators", x_label="Rank (1 is the highest score)",
            title=f"A rank is good to {decimal(_width(MAIN), 0)} places, or to {decimal(_width(INNER), 0)}",
            source=SOURCE,
        )  # fmt: skip
    wide = (data["outer_upper"] - data["outer_lower"]).idxmax()
    alt = (
        f"Ranks of {len(data)} Alpine regions with ranges. {names.iloc[0]} is first "
        f"({data['outer_lower'].iloc[0]:.0f} to "
        f"{data['outer_upper'].iloc[0]:.0f}); the widest range is that of {names[wide]} "
        f"({data.loc[wide, 'outer_lower']:.0f} to {data.loc[wide, 'outer_upper']:.0f})."
    )
    caption = (
        "90 % of the draws of weights and of three scales. Dark: Dirichlet on the pillars, concentration 10. Light: "
        "Dirichlet on the indicators, concentration 1. Regions without all indicators are not ranked."
    )
    return Picture(figure, "ranks", data.assign(name=names), alt, caption)


def sensitivity_picture() -> Picture:
    """Draw how much of the movement of ranks each choice accounts for."""
    found = shares_of_choices()
    data = pd.DataFrame({
        "direct": 100 * found["first_order"].clip(lower=0),
        "indirect": 100 * (found["total"] - found["first_order"]).clip(lower=0),
    })  # fmt: skip
    data = data.assign(lower=float("nan"), upper=float("nan")).sort_values("direct", ascending=False)
    drawn = data.rename(index=FACTORS)
    shift = found["mean_rank_shift"].iloc[0]
    with style.style():
        figure, ax = panel(6.6, 1.9)
        loss_bars.loss_bars(
            drawn, ax=ax, direct="by itself", indirect="together with others", whisker="",
            x_label="Per cent of the variance of the mean shift of ranks", source=SOURCE,
            title=f"{_sentence_case(drawn.index[0])} move ranks most",
        )  # fmt: skip
    told = "; ".join(f"{name} {percent(row['direct'], 0)}" for name, row in drawn.iterrows())
    alt = f"Bars of the share of the movement of ranks that each choice accounts for by itself: {told}."
    caption = (
        f"Sobol indices, first order and total. On average over all choices a region moves {decimal(shift, 1)} places. "
        "Weights: Dirichlet on the indicators, concentration 1."
    )
    return Picture(figure, "rank-sensitivity", data.drop(columns=["lower", "upper"]), alt, caption)


def _sentence_case(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


def scoreboard_table() -> pd.DataFrame:
    """Return scores, ranks and ranges of every Alpine region, the unranked ones last."""
    found, placed = evidence.scores().loc[evidence.alpine()], ranks(MAIN)
    found = found.sort_values("score", ascending=False, kind="stable", na_position="last")
    rows = []
    for code, row in found.iterrows():
        rank = placed.loc[code] if code in placed.index and pd.notna(placed.loc[code, "rank"]) else None
        rows.append({
            "region": evidence.name_of_code(code),
            **{str(name): _score(row[name]) for name in evidence.pillars().unique()},
            "score": _score(row["score"]),
            "rank, indicators equal": "not ranked" if rank is None else f"{rank['rank']:.0f}",
            "90 % range": "" if rank is None else f"{rank['rank_lower']:.0f} to {rank['rank_upper']:.0f}",
            "indicators": f"{row['indicators']:.0f} of {len(evidence.core())}",
        })  # fmt: skip
    return pd.DataFrame(rows)


def _score(value: float) -> str:
    return "no figure" if pd.isna(value) else decimal(value, 0)


def economy_table() -> pd.DataFrame:
    """Return the economy of the Alpine regions, beside the scoreboard and not in it."""
    rows = datasets.innovation(indicator=list(ECONOMY), year=evidence.YEAR, nearest=evidence.WITHIN)
    rows = rows.assign(region=rows["region"].astype(str), indicator=rows["indicator"].astype(str))
    wide = rows.pivot(index="region", columns="indicator", values="value").reindex(evidence.alpine())
    wide = wide.sort_values("gdp_per_inhabitant_eur", ascending=False, kind="stable")
    shown = {"gerd_pct": lambda value: decimal(value, 1)}
    table = pd.DataFrame({
        label: [_no_figure(value) or shown.get(key, count)(value) for value in wide[key]]
        for key, label in ECONOMY.items()
    })  # fmt: skip
    table.insert(0, "region", [evidence.name_of_code(code) for code in wide.index])
    return table


def _no_figure(value: float) -> str:
    return "no figure" if pd.isna(value) else ""


def limits() -> list[str]:
    """Return what the scoreboard cannot tell."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        known = economy_table()
    blank = int((known == "no figure").any(axis=1).sum())
    return [
        f"{_lacking()} Figures are of {evidence.YEAR} or at most {evidence.WITHIN} years away (patents 2008 to 2012).",
        "A score says how a region stands in 13 figures, not how good its strategy is; weights are equal by pillar for "
        "want of a better reason.",
        f"The economy stands beside the scoreboard: {blank} of {len(known)} regions lack a figure of it, the Swiss "
        "ones and Liechtenstein among them.",
        "Ranks are among the Alpine regions with all indicators; scales are taken over these regions, goalposts of the "
        "score over the EU.",
    ]
