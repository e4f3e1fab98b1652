"""Participations in Horizon 2020: reading, shared counts, pairs of countries against brute force."""

from __future__ import annotations

import gzip
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpclusters_lib import datasets
from alpclusters_lib.cleaning import schemas
from alpclusters_lib.cleaning.participations import ALL_TYPES, NOT_STATED, checks, collaborations, participations
from alpclusters_lib.sources.h2020 import COLUMNS, read_participations, read_programme_parts

TYPES = ("HES", "PRC", "REC", "PUB", "OTH")
ROW = {
    "rcn": "1", "role": "coordinator", "pic": "11", "type": "HES", "contribution": "100.5", "country": "AT",
    "start_date": "2015-01-01", "end_date": "2017-12-31", "max_contribution": "300", "total_cost": "300",
    "start_year": "2015", "end_year": "2017", "duration": "36", "group": "eu15", "nunique": "2",
}  # fmt: skip


def written(folder: Path, *rows: dict[str, str], header=COLUMNS, name: str = "h2020.csv.gz") -> Path:
    lines = [",".join(header), *(",".join({**ROW, **row}[c] for c in COLUMNS) for row in rows)]
    path = folder / name
    path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))
    return path


def test_namibia_is_a_country_and_a_missing_contribution_is_not_zero(tmp_path):
    path = written(tmp_path, {}, {"pic": "12", "country": "NA", "contribution": "NA", "start_year": "NA"})
    table = read_participations(path, organisation_types=TYPES)
    assert table["country"].tolist() == ["AT", "NA"]
    assert table["contribution"].iloc[0] == 100.5 and table.iloc[1][["contribution", "start_year"]].isna().all()
    assert table["project"].tolist() == ["1", "1"] and table["organisation"].tolist() == ["11", "12"]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"type": "SME"}, r"^h2020\.csv\.gz, row 3, column 'type': 'SME' is no known type of organisation; known: HES"),
        ({"role": "lead"}, r"^h2020\.csv\.gz, row 3, column 'role': 'lead' is no known role; known: coordinator"),
        ({"country": "Austria"}, r"^h2020\.csv\.gz, row 3, column 'country': 'Austria' is no code of a country"),
        ({"contribution": '"100,5"'}, r"^h2020\.csv\.gz, row 3, column 'contribution': '100,5' is no number"),
        ({"contribution": "-1"}, r"^h2020\.csv\.gz, row 3, column 'contribution': -1 EUR; a contribution cannot be"),
        ({"pic": "11"}, r"^h2020\.csv\.gz, row 3: rcn 1, pic 11 stands twice; each pair may stand once$"),
        ({"country": "A,T"}, r"^h2020\.csv\.gz, row 3: 16 columns where the header has 15"),
    ],
)
def test_an_unknown_code_or_a_wrong_cell_is_a_sentence_that_says_where(tmp_path, row, sentence):
    path = written(tmp_path, {}, {"pic": "12", **row})
    with pytest.raises(ValueError, match=sentence) as caught:
        read_participations(path, organisation_types=TYPES)
    assert "\n" not in str(caught.value)


def test_a_moved_column_a_file_cut_short_and_another_encoding_are_sentences(tmp_path):
    moved = (*COLUMNS[:3], COLUMNS[4], COLUMNS[3], *COLUMNS[5:])
    with pytest.raises(ValueError, match=r"^a\.gz, column 4 is 'contribution' where 'type' would be right$"):
        read_participations(written(tmp_path, {}, header=moved, name="a.gz"), organisation_types=TYPES)
    path = written(tmp_path, *({"pic": str(n)} for n in range(2000)))
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(ValueError, match=r"^h2020\.csv\.gz is cut short or damaged"):
        read_participations(path, organisation_types=TYPES)
    path.write_bytes(gzip.compress(",".join(COLUMNS).encode() + "\nÖ".encode("latin-1")))
    with pytest.raises(ValueError, match=r"^h2020\.csv\.gz, row 2 is not UTF-8"):
        read_participations(path, organisation_types=TYPES)


def test_programme_parts_are_known_codes_that_stand_once(tmp_path):
    path = tmp_path / "parts.csv.gz"

    def read(text: str) -> pd.DataFrame:
        path.write_bytes(gzip.compress(text.encode()))
        return read_programme_parts(path, programme_parts=["SC4", "LEIT"])

    assert read("rcn,programme_part\n7,SC4\n7,LEIT\n").to_numpy().tolist() == [["7", "SC4"], ["7", "LEIT"]]
    with pytest.raises(
        ValueError, match=r"^parts\.csv\.gz, row 3, column 'programme_part': 'SC9' is no known programme"
    ):
        read("rcn,programme_part\n7,SC4\n7,SC9\n")
    with pytest.raises(ValueError, match=r"^parts\.csv\.gz, row 4: rcn 7, programme_part SC4 stands twice"):
        read("rcn,programme_part\n7,SC4\n7,LEIT\n7,SC4\n")


# --- counts that add up -----------------------------------------------------------------------------------


