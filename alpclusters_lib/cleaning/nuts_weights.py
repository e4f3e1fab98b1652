"""The processed table of NUTS weights: what each region of one vintage shares with those of another.

Computed from the overlaps of the JRC NUTS converter: mistakes put right, noise removed, shares normalised and every
overlap classified. :mod:`alpclusters_lib.cleaning.vintages` converts with it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

__all__ = ["MEASURES", "TOLERANCE", "coarse_links", "known_codes", "links_between", "named_codes", "nuts_weights"]

# An overlap with at most this share of the people (or the area) of both its regions is noise of the overlay or a
# hamlet that moved, and counts as nothing. In the four files no overlap has between 0.15 and 0.65 % of the people,
# or between 0.41 and 0.79 % of the area, of the region of which it is the larger part.
TOLERANCE = 0.005
HUB = 2016  # the vintage that every file has on one side
MEASURES = ("population_2011", "population_2021", "area")
# The converter makes NUTS 2 codes of 2016 by cutting NUTS 3 codes short: UKN10 to UKN16 lie in UKN0, and there is
# no region UKN1 (GISCO, NUTS 2016).
CUT_SHORT = {"UKN1": "UKN0"}
# Liechtenstein is one region in every vintage; the file from 2016 to 2021 leaves it out.
LEFT_OUT = {(2016, 2021): ("LI00",)}
KEY = ["source", "target", "level"]
FROM, TO = [*KEY, "code_from"], [*KEY, "code_to"]


def _corrected(overlays: pd.DataFrame) -> pd.DataFrame:
    """Put right what the files say wrong; populations that are none become blank."""
    table = overlays[~(overlays["code_from"].str.endswith("ZZ") | overlays["code_to"].str.endswith("ZZ"))]
    table = table.replace({"code_from": CUT_SHORT, "code_to": CUT_SHORT})
    table = table.groupby([*FROM, "code_to"], as_index=False).sum()
    # overseas France: the converter has no population there and repeats the area
    area = table["area_km2"].to_numpy()
    table.loc[np.isclose(table["population_2011"], area, rtol=1e-9, atol=0), ["population_2011"]] = np.nan
    table.loc[np.isclose(table["population_2021"], area, rtol=1e-9, atol=0), ["population_2021"]] = np.nan
    # countries without a census grid of 2021: the converter repeats 2011
    repeats = table["population_2011"] == table["population_2021"]
    repeats = repeats.groupby([table["source"], table["target"], table["level"], table["code_from"].str[:2]])
    table.loc[repeats.transform("all"), "population_2021"] = np.nan
    present = table.groupby(["source", "target"])["code_from"].agg(set)
    added = [
        {"source": source, "target": target, "level": 2, "code_from": code, "code_to": code}
        for (source, target), codes in LEFT_OUT.items()
        for code in codes
        if code not in present.get((source, target), {code})
    ]
    parts = [table, pd.DataFrame(added)] if added else [table]
    return pd.concat(parts).sort_values([*FROM, "code_to"], ignore_index=True)


def _portions(table: pd.DataFrame, amounts: pd.DataFrame, side: list[str]) -> pd.DataFrame:
    return amounts / amounts.groupby([table[c] for c in side]).transform("sum")


def _alone(table: pd.DataFrame, side: list[str]) -> pd.Series:
    return table.groupby(side)["code_from"].transform("size") == 1


def _amounts(table: pd.DataFrame) -> pd.DataFrame:
    """Return what is divided by: a year without a population takes the other's, a pair of its own needs none."""
    amounts = pd.DataFrame(
        {
            "population_2011": table["population_2011"],
            "population_2021": table["population_2021"].fillna(table["population_2011"]),
            "area": table["area_km2"],
        }
    )
    amounts[_alone(table, FROM) & _alone(table, TO)] = 1.0
    for side in (FROM, TO):
        # a blank, or parts that add up to 0, gives no portion
        bad = ~_portions(table, amounts.fillna(-np.inf), side).ge(0)
        if bad.any(axis=None):
            measure = bad.any().idxmax()
            code = table.loc[bad[measure], side[-1]].iloc[0]
            raise ValueError(f"no {measure} for the parts of {code}; a figure above 0 would be right")
    return amounts


def _change(table: pd.DataFrame, kept: pd.Series) -> np.ndarray:
    whole_from, whole_to = (kept.groupby([table[c] for c in side]).transform("sum") == 1 for side in (FROM, TO))
    same = table["code_from"] == table["code_to"]
    cases = [~kept, whole_from & whole_to & same, whole_from & whole_to, whole_from, whole_to]
    return np.select(cases, ["sliver", "same", "recode", "merge", "split"], default="redrawn")


