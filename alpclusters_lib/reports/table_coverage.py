"""Which processed tables have figures for which region, what the tables are, and what is known of Swiss cantons."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.figures import heatmaps, style
from alpclusters_lib.reports.numbers import count, percent
from alpclusters_lib.reports.pictures import Picture, panel
from alpclusters_lib.selection import processed_file

__all__ = [
    "CANTON_SOURCE",
    "PROCESSED_SOURCE",
    "canton_sentences",
    "canton_table",
    "cantons_table",
    "processed_tables",
    "table_coverage",
    "table_picture",
    "table_sentence",
    "table_words",
]

ALL, ESTIMATED, PART = "all published", "estimated in part", "published in part"
COUNTRY, NONE, OUTSIDE = "its country only", "no figure", "not in its scope"
COLOURS = {ALL: "#4E8DB3", ESTIMATED: "#E3BC9C", PART: "#A6C8D8", COUNTRY: "#DCE6D8", NONE: "#FFFFFF",
           OUTSIDE: "#F1F3F5"}  # fmt: skip
# Alpine countries of the world input-output tables; Switzerland and Liechtenstein are inside the rest of the world.
WORLD_COUNTRIES = ("AT", "DE", "FR", "IT", "SI")
INNOVATION_WITHIN, COMPETITIVENESS_YEAR = 2, 2016
# Unit of each processed table, and its years where no column holds them.
TABLES = {
    "employment": ("persons employed", ""),
    "local_units": ("local units (workplaces)", ""),
    "suppression_test": ("scores of masked cells", "2014"),
    "cluster_links": ("chances from 0 to 1", "2012"),
    "unused_sums": ("published sums, with a reason", ""),
    "national_accounts": ("persons, enterprises, million EUR", ""),
    "productivity": ("million EUR, EUR a person, persons", ""),
    "gdp": ("million EUR and PPS, and per inhabitant", ""),
    "patents": ("applications, and per million inhabitants", ""),
    "innovation": ("by indicator, mostly %", ""),
    "competitiveness": ("z-score", ""),
    "swiss": ("persons, workplaces, CHF, shares", ""),
    "h2020": ("participations, organisations, EUR", ""),
    "h2020_collaboration": ("joint projects, pairs of organisations", "2014-2020"),
    "world_io": ("million USD", ""),
    "austria_io": ("million EUR", "about 2011"),
    "cluster_families": ("shares from 0 to 1", "2012"),
    "regions": ("codes, names, types", "NUTS 2016"),
    "boundaries": ("degrees (EPSG:4326)", "NUTS 2016"),
    "nuts_weights": ("shares from 0 to 1, km², inhabitants", "NUTS 2010-2021"),
}
SECTORS = ("primary", "secondary", "tertiary")
REUSE = ": reuse authorised with acknowledgement of the source"
PROCESSED_SOURCE = f"data/processed/datapackage.json. Eurostat and European Commission{REUSE}."
CANTON_SOURCE = "Swiss Federal Statistical Office, Regional portraits: cantons. Own sums for regions."


class _Figures(NamedTuple):
    """What a table should hold of a region: one row a figure (``region, status``), how many, what is printed."""

    rows: pd.DataFrame
    expected: int
    text: str = ""
    scope: tuple[str, ...] | None = None


def _figures(year: int) -> dict[str, _Figures]:
    """Return the figures of each table, headed as in the picture."""
    divisions, core = sectors.divisions(), _core()
    number = len(divisions)
    cells = {"year": year, "sectors": divisions}
    swiss = datasets.swiss_cantons(year=year)
    competitive = datasets.competitiveness(year=COMPETITIVENESS_YEAR, level=2)
    scientific = pd.DataFrame({"region": datasets.participations()["country"].unique(), "status": "observed"})
    world = pd.DataFrame({"region": WORLD_COUNTRIES, "status": "observed"})
    austrian = tuple(code for code in datasets.regions(level=2).index if code.startswith("AT"))
    return {
        f"Jobs by\nindustry\n{year}": _Figures(datasets.employment(**cells), number),
        f"Local\nunits\n{year}": _Figures(datasets.local_units(**cells), number),
        f"Wages by\nindustry\n{year}": _Figures(datasets.productivity(indicator="wages", **cells), number),
        f"Value\nadded\n{year}": _Figures(datasets.productivity(indicator="value_added", **cells), number),
        **_last_year("GDP", datasets.gdp(indicator="gdp_million_eur")),
        **_last_year("EPO\npatents", datasets.patents(indicator="epo_applications")),
        f"Core in-\nnovation\n{year}±{INNOVATION_WITHIN}": _Figures(
            datasets.innovation(indicator=core, year=year, nearest=INNOVATION_WITHIN), len(core)),
        f"Competi-\ntiveness\n{COMPETITIVENESS_YEAR}": _Figures(competitive, 1, str(COMPETITIVENESS_YEAR)),
        f"Swiss\nfigures\n{year}": _Figures(swiss, swiss["indicator"].nunique(), scope=("CH", "LI")),
        "Horizon\n2020": _Figures(scientific, 1),
        "World in-\nput-output\n2011": _Figures(world, 1),
        "Austrian in-\nput-output\n2011": _Figures(
            pd.DataFrame({"region": austrian, "status": "observed"}), 1, "2011", scope=("AT",)),
    }  # fmt: skip


def _core() -> list[str]:
    facts = datasets.facts("innovation_indicators")
    return facts.loc[facts["core"] == "1", "key"].tolist()


def _last_year(title: str, table: pd.DataFrame) -> dict[str, _Figures]:
    year = int(table.loc[table["value"].notna(), "year"].max())
    return {f"{title}\n{year}": _Figures(table[table["year"] == year], 1, str(year))}


def _known(code: str, figures: _Figures, counts: pd.DataFrame) -> tuple[str, str]:
    """Return for a region how it stands in a table, and the words to print."""
    if figures.scope and code[:2] not in figures.scope:
        return OUTSIDE, ""
    published, estimated = counts.loc[code]
    text = figures.text or f"{published}/{figures.expected}"
    if estimated:
        return ESTIMATED, text
    if published:
        return (ALL if published == figures.expected else PART), text
    if code[:2] in counts.index and counts.loc[code[:2]].sum():
        return COUNTRY, code[:2]
    return NONE, "none"


def table_coverage(perimeter: str = "alpine_space_2014", year: int = 2014) -> pd.DataFrame:
    """Return how each region of a perimeter stands in each table.

    Returns
    -------
    DataFrame
        ``region, name, table, published, estimated, expected`` (numbers of figures), ``known`` ("all published",
        "estimated in part", "published in part", "its country only", "no figure", or "not in its scope" for a table
        about one country) and ``text`` (published of expected, or the year of the one figure).
    """
    names, codes, rows = datasets.regions(level=2)["name_en"], regions.perimeter(perimeter), []
    for table, figures in _figures(year).items():
        counts = figures.rows.groupby(["region", "status"], observed=True).size().unstack(fill_value=0)
        counts = counts.reindex(columns=["observed", "estimated"], fill_value=0)
        counts = counts.reindex(counts.index.union(list(codes)), fill_value=0)
        rows += [
            (code, names[code], table, *counts.loc[code], figures.expected, *_known(code, figures, counts))
            for code in codes
        ]
    columns = ["region", "name", "table", "published", "estimated", "expected", "known", "text"]
    return pd.DataFrame(rows, columns=columns)


def _wide(long: pd.DataFrame, column: str) -> pd.DataFrame:
    order = list(dict.fromkeys(long["table"]))
    return long.pivot(index="region", columns="table", values=column)[order].rename_axis(columns=None)


def _one_line(head: str) -> str:
    return head.replace("-\n", "").replace("\n", " ")


def table_words(perimeter: str = "alpine_space_2014", year: int = 2014) -> pd.DataFrame:
    """Return the coverage as text, a row a region, without the tables that know no region apart from its country."""
    long = table_coverage(perimeter, year)
    regional = long.groupby("table")["published"].transform("sum") > 0
    long = long[regional].assign(region=long["name"] + " (" + long["region"].str[:2] + ")")
    said = long["text"].where(long["known"] != COUNTRY, long["text"] + " only")
    long["said"] = said.where(long["known"] != NONE, NONE).where(long["known"] != OUTSIDE, "–")
    words = _wide(long, "said").loc[list(dict.fromkeys(long["region"]))]
    return words.rename(columns=_one_line).reset_index()


def table_sentence(perimeter: str = "alpine_space_2014", year: int = 2014) -> str:
    """Return what the coverage comes to: how many regions have which figures, and what of Switzerland and the rest."""
    long = table_coverage(perimeter, year)
    long["figures"] = long["published"] + long["estimated"]
    whole = long[long["figures"] == long["expected"]].groupby("table").size()
    some = long[long["figures"] > 0].groupby("table").size()
    total, core = long["region"].nunique(), len(_core())

    def number(counts: pd.Series, head: str) -> str:
        return count(counts[next(table for table in counts.index if table.startswith(head))])

    return (
        f"{number(some, 'Jobs')} of {total} regions have industry figures, {number(some, 'GDP')} GDP, "
        f"{number(some, 'EPO')} patents and {number(whole, 'Core')} all {core} core innovation indicators. "
        "Switzerland enters industry comparisons as one unit, its seven regions and cantons where figures exist: "
        "patents, innovation, persons employed by three sectors, GDP per inhabitant. Liechtenstein is missing in all "
        "industry tables and shown as missing, never as zero."
    )


def table_picture(perimeter: str = "alpine_space_2014", year: int = 2014) -> Picture:
    """Show which tables have figures for which region."""
    long = table_coverage(perimeter, year)
    known, text = _wide(long, "known"), _wide(long, "text")
    names = long.drop_duplicates("region").set_index("region")["name"]
    rows = {code: f"{names[code]} ({code[:2]})" for code in known.index}
    industry = int(known.iloc[:, 0].isin([ALL, ESTIMATED, PART]).sum())
    with style.style():
        figure, ax = panel(9.6, 0.2 * len(known))
        heatmaps.status_grid(
            known.rename(index=rows), ax=ax, colours=COLOURS, text=text.rename(index=rows),
            title=f"Industry figures exist for {industry} of {len(known)} regions, for Switzerland as one unit",
            source="Source: processed tables of this compendium, data/processed. Numbers: figures published, of those "
            "there could be; a year: its one figure; a country code: figures of the whole country only.",
        )  # fmt: skip
    own = (long["published"] + long["estimated"] > 0).groupby(long["table"], sort=False).sum()
    alt = f"Grid of {len(known)} regions by {known.shape[1]} tables; regions with figures of their own: " + ", ".join(
        f"{head} {number}" for head, number in own.rename(index=_one_line).items()
    )
    return Picture(figure, "table-coverage", known.rename(columns=_one_line), f"{alt}.", _caption())


def _caption() -> str:
    return (
        "Sand: some of the figures are estimated. Light blue: some are confidential or missing. "
        "White: no figure, which is never a zero. Value added, Horizon 2020 and the world input-output "
        "tables know countries only; Switzerland and Liechtenstein are inside the latter's rest of the world."
    )


def _years(resource: dict) -> str:
    """Return the years that a processed table holds figures for, listed where years between are absent."""
    column = next(field["name"] for field in resource["schema"]["fields"] if field["name"] in ("year", "start_year"))
    years = pd.read_parquet(processed_file(resource["path"]), columns=[column])[column].dropna().astype(int)
    found = sorted(years.unique())
    whole = len(found) == found[-1] - found[0] + 1
    return f"{found[0]}-{found[-1]}" if whole and len(found) > 1 else ", ".join(map(str, found))


def processed_tables() -> pd.DataFrame:
    """Return every processed table with title, rows, unit, years, official source and licence."""
    rows = []
    for name, (unit, years) in TABLES.items():
        resource = datasets.provenance(name)
        sources = resource["sources"]
        rows.append({
            "table": name,
            "title": resource["title"],
            "rows": count(resource["rows"]),
            "unit": unit,
            "years": years or _years(resource),
            "source": "; ".join(dict.fromkeys(source["reference"] for source in sources)),
            "licence": "; ".join(dict.fromkeys(source["licence"].replace(REUSE, "") for source in sources)),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _figure(value: float, status: str) -> str:
    return f"{count(value)} (estimated)" if status == "estimated" else count(value)


def _swiss(year: int) -> pd.DataFrame:
    return datasets.swiss_cantons(year=year).pivot(index="region", columns="indicator", values="value")


def _share(values: pd.Series, sector: str) -> str:
    share = values[f"employed_{sector}"] / values["employed"] * 100
    return percent(share) if pd.notna(share) else "no figure"


def canton_table(canton: str = "CH022", year: int = 2014) -> pd.DataFrame:
    """Return the figures of a canton beside its region, Switzerland and Liechtenstein, as text."""
    table, names = _swiss(year), datasets.regions()["name_en"]
    statuses = datasets.swiss_cantons(year=year).pivot(index="region", columns="indicator", values="status")
    words = {"residents": "Residents at the end of the year", "gdp_per_inhabitant_chf": "GDP per inhabitant, CHF",
             "employed": "Persons employed, all sectors"}  # fmt: skip
    columns = {}
    for code in (canton, canton[:4], "CH", "LI"):
        values = table.loc[code]
        figures = {label: _figure(values[key], statuses.loc[code, key]) for key, label in words.items()}
        shares = {f"… in the {sector} sector": _share(values, sector) for sector in SECTORS}
        columns[f"{names[code]} ({code})"] = pd.Series(figures | shares)
    return pd.DataFrame(columns).rename_axis(f"in {year}").reset_index()


def canton_sentences(canton: str = "CH022", year: int = 2014) -> tuple[str, ...]:
    """Return what is known of a canton, and that no industry division is published for it."""
    table, names = _swiss(year), datasets.regions()["name_en"]
    own, country = table.loc[canton], table.loc["CH"]
    status = datasets.swiss_cantons(year=year, regions=canton[:4], indicator="gdp_per_inhabitant_chf")["status"].item()
    relative = own["gdp_per_inhabitant_chf"] / country["gdp_per_inhabitant_chf"] * 100
    mixed = (
        f" The figure of {names[canton[:4]]} is estimated: the mean of its cantons weighted by residents."
        if status == "estimated"
        else ""
    )
    return (
        f"No industry division is published for {names[canton]} or any other Swiss canton or region: clusters there "
        "are seen through Switzerland as one unit.",
        f"{names[canton]} had {count(own['residents'])} residents and {count(own['employed'])} persons employed in "
        f"{year}, {_share(own, 'secondary')} of them in industry and construction (secondary sector; Switzerland "
        f"{_share(country, 'secondary')}), {_share(own, 'primary')} in agriculture and forestry "
        f"({_share(country, 'primary')}). GDP per inhabitant was {percent(relative, 0)} of the Swiss one.{mixed}",
        "Persons employed count all sectors, public services and health among them: they are wider than the business "
        "economy of the other tables. GDP figures are those of each year's overview, never carried back, so no growth "
        "is taken from them.",
    )


def cantons_table(year: int = 2014) -> pd.DataFrame:
    """Return residents, GDP per inhabitant and persons employed of all cantons, Switzerland and Liechtenstein."""
    table, facts = _swiss(year), datasets.facts("swiss_cantons")
    names = facts.set_index("nuts3")["name_local"].to_dict() | {"CH": "Switzerland", "LI": "Liechtenstein"}
    seven = datasets.regions(level=2)["name_en"]
    rows = [
        {
            "canton": names[code],
            "region": seven.get(code[:4], "–"),
            "residents": count(table.loc[code, "residents"]),
            "GDP per inhabitant, CHF": count(table.loc[code, "gdp_per_inhabitant_chf"]),
            "persons employed": count(table.loc[code, "employed"]),
            **{f"{sector} sector": _share(table.loc[code], sector) for sector in SECTORS},
        }
        for code in names
    ]
    return pd.DataFrame(rows)
