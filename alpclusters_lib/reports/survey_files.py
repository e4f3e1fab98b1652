"""Files of answers to the surveys and of ratings on the assessment wheel: read and checked, one row a person.

A file is what a spreadsheet saves: a header of keys, a line a respondent, comma or semicolon between cells, UTF-8.
Lines whose respondent starts with ``#`` and a blank are notes. The questions are ours: those of the project were not
found.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from pathlib import Path

import pandas as pd

from alpclusters_lib import datasets, paths
from alpclusters_lib.indicators._checks import listed, one_of

__all__ = [
    "COMMENT",
    "GROUPS",
    "HEAD",
    "KINDS",
    "UNKNOWN",
    "illustrative",
    "is_illustrative",
    "questions",
    "read_answers",
    "read_comments",
    "summary",
]

KINDS = ("survey", "wheel", "services", "self-assessment")
FACTS = {"survey": "survey_items", "wheel": "assessment_wheel", "self-assessment": "service_self_assessment"}
ILLUSTRATIONS = {kind: f"illustrative-{'governance' if kind == 'survey' else kind}.csv" for kind in KINDS}
ASKED = {
    "importance": ("How important is it to you?", "Quanto è importante per voi?"),
    "performance": ("How well is it provided today?", "Quanto bene è offerto oggi?"),
}
"""What the survey on services asks of each service, in English and Italian."""

HEAD = ("respondent", "region", "group")
COMMENT = "comment"

GROUPS = {
    "cluster_manager": {"en": "cluster manager", "it": "responsabile di cluster"},
    "policy_maker": {"en": "policy maker", "it": "decisore pubblico"},
    "development_agency": {"en": "development agency", "it": "agenzia di sviluppo"},
    "research_institution": {"en": "research institution", "it": "ente di ricerca"},
    "industry_association": {"en": "industry association", "it": "associazione industriale"},
}
"""Stakeholders that the project asked (https://www.alpine-space.eu/project-news-details/en/1250); Italian is ours."""

UNKNOWN = {"en": "don't know", "it": "non so"}
_MISSING = {"", "dk", "don't know", "dont know", "no information", "non so", "ns", "n.s.", "nessuna informazione"}
_PLAIN = re.compile(r"[\w\s.,:'’()/&+-]+")
_SCALES = {"survey": (1, 5), "wheel": (0, 5), "services": (1, 5), "self-assessment": (1, 5)}


def questions(kind: str = "survey") -> pd.DataFrame:
    """Return what is asked, a row a question in the order of the form.

    Parameters
    ----------
    kind
        ``survey`` (items in two directions), ``wheel`` (18 factors), ``services`` (importance and performance of each
        service by clusters) or ``self-assessment`` (two items in each of six groups).

    Examples
    --------
    >>> len(questions("survey")), len(questions("wheel")), len(questions("services"))
    (16, 18, 14)
    """
    if one_of(kind, KINDS, name="kind") != "services":
        return datasets.facts(FACTS[kind])
    services = datasets.facts("services").query("side == 'by_clusters'")
    parts = [
        services.assign(key=services["key"] + f"_{name}", service=services["key"], question=name, asked_en=english,
                        asked_it=italian, text_en=services["name_en"], text_it=services["name_it"])
        for name, (english, italian) in ASKED.items()
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def illustrative(kind: str = "survey") -> Path:
    """Return the file that shows the form: its values follow a rule written in it, and nobody gave them."""
    name = ILLUSTRATIONS[one_of(kind, KINDS, name="kind")]
    return paths.notebooks() / "surveys" / name


def is_illustrative(path: Path | str) -> bool:
    """Return whether a file says in its name that it only shows a form.

    Examples
    --------
    >>> is_illustrative("surveys/illustrative-wheel.csv"), is_illustrative("illustrative/answers.csv")
    (True, False)
    """
    return "illustrative" in Path(path).name.lower()


def read_answers(path: Path | str, *, kind: str = "survey") -> pd.DataFrame:
    """Read and check a file of answers.

    Parameters
    ----------
    path
        The file, as :func:`alpclusters_lib.reports.survey_forms.template` begins one.
    kind
        One of `KINDS`.

    Returns
    -------
    DataFrame
        A row a respondent and question, in the order of the file: ``respondent``, ``region``, ``group`` (a key of
        `GROUPS`), ``item``, ``answer``. Blank, "don't know" and the wheel's 0 ("no information") are NaN.

    Raises
    ------
    ValueError
        In one sentence that names file, row and column: an answer off the scale, an unknown column or group, a missing
        group, a respondent who stands twice, a header that lacks a column, another encoding, an empty file.

    Examples
    --------
    >>> read_answers(illustrative())["answer"].agg(["min", "max"]).tolist()
    [1.0, 5.0]
    """
    rows, path = _read(Path(path), kind), Path(path)
    asked = list(questions(kind)["key"])
    found = []
    for number, row in rows:
        head = (row["respondent"], row["region"], _group(path, number, row["group"]))
        found.extend((*head, key, _answer(path, number, key, row[key], kind)) for key in asked)
    table = pd.DataFrame(found, columns=[*HEAD, "item", "answer"])
    return table.astype({"answer": float})


def read_comments(path: Path | str, *, kind: str = "survey", region: str | None = None) -> list[str]:
    """Return the comments of a file, of one region where named, as they were written: HTML and all.

    They come in alphabetical order, so that it does not say who wrote them. What shows them must escape them.
    """
    rows = [row for _, row in _read(Path(path), kind) if region in (None, row["region"])]
    return sorted(row[COMMENT] for row in rows if row.get(COMMENT))


def summary(path: Path | str, *, kind: str = "survey") -> str:
    """Return what a file holds once it is checked: respondents, regions, groups, answers that are missing.

    Examples
    --------
    >>> summary(illustrative()).split("; ")[:2]
    ['17 respondents of Region A', 'answers: 264 of 272']
    """
    table = read_answers(path, kind=kind)
    people = table.drop_duplicates("respondent")
    groups = people["group"].value_counts()
    named = ", ".join(f"{GROUPS[key]['en']} {groups[key]}" for key in GROUPS if key in groups)
    many = f"{len(people)} respondent{'' if len(people) == 1 else 's'}"
    known = int(table["answer"].notna().sum())
    return f"{many} of {listed(people['region'].unique())}; answers: {known} of {len(table)}; {named}"


def _text(path: Path) -> str:
    if not path.is_file():
        raise ValueError(f"there is no file {path.name}; a CSV file of answers is needed")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ValueError(
            f"{path.name}, row {row}: not UTF-8 text; save the sheet as “CSV UTF-8” and try again"
        ) from None
    if not text.strip():
        raise ValueError(f"{path.name} is empty; a header and a row a respondent are needed")
    return text


def _read(path: Path, kind: str) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a file with their numbers, as a spreadsheet counts them; header and respondents checked."""
    asked = list(questions(kind)["key"])
    text = _text(path)
    first = text.lstrip().splitlines()[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    try:
        lines = list(enumerate(csv.reader(io.StringIO(text), delimiter=separator, strict=True), start=1))
    except csv.Error as error:
        raise ValueError(f"{path.name} is no CSV file ({error}); save the sheet as “CSV UTF-8”") from None
    lines = [(number, [cell.strip() for cell in cells]) for number, cells in lines if any(map(str.strip, cells))]
    if not lines:
        raise ValueError(f"{path.name} has no words in it; a header and a row a respondent are needed")
    header = lines[0][1]
    _check_header(path, header, asked, kind)
    found, seen, at = [], {}, header.index("respondent")
    for number, cells in lines[1:]:
        if cells[at if at < len(cells) else 0].startswith("# "):
            continue
        if len(cells) != len(header):
            raise ValueError(f"{path.name}, row {number}: {len(cells)} cells where the header has {len(header)}")
        row = dict(zip(header, cells, strict=True))
        _check_head(path, number, row)
        before = seen.setdefault(row["respondent"], number)
        if before != number:
            raise ValueError(
                f"{path.name}, row {number}, column respondent: {row['respondent']!r} stands in row {before} already; "
                "one row with one answer to each question would be right"
            )
        found.append((number, row))
    if not found:
        raise ValueError(f"{path.name} has no answers below its header; a row a respondent is needed")
    return found


def _check_header(path: Path, header: list[str], asked: list[str], kind: str) -> None:
    known = [*HEAD, *asked, COMMENT]
    for column, name in enumerate(header, start=1):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            other = next((o for o in KINDS if o != kind and name in set(questions(o)["key"])), "")
            hint = f"did you mean {near[0]!r}?" if near else f"the columns of the {kind} are {listed(known, most=99)}"
            hint = f"it is one of the {other}" if other else hint
            raise ValueError(f"{path.name}, row 1, column {column}: {name!r} is no column of the {kind}; {hint}")
        if header.count(name) > 1:
            raise ValueError(f"{path.name}, row 1: the column {name!r} stands twice; each is needed once")
    absent = [name for name in known[:-1] if name not in header]
    if absent:
        raise ValueError(f"{path.name}, row 1: the header lacks {listed(absent)}; the template of the {kind} has it")


def _check_head(path: Path, number: int, row: dict[str, str]) -> None:
    for name in HEAD:
        if not row[name]:
            right = listed(GROUPS) if name == "group" else "a name such as r01" if name == "respondent" else "a name"
            raise ValueError(f"{path.name}, row {number}, column {name}: blank; {right} would be right")
        if not _PLAIN.fullmatch(row[name]):
            raise ValueError(
                f"{path.name}, row {number}, column {name}: {row[name]!r} holds signs that are no plain text; "
                "letters, digits and spaces would be right"
            )


def _group(path: Path, number: int, value: str) -> str:
    names = {word.casefold(): key for key, labels in GROUPS.items() for word in (key, *labels.values())}
    found = names.get(value.casefold())
    if found is None:
        near = difflib.get_close_matches(value.casefold(), names, n=1)
        hint = f"did you mean {names[near[0]]!r}?" if near else f"{listed(GROUPS)} would be right"
        raise ValueError(f"{path.name}, row {number}, column group: {value!r} is no group; {hint}")
    return found


def _answer(path: Path, number: int, column: str, value: str, kind: str) -> float | None:
    low, high = _SCALES[kind]
    if value.casefold().replace("’", "'") in _MISSING:
        return None
    whole = re.fullmatch(r"([0-9]+)(?:[.,]0+)?", value)
    if not whole or not low <= int(whole[1]) <= high:
        other = "0 for no information" if kind == "wheel" else f"{UNKNOWN['en']!r}, {UNKNOWN['it']!r}"
        raise ValueError(
            f"{path.name}, row {number}, column {column}: {value!r} is off the scale; "
            f"a whole number from {max(low, 1)} to {high}, {other} or blank would be right"
        )
    # 0 on the wheel says that there is no information: missing, and no mark
    return float(whole[1]) or None
