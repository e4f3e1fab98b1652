"""Files of funding instruments that users supply: read, refused in one sentence, exported without formulas."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest
from wording import check_picture, check_table, check_text

from alpclusters_lib import paths
from alpclusters_lib.reports import instrument_calendar, instrument_files, partner_evidence, partners
from alpclusters_lib.reports.plain_cells import plain_cell

GOOD = {
    "instrument": "Call A", "region": "lombardy", "themes": "metal", "actors": "business research",
    "max_grant_eur": "200000", "aid_intensity_pct": "50", "trl_min": "4", "trl_max": "8", "opens": "2027-01-15",
    "closes": "2027-04-30", "source": "a page",
}  # fmt: skip


@pytest.fixture
def written(tmp_path):
    def write(*rows, name="mine.csv"):
        path = tmp_path / name
        lines = [",".join({**GOOD, **row}.values()) for row in rows]
        path.write_text("\n".join([instrument_files.template().strip(), *lines]) + "\n", encoding="utf-8")
        return path

    return write


def test_the_form_is_read_and_never_taken_for_a_real_one():
    form = paths.notebooks() / "instruments" / "illustrative-instruments.csv"
    assert len(instrument_files.read_instruments(form)) == 4
    assert instrument_files.files() == [] and instrument_files.instruments().empty
    assert instrument_files.summary(form).startswith("illustrative-instruments.csv: 4 instruments of 4 regions, open")


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"opens": "2027-02-30"}, "line 2: opens is '2027-02-30', no day of the calendar; 2027-02-28 would be right"),
        ({"closes": "2026-01-01"}, "line 2: it closes on 2026-01-01, before it opens on 2027-01-15"),
        ({"region": "lombardia"}, "line 2: unknown region 'lombardia'; did you mean 'lombardy'?"),
        ({"themes": "metals"}, "unknown theme 'metals'; did you mean 'metal'?"),
        ({"actors": "firms"}, "unknown actor 'firms'; known are business, research, public, cluster"),
        ({"actors": ""}, "line 2: actors is blank; it is needed"),
        ({"trl_min": "9", "trl_max": "4"}, "trl_min 9 is above trl_max 4"),
        ({"aid_intensity_pct": "150"}, "aid_intensity_pct is 150; it lies between 0 and 100"),
        ({"max_grant_eur": "much"}, "max_grant_eur is 'much'; a number such as 0 would be right"),
        ({"max_grant_eur": "nan"}, "max_grant_eur is nan; it lies between 0 and inf"),
    ],
)
def test_a_wrong_row_is_one_sentence_with_its_line(written, row, sentence):
    with pytest.raises(ValueError) as caught:
        instrument_files.read_instruments(written(row))
    assert sentence in str(caught.value) and "\n" not in str(caught.value)


def test_a_wrong_file_is_one_sentence(tmp_path, written):
    for path, sentence in (
        (tmp_path / "none.csv", "there is no file none.csv"),
        (written(), "holds no instrument"),
    ):
        with pytest.raises(ValueError, match=sentence):
            instrument_files.read_instruments(path)
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ValueError, match=r"bytes\.csv is not UTF-8 text"):
        instrument_files.read_instruments(tmp_path / "bytes.csv")
    (tmp_path / "head.csv").write_text("name,region\nA,lombardy\n")
    with pytest.raises(ValueError, match="has the columns name, region"):
        instrument_files.read_instruments(tmp_path / "head.csv")


def test_supplied_instruments_fill_the_calendar_and_formulas_are_made_safe(written, monkeypatch):
    family = partner_evidence.leading_family("lombardy")
    first = next(key for key in map(partner_evidence.strategy_of, partners.ranked("lombardy", family).index) if key)
    path = written({"instrument": "=HYPERLINK(1)", "themes": ""}, {"instrument": "B", "region": first, "themes": ""})
    monkeypatch.setattr(instrument_files, "files", lambda: [path])
    table = instrument_calendar.calendar_table("lombardy", family)
    check_table(table)
    assert table.iloc[0, 0] == "'=HYPERLINK(1)" and table["days"].iloc[0] == "106"
    picture = instrument_calendar.calendar_picture("lombardy", family)
    check_picture(picture)
    assert picture.data["label"].iloc[0] == "'=HYPERLINK(1)"
    for language in ("en", "it"):
        check_text(instrument_calendar.calendar_sentence("lombardy", family, language))
    plt.close("all")


def test_without_instruments_a_sentence_says_how_to_supply_them():
    assert instrument_calendar.calendar_picture("lombardy", "metal") is None
    assert instrument_calendar.calendar_table("lombardy", "metal").empty
    text = instrument_calendar.calendar_sentence("lombardy", "metal")
    check_text(text)
    assert "alpclusters instruments FILE" in text


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_cells_that_a_spreadsheet_would_run_become_text(text):
    assert plain_cell(text) == f"'{text}"
