"""Trade along chains: shares that add up, words that turn with the figures, and figures that can be read."""

from __future__ import annotations

import re
import warnings

import matplotlib as mpl

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from wording import CAUSAL, check_picture, check_table, check_text

from alpclusters_lib.cleaning.employment import EU28_MEMBERS
from alpclusters_lib.figures import key_sectors, shares
from alpclusters_lib.figures import style as look
from alpclusters_lib.reports import chain_extraction, chain_position, chain_structure, chain_trade
from alpclusters_lib.reports.chain_evidence import ChainEvidence
from alpclusters_lib.value_chains.chains import Chain, Stage
from alpclusters_lib.value_chains.input_output import (
    backward_linkages,
    downstreamness,
    hypothetical_extraction,
    upstreamness,
)
from alpclusters_lib.value_chains.origins import OWN

FIVE = ["AUT", "DEU", "FRA", "ITA", "SVN"]
TIMBER = Stage("timber", "Timber", ("C16",), ("building",), label_it="Legname")
BUILDING = Stage("building", "Building", ("F41", "F43"), label_it="Edilizia")
CHAIN = Chain("wood", "Wood", "building", (TIMBER, BUILDING), title_it="Legno")


def evidence(parts=None, jobs=(100.0, 300.0)) -> ChainEvidence:
    """Return a chain of two stages as the world table sees it; nothing else of the evidence is read."""
    parts = parts or {("timber", "c6"): (1.0, 1.0), ("building", "c18"): (0.9, 0.5), ("building", "c30"): (0.1, 0.02)}
    index = pd.MultiIndex.from_tuples(list(parts), names=["stage", "industry"])
    industries = pd.DataFrame(list(parts.values()), index, ["share_of_stage", "share_of_industry"])
    table = pd.DataFrame({"jobs": jobs, "jobs_lower": [80.0, 300.0], "jobs_upper": [120.0, 300.0]},
                         pd.Index(["timber", "building"], name="stage"))  # fmt: skip
    empty = pd.DataFrame()
    return ChainEvidence(
        CHAIN, 2014, "alpine_space_2014", ("AT32",), empty, table, industries, (), pd.Series(dtype=float), empty, empty
    )


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture
def fixed_origins(monkeypatch):
    """Replace the shares by year with given ones: own country by year, the rest in fixed proportions."""

    def with_(own_by_year):
        def table(_, year=chain_trade.YEAR):
            own = own_by_year[year]
            row = [own, *(part * (1 - own) for part in (0.2, 0.3, 0.5))]
            columns = pd.MultiIndex.from_product([["direct inputs", "value added"], chain_trade.ORIGINS])
            return pd.DataFrame([row * 2] * 3, ["timber", "building", "all stages"], columns)

        monkeypatch.setattr(chain_trade, "origins", table)
        monkeypatch.setattr(chain_structure, "origins", table)

    return with_


# --- origins


def test_every_country_has_its_group():
    found = pd.Series(chain_trade.groups())
    assert found.value_counts().to_dict() == {
        "other EU countries": 22, "rest of the world": 14, "other Alpine countries": 5
    }  # fmt: skip
    assert sorted(found.index[found == "other Alpine countries"]) == FIVE
    assert found["RoW"] == found["USA"] == "rest of the world" != found["GBR"]
    # 28 members with Croatia, which the table does not hold
    assert len(EU28_MEMBERS) - 1 == 22 + 5


def test_weights_of_all_stages_are_those_of_jobs_and_missing_jobs_take_the_middle_of_limits():
    weights = chain_trade.stage_weights(evidence())
    assert weights.columns.tolist() == ["timber", "building", "all stages"]
    assert weights["all stages"].to_dict() == pytest.approx({"c6": 0.25, "c18": 0.675, "c30": 0.075})
    hidden = chain_trade.stage_weights(evidence(jobs=(np.nan, 300.0)))
    assert hidden["all stages"].to_dict() == pytest.approx(weights["all stages"].to_dict())


@pytest.mark.parametrize("year", chain_trade.YEARS)
def test_shares_add_up_in_every_year(year):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = chain_trade.origins(evidence(), year)
    for measure in ("direct inputs", "value added"):
        assert table[measure].sum(axis=1).tolist() == pytest.approx([1, 1, 1])
        assert table[measure].columns.tolist() == list(chain_trade.ORIGINS)
    inputs, jobs = table["direct inputs"], [0.25, 0.75]
    assert inputs.loc["all stages"].tolist() == pytest.approx((inputs.iloc[:2].T @ jobs).tolist())


