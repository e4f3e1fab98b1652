"""National structural business statistics: every EU country, Norway and, at division level, Switzerland."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from alpclusters_lib.cleaning.employment import _cell_status

__all__ = ["INDICATORS", "national_accounts"]

# Eurostat's indicator code, our name, unit. Money is in million EUR.
INDICATORS = {
    "V11110": ("enterprises", "enterprises"),
    "V12110": ("turnover", "million EUR"),
    "V12150": ("value_added", "million EUR"),
    "V13310": ("personnel_costs", "million EUR"),
    "V13320": ("wages", "million EUR"),
    "V15110": ("investment", "million EUR"),
    "V16110": ("employment", "persons"),
    "V16130": ("employees", "persons"),
}


def national_accounts(tidy: pd.DataFrame, *, sectors: Sequence[str]) -> pd.DataFrame:
    """Return the national figures of the business economy by country, sector, indicator and year.

    Parameters
    ----------
    tidy
        The long table of ``sbs_na_sca_r2``: ``nace_r2, indic_sb, geo, year, value, flag``.
    sectors
        NACE sections, divisions and totals to keep.

    Returns
    -------
    DataFrame
        ``region`` (country), ``sector, indicator, year, value, status, flag``; cells without a value and without
        a flag are left out.
    """
    rows = tidy[
        tidy["indic_sb"].isin(list(INDICATORS))
        & tidy["nace_r2"].isin(list(sectors))
        & (tidy["geo"].astype(str).str.len() == 2)
    ]
    frame = pd.DataFrame(
        {
            "region": rows["geo"].astype(str),
            "sector": rows["nace_r2"].astype(str),
            "indicator": rows["indic_sb"].astype(str).map({code: name for code, (name, _) in INDICATORS.items()}),
            "year": rows["year"].astype("int16"),
            "value": rows["value"].astype("float64"),
            "flag": rows["flag"].astype(str),
        }
    )
    frame["status"] = _cell_status(frame["value"], frame["flag"])
    said = frame["value"].notna() | (frame["flag"] != "")
    order = ["region", "sector", "indicator", "year"]
    return frame.loc[said, [*order, "value", "status", "flag"]].sort_values(order).reset_index(drop=True)
