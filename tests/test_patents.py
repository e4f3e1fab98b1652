"""Patent applications: the file's faults, canonical codes, missing years, and Eurostat's own figures."""

from __future__ import annotations

import pandas as pd
import pytest

from alpclusters_lib.cleaning.context import Context
from alpclusters_lib.cleaning.patents import patent_applications
from alpclusters_lib.sources import catalogue
from alpclusters_lib.sources.patents import read_patents

HEAD = "unit,geo,time,values\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEAD + "NR,ITC4,2012,\"909,08\"\n", r"row 2: column values holds '909,08'"),
        (HEAD + "NR,ITC4,2012,1.0\nNR,ITC4,2012,2.0\n", r"row 3: NR, ITC4, 2012 stands twice"),
        (HEAD + "NR,Lombardia,2012,1.0\n", r"row 2: column geo holds 'Lombardia'"),
        (HEAD + "NR,ITC4,2012M1,1.0\n", r"row 2: column time holds '2012M1'"),
        ("unit,geo,time\nNR,ITC4,2012\n", r"has no column 'values'"),
        (HEAD + "NR,ITC4,2012\n", r"row 2: 3 columns where the header has 4"),
    ],
)  # fmt: skip
def test_a_faulty_file_is_a_sentence_with_row_and_column(tmp_path, text, words):
    path = tmp_path / "pat.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=words) as caught:
        read_patents(path)
    assert str(caught.value).startswith("pat.csv") and "\n" not in str(caught.value)


def test_columns_in_another_order_change_nothing(tmp_path):
    path = tmp_path / "pat.csv"
    path.write_text("values,time,geo,unit\n909.08,2012,ITC4,NR\n")
    assert read_patents(path).to_numpy().tolist() == [["NR", "ITC4", 2012, 909.08]]


def published(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unit", "geo", "year", "value"]).astype({"year": "int16"})


def test_years_without_a_row_are_missing_within_the_years_of_the_indicator():
    table = patent_applications(
        published(
            ("NR", "FR43", 2008, 5.0), ("NR", "FR43", 2010, 0.0), ("NR", "SI01", 2009, 1.0), ("NR", "SIXX", 2009, 9.0),
            ("P_MHAB", "FR43", 2010, 2.0), ("GDP_BEUR", "FR43", 2010, 7.0),
        ), recodes={"FR43": "FRC2"}, current={"FRC2", "SI", "FR"},
    )  # fmt: skip
    counts = table[table["indicator"] == "epo_applications"]
    assert counts[["region", "year", "status", "vintage"]].to_numpy().tolist() == [
        ["FRC2", 2008, "observed", "2016"], ["FRC2", 2009, "missing", "2016"], ["FRC2", 2010, "observed", "2016"],
        ["SI01", 2008, "missing", "2010"], ["SI01", 2009, "observed", "2010"], ["SI01", 2010, "missing", "2010"],
    ]  # fmt: skip
    # a published 0 stays one, and a missing year does not become one
    assert counts["value"].fillna(-1).tolist() == [5.0, -1, 0.0, -1, 1.0, -1]
    assert table.loc[table["indicator"] != "epo_applications", ["region", "value"]].to_numpy().tolist() == [
        ["FRC2", 2.0]
    ]


def test_an_indicator_that_vanished_and_a_negative_count_are_sentences():
    with pytest.raises(ValueError, match=r"^pat_ep_rtot has no rows of unit P_MHAB; it has NR$"):
        patent_applications(published(("NR", "IT", 2012, 1.0)), recodes={}, current={"IT"})
    rows = published(("NR", "IT", 2012, -1.0), ("P_MHAB", "IT", 2012, 1.0))
    with pytest.raises(ValueError, match=r"^pat_ep_rtot: NR of IT.* 2012 is -1; "):
        patent_applications(rows, recodes={}, current={"IT"})


@pytest.fixture(scope="module")
def patents(raw_folder):
    return Context(lambda dataset: catalogue.raw_file(dataset, folder=raw_folder)).patents


# Eurostat, pat_ep_rtot, unit NR: ITC4 and FR71 (now FRK2), CH
@pytest.mark.raw
@pytest.mark.parametrize(
    ("region", "year", "number"),
    [("ITC4", 2012, 909.08), ("ITC4", 2008, 1363.01), ("FRK2", 2011, 1783.70), ("CH", 2010, 3319.08)],
)
def test_applications_are_what_eurostat_published(patents, region, year, number):
    rows = patents[(patents["region"] == region) & (patents["year"] == year)].set_index("indicator")["value"]
    assert rows["epo_applications"] == number


@pytest.mark.raw
def test_switzerland_is_there_liechtenstein_is_not_and_slovenia_is_of_2010(patents):
    codes = set(patents["region"])
    assert {f"CH0{k}" for k in range(1, 8)} <= codes and not any(code.startswith("LI") for code in codes)
    assert {"SI01", "SI02"} <= codes and not {"SI03", "SI04", "FR71", "SIXX", "SIZZ"} & codes
    assert set(patents.loc[patents["region"].isin(["SI01", "SI02"]), "vintage"]) == {"2010"}


@pytest.mark.raw
def test_regions_add_up_to_their_country_but_for_the_unknown(patents):
    counts = patents[(patents["indicator"] == "epo_applications") & (patents["year"] == 2010)]
    country = counts[counts["region"].str.len() == 2].set_index("region")["value"]
    regional = counts[counts["region"].str.len() == 4]
    ratio = regional.groupby(regional["region"].str[:2])["value"].sum() / country
    assert ratio[["AT", "CH", "DE", "FR", "IT", "SI"]].between(0.97, 1.0001).all()
