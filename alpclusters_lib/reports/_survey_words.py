"""What reports on answers share: the file, its warning where it is illustrative, its source line."""

from __future__ import annotations

import functools
from pathlib import Path

import pandas as pd

from alpclusters_lib.reports import survey_files
from alpclusters_lib.reports.chain_words import listed

__all__ = ["ILLUSTRATIVE", "answers_of", "lead", "mark", "path_of", "source_of", "title_of"]

ILLUSTRATIVE = "illustrative"
LEAD = "Illustrative only, made by a rule and given by nobody: "


def path_of(path: Path | str | None, kind: str = "survey") -> Path:
    return survey_files.illustrative(kind) if path is None else Path(path)


def answers_of(path: Path | str | None, region: str | None, kind: str = "survey") -> pd.DataFrame:
    """Return the answers of a file, of one region where one is named."""
    file = path_of(path, kind)
    table = _read(file, file.stat().st_mtime_ns if file.is_file() else 0, kind)
    held = list(dict.fromkeys(table["region"]))
    if region is not None and region not in held:
        raise ValueError(f"{file.name} has no answers for region {region!r}; it has {listed(held)}")
    if region is None and kind == "wheel" and len(held) > 1:
        raise ValueError(f"{file.name} rates {listed(held)}; a wheel shows one strategy: name the region")
    return table if region is None else table[table["region"] == region]


@functools.lru_cache(maxsize=4)
def _read(file: Path, _changed: int, kind: str) -> pd.DataFrame:
    return survey_files.read_answers(file, kind=kind)


def lead(path: Path | str | None, text: str, kind: str = "survey") -> str:
    """Put the warning before a sentence that rests on an illustrative file."""
    return f"{LEAD}{text[0].lower()}{text[1:]}" if survey_files.is_illustrative(path_of(path, kind)) else text


def mark(path: Path | str | None, kind: str = "survey") -> str:
    return ILLUSTRATIVE if survey_files.is_illustrative(path_of(path, kind)) else ""


def source_of(path: Path | str | None, kind: str) -> str:
    if mark(path, kind):
        return f"Illustrative: values follow a rule written in {path_of(path, kind).name}; nobody gave them."
    made = "factors and scale: RIS3 assessment wheel, JRC" if kind == "wheel" else "questions: own wording"
    return f"Source: {path_of(path, kind).name}; {made}. Opinions of those who were asked."


def title_of(path: Path | str | None, text: str, kind: str = "survey") -> str:
    return f"{text} (illustrative)" if mark(path, kind) else text
