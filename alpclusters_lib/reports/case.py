"""A case: the validated parameters of one cluster case study, read from ``notebooks/cases/NAME.yml``."""

from __future__ import annotations

import difflib
import functools
import re
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from alpclusters_lib import datasets, paths, regions, sectors
from alpclusters_lib.reports.breaks import refuse_break
from alpclusters_lib.reports.parameter_files import NAME, names_in, plain_text, read_parameters

__all__ = ["Case", "Unit", "case_names", "load_case", "parse_unit"]


class Unit(BaseModel):
    """An area that figures are added up for: one or more NUTS codes under one name."""

    model_config = ConfigDict(frozen=True)

    label: str
    label_it: str
    codes: tuple[str, ...]
    national_frame: bool = False
    """True where no regional figures exist and the country stands in for the region."""

    @property
    def larger_than_a_region(self) -> bool:
        """Whether the unit is more than one NUTS 2 region, so that a rank among them flatters its size."""
        return len(self.area) > 1

    @functools.cached_property
    def area(self) -> tuple[str, ...]:
        """The NUTS 2 codes that make up the unit."""
        table = datasets.regions(level=2)
        # codes of older vintages (SI01, HU10) name other cuts of the same land
        current = table.index[(table["vintage"] == "2016") | table.index.isin(self.codes)]
        return tuple(code for code in current if code.startswith(self.codes))


def _listed(names: list[str], word: str) -> str:
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last


