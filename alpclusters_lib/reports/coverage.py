"""What is known and what is not: the project's identity card, its perimeter, and the coverage of the figures."""

from __future__ import annotations

import pandas as pd

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.cleaning.employment import BUSINESS_ECONOMY
from alpclusters_lib.figures import heatmaps, perimeters, style
from alpclusters_lib.reports.numbers import count, percent
from alpclusters_lib.reports.pictures import GEO, SOURCE, Picture, panel

__all__ = [
    "coverage",
    "coverage_picture",
    "coverage_sentence",
    "coverage_table",
    "families",
    "identity_card",
    "partners",
    "perimeter_picture",
    "perimeter_sentence",
]

# The statuses that a cell of industry can have, in a reader's words.
SHOWN = {"observed": "published", "estimated": "estimated", "confidential": "withheld", "missing": "missing"}

CARD = {
    "title": ("Title", "Titolo"),
    "programme": ("Programme", "Programma"),
    "start": ("Start", "Inizio"),
    "end": ("End", "Fine"),
    "duration_months": ("Duration, months", "Durata, mesi"),
    "total_cost_eur": ("Total cost, EUR", "Costo totale, EUR"),
    "erdf_eur": ("ERDF, EUR", "FESR, EUR"),
    "lombardy_budget_eur": ("Budget of Lombardy, EUR", "Budget di Regione Lombardia, EUR"),
    "partners": ("Partners", "Partner"),
    "observers": ("Observers", "Osservatori"),
    "final_publication": ("Final publication", "Pubblicazione finale"),
    "paper": ("Paper", "Articolo"),
}


def identity_card(language: str = "en") -> pd.DataFrame:
    """Return the project's identity card from the curated facts, in English or Italian."""
    facts = datasets.facts("project").set_index("field")["value"]
    column = {"en": 0, "it": 1}[language]

    def written(field: str) -> str:
        return count(float(facts[field]), language) if field.endswith("_eur") else facts[field]

    heads = {"en": ("S3-4AlpClusters", ""), "it": ("S3-4AlpClusters", "")}[language]
    rows = [(words[column], written(field)) for field, words in CARD.items()]
    return pd.DataFrame(rows, columns=list(heads))


def partners() -> pd.DataFrame:
    """Return the partners with their region and kind of actor; rows that sources count differently are marked."""
    table = datasets.facts("partners")
    names = regions.s3_regions()["name_en"]
    return pd.DataFrame({
        "organisation": table["organisation"],
        "role": table["role"],
        "region": names.reindex(table["region"]).to_numpy(),
        "kind of actor (our reading)": table["helix"],
        "counted among the 14": table["counted_in_14"].map({"1": "yes"}).fillna("not known which"),
    })  # fmt: skip


def coverage(perimeter: str = "alpine_space_2014", year: int = 2014) -> pd.DataFrame:
    """Return, by region of a perimeter, how many of the 68 divisions are published, estimated, withheld or missing.

    Columns are ``name``, the statuses, ``business economy`` (jobs) and ``total is`` (its status). A region without any
    figure has 68 missing divisions and no jobs, never 0.
    """
    codes = list(regions.perimeter(perimeter))
    table = datasets.employment(year=year, sectors=sectors.divisions())
    counts = table.groupby(["region", "status"], observed=True).size().unstack(fill_value=0)
    counts = counts.reindex(index=codes, columns=list(SHOWN)).fillna(0).astype(int)
    counts["missing"] = len(sectors.divisions()) - counts.drop(columns="missing").sum(axis=1)
    totals = datasets.employment(year=year, sectors=BUSINESS_ECONOMY).set_index("region")
    counts["business economy"] = totals["value"].reindex(codes)
    counts["total is"] = totals["status"].astype(str).reindex(codes).fillna("missing")
    counts.insert(0, "name", datasets.regions(level=2)["name_en"].reindex(codes))
    return counts.rename_axis(columns=None)


def coverage_table(perimeter: str = "alpine_space_2014", year: int = 2014) -> pd.DataFrame:
    """Return the coverage as text, in a reader's words; a region without figures shows no zeros."""
    table = coverage(perimeter, year).reset_index()
    none = table["missing"] == len(sectors.divisions())
    for status in SHOWN:
        table[status] = table[status].map(count)
        table.loc[none, status] = "all" if status == "missing" else "–"
    table["business economy"] = table["business economy"].map(count)
    table["total is"] = table["total is"].map(SHOWN)
    return table.rename(columns=SHOWN)


