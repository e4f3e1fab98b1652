"""Tables that pymrio has read (EXIOBASE, OECD ICIO, WIOD and others), as the functions of this room take them.

pymrio knows the formats of the publishers; the check of what it read is ours. It need not be installed: whatever has
Z and Y as pymrio's ``IOSystem`` has them will do. docs/newer-tables.md is a worked example.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from alpclusters_lib.value_chains import _balance, _tables

if TYPE_CHECKING:
    import pymrio

__all__ = ["WorldTables", "from_pymrio"]

# the category of final demand that comes by country alone
FINAL = "final_demand"


class WorldTables(NamedTuple):
    """A table of several countries: flows, final demand by destination and output, all in one unit."""

    Z: pd.DataFrame
    Y: pd.DataFrame
    x: pd.Series
    unit: str
    """As the table names it ("Mill USD"); blank where it does not."""
    source: str
    """Name, version and description that pymrio holds; the year of the table is there or nowhere."""


def from_pymrio(system: pymrio.IOSystem) -> WorldTables:
    r"""Return flows, final demand and output of a table that pymrio has read, checked and labelled as ours.

    .. math:: x_i = \sum_j z_{ij} + \sum_k y_{ik} \quad \text{where the system holds no output}

    Parameters
    ----------
    system
        What one of pymrio's parsers returns; ``calc_all`` need not have run. Z by (region, sector) on both sides, Y by
        (region, category), or by region where categories were added up.

    Returns
    -------
    A named tuple of ``Z``, ``Y``, ``x``, shaped as ``datasets.input_output`` gives them, ``unit`` and ``source``.
    Regions and sectors become the levels ``country`` and ``industry``, their labels and order those of pymrio; Y has
    columns (country, category), with the one category ``final_demand`` where Y came by region. Nothing is balanced or
    filled, and nothing shares memory with `system`. Negative final demand may be there. No year is given: not every
    parser keeps one. A column of final demand for no country (``ALL`` in tables of the OECD) stays, and is refused by
    functions that ask for the destination. Warnings name sectors without output, and sectors whose uses miss their
    output by more than 0.5 %.

    Raises
    ------
    TypeError
        If `system` does not have Z and Y as a pymrio system has.
    ValueError
        If Z or Y is empty, figures are in several units, labels are missing, stand twice or do not fit, a flow is
        negative or NaN, or uses miss output by over 1 % in all.

    References
    ----------
    Stadler (2021), Journal of Open Research Software 9:8, for pymrio.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> at = pd.MultiIndex.from_tuples([("IT", "wood"), ("AT", "wood")], names=["region", "sector"])
    >>> Z = pd.DataFrame([[150, 500], [200, 100]], at, at)
    >>> tables = from_pymrio(SimpleNamespace(Z=Z, Y=pd.DataFrame([[300, 50], [200, 1500]], at, ["IT", "AT"])))
    >>> tables.x
    country  industry
    IT       wood        1000.0
    AT       wood        2000.0
    Name: output, dtype: float64
    >>> tables.Y.columns.tolist()
    [('IT', 'final_demand'), ('AT', 'final_demand')]
    """
    Z, Y = (_part(system, name) for name in ("Z", "Y"))
    flows, rows, _ = _tables.square_values(Z, "Z")
    if rows.nlevels != 2:
        raise ValueError(f"Z is by {_levels(rows)}; (region, sector), two levels, is needed")
    final = _tables.final_demand(Y, rows)
    x = _output(getattr(system, "x", None))
    if x is None:
        x = pd.Series(flows.sum(axis=1) + final.to_numpy().sum(axis=1), index=rows)
    table = _tables.checked(pd.DataFrame(flows, rows, rows, copy=False), x)
    off = _balance.off_balance(table, final.to_numpy())
    if off:
        _tables.tell(off)
    labels = rows.set_names(["country", "industry"])
    return WorldTables(
        pd.DataFrame(table.Z, labels, labels, copy=True),
        pd.DataFrame(final.to_numpy(), labels, _destinations(final.columns, rows), copy=True),
        pd.Series(table.x, labels, name="output", copy=True),
        _unit(getattr(system, "unit", None)),
        _source(getattr(system, "meta", None)),
    )


def _part(system: object, name: str) -> pd.DataFrame:
    if not hasattr(system, name):
        raise TypeError(
            f"system is a {type(system).__name__} without {name}; an IOSystem is needed, as pymrio's parsers return it"
        )
    part = getattr(system, name)
    if part is None:
        raise ValueError(f"{name} of the system is empty; flows Z and final demand Y are needed")
    return part


def _output(x: pd.DataFrame | pd.Series | None) -> pd.Series | None:
    """Return output as one Series; pymrio holds it as a table of one column."""
    if isinstance(x, pd.DataFrame):
        if x.shape[1] != 1:
            raise ValueError(f"x of the system has {x.shape[1]} columns; one is needed, or none at all")
        return x.iloc[:, 0]
    return x


def _destinations(columns: pd.Index, rows: pd.Index) -> pd.MultiIndex:
    """Return the columns of final demand as (country, category)."""
    names = ["country", "category"]
    if columns.nlevels == 2:
        return columns.set_names(names)
    if columns.nlevels == 1 and columns.isin(rows.get_level_values(0)).all():
        return pd.MultiIndex.from_product([columns, [FINAL]], names=names)
    raise ValueError(
        f"the columns of Y are {_tables.listed(columns)}; (region, category) is needed, or the regions of Z, "
        "as what is used at home and what is exported cannot be told apart else"
    )


def _unit(unit: pd.DataFrame | None) -> str:
    if unit is None:
        return ""
    named = list(dict.fromkeys(map(str, unit.to_numpy().ravel())))
    if len(named) > 1:
        raise ValueError(f"figures of the system are in {_tables.listed(named)}; one unit of money is needed")
    return "".join(named)


def _source(meta: object) -> str:
    parts = (getattr(meta, name, None) for name in ("name", "version", "description"))
    return ", ".join(str(part) for part in parts if part)


def _levels(rows: pd.Index) -> str:
    return f"{rows.nlevels} levels" if rows.nlevels > 1 else f"{rows.name or 'sector'} alone"
