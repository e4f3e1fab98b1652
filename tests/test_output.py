"""What a notebook hands to its report: lists and tables, folded or not."""

from __future__ import annotations

import pandas as pd
import pytest

from alpclusters_lib.reports.output import Report


@pytest.fixture
def report(monkeypatch, tmp_path):
    """Return a report that writes to a folder of the test and shows into a list, ``report.shown``."""
    monkeypatch.setenv("ALPCLUSTERS_OUTPUTS", str(tmp_path))
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda value, **_: shown.append(value.data))
    made = Report("trial")
    made.shown = shown
    return made


def test_points_are_a_list_and_said_once(report):
    report.points("One.", "Two.", "One.")
    assert report.shown == ["- One.\n- Two."]


def test_nothing_to_say_shows_nothing(report):
    report.points()
    report.say("", "")
    report.table(pd.DataFrame(), "empty")
    assert report.shown == []


def test_a_folded_table_says_how_long_it_is_and_is_saved_as_any_other(report, tmp_path):
    data = pd.DataFrame({"region": ["ITC4", "AT31"]})
    report.table(data, "jobs", title="A <list>", folded=True)
    assert report.shown[0].startswith("<details><summary>Table of 2 rows: a &lt;list&gt;</summary>")
    assert "ITC4" in report.shown[0] and report.shown[0].endswith("</details>")
    report.table(data, "jobs")
    assert "<details>" not in report.shown[1]
    assert (tmp_path / "tables" / "trial" / "jobs.csv").read_text(encoding="utf-8") == "region\nITC4\nAT31\n"
