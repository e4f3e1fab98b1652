"""What reports say: every number in a sentence is in the evidence, and no sentence says more than it shows."""

from __future__ import annotations

import functools
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from gathered import evidence_of

from alpclusters_lib import datasets, regions, sectors
from alpclusters_lib.reports import findings, narrative, references
from alpclusters_lib.reports.case import case_names
from alpclusters_lib.reports.explain import explain
from alpclusters_lib.reports.numbers import count, decimal, ordinal, percent, span
from alpclusters_lib.reports.robustness import survival

NAMES = case_names()
LANGUAGES = ("en", "it")
CAUSAL = re.compile(
    r"\b(drives?|driven by|leads? to|led to|causes?|caused|(the )?effects? of|impacts? of|due to|thanks to|because of"
    r"|owing to|as a result of|a causa di|grazie a|dovut[oaie] a|(l')?effetto d)\b",
    re.IGNORECASE,
)
NAN = float("nan")


@pytest.fixture(params=NAMES)
def found(request):
    return evidence_of(request.param)


# numbers


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (count(215106), "215,106"),
        (count(215106, "it"), "215.106"),
        (count(1234567.5, "it"), "1.234.568"),
        (count(-0.4), "0"),
        (count(-1234), "-1,234"),
        (count(NAN), "no figure"),
        (count(NAN, "it"), "nessun dato"),
        (decimal(1.7301), "1.73"),
        (decimal(1.7301, language="it"), "1,73"),
        (decimal(1234.5, 1), "1,234.5"),
        (decimal(1234.5, 1, "it"), "1.234,5"),
        (decimal(-0.0), "0.00"),
        (decimal(-0.004), "0.00"),
        (decimal(-0.006), "-0.01"),
        (decimal(pd.NA), "no figure"),
        (percent(6.98), "7.0 %"),
        (percent(6.98, language="it"), "7,0 %"),
        (percent(4.72, signed=True), "+4.7 %"),
        (percent(-1.66, signed=True), "-1.7 %"),
        (percent(-1.66), "-1.7 %"),
        (percent(0.0, signed=True), "0.0 %"),
        (percent(0.04, signed=True), "0.0 %"),
        (percent(-0.04, signed=True), "0.0 %"),
        (percent(NAN, signed=True), "no figure"),
        (percent(62.08, 0), "62 %"),
        (span(1.686, 1.774), "1.69 to 1.77"),
        (span(1.686, 1.774, language="it"), "1,69 a 1,77"),
        (span(3, 3, 0), "3"),
        (span(1.001, 1.004), "1.00"),
        (ordinal(1), "1st"),
        (ordinal(2), "2nd"),
        (ordinal(3.0), "3rd"),
        (ordinal(11), "11th"),
        (ordinal(12), "12th"),
        (ordinal(13), "13th"),
        (ordinal(21), "21st"),
        (ordinal(112), "112th"),
        (ordinal(101), "101st"),
        (ordinal(20), "20th"),
        (ordinal(3, "it"), "3ª"),
        (narrative.moved(-4.73), "fell by 4.7 %"),
        (narrative.moved(4.73, "it"), "sono aumentati del 4,7 %"),
        (narrative.moved(-0.04), "stayed the same"),
    ],
)
def test_number_is_written_as_a_reader_writes_it(written, expected):
    assert written == expected


# sentences


def fixed(value: float, decimals: int, language: str) -> str:
    """Write a number without the library's own functions."""
    text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "it" else text


