"""Methods and glossary of the site, drawn from the docstrings of the library's public functions."""

from __future__ import annotations

import functools
import inspect
import re
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

__all__ = ["Method", "Room", "rooms"]

ROOMS = ("indicators", "econometrics", "value_chains", "strategy")


@dataclass(frozen=True)
class Method:
    """A public function: what it does, its formulas as MathML, its source and its example."""

    name: str
    anchor: str
    says: str
    formulas: tuple[str, ...]
    source: str
    example: str

    @property
    def term(self) -> str:
        """The name in words."""
        return self.name.replace("_", " ")


@dataclass(frozen=True)
class Room:
    """A module with its public functions."""

    name: str
    says: str
    methods: tuple[Method, ...]


@functools.cache
def rooms() -> tuple[Room, ...]:
    """Return every module of the computing rooms with its public functions, in alphabetical order.

    Examples
    --------
    >>> specialisation = next(room for room in rooms() if room.name == "indicators.specialisation")
    >>> specialisation.methods[0].term, "<math" in specialisation.methods[0].formulas[0]
    ('hoover index', True)
    """
    found, seen = [], set()
    for place in ROOMS:
        package = import_module(f"alpclusters_lib.{place}")
        names = sorted(m.name for m in iter_modules(package.__path__) if not m.name.startswith("_"))
        for name in names:
            module = import_module(f"alpclusters_lib.{place}.{name}")
            methods = []
            for public in sorted(getattr(module, "__all__", ()), key=str.casefold):
                function = getattr(module, public)
                # a function that another module hands on stands where it is first found
                if inspect.isfunction(function) and function not in seen:
                    seen.add(function)
                    methods.append(_method(f"{place}.{name}", public, inspect.getdoc(function) or ""))
            if methods:
                found.append(Room(f"{place}.{name}", _first(inspect.getdoc(module) or ""), tuple(methods)))
    return tuple(found)


def _method(module: str, name: str, text: str) -> Method:
    from alpclusters_lib.reports.markup import to_mathml

    formulas = tuple(to_mathml(formula, display="block") for formula in _formulas(text))
    return Method(
        name=name,
        anchor=f"{module}.{name}".replace(".", "-"),
        says=_plain(_first(text)),
        formulas=formulas,
        source=_plain(" ".join(_section(text, "References").split())),
        example=_section(text, "Examples"),
    )


def _first(text: str) -> str:
    return " ".join(text.partition("\n\n")[0].split())


def _plain(text: str) -> str:
    """Return a sentence without the marks of its markup."""
    text = re.sub(r":\w+:`~?(?:[\w.]*\.)?([^`]+)`", r"\1", text)
    return text.replace("``", "").replace("`", "")


def _formulas(text: str) -> list[str]:
    """Return the formulas of a docstring: on the line of ``.. math::`` and indented below it."""
    lines, found = text.splitlines(), []
    for number, line in enumerate(lines):
        head, mark, rest = line.partition(".. math::")
        if not mark:
            continue
        indent, formula = len(head), [rest.strip()]
        for below in lines[number + 1 :]:
            if below.strip() and len(below) - len(below.lstrip()) <= indent:
                break
            formula.append(below.strip())
        found += [part for part in re.split(r"\n\s*\n", "\n".join(formula).strip()) if part.strip()]
    return found


def _section(text: str, title: str) -> str:
    found = re.search(rf"^{title}\n-+\n(.*?)(?=^\w[^\n]*\n-+\n|\Z)", text, re.MULTILINE | re.DOTALL)
    return found[1].strip() if found else ""
