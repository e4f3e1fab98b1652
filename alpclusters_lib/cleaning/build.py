"""The pipeline: published files in, ``data/processed`` out, with a descriptor that says where each table is from.

A file is verified before it is read and a table before it is written; every table is written beside its place and
moved there at the end, so that a failure leaves the committed tables as they were.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

import alpclusters_lib
from alpclusters_lib import paths
from alpclusters_lib.cleaning import schemas, successors
from alpclusters_lib.cleaning.tables import TABLES, Inputs, Table
from alpclusters_lib.sources import catalogue

__all__ = ["TABLES", "Inputs", "Table", "build", "status"]


def _write(name: str, table: pd.DataFrame, folder: Path) -> Path:
    path = folder / f"{name}.parquet"
    if name != "boundaries":
        schemas.validate(name, table)
        text = table.select_dtypes(include=["object", "string", "category"]).columns.difference(["region"])
        table = table.astype(dict.fromkeys([c for c in text if table[c].nunique() < 200], "category"))
    table.to_parquet(path, index=False, compression="zstd", compression_level=19)
    return path


def _fields(name: str, table: pd.DataFrame) -> list[dict[str, str]]:
    columns = schemas.SCHEMAS[name].columns if name in schemas.SCHEMAS else {}
    kinds = {"f": "number", "i": "integer", "u": "integer", "b": "boolean"}
    return [
        {
            "name": column,
            "type": "geojson" if column == "geometry" else kinds.get(getattr(dtype, "kind", "O"), "string"),
            "description": columns[column].description if columns else schemas.BOUNDARY_COLUMNS[column],
        }
        for column, dtype in table.dtypes.items()
    ]


def _title(name: str, table: pd.DataFrame) -> str:
    if "year" not in table.columns:
        return TABLES[name].title
    years = table.loc[table["value"].notna(), "year"] if "value" in table.columns else table["year"]
    return TABLES[name].title.replace("{years}", f"{years.min()}-{years.max()}")


def _descriptor(name: str, table: pd.DataFrame, path: Path, folder: Path | None) -> dict[str, object]:
    # the vintage that was read: the catalogued file, or a fetched one as the ledger describes it
    entries = [entry for dataset in TABLES[name].sources for entry in successors.vintages(dataset, folder=folder)]
    return {
        "name": name,
        "title": _title(name, table),
        "path": path.name,
        "format": "parquet",
        "rows": len(table),
        "bytes": path.stat().st_size,
        "hash": f"sha256:{catalogue.sha256_of(path)}",
        "code_version": alpclusters_lib.__version__,
        "sources": [
            {
                "dataset": s.dataset, "title": s.title, "publisher": s.publisher, "reference": s.reference,
                "licence": s.licence, "path": s.url, "file": s.file, "retrieved": s.retrieved, "sha256": s.sha256,
            }
            for s in entries
        ],
        "schema": {"fields": _fields(name, table)},
    }  # fmt: skip


def build(*, folder: Path | None = None, destination: Path | None = None) -> Iterator[tuple[str, int]]:
    """Compute every processed table from the published files; yield name and number of rows of each.

    Nothing is changed in ``destination`` (``data/processed`` where omitted) unless every table was computed and
    passed its checks.
    """
    destination = destination or paths.processed()
    destination.mkdir(parents=True, exist_ok=True)
    inputs = Inputs(folder)
    with tempfile.TemporaryDirectory(dir=destination, prefix=".build-") as scratch:
        resources = []
        for name, entry in TABLES.items():
            table = entry.make(inputs)
            path = _write(name, table, Path(scratch))
            resources.append(_descriptor(name, table, path, folder))
            yield name, len(table)
        package = {
            "name": "alpclusters-processed",
            "title": "Harmonised tables of alpclusters",
            "version": alpclusters_lib.__version__,
            "resources": resources,
        }
        text = json.dumps(package, indent=1, ensure_ascii=False) + "\n"
        (Path(scratch) / "datapackage.json").write_text(text, encoding="utf-8")
        for path in sorted(Path(scratch).iterdir()):
            os.replace(path, destination / path.name)


def status() -> list[tuple[str, str]]:
    """Say of every catalogued file and processed table whether it is there and unchanged."""
    lines = []
    for dataset in catalogue.catalogue():
        try:
            catalogue.raw_file(dataset)
            lines.append((dataset, "verified"))
        except ValueError as error:
            lines.append((dataset, str(error)))
    package = json.loads((paths.processed() / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        path = paths.processed() / resource["path"]
        same = path.is_file() and f"sha256:{catalogue.sha256_of(path)}" == resource["hash"]
        lines.append((resource["path"], "as described" if same else "differs from datapackage.json"))
    return lines
