"""The verdict at the extremes of estimates: what flips is named, what holds is said, what is published says nothing."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpclusters_lib.reports import narrative
from alpclusters_lib.reports.case import load_case
from alpclusters_lib.reports.conclusions import CONCLUSIONS
from alpclusters_lib.reports.evidence import Evidence, collect
from alpclusters_lib.reports.robustness import survival, survival_sentence

QUICK = settings(max_examples=150, deadline=None, derandomize=True)
LANGUAGES = ("en", "it")
NAN, ENDLESS = float("nan"), float("inf")
REFERENCE = 2.0


@functools.cache
def published() -> Evidence:
    found = collect(load_case("machinery-veneto"))
    assert found.main["status"] == "observed"
    return replace(found, growth=replace(found.growth, reference_pct=REFERENCE))


def evidence(lq=1.5, low=None, high=None, *, width=1.1, status="estimated", growth=None) -> Evidence:
    """Return evidence with a quotient, its limits, an interval of a width, and growth with limits (3 numbers)."""
    low, high = lq if low is None else low, lq if high is None else high
    own, least, most = growth or (REFERENCE, REFERENCE, REFERENCE)
    values = {
        "lq": lq, "lq_lower": low, "lq_upper": high, "extreme_lower": low / width, "extreme_upper": high * width,
        "lower": low / width if math.isnan(lq) else lq / width, "upper": high * width if math.isnan(lq) else lq * width,
        "status": status, "growth_pct": own, "growth_lower_pct": least, "growth_upper_pct": most,
        "growth_status": "estimated" if growth else "observed",
    }  # fmt: skip
    found = published()
    if math.isnan(lq):
        values |= {"jobs": NAN, "share": NAN, "jobs_lower": 1000.0, "jobs_upper": 2000.0}
    return replace(found, units=found.units.assign(**values))


def kind(quotient: float, width: float) -> str:
    lower, upper = quotient / width, quotient * width
    return ("strong" if lower >= 2 else "specialised") if lower > 1 else "weak" if upper < 1 else "even"


def side(growth: float) -> str:
    return "keeps" if abs(growth - REFERENCE) <= 1 else "gains" if growth > REFERENCE else "loses"


# quotients that do not lie on the edge of a class, where the last digit of a float decides
quotients = st.floats(0.2, 6).map(lambda value: round(value, 3) + 0.0004)
widths = st.sampled_from([1.01, 1.07, 1.3, 2.1])
growths = st.floats(-30, 40).map(lambda value: round(value, 2) + 0.004)


@QUICK
@given(st.lists(quotients, min_size=3, max_size=3).map(sorted), widths, st.lists(growths, min_size=3, max_size=3))
def test_verdict_at_an_extreme_is_that_of_the_quotient_there(three, width, changes):
    (low, lq, high), (least, own, most) = three, sorted(changes)
    found = survival(evidence(lq, low, high, width=width, growth=(own, least, most)))
    assert found.rests_on_estimates
    assert found.verdict == (kind(lq, width), side(own))
    assert found.lower == (kind(low, width), side(least))
    assert found.upper == (kind(high, width), side(most))
    assert found.survives == (found.verdict == found.lower == found.upper)
    assert found.pace_survives == (side(least) == side(own) == side(most))


@QUICK
@given(st.lists(quotients, min_size=2, max_size=2).map(sorted), widths)
def test_quotient_without_an_estimate_is_judged_at_its_limits(two, width):
    low, high = two
    found = survival(evidence(NAN, low, high, width=width, status="bound"))
    assert found.lower[0] == kind(low, width) and found.upper[0] == kind(high, width)
    outer = "even" if low / width <= 1 <= high * width else None
    assert outer in (None, found.verdict[0])


@QUICK
@given(st.lists(quotients, min_size=5, max_size=5).map(sorted), widths)
def test_what_survives_wide_limits_survives_narrow_ones(five, width):
    least, low, lq, high, most = five
    wide, narrow = (survival(evidence(lq, a, b, width=width)) for a, b in ((least, most), (low, high)))
    assert narrow.survives or not wide.survives


@QUICK
@given(quotients, widths, growths)
def test_limits_that_are_the_estimate_change_nothing(lq, width, growth):
    found = survival(evidence(lq, width=width, growth=(growth, growth, growth)))
    assert found.rests_on_estimates and found.survives and found.verdict == (kind(lq, width), side(growth))


@pytest.mark.parametrize("language", LANGUAGES)
def test_published_figures_say_nothing(language):
    # limits that would flip the verdict, were they those of an estimate
    found = evidence(1.5, 0.2, 6.0, status="observed")
    assert survival(found) == survival(published()).__class__(*[("specialised", "keeps")] * 3, False)
    assert survival_sentence(found, language) == ""
    assert "hidden" not in narrative.verdict(found) and "riservat" not in narrative.verdict(found, "it")
    assert "about" not in narrative.headline(found) and "estimate" not in narrative.headline(found)


@pytest.mark.parametrize("status", ["estimated", "bound", "confidential"])
def test_whatever_is_not_published_is_judged(status):
    assert survival(evidence(1.5, 0.2, 1.6, status=status)).lower == ("weak", "keeps")


def test_growth_alone_may_rest_on_an_estimate():
    found = survival(evidence(1.5, status="observed", growth=(2.5, -8.0, 2.9)))
    assert found.rests_on_estimates and not found.survives and not found.pace_survives
    assert (found.verdict, found.lower, found.upper) == (
        ("specialised", "keeps"), ("specialised", "loses"), ("specialised", "keeps")
    )  # fmt: skip


@pytest.mark.parametrize("status", ["estimated", "missing"])
def test_growth_without_a_figure_stays_without_one(status):
    found = evidence(1.5, 1.4, 1.6, growth=(NAN, -8.0, ENDLESS))
    found = replace(found, units=found.units.assign(growth_status=status))
    assert survival(found).verdict == survival(found).lower == survival(found).upper == ("specialised", None)
    alone = replace(found, units=found.units.assign(status="observed"))
    assert not survival(alone).rests_on_estimates and survival_sentence(alone) == ""


def test_none_and_no_limit_are_extremes_too():
    found = survival(evidence(1.5, 0.0, NAN))
    assert found.lower[0] == "weak" and found.upper[0] == "strong"
    text = survival_sentence(evidence(1.5, 0.0, NAN))
    assert "quotient 0.00" in text and "quotient without limit" in text
    assert survival(evidence(0.0, 0.0, 0.0)).verdict[0] == "weak"
    endless = survival(evidence(1.5, growth=(9.0, 5.0, ENDLESS)))
    assert endless.upper[1] == "gains" and endless.survives


# what is said


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentence_names_exactly_the_verdicts_that_differ(language):
    found = evidence(1.5, 0.4, 1.6)
    text, texts = survival_sentence(found, language), CONCLUSIONS[language]
    opening, at, other = {
        "en": ("This verdict rests on hidden figures, estimated,", "at their lowest (quotient 0.40)", "highest"),
        "it": ("Il giudizio poggia su dati riservati, stimati,", "al minimo (quoziente 0,40)", "massimo"),
    }[language]
    assert text.startswith(opening) and at in text and other not in text
    assert texts["weak", "keeps"].rstrip(".") in text and texts["specialised", "keeps"].rstrip(".") not in text
    both = survival_sentence(evidence(1.5, 0.4, 5.0), language)
    assert texts["weak", "keeps"].rstrip(".") in both and texts["strong", "keeps"].rstrip(".") in both
    assert other in both


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentence_says_with_which_limits_a_verdict_holds(language):
    text = survival_sentence(evidence(1.5, 1.4, 1.6, growth=(9.0, 5.25, 11.0)), language)
    ends = {
        "en": "(quotient 1.40 to 1.60, growth +5.2 % to +11.0 %) the verdict is the same.",
        "it": "(quoziente 1,40 a 1,60, crescita da +5,2 % a +11,0 %) il giudizio non cambia.",
    }[language]
    assert text.endswith(ends)
    assert "growth" not in survival_sentence(evidence(1.5, 1.4, 1.6)), "published growth has no limits to tell"


@pytest.mark.parametrize("language", LANGUAGES)
def test_sentence_names_the_growth_that_flips_it(language):
    text = survival_sentence(evidence(1.5, 1.4, 1.6, growth=(2.5, -8.0, 2.9)), language)
    words = {"en": "(quotient 1.40, growth -8.0 %)", "it": "(quoziente 1,40, crescita -8,0 %)"}[language]
    assert words in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_withheld_figures_are_not_called_estimated(language):
    words = {"en": "known within limits only", "it": "noti solo entro limiti"}[language]
    for limits in ((1.4, 1.6), (0.3, 6.0)):
        text = survival_sentence(evidence(NAN, *limits, status="bound"), language)
        assert words in text and "estimated" not in text and "stimati" not in text


@QUICK
@given(st.lists(quotients, min_size=3, max_size=3).map(sorted), st.sampled_from(["observed", "estimated"]))
def test_headline_rests_on_estimates_exactly_where_it_does_not_survive(three, status):
    low, lq, high = three
    found = evidence(lq, low, high, status=status)
    assert narrative.headline(found).endswith("; rests on estimates") == (not survival(found).survives)
    assert ("(LQ about " in narrative.headline(found)) == (status == "estimated")
    for language, word in (("en", "does not survive"), ("it", "non regge")):
        assert (word in survival_sentence(found, language)) == (not survival(found).survives)


@pytest.mark.parametrize("language", LANGUAGES)
def test_verdict_ends_with_the_sentence_on_survival(language):
    for limits in ((1.4, 1.6), (0.2, 6.0)):
        found = evidence(1.5, *limits)
        assert narrative.verdict(found, language).endswith(survival_sentence(found, language))


def test_headline_without_an_estimate_is_its_limits():
    assert narrative.headline(evidence(NAN, 0.4, 0.6, status="bound")) == (
        f"{published().units.index[0]}: 0.40 to 0.60 times the EU's share of jobs"
    )


def test_jobs_gained_are_told_only_where_estimates_settle_the_side():
    settled, open_ = ((9.0, 5.0, 11.0), (2.5, -8.0, 9.0))
    assert "more jobs than if" in narrative.growth_sentence(evidence(growth=settled))
    text = narrative.growth_sentence(evidence(growth=open_))
    assert "jobs than if" not in text and "(estimated, -8.0 % to +9.0 %)" in text
    assert "addetti in" not in narrative.growth_sentence(evidence(growth=open_), "it")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "found",
    [
        {"lq": 1.5, "low": 0.0, "high": 9.0},
        {"lq": NAN, "low": 0.2, "high": 0.9, "status": "bound"},
        {"lq": 1.5, "growth": (2.5, -100.0, ENDLESS)},
        {"lq": 1.5, "growth": (9.0, 5.0, ENDLESS)},
        {"lq": 1.5, "growth": (NAN, NAN, NAN)},
    ],
)
def test_no_sentence_has_a_hole(found, language):
    text = narrative.verdict(evidence(**found), language)
    assert not re.search(r"\b(nan|None|NaN|inf)\b|[{}]|  |\.\.|no figure|nessun dato| [.,;]", text), text
