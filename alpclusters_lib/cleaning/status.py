"""How well a figure is known: five words, and the one rule that combines them.

``observed``      published by the source
``bound``         only its limits follow from published figures
``estimated``     computed where nothing is published
``confidential``  the source holds a figure and hides it
``missing``       the source has no figure
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["STATUSES", "worst_status"]

STATUSES = ("observed", "bound", "estimated", "confidential", "missing")


def worst_status(statuses: Iterable[str]) -> str:
    """Return the status of a result: the worst of its inputs' (``missing`` where there are none).

    Raises
    ------
    ValueError
        If a word is not one of the five.

    Examples
    --------
    >>> worst_status(["observed", "estimated", "bound"])
    'estimated'
    """
    found = set(statuses)
    unknown = sorted(found.difference(STATUSES))
    if unknown:
        raise ValueError(f"{unknown[0]!r} is no status; available: {', '.join(STATUSES)}")
    return max(found, key=STATUSES.index, default="missing")
