"""Inner areas in the reports: the profiles of a perimeter's NUTS 3 regions as sentences, tables and a map."""

from __future__ import annotations

import functools

import pandas as pd

from alpclusters_lib import datasets, regions
from alpclusters_lib.figures import style
from alpclusters_lib.figures.typology import typology_map
from alpclusters_lib.reports.numbers import count, decimal, percent
from alpclusters_lib.reports.pictures import GEO, Picture, panel
from alpclusters_lib.strategy import inner_areas
from alpclusters_lib.strategy.seats import locate

__all__ = [
    "SOURCE",
    "definition",
    "distance_sentence",
    "group_table",
    "listed_sentence",
    "missing_sentence",
    "mountain_provinces",
    "overview_sentence",
    "profiles",
    "province_sentences",
    "province_table",
    "region_table",
    "type_map",
]

YEAR, START, PATENT_YEARS = 2014, 2008, (2008, 2012)
SOURCE = (
    "Source: Eurostat, nama_10r_3gdp (2017) and pat_ep_rtot; Swiss FSO; types: GISCO, NUTS 2021; cities: curated facts "
    "and GeoNames; own computation."
)
ITALIAN = {
    "mountain by surface or residents": "montana per superficie o per popolazione",
    "mountain by surface and residents": "montana per superficie e per popolazione",
    "not mountain": "non montana",
    "predominantly urban": "prevalentemente urbana",
    "intermediate": "intermedia",
    "predominantly rural": "prevalentemente rurale",
}


@functools.lru_cache(maxsize=1)
def _seats() -> pd.DataFrame:
    places = datasets.facts("cluster_seats").astype({"longitude": float, "latitude": float})
    return locate(datasets.facts("cluster_organisations"), places)


@functools.lru_cache(maxsize=3)
def _profiles(perimeter: str) -> pd.DataFrame:
    table = datasets.regions(level=3)
    inside = table[table.index.str[:4].isin(regions.perimeter(perimeter))]
    return inner_areas.profiles(
        inside,
        gdp=datasets.gdp(),
        patents=datasets.patents(),
        swiss=datasets.swiss_cantons(),
        areas=datasets.boundaries(3),
        seats=_seats(),
        year=YEAR,
        start=START,
        patent_years=PATENT_YEARS,
    )


def profiles(perimeter: str = "alpine_space_2014") -> pd.DataFrame:
    """Return the profile of every NUTS 3 region of a perimeter.

    Returns
    -------
    DataFrame
        What :func:`alpclusters_lib.strategy.inner_areas.profiles` returns.

    Examples
    --------
    >>> inner_areas.profile("ITC44", profiles())[["kind", "mountain", "nearest_city"]].tolist()
    ['inner mountain area, intermediate', 'mountain by surface and residents', 'Rovereto']
    """
    return _profiles(perimeter).copy()


# --- sentences ---------------------------------------------------------------------------------------------


def _span_of_years() -> str:
    return f"{PATENT_YEARS[0]}–{PATENT_YEARS[1]}"


def overview_sentence(perimeter: str = "alpine_space_2014") -> str:
    """Return how many regions are inner mountain areas, and their income and patents against the others'."""
    both = inner_areas.groups(profiles(perimeter), "inner", gdp=datasets.gdp(), year=YEAR)
    inner, others = both.loc[True], both.loc[False]
    change, elsewhere = (percent(row["gdp_growth_pct"], signed=True) for row in (inner, others))
    return (
        f"{count(inner['regions'])} of the {count(both['regions'].sum())} NUTS 3 regions of the "
        f"{regions.PERIMETERS[perimeter]['en']} are inner mountain areas in our reading. Their GDP per inhabitant was "
        f"{count(inner['gdp_eu_index'])} in {YEAR} (EU28 = 100, purchasing power; {count(inner['with_gdp'])} regions "
        f"with figures), that of the others {count(others['gdp_eu_index'])} ({count(others['with_gdp'])}). Since "
        f"{START} it changed by {change} against {elsewhere} (EUR, not adjusted for prices). Applications to the EPO a "
        f"year and million residents, {_span_of_years()}: {count(inner['epo_per_million'])} against "
        f"{count(others['epo_per_million'])}."
    )