def test_direct_inputs_of_timber_are_those_of_the_table():
    Z = chain_trade.world(2011).Z
    used = {c: Z[c, "c6"].groupby(level="country").sum() for c in FIVE}
    total = sum(column.sum() for column in used.values())
    own = sum(used[c][c] for c in FIVE) / total
    alpine = sum(used[c][FIVE].sum() for c in FIVE) / total
    found = chain_trade.origins(evidence()).loc["timber", "direct inputs"]
    assert found[OWN] == pytest.approx(own) and found["other Alpine countries"] == pytest.approx(alpine - own)


def test_shares_are_told_with_year_limit_and_what_hides_switzerland(fixed_origins):
    fixed_origins({2011: 0.8})
    text = chain_trade.alpine_share_sentence(evidence())
    check_text(text)
    assert text.startswith("At least 84.0 % of the value of the chain's final products (stage: Building) was added in")
    assert "in 2011: 80.0 % in the country where the product is finished and 4.0 % in other Alpine countries" in text
    assert "6.0 % came from the rest of the EU and 10.0 % from the rest of the world" in text
    assert "Switzerland and Liechtenstein are inside the rest of the world" in text and "Whole countries" in text
    italian = chain_trade.alpine_share_sentence(evidence(), "it")
    check_text(italian)
    assert italian.startswith("Almeno l'84,0 %")
    assert "(fase: Edilizia)" in italian and "il 4,0 % in altri paesi alpini" in italian and "Svizzera" in italian


def test_origin_table_has_a_row_a_stage_and_says_through_what_it_is_seen():
    table = chain_trade.origin_table(evidence())
    check_table(table)
    assert table["stage"].tolist() == ["Timber", "Building", "All stages"]
    for word in ("inputs", "value"):
        columns = [f"{word}: {origin}" for origin in chain_trade.ORIGINS]
        numbers = table[columns].map(lambda text: float(text.removesuffix(" %")))
        assert numbers.sum(axis=1).tolist() == pytest.approx([100] * 3, abs=0.21)
        both = numbers[columns[:2]].sum(axis=1)
        least = table[f"{word}: Alpine, at least"].str.removesuffix(" %").astype(float)
        assert least.tolist() == pytest.approx(both.tolist(), abs=0.11)
    assert table.iloc[:, -1].tolist() == [
        "Wood products (100 %)", "Construction (50 %); Business services (2 %)", "as above, by jobs"
    ]  # fmt: skip


# --- change


@pytest.mark.parametrize(
    ("years", "said", "crisis", "title"),
    [
        ((0.8, 0.78, 0.75, 0.74), "the share rose by 6.0 points", "it rose by 1.0 points", "6.0 points more of the"),
        ((0.7, 0.71, 0.75, 0.78), "the share fell by 8.0 points", "it fell by 3.0 points", "8.0 points less of the"),
        ((0.8, 0.7, 0.8, 0.8), "the share did not move", "it did not move", "As much of the final product"),
    ],
)
def test_change_turns_with_the_figures(fixed_origins, years, said, crisis, title):
    fixed_origins(dict(zip(chain_trade.YEARS, years, strict=True)))
    text = chain_trade.change_sentence(evidence())
    check_text(text)
    assert f"{100 * (1 - years[0]):.1f} % in 2000" in text and f"{100 * (1 - years[3]):.1f} % in 2011" in text
    assert (
        f"From 2000 to 2011 {said}" in text
        and f"Between 2008 and 2011, the two tables around the crisis, {crisis}" in text
    )
    assert "current prices in USD" in text
    picture = chain_trade.change_picture(evidence())
    check_picture(picture)
    assert title in picture.alt and len(picture.data) == 8


# --- key sectors


def test_linkages_are_those_of_each_country_alone():
    table = chain_structure.linkages()
    assert table.groupby(level="country").mean().to_numpy() == pytest.approx(1)
    world = chain_trade.world(2011)
    Z, x = world.Z.loc["AUT", "AUT"], world.x["AUT"]
    used = x.index[x > 0]
    sums = backward_linkages(Z.loc[used, used], x[used])
    assert table.loc["AUT", "backward"].dropna().tolist() == pytest.approx((sums / sums.mean()).tolist())


