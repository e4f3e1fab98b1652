"""Numbers as text: estimates never say more than their limits, and marks stand where they belong."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alpclusters_lib.reports import marked
from alpclusters_lib.reports.numbers import about, between, changes, elided, estimate, span

QUICK = settings(max_examples=200, deadline=None, derandomize=True)
NAN, ENDLESS = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((15_661.3, 12_420, 16_350), "about 15,700"),
        ((15_661.3, 12_420, 16_350, "it"), "circa 15.700"),
        ((215_106, 215_106, 215_106), "215,106"),
        ((0.0, 0.0, 0.0), "0"),
        ((0.0, 0.0, 50.0), "about 0"),
        ((18.7, 0.0, 50.0), "about 19"),
        ((2_274.1, 80, NAN), "about 2,270"),
        ((20_439, 20_430, 20_440), "about 20,440"),
        ((20_439, 20_436, 20_439.5), "about 20,439"),
        ((NAN, 160, 240), "160 to 240"),
        ((NAN, 160, 240, "it"), "160 a 240"),
        ((NAN, 160, NAN), "at least 160"),
        ((NAN, NAN, NAN), "no figure"),
    ],
)
def test_estimate_is_written_without_false_precision(arguments, expected):
    assert estimate(*arguments) == expected


@QUICK
@given(st.floats(1, 1e6), st.floats(0, 1e5), st.floats(0.6, 1e5))
def test_rounded_estimate_lies_within_its_limits(value, below, above):
    lower, upper = np.floor(max(value - below, 0)), np.ceil(value + above)
    text = estimate(value, lower, upper)
    number = float(text.removeprefix("about ").replace(",", ""))
    assert text.startswith("about ")
    assert lower <= number <= upper
    assert number == pytest.approx(value, rel=0.0051, abs=0.51)


@pytest.mark.parametrize(
    ("lower", "upper", "language", "expected"),
    [
        (-15.93, -10.64, "en", "-15.9 % to -10.6 %"),
        (-15.93, -10.64, "it", "da -15,9 % a -10,6 %"),
        (0.03, 0.04, "en", "0.0 %"),
        (4.2, ENDLESS, "en", "at least +4.2 %"),
        (4.2, ENDLESS, "it", "almeno +4,2 %"),
        (-100.0, ENDLESS, "en", "without limits"),
        (-100.0, ENDLESS, "it", "senza limiti"),
        (-100.0, 5.0, "en", "-100.0 % to +5.0 %"),
    ],
)
def test_range_of_a_change(lower, upper, language, expected):
    assert changes(lower, upper, language) == expected


@pytest.mark.parametrize(
    ("number", "il", "del_"),
    [
        ("8,0 %", "l'8,0 %", "dell'8,0 %"), ("83 %", "l'83 %", "dell'83 %"), ("800", "l'800", "dell'800"),
        ("11 %", "l'11 %", "dell'11 %"), ("11,4 %", "l'11,4 %", "dell'11,4 %"), ("11", "l'11", "dell'11"),
        ("11.500", "l'11.500", "dell'11.500"), ("1,6 %", "l'1,6 %", "dell'1,6 %"), ("1", "l'1", "dell'1"),
        ("0,3 %", "lo 0,3 %", "dello 0,3 %"),
        ("1.234,5", "il 1.234,5", "del 1.234,5"), ("18 %", "il 18 %", "del 18 %"), ("110 %", "il 110 %", "del 110 %"),
        ("7,8 %", "il 7,8 %", "del 7,8 %"), ("115,0 %", "il 115,0 %", "del 115,0 %"),
    ],
)  # fmt: skip
def test_italian_article_before_a_number(number, il, del_):
    assert elided("il", number) == il and elided("del", number) == del_


def test_limits_in_a_sentence():
    assert between(280, 970) == "between 280 and 970" and between(280, 970, "it") == "tra 280 e 970"
    assert between(80, NAN) == "at least 80" and between(80, NAN, "it") == "almeno 80"
    assert between(80, 80) == "80"
    assert span(2.1, NAN) == "at least 2.10" and span(NAN, NAN) == "no figure"


def test_only_estimates_are_marked():
    assert (about("1.88", True), about("1.88", False), about("1,88", True, "it")) == (
        "about 1.88",
        "1.88",
        "circa 1,88",
    )


ROW = {
    "jobs": 500.0, "jobs_lower": 500.0, "jobs_upper": 500.0, "lq": 1.884, "lq_lower": 1.49, "lq_upper": 1.97,
    "jobs_per_unit": 7.62, "growth_pct": 5.69, "growth_lower_pct": -16.2, "growth_upper_pct": 10.3,
    "growth_status": "observed", "status": "observed",
}  # fmt: skip


@pytest.mark.parametrize("status", ["observed", "bound", "estimated", "confidential", "missing"])
def test_each_number_is_marked_by_its_own_status(status):
    unsure = status in ("bound", "estimated", "confidential")
    mark = "about " if unsure else ""
    by_quotient, by_growth = pd.Series(ROW | {"status": status}), pd.Series(ROW | {"growth_status": status})
    assert marked.is_estimated(by_quotient) == unsure and marked.growth_is_estimated(by_growth) == unsure
    assert marked.quotient(by_quotient) == f"{mark}1.88" and marked.growth(by_quotient) == "+5.7 %"
    assert marked.growth(by_growth) == f"{mark}+5.7 %" and marked.quotient(by_growth) == "1.88"
    assert not marked.hides_a_division(by_quotient) and marked.jobs_per_unit(by_quotient) == "7.6"


def test_jobs_per_unit_are_marked_by_the_limits_of_the_jobs():
    hides = pd.Series(ROW | {"jobs_upper": 600.0})
    assert marked.hides_a_division(hides) and marked.jobs_per_unit(hides) == "about 7.6"
    assert marked.jobs_per_unit(pd.Series(dict(hides) | {"jobs_per_unit": NAN})) == "no figure"


def test_growth_without_a_figure_is_not_marked():
    row = pd.Series(ROW | {"growth_pct": NAN, "growth_status": "estimated"})
    assert not marked.growth_is_estimated(row) and marked.growth(row) == "no figure"
    assert not marked.growth_is_estimated(pd.Series({"jobs": 1.0})), "no window was asked for"


def test_limits_of_growth_are_those_of_the_row():
    assert marked.growth_limits(pd.Series(ROW)) == "-16.2 % to +10.3 %"
    assert re.fullmatch(r"da -16,2 % a \+10,3 %", marked.growth_limits(pd.Series(ROW), "it"))


def test_hidden_quotient_is_told_by_its_limits():
    assert marked.quotient(pd.Series(ROW | {"lq": NAN, "status": "bound"})) == "1.49 to 1.97"