def definition(language: str = "en") -> str:
    """Return what an inner mountain area is here, and that it is not the national strategy's perimeter."""
    if language == "it":
        return (
            "Area montana interna è una nostra lettura per indicatori: una regione NUTS 3 con più di metà della "
            "superficie e più di metà dei residenti in aree montane (tipologia Eurostat) e non prevalentemente urbana. "
            "Non è il perimetro della Strategia nazionale per le aree interne, che è definito per comune e qui non è "
            "disponibile: una provincia può avere comuni della strategia senza rientrare nella nostra lettura, e "
            "viceversa."
        )
    return (
        "An inner mountain area is our own reading of indicators: a NUTS 3 region with more than half of its surface "
        "and more than half of its residents in mountain areas (Eurostat's typology) that is not predominantly urban. "
        "It is not the perimeter of Italy's national strategy for inner areas, which goes by municipality and is not "
        "available here: a province may hold municipalities of the strategy without being an inner mountain area in "
        "our reading, and the other way round."
    )


def _organisations() -> tuple[int, int]:
    """Return how many cluster organisations are listed, and of how many the city is known."""
    seats = _seats()
    return seats["organisation"].nunique(), seats.loc[seats["city"] != "", "organisation"].nunique()


def listed_sentence(nuts2: str = "ITC4") -> str:
    """Return in Italian how many listed cluster organisations serve a region, and of how many the city is known."""
    key = datasets.regions().loc[nuts2, "s3_region"]
    table = datasets.facts("cluster_organisations")
    serving = table["regions_served"].str.split().map(lambda keys: key in keys).astype(bool)
    own = table[serving & ~table["name"].str.startswith("(")]
    return (
        f"Organizzazioni di cluster elencate per {regions.name(nuts2, 'it')}: {len(own)}; con città nota: "
        f"{int((own['city'] != '').sum())}."
    )


def distance_sentence(language: str = "en") -> str:
    """Return how distances to cluster organisations are measured, and that they are upper limits."""
    listed, known = _organisations()
    if language == "it":
        return (
            f"Le distanze sono in linea d'aria dal centro della provincia alla città dell'organizzazione di cluster, "
            f"arrotondate a 10 km. La città è nota per {known} delle {listed} organizzazioni elencate: un'altra può "
            "essere più vicina, e ogni distanza è quindi un limite superiore."
        )
    return (
        f"Distances are as the crow flies, from the centre of the region to the city of the organisation, rounded to "
        f"10 km. The city is known for {known} of the {listed} cluster organisations in the curated facts: another one "
        "may be nearer, so every distance is an upper limit."
    )


def missing_sentence(perimeter: str = "alpine_space_2014") -> str:
    """Return which figures are missing, by country."""
    table = profiles(perimeter)
    names = datasets.regions(level=0)["name_en"]

    def absent(column: str) -> str:
        rows = table.loc[table[column] == "missing", "country"].astype("str").value_counts()
        return ", ".join(f"{names[code]} ({number})" for code, number in rows.sort_index().items())

    return (
        "Missing, and never zero, by country and number of regions: GDP in EUR and purchasing power: "
        f"{absent('gdp_status')}; patents: {absent('epo_status')}. Swiss cantons are compared with Switzerland, in "
        "CHF. Slovenian patents are published under the NUTS 3 codes of 2010, which are not converted."
    )


def mountain_provinces(nuts2: str = "ITC4") -> pd.DataFrame:
    """Return the profiles of a NUTS 2 region's mountain areas: inner ones and those in part, or urban.

    Examples
    --------
    >>> ", ".join(mountain_provinces()["name"])
    'Sondrio, Brescia, Bergamo, Lecco, Como'
    """
    table = profiles()
    inside = table[(table["nuts2"] == nuts2) & table["kind"].isin(inner_areas.KINDS[:3])]
    if inside.empty:
        raise ValueError(f"no mountain area in {nuts2}; a NUTS 2 region of the Alpine Space with one would be right")
    return inside.sort_values(["inner", "gdp_eu_index"], ascending=False)


