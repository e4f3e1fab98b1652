"""Swiss cantons: rows that mean two things, a country labelled Bern, sums of cantons, Liechtenstein."""

from __future__ import annotations

import pandas as pd
import pytest

from alpclusters_lib import paths
from alpclusters_lib.cleaning.context import Context
from alpclusters_lib.cleaning.swiss import revisions, swiss_regions
from alpclusters_lib.sources import catalogue
from alpclusters_lib.sources.innovation import read_panel
from alpclusters_lib.sources.swiss import read_cantons, read_sector_shares

NAMES = pd.read_csv(paths.facts() / "swiss_cantons.csv", dtype=str, keep_default_na=False)
HEAD = "title\tyear\tvalue\tcanton\tfile_year"


def block(
    canton: str, *, residents="1,000", jobs=("60", "10", "20", "30"), file_year="2015", year="2013"
) -> list[list]:
    titles = ["Primary sector", "Secondary sector", "Tertiary sector"]
    rows = [["Residents", residents], ["Net activity rate", "–"], ["Employed total", jobs[0]],
            *map(list, zip(titles, jobs[1:], strict=True)), ["Business establishments total", "6"], [titles[0], "1"],
            [titles[1], "2"], [titles[2], "3"], ["Unemployment rate", "1.0"]]  # fmt: skip
    return [[title, year, value, canton, file_year] for title, value in rows]


def read(tmp_path, *blocks: list[list], head: str = HEAD) -> pd.DataFrame:
    path = tmp_path / "cantons.tsv"
    path.write_text("\n".join([head, *["\t".join(row) for rows in blocks for row in rows]]) + "\n", encoding="utf-8")
    return read_cantons(path)


def test_a_sector_row_takes_the_heading_above_it(tmp_path):
    table = read(tmp_path, block("Zug", jobs=("6,001", "1", "2,000", "4,000"))).set_index("indicator")["value"]
    assert table.to_dict() == {
        "residents": 1000.0, "employed": 6001.0, "employed_primary": 1.0, "employed_secondary": 2000.0,
        "employed_tertiary": 4000.0, "establishments": 6.0, "establishments_primary": 1.0,
        "establishments_secondary": 2.0, "establishments_tertiary": 3.0,
    }  # fmt: skip


def test_a_second_block_of_a_canton_with_the_residents_of_all_is_switzerland(tmp_path):
    table = read(tmp_path, block("Bern", residents="900"), block("Zug", residents="100"),
                 block("Bern", residents="1,000"))  # fmt: skip
    residents = table[table["indicator"] == "residents"].set_index("canton")["value"]
    assert residents.to_dict() == {"Bern": 900.0, "Zug": 100.0, "Switzerland": 1000.0}
    assert (table["canton"] == "Switzerland").sum() == 9
    with pytest.raises(ValueError, match=r"row 24: Bern stands twice in the overview of 2015, with 800 residents here"):
        read(tmp_path, block("Bern", residents="900"), block("Zug", residents="100"), block("Bern", residents="800"))


def changed(rows: list[list], place: int, **cells: str) -> list[list]:
    names = HEAD.split("\t")
    return [[cells.get(names[k], v) if at == place else v for k, v in enumerate(row)] for at, row in enumerate(rows)]


