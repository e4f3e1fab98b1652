"""A cluster's place in value chains as its case study tells it, and the one sentence of a chain on the index page."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from wording import check_text

from alpclusters_lib.reports import chain_evidence, chain_files, chain_links
from alpclusters_lib.reports.chain_headline import headline


def case(codes, divisions=("C28",)):
    unit, cluster = SimpleNamespace(codes=codes), SimpleNamespace(divisions=divisions)
    return SimpleNamespace(case=SimpleNamespace(unit=unit, cluster=cluster))


def test_each_country_of_an_area_has_one_sentence():
    found = chain_links.chain_position_sentences(case(("AT31", "DE2", "DE1")))
    assert len(found) == 2 and "in Austria is" in found[0] and "in Germany is" in found[1]
    for text in found:
        check_text(text)


def test_switzerland_is_said_to_be_hidden_and_other_countries_are_left_out():
    (text,) = chain_links.chain_position_sentences(case(("CH",)))
    assert "inside the rest of the world" in text
    assert chain_links.chain_position_sentences(case(("ES51",))) == [
        "Steps from final use are shown for Alpine countries only."
    ]


def test_chains_through_a_division_are_linked_with_their_stages():
    text = chain_links.passing_chains_sentence(["C28"])
    check_text(text)
    for name in chain_files.chain_names():
        chain = chain_files.load_chain(name)
        through = [stage.label for stage in chain.stages if "C28" in stage.divisions]
        assert (f"](chain-{name}.html)" in text) == bool(through)
        assert all(f"“{label}”" in text for label in through)


def test_a_division_that_no_chain_passes_is_said_to_be_so():
    assert chain_links.passing_chains_sentence(["N79"]) == (
        f"None of the {len(chain_files.chain_names())} value chains described here passes through Travel agencies."
    )


@pytest.mark.parametrize("name", ["wood-construction", "energy-technology"])
def test_headline_names_strongest_and_thinnest_stage(name):
    evidence = chain_evidence.collect(chain_files.load_chain(name))
    text = headline(evidence)
    check_text(text)
    labels = evidence.chain.labels()
    assert text.startswith(f"Strongest in “{labels[evidence.perimeter_stages['lq'].idxmax()]}” (LQ ")
    fewest = evidence.perimeter_stages["strong"].idxmin()
    assert f"“{labels[fewest]}”" in text.partition("thinnest in")[2]
    assert "of the value of its products came from 5 Alpine countries in 2011" in text