def table(*rows: tuple) -> pd.DataFrame:
    """Rows (project, role, organisation, type, country, start year, contribution), as the reader returns them."""
    names = ["project", "role", "organisation", "type", "country", "start_year", "contribution"]
    return pd.DataFrame(rows, columns=names).astype({"start_year": float, "contribution": float})


def parts(*rows: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["project", "programme_part"], dtype="str")


NAN = float("nan")
FOUR = table(
    ("1", "coordinator", "a", "HES", "AT", 2015, 90.0),
    ("1", "participant", "b", "PRC", "IT", 2015, 60.0),
    ("2", "coordinator", "a", "HES", "AT", 2015, 30.0),
    ("2", "partner", "c", "HES", "AT", 2015, NAN),
    ("3", "coordinator", "a", "HES", "AT", NAN, 8.0),
)


def test_a_project_in_three_parts_counts_a_third_in_each_and_parts_add_up():
    made = participations(FOUR, parts(("1", "LEIT"), ("1", "SC4"), ("1", "Innovation in SMEs"), ("2", "SC4")))
    cell = made.set_index(["country", "programme_part", "start_year"])
    austria = cell.loc[("AT", "SC4", 2015)]
    assert austria["participations"] == pytest.approx(1 / 3 + 2) and austria["coordinators"] == pytest.approx(1 / 3 + 1)
    assert austria["contribution_eur"] == pytest.approx(90 / 3 + 30) and austria["without_contribution"] == 1.0
    assert austria["organisations"] == 2  # a and c, a in two projects
    assert cell.loc[("IT", "LEIT", 2015), "contribution_eur"] == pytest.approx(20.0)
    assert made["participations"].sum() == pytest.approx(len(FOUR))
    assert made["contribution_eur"].sum() == pytest.approx(FOUR["contribution"].sum())
    undated = made[made["start_year"].isna()]
    assert undated[["programme_part", "participations"]].to_numpy().tolist() == [[NOT_STATED, 1.0]]
    schemas.validate("h2020", made)


def test_the_order_of_the_rows_does_not_matter_and_the_input_is_not_changed():
    before, listed = FOUR.copy(deep=True), parts(("1", "LEIT"), ("1", "SC4"))
    made = participations(FOUR, listed)
    pd.testing.assert_frame_equal(FOUR, before)
    pd.testing.assert_frame_equal(made, participations(FOUR.iloc[::-1], listed.iloc[::-1]))
    pd.testing.assert_frame_equal(collaborations(FOUR), collaborations(FOUR.iloc[::-1]))


def test_projects_that_need_care_are_named():
    rows = pd.concat(
        [
            FOUR,
            table(("4", "coordinator", "a", "HES", "AT", 2016, NAN), ("4", "coordinator", "b", "PRC", "IT", 2016, NAN)),
        ]
    )
    found = checks(rows, parts(("1", "SC4"), ("3", "SC4"), ("4", "SC4"), ("9", "SC4")))
    assert found.to_numpy().tolist() == [
        ["no programme part", "2", 2],
        ["no participation", "9", 1],
        ["no start date", "3", 1],
        ["coordinators", "4", 2],
        ["no contribution", "4", 2],
    ]


# --- who works with whom ----------------------------------------------------------------------------------


def by_hand(rows: pd.DataFrame, *, by_type: bool) -> dict[tuple, list[float]]:
    """Count pairs of organisations one by one."""
    found: dict[tuple, list[float]] = {}
    for _, group in rows.groupby("project"):
        seen = set()
        cells = [(r.country, r.type if by_type else ALL_TYPES) for r in group.itertuples()]
        for one, other in itertools.combinations(cells, 2):
            key = (*min(one, other), *max(one, other))
            entry = found.setdefault(key, [0, 0, 0.0])
            entry[0] += key not in seen
            seen.add(key)
            entry[1] += 1
            entry[2] += 1 / (len(group) - 1)
    return found


ROWS = st.lists(
    st.tuples(st.sampled_from("123"), st.sampled_from(["AT", "IT", "SI"]), st.sampled_from(["HES", "PRC"])),
    min_size=1,
    max_size=14,
)


@settings(max_examples=30, deadline=None)
@given(ROWS)
def test_pairs_are_those_counted_by_hand_and_give_the_participations_back(drawn):
    rows = pd.DataFrame(drawn, columns=["project", "country", "type"])
    made = collaborations(rows)
    for by_type in (True, False):
        chosen = made[(made["type_a"] != ALL_TYPES) == by_type]
        right = by_hand(rows, by_type=by_type)
        keys = list(chosen[["country_a", "type_a", "country_b", "type_b"]].itertuples(index=False, name=None))
        assert len(keys) == len(set(keys)) == len(right)
        counts = chosen[["projects", "pairs", "weighted_pairs"]].to_numpy()
        np.testing.assert_allclose(counts, [right[key] for key in keys] or np.empty((0, 3)))
    # each participation in a joint project counts once: P_a = 2 w_aa + sum of w_ab
    size = rows.groupby("project")["project"].transform("size")
    whole = made[made["type_a"] == ALL_TYPES]
    links = (
        whole.groupby("country_a")["weighted_pairs"]
        .sum()
        .add(whole.groupby("country_b")["weighted_pairs"].sum(), fill_value=0)
    )
    joint = rows[size > 1]["country"].value_counts()
    assert links.round(9).to_dict() == {country: n for country, n in joint.items()}


