"""The Regional Competitiveness Index by NUTS 2 region, editions of 2010, 2013, 2016 and 2019."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

__all__ = ["MERGED", "competitiveness_index"]

# Units of the index that are no NUTS 2016 region, their parts, and words for the flag. The parts are exactly the
# regions of NUTS 2016 that have no row of their own in the file.
MERGED = {
    "AT00": (("AT12", "AT13"), "Vienna and Lower Austria"),
    "BE00": (("BE10", "BE24", "BE31"), "Brussels and both Brabants"),
    "CZ00": (("CZ01", "CZ02"), "Prague and Central Bohemia"),
    "DE00": (("DE30", "DE40"), "Berlin and Brandenburg"),
    "HU10": (("HU11", "HU12"), "Budapest and Pest"),
    "NL00": (("NL23", "NL32"), "Flevoland and North Holland"),
    "PL90": (("PL91", "PL92"), "Warsaw and the rest of Masovia"),
    "UK00": (("UKH2", "UKH3", "UKI3", "UKI4", "UKI5", "UKI6", "UKI7"), "London and its commuting area"),
}


def competitiveness_index(published: pd.DataFrame, *, also: Collection[str] = ()) -> pd.DataFrame:
    """Return the index by region and year.

    A unit that the index merges is given to each of its parts: the index of Vienna and Lower Austria together stands
    for both, ``estimated`` for each alone, and the flag says so.

    Parameters
    ----------
    published
        What :func:`alpclusters_lib.sources.competitiveness.read_competitiveness` returns.
    also
        Regions that appear in every year, ``missing`` where the index leaves them out (Switzerland, Liechtenstein).

    Returns
    -------
    DataFrame
        ``region, year, value, status, flag``; the value is a z-score.

    Raises
    ------
    ValueError
        If a merged unit is unknown here, or has a part that has a row of its own.
    """
    kinds = published["merged"].str.fullmatch(r"[A-Z]{2}\d{2}")
    unknown = sorted(set(published.loc[kinds, "geo"]) - set(MERGED))
    if unknown:
        raise ValueError(
            f"the index merges regions as {unknown[0]}, whose parts are not known here: {', '.join(MERGED)}"
        )
    own = set(published["geo"])
    doubled = [(unit, part) for unit, (parts, _) in MERGED.items() for part in parts if unit in own and part in own]
    if doubled:
        raise ValueError(f"the index has a row for {doubled[0][1]} and for {doubled[0][0]}, of which it is a part")
    frame = published.rename(columns={"geo": "region"})[["region", "year", "value"]]
    alone = frame[~frame["region"].isin(list(MERGED))].assign(status="observed", flag="")
    parts = [
        frame[frame["region"] == unit].assign(region=part, status="estimated", flag=f"{unit}: {words} together")
        for unit, (codes, words) in MERGED.items()
        for part in codes
    ]
    table = pd.concat([alone, *parts], ignore_index=True)
    regions = sorted(set(table["region"]) | set(also))
    grid = pd.MultiIndex.from_product([regions, sorted(table["year"].unique())], names=["region", "year"])
    table = table.set_index(["region", "year"]).reindex(grid).reset_index()
    table["status"] = np.where(table["value"].notna(), table["status"], "missing")
    return table.fillna({"flag": ""}).astype({"year": "int16", "status": "str", "flag": "str"})
