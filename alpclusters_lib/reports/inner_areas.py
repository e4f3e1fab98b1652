"""Inner areas in the reports: the profiles of a perimeter's NUTS 3 regions as sentences, tables and a map."""

from __future__ import annotations

import functools

import pandas as pd

from alpclusters_lib import datasets, regions
from alpclusters_lib.figures import style
from alpclusters_lib.figures.typology import typology_map
from alpclusters_lib.reports.numbers import count, decimal, percent, span
from alpclusters_lib.reports.pictures import GEO, Picture, panel
from alpclusters_lib.strategy import inner_areas
from alpclusters_lib.strategy.seats import locate

__all__ = [
    "SOURCE",
    "definition",
    "distance_sentence",
    "group_table",
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
    >>> inner_areas.profile("ITC44", profiles())[["kind", "gdp_per_inhabitant_eur", "nearest_city"]].tolist()
    ['inner mountain area, intermediate', 28500.0, 'Rovereto']
    """
    return _profiles(perimeter).copy()


# --- sentences ---------------------------------------------------------------------------------------------


def _span_of_years() -> str:
    return f"{PATENT_YEARS[0]}–{PATENT_YEARS[1]}"


def overview_sentence(perimeter: str = "alpine_space_2014") -> str:
    """Return how many regions are inner mountain areas, and their income and patents against the others'."""
    table = profiles(perimeter)
    both = inner_areas.groups(table, "inner", gdp=datasets.gdp(), year=YEAR)
    inner, others = both.loc[True], both.loc[False]
    return (
        f"{count(inner['regions'])} of the {count(both['regions'].sum())} NUTS 3 regions of the "
        f"{regions.PERIMETERS[perimeter]['en']} are inner mountain areas in our reading. Their GDP per inhabitant was "
        f"{count(inner['gdp_eu_index'])} in {YEAR} (EU28 = 100, purchasing power), that of the other regions "
        f"{count(others['gdp_eu_index'])}; since {START} it changed by {percent(inner['gdp_growth_pct'], signed=True)} "
        f"against {percent(others['gdp_growth_pct'], signed=True)} (EUR, not adjusted for prices). Applications to the "
        f"EPO a year and million residents, {_span_of_years()}: {count(inner['epo_per_million'])} against "
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
        f"Missing, and never zero: GDP in EUR and purchasing power, by country and number of regions: "
        f"{absent('gdp_status')}; patents: {absent('epo_status')}. Swiss cantons are compared with Switzerland, in CHF; "
        "Slovenian patents are published for the regions of NUTS 2010, whose boundaries were other ones."
    )