def test_key_sectors_are_told_by_country(monkeypatch):
    table = chain_structure.linkages() * 0 + 0.5
    table.loc[(slice(None), "c18"), :] = 1.2
    table.loc[("ITA", "c6"), :] = 1.3
    table.loc[("AUT", "c6"), "backward"] = 1.3
    monkeypatch.setattr(chain_structure, "linkages", lambda: table)
    text = chain_structure.key_sector_sentence(evidence())
    check_text(text)
    assert ": Construction in all five; Wood products in Italy. A key sector" in text and "Business" not in text
    picture = chain_structure.key_sector_picture(evidence())
    check_picture(picture)
    words = [text.get_text() for text in picture.figure.findobj(mpl.text.Text)]
    assert "Construction: key in all five countries; Wood products in some" in words
    assert sum(word == "c18" for word in words) == 5 and sum("KEY: BOTH" in word for word in words) == 5
    table.loc[:] = 0.5
    assert chain_structure._key_title(evidence()) == "No industry of the chain is a key sector"
    assert "main industries, 2011: none. A key sector" in chain_structure.key_sector_sentence(evidence())
    table.loc[("ITA", "c6"), :] = 1.3
    assert "In none of the five Alpine countries: Construction. A" in chain_structure.key_sector_sentence(evidence())


def test_panel_of_linkages_marks_the_chosen():
    table = pd.DataFrame({"backward": [1.2, 0.8, np.nan], "forward": [1.1, 0.7, 1.0]}, index=["c6", "c18", "c30"])
    with look.style():
        _, ax = plt.subplots()
        assert key_sectors.key_sector_panel(table, ax=ax, highlight=["c6"], axis_labels="x") is ax
    grey, magenta = ax.collections[-2:]
    assert len(grey.get_offsets()) == 1 and magenta.get_offsets().tolist() == [[1.2, 1.1]]
    assert ax.get_xlabel() and not ax.get_ylabel()
    with pytest.raises(ValueError, match="forward"):
        key_sectors.key_sector_panel(table[["backward"]], ax=ax)


# --- participation


def test_participation_is_told_for_all_five_and_nothing_warns():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        text = chain_structure.participation_sentence(evidence())
        picture = chain_structure.participation_picture(evidence())
    check_text(text)
    found, told = chain_structure._participation(2011)
    shares_told = [float(n) for n in re.findall(r"(\d+\.\d) % \(", text)]
    assert shares_told == sorted((100 * found.loc[FIVE, "gvc"]).round(1), reverse=True)
    assert len(told) == 1 and told[0].startswith("uses of sector")
    check_picture(picture)
    assert "Coke, refined petroleum in Slovenia (81.8 %)" in picture.caption
    assert (picture.data["panel"] == "participation").sum() == 10 and (picture.data["panel"] == "stages").sum() == 2


def test_participation_names_the_stages_with_most_and_least_from_abroad():
    text = chain_structure.participation_sentence(evidence())
    value = chain_trade.origins(evidence())["value added"]
    assert value.loc["timber", OWN] < value.loc["building", OWN]
    largest = f"{100 - 100 * value.loc['timber', OWN]:.1f} %"
    assert f"final products of Timber hold the largest share of value from abroad, {largest}" in text
    assert f"those of Building the smallest, {100 - 100 * value.loc['building', OWN]:.1f} %" in text


# --- extraction


def test_extraction_of_a_whole_industry_is_the_hypothetical_extraction():
    whole = evidence({("timber", "c6"): (1.0, 1.0), ("building", "c6"): (1.0, 0.6)})
    found = chain_extraction.extraction(whole)
    world = chain_trade.world(2011)
    group = pd.Series("wood", pd.MultiIndex.from_tuples([("AUT", "c6")], names=["country", "industry"]))
    with pytest.warns(UserWarning, match="is 0: coefficients are 0 there"):
        plain = hypothetical_extraction(world.Z, world.x, groups=group).loc["wood"]
    row = found.loc["AUT"]
    assert row["taken out"] == pytest.approx(world.x["AUT", "c6"])
    assert row[list(chain_trade.ORIGINS)].sum() == pytest.approx(plain["elsewhere"])
    assert row["output"] == pytest.approx(world.x["AUT"].sum())
    five = found.loc["the five together"]
    assert five["taken out"] == pytest.approx(found["taken out"].iloc[:5].sum()) and five["other Alpine countries"] == 0
    # what is bound up with several is counted once
    assert five[list(chain_trade.ORIGINS)].sum() <= found.iloc[:5][list(chain_trade.ORIGINS)].sum().sum()


def test_extraction_is_told_as_no_forecast():
    text = chain_extraction.extraction_sentence(evidence())
    check_text(text)
    assert "no forecast" in text and "billion USD" in text and "2011" in text and "the world's output" in text
    table = chain_extraction.extraction_table(evidence())
    check_table(table)
    assert table["country"].tolist() == ["Austria", "Germany", "France", "Italy", "Slovenia", "The five together"]


