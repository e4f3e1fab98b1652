"""Growth and the strength of clusters: percentages from logarithms, and words that turn with the estimates."""

from __future__ import annotations

import re
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from wording import check_picture, check_table, check_text

from alpclusters_lib import sectors
from alpclusters_lib.reports import associations, atlas
from alpclusters_lib.reports.divisions import divisions, learnt_proximity

GROUP = "ln_group_quotient"


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def table(estimate=0.0166, *, half=0.01, open_in=(), against=()) -> pd.DataFrame:
    """Return estimates of all terms and variants, with intervals that hold 0, or turn the sign, in some variants."""
    rows = []
    for name in associations.VARIANTS:
        for term in associations.TERMS:
            value = -estimate if name in against else estimate
            width = abs(estimate) * 2 if name in open_in else half
            rows.append((name, term, value, value - width, value + width, 13_984, 246))
    return pd.DataFrame(rows, columns=["variant", "term", "estimate", "lower", "upper", "n", "clusters"])


@pytest.fixture
def estimates(monkeypatch):
    def with_(*args, **options):
        found = table(*args, **options)
        monkeypatch.setattr(associations, "variants", lambda: found.copy())
        return found

    return with_


# --- groups and links


def test_each_division_has_one_cluster():
    groups = associations.groups()
    assert set(groups) == set(divisions(2014).jobs.columns)
    for family in atlas.FAMILIES:
        for division in sectors.family(family).divisions:
            assert groups.get(division, family) == family
    assert groups["G46"] == "section G"


def test_links_are_mean_proximities_of_the_five_nearest():
    links, groups = associations.cluster_links(), pd.Series(associations.groups())
    assert (links > 0).sum(axis=1).eq(5).all() and np.diag(links).sum() == 0
    near = learnt_proximity(2010)
    first = groups.index[groups == "tourism"].intersection(near.index)
    own = links.loc["tourism"].idxmax()
    second = groups.index[groups == own].intersection(near.index)
    assert links.loc["tourism", own] == pytest.approx(near.loc[first, second].fillna(0).to_numpy().mean())


# --- sentences


@pytest.mark.parametrize("estimate", [0.0166, 0.2, 1.0])
def test_doubling_is_two_to_the_power_of_the_coefficient(estimates, estimate):
    estimates(estimate)
    text = associations.growth_sentence(GROUP)
    check_text(text)
    told = [float(number) for number in re.findall(r"[+-]?\d+\.\d(?= %)", text)]
    assert told == [
        pytest.approx(100 * (2**value - 1), abs=0.051) for value in (estimate, estimate - 0.01, estimate + 0.01)
    ]
    assert "% more jobs in 2013" in text and "for the same jobs in 2011" in text
    assert text.endswith("The interval lies above 0 in all 8 variants.")
    # twice the quotient at the end of the same path: jobs times 2 to the coefficient
    start, other = 100.0, 3.0
    jobs = [start * np.exp(estimate * np.log(quotient)) for quotient in (other, 2 * other)]
    assert told[0] == pytest.approx(100 * (jobs[1] / jobs[0] - 1), abs=0.051)


def test_fewer_jobs_are_called_fewer(estimates):
    estimates(-0.035)
    text = associations.growth_sentence("ln_own_quotient")
    check_text(text)
    assert text.startswith(
        "Twice the quotient of the division itself goes along with 2.4 % fewer jobs in 2013 (-3.1 % to"
    )
    assert "The interval lies below 0 in all 8 variants." in text
    assert associations.headline().startswith("Growth of a division is negatively associated")


def test_variants_that_differ_are_named(estimates):
    estimates(open_in=["100 jobs or more", "1,000 jobs or more"])
    text = associations.growth_sentence(GROUP)
    check_text(text)
    assert text.endswith("above 0 in 6 of 8 variants (not: 100 jobs or more; 1,000 jobs or more).")
    assert associations.headline().endswith(
        "positively associated with the strength of the rest of its cluster in 6 of 8 variants"
    )


def test_all_variants_are_all(estimates):
    estimates()
    assert associations.headline().endswith("the rest of its cluster in all 8 variants")


@pytest.mark.parametrize(
    ("others", "said"),
    [(0, "nor does any variant"), (1, "1 of 8 variants shows one"), (3, "3 of 8 variants show one")],
)
def test_absent_association_is_called_absent(estimates, others, said):
    names = list(associations.VARIANTS)
    estimates(open_in=names[: len(names) - others])
    assert associations.headline() == (
        f"Growth of a division shows no association with the strength of the rest of its cluster; {said}"
    )
    text = associations.growth_sentence(GROUP)
    check_text(text)
    assert text.startswith("The quotient of the rest of the cluster shows no association:")
    assert (f"in {others} of 8 variants" in text) if others else ("in none of the 8 variants." in text)


def test_a_variant_on_the_other_side_is_not_counted_in_favour(estimates):
    estimates(against=["without Germany"])
    assert "in 7 of 8 variants (not: without Germany)." in associations.growth_sentence(GROUP)
    names = list(associations.VARIANTS)
    estimates(open_in=names[:-1], against=names[-1:])
    assert associations.headline().endswith("; 1 of 8 variants shows one")


