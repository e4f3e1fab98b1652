"""Forms: every question in both languages, one page that loads nothing, whole on A4."""

from __future__ import annotations

import csv
import io
import re

import pytest
from bs4 import BeautifulSoup

from alpclusters_lib.reports import survey_forms
from alpclusters_lib.reports.survey_files import GROUPS, HEAD, KINDS, questions

FORMS = [(kind, language) for kind in KINDS for language in survey_forms.LANGUAGES]


def texts(kind: str, language: str) -> list[str]:
    column = f"text_{language}" if kind != "wheel" else {"en": "factor", "it": "factor_it"}[language]
    return list(questions(kind)[column])


@pytest.mark.parametrize(("kind", "language"), FORMS)
def test_sheet_has_a_column_a_question_and_says_what_is_asked(kind, language):
    lines = list(csv.reader(io.StringIO(survey_forms.template(kind, language)), delimiter=",;"[language == "it"]))
    assert len(lines) == 2 and lines[0] == [*HEAD, *questions(kind)["key"], "comment"]
    assert lines[1][0].startswith("# ") and all(labels[language] in lines[1][2] for labels in GROUPS.values())
    for told, asked in zip(lines[1][3:-1], texts(kind, language), strict=True):
        # a service stands twice: the sheet says before it what is asked
        assert (asked in told if kind == "services" else told.startswith(asked)) and "1-5" in told
    assert len(set(lines[1][3:-1])) == len(lines[1][3:-1])


@pytest.mark.parametrize(("kind", "language"), FORMS)
def test_page_holds_every_question_with_a_box_for_each_answer_and_loads_nothing(kind, language):
    page = survey_forms.printable(kind, language)
    soup = BeautifulSoup(page, "html.parser")
    assert soup.html["lang"] == language and soup.title.text == soup.h1.text
    rows = soup.select("tbody tr")
    asked = [row.th.get_text(" ", strip=True).split(" ", 1) for row in rows]
    assert [number for number, _ in asked] == [str(number) for number in range(1, len(rows) + 1)]
    assert [text for _, text in asked] == texts(kind, language)
    assert all(len(row.select(".box")) == 6 for row in rows)
    marks = [mark.b.text for mark in soup.select("thead")[0].select("th")[1:]]
    assert marks == ["1", "2", "3", "4", "5", "0" if kind == "wheel" else "?"]
    assert len(soup.select("table")) == (2 if kind in ("survey", "services") else 6)
    assert len(soup.select(".who .box")) == len(GROUPS)
    assert not soup.select("script, img, iframe, link:not([rel=icon])")
    assert not re.search(r"https?:|url\(|@import", page)


def test_forms_say_whose_words_they_are():
    for language, words in (("en", "wording is ours"), ("it", "formulazione è nostra")):
        assert words in survey_forms.printable("survey", language)


def test_the_two_languages_differ_in_every_text():
    for kind in KINDS:
        pairs = zip(texts(kind, "en"), texts(kind, "it"), strict=True)
        assert all(english != italian for english, italian in pairs)
        first, second = survey_forms.SECTIONS[kind]
        assert kind in ("survey", "wheel") or (questions(kind)[first] != questions(kind)[second]).all()
        for words in (survey_forms.WORDS[kind], survey_forms.COMMON):
            assert words["en"].keys() == words["it"].keys()
            assert all(words["en"][key] != words["it"][key] for key in words["en"])


def test_texts_of_facts_are_escaped(monkeypatch):
    asked = questions("survey")
    asked.loc[0, "text_en"] = "<script>x</script>"
    monkeypatch.setattr(survey_forms, "questions", lambda kind: asked)
    page = survey_forms.printable("survey", "en")
    assert "<script>" not in page and "&lt;script&gt;x" in page


def test_forms_are_written_with_a_mark_for_spreadsheets(tmp_path):
    written = survey_forms.write_forms(tmp_path / "forms", "it")
    assert [path.name for path in written] == ["survey-it.csv", "survey-it.html", "wheel-it.csv", "wheel-it.html"]
    assert written[0].read_bytes().startswith(b"\xef\xbb\xbfrespondent;region;group;")
    assert written[1].read_text(encoding="utf-8") == survey_forms.printable("survey", "it")


@pytest.mark.parametrize("call", [survey_forms.template, survey_forms.printable])
def test_unknown_kinds_and_languages_are_one_sentence(call):
    with pytest.raises(ValueError, match="kind 'poll' is not available; available: survey, wheel"):
        call("poll", "en")
    with pytest.raises(ValueError, match="language 'de' is not available; available: en, it"):
        call("survey", "de")


@pytest.mark.browser
@pytest.mark.parametrize("kind", KINDS)
def test_printed_pages_are_two_at_most_and_nothing_overflows(browser, kind):
    page = browser.new_page(viewport={"width": 673, "height": 1043})
    try:
        page.emulate_media(media="print")
        # the longer language
        page.set_content(survey_forms.printable(kind, "it"))
        wide = page.evaluate(
            "[document.documentElement, ...document.querySelectorAll('th, td, li, p')]"
            ".filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.textContent)"
        )
        assert wide == []
        pdf = page.pdf(prefer_css_page_size=True)
        assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 2
    finally:
        page.close()
