"""Participations in Horizon 2020, added up: by country, programme part, type and year, and by pairs of countries.

No organisation and no project is in the results. Two rules are kept:

- A project in k parts of the programme counts 1/k in each of them, money included, so that parts add up to the
  whole. Most projects of ``Innovation in SMEs`` are also in another part.
- Organisations work together where both take part in one project. A pair of them counts 1/(n - 1) in a project of n
  organisations, so that each participation in a joint project counts once however large the project is.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["ALL_TYPES", "NOT_STATED", "checks", "collaborations", "participations"]

NOT_STATED = "not stated"
ALL_TYPES = "all"
CELL = ["country", "programme_part", "type", "start_year"]


def _by_part(rows: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each participation and part, with the share of the project that the part has."""
    shares = parts.assign(share=1 / parts.groupby("project")["project"].transform("size"))
    joined = rows.merge(shares, on="project", how="left", validate="many_to_many")
    return joined.fillna({"programme_part": NOT_STATED, "share": 1.0})


def participations(rows: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """Return participations and money by country, programme part, type of organisation and first year.

    Parameters
    ----------
    rows, parts
        What :func:`alpclusters_lib.sources.h2020.read_participations` and ``read_programme_parts`` return.

    Returns
    -------
    DataFrame
        ``country, programme_part, organisation_type, start_year`` (missing where no date is published) and

        - ``participations``, ``coordinators``, ``contribution_eur``: shared among the parts of a project, so they
          may be added over parts, types, years and countries;
        - ``without_contribution``: the participations of which no contribution is published (their money is unknown,
          it is not 0), shared likewise;
        - ``organisations``: different organisations in the cell. An organisation in two cells counts in both: never
          add them up.

    Examples
    --------
    >>> rows = pd.DataFrame({"project": ["1", "1"], "role": ["coordinator", "participant"], "organisation": ["a", "b"],
    ...     "type": "HES", "country": "AT", "start_year": 2015.0, "contribution": [100.0, None]})
    >>> parts = pd.DataFrame({"project": ["1", "1"], "programme_part": ["LEIT", "SC4"]})
    >>> participations(rows, parts).iloc[:, 4:].to_numpy().tolist()
    [[1.0, 0.5, 50.0, 0.5, 2.0], [1.0, 0.5, 50.0, 0.5, 2.0]]
    """
    shared = _by_part(rows, parts)
    money = shared["contribution"]
    shared = shared.assign(
        coordinators=shared["share"].where(shared["role"] == "coordinator", 0.0),
        contribution_eur=money.fillna(0.0) * shared["share"],
        without_contribution=shared["share"].where(money.isna(), 0.0),
        start_year=shared["start_year"].astype("Int16"),
    )
    cells = shared.groupby(CELL, dropna=False, observed=True, sort=True)
    table = cells.agg(
        participations=("share", "sum"),
        coordinators=("coordinators", "sum"),
        contribution_eur=("contribution_eur", "sum"),
        without_contribution=("without_contribution", "sum"),
        organisations=("organisation", "nunique"),
    )
    return table.reset_index().rename(columns={"type": "organisation_type"})


def _pairs(counts: pd.DataFrame) -> pd.DataFrame:
    """Return projects and pairs of organisations by pair of cells; ``counts`` is organisations by project and cell."""
    both = counts.merge(counts, on="project", suffixes=("_a", "_b"))
    cell_a, cell_b = (both[f"country_{side}"] + " " + both[f"type_{side}"] for side in "ab")
    own, first = (cell_a == cell_b).to_numpy(), (cell_a <= cell_b).to_numpy()
    n_a, n_b, size = both["n_a"].to_numpy(), both["n_b"].to_numpy(), both["size_a"].to_numpy()
    pairs = np.where(own, n_a * (n_a - 1) // 2, n_a * n_b)
    kept = both.assign(pairs=pairs, weighted_pairs=pairs / np.maximum(size - 1, 1))[first & (pairs > 0)]
    return (
        kept.groupby(["country_a", "type_a", "country_b", "type_b"], sort=True)
        .agg(projects=("project", "size"), pairs=("pairs", "sum"), weighted_pairs=("weighted_pairs", "sum"))
        .reset_index()
    )


def collaborations(rows: pd.DataFrame) -> pd.DataFrame:
    r"""Return how often organisations of two countries and types work together.

    Parameters
    ----------
    rows
        What :func:`alpclusters_lib.sources.h2020.read_participations` returns.

    Returns
    -------
    DataFrame
        ``country_a, type_a, country_b, type_b, projects, pairs, weighted_pairs``; a pair of cells stands once, the
        first in the order of the alphabet as a, a cell with itself included. ``projects`` have an organisation of
        both (two of them where a is b); ``pairs`` are pairs of organisations in them, ``weighted_pairs`` those pairs
        at 1/(n - 1) each. Rows of type ``all`` hold the same for whole countries: they are no sum of the others in
        ``projects``, and are never to be added to them.

        This is enough to compare with chance. With :math:`w_{ab}` the weighted pairs and
        :math:`P_a = 2 w_{aa} + \sum_{b \ne a} w_{ab}`, which is the number of a's participations in joint projects,
        organisations spread at random over the places of the projects give
        :math:`E w_{ab} = P_a P_b / (N - 1)` and :math:`E w_{aa} = P_a (P_a - 1) / (2 (N - 1))`,
        :math:`N = \sum_a P_a`.

    Examples
    --------
    >>> rows = pd.DataFrame({"project": ["1", "1", "1"], "organisation": ["a", "b", "c"], "type": "HES",
    ...     "country": ["AT", "AT", "IT"]})
    >>> collaborations(rows).query("type_a == 'HES'").to_numpy().tolist()
    [['AT', 'HES', 'AT', 'HES', 1, 1, 0.5], ['AT', 'HES', 'IT', 'HES', 1, 2, 1.0]]
    """
    keyed = rows[["project", "country", "type"]]
    size = keyed.groupby("project").size().rename("size")
    tables = []
    for cells in (keyed, keyed.assign(type=ALL_TYPES)):
        counts = cells.groupby(["project", "country", "type"]).size().rename("n").reset_index()
        tables.append(_pairs(counts.join(size, on="project")))
    return pd.concat(tables, ignore_index=True)


def checks(rows: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """Name every project that needs care: ``check, project, value``.

    The checks are ``no programme part`` and ``no start date`` (value: participations), ``no participation`` (a part
    is stated and nobody takes part; value: parts), ``coordinators`` (projects with another number than one; value:
    their number) and ``no contribution`` (no participation has one; value: participations).

    Examples
    --------
    >>> rows = pd.DataFrame({"project": ["1"], "role": ["participant"], "start_year": [2015.0], "contribution": [9.0]})
    >>> checks(rows, pd.DataFrame({"project": [], "programme_part": []})).to_numpy().tolist()
    [['no programme part', '1', 1], ['coordinators', '1', 0]]
    """
    by_project = rows.groupby("project")
    size = by_project.size()
    coordinators = (rows["role"] == "coordinator").groupby(rows["project"]).sum()
    found = {
        "no programme part": size[~size.index.isin(parts["project"])],
        "no participation": parts.groupby("project").size().drop(list(size.index), errors="ignore"),
        "no start date": size[by_project["start_year"].count() == 0],
        "coordinators": coordinators[coordinators != 1],
        "no contribution": size[by_project["contribution"].count() == 0],
    }
    return pd.concat(found, names=["check", "project"]).rename("value").reset_index()
