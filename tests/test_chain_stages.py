"""What a chain report says of its stages: sentences, tables and pictures, for every chain and parts of the area."""

from __future__ import annotations

import dataclasses
import functools
import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from wording import CAUSAL, check_picture, check_table, check_text

from alpclusters_lib.figures import stage_matrix
from alpclusters_lib.reports import chain_candidates, chain_sizes, chain_stages, chain_words
from alpclusters_lib.reports.chain_evidence import collect, place
from alpclusters_lib.reports.chain_files import chain_names, load_chain

SENTENCES = (
    chain_stages.verdict,
    chain_stages.bottleneck_sentence,
    chain_stages.candidate_sentence,
    chain_stages.size_sentence,
    chain_stages.coverage_sentence,
)


@functools.cache
def of(name: str):
    return collect(load_chain(name))


@pytest.fixture(params=chain_names())
def evidence(request):
    return of(request.param)


@pytest.fixture
def food():
    return of("food")


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


class TestEveryChain:
    def test_every_sentence_reads_well(self, evidence):
        for sentence in SENTENCES:
            check_text(sentence(evidence))
        for line in (*chain_stages.limits(evidence), chain_stages.silent_sentence(evidence)):
            check_text(line)

    def test_the_verdict_names_the_same_stages_in_italian(self, evidence):
        english, italian = chain_stages.verdict(evidence), chain_stages.verdict(evidence, "it")
        en, it = evidence.chain.labels(), evidence.chain.labels("it")
        assert {key for key, label in en.items() if f"“{label}”" in english} == {
            key for key, label in it.items() if f"«{label}»" in italian
        }
        assert re.findall(r"\d+[.]\d\d", english) == [n.replace(",", ".") for n in re.findall(r"\d+,\d\d", italian)]
        assert not CAUSAL.search(italian) and not re.search(r"nan|None|  |\.\.", italian)

    def test_the_tables_read_well(self, evidence):
        for table in (chain_stages.stage_table, chain_stages.candidate_table, chain_stages.size_table,
                      chain_stages.coverage_table):  # fmt: skip
            check_table(table(evidence))
        assert len(chain_stages.candidate_table(evidence)) <= 12
        assert len(chain_stages.stage_table(evidence)) == len(evidence.chain.stages)

    def test_strongest_and_thinnest_are_those_of_the_table(self, evidence):
        text, area = chain_stages.verdict(evidence), evidence.perimeter_stages
        labels = evidence.chain.labels()
        assert f"strongest in “{labels[area['lq'].idxmax()]}”" in text
        thin = chain_candidates.thin_stages(evidence)
        assert f"“{labels[thin.index[0]]}”" in text
        # every stage that the limits would let be stronger or thinner is named or counted
        rivals = area.index[
            (area["upper"] >= area.loc[area["lq"].idxmax(), "lower"]) & (area.index != area["lq"].idxmax())
        ]
        assert all(f"“{labels[key]}”" in text for key in rivals)


@pytest.mark.parametrize("name", ["circular-plastics", "food", "wood-construction"])
def test_the_pictures_can_be_read_without_being_seen(name):
    for picture in (chain_stages.heat_map(of(name)), chain_stages.size_picture(of(name))):
        check_picture(picture)
        check_text(picture.alt)