def parse_unit(text: str, *, label: str | None = None) -> Unit:
    """Return the unit that a text names: keys of S3-4AlpClusters regions or NUTS codes, joined by ``+``.

    Raises
    ------
    ValueError
        If a part is neither; the sentence suggests the nearest key.

    Examples
    --------
    >>> parse_unit("slovenia").codes
    ('SI',)
    >>> parse_unit("DE21+DE27").label
    'Upper Bavaria + Swabia'
    """
    keys, table = list(regions.s3_regions().index), datasets.regions()
    names, names_it, codes, frame = [], [], [], False
    parts = [part.strip() for part in text.split("+")]
    recodes = regions.recodes()
    coded = [part for part in parts if part in table.index or part in recodes]
    if coded:
        regions.vintage_of(coded)
    for part in parts:
        if part in keys:
            region = regions.s3_region(part)
            # no industry is published for a canton: the country stands in for it
            own = ["CH"] if region.country == "CH" else list(region.publication_codes)
            frame = frame or region.country == "CH"
        elif part in table.index:
            own = [part]
        elif part in recodes:
            raise ValueError(f"{part} is an old NUTS code; {recodes[part]} is the same area today")
        else:
            near = difflib.get_close_matches(part, [*keys, *table.index], n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"keys are {', '.join(keys)}; NUTS codes work too"
            raise ValueError(f"unknown region {part!r}; {hint}")
        codes += own
        names.append(" + ".join(table.loc[own, "name_en"]))
        names_it.append(" + ".join(table.loc[own, "name_it"]))
    for place, code in enumerate(codes):
        twice = [other for other in codes[:place] + codes[place + 1 :] if code.startswith(other)]
        if twice:
            part_of = "" if twice[0] == code else f", it is part of {twice[0]}"
            raise ValueError(f"{text!r} counts {code} twice{part_of}; name each area once")
    if frame and len(codes) > 1:
        raise ValueError(f"{text!r} adds Switzerland as a whole to a region; name {text.split('+')[0]!r} alone")
    # a label that lists the areas by name is one in Italian too
    in_italian = _listed(names_it, "e") if label == _listed(names, "and") else label
    return Unit(
        label=label or " + ".join(names),
        label_it=in_italian or " + ".join(names_it),
        codes=tuple(codes),
        national_frame=frame,
    )


class Case(BaseModel):
    """The parameters of a case study.

    ``region`` and each entry of ``compare`` are keys of the project's regions or NUTS codes, joined by ``+`` where
    several are added up. Either ``family`` or ``divisions`` says what is studied. ``growth`` holds first and last
    year of a window without a break in the figures, or nothing where there is none.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str = Field(min_length=3, max_length=90)
    region: str
    region_label: str | None = None
    compare: tuple[str, ...] = ()
    family: str | None = None
    divisions: tuple[str, ...] = ()
    year: int = 2014
    growth: tuple[int, int] | None = (2011, 2014)
    perimeter: str = "alpine_space_2014"
    priority: str | None = None
    note: str = ""

    @field_validator("name")
    @classmethod
    def _name_is_a_slug(cls, name: str) -> str:
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no case name; lower-case letters, digits and hyphens would be right")
        return name

    @field_validator("title", "note", "region_label")
    @classmethod
    def _plain_text(cls, text: str | None) -> str | None:
        return plain_text(text)

    @field_validator("perimeter")
    @classmethod
    def _known_perimeter(cls, name: str) -> str:
        regions.perimeter(name)
        return name

    @model_validator(mode="after")
    def _fits_the_data(self) -> Case:
        if bool(self.family) == bool(self.divisions):
            raise ValueError("give either a family or divisions, not both and not neither")
        unknown = [d for d in self.divisions if d not in sectors.divisions()]
        if unknown:
            raise ValueError(f"{unknown[0]!r} is no NACE division; a code such as C28 would be right")
        if self.family:
            sectors.family(self.family)
        if len(set(self.divisions)) < len(self.divisions):
            raise ValueError(f"division {max(self.divisions, key=self.divisions.count)} is named twice; name each once")
        units = [self.unit, *self.compared]
        labels = [unit.label for unit in units]
        if len(set(labels)) < len(labels):
            raise ValueError(f"{max(labels, key=labels.count)} is compared with itself; name each area once")
        for unit in units:
            datasets.employment(year=self.year, regions=unit.codes)
        if self.growth:
            start, end = self.growth
            if not start < end <= self.year:
                raise ValueError(f"growth is {start} to {end}; two years in order, not after {self.year}, are right")
            for year in self.growth:
                datasets.employment(year=year)
            refuse_break(self.unit.codes, self.cluster.divisions, start, end)
        if self.priority and self.priority not in set(datasets.facts("s3_priorities")["id"]):
            near = difflib.get_close_matches(self.priority, datasets.facts("s3_priorities")["id"], n=1)
            hint = f"did you mean {near[0]!r}?" if near else "see data/raw/facts/s3_priorities.csv"
            raise ValueError(f"unknown priority {self.priority!r}; {hint}")
        if self.priority:
            owner = datasets.facts("s3_priorities").set_index("id").loc[self.priority, "region"]
            member = datasets.regions()["s3_region"]
            if owner not in {member.get(part, part) for part in self.region.split("+")}:
                raise ValueError(f"priority {self.priority!r} is one of {owner}, not of {self.region}")
        return self

    @functools.cached_property
    def unit(self) -> Unit:
        """The area studied."""
        return parse_unit(self.region, label=self.region_label)

    @property
    def region_name(self) -> str:
        """The name of the region studied, also where its country stands in for it."""
        names = regions.s3_regions()["name_en"]
        return self.region_label or (names[self.region] if self.unit.national_frame else self.unit.label)

    @functools.cached_property
    def compared(self) -> tuple[Unit, ...]:
        """The areas shown beside it."""
        return tuple(parse_unit(text) for text in self.compare)

    @functools.cached_property
    def cluster(self) -> sectors.Family:
        """The cluster family, or the named divisions as a group of their own."""
        if self.family:
            return sectors.family(self.family)
        labels = [sectors.label(d) for d in self.divisions], [sectors.label(d, "it") for d in self.divisions]
        return sectors.Family(
            key="+".join(self.divisions),
            label_en="; ".join(labels[0]),
            label_it="; ".join(labels[1]),
            divisions=self.divisions,
            purity=float("nan"),
            word="division" if len(self.divisions) == 1 else "sector group",
        )


def _sentence(name: str, error: ValidationError) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, Case.model_fields, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(Case.model_fields)}"
        return f"case {name}: unknown key {key!r}; {hint}"
    if first["loc"][:1] == ("growth",):
        return f"case {name}: growth takes two years such as [2011, 2014], or null where there is no window"
    if first["type"] == "missing":
        return f"case {name}: the key {key!r} is missing"
    message = first["msg"].removeprefix("Value error, ")
    return f"case {name}: {f'{key}: ' if key else ''}{message}"


_CHECKED: dict[tuple[str, str, Path], Case] = {}


def case_names() -> list[str]:
    """Return the names of all cases in ``notebooks/cases``."""
    return names_in(paths.notebooks() / "cases")


def load_case(name: str, *, folder: Path | None = None) -> Case:
    """Read and check a case.

    Raises
    ------
    ValueError
        In one sentence, if there is no such case, its file is no YAML mapping, or a parameter is wrong.

    Examples
    --------
    >>> load_case("machinery-lombardy").cluster.divisions
    ('C26', 'C27', 'C28')
    """
    values = read_parameters(
        "case",
        name,
        folder or paths.notebooks() / "cases",
        example="region: lombardy",
        otherwise="`alpclusters list` shows them all",
    )
    # checking against the figures takes a fifth of a second a case, and every list of reports asks for all of them
    known = (name, repr(values), paths.processed())
    if known not in _CHECKED:
        try:
            _CHECKED[known] = Case(**{"name": name, **values})
        except ValidationError as error:
            raise ValueError(_sentence(name, error)) from None
    return _CHECKED[known]


def write_case(name: str, *, region: str, family: str, title: str = "", growth: str = "2011-2014") -> Path:
    """Write a new case file after checking it; an existing one is never overwritten.

    Raises
    ------
    ValueError
        If a value is wrong or the case exists.
    """
    from alpclusters_lib.reports.files import write_atomically

    if growth != "none" and not re.fullmatch(r"\d{4}-\d{4}", growth):
        raise ValueError(f"growth is {growth!r}; two years such as 2011-2014, or none, would be right")
    window = None if growth == "none" else [int(year) for year in growth.split("-")]
    title = title or f"{sectors.family(family).label_en} in {parse_unit(region).label}"
    values = {"title": title, "region": region, "family": family, "growth": window}
    try:
        Case(**{"name": name, **values})
    except ValidationError as error:
        raise ValueError(_sentence(name, error)) from None
    path = paths.notebooks() / "cases" / f"{name}.yml"
    if path.exists():
        raise ValueError(f"notebooks/cases/{path.name} exists; choose another name or edit the file")
    return write_atomically(path, yaml.safe_dump(values, sort_keys=False, allow_unicode=True))
