"""Work that reports made from one notebook share, done once in the warmed process before their kernels are forked.

Each function asks for one report what the others will ask as well: the library keeps what it has read and computed,
and the drawing library what it has measured of its type. It only saves time: without it every report comes out the
same, later.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alpclusters_lib.reports.pictures import Picture

__all__ = ["do"]

REGION = "lombardy"
PERIMETER = "alpine_space_2014"


@functools.cache
def do(notebook: str) -> None:
    """Do the shared work of the reports of a notebook; nothing where none is known."""
    if notebook in WORK:
        WORK[notebook]()


def _draw(pictures: Iterable[Picture | None]) -> None:
    """Draw pictures as a report does and throw them away."""
    import matplotlib.pyplot as plt

    from alpclusters_lib.reports.output import compact_png

    for picture in pictures:
        if picture is not None:
            compact_png(picture.figure)
            plt.close(picture.figure)


def _atlas() -> None:
    from alpclusters_lib.reports import structure

    structure.variety_sentence(PERIMETER)
    structure.association_sentence()
    _draw([structure.product_space(PERIMETER), structure.relatedness_map()])


def _families() -> None:
    from alpclusters_lib.reports import atlas

    atlas.overview_sentence(PERIMETER)
    _draw([atlas.family_map(PERIMETER, atlas.FAMILIES[0])])


def _case_study() -> None:
    from alpclusters_lib.reports import case, chain_links, diversification, evidence, findings, narrative, pictures

    found = evidence.collect(case.load_case(case.case_names()[0]))
    narrative.verdict(found)
    findings.balance(found)
    chain_links.passing_chains_sentence(found.case.cluster.divisions)
    chain_links.chain_position_sentences(found)
    nearby = diversification.options(found)
    _draw([pictures.map_of_perimeter(found), pictures.growth_bubble(found), pictures.peers(found)])
    _draw([diversification.options_picture(nearby, found)])


def _benchmark() -> None:
    from alpclusters_lib.reports import (
        alignment,
        benchmark_region,
        strategy_breadth,
        strategy_overlap,
        structural_peers,
    )

    alignment.verdict(REGION)
    strategy_overlap.overlap_sentence(REGION)
    _draw([structural_peers.peers_picture(REGION), benchmark_region.profile_picture(REGION)])
    _draw([strategy_breadth.breadth_picture(REGION)])


def _stress_test() -> None:
    from alpclusters_lib.reports import back_test, largest_cluster, portfolio, priority_robustness, resilience, shocks

    back_test.headline()
    pictures = (module.picture(REGION) for module in (shocks, largest_cluster, priority_robustness, resilience))
    _draw([*pictures, portfolio.picture(REGION)])


def _partners() -> None:
    from alpclusters_lib.reports import consortia, partner_evidence, partners

    family = partner_evidence.chosen_family(REGION, "")
    partners.families_sentence(REGION)
    consortia.consortium_sentence(REGION, family)
    _draw([partners.diamond_picture(REGION, family), partners.flow_picture(REGION, family)])


def _innovation_model() -> None:
    from alpclusters_lib.reports import innovation_model

    innovation_model.at_a_glance(REGION)
    _draw([innovation_model.candidate_picture(REGION)])


def _action_plan() -> None:
    from alpclusters_lib.reports import action_plan

    action_plan.at_a_glance(REGION)
    _draw([action_plan.baseline_picture(REGION)])


def _chain() -> None:
    from alpclusters_lib.reports import (
        chain_evidence,
        chain_extraction,
        chain_files,
        chain_network,
        chain_pictures,
        chain_stages,
        chain_structure,
        chain_trade,
        regional_model,
    )

    found = chain_evidence.collect(chain_files.load_chain(chain_files.chain_names()[0]), year=2014)
    chain_stages.verdict(found)
    chain_trade.alpine_share_sentence(found)
    chain_trade.change_sentence(found)
    chain_extraction.extraction_sentence(found)
    regional_model.error_sentence()
    chain_structure.participation_sentence(found)
    _draw([chain_network.network_picture(found), chain_pictures.heat_map(found), regional_model.delta_picture(found)])


WORK: dict[str, Callable[[], None]] = {
    "02-alpine-atlas.ipynb": _atlas,
    "02-alpine-atlas-families.ipynb": _families,
    "03-cluster-case-study.ipynb": _case_study,
    "04-s3-benchmark-region.ipynb": _benchmark,
    "05-s3-stress-test-region.ipynb": _stress_test,
    "06-value-chains.ipynb": _chain,
    "07-cooperation.ipynb": _partners,
    "09-action-plan-region.ipynb": _action_plan,
    "10-innovation-model.ipynb": _innovation_model,
}