def province_sentences(nuts2: str = "ITC4") -> list[str]:
    """Return the profile of a region's mountain provinces in Italian: what stands out, then a sentence for each."""
    table = mountain_provinces(nuts2)
    whole = int((profiles()["nuts2"] == nuts2).sum())
    inner = list(table.loc[table["inner"].fillna(False).astype(bool), "name"])
    named = {0: "nessuna è un'area montana interna", 1: "una è un'area montana interna"}
    found = named.get(len(inner), f"{len(inner)} sono aree montane interne")
    return [
        f"{regions.name(nuts2, 'it')}: delle {whole} province {len(table)} sono montane, almeno in parte "
        f"({', '.join(table['name'])}); {found} nella nostra lettura{': ' + ', '.join(inner) if inner else ''}. "
        f"{_extremes(table, 'gdp_eu_index', 'Il PIL per abitante va')} con UE = 100 ({YEAR}, a parità di potere "
        f"d'acquisto). {_extremes(table, 'epo_per_million', 'Le domande di brevetto EPO vanno')} l'anno per milione di "
        f"abitanti ({_span_of_years()}).",
        *(_province(row) for _, row in table.iterrows()),
    ]


def _extremes(table: pd.DataFrame, column: str, subject: str) -> str:
    known = table.dropna(subset=column).sort_values(column)
    if known.empty:
        return f"{subject.rpartition(' ')[0]}: nessun dato"
    ends = [f"{count(row[column], 'it')} ({row['name']})" for _, row in known.iloc[[0, -1]].iterrows()]
    return f"{subject} da {ends[0]} a {ends[1]}"


def _province(row: pd.Series) -> str:
    kind = "area montana interna" if row["kind"] in inner_areas.KINDS[:2] else "area montana, non interna"
    place = "nella provincia" if row["nearest_inside"] else f"a circa {count(row['distance_km'], 'it')} km"
    return (
        f"**{row['name']}**: {kind} ({ITALIAN[row['mountain']]}; {ITALIAN[row['urban']]}). PIL per abitante nel "
        f"{YEAR}: {count(row['gdp_per_inhabitant_eur'], 'it')} EUR, {count(row['gdp_eu_index'], 'it')} con UE = 100 e "
        f"{count(row['gdp_country_index'], 'it')} con Italia = 100; dal {START} "
        f"{percent(row['gdp_growth_pct'], signed=True, language='it')} (a prezzi correnti). Brevetti EPO: "
        f"{count(row['epo_per_million'], 'it')} domande l'anno per milione di abitanti (Italia: "
        f"{count(row['epo_country_per_million'], 'it')}). Organizzazione di cluster con città nota più vicina: "
        f"{row['nearest_organisations']}, {row['nearest_city']}, {place}."
    )


# --- tables and map ----------------------------------------------------------------------------------------


def _nearest(row: pd.Series, language: str = "en") -> str:
    """Write the nearest city and how far it is; `≤` where a listed organisation may be nearer."""
    if pd.isna(row["nearest_city"]):
        return {"en": "none known", "it": "nessuna nota"}[language]
    if row["nearest_inside"]:
        return f"{row['nearest_city']}, {'in the region' if language == 'en' else 'nella provincia'}"
    limit = "≤ " if row["distance_status"] == "bound" else ""
    return f"{row['nearest_city']}, {limit}{count(row['distance_km'], language)} km"


def _figures(table: pd.DataFrame, language: str) -> list[list[str]]:
    """Write the columns that all tables share, as text."""
    write = functools.partial(count, language=language)
    change = functools.partial(percent, signed=True, language=language)
    return [
        [*map(write, table["gdp_eu_index"])], [*map(write, table["gdp_country_index"])],
        [*map(change, table["gdp_growth_pct"])], [*map(write, table["epo_per_million"])],
        [_nearest(row, language) for _, row in table.iterrows()],
    ]  # fmt: skip


def province_table(nuts2: str = "ITC4") -> pd.DataFrame:
    """Return the mountain provinces of a region as a table in Italian."""
    table = mountain_provinces(nuts2)
    europe, home, change, patents, nearest = _figures(table, "it")
    return pd.DataFrame({
        "provincia": table["name"].to_numpy(),
        "tipo montano": [ITALIAN[word] for word in table["mountain"]],
        "tipo urbano-rurale": [ITALIAN[word] for word in table["urban"]],
        "PIL per abitante, EUR": [count(value, "it") for value in table["gdp_per_inhabitant_eur"]],
        "UE = 100": europe, "Italia = 100": home, f"{START}–{YEAR}": change,
        "brevetti EPO per milione": patents, "organizzazione più vicina": nearest,
    })  # fmt: skip


