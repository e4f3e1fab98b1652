"""The readers of data/processed: known figures, sentences for what is not there, copies and not views."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest

from alpclusters_lib import datasets, paths
from alpclusters_lib.cleaning.employment import BUSINESS_ECONOMY, EU28_MEMBERS, SECTIONS
from alpclusters_lib.cleaning.status import STATUSES

MACHINERY = ("C26", "C27", "C28")

# Eurostat, sbs_r_nuts06_r2 (bulk file of 2017), indicator V16110 (persons employed), year 2014
JOBS_2014 = [
    ("ITC4", ("C28",), 133_542),
    ("ITC4", MACHINERY, 215_106),
    ("ITC1", ("C29",), 53_266),
    ("AT31", MACHINERY, 40_533),
    ("DE14", MACHINERY, 99_851),
    ("ITH2", MACHINERY, 5_018),
    ("FRC2", ("C29",), 3_837),  # Franche-Comté, published under its code of NUTS 2013, FR43
]


@pytest.mark.parametrize(("region", "divisions", "jobs"), JOBS_2014)
def test_employment_is_what_eurostat_published(region, divisions, jobs):
    table = datasets.employment(year=2014, regions=region, sectors=divisions)
    assert len(table) == len(divisions) and set(table["status"]) == {"observed"}
    assert table["value"].sum() == jobs


def test_switzerland_comes_from_the_national_table():
    # Eurostat, sbs_na_sca_r2 (bulk file of 2017), V16110, C10, CH, 2014
    national = datasets.national_accounts(indicator="employment", year=2014, regions="CH", sectors="C10")
    assert national["value"].tolist() == [81_013.0]
    assert datasets.employment(year=2014, regions="CH", sectors="C10")["value"].tolist() == [81_013.0]


def test_the_european_total_is_the_sum_of_the_28_member_states():
    # sum over the 28 of V16110 in sections B to N without K and in S95, 2014: sbs_r_nuts06_r2; the sections that
    # Cyprus, Ireland and Malta hide there are estimated
    table = datasets.employment(year=2014, regions="EU28", sectors=BUSINESS_ECONOMY)
    assert table[["value", "status", "flag"]].to_numpy().tolist() == [[135_018_200.0, "observed", ""]]
    members = datasets.employment(year=2014, regions=list(EU28_MEMBERS), sectors=BUSINESS_ECONOMY).set_index("region")
    assert members["value"].sum() == pytest.approx(135_018_200, abs=1)
    estimated = members[members["status"] == "estimated"]
    assert estimated.index.tolist() == ["CY", "IE", "MT"] and estimated["value"].sum() < 0.02 * 135_018_200


def test_an_estimate_stands_with_its_limits_and_a_withheld_cell_with_limits_alone():
    year = datasets.employment(year=2014, level=2)
    estimated, withheld = (year[year["status"] == word] for word in ("estimated", "confidential"))
    assert len(estimated) > 1500 and estimated["value"].notna().all() and estimated["lower"].notna().all()
    assert withheld["value"].isna().all() and withheld["upper"].notna().any()
    observed = year[year["status"] == "observed"]
    assert (observed["lower"] == observed["value"]).all() and (observed["upper"] == observed["value"]).all()


# Both tables count persons employed, by place of work and by enterprise: they differ by a tenth or two. In the bulk
# file of 2017 the regional table has 55,118 (2009) and 49,593 (2010) for Italy's F and 87,585 (2010) for its G, where
# the national one has 1,911,357, 1,821,884 and 3,495,280: nobody observed the former.
@pytest.mark.parametrize("year", [2009, 2010, 2011, 2014])
def test_no_observed_section_of_a_country_is_a_fifth_of_what_its_national_table_says(year):
    regional = datasets.employment(year=year, sectors=SECTIONS, level=0)
    regional = regional[regional["status"] == "observed"].set_index(["region", "sector"])["value"]
    national = datasets.national_accounts(indicator="employment", year=year, sectors=SECTIONS)
    national = national.set_index(["region", "sector"])["value"]
    both = pd.DataFrame({"regional": regional, "national": national}).dropna()
    assert len(both) > 150
    contradicted = (both["national"] > 20_000) & (both["regional"] < both["national"] / 5)
    assert both[contradicted].to_dict("index") == {}


@pytest.mark.parametrize("year", range(2008, 2016))
def test_regions_of_one_level_do_not_cover_a_country_twice(year):
    # FI18 stands beside its parts FI1B and FI1C in 2010: both vintages cannot be regions of the same year
    country = datasets.employment(year=year, sectors="C", level=0).set_index("region")["value"]
    industry = datasets.employment(year=year, sectors="C", level=2)
    summed = industry.groupby(industry["region"].str[:2])["value"].sum()
    ratio = (summed / country).dropna()
    assert len(industry) > 100 and len(ratio) > 15
    assert ratio[ratio > 1.02].to_dict() == {}


def test_names_of_columns_and_types_of_the_long_tables():
    limits = {"employment": ["lower", "upper"], "local_units": []}
    for name, more in limits.items():
        table = getattr(datasets, name)(year=2014, regions="ITC4")
        assert list(table.columns) == ["region", "sector", "year", "value", *more, "status", "flag"]
        assert set(table["status"]) <= set(STATUSES) and table["value"].dtype == float
    assert list(datasets.national_accounts(regions="CH").columns) == [
        "region", "sector", "indicator", "year", "value", "status", "flag",
    ]  # fmt: skip


def test_selections_narrow_and_one_code_equals_a_list_of_one():
    everything = datasets.employment()
    chosen = datasets.employment(year=2014, regions=["ITC4", "AT31"], sectors=["C28", "C29"])
    mask = (
        (everything["year"] == 2014)
        & everything["region"].isin(["ITC4", "AT31"])
        & everything["sector"].isin(["C28", "C29"])
    )
    pd.testing.assert_frame_equal(chosen, everything[mask].reset_index(drop=True))
    assert len(chosen) == 4
    pd.testing.assert_frame_equal(datasets.employment(regions="ITC4"), datasets.employment(regions=["ITC4"]))


@pytest.mark.parametrize(("level", "length"), [(0, 2), (1, 3), (2, 4)])
def test_a_level_holds_codes_of_its_length_and_never_the_european_union(level, length):
    codes = set(datasets.employment(year=2014, level=level)["region"])
    assert codes and {len(code) for code in codes} == {length} and "EU28" not in codes


# --- what is not there ------------------------------------------------------------------------------------


def test_a_year_without_figures_is_a_sentence_with_the_years_of_the_region():
    with pytest.raises(ValueError, match=r"^no employment for ITC4 in 2015; available: 2008-2014$"):
        datasets.employment(year=2015, regions="ITC4")
    with pytest.raises(ValueError, match=r"^no employment for ITC4 in 2015"):
        datasets.employment(year=2015, regions=["AT31", "ITC4"])


def test_a_year_outside_the_table_is_a_sentence_with_its_years():
    with pytest.raises(ValueError, match=r"^no employment for 2007; available: 2008-2015$"):
        datasets.employment(year=2007)
    with pytest.raises(ValueError, match=r"^no local units for 2007; available: 2008-2015$"):
        datasets.local_units(year=2007)
    with pytest.raises(ValueError, match=r"^no national accounts for 2001; available: 2005-2015$"):
        datasets.national_accounts(year=2001)


def test_a_year_outside_the_table_names_the_region_that_was_asked_for_and_its_years():
    with pytest.raises(ValueError, match=r"ITC4 in 2007; available: 2008-2014$"):
        datasets.employment(year=2007, regions="ITC4")


@pytest.mark.parametrize(("option", "code"), [("regions", "XX99"), ("sectors", "C99")])
def test_an_unknown_code_is_a_sentence_that_names_it(option, code):
    word = option.removesuffix("s")
    with pytest.raises(ValueError, match=rf"^no employment for {word} {code} in any year; check the code"):
        datasets.employment(**{option: ["C28" if word == "sector" else "ITC4", code]})


def test_an_unknown_indicator_is_a_sentence_that_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"^no indicator 'jobs' in national_accounts; available: employees, "):
        datasets.national_accounts(indicator="jobs")


def test_tables_that_were_never_built_are_a_sentence_that_says_how(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    monkeypatch.setenv("ALPCLUSTERS_HOME", str(tmp_path))
    readers = {
        "employment": datasets.employment, "local_units": datasets.local_units, "regions": datasets.regions,
        "national_accounts": datasets.national_accounts, "boundaries": datasets.boundaries,
    }  # fmt: skip
    for name, read in readers.items():
        with pytest.raises(ValueError, match=rf"^data/processed/{name}\.parquet is absent; `alpclusters data build`"):
            read()


# --- facts and provenance ---------------------------------------------------------------------------------


def test_facts_are_text_with_blanks_as_empty_strings():
    table = datasets.facts("project").set_index("field")
    assert table.loc["erdf_eur", "value"] == "1929500"
    for path in paths.facts().glob("*.csv"):
        table = datasets.facts(path.stem)
        assert len(table) and all(isinstance(v, str) for v in table.to_numpy().ravel()), path.name


def test_unknown_facts_are_a_sentence_that_lists_the_known_ones():
    with pytest.raises(ValueError, match=r"^no facts 'priorities'; available: action_kinds, .*s3_priorities"):
        datasets.facts("priorities")


def test_facts_are_read_from_their_folder_only():
    with pytest.raises(ValueError, match="no facts"):
        datasets.facts("../sources")


def test_provenance_names_source_licence_and_checksum_of_a_table():
    found = datasets.provenance("employment")
    assert [s["dataset"] for s in found["sources"]] == ["sbs_r_nuts06_r2", "sbs_na_sca_r2"]
    assert all(s["publisher"] == "Eurostat" and s["licence"] and len(s["sha256"]) == 64 for s in found["sources"])
    assert [f["name"] for f in found["schema"]["fields"]] == list(datasets.employment(regions="ITC4").columns)
    package = json.loads((paths.processed() / "datapackage.json").read_text(encoding="utf-8"))
    assert [datasets.provenance(r["name"]) for r in package["resources"]] == package["resources"]


def test_the_provenance_of_an_unknown_table_is_a_sentence():
    with pytest.raises(ValueError, match=r"^no processed table 'trade_marks'; available: employment, .*local_units"):
        datasets.provenance("trade_marks")


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md"])
def test_what_the_pages_say_of_the_estimates_is_what_the_test_found(page):
    text = " ".join((paths.root() / page).read_text(encoding="utf-8").split())
    own, low, high = map(int, re.search(r"miss about (\d+) %.*?fitting.*?(\d+) to (\d+) %", text).groups())
    missed = datasets.suppression_test().pivot(index="method", columns="area", values="wape") * 100
    assert missed.loc["estimate"].round().tolist() == [own, own]
    assert sorted(missed.loc["proportional"].round()) == [low, high]


# --- copies -----------------------------------------------------------------------------------------------


def spoil(table: pd.DataFrame) -> int:
    """Write into the first row, in place, and add a column; return how many cells were written."""
    written = 0
    for column in table.columns:
        first = table[column].iloc[0]
        if isinstance(first, str) and not isinstance(table[column].dtype, pd.CategoricalDtype):
            table.loc[table.index[0], column] = first + " spoilt"
        elif pd.api.types.is_numeric_dtype(table[column]) and pd.notna(first):
            table.loc[table.index[0], column] = type(first)(not first)
        else:
            continue
        written += 1
    table["spoilt"] = "yes"
    return written


READERS = {
    "employment": datasets.employment,
    "employment of a year": lambda: datasets.employment(year=2014),
    "local_units": datasets.local_units,
    "national_accounts": datasets.national_accounts,
    "regions": datasets.regions,
    "boundaries": datasets.boundaries,
    "facts": lambda: datasets.facts("s3_regions"),
}


@pytest.mark.parametrize("name", READERS)
def test_a_table_handed_out_is_a_copy(name):
    before, handed = READERS[name]().copy(deep=True), READERS[name]()
    assert spoil(handed) > 0
    assert not handed.drop(columns="spoilt").equals(before)
    again = READERS[name]()
    assert again.equals(before) and again.index.equals(before.index)


def test_regions_and_boundaries_are_indexed_by_code_and_narrow_by_level():
    regions, boundaries = datasets.regions(), datasets.boundaries()
    assert regions.index.is_unique and boundaries.index.is_unique
    assert set(boundaries.index) <= set(regions.index)
    assert boundaries.crs.to_epsg() == 4326
    for level in range(4):
        assert set(datasets.boundaries(level)["level"]) == {level} == set(datasets.regions(level=level)["level"])
    with_figures = set(datasets.employment()["region"]) - {"EU28"}
    assert with_figures <= set(regions.index), "every region with figures has a name"
