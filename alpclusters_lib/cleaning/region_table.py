"""The table of regions: codes, names in three languages, country, level, perimeters, mountain and urban type."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

__all__ = ["region_table"]

TYPES = ("mountain_type", "urban_type", "coast_type")


def region_table(
    boundaries: pd.DataFrame,
    local_names: pd.Series,
    known_names: pd.DataFrame,
    perimeters: pd.DataFrame,
    s3_regions: pd.DataFrame,
    *,
    published: Iterable[str] = (),
) -> pd.DataFrame:
    """Join what is known of each region into one row a code.

    Parameters
    ----------
    boundaries
        ``region, level, country, vintage`` and the three GISCO types.
    local_names
        GISCO's local names by code.
    known_names
        Checked names by code: ``name_local, name_en, name_it``; they win over GISCO's.
    perimeters
        By NUTS 2 code: one boolean column a perimeter.
    s3_regions
        ``key`` and ``nuts_2016`` (codes separated by blanks) of the project's regions.
    published
        Codes that carry figures; one without a boundary (a NUTS 2013 unit that is no sum of later ones) gets a row
        too.

    Returns
    -------
    DataFrame
        One row a code, sorted: ``region, level, country, name_local, name_en, name_it``, the perimeters, ``s3_region``
        (blank outside), the types (missing where GISCO gives none) and ``vintage`` of the boundary (blank: none).
    """
    table = boundaries.set_index("region")[["level", "country", "vintage", *TYPES]]
    extra = sorted(set(published) - set(table.index) - {"EU28"})
    if extra:
        rows = pd.DataFrame({"level": [len(c) - 2 for c in extra], "country": [c[:2] for c in extra]}, index=extra)
        table = pd.concat([table, rows])
    table.index.name = "region"
    local = known_names["name_local"].reindex(table.index).fillna(local_names.reindex(table.index))
    table["name_local"] = local.fillna(pd.Series(table.index, index=table.index))
    for language in ("en", "it"):
        table[f"name_{language}"] = known_names[f"name_{language}"].reindex(table.index).fillna(table["name_local"])
    for perimeter in perimeters:
        table[perimeter] = perimeters[perimeter].reindex(table.index).fillna(False).astype(bool)
    membership = {code: row.key for row in s3_regions.itertuples() for code in row.nuts_2016.split()}
    table["s3_region"] = pd.Series(table.index.map(membership), index=table.index).fillna("")
    table["vintage"] = table["vintage"].map(lambda year: "" if pd.isna(year) else str(int(year)))
    columns = [
        "level",
        "country",
        "name_local",
        "name_en",
        "name_it",
        *perimeters,
        "s3_region",
        *TYPES,
        "vintage",
    ]
    return table[columns].astype({"level": "int8"}).sort_index().reset_index()
