"""Chain files: the validated stages of a value chain, read from ``notebooks/chains/NAME.yml``."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from alpclusters_lib import paths, sectors
from alpclusters_lib.reports.parameter_files import NAME, names_in, plain_text, read_parameters
from alpclusters_lib.value_chains.chains import Chain, NotCovered, Stage

__all__ = ["chain_names", "load_chain"]


class _Checked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="after")
    @classmethod
    def _plain_text(cls, value: Any) -> Any:
        return plain_text(value)


class _Stage(_Checked):
    key: str
    label: str = Field(min_length=3, max_length=28)
    label_it: str = Field(min_length=3, max_length=28)
    divisions: tuple[str, ...]
    feeds: tuple[str, ...] = ()
    shared: bool = False
    reason: str = Field(min_length=20)

    @field_validator("key")
    @classmethod
    def _key_is_a_slug(cls, key: str) -> str:
        if not NAME.fullmatch(key):
            raise ValueError(f"{key!r} is no key of a stage; lower-case letters, digits and hyphens would be right")
        return key

    @field_validator("divisions")
    @classmethod
    def _known_divisions(cls, divisions: tuple[str, ...]) -> tuple[str, ...]:
        known = sectors.divisions()
        for division in divisions:
            if division not in known:
                near = difflib.get_close_matches(division.upper(), known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else "a code such as C28 would be right"
                raise ValueError(
                    f"{division!r} is no NACE division with regional figures; {hint} "
                    "What the figures do not hold belongs in not_covered."
                )
        return divisions


class _NotCovered(_Checked):
    label: str = Field(min_length=3)
    divisions: tuple[str, ...] = ()
    reason: str


class _File(_Checked):
    title: str = Field(min_length=3, max_length=60)
    title_it: str = Field(min_length=3, max_length=60)
    about: str = Field(min_length=20)
    about_it: str = Field(min_length=20)
    ends_in: str
    stages: tuple[_Stage, ...]
    not_covered: tuple[_NotCovered, ...] = ()
    families: tuple[str, ...] = ()
    sources: tuple[str, ...] = Field(min_length=1)

    @field_validator("families")
    @classmethod
    def _known_families(cls, families: tuple[str, ...]) -> tuple[str, ...]:
        for family in families:
            sectors.family(family)
        return families


PARTS = {"stages": _Stage, "not_covered": _NotCovered}


def _place(location: tuple[Any, ...], values: Any) -> str:
    """Return where in the file a value stands: ``stage 'timber', divisions``."""
    words = [str(part) for part in location]
    if len(location) > 1 and location[0] == "stages":
        try:
            name = repr(values["stages"][location[1]]["key"])
        except (KeyError, TypeError, IndexError):
            name = str(location[1] + 1)
        words = [f"stage {name}", *words[2:3]]
    return ", ".join(words[:2])


def _sentence(name: str, error: ValidationError, values: Any) -> str:
    first = error.errors()[0]
    location = first["loc"]
    key = str(location[-1]) if location else ""
    inside = f" in {_place(location[:-1], values)}" if len(location) > 1 else ""
    if first["type"] == "extra_forbidden":
        known = PARTS.get(str(location[0]), _File) if len(location) > 1 else _File
        near = difflib.get_close_matches(key, known.model_fields, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known.model_fields)}"
        return f"chain {name}: unknown key {key!r}{inside}; {hint}"
    if first["type"] == "missing":
        return f"chain {name}: the key {key!r} is missing{inside}"
    message = first["msg"].removeprefix("Value error, ")
    return f"chain {name}: {_place(location, values)}: {message}"


def chain_names() -> list[str]:
    """Return the names of all chains in ``notebooks/chains``."""
    return names_in(paths.notebooks() / "chains")


def load_chain(name: str, *, folder: Path | None = None) -> Chain:
    """Read and check a chain.

    Raises
    ------
    ValueError
        In one sentence, if there is no such chain, its file is no YAML mapping, or a value is wrong: an unknown key or
        division, a division in two stages, a stage that feeds an unknown one or leads nowhere.

    Examples
    --------
    >>> load_chain("wood-construction").stage("timber").divisions
    ('C16',)
    """
    place = folder or paths.notebooks() / "chains"
    known = f"there are {', '.join(names_in(place)) or 'none'}"
    values = read_parameters("chain", name, place, example="ends_in: building", otherwise=known)
    try:
        file = _File(**values)
    except ValidationError as error:
        raise ValueError(_sentence(name, error, values)) from None
    except TypeError:
        raise ValueError(f"chain {name}: {name}.yml must hold keys that are words") from None
    parts = file.model_dump()
    parts["stages"] = tuple(Stage(**stage) for stage in parts["stages"])
    parts["not_covered"] = tuple(NotCovered(**part) for part in parts["not_covered"])
    try:
        return Chain(name=name, **parts)
    except ValueError as error:
        raise ValueError(f"chain {name}: {error}") from None
