"""From reference year 2021 Eurostat publishes structural business statistics under other names and codes.

``sbs_r_nuts06_r2`` (2008-2020) is followed by ``sbs_r_nuts2021``, ``sbs_na_sca_r2`` (2005-2020) by ``sbs_ovw_act``.
The indicators have other codes, and the statistics other rules (Regulation (EU) 2019/2152): a series that goes on
from one into the other has a break in its first new year, and is given one here.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from alpclusters_lib import paths
from alpclusters_lib.sources import catalogue, ledger, publishers

__all__ = ["SUCCESSORS", "continued", "in_old_codes", "new_codes", "published", "vintages"]

SUCCESSORS = {"sbs_r_nuts06_r2": "sbs_r_nuts2021", "sbs_na_sca_r2": "sbs_ovw_act"}

COLUMNS = ("nace_r2", "indic_sb", "geo", "year", "value", "flag")
# A further dimension is taken at its total; frequency is the year.
TOTALS = {"freq": "A", "sizeclas": "TOTAL", "size_emp": "TOTAL"}


def new_codes(dataset: str) -> pd.Series:
    """Return the old code of each indicator of a successor, by its new code.

    Parameters
    ----------
    dataset
        ``sbs_r_nuts2021`` or ``sbs_ovw_act``.

    Raises
    ------
    ValueError
        If no indicator of the data set is known.

    Examples
    --------
    >>> new_codes("sbs_r_nuts2021").to_dict()
    {'EMP_LOC_NR': 'V16110', 'LOC_NR': 'V11210', 'WAGE_LOC_MEUR': 'V13320'}
    """
    table = pd.read_csv(paths.facts() / "sbs_indicators.csv", dtype=str, keep_default_na=False)
    rows = table[(table["new_dataset"] == dataset) & (table["new_code"] != "")]
    if rows.empty:
        known = ", ".join(sorted(set(table["new_dataset"]) - {""}))
        raise ValueError(f"{dataset!r} follows no data set; those that do: {known}")
    return rows.set_index("new_code")["old_code"]


def in_old_codes(tidy: pd.DataFrame, *, dataset: str) -> pd.DataFrame:
    """Return a successor's long table with the dimensions and indicator codes of the data set it follows.

    Parameters
    ----------
    tidy
        What :func:`alpclusters_lib.sources.publishers.read_table` returns for the successor.
    dataset
        Its name.

    Returns
    -------
    DataFrame
        ``nace_r2, indic_sb, geo, year, value, flag``; indicators without an old code are left out.

    Raises
    ------
    ValueError
        If a dimension is missing, a further one has no total, or none of the indicators is known.

    Examples
    --------
    >>> new = pd.DataFrame({"freq": ["A"], "nace_r2": ["C28"], "indic_sbs": ["EMP_LOC_NR"], "geo": ["ITC4"],
    ...                     "year": [2022], "value": [9.0], "flag": [""]})
    >>> in_old_codes(new, dataset="sbs_r_nuts2021").values.tolist()
    [['C28', 'V16110', 'ITC4', 2022, 9.0, '']]
    """
    codes = new_codes(dataset)
    for name in ("nace_r2", "indic_sbs", "geo"):
        if name not in tidy.columns:
            raise ValueError(f"{dataset} has no dimension {name}; it has {', '.join(tidy.columns)}")
    rows = tidy[tidy["indic_sbs"].isin(codes.index)]
    if rows.empty:
        found = ", ".join(sorted(str(code) for code in tidy["indic_sbs"].unique())[:8])
        raise ValueError(f"{dataset} has none of the indicators {', '.join(codes.index)}; it has {found}")
    for name in [n for n in tidy.columns if n not in (*COLUMNS, "indic_sbs")]:
        present = set(rows[name].astype("str"))
        total = TOTALS.get(name)
        if total in present:
            rows = rows[rows[name] == total]
        elif len(present) > 1:
            raise ValueError(
                f"{dataset} has the dimension {name} with the codes {', '.join(sorted(present)[:5])} and no total "
                "among them; one cell a region, sector, indicator and year is right"
            )
    old = rows["indic_sbs"].astype("str").map(codes).astype("category")
    return rows.assign(indic_sb=old)[list(COLUMNS)].reset_index(drop=True)


def continued(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Go on with the successor where the old data set ends: its years after the last one with figures.

    Parameters
    ----------
    old
        The long table of the old data set.
    new
        The successor's, in old codes (:func:`in_old_codes`).

    Returns
    -------
    DataFrame
        ``nace_r2, indic_sb, geo, year, value, flag``. The first new year carries Eurostat's flag ``b`` (break) in
        addition to its own: growth across it is refused wherever growth across a break is.

    Examples
    --------
    >>> old = pd.DataFrame({"nace_r2": "C28", "indic_sb": "V16110", "geo": "ITC4", "year": [2019, 2020],
    ...                     "value": [7.0, 8.0], "flag": ""})
    >>> new = old.assign(year=[2020, 2021], value=[8.5, 9.0])
    >>> continued(old, new)[["year", "value", "flag"]].values.tolist()
    [[2019, 7.0, ''], [2020, 8.0, ''], [2021, 9.0, 'b']]
    """
    last = old.loc[old["value"].notna(), "year"].max()
    later = new[new["year"] > last]
    if later.empty:
        return old[list(COLUMNS)].reset_index(drop=True)
    first = later.loc[later["value"].notna(), "year"].min()
    flag = later["flag"].astype("str")
    later = later.assign(flag=flag.mask((later["year"] == first) & ~flag.str.contains("b"), flag + "b"))
    codes = dict.fromkeys(["nace_r2", "indic_sb", "geo", "flag"], "str")
    both = pd.concat([part[list(COLUMNS)].astype(codes) for part in (old, later)], ignore_index=True)
    return both.astype(dict.fromkeys(codes, "category"))


def _present(dataset: str, folder: Path | None) -> list[str]:
    """Return a data set and, where it was fetched into the folder, the one that follows it."""
    successor = SUCCESSORS.get(dataset)
    fetched = successor and ledger.find(folder or paths.downloads(), successor)
    return [dataset, successor] if fetched else [dataset]


def vintages(dataset: str, *, folder: Path | None = None) -> list[catalogue.Source]:
    """Return what describes the files behind :func:`published`: one, or two where a successor was fetched."""
    return [catalogue.vintage(name, folder=folder) for name in _present(dataset, folder)]


def published(dataset: str, *, indicators: Collection[str], folder: Path | None = None) -> pd.DataFrame:
    """Read a data set, and what was fetched of its successor, as one long table in the old codes.

    Parameters
    ----------
    dataset
        A structural business statistic under its old name: ``sbs_r_nuts06_r2`` or ``sbs_na_sca_r2``.
    indicators
        The old codes to keep, such as ``V16110``.
    folder
        The folder of published files; where omitted the one that ``ALPCLUSTERS_RAW`` names.

    Returns
    -------
    DataFrame
        ``nace_r2, indic_sb, geo, year, value, flag`` (and ``freq`` where the file has it).

    Raises
    ------
    ValueError
        If a file is absent or of a vintage that neither catalogue nor ledger knows.
    """
    old = publishers.read_table(catalogue.raw_file(dataset, folder=folder), keep={"indic_sb": set(indicators)})
    for successor in _present(dataset, folder)[1:]:
        codes = new_codes(successor)
        wanted = set(codes.index[codes.isin(list(indicators))])
        tidy = publishers.read_table(catalogue.raw_file(successor, folder=folder), keep={"indic_sbs": wanted})
        old = continued(old, in_old_codes(tidy, dataset=successor))
    return old
