"""All chains side by side: what the page says follows from the world tables and the stages."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from wording import check_picture, check_table, check_text

from alpclusters_lib import datasets, paths
from alpclusters_lib.reports import chain_files, chains_compared, regional_model


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize("year", [chains_compared.FIRST, chains_compared.LAST])
def test_origins_of_every_chain_add_up_to_the_whole(year):
    table = chains_compared.shares(year)
    titles = {chain_files.load_chain(name).title for name in chain_files.chain_names()}
    assert set(table.index) == titles and len(titles) >= 9
    assert table.sum(axis=1).to_numpy() == pytest.approx(np.ones(len(table)), abs=1e-9)
    alpine = table["own country"] + table["other Alpine countries"]
    assert alpine.is_monotonic_decreasing and alpine.between(0.5, 1).all()


def test_a_chain_of_one_industry_has_the_origins_of_that_industry():
    food = chain_files.load_chain("food")
    # both divisions are in one industry of the world table, and wholly so
    assert food.stage(food.ends_in).divisions == ("C10", "C11")
    tables = datasets.input_output(2011)
    alpine = ["AUT", "DEU", "FRA", "ITA", "SVN"]
    A = tables.Z / tables.x.where(tables.x > 0, 1)
    value = (1 - A.sum()) * (tables.x > 0)
    final = tables.Y.sum(axis=1).clip(lower=0)
    makers = [(country, "c3") for country in alpine]
    demand = final[makers].reindex(tables.x.index, fill_value=0.0)
    output = np.linalg.solve(np.eye(len(A)) - A.to_numpy(), demand.to_numpy())
    added = value * output
    share = added[added.index.get_level_values("country").isin(alpine)].sum() / added.sum()
    row = chains_compared.shares(2011).loc[food.title]
    assert row["own country"] + row["other Alpine countries"] == pytest.approx(share, abs=1e-6)


def test_the_page_can_be_read():
    check_text(f"{chains_compared.headline()}.")
    check_text(chains_compared.thin_sentence())
    check_text(chains_compared.report_links())
    for name in chain_files.chain_names():
        assert f"](chain-{name}.html)" in chains_compared.report_links()
    table = chains_compared.chain_table()
    check_table(table)
    check_picture(chains_compared.origin_picture())
    assert len(table) == len(chain_files.chain_names())


def test_headline_names_the_chains_at_both_ends():
    table = chains_compared.shares(chains_compared.LAST)
    text = chains_compared.headline()
    assert f"“{table.index[0]}” keeps most" in text and f"“{table.index[-1]}” least" in text


def test_headline_counts_how_many_fell(monkeypatch):
    now = chains_compared.shares(chains_compared.LAST)
    mixed = now.copy()
    mixed.loc[now.index[1:], "own country"] -= 0.01
    mixed.loc[now.index[0], "own country"] += 0.05
    monkeypatch.setattr(chains_compared, "shares", lambda year: now if year == chains_compared.LAST else mixed)
    assert f"the share fell in 1 of them, most in “{now.index[0]}” (5.0 points)" in chains_compared.headline()


def test_the_readme_tells_what_is_found_here():
    text = " ".join((paths.root() / "README.md").read_text(encoding="utf-8").split())
    now, then = (chains_compared.shares(year).iloc[:, :2].sum(axis=1) for year in (2011, 2000))
    low, high = (f"{100 * share:.1f} % ({name[0].lower()}{name[1:]})" for name, share in now.iloc[[-1, 0]].items())
    assert f"at least {low} to {high} was added in Alpine countries in 2011, less than in 2000 in all nine" in text
    assert len(now) == 9 and (now < then[now.index]).all()
    errors = regional_model.error_sentence()
    for told in ("off by 6.4 % of a multiplier", "22.7 %"):
        assert told in text and told in errors