class TestCandidates:
    def test_rows_seek_a_stage_and_hold_another(self, food):
        table = chain_stages.candidate_table(food)
        names = {f"{row['name']} ({place(row['country'])})": code
                 for (code, _), row in food.studied.iterrows()}  # fmt: skip
        keys = {label: key for key, label in food.chain.labels().items()}
        for _, row in table.iterrows():
            code = names[row["region"]]
            assert food.stages.loc[(code, keys[row["stage"]]), "strength"] in ("weak", "open")
            for label in row["strong elsewhere in the chain"].split("; "):
                assert food.stages.loc[(code, keys[label]), "strength"] == "strong"
            for column in ("nearest strong region abroad", "largest strong region abroad"):
                partner = names[row[column].partition(": LQ")[0]]
                assert partner[:2] != code[:2]
                assert food.stages.loc[(partner, keys[row["stage"]]), "strength"] == "strong"

    def test_regions_strong_at_the_end_of_the_chain_come_first(self, food):
        end = food.chain.labels()[food.chain.ends_in]
        # food is itself thin, so the rows of the other thin stage show the order
        rows = chain_stages.candidate_table(food).query("stage != @end")["strong elsewhere in the chain"]
        first = rows.str.startswith(end).to_numpy()
        assert first.any() and (np.diff(first.astype(int)) <= 0).all()

    def test_the_nearest_is_the_nearest(self, food):
        needs, strong = chain_candidates.seekers(food, "processing")
        for code, row in needs.iterrows():
            abroad = [other for other in strong.index if other[:2] != code[:2]]
            assert row["near_km"] == food.distances.loc[code, abroad].min()

    def test_nobody_strong_abroad_is_said(self, food):
        stages = food.stages.copy()
        at_stage = (stages.index.get_level_values("stage") == "processing") & (stages["country"] != "AT")
        stages.loc[at_stage, "strength"] = "weak"
        stages.loc[("AT11", "processing"), "strength"] = "strong"
        only = dataclasses.replace(food, stages=stages, regions=("AT12", "AT31"))
        stages.loc[[("AT12", "processing"), ("AT31", "processing")], "strength"] = "weak"
        assert chain_candidates.filler_sentence(only, "processing") == (
            "At “Food and drink” no region across a national border is strong."
        )
        assert (
            chain_candidates.filler_sentence(only, "processing", "it")
            == "In «Alimenti e bevande» nessuna regione oltre confine è forte."
        )
        table = chain_stages.candidate_table(only)
        assert (table.loc[table["stage"] == "Food and drink", "nearest strong region abroad"] == "none").all()

    def test_all_strong_is_said(self, food):
        stages = food.stages.assign(strength="strong")
        happy = dataclasses.replace(food, stages=stages)
        assert chain_candidates.filler_sentence(happy, "processing") == (
            "At “Food and drink” all regions with figures are strong."
        )
        assert chain_stages.candidate_table(happy).empty
        assert "no region with figures is weak or open" in chain_stages.candidate_sentence(happy)


class TestRegions:
    def test_a_part_of_the_area_is_called_so_and_silence_is_named(self):
        part = collect(load_chain("wood-construction"), regions=["ITC4", "SI03", "CH07"])
        for sentence in SENTENCES:
            check_text(sentence(part))
        assert chain_stages.verdict(part).startswith("In the 3 regions chosen the wood construction chain")
        assert chain_stages.verdict(part, "it").startswith("Nelle 3 regioni scelte la filiera")
        assert chain_stages.silent_sentence(part) == (
            "Ticino is without figures in 2014: no jobs by division are published, and missing is not weak."
        )
        assert "both regions with figures" in chain_stages.verdict(part)
        for picture in (chain_stages.heat_map(part), chain_stages.size_picture(part)):
            check_picture(picture)

    @pytest.mark.parametrize("name", ["fibre-composites", "energy-technology"])
    def test_a_single_region_reads_well(self, name):
        one = collect(load_chain(name), regions=["ITH3"])
        for sentence in SENTENCES:
            check_text(sentence(one))
        assert chain_stages.verdict(one).startswith("In Veneto ")
        assert chain_stages.silent_sentence(one) == ""
        check_picture(chain_stages.heat_map(one))
        check_picture(chain_stages.size_picture(one))

    def test_withheld_cells_print_limits_only(self):
        everywhere = of("circular-plastics")
        hidden = everywhere.stages[everywhere.stages["lq"].isna() & everywhere.stages["lq_upper"].notna()]
        code = hidden.index[0][0]
        picture = chain_stages.heat_map(collect(load_chain("circular-plastics"), regions=[code, "ITC4"]))
        assert "White with two numbers" in picture.caption
        printed = [text.get_text() for text in picture.figure.axes[0].texts]
        row = everywhere.stages.loc[hidden.index[0]]
        assert f"{row['lq_lower']:.1f}–{row['lq_upper']:.1f}" in printed


class TestSizes:
    def test_medians_are_over_regions_with_both_figures(self, food):
        table = food.studied.xs("serving", level="stage")
        expected = (table["jobs"] / table["local_units"]).median()
        assert chain_sizes.size_medians(food).loc["serving", "median"] == pytest.approx(expected)

    def test_it_is_called_a_proxy(self, food):
        for text in (chain_stages.size_sentence(food), chain_stages.size_picture(food).caption):
            assert "proxy for small scale: jobs per local unit, not firms; owners are not seen" in text

    def test_without_local_units_it_says_so(self, food):
        empty = dataclasses.replace(food, stages=food.stages.assign(jobs_per_unit=np.nan))
        assert chain_stages.size_sentence(empty).endswith("No region studied has figures.")
        assert chain_stages.size_picture(empty).alt.endswith("Medians: none.")


