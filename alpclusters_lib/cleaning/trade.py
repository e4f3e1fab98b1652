"""The tables on who buys from whom and who works with whom, from the catalogued files to the processed table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from alpclusters_lib import paths
from alpclusters_lib.cleaning import participations, regional_tables, world_tables
from alpclusters_lib.sources import austria_io, h2020, wiod

__all__ = ["AUSTRIA", "H2020", "LAENDER", "WORLD", "YEARS", "collaboration", "participation", "regional", "world"]

YEARS = (2000, 2004, 2008, 2011)
LAENDER = ("AT11", "AT12", "AT13", "AT21", "AT22", "AT31", "AT32", "AT33", "AT34")
PARTS = ("inter", "final", "output")

# names of data sets in data/raw/sources.csv
WORLD = tuple(f"wiod_{year}_{part}" for year in YEARS for part in PARTS)
AUSTRIA = tuple(f"austria_io_{land.lower()}" for land in LAENDER)
H2020 = ("h2020_participations", "h2020_programme_parts")


def _facts(name: str) -> pd.DataFrame:
    return pd.read_csv(paths.facts() / f"{name}.csv", dtype=str, keep_default_na=False)


def world(path: Callable[[str], Path]) -> pd.DataFrame:
    """Return ``world_io``; ``path`` gives the verified file of a catalogued data set."""
    return world_tables.world_table(
        {year: wiod.read_world_table(*(path(f"wiod_{year}_{part}") for part in PARTS)) for year in YEARS}
    )


def regional(path: Callable[[str], Path]) -> pd.DataFrame:
    """Return ``austria_io``."""
    industries = _facts("io_industries")
    labels = industries["number"] + " " + industries["short_name"]
    tables = {
        land: austria_io.read_regional_table(path(dataset), industries=labels.tolist())
        for land, dataset in zip(LAENDER, AUSTRIA, strict=True)
    }
    return regional_tables.regional_table(tables, industries["code"].set_axis(labels))


def _codes(kind: str) -> list[str]:
    codes = _facts("h2020_codes")
    return codes.loc[codes["kind"] == kind, "code"].tolist()


def _rows(path: Callable[[str], Path]) -> pd.DataFrame:
    return h2020.read_participations(path(H2020[0]), organisation_types=_codes("organisation_type"))


def participation(path: Callable[[str], Path]) -> pd.DataFrame:
    """Return ``h2020``."""
    parts = h2020.read_programme_parts(path(H2020[1]), programme_parts=_codes("programme_part"))
    return participations.participations(_rows(path), parts)


def collaboration(path: Callable[[str], Path]) -> pd.DataFrame:
    """Return ``h2020_collaboration``."""
    return participations.collaborations(_rows(path))