FAULTS = {
    "decimal comma": (changed(block("Zug"), 0, value="1000,5"), r"row 2: column value holds '1000,5'"),
    "apostrophes": (changed(block("Zug"), 2, value="6’001"), r"row 4: column value holds '6’001'"),
    "wrong sum": (block("Zug", jobs=("60", "10", "20", "35")), r"employed of Zug in 2013 .* is 60, its sectors .* 65"),
    "a heading gone": (block("Zug")[:6] + block("Zug")[7:], r"row 8: Primary sector of Zug stands below neither"),
    "no headings": (changed(changed(block("Zug"), 2, title="Jobs"), 6, title="Units"), r"stands below neither"),
    "a period": (changed(block("Zug"), 0, year="2010-2013"), r"row 2: column year holds '2010-2013'"),
    "two cantons": (changed(block("Zug"), 5, canton="Uri"), r"the block from row 2 holds several cantons"),
    "doubled": ([*block("Zug")[:10], block("Zug")[6]], r"row 12: 2015, Zug, establishments, 2013 stands twice"),
    "no establishments": (block("Zug")[:6], r"has no row of establishments"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_faulty_file_is_a_sentence_with_row_and_column(tmp_path, fault):
    rows, words = FAULTS[fault]
    with pytest.raises(ValueError, match=words) as caught:
        read(tmp_path, rows)
    assert str(caught.value).startswith("cantons.tsv") and "\n" not in str(caught.value)


def test_a_column_that_vanished_is_a_sentence_and_one_that_moved_changes_nothing(tmp_path):
    with pytest.raises(
        ValueError, match=r"row 1 has no column 'file_year'; it has title, year, value, canton, edition"
    ):
        read(tmp_path, block("Zug"), head=HEAD.replace("file_year", "edition"))
    turned = [row[::-1] for row in block("Zug")]
    expected = read(tmp_path, block("Zug"))
    assert read(tmp_path, turned, head="\t".join(HEAD.split("\t")[::-1])).equals(expected)


def test_a_changed_figure_is_found_and_the_latest_overview_counts():
    rows = [["Zug", "residents", 2012, 100.0, 2014], ["Zug", "residents", 2012, 103.0, 2016],
            ["Zug", "residents", 2012, 101.0, 2015], ["Uri", "residents", 2012, 5.0, 2014],
            ["Uri", "residents", 2012, 5.0, 2015]]  # fmt: skip
    published = pd.DataFrame(rows, columns=["canton", "indicator", "year", "value", "file_year"])
    assert revisions(published).to_numpy().tolist() == [["Zug", "residents", 2012, 100.0, 103.0]]


# --- regions ----------------------------------------------------------------------------------------------


def cantons(**values: float) -> pd.DataFrame:
    """Every canton with 100 residents, 10 employed and 50,000 CHF, but for those named."""
    rows = []
    for name in [*NAMES["published_name"], "Switzerland"]:
        for indicator, value in (("residents", 100.0), ("employed", 10.0), ("gdp_per_inhabitant_chf", 50_000.0)):
            key = f"{name.replace('-', '_')}_{indicator}"
            rows.append([name, indicator, 2014, values.get(key, value), 2017])
    return pd.DataFrame(rows, columns=["canton", "indicator", "year", "value", "file_year"])


SHARES = pd.DataFrame({"geo": [f"CH0{k}" for k in range(1, 8)], "primary": 0.1, "secondary": 0.2, "tertiary": 0.7})


def regional(**values: float) -> pd.DataFrame:
    return swiss_regions(cantons(**values), SHARES, names=NAMES).set_index(["region", "indicator", "year"])


def test_counts_are_summed_over_cantons_and_gdp_is_weighted_by_residents():
    table = regional(Basel_Stadt_residents=300.0, Basel_Stadt_gdp_per_inhabitant_chf=150_000.0)
    assert table.loc[("CH03", "residents", 2014), ["value", "status", "flag"]].tolist() == [
        500.0,
        "observed",
        "sum of cantons",
    ]
    # (300 × 150,000 + 100 × 50,000 + 100 × 50,000) / 500
    row = table.loc[("CH03", "gdp_per_inhabitant_chf", 2014)]
    assert row["value"] == pytest.approx(110_000) and row["status"] == "estimated"
    assert table.loc[("CH04", "gdp_per_inhabitant_chf", 2014), ["value", "status"]].tolist() == [50_000.0, "observed"]
    assert table.loc[("CH", "employed", 2014), "value"] == 10.0
    assert table.loc[("CH05", "employment_tertiary_share", 2016), "value"] == 0.7


def test_a_missing_canton_leaves_its_region_missing():
    table = regional(Jura_employed=float("nan"))
    assert table.loc[("CH02", "employed", 2014), "status"] == "missing"
    assert table.loc[("CH025", "employed", 2014), "status"] == "missing"
    assert table.loc[("CH01", "employed", 2014), "value"] == 30.0


def test_liechtenstein_is_missing_and_never_zero():
    table = regional()
    for code in ("LI", "LI00", "LI000"):
        assert table.loc[code, "value"].isna().all() and set(table.loc[code, "status"]) == {"missing"}
    assert len(table.loc["LI00"]) == 6 and len(table.loc["LI000"]) == 3


def test_unknown_and_absent_cantons_and_regions_are_sentences():
    with pytest.raises(ValueError, match=r"^'Vatican' is no canton of data/raw/facts/swiss_cantons\.csv"):
        swiss_regions(cantons().replace({"canton": {"Zug": "Vatican"}}), SHARES, names=NAMES)
    table = cantons()
    with pytest.raises(ValueError, match=r"^the cantonal overviews hold no figure of Zug; all 26"):
        swiss_regions(table[table["canton"] != "Zug"], SHARES, names=NAMES)
    with pytest.raises(ValueError, match=r"^the sector shares of 2016 hold no row of CH07"):
        swiss_regions(table, SHARES.iloc[:6], names=NAMES)


def test_shares_that_are_none_are_sentences(tmp_path):
    path = tmp_path / "shares.csv"
    for text, words in (("CH01,0.5,0.4,0.4", r"row 2: the shares 0\.5, 0\.4, 0\.4 are no parts"),
                        ("CH01,2.4,15,82", "no parts"),
                        ("CH01,\"0,02\",0.1,0.8", r"row 2: column lf_pri holds '0,02'")):  # fmt: skip
        path.write_text(f"id,lf_pri,lf_sec,lf_ter\n{text}\n")
        with pytest.raises(ValueError, match=words):
            read_sector_shares(path)


def test_the_26_cantons_have_codes_of_their_region():
    assert len(NAMES) == 26 and NAMES["nuts3"].is_unique and NAMES["abbreviation"].is_unique
    assert [code[:4] for code in NAMES["nuts3"]] == NAMES["nuts2"].tolist()
    assert NAMES["nuts2"].value_counts().to_dict() == {
        "CH05": 7, "CH06": 6, "CH02": 5, "CH01": 3, "CH03": 3, "CH04": 1, "CH07": 1,
    }  # fmt: skip


# --- the published files ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def context(raw_folder):
    return Context(lambda dataset: catalogue.raw_file(dataset, folder=raw_folder))


@pytest.fixture(scope="module")
def published(context):
    return read_cantons(context.path("swiss_cantons"))


@pytest.fixture(scope="module")
def table(context):
    return context.swiss.set_index(["region", "indicator", "year"])


@pytest.mark.raw
def test_cantons_add_up_to_switzerland_in_every_overview(published):
    counts = published[~published["indicator"].str.startswith("gdp")]
    country = counts[counts["canton"] == "Switzerland"].set_index(["file_year", "indicator", "year"])["value"]
    sums = counts[counts["canton"] != "Switzerland"].groupby(["file_year", "indicator", "year"])["value"].sum()
    assert len(country) == 90 and (sums - country).abs().max() <= 3
    assert published.groupby("file_year")["canton"].nunique().eq(27).all()


@pytest.mark.raw
def test_a_workplace_has_about_as_many_persons_in_every_year(published):
    # were persons and workplaces mixed up in some overview, the size would be off by its own square
    wide = published.pivot_table(index=["canton", "year"], columns="indicator", values="value")
    for sector in ("primary", "secondary", "tertiary"):
        size = (wide[f"employed_{sector}"] / wide[f"establishments_{sector}"]).dropna()
        assert len(size) == 243 and (size > 1.5).all(), sector
        relative = size / size.groupby("canton").transform("median")
        assert relative.between(0.6, 1.8).all(), sector


@pytest.mark.raw
def test_no_overview_changed_a_figure_of_an_earlier_one(published):
    repeated = published.groupby(["canton", "indicator", "year"]).size()
    assert (repeated > 1).sum() == 243 and revisions(published).empty


# Federal Statistical Office, Regional portraits 2017: Fribourg and Switzerland
@pytest.mark.raw
@pytest.mark.parametrize(
    ("region", "indicator", "value"),
    [("CH022", "employed", 147_804), ("CH022", "employed_secondary", 37_162),
     ("CH022", "gdp_per_inhabitant_chf", 58_369),
     ("CH021", "employed", 624_614),
     ("CH", "employed", 5_044_371), ("CH02", "employed", 1_059_072)],
)  # fmt: skip
def test_figures_of_2014_are_as_published(table, region, indicator, value):
    assert table.loc[(region, indicator, 2014), "value"] == value


@pytest.mark.raw
def test_residents_at_the_end_of_a_year_are_eurostats_at_the_beginning_of_the_next(context, table):
    population = read_panel(context.path("nuts2_panel"), tables=["tgs00096"]).set_index(["geo", "year"])["value"]
    residents = table.xs("residents", level="indicator")["value"]
    for region in [f"CH0{k}" for k in range(1, 8)]:
        for year in range(2010, 2019):
            assert residents[(region, year)] == pytest.approx(population[(region, year + 1)], rel=1e-5)


@pytest.mark.raw
def test_the_two_statistics_of_sectors_agree_roughly_and_differ_where_commuters_do(table):
    values = table["value"]
    for region in [f"CH0{k}" for k in range(1, 8)]:
        jobs = values[(region, "employed_secondary", 2016)] / values[(region, "employed", 2016)]
        assert jobs == pytest.approx(values[(region, "employment_secondary_share", 2016)], abs=0.06)