def allowed_numbers(found, language: str) -> set[str]:
    """Return every number, as it would be written, that the evidence row of the area studied holds."""
    main, grown = found.main, found.growth
    allowed = {str(found.case.year)}

    def allow(value: float, decimals: int) -> None:
        if pd.notna(value):
            allowed.add(fixed(value, decimals, language))

    for column in ("jobs_lower", "jobs_upper", "n"):
        allow(main[column], 0)
    allow(rounded_jobs(main), 0)
    for column in ("rank_jobs", "rank_jobs_upper", "rank_lq_lower", "rank_lq_upper"):
        allow(main[column], 0)
    for column in ("lq", "lower", "upper"):
        allow(main[column], 2)
    if main["status"] != "observed":
        # what is told of the extremes
        allow(main["lq_lower"], 2)
        allow(main["lq_upper"], 2)
    allow(main["share"] * 100, 1)
    if grown is not None:
        allowed |= {str(grown.start), str(grown.end), str(len(grown.countries))}
        allow(abs(main["growth_pct"]), 1)
        allow(abs(grown.reference_pct), 1)
        allow(abs(main["regional"]), 0)
        if main["growth_status"] != "observed":
            allow(abs(main["growth_lower_pct"]), 1)
            allow(abs(main["growth_upper_pct"]), 1)
    return allowed


def rounded_jobs(row: pd.Series) -> float:
    """Return a published number as it is, an estimate to three digits, or as many as keep it within its limits."""
    value, lower, upper = row[["jobs", "jobs_lower", "jobs_upper"]]
    if pd.isna(value) or lower == upper:
        return value
    first = 2 - int(np.floor(np.log10(value)))
    return next(r for r in (round(value, digits) for digits in range(first, 7)) if lower <= r <= upper)


def numbers_in(text: str) -> list[str]:
    return re.findall(r"\d(?:[\d.,]*\d)?", text)


def prose(found, text: str) -> str:
    """Return a text without the names in it, whose digits are no numbers."""
    family = found.case.cluster
    names = [found.case.unit.label, found.case.unit.label_it]
    names += [label[1:] for label in (family.label_en, family.label_it)]  # their first letter may be lowered
    for name in names:
        text = text.replace(name, "…")
    return text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_the_verdict_is_in_the_evidence(found, language):
    text = prose(found, narrative.verdict(found, language))
    numbers = numbers_in(text)
    assert len(numbers) >= 6
    assert [n for n in numbers if n not in allowed_numbers(found, language)] == []


def test_every_number_of_the_headline_is_in_the_evidence(found):
    text = prose(found, narrative.headline(found))
    assert numbers_in(text) and set(numbers_in(text)) <= allowed_numbers(found, "en")


def test_check_of_numbers_would_see_a_wrong_one():
    found = evidence_of("machinery-lombardy")
    assert numbers_in("In 2014 a 215,106 b 1.73, 4.7 %.") == ["2014", "215,106", "1.73", "4.7"]
    wrong = replace(found, units=found.units.assign(jobs=found.units["jobs"] + 1))
    said = set(numbers_in(narrative.verdict(wrong)))
    assert said - allowed_numbers(found, "en") == {"215,107"}
    wrong = replace(found, units=found.units.assign(lq_lower=1.234, status="estimated"))
    said = set(numbers_in(narrative.verdict(wrong)))
    assert said - allowed_numbers(found, "en") == {"1.23"}, "the extremes are among the numbers that are checked"


@pytest.mark.parametrize("language", LANGUAGES)
def test_verdict_is_a_complete_text(found, language):
    text = narrative.verdict(found, language)
    assert re.match(r"\*\*[A-Z][^*]+\.\*\* [A-Z]", text) and text.endswith(".")
    assert not re.search(r"\b(nan|None|NaN|inf)\b|[{}]|  |\.\.|no figure|nessun dato|\n| [.,;]", text)
    assert found.case.unit.label_it in text if language == "it" else found.case.unit.label in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_verdict_names_quotient_and_interval_in_this_order(found, language):
    main, to = found.main, {"en": "to", "it": "a"}[language]
    lower, upper, lq = (fixed(main[c], 2, language) if pd.notna(main[c]) else "" for c in ("lower", "upper", "lq"))
    times = {"en": "times the EU's share", "it": "volte la quota dell'UE"}[language]
    about = {"en": "about ", "it": "circa "}[language] if main["status"] != "observed" else ""
    interval = {"en": "interval", "it": "intervallo da"}[language]
    assert lq, "no case study has a cluster whose jobs are withheld"
    assert f": {about}{lq} {times} ({interval} {lower} {to} {upper})" in narrative.verdict(found, language)


