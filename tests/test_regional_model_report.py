"""What chain reports say of modelled regional figures."""

from __future__ import annotations

import dataclasses

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import wording

from alpclusters_lib.figures import delta_bands as figure
from alpclusters_lib.figures import style
from alpclusters_lib.reports import chain_evidence, chain_files, regional_economy, regional_model


@pytest.fixture(scope="module")
def evidence():
    return chain_evidence.collect(chain_files.load_chain("wood-construction"))


@pytest.fixture(scope="module")
def band(evidence):
    return regional_model.delta_band(evidence)


def test_the_error_table_marks_one_row():
    table = regional_model.error_table()
    wording.check_table(table)
    marked = table[table["Used"] != ""]
    assert len(marked) == 1 and marked["Method"].item() == "FLQ, δ = 0.25"
    assert marked["National table"].item() == "world table, jobs by region"
    off = regional_model.recipe_errors()
    assert marked["Multipliers off"].item() == f"{100 * off['multiplier_error']:.1f} %"
    assert table["National table"].nunique() == 2


def test_the_error_sentence_says_level_and_rank():
    text = regional_model.error_sentence()
    wording.check_text(text)
    off = regional_model.recipe_errors()
    assert f"off by {100 * off['multiplier_error']:.1f} % of a multiplier on average" in text
    assert "orders the industries of a Land better" in text and "no ranking" in text


def test_the_band_holds_the_dot_and_the_light_band_holds_the_dark_one(band):
    known = band.dropna(subset=["multiplier"])
    assert len(known) > 100
    for dot, low, high, outer in (("multiplier", "lower", "upper", "outer_"), ("inside_share", "inside_lower",
                                  "inside_upper", "inside_outer_")):  # fmt: skip
        assert (known[low] <= known[dot]).all() and (known[dot] <= known[high]).all()
        assert (known[f"{outer}lower"] <= known[low]).all() and (known[high] <= known[f"{outer}upper"]).all()
    off = regional_model.recipe_errors()["multiplier_error"]
    np.testing.assert_allclose(known["outer_upper"], known["upper"] * (1 + off))
    assert (known["outer_lower"] >= 1).all() and known["inside_share"].between(0, 1).all()


def test_the_band_leaves_out_what_has_no_table(band, evidence):
    countries = set(band.index.get_level_values("region").str[:2])
    assert countries == {"AT", "DE", "FR", "IT", "SI"}
    assert set(band.index.get_level_values("stage")) == {stage.key for stage in evidence.chain.stages}


def test_a_stage_is_the_average_of_its_industries(evidence, band):
    from alpclusters_lib.value_chains import regional_model as model

    jobs, (_, covered) = regional_economy.industry_jobs(2014), regional_economy.world_bridge()
    rows = model.regional_multipliers(
        regional_economy.national("ITA"), jobs.loc[["ITC4"]], jobs.loc["IT"], covered, deltas=[0.25]
    )["multiplier"].droplevel(["region", "delta"])
    for stage, weights in evidence.industries["share_of_stage"].groupby(level="stage"):
        weights = weights.droplevel("stage")
        assert band.loc[("ITC4", stage), "multiplier"] == pytest.approx((weights * rows[weights.index]).sum())


def test_the_sentence(evidence, band):
    text = regional_model.delta_sentence(evidence)
    wording.check_text(text)
    assert "no ranking of regions" in text and "modelled, δ = 0.25" in text
    single = regional_model.delta_sentence(evidence, ["ITC4"])
    wording.check_text(single)
    row = band.loc[("ITC4", evidence.chain.ends_in)]
    assert f"goes with {row['multiplier']:.2f} euro" in single and "in the region shown" in single


def test_the_picture(evidence):
    picture = regional_model.delta_picture(evidence)
    wording.check_picture(picture)
    assert 3 <= len(picture.data) <= 12
    words = evidence.stages["strength"].xs(evidence.chain.ends_in, level="stage")
    assert (words[picture.data.index] == "strong").all()
    plt.close(picture.figure)
    chosen = regional_model.delta_picture(evidence, ["ITC4", "AT31"])
    assert chosen.data.index.tolist() == ["ITC4", "AT31"]
    plt.close(chosen.figure)


def test_regions_without_a_table_give_a_sentence_and_no_picture(evidence):
    swiss = dataclasses.replace(evidence, regions=("CH01", "LI00"))
    assert regional_model.delta_band(swiss).empty and regional_model.delta_picture(swiss) is None
    text = regional_model.delta_sentence(swiss)
    wording.check_text(text)
    assert text.startswith("No regional multiplier of the stage")
    assert "No regional multiplier" in regional_model.delta_sentence(evidence, ["CH01"])


def test_another_chain_can_be_told():
    evidence = chain_evidence.collect(chain_files.load_chain("medical-technology"))
    wording.check_text(regional_model.delta_sentence(evidence))


# --- the figure -------------------------------------------------------------------------------------------

BANDS = pd.DataFrame(
    {"estimate": [1.4, np.nan], "lower": [1.3, np.nan], "upper": [1.5, np.nan], "outer_lower": [1.2, np.nan],
     "outer_upper": [1.6, np.nan]},
    index=["ITC4", "CH01"],
)  # fmt: skip


def drawn(table, **options):
    with style.style():
        fig, ax = plt.subplots(figsize=(6, 3))
        figure.delta_bands(table, ax=ax, **options)
    return fig, ax


def test_bands_are_drawn_one_inside_the_other_and_gaps_are_named():
    fig, ax = drawn(BANDS, names=pd.Series({"ITC4": "Lombardy", "CH01": "Lake Geneva"}), title="T", source="S")
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Lombardy"]
    light, dark = (sorted(box.get_width() for box in ax.patches)[i] for i in (1, 0))
    assert (round(light, 3), round(dark, 3)) == (0.4, 0.2)
    assert any("No figure: Lake Geneva." in text.get_text() for text in ax.texts)
    assert ax.get_xlim()[0] < 1.2 and ax.get_xlim()[1] > 1.6
    plt.close(fig)


def test_a_figure_without_figures_says_so():
    fig, ax = drawn(BANDS.iloc[[1]])
    assert any(text.get_text() == "no figures" for text in ax.texts)
    plt.close(fig)


def test_a_table_that_lacks_a_column_is_refused():
    with pytest.raises(ValueError, match="upper"):
        drawn(BANDS.drop(columns="upper"))
    plt.close("all")
