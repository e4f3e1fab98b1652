r"""From one NUTS vintage to another: 2010, 2013, 2016 and 2021, by population or by area.

.. math:: y_b = \sum_a w_{ab}\, y_a, \qquad w_{ab} = \frac{p_{a \cap b}}{\sum_c p_{a \cap c}}

where :math:`p_{a \cap b}` is the population (or area) of the overlap of old region a and new region b. Each old
region's shares add up to 1, so totals stay what they were. Pairs without weights of their own go through 2016.

A converted figure keeps its status where old regions lie wholly in the new one; what is divided is ``estimated``.
Published figures of 2014 for the regions that came of a division say what that is worth: residents come out within
3 %, GDP up to 94 % off, because jobs and output stand in the capital and people live around it. SI01/SI02 and
SI03/SI04 are divided regions too: reports never splice them and use SI instead.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from alpclusters_lib.cleaning.nuts_weights import coarse_links, known_codes, links_between, named_codes
from alpclusters_lib.cleaning.status import STATUSES, worst_status

__all__ = ["convert", "convert_ratio", "possible_vintages"]

WHOLE = 1 - 1e-9
FIGURE = ("region", "value", "status", "flag")
WITH_VALUE = STATUSES[: STATUSES.index("confidential")]
# Plain words, and Eurostat's unit codes: PC_ACT, RT, I2015_SCA, PCH_M12, EUR_HAB, PER_KM2 (PER alone is persons).
RATIO_UNIT = r"(?i:\bper \w|%|_pct\b|\bshare\b)|^(?:PC|RT|I\d{2,4})(?:_|$)|PCH|HAB\b|PER_KM2"


# --- which vintage a code belongs to ----------------------------------------------------------------------


def _vintages_by_code(codes: Iterable[str], weights: pd.DataFrame) -> dict[str, tuple[int, ...]]:
    known = known_codes(weights)
    return {code: tuple(v for v in sorted(known) if code in known[v]) for code in sorted(set(codes))}


def _listed(held: dict[str, tuple[int, ...]]) -> str:
    groups = {vintages: [code for code in held if held[code] == vintages] for vintages in sorted(set(held.values()))}
    return "; ".join(f"{named_codes(codes)} ({', '.join(map(str, v))})" for v, codes in groups.items())


def _no_vintage(held: dict[str, tuple[int, ...]]) -> str | None:
    """Return the sentence for codes that no vintage holds, or that no one vintage holds together."""
    nowhere = [code for code, vintages in held.items() if not vintages]
    if nowhere:
        verb = "is" if len(nowhere) == 1 else "are"
        return f"{named_codes(nowhere)} {verb} in no NUTS vintage from 2010 to 2021; leave out such rows or recode them"
    if set.intersection(*map(set, held.values())):
        return None
    groups = set(held.values())
    apart = {code: v for code, v in held.items() if any(set(v).isdisjoint(other) for other in groups)}
    return f"codes of several NUTS vintages: {_listed(apart or held)}; one vintage a table would be right"


def possible_vintages(codes: Iterable[str], weights: pd.DataFrame) -> tuple[int, ...]:
    """Return every NUTS vintage, 2010 to 2021, whose regions include all the codes.

    :func:`alpclusters_lib.regions.vintage_of` gives the one latest vintage to 2016 from the curated recodes; this
    one looks codes up in the weights. NUTS 3 codes are known for 2013 and 2016.

    Raises
    ------
    ValueError
        If a code is unknown or no vintage holds them all; the sentence names the codes.

    Examples
    --------
    >>> from alpclusters_lib.cleaning.nuts_weights import nuts_weights
    >>> overlay = pd.DataFrame({"source": 2013, "target": 2016, "level": 2, "code_from": ["ITC4", "FR42"],
    ...     "code_to": ["ITC4", "FRF1"], "area_km2": 1.0, "population_2011": 5.0, "population_2021": 6.0})
    >>> possible_vintages(["ITC4"], nuts_weights([overlay])), possible_vintages(["FR4"], nuts_weights([overlay]))
    ((2013, 2016), (2013,))
    """
    held = _vintages_by_code(codes, weights)
    if not held:
        raise ValueError("no codes given; at least one NUTS code would be right")
    fault = _no_vintage(held)
    if fault:
        raise ValueError(fault)
    return tuple(sorted(set.intersection(*map(set, held.values()))))


# --- conversion -------------------------------------------------------------------------------------------


def _keys(table: pd.DataFrame) -> list[str]:
    return [column for column in table.columns if column not in FIGURE]


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with text columns for region, status and flag, after checking that it can be converted."""
    absent = [column for column in FIGURE[:3] if column not in table.columns]
    if absent:
        raise ValueError(f"the table has no column {', '.join(absent)}; region, value and status would be right")
    if table["region"].isna().any():
        raise ValueError("the table has rows without a region; a NUTS code in every row would be right")
    flag = table["flag"].astype(object).fillna("") if "flag" in table.columns else pd.Series("", index=table.index)
    table = table.assign(flag=flag.astype(str), value=table["value"].astype("float64"))
    table = table.astype({"region": str, "status": str}).reset_index(drop=True)
    worst_status(table["status"].unique())  # an unknown word is its sentence
    key = ["region", *_keys(table)]
    at_odds = table["value"].notna() != table["status"].isin(WITH_VALUE)
    if at_odds.any():
        row = table[at_odds].iloc[0]
        raise ValueError(f"{', '.join(map(str, row[key]))} has the value {row['value']} but is {row['status']}")
    doubled = table[table.duplicated(key)]
    if len(doubled):
        raise ValueError(f"{', '.join(map(str, doubled.iloc[0][key]))} stands twice; each cell may stand once")
    return table


