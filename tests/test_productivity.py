"""Productivity and wages: ratios recomputed from their parts, with the worst status and the flags of both."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alpclusters_lib import datasets
from alpclusters_lib.cleaning.productivity import AMOUNTS, RATIOS, national_productivity, ratios, regional_wages
from alpclusters_lib.cleaning.status import STATUSES, worst_status

NAN = float("nan")
COLUMNS = ["region", "sector", "indicator", "year", "value", "status", "flag"]


def cell(indicator: str, value: float, status: str = "observed", flag: str = "", region="IT", sector="C28") -> list:
    return [region, sector, indicator, 2014, value, status, flag]


def cells(*rows: list) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def value(table: pd.DataFrame, indicator: str) -> list:
    return table.loc[table["indicator"] == indicator, ["value", "status", "flag"]].to_numpy().tolist()


def test_each_ratio_is_its_numerator_over_its_denominator_in_its_unit():
    # million EUR, persons, enterprises
    table = ratios(cells(cell("value_added", 50.0), cell("wages", 30.0), cell("employment", 1000.0),
                         cell("employees", 750.0), cell("enterprises", 80.0)))  # fmt: skip
    assert table.set_index("indicator")["value"].to_dict() == {
        "value_added_per_person_eur": 50_000.0, "wage_per_employee_eur": 40_000.0,
        "wage_per_person_employed_eur": 30_000.0, "persons_per_enterprise": 12.5,
    }  # fmt: skip


@given(st.sampled_from(STATUSES), st.sampled_from(STATUSES))
def test_a_ratio_has_the_worst_status_of_its_parts(one, other):
    def figure(status: str) -> float:
        return 8.0 if status in ("observed", "bound", "estimated") else NAN

    table = ratios(cells(cell("wages", figure(one), one), cell("employees", figure(other), other)))
    ((number, status, _),) = value(table, "wage_per_employee_eur")
    assert status == worst_status([one, other])
    assert (number == number) == (status in ("observed", "bound", "estimated"))


def test_flags_are_joined_and_nothing_is_divided_by_zero():
    table = ratios(cells(cell("wages", 5.0, flag="de"), cell("employees", 0.0, flag="e")))
    assert [row[1:] for row in value(table, "wage_per_employee_eur")] == [["missing", "de"]]
    assert pd.isna(value(table, "wage_per_employee_eur")[0][0])
    assert ratios(cells(cell("wages", 5.0), cell("employees", 2.0, region="AT"))).empty


def test_rows_are_joined_by_label_whatever_their_order():
    rows = [cell("wages", 1.0, region="AT"), cell("wages", 2.0, sector="C10"), cell("employees", 10.0, sector="C10"),
            cell("employees", 20.0, region="AT")]  # fmt: skip
    expected = ratios(cells(*rows)).sort_values(["region", "sector"], ignore_index=True)
    again = ratios(cells(*rows[::-1])).sort_values(["region", "sector"], ignore_index=True)
    assert again.equals(expected) and expected["value"].tolist() == [50_000.0, 200_000.0]


def test_an_amount_that_vanished_is_a_sentence():
    rows = [cell(name, 1.0) for name in AMOUNTS if name != "turnover"]
    with pytest.raises(ValueError, match=r"^the national statistics hold no turnover; "):
        national_productivity(cells(*rows))


def regional(*rows: tuple) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["region", "value"])
    status = table["value"].notna().map({True: "observed", False: "confidential"})
    return table.assign(sector="C28", year=2014, status=status, flag="")


NATIONAL = cells(cell("wage_per_person_employed_eur", 30_000.0), cell("wage_per_person_employed_eur", 9e4, region="DE"))


def test_wages_of_regions_are_nuts_2_and_implausible_ones_are_taken_back():
    wages = regional(("ITC4", 30.0), ("ITC", 90.0), ("IT", 99.0), ("ITZZ", 1.0), ("ITC1", 0.1), ("ITC2", NAN),
                     ("FRK2", 500.0))  # fmt: skip
    jobs = regional(("ITC4", 1000.0), ("ITC", 3000.0), ("IT", 4000.0), ("ITZZ", 1.0), ("ITC1", 1000.0), ("ITC2", 5.0),
                    ("FRK2", 1.0))  # fmt: skip
    table = regional_wages(wages, jobs, national=NATIONAL)
    assert set(table["region"]) == {"ITC1", "ITC2", "ITC4", "FRK2"}
    ratio = table[table["indicator"] == "wage_per_person_employed_eur"].set_index("region")
    assert ratio.loc["ITC4", ["value", "status"]].tolist() == [30_000.0, "observed"]
    assert ratio.loc["ITC1", ["status", "flag"]].tolist() == ["missing", "implausible"] and pd.isna(
        ratio.loc["ITC1", "value"]
    )
    assert ratio.loc["ITC2", "status"] == "confidential"
    # no national figure of France here: nothing to judge by
    assert ratio.loc["FRK2", "status"] == "observed"
    assert table.loc[(table["region"] == "ITC1") & (table["indicator"] == "wages"), "value"].item() == 0.1


def test_the_committed_ratios_are_those_of_the_committed_amounts():
    # Eurostat, sbs_na_sca_r2: V12150 9,279.6 million EUR over V16110 82,980 persons; sbs_r_nuts06_r2: V13320 4,466.8
    # million EUR over V16110 133,542 persons
    swiss = datasets.productivity(year=2014, regions="CH", sectors="C28").set_index("indicator")["value"]
    assert swiss["value_added"] == 9279.6 and swiss["employment"] == 82_980
    assert swiss["value_added_per_person_eur"] == round(9279.6e6 / 82_980) == 111_829
    lombardy = datasets.productivity(year=2014, regions="ITC4", sectors="C28").set_index("indicator")["value"]
    assert lombardy.to_dict() == {"wages": 4466.8, "wage_per_person_employed_eur": round(4466.8e6 / 133_542)}


def test_national_amounts_are_those_of_the_national_accounts():
    key = ["region", "sector", "indicator", "year"]
    ours = datasets.productivity(indicator=list(AMOUNTS), level=0).astype({"flag": "str", "status": "str"})
    theirs = datasets.national_accounts()
    theirs = theirs[theirs["indicator"].isin(list(AMOUNTS))]
    both = ours.merge(theirs, on=key, how="outer", suffixes=("", "_theirs"), indicator=True)
    assert (both["_merge"] == "both").all() and len(both) > 100_000
    assert both["value"].fillna(-1).equals(both["value_theirs"].fillna(-1))


def test_regional_wages_add_up_to_their_country_where_all_are_published():
    table = datasets.productivity(indicator="wages", year=2014, sectors="C28")
    regional_rows = table[table["region"].str.len() == 4]
    complete = regional_rows.groupby(regional_rows["region"].str[:2]).filter(lambda rows: rows["value"].notna().all())
    sums = complete.groupby(complete["region"].str[:2])["value"].sum()
    country = table[table["region"].str.len() == 2].set_index("region")["value"]
    ratio = (sums / country).dropna()
    assert len(ratio) >= 8 and ratio.between(0.75, 1.25).mean() > 0.8
    assert set(RATIOS) > {"wage_per_person_employed_eur"}
