"""NACE, the cluster families and their purity."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpclusters_lib import paths, sectors
from alpclusters_lib.cleaning.families import family_purity
from alpclusters_lib.sources import clusters

INDUSTRIES = pd.DataFrame(
    [
        ("333111", True, "Machines"),
        ("333112", True, "Machines"),
        ("333113", False, "Local repair"),
        ("332111", True, "Metal"),
        ("332112", True, "Metal"),
        ("336119", True, "Machines"),
        ("999999", True, "Metal"),
    ],
    columns=["industry", "traded", "cluster"],
)
BRIDGE = pd.DataFrame(
    [
        ("333111", "C28"),
        ("333112", "C28"),
        ("333112", "C25"),
        ("333113", "C28"),
        ("332111", "C25"),
        ("332112", "C25"),
        ("336111", "C29"),
    ],
    columns=["industry", "division"],
)


def families(**divisions: str) -> pd.DataFrame:
    return pd.DataFrame([(f, d) for f, text in divisions.items() for d in text.split()], columns=["family", "nace"])


def test_purity_by_hand():
    # Weights: C28 = 1 + 1/2 Machines, 1 local; C25 = 1/2 Machines, 2 Metal; C29 = 1 Machines (336119 is
    # placed by its first five digits). Machines: 1.5 in C28, 1 in C29, .5 in C25. 999999 is left out.
    result = family_purity(INDUSTRIES, BRIDGE, families(a="C28", b="C25", c="C29", d="C25 C28", e="S95"))
    result = result.set_index("family")
    assert result["purity"].to_dict() == pytest.approx(
        {"a": 1.5 / 2.5, "b": 2 / 2.5, "c": 0.0, "d": 4 / 5, "e": math.nan}, nan_ok=True
    )
    assert result["industries"].tolist() == [3, 3, 1, 5, 0]
    assert result["home_clusters"].tolist() == ["Machines", "Metal", "", "Machines; Metal", ""]


def test_half_rule_asks_for_half_of_the_cluster():
    half = family_purity(INDUSTRIES, BRIDGE, families(a="C28", c="C29", f="C25 C29"), home="half").set_index("family")
    assert half["home_clusters"].to_dict() == {"a": "Machines", "c": "", "f": "Machines; Metal"}


def test_a_tie_is_a_home_in_each():
    pair = pd.DataFrame({"industry": ["111111", "222222"], "traded": True, "cluster": "Twin"})
    bridge = pd.DataFrame({"industry": ["111111", "222222"], "division": ["C10", "C20"]})
    assert family_purity(pair, bridge, families(a="C10", b="C20"))["purity"].tolist() == [1.0, 1.0]


def test_purity_leaves_its_inputs_alone_and_refuses_doubles():
    before = INDUSTRIES.copy(), BRIDGE.copy()
    family_purity(INDUSTRIES, BRIDGE, families(a="C28"))
    pd.testing.assert_frame_equal(INDUSTRIES, before[0])
    pd.testing.assert_frame_equal(BRIDGE, before[1])
    with pytest.raises(ValueError, match="industry 333111 stands twice; each industry has one cluster"):
        family_purity(pd.concat([INDUSTRIES, INDUSTRIES]), BRIDGE, families(a="C28"))
    with pytest.raises(ValueError, match="unknown home rule 'most'; largest or half would be right"):
        family_purity(INDUSTRIES, BRIDGE, families(a="C28"), home="most")


codes = st.integers(100000, 100030).map(str)
divisions = st.sampled_from(["C24", "C25", "C26", "C27"])


@given(
    st.lists(st.tuples(codes, st.booleans(), st.sampled_from("xyz")), min_size=1, unique_by=lambda row: row[0]),
    st.lists(st.tuples(codes, divisions), min_size=1, unique=True),
    st.lists(st.tuples(st.sampled_from("fgh"), divisions), min_size=1, unique=True),
    st.sampled_from(["largest", "half"]),
)
def test_purity_is_a_share(industries, bridge, rows, home):
    result = family_purity(
        pd.DataFrame(industries, columns=["industry", "traded", "cluster"]),
        pd.DataFrame(bridge, columns=["industry", "division"]),
        pd.DataFrame(rows, columns=["family", "nace"]),
        home=home,
    )
    assert result["purity"].dropna().between(0, 1).all()
    assert (result["purity"].isna() == (result["industries"] == 0)).all()


@pytest.mark.raw
def test_purity_of_the_families_from_the_published_files(raw_folder):
    folder = raw_folder / "clusters"
    industries = clusters.read_industries(folder / "NAICS_crosswalks_to_Cluster_system.xlsx")
    assert industries.loc[industries["traded"], "cluster"].nunique() == 51
    assert len(industries) == 992 and industries["traded"].sum() == 680
    bridge = clusters.read_bridge(folder / "naics2012_isic4.csv")
    rows = pd.read_csv(paths.facts() / "cluster_families.csv")
    purity = family_purity(industries, bridge, rows).set_index("family")["purity"]
    assert purity[["food", "textile-fashion", "wood-furniture"]].gt(0.85).all()
    assert purity[["construction", "ict", "tourism"]].lt(0.5).all()


def test_labels():
    assert sectors.label("C10") == "Manufacture of food products"
    assert sectors.label("C10", "it") == "Industrie alimentari"
    assert sectors.label("C", "it", short=True) == "Manifattura"
    with pytest.raises(ValueError, match=r"'c28' is no NACE section or division .*; did you mean 'C28'"):
        sectors.label("c28")
    with pytest.raises(ValueError, match="unknown language 'de'; en or it would be right"):
        sectors.label("C28", "de")


def test_divisions_and_sections():
    assert len(sectors.divisions()) == 68 and "K" not in sectors.sections()
    assert {sectors.section_of(d) for d in sectors.divisions()} == set(sectors.sections())
    with pytest.raises(ValueError, match="'C' is no NACE division; a code such as C28 would be right"):
        sectors.section_of("C")


def test_tables_are_copies():
    nace, table = sectors.nace(), sectors.cluster_families()
    nace.loc["C28", "label_en"] = table.loc["machinery", "label_en"] = "changed"
    assert sectors.label("C28") != "changed" and sectors.family("machinery").label_en != "changed"


@pytest.mark.parametrize(
    ("key", "divisions"),
    [
        ("machinery", "C26 C27 C28"),
        ("automotive", "C29"),
        ("textile-fashion", "C13 C14 C15"),
        ("wood-furniture", "C16 C31"),
        ("metal", "C24 C25"),
        ("life-sciences", "C21 C32 M72"),
        ("tourism", "I55 I56 N79"),
        ("plastics", "C20 C22"),
        ("ict", "J61 J62 J63"),
        ("creative", "C18 J58 J59 J60 M73 M74"),
    ],
)
def test_families_behind_the_measured_cases(key, divisions):
    assert sectors.family(key).divisions == tuple(divisions.split())


def test_unknown_family_is_a_sentence_with_the_list():
    with pytest.raises(ValueError, match=r"unknown cluster family 'tourisme'; did you mean 'tourism'\? Fam"):
        sectors.family("tourisme")
    with pytest.raises(ValueError, match=r"unknown cluster family 'zzz'\. Families: machinery, "):
        sectors.family("zzz")


def test_word_follows_purity(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "processed", lambda: tmp_path)
    assert sectors.cluster_families()["purity"].isna().all()
    assert sectors.family("machinery").word == "sector group"
    purity = pd.DataFrame({"family": ["machinery", "tourism"], "purity": [0.5, 0.49]})
    purity.assign(industries=1, home_clusters="").to_parquet(tmp_path / "cluster_families.parquet")
    assert sectors.family("machinery").word == "cluster family"
    assert sectors.family("tourism").word == "sector group"
    assert sectors.family("tourism").label("it") == "Turismo"