def group_table(perimeter: str = "alpine_space_2014") -> pd.DataFrame:
    """Return the four kinds of area taken together: regions, residents, income, patents."""
    table = inner_areas.groups(profiles(perimeter), "kind", gdp=datasets.gdp(), year=YEAR)
    table = table.reindex([kind for kind in inner_areas.KINDS if kind in table.index])
    return pd.DataFrame({
        "kind of area": table.index,
        "regions": table["regions"].to_numpy(),
        "residents, million": [decimal(value / 1e6, 1) for value in table["residents"]],
        "GDP per inhabitant (EU28 = 100)": [count(value) for value in table["gdp_eu_index"]],
        f"change {START}–{YEAR}": [percent(value, signed=True) for value in table["gdp_growth_pct"]],
        "EPO applications per million": [count(value) for value in table["epo_per_million"]],
        "regions with GDP | patents": [
            f"{a} | {b}" for a, b in zip(table["with_gdp"], table["with_epo"], strict=True)
        ],
    }).reset_index(drop=True)  # fmt: skip


def region_table(perimeter: str = "alpine_space_2014") -> pd.DataFrame:
    """Return the profile of every NUTS 3 region as text, inner mountain areas first."""
    table = profiles(perimeter)
    order = table["kind"].map({kind: number for number, kind in enumerate(inner_areas.KINDS)})
    table = table.assign(order=order).sort_values(["order", "country", "name"])
    europe, home, change, patents, nearest = _figures(table, "en")
    return pd.DataFrame({
        "region": [f"{row['name']} ({code})" for code, row in table.iterrows()],
        "kind of area": table["kind"].to_numpy(),
        "GDP per inhabitant (EU28 = 100)": europe, "own country = 100": home, f"change {START}–{YEAR}": change,
        "EPO applications per million": patents, "nearest cluster organisation": nearest,
    })  # fmt: skip


def type_map(perimeter: str = "alpine_space_2014") -> Picture:
    """Map the kinds of area, with the cities of cluster organisations; the numbers beside it are the profiles."""
    table, known = profiles(perimeter), _seats().dropna(subset=["longitude"])
    both = inner_areas.groups(table, "inner", gdp=datasets.gdp(), year=YEAR)["gdp_eu_index"]
    cities = known.groupby("city")[["longitude", "latitude"]].first()
    number = known.groupby("city").size()
    cities.index = [f"{city} ({number[city]})" if number[city] > 1 else city for city in cities.index]
    inner = int(table["inner"].sum())
    title = (
        f"{inner} of {len(table)} regions are inner mountain areas; GDP per inhabitant there {count(both[True])}, "
        f"elsewhere {count(both[False])} (EU = 100)"
    )
    with style.style():
        figure, ax = panel(7.6, 5.4)
        typology_map(
            table["kind"], datasets.boundaries(0, 3), ax=ax, order={kind: kind for kind in inner_areas.KINDS},
            points=cities, point_name="city of a listed cluster organisation", title=title, source=f"{SOURCE} {GEO}",
        )  # fmt: skip
    counts = table["kind"].value_counts()
    listed, located = _organisations()
    alt = (
        f"Map of the NUTS 3 regions of the {regions.PERIMETERS[perimeter]['en']} by kind of area: "
        + "; ".join(f"{kind}: {counts.get(kind, 0)}" for kind in inner_areas.KINDS)
        + f". Points: {', '.join(cities.index)}."
    )
    caption = (
        f"Our reading of two Eurostat typologies, not the municipal perimeter of a national strategy. GDP: {YEAR}, "
        f"purchasing power, without Switzerland and Liechtenstein. Points: cities of {located} of {listed} listed "
        "cluster organisations, as far as known; a number where several sit in one city."
    )
    return Picture(figure, "inner-areas", table, alt, caption)
