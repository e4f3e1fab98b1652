"""Econometrics: what is associated with growth and with the entry of industries, with errors that fit the data.

Nothing here is evidence of what brings about what. Jobs are measured with error and the same error stands in a quotient
and in the growth after it, so the negative association of both is partly arithmetic; regions of a country share its
statistics office. The only room that uses statsmodels, and loads it when a model is estimated.
"""

from alpclusters_lib.econometrics._association import Association
from alpclusters_lib.econometrics.entry import entry_auc, entry_model
from alpclusters_lib.econometrics.growth import cluster_growth, cluster_growth_variants, random_groups
from alpclusters_lib.econometrics.residuals import residual_association

__all__ = [
    "Association",
    "cluster_growth",
    "cluster_growth_variants",
    "entry_auc",
    "entry_model",
    "random_groups",
    "residual_association",
]
