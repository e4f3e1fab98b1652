"""What files of parameters have in common: where they are, what a name looks like, and how they are read."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any

import yaml

__all__ = ["NAME", "names_in", "plain_text", "read_parameters"]

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def names_in(folder: Path) -> list[str]:
    """Return the names of the files of parameters in a folder."""
    return sorted(path.stem for path in folder.glob("*.yml"))


def plain_text(value: Any) -> Any:
    """Return a value, or raise a sentence where it is a text, or holds one, with HTML."""
    for text in value if isinstance(value, tuple) else (value,):
        if isinstance(text, str) and re.search(r"[<>]", text):
            raise ValueError(f"{text!r} holds HTML; plain text would be right")
    return value


def read_parameters(kind: str, name: str, folder: Path, *, example: str, otherwise: str) -> dict[str, Any]:
    """Return what the file of a name holds.

    Parameters
    ----------
    kind
        What the file describes, for the sentences: "case" or "chain".
    name
        Name of the file, without its ending.
    folder
        Where it is.
    example
        A line that such a file may hold.
    otherwise
        What to say of a name that is like none there is.

    Raises
    ------
    ValueError
        In one sentence, if the name is no name, no file has it, or the file is no YAML mapping.
    """
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no {kind} name; lower-case letters, digits and hyphens would be right")
    path = folder / f"{name}.yml"
    if not path.is_file():
        near = difflib.get_close_matches(name, names_in(folder), n=1)
        raise ValueError(f"unknown {kind} {name!r}; {f'did you mean {near[0]!r}?' if near else otherwise}")
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"{kind} {name}: {path.name} is not YAML ({str(error).splitlines()[0]})") from None
    if not isinstance(values, dict):
        raise ValueError(f"{kind} {name}: {path.name} must hold lines such as {example!r}")
    return values
