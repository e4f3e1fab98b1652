"""Composite indicators: many figures made one, how far ranks hang on the making, and who is structurally alike.

A composite is a choice of indicators, scale, weights and rule, none of which the data make. What is ranked carries the
range of ranks over the other choices; correlated indicators count double; imputed figures look like data.
"""

from alpclusters_lib.indicators._normalisation import goalposts, logarithm, normalise
from alpclusters_lib.indicators._pillars import structural_distance, structural_distance_parts
from alpclusters_lib.indicators._rank_uncertainty import rank_uncertainty, sensitivity
from alpclusters_lib.indicators._weighting import aggregate, weights_pca

__all__ = [
    "aggregate",
    "goalposts",
    "logarithm",
    "normalise",
    "rank_uncertainty",
    "sensitivity",
    "structural_distance",
    "structural_distance_parts",
    "weights_pca",
]