def test_direction_of_growth_is_right(found):
    grown, text = found.growth, narrative.growth_sentence(found)
    if grown is None:
        assert "no window of years without a break" in text
        assert "These jobs" not in narrative.verdict(found)
    elif pd.isna(found.main["growth_pct"]):
        assert text == f"Growth from {grown.start} to {grown.end} cannot be computed: a figure is hidden."
    else:
        change = found.main["growth_pct"]
        about = "about " if found.main["growth_status"] != "observed" else ""
        direction = "fell" if change < 0 else "rose"
        expected = "stayed the same" if abs(change) < 0.05 else f"{direction} by {about}{abs(change):.1f} %"
        assert f"these jobs {expected}" in text
        assert bool(about) == (" (estimated, " in text)
        side = "more" if found.main["regional"] > 0 else "fewer"
        # where estimates allow either side, none is told
        told = f"That is {about}{abs(found.main['regional']):,.0f} {side} jobs than" in text
        assert told == survival(found).pace_survives


STANDING = {
    "en": {
        "strong": ["A strong cluster"],
        "specialised": ["A specialised cluster"],
        "even": ["No specialisation can be shown"],
        "weak": ["The jobs show no specialisation"],
    },
    "it": {
        "strong": ["Un cluster forte"],
        "specialised": ["Un cluster specializzato"],
        "even": ["Una specializzazione non è dimostrabile"],
        "weak": ["Gli addetti non mostrano"],
    },
}


def standing_of(lower: float, upper: float) -> str:
    if lower > 1:
        return "strong" if lower >= 2 else "specialised"
    return "weak" if upper < 1 else "even"


def says(text: str, language: str) -> str:
    kinds = [kind for kind, starts in STANDING[language].items() if any(text[2:].startswith(s) for s in starts)]
    assert len(kinds) == 1, text
    return kinds[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_conclusion_agrees_with_the_interval(found, language):
    said = says(narrative.verdict(found, language), language)
    assert said == standing_of(found.main["lower"], found.main["upper"]) == narrative.specialisation(found)


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        (2.0, 3.0, "strong"),
        (1.999, 3.0, "specialised"),
        (1.0001, 1.2, "specialised"),
        (1.0, 1.2, "even"),
        (0.5, 1.0, "even"),
        (0.5, 0.9999, "weak"),
    ],
)
@pytest.mark.parametrize("difference", [1.5, 1.0, -1.0, -1.5, None])
def test_conclusion_at_the_edges_of_the_rule(lower, upper, expected, difference):
    found = evidence_of("machinery-lombardy")
    growth_pct = NAN if difference is None else 0.0
    units = found.units.assign(lower=lower, upper=upper, lq=(lower * upper) ** 0.5, growth_pct=growth_pct)
    grown = replace(found.growth, reference_pct=-(difference or 0.0))
    changed = replace(found, units=units, growth=grown)
    for language in LANGUAGES:
        assert says(narrative.verdict(changed, language), language) == expected
    pace = {1.5: "gains", 1.0: "keeps", -1.0: "keeps", -1.5: "loses", None: None}[difference]
    assert narrative.pace(changed) == pace
    assert set(narrative.CONCLUSIONS["en"]) == set(narrative.CONCLUSIONS["it"])


def test_conclusion_about_growth_agrees_with_the_reference(found):
    if found.growth is None or pd.isna(found.main["growth_pct"]):
        assert narrative.pace(found) is None
        return
    difference = found.main["growth_pct"] - found.growth.reference_pct
    expected = "keeps" if abs(difference) <= 1 else "gains" if difference > 0 else "loses"
    assert narrative.pace(found) == expected
    conclusion = narrative.verdict(found).split("**")[1]
    words = {
        "gains": r"gains ground|develop better", "keeps": r"keeps pace|as elsewhere|no specialisation",
        "loses": r"loses ground|develop less well",
    }  # fmt: skip
    assert re.search(words[expected], conclusion)


def every_sentence(found) -> list[str]:
    return sentences_of(found.case.name)


