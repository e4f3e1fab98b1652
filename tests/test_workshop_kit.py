"""The workshop kit: words in five languages, one page each, nothing from elsewhere."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from alpclusters_lib import datasets, regions
from alpclusters_lib.reports import partner_evidence, survey_files, workshop_kit


def test_every_word_exists_in_every_language():
    table = datasets.facts("kit_words")
    assert table["key"].is_unique
    for language in workshop_kit.LANGUAGES:
        assert (table[language].str.strip() != "").all()
        assert set(workshop_kit.words(language)) == set(table["key"])
    # a heading that reads alike in two languages may do so; a whole sentence that does was forgotten
    long = table[table["en"].str.len() > 30]
    for language in workshop_kit.LANGUAGES[1:]:
        assert not (long[language] == long["en"]).any()


@pytest.mark.parametrize("language", workshop_kit.LANGUAGES)
def test_pages_hold_the_region_its_numbers_and_the_statements(language):
    found = workshop_kit.words(language)
    sheet = BeautifulSoup(workshop_kit.page("upper-austria", "sheet", language), "html.parser")
    assert sheet.html["lang"] == language and sheet.h1.get_text().startswith(found["sheet_title"])
    assert len(sheet.select("tbody tr")) == 5
    row = partner_evidence.quotients("wood-furniture").loc["AT31"]
    shown = f"{row['lq']:.2f}".replace(".", "," if language == "it" else ".")
    assert shown in sheet.get_text()
    form = BeautifulSoup(workshop_kit.page("upper-austria", "form", language), "html.parser")
    assert len(form.select("tbody tr")) == len(survey_files.questions("survey"))
    canvas = BeautifulSoup(workshop_kit.page("upper-austria", "canvas", language), "html.parser")
    assert len(canvas.select(".canvas section")) == 8


def test_fribourg_has_a_sentence_instead_of_figures():
    text = BeautifulSoup(workshop_kit.page("fribourg", "sheet", "fr"), "html.parser").get_text()
    assert workshop_kit.words("fr")["no_figures"] in text and workshop_kit.words("fr")["not_found"] in text


def test_files_are_written_for_every_region(tmp_path):
    for key in regions.s3_regions().index:
        files = workshop_kit.write_kit(key, tmp_path, language="sl")
        assert [path.name for path in files] == [f"{key}-{kind}-sl.html" for kind in workshop_kit.KINDS]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("lombardia", "sheet"), "unknown region 'lombardia'"),
        (("lombardy", "poster"), "kind 'poster' is not available; available: sheet, canvas, form"),
        (("lombardy", "sheet", "es"), "language 'es' is not available; available: en, it, de, fr, sl"),
    ],
)
def test_wrong_input_is_one_sentence(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        workshop_kit.page(*arguments)


@pytest.mark.browser
def test_each_fills_one_page_and_loads_nothing(visit, tmp_path):
    for language in ("en", "de"):
        for path in workshop_kit.write_kit("bavaria", tmp_path, language=language):
            page = visit(path)
            assert len(re.findall(rb"/Type /Page\b", page.page.pdf(prefer_css_page_size=True))) == 1
            assert page.foreign_requests == []
