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
    "added_density": "indicators.relatedness",
    "backward_linkages": "value_chains.input_output",
    "chain_stages": "value_chains.chains",
    "cluster_employment": "indicators.aggregation",
    "cluster_growth": "econometrics",
    "cluster_quotients": "indicators.aggregation",
    "cluster_stars": "indicators.clusters",
    "collect": "reports.evidence",
    "economic_complexity": "indicators.complexity",
    "ellison_glaeser": "indicators.concentration",
    "employment": "datasets",
    "entries_and_exits": "indicators.growth",
    "entry_auc": "econometrics",
    "explain": "reports.explain",
    "fitness_complexity": "indicators.complexity",
    "forward_linkages": "value_chains.input_output",
    "from_pymrio": "value_chains.input_output",
    "herfindahl_index": "indicators.concentration",
    "hoover_index": "indicators.specialisation",
    "hypothetical_extraction": "value_chains.input_output",
    "krugman_index": "indicators.specialisation",
    "leontief_inverse": "value_chains.input_output",
    "load_case": "reports.case",
    "load_chain": "reports.chain_files",
    "location_quotient": "indicators.specialisation",
    "location_quotient_interval": "indicators.specialisation",
    "presence": "indicators.relatedness",
    "proximity": "indicators.relatedness",
    "regional_coefficients": "value_chains.regionalisation",
    "related_variety": "indicators.variety",
    "relatedness_density": "indicators.relatedness",
    "shift_share": "indicators.growth",
    "unrelated_variety": "indicators.variety",
    "upstreamness": "value_chains.input_output",
}
__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'alpclusters_lib' has no attribute {name!r}")
    return getattr(import_module(f"alpclusters_lib.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