@functools.cache
def sentences_of(name: str) -> list[str]:
    found = evidence_of(name)
    texts = [narrative.verdict(found, language) for language in LANGUAGES]
    texts += [narrative.growth_sentence(found, language) for language in LANGUAGES]
    functions = ("headline", "subtitle", "shift_share_sentence", "frame_sentence", "standing_sentence")
    functions += ("division_sentence", "neighbour_sentence", "priority_sentence")
    texts += [getattr(narrative, name)(found) for name in functions]
    texts += [references.organisation_sentence(found), references.reproduce_sentence(found), *findings.limits(found)]
    tables = [findings.key_numbers(found), findings.balance(found), findings.unit_table(found)]
    tables.append(findings.neighbour_table(found))
    return [*texts, *(str(cell) for table in tables for cell in [*table.columns, *table.to_numpy().ravel()])]


def test_no_sentence_claims_a_cause(found):
    for text in every_sentence(found):
        # shift-share says of itself what it is not
        assert not CAUSAL.search(text.replace("arithmetic, not causes", "")), text


def test_no_conclusion_claims_a_cause():
    for language in LANGUAGES:
        for text in narrative.CONCLUSIONS[language].values():
            assert not CAUSAL.search(text) and text.endswith(".")


def test_check_of_causes_would_see_one():
    for text in ("Exports drive jobs; it leads to growth", "the effect of", "Due to exports", "this causes growth"):
        assert CAUSAL.search(text)


def test_no_sentence_has_a_hole(found):
    for text in every_sentence(found):
        assert not re.search(r"\b(nan|None(?! of| that)|inf|NaT)\b|[{}]|\.\.(?!\.)|  ", text), text


def test_shift_share_names_parts_that_add_up(found):
    text = narrative.shift_share_sentence(found)
    if found.growth is None or pd.isna(found.main["regional"]):
        assert text == ""
        return
    change, *parts = (float(n.replace(",", "")) for n in re.findall(r"[+-]?\d[\d,]*(?= (?:jobs|nat|ind|reg))", text))
    assert change == round(found.main["jobs_end"] - found.main["jobs_start"])
    assert sum(parts) == pytest.approx(change, abs=2) and len(parts) == 3


def test_standing_counts_specialised_regions(found):
    inside = found.regions[found.regions["alpine"]]
    text, above = narrative.standing_sentence(found), (inside["lower"] > 1).sum()
    assert text.startswith(f"Of the {len(inside)} regions of the perimeter with figures, {above} are specialised")
    guessed = int((inside["status"] != "observed").sum())
    mark = f" ({guessed} of them with an estimate in it)" if guessed else ""
    assert f"median quotient is {inside['lq'].median():.2f}{mark}." in text
    assert ("the quotient (estimated) is" in text) == (found.main["status"] != "observed")


def test_hidden_divisions_are_named(found):
    text = narrative.division_sentence(found)
    hidden = found.parts[found.parts["jobs"].isna()]
    for code, row in hidden.iterrows():
        assert f"{code} ({row['jobs_lower']:,.0f} to {row['jobs_upper']:,.0f} jobs)" in text
    assert bool(len(hidden)) == ("idden" in text)


def test_estimated_division_is_never_named_as_certain(found):
    text, parts = narrative.division_sentence(found), found.parts
    if len(parts) == 1:
        return
    largest = parts.loc[parts["jobs"].idxmax()]
    sure = (parts["jobs_upper"].drop(largest.name) <= largest["jobs_lower"]).all()
    assert ("as far as estimates tell" in text) == (not sure)
    about = "about " if largest["jobs_lower"] != largest["jobs_upper"] else ""
    assert f"with {about}{rounded_jobs(largest):,.0f} jobs" in text
    peak = parts.loc[parts["lq"].idxmax()]
    assert f"LQ {'about ' if peak['status'] != 'observed' else ''}{peak['lq']:.2f})" in text


