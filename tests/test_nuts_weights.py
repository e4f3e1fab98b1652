"""The weights of the JRC NUTS converter: the published layout, and the table that is computed from it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from alpclusters_lib import regions
from alpclusters_lib.cleaning import nuts_weights as cleaning
from alpclusters_lib.cleaning import schemas
from alpclusters_lib.cleaning.nuts_weights import TOLERANCE, links_between, nuts_weights
from alpclusters_lib.sources import gisco
from alpclusters_lib.sources.nuts_weights import read_nuts_weights

HEADER = "code_v2013,code_v2016,uniqueID,areaKm,pop11,pop21,artif_surf12,artif_surf18,bu_vol"
FILES = ("n2_cm_v2010_v2016", "n2_cm_v2013_v2016", "n2_cm_v2016_v2021", "n3_cm_v2013_v2016")


@pytest.fixture
def write(tmp_path):
    def put(*rows: str, header: str = HEADER):
        path = tmp_path / "n2_cm_v2013_v2016.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return put


def row(one="FR42", two="FRF1", area="8329.5", people="1849162", later="1921514"):
    return f"{one},{two},{one}{two},{area},{people},{later},1,1,1"


def overlay(*rows, source=2013, target=2016, level=2):
    """Return overlaps from (old code, new code, area, population 2011, population 2021)."""
    columns = ["code_from", "code_to", "area_km2", "population_2011", "population_2021"]
    table = pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[2:], float))
    table[["source", "target", "level"]] = source, target, level
    return table


# --- the reader -------------------------------------------------------------------------------------------


def test_header_and_codes_say_vintages_and_level(write):
    table = read_nuts_weights(write(row(), row("HU10", "HU11"), row("HU10", "HU12", area="6390.8")))
    assert table["code_to"].tolist() == ["FRF1", "HU11", "HU12"]
    assert set(zip(table["source"], table["target"], table["level"], strict=True)) == {(2013, 2016, 2)}
    assert table["area_km2"].tolist() == [8329.5, 8329.5, 6390.8]
    assert table.loc[0, ["population_2011", "population_2021"]].tolist() == [1849162, 1921514]
    other = HEADER.replace("v2016", "v2021").replace("v2013", "v2016")
    table = read_nuts_weights(write(row("AT111", "AT111"), header=other))
    assert table.loc[0, ["source", "target", "level"]].tolist() == [2016, 2021, 3]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([row(area="x")], "row 2: areaKm of FR42 and FRF1 is 'x'; a number from 0"),
        ([row(), row("FR43", "FRC2", people="-1")], "row 3: pop11 of FR43 and FRC2 is '-1'"),
        ([row(later="")], "pop21 of FR42 and FRF1 is ''"),
        ([row(later="inf")], "pop21 of FR42 and FRF1 is 'inf'"),
        ([row(one="FR")], "row 2: 'FR' is no code of NUTS 2 or 3 in code_v2013"),
        ([row(), row("FR421", "FRF11")], "mixes codes of NUTS 2 and 3"),
        ([row("FR42", "DEF1")], "row 2: FR42 and DEF1 lie in two countries"),
        ([row(), row()], "FR42 and FRF1 stand twice"),
        ([], "has a header and no rows"),
    ],
)
def test_a_row_that_cannot_be_is_named(write, rows, sentence):
    with pytest.raises(ValueError, match=sentence) as caught:
        read_nuts_weights(write(*rows))
    assert str(caught.value).startswith("n2_cm_v2013_v2016.csv")


@pytest.mark.parametrize("header", ["a,b,areaKm,pop11,pop21", HEADER.replace("pop21", "pop18"), "code_v2013"])
def test_another_layout_is_named(write, header):
    with pytest.raises(ValueError, match=r"no file of the JRC NUTS converter: its columns are .* would be right"):
        read_nuts_weights(write("x", header=header))


def test_an_absent_and_a_torn_file_are_sentences(tmp_path, write):
    with pytest.raises(ValueError, match=r"no file .*gone.csv; the published file would be right"):
        read_nuts_weights(tmp_path / "gone.csv")
    with pytest.raises(ValueError, match="cannot be read as a table"):
        read_nuts_weights(write(row(), row() + ",1,2,3,4"))
    (tmp_path / "empty.csv").write_bytes(b"")
    with pytest.raises(ValueError, match=r"empty\.csv cannot be read as a table"):
        read_nuts_weights(tmp_path / "empty.csv")


# --- the table --------------------------------------------------------------------------------------------


def test_every_kind_of_change():
    table = nuts_weights(
        [
            overlay(
                ("XA01", "XA01", 90, 800, 900),
                ("XB01", "XB09", 90, 800, 900),
                ("XC01", "XC05", 40, 600, 600),
                ("XC02", "XC05", 60, 200, 300),
                ("XD01", "XD05", 30, 750, 200),
                ("XD01", "XD06", 70, 250, 800),
                ("XE01", "XE01", 50, 500, 400),
                ("XE01", "XE02", 50, 100, 100),
                ("XE02", "XE02", 75, 400, 500),
            )
        ]
    )
    kinds = dict(zip(table["code_from"] + table["code_to"], table["change_population"], strict=True))
    assert kinds == {
        "XA01XA01": "same", "XB01XB09": "recode", "XC01XC05": "merge", "XC02XC05": "merge", "XD01XD05": "split",
        "XD01XD06": "split", "XE01XE01": "split", "XE01XE02": "redrawn", "XE02XE02": "merge",
    }  # fmt: skip
    assert (table["change_area"] == table["change_population"]).all()
    of = table.set_index(["code_from", "code_to"])
    assert of.loc[("XD01", "XD05"), ["forward_population_2011_share", "forward_population_2021_share"]].tolist() == [
        0.75, 0.2,
    ]  # fmt: skip
    assert of.loc[("XC01", "XC05"), "backward_population_2011_share"] == 0.75
    assert of.loc[("XC01", "XC05"), "backward_area_share"] == 0.4
    assert of.loc[("XE01", "XE02"), "forward_area_share"] == 0.5
    schemas.validate("nuts_weights", table)


def border(moved: float, area: float) -> pd.DataFrame:
    """Return two regions of 1,000 people and 100 km², of which a part moves from the first to the second."""
    rest = ("XA02", "XA02", 100 - area, 1000 - moved, 2000)
    return nuts_weights(
        [overlay(("XA01", "XA01", 100 - area, 1000 - moved, 2000), ("XA01", "XA02", area, moved, 0), rest)]
    )


@pytest.mark.parametrize(("moved", "change"), [(0, "same"), (5, "same"), (5.01, "split"), (300, "split")])
def test_people_up_to_the_tolerance_are_noise(moved, change):
    assert TOLERANCE == 0.005
    table = border(moved, 0.1)
    assert table.set_index(["code_from", "code_to"]).loc[("XA01", "XA01"), "change_population"] == change
    sums = table.groupby("code_from")["forward_population_2011_share"].sum()
    assert np.allclose(sums, 1, rtol=0, atol=1e-12)
    kept = table[table["code_to"] == "XA02"]
    assert len(kept) == (1 if change == "same" else 2), "noise in people and in area is left out"


@pytest.mark.parametrize(("area", "change"), [(0.5, "same"), (0.501, "split"), (40, "split")])
def test_area_up_to_the_tolerance_is_noise_and_says_nothing_about_people(area, change):
    table = border(2, area).set_index(["code_from", "code_to"])
    assert table.loc[("XA01", "XA01"), ["change_population", "change_area"]].tolist() == ["same", change]
    assert table.loc[("XA01", "XA01"), "forward_population_2011_share"] == 1
    if change != "same":
        assert table.loc[("XA01", "XA02"), "change_population"] == "sliver"
        assert table.loc[("XA01", "XA02"), "forward_area_share"] == pytest.approx(area / 100)
        assert table.loc[("XA01", "XA02"), "forward_population_2011_share"] == 0


def test_a_small_part_of_a_large_region_that_is_much_of_a_small_one_is_no_noise():
    table = nuts_weights(
        [overlay(("XA01", "XA01", 9e4, 9e6, 8e6), ("XA01", "XA02", 10, 1e3, 1e3), ("XA02", "XA02", 90, 9e3, 8e3))]
    )
    assert (table["change_population"] != "sliver").all() and (table["change_area"] != "sliver").all()


def test_mistakes_of_the_files_are_put_right():
    table = nuts_weights(
        [
            overlay(
                ("UKN0", "UKN0", 3669, 852, 852), ("UKN0", "UKN1", 10476, 933, 933), ("ELZZ", "ELZZ", 336, 2, 3),
                ("FRA1", "FRY1", 1682, 1682, 1682),
            ),
            overlay(("AT11", "AT11", 3965, 285, 296), source=2016, target=2021),
        ]
    )  # fmt: skip
    of = table.set_index("code_to")
    assert of.index.tolist() == ["FRY1", "UKN0", "AT11", "LI00"]
    assert of.loc["UKN0", ["area_km2", "population_2011", "change_area"]].tolist() == [14145, 1785, "same"]
    assert of["population_2011"].isna().tolist() == [True, False, False, True]
    assert of["population_2021"].isna().tolist() == [True, True, False, True]
    assert (of["forward_population_2021_share"] == 1).all() and of.loc["LI00", "change_population"] == "same"
    schemas.validate("nuts_weights", table)


def test_parts_without_a_population_are_a_sentence():
    for people in (0.0, np.nan):
        with pytest.raises(ValueError, match="no population_2011 for the parts of XA01; a figure above 0"):
            nuts_weights([overlay(("XA01", "XA01", 9, people, 5), ("XA01", "XA02", 8, people, 4))])


def test_the_schema_refuses_shares_that_do_not_add_up():
    table = nuts_weights([overlay(("XA01", "XA02", 9, 4, 5), ("XA01", "XA03", 8, 6, 4))])
    table.loc[0, "forward_area_share"] -= 1e-6
    with pytest.raises(ValueError, match="table nuts_weights: it fails the shares of a region add up to 1"):
        schemas.validate("nuts_weights", table)


# --- the published files ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published(raw_folder):
    return {name: read_nuts_weights(raw_folder / "nuts" / f"{name}.csv") for name in FILES}


@pytest.fixture(scope="module")
def weights(published):
    return nuts_weights(published.values())


@pytest.mark.raw
def test_the_published_files_give_a_valid_table_that_does_not_depend_on_their_order(published, weights):
    schemas.validate("nuts_weights", weights)
    assert weights.groupby(["source", "target", "level"]).size().to_dict() == {
        (2010, 2016, 2): 303, (2013, 2016, 2): 301, (2013, 2016, 3): 1416, (2016, 2021, 2): 304,
    }  # fmt: skip
    again = nuts_weights([table.sample(frac=1, random_state=7) for table in reversed(list(published.values()))])
    pd.testing.assert_frame_equal(again, weights)


@pytest.mark.raw
def test_no_published_overlap_lies_near_the_tolerance(published):
    table = cleaning._corrected(pd.concat(published.values(), ignore_index=True))
    amounts = cleaning._amounts(table)
    largest = np.maximum(*(cleaning._portions(table, amounts, side) for side in (cleaning.FROM, cleaning.TO)))
    for measures, gap in ((cleaning.MEASURES[:2], (0.0015, 0.0065)), (cleaning.MEASURES[2:], (0.0041, 0.0079))):
        assert gap[0] < TOLERANCE < gap[1]
        assert not largest[list(measures)].max(axis=1).between(*gap).any()


@pytest.mark.raw
def test_codes_are_those_of_gisco(weights, raw_folder):
    """GISCO, NUTS 2016 and NUTS 2021; countries that the converter does not cover are left out."""
    known = cleaning.known_codes(weights)
    folder = raw_folder / "gisco"
    files = {2016: "nuts_2016_60m_all_levels.geojson", 2021: "NUTS_RG_03M_2021_4326_LEVL_2.geojson.gz"}
    for vintage, file in files.items():
        table = gisco.read_boundaries(folder / file)
        codes = {code for code in table["region"] if len(code) == 4 and code[:2] in known[vintage]}
        ours = {code for code in known[vintage] if len(code) == 4}
        assert ours - codes == set()
        assert codes - ours == ({"NO0B"} if vintage == 2021 else set()), "Svalbard and Jan Mayen"


@pytest.mark.raw
def test_nuts_3_adds_up_to_nuts_2(published):
    fine, coarse = (published[name] for name in ("n3_cm_v2013_v2016", "n2_cm_v2013_v2016"))
    amounts = ["area_km2", "population_2011", "population_2021"]
    summed = fine[amounts].groupby([fine["code_from"].str[:4], fine["code_to"].str[:4]]).sum()
    expected = coarse.set_index(["code_from", "code_to"])[amounts].sort_index()
    pd.testing.assert_frame_equal(summed, expected, rtol=1e-9)


@pytest.mark.raw
def test_populations_that_are_none_are_blank(weights):
    none = weights[weights["population_2011"].isna()]
    assert {code[:3] for code in none["code_to"]} == {"FRY", "LI0"}
    assert set(weights.loc[weights["population_2021"].isna(), "code_to"].str[:2]) == {"FR", "LI", "UK", "IS"}


@pytest.mark.raw
def test_changes_agree_with_the_curated_recodes(weights):
    facts = pd.read_csv(regions.paths.facts() / "nuts_recodes.csv", dtype=str, keep_default_na=False)
    facts = facts[facts["vintage"].isin(["2010", "2013"]) & (facts["nuts_2013"].str.len() == 4)]
    ours = weights[(weights["target"] == 2016) & (weights["level"] == 2)]
    recodes = ours[ours["change_population"] == "recode"]
    pure = regions.recodes()
    assert (pure.reindex(recodes["code_from"]).to_numpy() == recodes["code_to"].to_numpy()).all()
    seen = 0
    for row in facts.itertuples():
        parts = ours[(ours["code_from"] == row.nuts_2013) & (ours["source"] == int(row.vintage))]
        if row.kind == "recode":
            assert parts[["code_to", "change_population"]].values.tolist() == [[row.nuts_2016, "recode"]]
        else:
            assert parts["code_to"].tolist() == row.successors.split()
            assert not parts["change_population"].isin(["same", "recode"]).any()
        seen += 1
    assert seen > 50


KNOWN = [
    (2013, 2016, {"FR42"}, {"FRF1": 1.0}),
    (2013, 2016, {"FR43"}, {"FRC2": 1.0}),
    (2013, 2016, {"FR71"}, {"FRK2": 1.0}),
    (2013, 2016, {"FR82"}, {"FRL0": 1.0}),
    (2010, 2016, {"SI01", "SI02"}, {"SI03", "SI04"}),
    (2013, 2016, {"PL12"}, {"PL91", "PL92"}),
    (2013, 2016, {"HU10"}, {"HU11", "HU12"}),
    (2013, 2016, {"LT00"}, {"LT01", "LT02"}),
    (2013, 2016, {"UKM2", "UKM3"}, {"UKM7", "UKM8", "UKM9"}),
    (2013, 2016, {"IE01", "IE02"}, {"IE04", "IE05", "IE06"}),
    (2016, 2021, {"HR04"}, {"HR02", "HR05", "HR06"}),
    (2016, 2021, {"NO01", "NO02", "NO03", "NO04", "NO05", "NO06"}, {"NO02", "NO06", "NO08", "NO09", "NO0A"}),
    (2010, 2016, {"UKI1", "UKI2"}, {"UKI3", "UKI4", "UKI5", "UKI6", "UKI7"}),
]


@pytest.mark.raw
@pytest.mark.parametrize(
    ("source", "target", "old", "new"), KNOWN, ids=lambda v: " ".join(sorted(v)) if isinstance(v, set) else None
)
def test_known_changes_of_the_regulations(weights, source, target, old, new):
    """Commission Regulations (EU) 1319/2013, 2016/2066 and 2019/1755; Norway: statistical regions by agreement."""
    parts = weights[(weights["source"] == source) & (weights["target"] == target) & (weights["level"] == 2)]
    assert set(parts.loc[parts["code_from"].isin(old), "code_to"]) == set(new)
    assert set(parts.loc[parts["code_to"].isin(new), "code_from"]) == old
    pure = parts.loc[parts["code_from"].isin(old), "change_area"].eq("recode")
    assert pure.all() if isinstance(new, dict) else not pure.any()


@pytest.mark.raw
def test_austria_and_the_other_alpine_regions_stay_what_they_are(weights):
    alpine = weights[(weights["level"] == 2) & weights["code_to"].isin(regions.perimeter("eusalp"))]
    redrawn = alpine[~alpine["change_population"].isin(["same", "recode"])]
    assert set(redrawn["code_to"]) == {"SI03", "SI04", "ITH4"}
    sappada = redrawn[redrawn["code_to"] == "ITH4"]
    assert set(sappada["code_from"]) == {"ITH3"} and (sappada["change_population"] == "sliver").all()
    assert sappada["population_2011"].tolist() == pytest.approx([1307, 1307])


@pytest.mark.raw
def test_a_region_that_did_not_change_between_2010_and_2013_gives_nothing_away(weights):
    """UKM2 and IE01 are the same in both, although 2016, through which the way goes, cuts them up."""
    links = links_between(weights, source=2010, target=2013, level=2, measure="population_2011").set_index("origin")
    for code in ("UKM2", "IE01", "IE02", "HU10", "LT00", "PL12"):
        assert links.loc[[code]].values.tolist() == [[code, 1.0]]
    changed = links[(links["share"] < 1 - 1e-9) | links["region"].duplicated(keep=False)]
    assert set(changed.index) == {"SI01", "SI02", "UKI1", "UKI2", "UKM3", "UKM6"}