def test_table_and_picture_hold_every_estimate(estimates):
    found = estimates(0.05)
    told = associations.variant_table()
    check_table(told)
    assert told["variant"].tolist() == list(associations.VARIANTS)
    assert (told["rest of the cluster"] == "0.050 (0.040 to 0.060)").all()
    assert (told["cells"] == "13,984").all() and (told["regions"] == "246").all()
    picture = associations.coefficient_picture()
    check_picture(picture)
    assert len(picture.data) == len(found) == 24 and set(picture.data["term"]) == set(associations.TERMS.values())
    assert associations.headline() in picture.alt


def test_main_variant_is_the_estimate_of_the_equation(monkeypatch):
    monkeypatch.setattr(associations, "VARIANTS", {associations.MAIN: {}, "without Germany": {"without": "DE"}})
    found = associations.variants.__wrapped__().set_index(["variant", "term"])
    own = associations._main().coefficients.set_index("term")
    for term in associations.TERMS:
        assert found.loc[(associations.MAIN, term), "estimate"] == pytest.approx(own.loc[term, "estimate"])
    assert (found.loc["without Germany", "n"] < found.loc[associations.MAIN, "n"]).all()
    text = associations.specification_text().replace("no figure", "nothing")
    check_text(text)
    assert "from 2011 to 2013" in text and f"{int(found.loc[associations.MAIN, 'n'].iloc[0]):,} cells" in text


# --- how far to trust it


def placebo(monkeypatch, beyond: int, draws: int = 49) -> str:
    row = {"estimate": 0.025, "random_mean": 0.0, "random_lower": -0.019, "random_upper": 0.017,
           "p": (1 + beyond) / (1 + draws), "draws": draws}  # fmt: skip
    monkeypatch.setattr(associations, "random_groups", lambda *_, **__: pd.DataFrame([row], index=[GROUP]))
    text = associations.placebo_sentence()
    check_text(text)
    assert "0.025" in text and "-0.019 to 0.017 in 49 draws" in text
    return text


def test_placebo_tells_the_least_p_as_the_least(monkeypatch):
    text = placebo(monkeypatch, 0)
    assert text.startswith("Real clusters stand out from random ones.")
    assert text.endswith("none of them is as far from their mean (p = 0.02, the least that 49 draws can give).")


def test_placebo_turns_with_the_draws(monkeypatch):
    one = placebo(monkeypatch, 1)
    assert one.startswith("Real clusters stand out") and one.endswith(
        ": 1 of them is as far from their mean (p = 0.04)."
    )
    many = placebo(monkeypatch, 20)
    assert many.startswith("Real clusters do not stand out from random ones.")
    assert "20 of them are as far" in many and "p = 0.42" in many and "least" not in many


def residuals(monkeypatch, statistic, expected, p, q) -> str:
    index = ["region effects", "all sectors", *[f"C{number}" for number in range(10, 10 + len(q))]]
    found = pd.DataFrame({"statistic": statistic, "expected": expected, "p": p, "q": [np.nan, np.nan, *q]}, index)
    monkeypatch.setattr(associations, "residual_association", lambda *_, **__: found)
    names = pd.MultiIndex.from_tuples([("ITC4", "C28"), ("ITH1", "C28")])
    monkeypatch.setattr(associations, "_main", lambda: SimpleNamespace(residuals=pd.Series(0.0, names)))
    text = associations.residual_sentence()
    check_text(text)
    return text


def test_residuals_beyond_chance_warn_of_narrow_intervals(monkeypatch):
    text = residuals(monkeypatch, 0.012, -0.048, 1 / 2000, [0.01, 0.3, 0.04])
    assert text.startswith("What the equation leaves is more alike than chance gives among neighbouring regions")
    assert "(Moran's I 0.012 against -0.048 expected, p ≤ 0.001)" in text
    assert "Intervals that take regions as independent are then too narrow." in text
    assert "2 of 3 divisions show it" in text


def test_residuals_within_chance_or_apart_do_not(monkeypatch):
    none = residuals(monkeypatch, -0.04, -0.048, 0.4, [0.5, 0.6])
    assert "no more alike than chance gives" in none and "narrow" not in none and "p = 0.400" in none
    assert "none of 2 divisions shows it" in none
    apart = residuals(monkeypatch, -0.2, -0.048, 0.01, [0.02, 0.6])
    assert "less alike than chance gives" in apart and "narrow" not in apart and "1 of 2 divisions shows it" in apart


def test_permutations_suffice_for_a_single_division():
    least = 1 / (associations.PERMUTATIONS + 1)
    assert least * len(divisions(2014).jobs.columns) <= associations.LEVEL
    assert 1 / (associations.PLACEBOS + 1) < associations.LEVEL


def test_readme_tells_what_the_study_finds():
    from alpclusters_lib import paths
    from alpclusters_lib.reports import relatedness_tests

    text = " ".join((paths.root() / "README.md").read_text(encoding="utf-8").split())
    row = associations._of("ln_group_quotient")
    doubled, low, high = (f"{100 * (2 ** row[end] - 1):.1f}" for end in ("estimate", "lower", "upper"))
    assert f"went along with {doubled} % more growth ({low} to {high} %)" in text
    steady, number = associations._steady("ln_group_quotient")
    assert f"The interval lies above 0 in {steady} of {number} variants" in text
    test = relatedness_tests.entry_tests().loc["all cells", "auc"]
    assert f"(area under the curve {test[relatedness_tests.LEARNT]:.2f})" in text
    assert f"the plain location quotient did ({test[relatedness_tests.QUOTIENT]:.2f})" in text