def test_largest_division_is_left_open_where_limits_overlap():
    found = evidence_of("machinery-lombardy")
    parts = found.parts.copy()
    parts.loc["C28", ["jobs_lower", "jobs_upper"]] = 30_000, 140_000
    text = narrative.division_sentence(replace(found, parts=parts))
    assert text.startswith("The largest division, as far as estimates tell, is Machinery (C28) with about 134,000 jobs")
    parts.loc["C26", ["jobs", "lq", "jobs_lower", "jobs_upper"]] = NAN, NAN, 200_000, NAN
    text = narrative.division_sentence(replace(found, parts=parts.assign(jobs_lower=parts["jobs"])))
    assert "as far as estimates tell" in text, "what nothing limits may be the largest"


def test_frame_of_fribourg_is_said():
    text = narrative.frame_sentence(evidence_of("food-fribourg"))
    assert "Fribourg" in text and "Switzerland as a whole" in text
    assert narrative.frame_sentence(evidence_of("machinery-lombardy")) == ""


def test_area_of_several_regions_is_not_ranked_silently():
    assert "which are smaller areas" in narrative.verdict(evidence_of("automotive-bavaria"))
    assert "smaller" not in narrative.verdict(evidence_of("machinery-lombardy"))


def test_areas_of_several_regions_are_they_and_not_it():
    found = evidence_of("fibre-composites")
    text = narrative.verdict(found)
    assert "of their business economy" in text and "together they are 1st" in text
    assert " its " not in text and " it is" not in text
    assert narrative.neighbour_sentence(found).count("They touch") and "It touches" not in (
        narrative.neighbour_sentence(found)
    )
    italian = narrative.verdict(found, "it")
    assert "Alta Austria, Baviera e Slovenia" in italian and "della loro economia" in italian
    assert "of its business economy" in narrative.verdict(evidence_of("machinery-lombardy"))


def test_what_is_estimated_of_an_area_is_said(found):
    lines = findings.limits(found)
    for unit, row in found.units.iterrows():
        own = [line for line in lines if line.startswith(f"{unit}: ")]
        hides = row["jobs_lower"] != row["jobs_upper"]
        assert any("figures of the cluster are confidential and estimated" in line for line in own) == hides
        total = row["status"] == "estimated" and not hides
        assert any("a section of its total of all jobs is confidential" in line for line in own) == total
        guessed = pd.notna(row.get("growth_pct")) and row["growth_status"] == "estimated"
        assert any("growth rests on an estimate" in line for line in own) == guessed


# does the headline survive?


def verdict_at(found, end: str) -> tuple[str, str | None]:
    """Judge the committed figures anew with every estimate at one limit; the interval keeps its proportions."""
    main, other = found.main, {"lower": "upper", "upper": "lower"}[end]
    interval = {end: main[f"extreme_{end}"], other: main[other] * main[f"lq_{end}"] / main["lq"]}
    change = main.get("growth_pct", NAN)
    if pd.notna(change):
        change = main[f"growth_{end}_pct"] - found.growth.reference_pct
    pace = None if pd.isna(change) else "keeps" if abs(change) <= 1 else "gains" if change > 0 else "loses"
    return standing_of(interval["lower"], interval["upper"]), pace


def test_every_case_says_whether_it_survives(found):
    main, own = found.main, (narrative.specialisation(found), narrative.pace(found))
    result = survival(found)
    growth_status = main["growth_status"] if pd.notna(main.get("growth_pct", NAN)) else "observed"
    rests = {main["status"], growth_status} != {"observed"}
    assert result.rests_on_estimates == rests
    ends = {end: verdict_at(found, end) for end in ("lower", "upper")} if rests else {}
    assert result.survives == all(verdict == own for verdict in ends.values())
    for language, same, other in (("en", "the verdict is the same", "does not survive"),
                                  ("it", "il giudizio non cambia", "non regge")):  # fmt: skip
        text = narrative.verdict(found, language)
        assert (same in text) == (rests and result.survives)
        assert (other in text) == (not result.survives)
        assert all(narrative.CONCLUSIONS[language][verdict].rstrip(".") in text for verdict in ends.values())
    assert narrative.headline(found).endswith("; rests on estimates") == (not result.survives)


