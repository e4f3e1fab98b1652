"""Chain files: what stands in notebooks/chains is sound, and a wrong file is refused in one sentence."""

from __future__ import annotations

import re

import pytest
import yaml
from wording import CAUSAL

from alpclusters_lib import datasets, sectors
from alpclusters_lib.reports.chain_files import chain_names, load_chain

ASKED = {
    "wood-construction", "fibre-composites", "medical-technology", "electric-mobility", "food", "textiles-fashion",
    "energy-technology", "circular-plastics", "machinery",
}  # fmt: skip
GOOD = {
    "title": "Wood", "title_it": "Legno", "about": "Houses made of wood for those who live in them.",
    "about_it": "Case di legno per chi le abita.", "ends_in": "building", "sources": ["own reading"],
    "stages": [
        {"key": "timber", "label": "Timber", "label_it": "Legno", "divisions": ["C16"], "feeds": ["building"],
         "reason": "sawmills and panels, cork too"},
        {"key": "building", "label": "Building", "label_it": "Edilizia", "divisions": ["F41"],
         "reason": "every kind of building, not of wood alone"},
    ],
}  # fmt: skip


def written(folder, values) -> None:
    (folder / "wood.yml").write_text(yaml.safe_dump(values, allow_unicode=True), encoding="utf-8")


def changed(**values) -> dict:
    return GOOD | values


def with_stage(number: int, **values) -> dict:
    stages = [dict(stage) for stage in GOOD["stages"]]
    stages[number] |= values
    return GOOD | {"stages": stages}


def test_the_nine_chains_are_there():
    assert set(chain_names()) >= ASKED


@pytest.mark.parametrize("name", chain_names())
class TestEveryChain:
    def test_it_has_four_to_six_stages_with_reasons_in_plain_words(self, name):
        chain = load_chain(name)
        assert 4 <= len(chain.stages) <= 6
        texts = [chain.about, chain.about_it, *(s.reason for s in chain.stages), *(n.reason for n in chain.not_covered)]
        assert not [text for text in texts if CAUSAL.search(text) or "  " in text]
        assert all(stage.reason.endswith(".") and len(stage.reason) > 60 for stage in chain.stages)
        assert (
            len({stage.label for stage in chain.stages}) == len({s.label_it for s in chain.stages}) == len(chain.stages)
        )

    def test_every_division_is_one_with_figures_and_every_reason_speaks_of_a_division(self, name):
        chain = load_chain(name)
        assert set(chain.divisions) <= set(sectors.divisions())
        assert len(set(chain.divisions)) == len(chain.divisions)
        assert not {d for part in chain.not_covered for d in part.divisions} & set(sectors.divisions())
        for stage in chain.stages:
            said = set(re.findall(r"\b\d\d\b", stage.reason))
            assert not said - {d[1:] for d in sectors.divisions()}, stage.key

    def test_what_it_quotes_of_the_facts_is_there(self, name):
        sources = " ".join(load_chain(name).sources)
        known = {*datasets.facts("s3_priorities")["priority"], *datasets.facts("transformative_activities")["title"],
                 *sectors.cluster_families().index}  # fmt: skip
        assert set(re.findall(r'"([^"]+)"', sources)) <= known
        for file in re.findall(r"facts/(\w+)\.csv", sources):
            assert len(datasets.facts(file))
        assert "own reading" in sources


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (changed(end_in="x"), "chain wood: unknown key 'end_in'; did you mean 'ends_in'"),
        (with_stage(0, feds=["building"]), "chain wood: unknown key 'feds' in stage 'timber'; did you mean 'feeds'"),
        (with_stage(0, divisions=["C61"]), "stage 'timber', divisions: 'C61' is no NACE division with"),
        (with_stage(0, divisions=["A02"]), "'A02' is no NACE division .* belongs in not_covered"),
        (with_stage(1, divisions=["C16"]), "C16 serves 'timber' and 'building' of wood"),
        (with_stage(0, feeds=["bilding"]), "feeds 'bilding', which is no stage of wood; did you mean 'building'"),
        (changed(ends_in="roof"), "ends_in is 'roof', which is no stage of wood"),
        (with_stage(0, feeds=[]), "stage 'timber' of wood neither reaches 'building'"),
        (with_stage(0, label="<b>Timber</b>"), "stage 'timber', label: '<b>Timber</b>' holds HTML"),
        (changed(about="A chain <script>alert(1)</script>"), "about: .* holds HTML; plain text would be right"),
        (changed(sources=["<i>x</i>"]), "sources: '<i>x</i>' holds HTML"),
        (with_stage(0, label="T" * 29), "stage 'timber', label: String should have at most 28"),
        (with_stage(0, key="Tim ber"), "'Tim ber' is no key of a stage; lower-case letters"),
        (changed(families=["wood"]), "chain wood: families: .*wood"),
        ({k: v for k, v in GOOD.items() if k != "ends_in"}, "chain wood: the key 'ends_in' is missing$"),
        (with_stage(0, reason="because"), "stage 'timber', reason: String should have at least 20"),
        (changed(stages="timber"), "chain wood: stages: "),
        (changed(stages=[]), "wood has 0 stages"),
        (["a", "b"], "wood.yml must hold lines such as 'ends_in: building'"),
        ({1: 2}, "wood.yml must hold keys that are words"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_in_one_sentence(tmp_path, values, sentence):
    written(tmp_path, values)
    with pytest.raises(ValueError, match=sentence) as error:
        load_chain("wood", folder=tmp_path)
    assert "\n" not in str(error.value)


def test_a_good_file_is_read(tmp_path):
    written(tmp_path, GOOD)
    chain = load_chain("wood", folder=tmp_path)
    assert chain.name == "wood" and chain.stage("timber").feeds == ("building",)


def test_a_stage_without_its_key_is_told_by_its_number(tmp_path):
    values = with_stage(1)
    del values["stages"][1]["key"]
    written(tmp_path, values)
    with pytest.raises(ValueError, match="the key 'key' is missing in stage 2"):
        load_chain("wood", folder=tmp_path)


def test_what_is_no_yaml_is_named(tmp_path):
    (tmp_path / "wood.yml").write_text("title: [", encoding="utf-8")
    with pytest.raises(ValueError, match=r"chain wood: wood.yml is not YAML"):
        load_chain("wood", folder=tmp_path)


def test_unknown_names_get_the_nearest(tmp_path):
    with pytest.raises(ValueError, match="unknown chain 'wood-constructions'; did you mean 'wood-construction'"):
        load_chain("wood-constructions")
    with pytest.raises(ValueError, match="unknown chain 'wood'; there are none"):
        load_chain("wood", folder=tmp_path)
    with pytest.raises(ValueError, match="is no chain name"):
        load_chain("../cases/tourism-salzburg")