def _check_kind(table: pd.DataFrame, kind: str, by: str) -> None:
    unit = table["unit"].astype(str) if "unit" in table.columns else pd.Series(dtype=str)
    ratios = unit[unit.str.contains(RATIO_UNIT)]
    if kind == "ratio" or len(ratios):
        what = f"a ratio ({ratios.iloc[0]})" if len(ratios) else "a ratio"
        raise ValueError(
            f"{what} cannot be converted between NUTS vintages: convert numerator and denominator and recompute the "
            "ratio, as convert_ratio does"
        )
    if kind not in ("count", "area"):
        raise ValueError(f"unknown kind {kind!r}; count, area or ratio would be right")
    if kind == "area" and by != "area":
        raise ValueError(f"areas are converted by area, not by {by}; by='area' would be right")


def _measure(by: str, census: int) -> str:
    if by not in ("population", "area"):
        raise ValueError(f"unknown weight {by!r}; population or area would be right")
    if census not in (2011, 2021):
        raise ValueError(f"no population grid of {census}; 2011 or 2021 would be right")
    return f"population_{census}" if by == "population" else "area"


def _check_codes(codes: set[str], weights: pd.DataFrame, source: int) -> None:
    held = _vintages_by_code(codes, weights)
    wrong = {code: vintages for code, vintages in held.items() if source not in vintages}
    if not wrong:
        return
    fault = _no_vintage(held)
    if fault:
        raise ValueError(fault)
    raise ValueError(f"codes of another NUTS vintage: {_listed(wrong)}; the table was said to be {source}")


def _all_links(codes: set[str], weights: pd.DataFrame, *, source: int, target: int, measure: str) -> pd.DataFrame:
    """Return ``origin, region, share`` for the codes of a table, whatever their levels, after checking them."""
    levels = {len(code) - 2 for code in codes}
    options = {"source": source, "target": target}
    by_level = {
        level: links_between(weights, level=level, measure=measure, **options)
        for level in {min(max(level, 2), 3) for level in levels}
    }
    _check_codes(codes, weights, source)
    parts = [links for level, links in by_level.items() if level in levels]
    for level in levels & {0, 1}:
        same = coarse_links(by_level[2], level=level, known=known_codes(weights), **options)
        changed = sorted(code for code in codes if len(code) == level + 2 and code not in same.index)
        if changed:
            raise ValueError(
                f"no region of NUTS {target} has the area of {named_codes(changed)} (NUTS {level} of {source}); leave "
                "out such rows, convert the NUTS 2 regions and add them up"
            )
        parts.append(pd.DataFrame({"origin": same.index, "region": same.to_numpy(), "share": 1.0}))
    links = pd.concat(parts, ignore_index=True)
    lost = codes - set(links["origin"])
    if lost:
        raise ValueError(f"NUTS {target} has no region where {named_codes(lost)} of {source} lies; leave out such rows")
    return links


def _joined(texts: pd.Series, word: str = "; ") -> str:
    return word.join(dict.fromkeys(text for text in texts if text))