def nuts_weights(overlays: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return the processed table of weights: noise removed, shares that add up to 1, each overlap classified.

    Parameters
    ----------
    overlays
        What :func:`alpclusters_lib.sources.nuts_weights.read_nuts_weights` returns, one table a file.

    Returns
    -------
    DataFrame
        One row an overlap, sorted: vintages, level, codes, ``area_km2`` and populations; ``change_population`` and
        ``change_area`` (``same``; ``recode``: one region, new code; ``merge``: the old one lies wholly in the new
        one, which holds more; ``split``: the new one lies wholly in the old one; ``redrawn``: neither;
        ``sliver``: counts as nothing, see :data:`TOLERANCE`); ``forward_…_share`` of the old region and
        ``backward_…_share`` of the new one, by population of 2011, of 2021 and by area. An overlap that is a
        sliver in people and in area is left out.

    Raises
    ------
    ValueError
        If a region of several parts has no population or area.

    Examples
    --------
    >>> overlay = pd.DataFrame({"source": 2013, "target": 2016, "level": 2, "code_from": "HU10",
    ...     "code_to": ["HU11", "HU12"], "area_km2": [525.0, 6391.0], "population_2011": [1727.0, 1219.0],
    ...     "population_2021": [1682.0, 1332.0]})
    >>> nuts_weights([overlay])[["code_to", "change_area", "forward_population_2011_share"]].round(3).values.tolist()
    [['HU11', 'split', 0.586], ['HU12', 'split', 0.414]]
    """
    table = _corrected(pd.concat(overlays, ignore_index=True))
    amounts = _amounts(table)
    largest = np.maximum(_portions(table, amounts, FROM), _portions(table, amounts, TO))
    for name, measures in (("population", MEASURES[:2]), ("area", MEASURES[2:])):
        kept = largest[list(measures)].max(axis=1) > TOLERANCE
        table[f"change_{name}"] = _change(table, kept)
        amounts.loc[~kept, list(measures)] = 0.0
    for direction, side in (("forward", FROM), ("backward", TO)):
        table = table.join(_portions(table, amounts, side).add_prefix(f"{direction}_").add_suffix("_share"))
    nothing = (table["change_population"] == "sliver") & (table["change_area"] == "sliver")
    return table[~nothing].reset_index(drop=True).astype({"source": "int16", "target": "int16", "level": "int8"})


# --- what it says between any two vintages -----------------------------------------------------------------


def known_codes(weights: pd.DataFrame) -> dict[int, set[str]]:
    """Return the codes of every level by vintage; those of NUTS 0 and 1 are the beginnings of NUTS 2's.

    Examples
    --------
    >>> weights = pd.DataFrame({"source": [2013], "target": 2016, "code_from": "FR42", "code_to": "FRF1"})
    >>> {vintage: sorted(codes) for vintage, codes in known_codes(weights).items()}
    {2013: ['FR', 'FR4', 'FR42'], 2016: ['FR', 'FRF', 'FRF1']}
    """
    known: dict[int, set[str]] = {}
    for side, column in (("source", "code_from"), ("target", "code_to")):
        for vintage, codes in weights.groupby(side)[column].unique().items():
            shorter = {code[:n] for code in codes if len(code) == 4 for n in (2, 3)}
            known.setdefault(int(vintage), set()).update(codes, shorter)
    return known


def named_codes(codes: Iterable[str]) -> str:
    """Return codes as words of a sentence, sorted.

    Examples
    --------
    >>> named_codes(["IE02", "IE01"])
    'IE01 and IE02'
    """
    *first, last = sorted(codes)
    return f"{', '.join(first)} and {last}" if first else last


def _direct(weights: pd.DataFrame, source: int, target: int, level: int, measure: str) -> pd.DataFrame:
    """Return ``origin, region, share, area`` of a pair of vintages that has a file, in either direction."""
    first, last = sorted((source, target))
    rows = weights[(weights["source"] == first) & (weights["target"] == last) & (weights["level"] == level)]
    sides = ("code_from", "code_to") if source < target else ("code_to", "code_from")
    share = rows[f"{'forward' if source < target else 'backward'}_{measure}_share"]
    frame = pd.DataFrame({"origin": rows[sides[0]].astype(str), "region": rows[sides[1]].astype(str), "share": share})
    return frame.assign(area=rows["area_km2"].fillna(0))[share > 0].reset_index(drop=True)


def _unchanged(first: pd.DataFrame, second: pd.DataFrame) -> set[str]:
    """Return the codes that have the same parts of 2016 on both sides, and so are one region with one code."""
    left = first.rename(columns={"origin": "code", "region": "part"})
    right = second.rename(columns={"origin": "part", "region": "code"})
    both = left.merge(right, on=["code", "part"], how="outer").fillna({"area_x": 0, "area_y": 0})
    apart = (both["area_x"] - both["area_y"]).abs().groupby(both["code"]).max()
    same = apart <= TOLERANCE * both.groupby("code")["area_x"].sum()
    return set(same.index[same]) & set(first["origin"]) & set(second["region"])


def _through_hub(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    """Join two steps at 2016; a region that is the same at both ends keeps its own and gives nobody a part.

    Without that, UKM2 of 2010 would lose a part of itself to UKM3 of 2013 where both lie in UKM9 of 2016.
    """
    same = _unchanged(first, second)
    others = second[~second["region"].isin(same)]
    share = others["share"] / others.groupby("origin")["share"].transform("sum")
    others = pd.concat([others.assign(share=share), second[~second["origin"].isin(others["origin"])]])
    steps = first[~first["origin"].isin(same)].merge(
        others.rename(columns={"origin": "part"}), left_on="region", right_on="part"
    )
    steps["share"] = steps["share_x"] * steps["share_y"]
    links = steps.rename(columns={"region_y": "region"}).groupby(["origin", "region"], as_index=False)["share"].sum()
    kept = pd.DataFrame({"origin": sorted(same), "region": sorted(same), "share": 1.0})
    return pd.concat([links, kept], ignore_index=True)


def links_between(weights: pd.DataFrame, *, source: int, target: int, level: int, measure: str) -> pd.DataFrame:
    """Return which share of each region of one vintage lies in which region of another.

    Parameters
    ----------
    weights
        What :func:`nuts_weights` returns.
    source, target, level
        Vintages, in either order, and NUTS level 2 or 3. Vintages without weights of their own are joined at 2016.
    measure
        One of :data:`MEASURES`.

    Returns
    -------
    DataFrame
        ``origin, region, share``; the shares of an origin add up to 1.

    Raises
    ------
    ValueError
        If there are no weights between the two at this level.

    Examples
    --------
    >>> overlay = pd.DataFrame({"source": 2013, "target": 2016, "level": 2, "code_from": "HU10",
    ...     "code_to": ["HU11", "HU12"], "area_km2": [525.0, 6391.0], "population_2011": [1727.0, 1219.0],
    ...     "population_2021": [1682.0, 1332.0]})
    >>> back = links_between(nuts_weights([overlay]), source=2016, target=2013, level=2, measure="area")
    >>> back.values.tolist()
    [['HU11', 'HU10', 1.0], ['HU12', 'HU10', 1.0]]
    """
    of_level = weights[weights["level"] == level]
    pairs = {pair for a, b in zip(of_level["source"], of_level["target"], strict=True) for pair in ((a, b), (b, a))}
    if (source, target) in pairs:
        return _direct(weights, source, target, level, measure)[["origin", "region", "share"]]
    if (source, HUB) in pairs and (HUB, target) in pairs:
        steps = (_direct(weights, *step, level, measure) for step in ((source, HUB), (HUB, target)))
        return _through_hub(*steps)
    known = named_codes(f"{a}-{b}" for a, b in pairs if a < b)
    raise ValueError(f"no weights from NUTS {source} to {target} at level {level}; available: {known}, both ways")


def coarse_links(links: pd.DataFrame, *, level: int, known: dict[int, set[str]], source: int, target: int) -> pd.Series:
    """Return, for the NUTS 0 or 1 regions that have the same area in both vintages, old code to new code.

    Parameters
    ----------
    links
        :func:`links_between` at NUTS 2: a region is the same where all of it goes to one that takes nothing else.
    level
        0 or 1.
    known
        :func:`known_codes`.
    source, target
        The vintages of ``links``.

    Examples
    --------
    >>> links = pd.DataFrame({"origin": ["FR71", "FR72", "FR81"], "region": ["FRK2", "FRK1", "FRJ1"], "share": 1.0})
    >>> known = {2013: {"FR71", "FR72", "FR81"}, 2016: {"FRJ1", "FRJ2", "FRK1", "FRK2"}}
    >>> coarse_links(links, level=1, known=known, source=2013, target=2016).to_dict()
    {'FR7': 'FRK'}
    """
    n = level + 2
    # a region with a part that is in no region of the other vintage (Mayotte before 2013) is not the same
    lost = {code[:n] for code in known[source] - set(links["origin"]) if len(code) == 4}
    gained = {code[:n] for code in known[target] - set(links["region"]) if len(code) == 4}
    pairs = pd.DataFrame({"origin": links["origin"].str[:n], "region": links["region"].str[:n]}).drop_duplicates()
    one = ~pairs.duplicated("origin", keep=False) & ~pairs.duplicated("region", keep=False)
    one &= ~pairs["origin"].isin(lost) & ~pairs["region"].isin(gained)
    return pairs[one].set_index("origin")["region"]
