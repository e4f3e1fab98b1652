"""Readers of the U.S. cluster categories and of the bridge from American to European industries.

The categories of the U.S. Cluster Mapping Project (Delgado, Porter & Stern 2016, Journal of Economic
Geography 16:1-38) sort six-digit NAICS industries into 51 traded clusters and some local ones. The bridge is
the Census Bureau's NAICS 2012 to ISIC Rev. 4 table: the first two digits of an ISIC class are the NACE Rev.
2 division. Which clusters are linked is in a workbook that was read off a figure of the project's website.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

__all__ = ["STRENGTHS", "read_bridge", "read_industries", "read_linkages"]

# as graded in the workbook of links, from the weakest
STRENGTHS = ("lower", "strong", "very strong")


def _require(table: pd.DataFrame, columns: tuple[str, ...], path: Path) -> None:
    absent = [column for column in columns if column not in table.columns]
    if absent:
        raise ValueError(f"{path.name} has no column {', '.join(absent)}; it has {', '.join(table.columns)}")


def _existing(path: str | Path) -> Path:
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"no file {path}; the published file would be right, see data/raw/sources.csv")
    return path


def read_industries(path: str | Path) -> pd.DataFrame:
    """Read the cluster of every industry.

    Parameters
    ----------
    path
        The workbook ``NAICS_crosswalks_to_Cluster_system.xlsx``.

    Returns
    -------
    DataFrame
        One row an industry, sorted: ``industry`` (six digits, mostly NAICS 2012; a few codes are of NAICS
        2017 or split government from private), ``traded`` (bool; the rest is local) and ``cluster``.

    Raises
    ------
    ValueError
        If the file, a column or a value is not what is expected; the sentence names it.

    Examples
    --------
    >>> read_industries("missing.xlsx")
    Traceback (most recent call last):
    ...
    ValueError: no file missing.xlsx; the published file would be right, see data/raw/sources.csv
    """
    path = _existing(path)
    table = pd.read_excel(path, dtype=str, keep_default_na=False, engine="openpyxl").rename(columns=str.strip)
    _require(table, ("NAICS", "TradedLocal", "Cluster"), path)
    table = table[table["NAICS"].str.strip() != ""]
    odd = table.loc[~table["TradedLocal"].isin(["Traded", "Local"])]
    if len(odd):
        code, kind = odd.iloc[0][["NAICS", "TradedLocal"]]
        raise ValueError(f"{path.name}: industry {code} is {kind!r}; Traded or Local would be right")
    industries = pd.DataFrame(
        {
            "industry": table["NAICS"].str.strip(),
            "traded": table["TradedLocal"] == "Traded",
            "cluster": table["Cluster"].str.strip(),
        }
    )
    twice = industries.loc[industries["industry"].duplicated(), "industry"]
    if len(twice):
        raise ValueError(f"{path.name}: industry {twice.iloc[0]} stands twice; each industry has one cluster")
    return industries.sort_values("industry", ignore_index=True)


def read_bridge(path: str | Path) -> pd.DataFrame:
    """Read which NACE divisions an industry maps to.

    Parameters
    ----------
    path
        The file ``naics2012_isic4.csv``.

    Returns
    -------
    DataFrame
        One row a pair, sorted: ``industry`` (NAICS 2012, six digits) and ``division`` (section letter and two
        digits, e.g. ``C28``). Many to many: a derived bridge, not an official European table.

    Raises
    ------
    ValueError
        If the file or a column is missing; the sentence names it.

    Examples
    --------
    >>> read_bridge("missing.csv")
    Traceback (most recent call last):
    ...
    ValueError: no file missing.csv; the published file would be right, see data/raw/sources.csv
    """
    path = _existing(path)
    table = pd.read_csv(path, dtype=str)
    _require(table, ("NAICS2012_6d", "ISIC4_1d", "ISIC4_2d"), path)
    division = table["ISIC4_1d"] + table["ISIC4_2d"]
    pairs = pd.DataFrame({"industry": table["NAICS2012_6d"], "division": division})
    return pairs.drop_duplicates().sort_values(["industry", "division"], ignore_index=True)


def read_linkages(path: str | Path) -> pd.DataFrame:
    """Read which clusters are linked, and how strongly.

    The second sheet of the workbook says that it was generalised from a figure at the project's website: grades are
    words, the measures behind them are not in it. A cluster that has links graded ``lower`` has no others of its own.

    Parameters
    ----------
    path
        The workbook ``ClusterLinkage.xlsx``.

    Returns
    -------
    DataFrame
        One row a directed link as listed, sorted: ``cluster``, ``linked_cluster`` and ``strength`` (``lower``,
        ``strong`` or ``very strong``). Most pairs stand in both directions, a few of these with two grades; a cluster
        without a row has no link in the workbook.

    Raises
    ------
    ValueError
        If the file, a column, a cell or a grade is not what is expected; the sentence names it.

    Examples
    --------
    >>> read_linkages("missing.xlsx")
    Traceback (most recent call last):
    ...
    ValueError: no file missing.xlsx; the published file would be right, see data/raw/sources.csv
    """
    path = _existing(path)
    table = pd.read_excel(path, dtype=str, keep_default_na=False, engine="openpyxl").rename(columns=str.strip)
    columns = {"Core Cluster": "cluster", "Linked Cluster": "linked_cluster", "Strength": "strength"}
    _require(table, tuple(columns), path)
    links = table[list(columns)].rename(columns=columns).apply(lambda column: column.str.strip())
    links = links[(links != "").any(axis=1)]
    ends = ["cluster", "linked_cluster"]
    for faulty, words in (
        (~links["strength"].isin(STRENGTHS), f"{', '.join(STRENGTHS[:-1])} or {STRENGTHS[-1]} would be right"),
        ((links[ends] == "").any(axis=1), "both clusters are needed"),
        (links["cluster"] == links["linked_cluster"], "a link joins two clusters"),
        (links.duplicated(ends), "it stands twice; each link is listed once"),
    ):
        if faulty.any():
            first = links[faulty].iloc[0]
            raise ValueError(
                f"{path.name}: the link of {first['cluster']!r} to {first['linked_cluster']!r} is graded "
                f"{first['strength']!r}; {words}"
            )
    return links.sort_values(ends, ignore_index=True)
