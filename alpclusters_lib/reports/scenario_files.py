"""Scenario files: the assumed shocks of a stress test, read from ``notebooks/scenarios/NAME.yml``."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from alpclusters_lib import paths, regions, sectors
from alpclusters_lib.reports.parameter_files import names_in, plain_text, read_parameters

__all__ = ["SCENARIO", "Scenario", "load_scenario", "scenario_names"]

SCENARIO = "scenario-"
FLOOR, CEILING = -100, 100


class Scenario(BaseModel):
    """One assumed shock.

    ``shocks`` are changes of final demand in per cent by NACE division; ``sales_to`` changes, in per cent, of what a
    country buys from abroad, by its code. A scenario has either.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str
    title: str = Field(min_length=3, max_length=40)
    title_it: str = Field(min_length=3, max_length=40)
    about: str = Field(min_length=20)
    about_it: str = Field(min_length=20)
    size: str = Field(min_length=20)
    shocks: dict[str, int | float] = {}
    sales_to: dict[str, int | float] = {}

    @field_validator("title", "title_it", "about", "about_it", "size")
    @classmethod
    def _plain_text(cls, text: str) -> str:
        return plain_text(text)

    @model_validator(mode="after")
    def _has_sensible_shocks(self) -> Scenario:
        if bool(self.shocks) == bool(self.sales_to):
            raise ValueError("give either shocks by division or sales_to by country, not both and not neither")
        for division in self.shocks:
            if division not in sectors.divisions():
                near = difflib.get_close_matches(division.upper(), sectors.divisions(), n=1)
                hint = f"did you mean {near[0]!r}?" if near else "a code such as C28 would be right"
                raise ValueError(f"{division!r} is no NACE division with regional figures; {hint}")
        for country in self.sales_to:
            if country not in regions.WIOD_COUNTRIES:
                raise ValueError(f"{country!r} is no country of the world tables; a code such as DE would be right")
        for code, size in {**self.shocks, **self.sales_to}.items():
            if not FLOOR <= size <= CEILING:
                raise ValueError(f"the shock of {code} is {size:g} %; {FLOOR} (nothing is left) to {CEILING} is right")
        return self


def scenario_names() -> list[str]:
    """Return the names of all scenarios in ``notebooks/scenarios``."""
    return names_in(paths.notebooks() / "scenarios")


def load_scenario(name: str, *, folder: Path | None = None) -> Scenario:
    """Read and check a scenario.

    Raises
    ------
    ValueError
        In one sentence, if there is no such scenario, its file is no YAML mapping, a key is missing or unknown, a
        division or country is unknown, or a shock is no number from -100 to 100.

    Examples
    --------
    >>> load_scenario("car-transition").shocks
    {'C29': -20}
    """
    place = folder or paths.notebooks() / "scenarios"
    known = f"there are {', '.join(names_in(place)) or 'none'}"
    values = read_parameters("scenario", name, place, example="title: Energy price", otherwise=known)
    try:
        return Scenario(**{"name": name, **values})
    except ValidationError as error:
        raise ValueError(_sentence(name, error)) from None
    except TypeError:
        raise ValueError(f"scenario {name}: {name}.yml must hold keys that are words") from None


def _sentence(name: str, error: ValidationError) -> str:
    first: Any = error.errors()[0]
    place = ", ".join(str(part) for part in first["loc"] if part not in ("int", "float"))
    if first["type"] == "extra_forbidden":
        near = difflib.get_close_matches(place, Scenario.model_fields, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(Scenario.model_fields)}"
        return f"scenario {name}: unknown key {place!r}; {hint}"
    if first["type"] == "missing":
        return f"scenario {name}: the key {place!r} is missing"
    if first["loc"][:1] in (("shocks",), ("sales_to",)) and len(first["loc"]) > 1:
        return f"scenario {name}: {place} is {first['input']!r}; a number of per cent such as -10 is right"
    message = first["msg"].removeprefix("Value error, ")
    return f"scenario {name}: {f'{place}: ' if place else ''}{message}"