def _parts(table: pd.DataFrame, links: pd.DataFrame, cell: pd.Series) -> pd.DataFrame:
    """Return every part of every region in every cell of the table, those included that the table lacks."""
    figures = table[["region", "value", "status", "flag"]].rename(columns={"region": "origin"}).assign(cell=cell)
    wanted = links.merge(figures[["origin", "cell"]], on="origin")[["region", "cell"]].drop_duplicates()
    parts = wanted.merge(links.sort_values("origin"), on="region").merge(figures, on=["origin", "cell"], how="left")
    return parts.fillna({"status": "missing", "flag": ""})


def _combined(table: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Add up the parts of regions that have several, or that are parts; an absent part makes the sum missing."""
    keys = _keys(table)
    cell = table.groupby(keys, dropna=False, observed=True).ngroup() if keys else pd.Series(0, index=table.index)
    parts = _parts(table, links, cell)
    divided = parts["share"] < WHOLE
    rank = parts["status"].map(STATUSES.index).astype(int)
    parts["value"] *= parts["share"]
    parts["rank"] = rank.where(~divided, np.maximum(rank, STATUSES.index("estimated")))
    parts["divided"] = parts["origin"].where(divided, "")
    parts["silent"] = parts["origin"].where(~parts["status"].isin(WITH_VALUE), "")
    by_cell = parts.groupby(["region", "cell"])
    result = by_cell.agg(value=("value", "sum"), rank=("rank", "max"), size=("rank", "size"), flag=("flag", _joined))
    split, silent = (by_cell[column].agg(lambda names: _joined(names, " and ")) for column in ("divided", "silent"))
    notes = [
        result["flag"],
        ("split of " + split).where(split != "", ""),
        ("no figure for " + silent).where((silent != "") & (result["size"] > 1), ""),
    ]
    result["flag"] = [_joined(texts) for texts in zip(*notes, strict=True)]
    result["status"] = [STATUSES[place] for place in result["rank"]]
    result["value"] = result["value"].where(result["status"].isin(WITH_VALUE))
    result = result.reset_index()
    of_cell = table.loc[~cell.duplicated(), keys].set_axis(cell.drop_duplicates(), axis=0)
    return pd.concat([result[[*FIGURE]], of_cell.loc[result["cell"]].reset_index(drop=True)], axis=1)


def convert(
    table: pd.DataFrame,
    weights: pd.DataFrame,
    *,
    source: int,
    target: int,
    by: str = "population",
    kind: str = "count",
    census: int = 2011,
) -> pd.DataFrame:
    """Return the figures of one NUTS vintage by the regions of another.

    Parameters
    ----------
    table
        Long: ``region, value, status`` and ``flag`` where there is one; all other columns are keys. NUTS 2 and 3
        are converted. A row of NUTS 0 or 1 is handed on where a region of the target has the same area (DE2; FR7
        becomes FRK), else it is refused. Extra-regio rows (``…ZZ``) are to be left out.
    weights
        :func:`alpclusters_lib.datasets.nuts_weights`.
    source, target
        Vintages: 2010, 2013, 2016 or 2021; NUTS 3 between 2013 and 2016 only.
    by, census
        What an old region is divided by: ``population`` of the grid of 2011 or 2021, or ``area``.
    kind
        ``count`` (people, jobs, firms, money), ``area``; a ``ratio`` is refused.

    Returns
    -------
    DataFrame
        The columns of ``table`` and ``flag``, sorted by region and keys. Status: the worst of the parts', and
        ``estimated`` where a part is a divided region; the flag then says ``split of HU10``. A part that is
        hidden, missing or absent from the table makes the sum so, never smaller: ``no figure for NO02``.

    Raises
    ------
    ValueError
        If codes are of another vintage, of several or unknown, a NUTS 0 or 1 region changed, the figures are
        ratios, a cell stands twice, or there are no weights; the sentence names the codes.

    Examples
    --------
    >>> overlay = pd.DataFrame({"source": 2013, "target": 2016, "level": 2, "code_from": "HU10",
    ...     "code_to": ["HU11", "HU12"], "area_km2": [525.0, 6391.0], "population_2011": [1727.0, 1219.0],
    ...     "population_2021": [1682.0, 1332.0]})
    >>> from alpclusters_lib.cleaning.nuts_weights import nuts_weights
    >>> jobs = pd.DataFrame({"region": ["HU10"], "year": [2014], "value": [1000.0], "status": ["observed"]})
    >>> convert(jobs, nuts_weights([overlay]), source=2013, target=2016).round(1).values.tolist()
    [['HU11', 2014, 586.2, 'estimated', 'split of HU10'], ['HU12', 2014, 413.8, 'estimated', 'split of HU10']]
    """
    measure = _measure(by, census)
    _check_kind(table, kind, by)
    known = known_codes(weights)
    for vintage in (source, target):
        if vintage not in known:
            raise ValueError(f"no weights for NUTS {vintage}; available: {', '.join(map(str, sorted(known)))}")
    columns = list(dict.fromkeys([*table.columns, "flag"]))
    table = _checked(table)
    codes = set(table["region"])
    order = ["region", *_keys(table)]
    if source == target or table.empty:
        _check_codes(codes, weights, source)
        return table.sort_values(order, ignore_index=True)[columns]
    links = _all_links(codes, weights, source=source, target=target, measure=measure)
    simple = ~links.duplicated("region", keep=False) & (links["share"] >= WHOLE)
    renamed = links[simple].set_index("origin")["region"]
    kept = table["region"].isin(renamed.index)
    parts = [table[kept]]
    parts[0] = parts[0].assign(region=parts[0]["region"].map(renamed))
    if not kept.all():
        parts.append(_combined(table[~kept], links[~simple]))
    return pd.concat([part[columns] for part in parts]).sort_values(order, ignore_index=True)


def convert_ratio(
    numerator: pd.DataFrame,
    denominator: pd.DataFrame,
    weights: pd.DataFrame,
    *,
    source: int,
    target: int,
    by: str = "population",
    denominator_by: str | None = None,
    census: int = 2011,
    per: float = 1.0,
) -> pd.DataFrame:
    """Return a ratio by the regions of another NUTS vintage: both parts converted, then divided.

    Parameters
    ----------
    numerator, denominator
        Long tables as for :func:`convert`. The denominator may have fewer keys (residents by year under jobs by
        sector and year); a column ``unit`` is left out.
    by, denominator_by
        What regions are divided by in the numerator and in the denominator (as the numerator where omitted):
        ``area`` for a denominator in km².
    per
        The ratio is times this: 1 for a share or a figure per head, 100 for per cent.

    A region that is divided by the same weight above and below hands its ratio on to all its parts: nothing is
    learnt about their differences, and their status is ``estimated``.

    Returns
    -------
    DataFrame
        ``region``, the numerator's keys, ``value, status, flag``; status is the worst of both. Where the
        denominator is 0 or absent the ratio is missing, and the flag says so.

    Examples
    --------
    >>> overlay = pd.DataFrame({"source": 2016, "target": 2021, "level": 2, "code_from": ["NO01", "NO03"],
    ...     "code_to": "NO08", "area_km2": [5.0, 19.0], "population_2011": 900.0, "population_2021": 950.0})
    >>> from alpclusters_lib.cleaning.nuts_weights import nuts_weights
    >>> jobs = pd.DataFrame({"region": ["NO01", "NO03"], "value": [30.0, 10.0], "status": "observed"})
    >>> convert_ratio(jobs, jobs.assign(value=[50.0, 50.0]), nuts_weights([overlay]), source=2016, target=2021,
    ...     per=100).values.tolist()
    [['NO08', 40.0, 'observed', '']]
    """
    options = {"weights": weights, "source": source, "target": target, "census": census}
    above = convert(numerator, by=by, **options).drop(columns="unit", errors="ignore")
    below = convert(denominator, by=denominator_by or by, **options).drop(columns="unit", errors="ignore")
    keys, shared = ["region", *_keys(above)], ["region", *_keys(below)]
    extra = [key for key in shared if key not in keys]
    if extra or below.duplicated(shared).any():
        raise ValueError(
            f"the denominator's keys are {', '.join(shared)}; one row for each {', '.join(keys)} would be right"
        )
    both = above.merge(below, on=shared, how="left", suffixes=("", "_below"))
    absent, zero = both["status_below"].isna(), both["value_below"] == 0
    both["status_below"] = both["status_below"].fillna("missing").mask(zero, "missing")
    note = np.select([absent, zero], ["no denominator", "denominator 0"], "")
    both["value"] = (both["value"] / both["value_below"].mask(zero) * per).where(both["value_below"].notna())
    both["status"] = [worst_status(pair) for pair in zip(both["status"], both["status_below"], strict=True)]
    texts = zip(both["flag"], both["flag_below"].fillna(""), note, strict=True)
    both["flag"] = [_joined(text) for text in texts]
    return both[[*keys, "value", "status", "flag"]]
