"""The figures of a chain's stages: strength by region and stage, and jobs per local unit."""

from __future__ import annotations

import pandas as pd

from alpclusters_lib.figures import stage_matrix, style
from alpclusters_lib.reports.chain_candidates import thin_stages
from alpclusters_lib.reports.chain_evidence import ChainEvidence, place
from alpclusters_lib.reports.chain_sizes import PROXY, rough, size_medians, sizes
from alpclusters_lib.reports.chain_words import area_name, chain_name, listed, quoted
from alpclusters_lib.reports.marked import is_estimated, quotient
from alpclusters_lib.reports.numbers import decimal
from alpclusters_lib.reports.pictures import SOURCE, Picture, panel

__all__ = ["heat_map", "size_picture"]


def _by_region(evidence: ChainEvidence, column: str) -> pd.DataFrame:
    """Return a column of the evidence, region × stage, in the order of countries and names."""
    table = evidence.studied[column].unstack("stage").reindex(columns=list(evidence.chain.keys))
    order = sorted(evidence.regions, key=lambda code: (place(code[:2]), place(code)))
    return table.reindex(order)


def _labelled(evidence: ChainEvidence, table: pd.DataFrame) -> pd.DataFrame:
    """Give rows the names of regions, and columns the labels of stages."""
    return table.rename(columns=evidence.chain.labels(), index=place)


def _cell(row: pd.Series) -> str:
    """Write a quotient into a cell, its limits where it has no value."""
    if pd.isna(row["lq_lower"]) and pd.isna(row["lq"]):
        return ""
    if pd.isna(row["lq"]):
        high = "?" if pd.isna(row["lq_upper"]) else f"{row['lq_upper']:.1f}"
        return f"{row['lq_lower']:.1f}–{high}"
    return decimal(row["lq"])


def _heading(evidence: ChainEvidence) -> str:
    counts = evidence.perimeter_stages["strong"]
    labels, most = evidence.chain.labels(), counts[counts == counts.max()].index
    least = counts[counts == counts.min()].index
    name = chain_name(evidence)
    with_figures = len(evidence.regions) - len(evidence.silent)
    if with_figures == 1:
        code = next(code for code in evidence.regions if code not in evidence.silent)
        strong = [labels[k] for k in evidence.chain.keys if evidence.stages.loc[(code, k), "strength"] == "strong"]
        return f"{place(code)} is strong at {len(strong)} of {len(labels)} stages of {name}"
    if len(most) == len(counts):
        return f"{name[0].upper()}{name[1:]}: {counts.iloc[0]} regions are strong at each stage"
    return (
        f"{name[0].upper()}{name[1:]}: most strong regions at {listed([quoted(labels[k]) for k in most])} "
        f"({counts.max()}), fewest at {listed([quoted(labels[k]) for k in least])} ({counts.min()})"
    )


def heat_map(evidence: ChainEvidence) -> Picture:
    """Draw the quotients of the regions studied by stage, with what is strong, weak, open and without figures."""
    studied = evidence.studied
    text = studied.apply(_cell, axis=1).unstack("stage")
    guessed = studied.apply(is_estimated, axis=1).unstack("stage")
    values = _by_region(evidence, "lq")
    groups = pd.Series([place(code[:2]) for code in values.index], [place(c) for c in values.index])
    height = 0.205 * (len(values) + stage_matrix.GAP * groups.nunique())
    with style.style():
        figure, ax = panel(1.05 * len(evidence.chain.stages) + 0.6, max(height, 1.2))
        stage_matrix.stage_matrix(
            _labelled(evidence, values), ax=ax, groups=groups, title=_heading(evidence), source=SOURCE,
            strength=_labelled(evidence, _by_region(evidence, "strength")),
            text=_labelled(evidence, text.reindex_like(values)),
            estimated=_labelled(evidence, guessed.reindex_like(values)),
        )  # fmt: skip
    counts, labels = evidence.perimeter_stages, evidence.chain.labels()
    told = "; ".join(
        f"{labels[key]}: {int(row['strong'])} strong, {int(row['weak'])} weak, {int(row['open'])} open"
        for key, row in counts.iterrows()
    )
    thin = thin_stages(evidence)
    bottleneck = f" Thinnest: {labels[thin.index[0]]}, {quotient(thin.iloc[0])}." if len(thin) else ""
    alt = (
        f"Location quotients by region and stage, {area_name(evidence)}, {evidence.year}. {told}."
        f"{bottleneck} {len(evidence.silent) or 'No'} region{'' if len(evidence.silent) == 1 else 's'} without figures."
    )
    caption = (
        "Location quotient (EU = 1) in the classes of all maps. ▲ strong: above 1 at both limits; ▼ weak: below 1 at "
        "both limits; no mark: open. Hatched: no figures."
    )
    shared = [quoted(stage.label) for stage in evidence.chain.stages if stage.shared]
    if shared:
        caption += f" Most jobs at {listed(shared)} work for other chains."
    if (studied["lq"].isna() & studied["lq_lower"].notna()).any():
        caption += " White with two numbers: confidential, only limits are known."
    data = studied[["name", "jobs", "jobs_lower", "jobs_upper", "lq", "lower", "upper", "strength", "gap", "status"]]
    return Picture(figure, "stages", data.reset_index(), alt, caption)


def size_picture(evidence: ChainEvidence) -> Picture:
    """Draw jobs per local unit by stage, a dot a region, beside the medians."""
    table, medians, labels = sizes(evidence), size_medians(evidence), evidence.chain.labels()
    table = table.reindex([code for code in table.index if code not in evidence.silent])
    known = medians.dropna(subset=["median"])
    if known.empty:
        title = "No region studied has figures on local units"
    else:
        least, most = known["median"].idxmin(), known["median"].idxmax()
        ends = [f"{quoted(labels[key])} ({decimal(known.loc[key, 'median'], 1)} jobs)" for key in (least, most)]
        title = f"Local units are smallest at {ends[0]} and largest at {ends[1]}"
    with style.style():
        figure, ax = panel(7.2, 0.9 + 0.52 * len(labels))
        stage_matrix.size_strip(
            _labelled(evidence, table), ax=ax, medians=medians.rename(index=labels), title=title, source=SOURCE,
            estimated=_labelled(evidence, rough(evidence).reindex_like(table)),
        )  # fmt: skip
    told = "; ".join(
        f"{labels[key]} {decimal(row['median'], 1)}, EU {decimal(row['eu_median'], 1)}" for key, row in known.iterrows()
    )
    alt = f"Jobs per local unit by stage, {area_name(evidence)}, {evidence.year}. Medians: {told or 'none'}."
    caption = f"A {PROXY}. A dot is a region of {area_name(evidence)}."
    columns = ["name", "jobs", "local_units", "jobs_per_unit", "local_units_status", "status"]
    return Picture(figure, "local-units", evidence.studied[columns].reset_index(), alt, caption)