def test_some_cases_rest_on_estimates_and_one_does_not_survive():
    results = {name: survival(evidence_of(name)) for name in NAMES}
    assert 0 < sum(result.rests_on_estimates for result in results.values()) < len(NAMES)
    assert not results["life-sciences-slovenia"].survives, "its pharmaceuticals are hidden in both years"


# findings


def test_every_strength_and_weakness_rests_on_a_number(found):
    lines = findings.strengths(found) + findings.weaknesses(found)
    assert lines, "the evidence says nothing at all"
    for line in lines:
        assert re.search(r"\d", line.number), line
        assert "no figure" not in line.number, line
        assert line.text


def test_strengths_and_weaknesses_do_not_contradict_the_interval(found):
    strong = any(line.text.startswith("More jobs than in an average") for line in findings.strengths(found))
    thin = any(line.text.startswith("Fewer jobs than in an average") for line in findings.weaknesses(found))
    open_ = any(line.text.startswith("A specialisation cannot") for line in findings.weaknesses(found))
    assert (strong, thin) == (found.main["lower"] > 1, found.main["upper"] < 1)
    assert open_ == (not strong and not thin)
    table = findings.balance(found)
    assert set(table["side"]) == {"strength", "weakness"}


def test_numbers_that_rest_on_an_estimate_are_marked_in_every_table(found):
    main, near = found.main, found.neighbours
    lines = {line.text: line.number for line in findings.strengths(found) + findings.weaknesses(found)}
    about = "about " if main["status"] != "observed" else ""
    for text, number in lines.items():
        if text.startswith(("More jobs than", "Fewer jobs than")):
            assert number.startswith(f"LQ {about}{main['lq']:.2f}, ")
        if text.startswith("Breadth"):
            expected = [
                f"{code} {'about ' if row['status'] != 'observed' else ''}{row['lq']:.2f}"
                for code, row in found.parts.iterrows()
            ]
            assert number == ", ".join(expected)
        if text.startswith("Dependence"):
            assert number.startswith("about ") == (main["jobs_lower"] != main["jobs_upper"])
        if text.startswith("Jobs developed"):
            assert number.startswith("about ") == (main["growth_status"] != "observed")
    table = findings.neighbour_table(found)
    guessed = (near["status"] != "observed").to_numpy()
    assert (table["location quotient"].str.startswith("about ") == guessed).all()
    assert (table["status"].to_numpy() == near["status"].to_numpy()).all()
    if len(found.units) > 1:
        beside = findings.unit_table(found)
        guessed = (found.units["status"] != "observed").to_numpy()
        assert (beside["location quotient"].str.startswith("about ") == guessed).all()


def test_six_key_numbers_are_never_empty(found):
    table = findings.key_numbers(found)
    assert len(table) == 6
    assert (table["value"].str.strip() != "").all()
    main = found.main
    limits = f"{main['jobs_lower']:,.0f} and {main['jobs_upper']:,.0f}"
    hides, guessed = main["jobs_lower"] != main["jobs_upper"], main["status"] != "observed"
    assert table["value"].iloc[0] == ("about " if hides else "") + f"{rounded_jobs(main):,.0f}"
    assert table["range or reference"].iloc[0] == (f"estimated; between {limits}" if hides else "published")
    assert table["value"].iloc[1] == ("about " if guessed else "") + f"{main['lq']:.2f}"
    extremes = f"{main['lq_lower']:.2f} to {main['lq_upper']:.2f}"
    if f"{main['lq_lower']:.2f}" == f"{main['lq_upper']:.2f}":
        extremes = f"{main['lq_lower']:.2f}"
    at_limits = f"; {extremes} at the limits of estimates" if main["lq_lower"] != main["lq_upper"] else ""
    assert table["range or reference"].iloc[1] == f"{main['lower']:.2f} to {main['upper']:.2f}{at_limits}"
    assert table["value"].iloc[3].startswith("about ") == guessed
    known = pd.notna(main["jobs_per_unit"])
    assert table["range or reference"].iloc[4] == (("estimated" if hides else "published") if known else "")
    if found.growth is not None:
        own = main["growth_status"] != "observed"
        assert table["value"].iloc[5].startswith("about ") == table["range or reference"].iloc[5].startswith("limits ")
        assert table["value"].iloc[5].startswith("about ") == own