class TestCoverage:
    def test_small_parts_of_industries_are_named_with_their_share(self):
        text = chain_stages.coverage_sentence(of("medical-technology"))
        assert "“Research and development” holds 2 % of the jobs of “Business services”" in text

    def test_a_good_fit_is_said(self, food):
        fit = food.industries.assign(share_of_industry=0.8)
        assert "Every stage holds 80 % or more" in chain_stages.coverage_sentence(
            dataclasses.replace(food, industries=fit)
        )


class TestWords:
    def test_shared_stages_are_told_from_own_ones(self, food):
        text = chain_stages.verdict(food)
        assert "Most of “Food machinery” works for other chains" in text
        assert "of the stages mostly its own “Restaurants and catering” comes first" in text
        composites = chain_stages.verdict(of("fibre-composites"))
        assert "and so does most of every other stage" in composites

    def test_stages_below_the_share_are_all_named(self, food):
        assert "Its bottleneck is “Food and drink”, below the EU's share" in chain_stages.verdict(food)
        assert "“Wholesale and storage” is below it as well" in chain_stages.verdict(food)

    def test_without_limits_nothing_is_claimed(self, food):
        blank = food.perimeter_stages.assign(lq=np.nan, lower=np.nan, upper=np.nan)
        silent = dataclasses.replace(food, perimeter_stages=blank)
        assert chain_stages.verdict(silent).endswith(
            "no stage of the chain has an estimate. No stage has limits that would tell where the chain is thin."
        )
        assert chain_stages.bottleneck_sentence(silent).endswith("No stage has limits to judge by.")

    def test_limits_of_a_quotient_in_two_languages(self):
        row = pd.Series({"lq": 1.234, "lower": 1.1, "upper": 1.4, "status": "observed"})
        assert chain_words.named_quotient(row) == "1.23, limits 1.10 to 1.40"
        assert chain_words.named_quotient(row, "it") == "1,23, tra 1,10 e 1,40"
        assert chain_words.named_quotient(row.replace(1.4, np.nan), "it") == "1,23, limiti: almeno 1,10"
        assert chain_words.named_quotient(row.replace(1.234, np.nan)) == "limits 1.10 to 1.40"


class TestFigures:
    values = pd.DataFrame({"Timber": [1.5, np.nan, np.nan]}, index=["A", "B", "C"])
    strength = pd.DataFrame({"Timber": ["strong", "open", "no figures"]}, index=["A", "B", "C"])
    text = pd.DataFrame({"Timber": ["1.50", "0.8–1.3", ""]}, index=["A", "B", "C"])
    groups = pd.Series(["Austria", "Austria", "Italy"], ["A", "B", "C"])

    def test_marks_limits_and_silence_are_printed(self):
        ax = plt.figure().add_subplot()
        stage_matrix.stage_matrix(self.values, ax=ax, strength=self.strength, text=self.text, groups=self.groups)
        printed = [text.get_text() for text in ax.texts]
        assert {"1.50", "▲", "0.8–1.3", "no figures", "Austria", "Italy"} <= set(printed)
        assert [label.get_text() for label in ax.get_yticklabels()] == ["A", "B", "C"]

    def test_nothing_to_draw_says_so(self):
        ax = stage_matrix.stage_matrix(self.values.iloc[:0], ax=plt.figure().add_subplot(), strength=self.strength,
                                       text=self.text, groups=self.groups)  # fmt: skip
        assert ax.texts[-1].get_text() == "no figures"
        medians = pd.DataFrame({"median": [np.nan], "eu_median": [2.0]}, index=["Timber"])
        ax = stage_matrix.size_strip(self.values * np.nan, ax=plt.figure().add_subplot(), medians=medians)
        assert ax.texts[-1].get_text() == "no figures"

    def test_a_unit_without_jobs_is_left_off_the_log_axis(self):
        table = pd.DataFrame({"Timber": [0.0, 2.0, 8.0]}, index=["A", "B", "C"])
        medians = pd.DataFrame({"median": [2.0], "eu_median": [3.0]}, index=["Timber"])
        guessed = pd.DataFrame({"Timber": [False, True, False]}, index=["A", "B", "C"])
        ax = stage_matrix.size_strip(table, ax=plt.figure().add_subplot(), medians=medians, estimated=guessed)
        drawn = np.vstack([dots.get_offsets() for dots in ax.collections])[:, 0]
        assert 0 not in drawn and {2.0, 8.0, 3.0} <= set(drawn)
        assert "Hollow: estimated." in ax.texts[-1].get_text()