def coverage_sentence(perimeter: str = "alpine_space_2014", year: int = 2014) -> str:
    """Return the coverage in two sentences: which regions have figures, and how their cells are known."""
    table = coverage(perimeter, year)
    covered = table[table["observed"] > 0]
    cells = covered[list(SHOWN)].sum()
    names = datasets.regions(level=0)["name_en"]
    absent = sorted({names[code[:2]] for code in table.index.difference(covered.index)})
    estimated = int((covered["total is"] == "estimated").sum())
    shares = [f"{percent(cells[status] / cells.sum() * 100)} are {SHOWN[status]}" for status in SHOWN if cells[status]]
    return (
        f"{len(covered)} of {len(table)} regions have industry figures in {year}"
        + (f"; those of {' and '.join(absent)} have none" if absent else "")
        + f". Of {count(cells.sum())} cells in the {len(covered)} regions {', '.join(shares[:-1])} and {shares[-1]}; "
        f"{estimated} regions hide a section of their total, which is then estimated."
    )


def coverage_picture(perimeter: str = "alpine_space_2014", year: int = 2014) -> Picture:
    """Show which divisions each region publishes, which are estimated and which are withheld."""
    codes = list(coverage(perimeter, year).query("observed > 0").index)
    table = datasets.employment(year=year, regions=codes, sectors=sectors.divisions())
    grid = table.pivot(index="region", columns="sector", values="status").reindex(codes)
    grid = grid.astype(str).rename_axis(columns=None)
    names = datasets.regions(level=2)["name_en"]
    share = (grid != "observed").mean().sort_values(ascending=False, kind="stable")
    most = ", ".join(f"{sectors.label(code, short=True)} ({code})" for code in share.index[:3])
    with style.style():
        figure, ax = panel(9.6, 0.19 * len(grid))
        labelled = grid.rename(index=lambda code: f"{names[code]} ({code[:2]})")
        heatmaps.status_grid(labelled, ax=ax, words=SHOWN, title=f"Most often hidden: {most}", source=SOURCE)
    cells = grid.stack().value_counts()
    alt = f"Grid of {len(grid)} regions by {grid.shape[1]} divisions in {year}: " + "; ".join(
        f"{word} {count(cells[status])} cells" for status, word in SHOWN.items() if status in cells
    )
    caption = (
        "Blue: published. Sand: confidential and estimated between limits that follow from published sums. Grey: "
        "confidential and withheld, because those limits would reveal the figure. White: missing, never zero."
    )
    return Picture(figure, "coverage", grid, f"{alt}.", caption)


def perimeter_picture() -> Picture:
    """Map which regions belong to which perimeter."""
    table = datasets.regions(level=2)
    inside = table[list(regions.PERIMETERS)]
    data = inside[inside.any(axis=1)].copy()
    data.insert(0, "name", table["name_en"])
    labels = {
        (True, True, True): "all three perimeters",
        (True, True, False): "both programmes, not EUSALP",
        (False, True, True): "programme 2021-2027 and EUSALP",
        (False, False, True): "EUSALP only",
    }
    group = pd.Series([labels[tuple(row)] for row in data[list(regions.PERIMETERS)].to_numpy()], index=data.index)
    with style.style():
        figure, ax = panel(7.6, 5.4)
        perimeters.group_map(
            group,
            datasets.boundaries(0, 2),
            ax=ax,
            order=list(labels.values()),
            title=f"{int((group == labels[(True, True, True)]).sum())} regions belong to all three perimeters",
            source=f"Source: programmes 2014-2020 and 2021-2027, EUSALP (data/raw/facts/perimeters.csv). {GEO}",
        )
    counts = group.value_counts()
    alt = (
        "Map of the perimeters: "
        + "; ".join(f"{name}: {counts.get(name, 0)} regions" for name in labels.values())
        + "."
    )
    return Picture(figure, "perimeters", data, alt, "NUTS 2 regions. EUSALP takes in whole states, Länder and regions.")


def perimeter_sentence() -> str:
    """Return how many NUTS 2 regions each perimeter has."""
    parts = [f"{words['en']}: {len(regions.perimeter(name))}" for name, words in regions.PERIMETERS.items()]
    return "NUTS 2 regions by perimeter — " + "; ".join(parts) + "."


def families() -> pd.DataFrame:
    """Return the cluster families with divisions, purity and the word that the purity allows."""
    table = sectors.cluster_families()
    return pd.DataFrame({
        "family": table["label_en"].to_numpy(),
        "famiglia": table["label_it"].to_numpy(),
        "divisions": [", ".join(divisions) for divisions in table["divisions"]],
        "purity": [percent(value * 100, 0) if pd.notna(value) else "not computed" for value in table["purity"]],
        "called": table["word"].to_numpy(),
    })  # fmt: skip
