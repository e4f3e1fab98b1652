"""Where a cluster stands in value chains: its place among its country's industries, and the chains it is in."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from alpclusters_lib import sectors
from alpclusters_lib.reports import chain_files
from alpclusters_lib.reports.chain_position import HIDDEN, position_sentence
from alpclusters_lib.reports.chain_trade import ALPINE
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.evidence import Evidence
from alpclusters_lib.value_chains.chains import Chain

__all__ = ["chain_position_sentences", "passing_chains_sentence"]


@functools.lru_cache(maxsize=1)
def _chains() -> tuple[Chain, ...]:
    return tuple(chain_files.load_chain(name) for name in chain_files.chain_names())


def chain_position_sentences(evidence: Evidence) -> list[str]:
    """Return a sentence for each Alpine country of the area studied: how far its cluster is from final use."""
    countries = dict.fromkeys(code[:2] for code in evidence.case.unit.codes)
    told = [position_sentence(c, evidence.case.cluster.divisions) for c in countries if c in (*ALPINE, *HIDDEN)]
    return told or ["Steps from final use are shown for Alpine countries only."]


def passing_chains_sentence(divisions: Sequence[str]) -> str:
    """Return the value chains that pass through some divisions, each with a link to its report and the stages."""
    found = []
    for chain in _chains():
        stages = [stage.label for stage in chain.stages if set(stage.divisions) & set(divisions)]
        if stages:
            found.append(f"[{chain.title}](chain-{chain.name}.html) ({listed([f'“{label}”' for label in stages])})")
    if not found:
        names = listed([sectors.label(code, short=True) for code in divisions])
        return f"None of the {len(_chains())} value chains described here passes through {names}."
    return f"Value chains that pass through its divisions, with the stages: {'; '.join(found)}."
