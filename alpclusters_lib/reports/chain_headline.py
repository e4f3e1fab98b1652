"""What a chain's report found, in one sentence for the index page."""

from __future__ import annotations

from alpclusters_lib.reports.chain_candidates import thin_stages
from alpclusters_lib.reports.chain_evidence import ChainEvidence
from alpclusters_lib.reports.chain_trade import ALPINE, OTHER_ALPINE, OWN, VALUE, YEAR, origins
from alpclusters_lib.reports.chain_words import listed, quoted
from alpclusters_lib.reports.marked import quotient
from alpclusters_lib.reports.numbers import percent

__all__ = ["headline"]


def headline(evidence: ChainEvidence) -> str:
    """Return strongest and thinnest stage with their quotients, and the least share of value from Alpine countries."""
    labels, stages = evidence.chain.labels(), evidence.perimeter_stages
    known, thin = stages["lq"].dropna(), thin_stages(evidence)
    parts = []
    if len(known):
        best = known.idxmax()
        parts.append(f"Strongest in {quoted(labels[best])} (LQ {quotient(stages.loc[best])})")
    if len(thin):
        names = listed([quoted(labels[key]) for key in thin.index])
        parts.append(f"thinnest in {names} (LQ {quotient(thin.iloc[0])})" if len(thin) == 1 else f"thinnest in {names}")
    value = origins(evidence).loc[evidence.chain.ends_in, VALUE]
    share = percent(100 * (value[OWN] + value[OTHER_ALPINE]))
    parts.append(f"at least {share} of the value of its products came from {len(ALPINE)} Alpine countries in {YEAR}")
    sentence = "; ".join(parts)
    return f"{sentence[0].upper()}{sentence[1:]}."