def test_quartiles_say_how_many_regions_rest_on_an_estimate(found):
    inside = found.regions[found.regions["alpine"]]
    quartiles = findings.key_numbers(found)[findings.PEERS]
    known = inside.dropna(subset=["jobs"])
    for row, guessed in (
        (0, known["jobs_lower"] != known["jobs_upper"]),
        (1, inside.dropna(subset=["lq"])["status"] != "observed"),
    ):
        mark = f" ({guessed.sum()} of {len(guessed)} estimated)" if guessed.any() else ""
        assert quartiles.iloc[row].endswith(mark) and ("estimated" in quartiles.iloc[row]) == bool(mark)


def test_limits_name_the_year_and_what_is_hidden(found):
    lines = findings.limits(found)
    assert str(found.case.year) in lines[0] and "not an evaluation" in lines[0]
    assert len(lines) == len(set(lines)) and all(line.endswith(".") for line in lines)
    if found.main["status"] == "bound":
        assert any("hide" in line or "hidden" in line for line in lines)
    left_out = found.growth.left_out if found.growth else {}
    listed = next((line for line in lines if line.startswith("Countries left out")), "")
    assert all(f"{country}: {reason}" in listed for country, reason in left_out.items())


def test_organisations_are_those_of_the_region(found):
    table = references.organisations(found)
    assert set(table.columns) <= {"name", "city", "label", "members", "source"}
    facts = datasets.facts("cluster_organisations").set_index("name")
    for row in table.to_dict("records"):
        assert not row["name"].startswith("(") and row["name"] in facts.index
        assert re.fullmatch(r"[\w.-]+\.\w+", row["source"]) and "www." not in row["source"]
    for column in table:
        assert table[column].ne("").any(), "a column of blanks is left out"
    said = references.organisation_sentence(found)
    assert (f"name {len(table)} cluster" in said) if len(table) else ("name no cluster organisation" in said)


def test_organisations_of_a_part_are_those_of_its_region():
    part, whole = (references.organisations(evidence_of(n)) for n in ("ict-upper-bavaria", "automotive-bavaria"))
    pd.testing.assert_frame_equal(part, whole)
    assert len(whole)
    served = datasets.facts("cluster_organisations").set_index("name")["regions_served"]
    for name in references.organisations(evidence_of("machinery-lombardy"))["name"]:
        assert "lombardy" in served.loc[[name]].str.cat(sep=" ").split()


def test_labels_of_the_index_are_filled(found):
    labels = references.labels(found)
    assert set(labels) == {"region", "country", "family", "family_it", "year"} and all(labels.values())


def test_sources_are_those_of_the_catalogue():
    table = references.sources()
    catalogue = pd.read_csv(datasets.paths.raw() / "sources.csv", dtype=str)
    known = catalogue.set_index("dataset")["sha256"]
    for row in table.to_dict("records"):
        assert known[row["data set"]].startswith(row["SHA-256"].rstrip("…")) and row["licence"]


# the way back


