r"""How pure the cluster families are: whole NACE divisions against traded clusters of six-digit industries.

European regional figures come by division, clusters are made of much finer industries. A family of whole
divisions is therefore only roughly a cluster, and its purity says how roughly.

Each six-digit industry is placed in the NACE divisions that the bridge gives it, its weight of 1 split
evenly. A traded cluster is at home in the division that holds the largest part of its industries (in each of
them where several hold the same), and so in every family that contains that division: families may overlap.
The purity of family f is

.. math:: \frac{\sum_{k \in H_f} w_{kf}}{\sum_k w_{kf} + l_f}

with w_kf the weight of traded cluster k's industries in the divisions of f, H_f the clusters at home in f,
and l_f the weight of local industries there. Industries count alike, large or small: the American jobs
behind them say little about Europe.
"""

from __future__ import annotations

from typing import Literal

import pandas as pd

__all__ = ["family_purity", "place_industries"]

_TIE = 1e-9  # sums of fractions such as 1/3 + 1/3 differ in the last digits


def place_industries(industries: pd.DataFrame, bridge: pd.DataFrame) -> pd.DataFrame:
    """Return one row an industry and division: ``industry, traded, cluster, division, weight``.

    An industry the bridge lacks takes the divisions of the industries that share its first five digits, else
    four, else three; one without such neighbours (government) is left out.
    """
    parts, rest = [], industries
    for digits in (6, 5, 4, 3):
        near = bridge.assign(prefix=bridge["industry"].str[:digits])[["prefix", "division"]].drop_duplicates()
        found = rest.assign(prefix=rest["industry"].str[:digits]).merge(near, on="prefix")
        parts.append(found.drop(columns="prefix"))
        rest = rest[~rest["industry"].isin(found["industry"])]
    placed = pd.concat(parts, ignore_index=True)
    placed["weight"] = 1 / placed.groupby("industry")["division"].transform("size")
    return placed


def family_purity(
    industries: pd.DataFrame,
    bridge: pd.DataFrame,
    families: pd.DataFrame,
    *,
    home: Literal["largest", "half"] = "largest",
) -> pd.DataFrame:
    """Return the share of each family's industries that belong to traded clusters at home in it.

    Parameters
    ----------
    industries
        ``industry`` (six digits, each once), ``traded`` (bool), ``cluster``.
    bridge
        ``industry, division``: the NACE divisions an industry maps to.
    families
        ``family, nace``: one row a family and division.
    home
        ``largest``: a cluster is at home where the division with the largest part of its industries is.
        ``half``: where the family's divisions hold at least half of it, which leaves a cluster spread over
        many divisions without a home and is hard on families of a single division.

    Returns
    -------
    DataFrame
        One row a family in the order given: ``family``, ``purity`` in [0, 1] (NaN for a family without
        industries),
        ``industries`` (count of those with some weight in it), ``home_clusters`` (names joined by ``; ``).

    Raises
    ------
    ValueError
        If an industry stands twice, or ``home`` is neither rule.

    References
    ----------
    Delgado, Porter & Stern (2016), Defining clusters of related industries, Journal of Economic Geography 16.

    Examples
    --------
    >>> industries = pd.DataFrame(
    ...     {"industry": ["333111", "333112", "336111"], "traded": True, "cluster": ["Saws", "Saws", "Cars"]}
    ... )
    >>> bridge = pd.DataFrame(
    ...     {"industry": ["333111", "333112", "336111", "336111"], "division": ["C28", "C28", "C28", "C29"]}
    ... )
    >>> families = pd.DataFrame({"family": ["machinery", "cars"], "nace": ["C28", "C29"]})
    >>> family_purity(industries, bridge, families).to_dict("list")["purity"]
    [1.0, 1.0]
    >>> family_purity(industries.assign(traded=[True, False, True]), bridge, families)["purity"].tolist()
    [0.6, 1.0]
    """
    if home not in ("largest", "half"):
        raise ValueError(f"unknown home rule {home!r}; largest or half would be right")
    twice = industries.loc[industries["industry"].duplicated(), "industry"]
    if len(twice):
        raise ValueError(f"industry {twice.iloc[0]} stands twice; each industry has one cluster")
    placed = place_industries(industries[["industry", "traded", "cluster"]], bridge)
    traded = placed[placed["traded"]]
    held = traded.pivot_table(index="cluster", columns="division", values="weight", aggfunc="sum", fill_value=0.0)
    shares = held.div(held.sum(axis=1), axis=0)
    largest = shares.ge(shares.max(axis=1) - _TIE, axis=0)
    rows = []
    for family, divisions in families.groupby("family", sort=False)["nace"]:
        wanted = shares.columns.intersection(divisions.unique())
        half = shares[wanted].sum(axis=1) >= 0.5 - _TIE
        at_home = largest[wanted].any(axis=1) if home == "largest" else half
        clusters = sorted(at_home.index[at_home])
        inside = placed[placed["division"].isin(divisions)]
        own = inside["traded"] & inside["cluster"].isin(clusters)
        total = inside["weight"].sum()
        rows.append(
            {
                "family": family,
                "purity": min(inside.loc[own, "weight"].sum() / total, 1.0) if total > 0 else float("nan"),
                "industries": int(inside["industry"].nunique()),
                "home_clusters": "; ".join(clusters),
            }
        )
    return pd.DataFrame(rows, columns=["family", "purity", "industries", "home_clusters"])