# --- limits


def test_limits_name_what_is_hidden():
    lines = chain_trade.limits(evidence())
    for line in lines:
        check_text(line)
    text = " ".join(lines)
    for words in (
        "35 industries",
        "whole countries",
        "Switzerland and Liechtenstein",
        "ends in 2011",
        "current prices",
    ):
        assert words in text
    assert (
        "Of the 1,435 industries of all countries, 22 have no output; none of them is an industry of the chain" in text
    )
    assert "Wood products in Slovenia" in text


def test_limits_name_industries_of_the_chain_that_have_no_output():
    # private households as employers have no output in some countries
    found = chain_trade.checked()
    gone = found[(found["check"] == "no output") & found["country"].isin(FIVE)]
    parts = {("timber", "c2"): (1.0, 1.0), ("building", "c35"): (1.0, 1.0)}
    text = " ".join(chain_trade.limits(evidence(parts)))
    assert "Stocks ran down by more than final users bought of Mining in Italy; Mining in Slovenia" in text
    for row in gone[gone["industry"] == "c35"].itertuples():
        assert f"Private households in {chain_structure.country_names()[row.country]}" in text


# --- place of a cluster


def test_position_is_that_of_the_industry():
    world = chain_trade.world(2011)
    with pytest.warns(UserWarning, match="is 0: coefficients are 0 there"):
        up, down = upstreamness(world.Z, world.x), downstreamness(world.Z, world.x)
    found = chain_position.position("IT", ["C10", "C11", "C12"])
    parts = found.industries["share_of_stage"]
    assert parts.idxmax() == "c3" and parts.sum() == pytest.approx(1)
    assert found.upstreamness == pytest.approx(up["ITA"].reindex(parts.index) @ parts)
    assert found.downstreamness == pytest.approx(down["ITA"].reindex(parts.index) @ parts)
    assert found.rank_upstream == 1 + (up["ITA"][world.x["ITA"] > 0] > found.upstreamness).sum()
    assert found.inputs.sum() == pytest.approx(1) and 0.5 < found.alpine < 1


@pytest.mark.parametrize(("country", "name"), [("IT", "Italy"), ("AT", "Austria"), ("SI", "Slovenia")])
def test_position_in_words(country, name):
    text = chain_position.position_sentence(country, ["C28"])
    check_text(text)
    assert f"in {name} is" in text and "steps away from final users" in text and "At least" in text and "2011" in text
    assert "Machinery (" in text
    italian = chain_position.position_sentence(country, ["C28"], language="it")
    check_text(italian)
    assert "Macchinari (" in italian and "passi" in italian


@pytest.mark.parametrize("country", ["CH", "LI"])
def test_switzerland_and_liechtenstein_have_one_sentence_and_no_figure(country):
    assert chain_position.position(country, ["C10"]) is None
    for language in ("en", "it"):
        text = chain_position.position_sentence(country, ["C10"], language=language)
        check_text(text)
        assert not re.search(r"\d", text) and not CAUSAL.search(text)


def test_an_unknown_country_is_refused():
    with pytest.raises(ValueError, match="no position for 'ES'; AT, DE, FR, IT, SI, CH, LI would be right"):
        chain_position.position("ES", ["C10"])


# --- bars


def test_bars_stack_to_their_sum_and_name_what_is_missing():
    table = pd.DataFrame({"near": [0.2, np.nan], "far": [0.1, np.nan]}, index=["Timber", "Building"])
    with look.style():
        for upright in (True, False):
            _, ax = plt.subplots()
            assert shares.stacked_shares(table, ax=ax, upright=upright) is ax
            words = [text.get_text() for text in ax.texts]
            assert "30.0" in words and "20.0" in words and any("No figure: Building." in word for word in words)
            sizes = [bar.get_height() if upright else bar.get_width() for bar in ax.patches]
            assert sizes == pytest.approx([20, 10])
        for parts, sums in (([[0.6, 0.4], [0.75, 0.25]], []), ([[0.6, 0.4], [0.7, 0.25]], ["100.0", "95.0"])):
            _, ax = plt.subplots()
            shares.stacked_shares(pd.DataFrame(parts, ["a", "b"], ["x", "y"]), ax=ax)
            assert [text.get_text() for text in ax.texts if text.get_fontweight() == "bold"] == sums
        _, ax = plt.subplots()
        shares.stacked_shares(table.iloc[1:], ax=ax)
    assert "no figures" in [text.get_text() for text in ax.texts]