def test_the_formula_of_chance_is_the_mean_over_all_ways_to_fill_the_places():
    countries, projects = ["AT", "AT", "IT", "IT", "SI"], list("11122")
    ways = [
        collaborations(pd.DataFrame({"project": projects, "country": order, "type": "HES"}))
        for order in sorted(set(itertools.permutations(countries)))
    ]
    whole = pd.concat(ways)[lambda t: t["type_a"] == ALL_TYPES]
    mean = whole.groupby(["country_a", "country_b"])["weighted_pairs"].sum() / len(ways)
    assert mean["AT", "IT"] == pytest.approx(2 * 2 / 4) and mean["AT", "SI"] == pytest.approx(2 * 1 / 4)
    assert mean["AT", "AT"] == pytest.approx(2 * 1 / (2 * 4))


def test_the_schema_refuses_a_pair_that_stands_the_other_way_round():
    made = collaborations(FOUR)
    schemas.validate("h2020_collaboration", made)
    turned = made.rename(columns={"country_a": "country_b", "country_b": "country_a"})[made.columns]
    with pytest.raises(ValueError, match="a comes before b in the alphabet or is b"):
        schemas.validate("h2020_collaboration", turned)


# --- the published files ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published(raw_folder) -> tuple[pd.DataFrame, pd.DataFrame]:
    codes = datasets.facts("h2020_codes").groupby("kind")["code"].apply(list)
    return (
        read_participations(raw_folder / "h2020" / "h2020.csv.gz", organisation_types=codes["organisation_type"]),
        read_programme_parts(raw_folder / "h2020" / "programme_parts.csv.gz", programme_parts=codes["programme_part"]),
    )


@pytest.mark.raw
def test_nothing_is_lost_and_nothing_is_counted_twice(published):
    rows, listed = published
    assert (len(rows), rows["project"].nunique()) == (144_726, 31_451)
    made = participations(rows, listed)
    schemas.validate("h2020", made)
    assert made["participations"].sum() == pytest.approx(144_726)
    assert made["contribution_eur"].sum() == pytest.approx(rows["contribution"].sum())
    assert made["without_contribution"].sum() == pytest.approx(13_754)
    by_country = made.groupby("country")["participations"].sum()
    assert by_country.round(6)[["AT", "CH", "DE", "FR", "IT", "LI", "SI", "NA"]].tolist() == [
        4166, 4296, 17341, 12771, 13444, 4, 1173, 11,
    ]  # fmt: skip


@pytest.mark.raw
def test_the_projects_that_need_care_are_few(published):
    assert checks(*published)["check"].value_counts().to_dict() == {
        "no programme part": 104, "coordinators": 25, "no start date": 6, "no contribution": 6, "no participation": 1,
    }  # fmt: skip


@pytest.mark.raw
def test_joint_projects_of_countries_are_those_counted_directly(published):
    rows, _ = published
    held = {country: set(rows.loc[rows["country"] == country, "project"]) for country in ("AT", "IT", "SI")}
    made = datasets.collaboration(countries=list(held), by_type=False).set_index(["country_a", "country_b"])
    for one, other in itertools.combinations(held, 2):
        assert made.loc[(one, other), "projects"] == len(held[one] & held[other])
    universities = rows[(rows["country"] == "AT") & (rows["type"] == "HES")]
    companies = rows[(rows["country"] == "IT") & (rows["type"] == "PRC")]
    typed = datasets.collaboration(countries=["AT", "IT"]).set_index(["country_a", "type_a", "country_b", "type_b"])
    both = set(universities["project"]) & set(companies["project"])
    assert typed.loc[("AT", "HES", "IT", "PRC"), "projects"] == len(both) > 100


def test_the_readers_choose_countries_and_say_which_are_unknown():
    made = datasets.participations(countries=["AT", "SI"])
    assert set(made["country"]) == {"AT", "SI"} and made["participations"].sum() == pytest.approx(4166 + 1173)
    pairs = datasets.collaboration(countries="SI")
    assert set(pairs["country_a"]) == set(pairs["country_b"]) == {"SI"} and ALL_TYPES not in set(pairs["type_a"])
    for read in (datasets.participations, datasets.collaboration):
        with pytest.raises(
            ValueError, match=r"^no participation in Horizon 2020 from GR; CORDIS has codes such as AT, EL"
        ):
            read(countries=["AT", "GR"])


def test_every_code_of_the_tables_has_a_name():
    codes = datasets.facts("h2020_codes").groupby("kind")["code"].apply(set)
    made = datasets.participations()
    assert set(made["programme_part"]) - {NOT_STATED} == codes["programme_part"]
    assert set(made["organisation_type"]) == codes["organisation_type"]
