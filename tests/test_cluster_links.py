"""Links between divisions through American clusters: by hand, as chances, read from the workbook, and as built."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpclusters_lib import datasets, sectors
from alpclusters_lib.cleaning import schemas
from alpclusters_lib.cleaning.cluster_links import cluster_links, cluster_shares
from alpclusters_lib.cleaning.families import place_industries
from alpclusters_lib.cleaning.tables import TABLES, Inputs
from alpclusters_lib.sources import clusters

QUICK = settings(max_examples=20, deadline=None, derandomize=True)
MEASURES = ["same_cluster", "linked", "linked_strong", "both_traded"]

# C25: 1 of metal, 1 of tools, half of cars; C28: 1 of tools, 1 local, half of cars; C29: 1 of cars; S95: 1 local
INDUSTRIES = pd.DataFrame(
    {
        "industry": ["332111", "332112", "333111", "333112", "336111", "336112", "811111"],
        "traded": [True, True, True, False, True, True, False],
        "cluster": ["Metal", "Tools", "Tools", "Repair", "Cars", "Cars", "Repair"],
    }
)
BRIDGE = pd.DataFrame(
    [
        ("332111", "C25"), ("332112", "C25"), ("333111", "C28"), ("333112", "C28"),
        ("336111", "C29"), ("336112", "C25"), ("336112", "C28"), ("811111", "S95"),
    ],
    columns=["industry", "division"],
)  # fmt: skip
DIVISIONS = ["C25", "C28", "C29", "S95"]


def linkages(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["cluster", "linked_cluster", "strength"])


LINKS = linkages(("Cars", "Tools", "lower"), ("Tools", "Metal", "strong"), ("Metal", "Tools", "very strong"))


def of(table: pd.DataFrame, a: str, b: str) -> list[float]:
    return table.set_index(["division_a", "division_b"]).loc[(a, b), MEASURES].tolist()


# --- by hand


def test_shares_are_of_all_industries_local_ones_included():
    shares = cluster_shares(INDUSTRIES, BRIDGE, DIVISIONS)
    assert shares.loc["C25"].to_dict() == pytest.approx({"Cars": 0.2, "Metal": 0.4, "Tools": 0.4})
    assert shares.loc["C28"].to_dict() == pytest.approx({"Cars": 0.2, "Metal": 0, "Tools": 0.4})
    assert shares.loc["S95"].to_dict() == {"Cars": 0, "Metal": 0, "Tools": 0}
    assert shares.sum(axis=1).to_dict() == pytest.approx({"C25": 1, "C28": 0.6, "C29": 1, "S95": 0})


def test_links_by_hand():
    table = cluster_links(INDUSTRIES, BRIDGE, LINKS, DIVISIONS)
    # same: 0.2 x 0.2 + 0.4 x 0.4; linked: Cars-Tools 0.2 x 0.4 + 0.4 x 0.2, Metal-Tools 0.4 x 0.4
    assert of(table, "C25", "C28") == pytest.approx([0.20, 0.32, 0.16, 0.6])
    # C29 is all cars: the same with the car parts, linked by the lower grade only with the tools
    assert of(table, "C28", "C29") == pytest.approx([0.2, 0.4, 0, 0.6])
    assert of(table, "C25", "C29") == pytest.approx([0.2, 0.4, 0, 1])
    # repair is local: nothing can be known
    assert of(table, "C29", "S95") == [0, 0, 0, 0]
    assert len(table) == 6 and list(table.columns) == ["division_a", "division_b", *MEASURES]
    assert (table["division_a"] < table["division_b"]).all()


def test_a_link_counts_in_either_direction_and_by_its_stronger_grade():
    one_way = cluster_links(INDUSTRIES, BRIDGE, linkages(("Metal", "Tools", "lower")), DIVISIONS)
    turned = cluster_links(INDUSTRIES, BRIDGE, linkages(("Tools", "Metal", "lower")), DIVISIONS)
    pd.testing.assert_frame_equal(one_way, turned)
    assert of(one_way, "C25", "C28")[1:3] == pytest.approx([0.16, 0])
    both = linkages(("Tools", "Metal", "lower"), ("Metal", "Tools", "strong"))
    assert of(cluster_links(INDUSTRIES, BRIDGE, both, DIVISIONS), "C25", "C28")[1:3] == pytest.approx([0.16, 0.16])


def test_an_industry_the_bridge_lacks_takes_the_divisions_of_its_neighbours():
    more = pd.concat([INDUSTRIES, pd.DataFrame({"industry": ["336119"], "traded": True, "cluster": ["Boats"]})])
    shares = cluster_shares(more, BRIDGE, DIVISIONS)
    # 33611x are in C25, C28 and C29: a third in each
    assert shares["Boats"].to_dict() == pytest.approx({"C25": 1 / 8.5, "C28": 1 / 8.5, "C29": 0.25, "S95": 0})


def test_a_division_without_industries_is_missing_and_spoils_no_other():
    table = cluster_links(INDUSTRIES, BRIDGE, LINKS, [*DIVISIONS, "J62"])
    touched = (table["division_a"] == "J62") | (table["division_b"] == "J62")
    assert table.loc[touched, MEASURES].isna().all(axis=None) and touched.sum() == 4
    pd.testing.assert_frame_equal(
        table[~touched].reset_index(drop=True), cluster_links(INDUSTRIES, BRIDGE, LINKS, DIVISIONS)
    )


def test_inputs_are_left_alone_and_what_is_wrong_is_a_sentence():
    before = INDUSTRIES.copy(), BRIDGE.copy(), LINKS.copy()
    cluster_links(INDUSTRIES, BRIDGE, LINKS, DIVISIONS)
    for table, copy in zip((INDUSTRIES, BRIDGE, LINKS), before, strict=True):
        pd.testing.assert_frame_equal(table, copy)
    with pytest.raises(ValueError, match="industry 332111 stands twice"):
        cluster_links(pd.concat([INDUSTRIES, INDUSTRIES]), BRIDGE, LINKS, DIVISIONS)
    with pytest.raises(ValueError, match="no traded industry is in a division"):
        cluster_links(INDUSTRIES.assign(traded=False), BRIDGE, LINKS, DIVISIONS)
    with pytest.raises(ValueError, match="linked cluster 'Repair' has no traded industry"):
        cluster_links(INDUSTRIES, BRIDGE, linkages(("Tools", "Repair", "strong")), DIVISIONS)


# --- as chances


@st.composite
def worlds(draw):
    names = list("KLMN")
    size = draw(st.integers(1, 9))
    industries = pd.DataFrame(
        {
            "industry": [f"{n}{n}{n}000" for n in range(1, size + 1)],
            "traded": [True, *draw(st.lists(st.booleans(), min_size=size - 1, max_size=size - 1))],
            "cluster": draw(st.lists(st.sampled_from(names), min_size=size, max_size=size)),
        }
    )
    held = st.sets(st.sampled_from(DIVISIONS), min_size=1)
    rows = [(code, division) for code in industries["industry"] for division in sorted(draw(held))]
    traded = sorted(industries.loc[industries["traded"], "cluster"].unique())
    ends = [(c, d) for c in traded for d in traded if c != d]
    chosen = draw(st.lists(st.sampled_from(ends), unique=True)) if ends else []
    listed = [(c, d, draw(st.sampled_from(clusters.STRENGTHS))) for c, d in chosen]
    return industries, pd.DataFrame(rows, columns=["industry", "division"]), linkages(*listed)


@QUICK
@given(worlds())
def test_measures_are_chances_of_two_industries_drawn_one_from_each_division(world):
    industries, bridge, listed = world
    table = cluster_links(industries, bridge, listed, DIVISIONS)
    placed = place_industries(industries, bridge)
    pairs = {frozenset(ends): set() for ends in zip(listed["cluster"], listed["linked_cluster"], strict=True)}
    for row in listed.itertuples():
        pairs[frozenset((row.cluster, row.linked_cluster))].add(row.strength)
    for row in table.itertuples():
        one, other = (placed[placed["division"] == d] for d in (row.division_a, row.division_b))
        whole = one["weight"].sum() * other["weight"].sum()
        found = dict.fromkeys(MEASURES, 0.0)
        for i in one.itertuples():
            for j in other.itertuples():
                if i.traded and j.traded:
                    chance = i.weight * j.weight / whole
                    grades = pairs.get(frozenset((i.cluster, j.cluster)), set())
                    found["both_traded"] += chance
                    found["same_cluster"] += chance * (i.cluster == j.cluster)
                    found["linked"] += chance * bool(grades)
                    found["linked_strong"] += chance * bool(grades - {"lower"})
        if whole == 0:
            assert np.isnan([getattr(row, m) for m in MEASURES]).all()
        else:
            assert [getattr(row, m) for m in MEASURES] == pytest.approx(list(found.values()), abs=2e-9)


@QUICK
@given(worlds(), st.randoms(use_true_random=False))
def test_order_of_rows_and_names_of_clusters_do_not_matter(world, random):
    industries, bridge, listed = world
    new = dict(zip("KLMN", random.sample("PQRS", 4), strict=True))
    renamed = listed.replace({"cluster": new, "linked_cluster": new}).iloc[::-1]
    other = industries.replace({"cluster": new}).iloc[::-1]
    again = cluster_links(other, bridge.iloc[::-1], renamed, DIVISIONS[::-1])
    expected = cluster_links(industries, bridge, listed, DIVISIONS)
    pd.testing.assert_frame_equal(again, expected, atol=2e-9)
    known = expected.dropna()
    assert known[MEASURES].to_numpy().min(initial=0) >= 0 and known[MEASURES].to_numpy().max(initial=0) <= 1
    schemas.validate("cluster_links", known)


# --- the workbook


def workbook(folder, rows, columns=("Core Cluster", "Linked Cluster", "Strength")):
    path = folder / "links.xlsx"
    pd.DataFrame(rows, columns=list(columns)).to_excel(path, index=False)
    return path


def test_a_workbook_is_read_sorted_without_blanks(tmp_path):
    rows = [(" Tools", "Metal", "strong "), ("", "", ""), ("Cars", "Tools", "very strong")]
    table = clusters.read_linkages(workbook(tmp_path, rows))
    assert table.to_numpy().tolist() == [["Cars", "Tools", "very strong"], ["Tools", "Metal", "strong"]]
    assert list(table.columns) == ["cluster", "linked_cluster", "strength"]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("Cars", "Tools", "weak")], r"^links\.xlsx: the link of 'Cars' to 'Tools' is graded 'weak'; lower, "),
        ([("Cars", "", "strong")], r"to '' .*both clusters are needed"),
        ([("Cars", "Cars", "strong")], r"a link joins two clusters"),
        ([("Cars", "Tools", "strong"), ("Cars", "Tools", "lower")], r"it stands twice"),
    ],
)
def test_a_faulty_link_is_a_sentence_that_names_it(tmp_path, rows, words):
    with pytest.raises(ValueError, match=words):
        clusters.read_linkages(workbook(tmp_path, rows))


def test_a_workbook_without_its_columns_or_itself_is_a_sentence(tmp_path):
    with pytest.raises(ValueError, match="has no column Strength; it has Core Cluster, Linked Cluster, Grade"):
        clusters.read_linkages(workbook(tmp_path, [], ("Core Cluster", "Linked Cluster", "Grade")))
    with pytest.raises(ValueError, match=r"^no file .*absent\.xlsx"):
        clusters.read_linkages(tmp_path / "absent.xlsx")


@pytest.mark.raw
def test_the_published_workbook_holds_203_links_in_three_grades(raw_folder):
    links = clusters.read_linkages(raw_folder / "clusters" / "ClusterLinkage.xlsx")
    assert links["strength"].value_counts().to_dict() == {"very strong": 104, "strong": 71, "lower": 28}
    pairs = links.assign(pair=[frozenset(p) for p in zip(links["cluster"], links["linked_cluster"], strict=True)])
    directions = pairs.groupby("pair").size()
    assert len(directions) == 114 and (directions == 2).sum() == 89
    # a pair that is graded strong in one direction stands in both; the 25 others are of the lower grade
    assert set(pairs.loc[pairs["pair"].map(directions) == 1, "strength"]) == {"lower"}
    # a cluster lists links of the lower grade only where it has no stronger ones
    grades = links.groupby("cluster")["strength"].agg(set)
    assert {frozenset(found) for found in grades if "lower" in found} == {frozenset({"lower"})}
    industries = clusters.read_industries(raw_folder / "clusters" / "NAICS_crosswalks_to_Cluster_system.xlsx")
    traded = set(industries.loc[industries["traded"], "cluster"])
    assert traded - set(links["cluster"]) - set(links["linked_cluster"]) == {"Coal Mining", "Metal Mining", "Tobacco"}
    assert set(links["cluster"]) | set(links["linked_cluster"]) <= traded and len(traded) == 51


# --- the table


@pytest.fixture(scope="module")
def made(raw_folder):
    return TABLES["cluster_links"].make(Inputs(raw_folder))


@pytest.mark.raw
def test_the_table_made_from_the_published_files_has_every_pair_of_divisions(made):
    schemas.validate("cluster_links", made)
    assert len(made) == 68 * 67 // 2
    assert {*made["division_a"], *made["division_b"]} == set(sectors.divisions())
    # food and beverages; hotels and travel agencies are of one cluster, Hospitality and Tourism
    assert of(made, "C10", "C11")[0] > 0.8 and of(made, "I55", "N79")[0] == 1
    # machinery and vehicles: linked rather than the same
    same, linked, strong, traded = of(made, "C28", "C29")
    assert same < 0.1 < 0.4 < strong <= linked < traded
    # remediation, restaurants and repair of household goods are local in the United States
    local = made[made["both_traded"] == 0]
    assert {"E39", "I56", "S95"} == {d for d in sectors.divisions() if (local == d).any(axis=1).sum() == 67}
    assert len(local) == 3 * 65 + 3


@pytest.mark.raw
def test_the_reader_returns_the_table_as_made_and_a_copy(made):
    table = datasets.cluster_links()
    pd.testing.assert_frame_equal(table, made, check_dtype=False)
    table["linked"] = -1.0
    assert (datasets.cluster_links()["linked"] >= 0).all()