def printed_inputs(text: str) -> list[float]:
    line = text.split("formula\n")[1].splitlines()[1]
    return [float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", line)]


def test_explanation_leads_from_the_quotient_to_the_published_files():
    found = evidence_of("metal-franche-comte")
    text = explain("location_quotient", "franche-comte", "metal")
    jobs, total, europe, everything = printed_inputs(text)
    assert jobs == found.main["jobs"] and (europe, everything) == (found.reference["jobs"], found.reference["total"])
    # the estimated total is printed as a whole number
    assert (jobs / total) / (europe / everything) == pytest.approx(found.main["lq"], rel=1e-5)
    assert f"in Franche-Comté, 2014: {found.main['lq']:.2f}" in text.splitlines()[0]
    assert f"status: {found.main['status']}" in text
    assert "V16110,FR43" in text, "the published file has the old code of FRC2"
    catalogue = pd.read_csv(datasets.paths.raw() / "sources.csv", dtype=str).set_index("dataset")
    for dataset in ("sbs_r_nuts06_r2", "sbs_na_sca_r2"):
        assert f"sha256 {catalogue.loc[dataset, 'sha256']}" in text
    for division in ("C24", "C25"):
        value = datasets.employment(year=2014, regions="FRC2", sectors=division)["value"].item()
        assert re.search(rf"FRC2 +{division} +2014 +{value:,.0f} ", text)


def test_command_printed_under_a_report_gives_its_number(found):
    command = re.search(r"alpclusters explain (\S+) (\S+) (\S+)`", references.reproduce_sentence(found))
    first, _, third, *_ = explain(*command.groups()).splitlines()
    lq, low, high = found.main[["lq", "lq_lower", "lq_upper"]]
    assert first.endswith(f", 2014: {lq:.2f}" if pd.notna(lq) else ", 2014: not published"), first
    limits = span(low, high) if low != high else ""
    assert third == (f"limits: {limits}, with its hidden inputs at theirs" if limits else "")


def test_explanation_of_a_withheld_figure_gives_its_rounded_limits_only():
    cells = datasets.employment(year=2014, level=2, sectors=sectors.divisions())
    inside = cells["region"].isin(regions.perimeter("alpine_space_2014"))
    cell = cells[inside & (cells["status"] == "confidential")].iloc[0]
    low, high, middle = (f"{n:,.0f}" for n in (cell["lower"], cell["upper"], (cell["lower"] + cell["upper"]) / 2))
    for indicator in ("employment", "location_quotient", "employment_share", "specialised_jobs"):
        text = explain(indicator, cell["region"], cell["sector"])
        assert text.splitlines()[0].endswith(", 2014: not published") and "status: confidential" in text
        assert "no figure" in text.split("formula\n")[1].split("inputs")[0] or indicator == "employment"
        assert f"between {low} and {high}, counted with the middle" in text
        assert re.search(rf"{cell['region']} +{cell['sector']} +2014 +– +confidential", text)
        assert not re.search(rf"\b{middle}\b", text), "the middle is no figure of a single cell"
    assert f"limits: {low} to {high}, " in explain("employment", cell["region"], cell["sector"])


@pytest.mark.parametrize(
    ("indicator", "expected"),
    [
        ("employment", "215,106"),
        ("employment_share", "0.0698"),
        ("symmetric_location_quotient", "0.27"),
        ("location_quotient", "1.73"),
    ],
)
def test_explained_indicators_of_one_cell_agree(indicator, expected):
    main = evidence_of("machinery-lombardy").main
    values = {
        "employment": f"{main['jobs']:,.0f}",
        "employment_share": f"{main['share']:.4f}",
        "symmetric_location_quotient": f"{(main['lq'] - 1) / (main['lq'] + 1):.2f}",
        "location_quotient": f"{main['lq']:.2f}",
    }
    assert values[indicator] == expected
    assert explain(indicator, "ITC4", "machinery").splitlines()[0].endswith(f": {expected}")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("location_quotent", "ITC4", "C28"), "unknown indicator 'location_quotent'; did you mean 'location_quot"),
        (("zzz", "ITC4", "C28"), "unknown indicator 'zzz'; available: employment, employment_share, location_quotient"),
        (("location_quotient", "lombardi", "C28"), "unknown region 'lombardi'; did you mean 'lombardy'?"),
        (("location_quotient", "ITC4", "machinry"), "unknown cluster family 'machinry'; did you mean 'machinery'?"),
    ],
)
def test_wrong_word_is_one_sentence_that_helps(arguments, expected):
    with pytest.raises(ValueError) as caught:
        explain(*arguments)
    assert str(caught.value).startswith(expected) and "\n" not in str(caught.value)


def test_year_without_figures_says_which_there_are():
    with pytest.raises(ValueError, match=r"^no employment for .*1999; available: 2008-201\d$"):
        explain("location_quotient", "ITC4", "C28", year=1999)
