"""alpclusters: innovation clusters and smart specialisation in the Alps, from official figures to reports.

The names most used are at hand here and loaded when first asked for, so that the import itself costs nothing:

>>> import alpclusters_lib
>>> alpclusters_lib.location_quotient.__module__
'alpclusters_lib.indicators.specialisation'
"""

from __future__ import annotations

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "cluster_employment": "indicators.aggregation",
    "cluster_quotients": "indicators.aggregation",
    "cluster_stars": "indicators.clusters",
    "collect": "reports.evidence",
    "employment": "datasets",
    "explain": "reports.explain",
    "herfindahl_index": "indicators.concentration",
    "hoover_index": "indicators.specialisation",
    "krugman_index": "indicators.specialisation",
    "load_case": "reports.case",
    "location_quotient": "indicators.specialisation",
    "location_quotient_interval": "indicators.specialisation",
    "shift_share": "indicators.growth",
}
__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'alpclusters_lib' has no attribute {name!r}")
    return getattr(import_module(f"alpclusters_lib.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
