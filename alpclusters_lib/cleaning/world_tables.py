"""World input-output tables: a long table of the years, and the matrices of one year made from it again.

Only cells that are not 0 are stored, and the output of every industry. Nothing is balanced, filled or rounded: the
figures are those of the release, whole million USD, and :func:`checks` names what does not add up in them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from alpclusters_lib.sources.wiod import CATEGORIES

__all__ = ["OUTPUT", "WorldInputOutput", "checks", "matrices", "world_table"]

OUTPUT = "output"
CELL = ["year", "country", "industry", "user_country", "use", "value"]
# Printed cells are whole millions, so a row of 1,640 of them misses its output a little; the whole table by less.
BALANCE, BALANCE_OF_ALL = 0.005, 0.002


@dataclass(frozen=True, eq=False)
class WorldInputOutput:
    """The world table of one year, million USD at current prices.

    ``Z`` holds intermediate flows, (country, industry) × (country, industry): rows sell, columns use. ``Y`` holds
    final demand by destination, (country, industry) × (country, category); the category ``inventories`` may be
    negative. ``x`` is gross output. Switzerland and Liechtenstein are inside ``RoW``, the rest of the world.
    """

    year: int
    Z: pd.DataFrame
    Y: pd.DataFrame
    x: pd.Series


def _cells(Z: pd.DataFrame, Y: pd.DataFrame, x: pd.Series) -> pd.DataFrame:
    """Return the cells that are not 0, row by row, after each row's output."""
    values = np.hstack([Z.to_numpy(), Y.to_numpy()])
    users = Z.columns.append(Y.columns)
    row, column = np.nonzero(values)
    countries, industries = (x.index.get_level_values(level).to_numpy() for level in (0, 1))
    outputs = {"country": countries, "industry": industries, "user_country": countries, "use": OUTPUT}
    cells = {
        "country": countries[row],
        "industry": industries[row],
        "user_country": users.get_level_values(0).to_numpy()[column],
        "use": users.get_level_values(1).to_numpy()[column],
    }
    table = pd.concat(
        [pd.DataFrame(outputs).assign(value=x.to_numpy()), pd.DataFrame(cells).assign(value=values[row, column])]
    )
    return table.iloc[np.argsort(np.concatenate([np.arange(len(x)), row]), kind="stable")]


def _check_balance(year: int, Z: pd.DataFrame, Y: pd.DataFrame, x: pd.Series) -> None:
    """Refuse a table whose rows as a whole miss their output: its parts would not belong together."""
    difference = Z.sum(axis=1) + Y.sum(axis=1) - x
    share = difference.abs().sum() / x.sum()
    if share > BALANCE_OF_ALL:
        country, industry = difference.abs().idxmax()
        raise ValueError(
            f"the world table of {year} misses its output by {share:.2%} in all, most in the row {country}, "
            f"{industry}: {difference[country, industry]:+,.0f} million USD; below {BALANCE_OF_ALL:.1%} would be right"
        )


def world_table(years: Mapping[int, tuple[pd.DataFrame, pd.DataFrame, pd.Series]]) -> pd.DataFrame:
    """Return the world tables of several years as one long table.

    Parameters
    ----------
    years
        What :func:`alpclusters_lib.sources.wiod.read_world_table` returns, by year.

    Returns
    -------
    DataFrame
        ``year, country, industry, user_country, use, value``: what an industry sells to a use in a country. ``use``
        is an industry or a category of final demand; in the rows ``output`` the value is the industry's gross
        output. Cells of 0 are left out.

    Raises
    ------
    ValueError
        If the rows as a whole miss their output.
    """
    parts = []
    for year, (Z, Y, x) in sorted(years.items()):
        _check_balance(year, Z, Y, x)
        parts.append(_cells(Z, Y, x).assign(year=np.int16(year)))
    table = pd.concat(parts, ignore_index=True).astype({"value": "int32"})
    kinds = dict.fromkeys(["country", "industry", "user_country", "use"], "category")
    return table[CELL].astype(kinds)


def _places(column: pd.Series, labels: list[str]) -> np.ndarray:
    """Return the place of each cell's label; half a million cells hold some forty labels, which are looked up once."""
    words = column.astype("category").cat
    places = pd.Index(labels).get_indexer(words.categories)[words.codes]
    if (places < 0).any():
        unknown = column.iloc[np.flatnonzero(places < 0)[0]]
        raise ValueError(f"{column.name} {unknown!r} has cells and no row of {OUTPUT}; every one that trades has both")
    return places


def matrices(table: pd.DataFrame, year: int) -> WorldInputOutput:
    """Return the matrices of one year from the long table of :func:`world_table`.

    Countries and industries come in the order of the table; what is not stored is 0.

    Raises
    ------
    ValueError
        If the year is not there; the sentence names those that are.

    Examples
    --------
    >>> rows = [[2011, "AUT", "c1", "AUT", "c1", 4], [2011, "AUT", "c1", "AUT", "household", 6],
    ...         [2011, "AUT", "c1", "AUT", "output", 10]]
    >>> tables = matrices(pd.DataFrame(rows, columns=CELL), 2011)
    >>> tables.Z.loc[("AUT", "c1"), ("AUT", "c1")], tables.x["AUT", "c1"]
    (np.float64(4.0), np.float64(10.0))
    """
    known = sorted(int(y) for y in table["year"].unique())
    if year not in known:
        raise ValueError(f"no input-output table for {year}; available: {', '.join(map(str, known))}")
    cells = table[table["year"] == year]
    outputs = cells[cells["use"] == OUTPUT]
    countries, industries = (list(dict.fromkeys(outputs[name].astype("str"))) for name in ("country", "industry"))
    uses = [*industries, *CATEGORIES, OUTPUT]
    rows = pd.MultiIndex.from_product([countries, industries], names=["country", "industry"])
    row = _places(cells["country"], countries) * len(industries) + _places(cells["industry"], industries)
    column = _places(cells["user_country"], countries) * len(uses) + _places(cells["use"], uses)
    values = np.zeros((len(rows), len(countries) * len(uses)))
    values[row, column] = cells["value"]
    blocks = values.reshape(len(rows), len(countries), len(uses))
    split = len(industries), len(industries) + len(CATEGORIES)
    destinations = pd.MultiIndex.from_product([countries, CATEGORIES], names=["country", "category"])
    return WorldInputOutput(
        year,
        pd.DataFrame(blocks[:, :, : split[0]].reshape(len(rows), -1), index=rows, columns=rows),
        pd.DataFrame(blocks[:, :, split[0] : split[1]].reshape(len(rows), -1), index=rows, columns=destinations),
        pd.Series(blocks[:, :, split[1]].sum(axis=1), index=rows, name=OUTPUT),
    )


def _negative(Y: pd.DataFrame, category: str) -> pd.Series:
    return Y.xs(category, level="category", axis=1).clip(upper=0).sum(axis=1)


def checks(tables: WorldInputOutput, *, tolerance: float = BALANCE) -> pd.DataFrame:
    r"""Name every industry of a world table that does not add up or needs care.

    Parameters
    ----------
    tables
        The matrices of one year.
    tolerance
        How far :math:`\sum_j z_{ij} + \sum_k y_{ik}` may be from :math:`x_i`, as a share of :math:`x_i`.

    Returns
    -------
    DataFrame
        ``check, country, industry, value, share``, the largest share first within each check; ``value`` in million
        USD, ``share`` of the industry's output:

        - ``no output``: :math:`x_i = 0`; a coefficient of the industry is not defined;
        - ``unbalanced row``: the row misses the output by more than ``tolerance``. Cells are whole millions, so small
          industries always do: what is below half a million is printed as 0;
        - ``negative inventories``, ``negative fixed capital``: the sum of the negative cells in the row;
        - ``no value added``: inputs are as large as the output or larger.

    Examples
    --------
    >>> rows = [[2011, "AUT", "c1", "AUT", "c1", 4], [2011, "AUT", "c1", "AUT", "household", 5],
    ...         [2011, "AUT", "c1", "AUT", "output", 10]]
    >>> checks(matrices(pd.DataFrame(rows, columns=CELL), 2011)).to_numpy().tolist()
    [['unbalanced row', 'AUT', 'c1', -1.0, 0.1]]
    """
    Z, Y, x = tables.Z, tables.Y, tables.x
    difference = Z.sum(axis=1) + Y.sum(axis=1) - x
    added = x - Z.sum()
    found = {
        "no output": x[x == 0],
        "unbalanced row": difference[difference.abs() > tolerance * x],
        "negative inventories": _negative(Y, "inventories"),
        "negative fixed capital": _negative(Y, "fixed_capital"),
        "no value added": added[(added <= 0) & (x > 0)],
    }
    found = {name: s[s != 0] if name.startswith("negative") else s for name, s in found.items()}
    rows = pd.concat({name: series for name, series in found.items()}, names=["check"]).rename("value").reset_index()
    output = x.reindex(pd.MultiIndex.from_frame(rows[["country", "industry"]])).to_numpy()
    rows["share"] = rows["value"].abs().where(output > 0) / np.where(output > 0, output, 1)
    order = pd.Categorical(rows["check"], categories=list(found), ordered=True)
    rows = rows.assign(order=order).sort_values(["order", "share"], ascending=[True, False], kind="stable")
    return rows.drop(columns="order").reset_index(drop=True)
