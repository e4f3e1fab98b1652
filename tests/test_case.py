"""Cases: what is committed is valid, and what is wrong is refused in one sentence before anything is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from alpclusters_lib import paths, regions, sectors
from alpclusters_lib.reports.case import Case, case_names, load_case, parse_unit, write_case

NAMES = case_names()
GOOD = {"title": "Machinery somewhere", "region": "lombardy", "family": "machinery"}


@pytest.fixture
def refusal(tmp_path):
    """Return a function that writes a case with some lines changed and returns the sentence that refuses it."""

    def refuse(*, without: str = "", **changes: object) -> str:
        values = {key: value for key, value in {**GOOD, **changes}.items() if key != without}
        (tmp_path / "wrong.yml").write_text(yaml.safe_dump(values), encoding="utf-8")
        return sentence_of(lambda: load_case("wrong", folder=tmp_path))

    return refuse


def sentence_of(action) -> str:
    with pytest.raises(ValueError) as caught:
        action()
    text = str(caught.value)
    assert type(caught.value) is ValueError, "pydantic's own error is no sentence"
    assert "\n" not in text and len(text) < 500
    assert not re.search(r"pydantic|type=|input_value|Value error|Traceback|validation error", text)
    return text


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Return a project folder of its own, with the committed data and one case."""
    folder = tmp_path / "home"
    (folder / "notebooks" / "cases").mkdir(parents=True)
    (folder / "data").symlink_to(paths.root() / "data")
    (folder / "notebooks" / "cases" / "taken.yml").write_text(yaml.safe_dump(GOOD), encoding="utf-8")
    monkeypatch.setenv("ALPCLUSTERS_HOME", str(folder))
    return folder


def cases_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "notebooks" / "cases").iterdir()}


@pytest.mark.parametrize("name", NAMES)
def test_committed_case_is_valid(name):
    case = load_case(name)
    assert case.name == name
    assert case.cluster.divisions and set(case.cluster.divisions) <= set(sectors.divisions())
    assert case.unit.area, "a case studies at least one NUTS 2 region"
    labels = [case.unit.label, *(unit.label for unit in case.compared)]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize("name", NAMES)
def test_priority_of_a_committed_case_is_one_of_its_own_region(name):
    case = load_case(name)
    if case.priority:
        owner = case.priority.rsplit("-", 2)[0]
        assert set(case.unit.area) <= set(parse_unit(owner).area)


def test_cases_cover_all_eleven_regions():
    keys = set(regions.s3_regions().index)
    assert len(keys) == 11
    parts = {part for name in NAMES for part in load_case(name).region.split("+")}
    reached = {key for key in keys for part in parts if part == key or part in regions.s3_region(key).codes}
    assert reached == keys


def test_there_are_sixteen_cases_of_one_region_and_one_of_several():
    several = [name for name in NAMES if "+" in load_case(name).region]
    assert several
    assert len(NAMES) - len(several) >= 16
    assert len({code[:2] for code in load_case("fibre-composites").unit.codes}) == 3


def test_titles_are_different():
    titles = [load_case(name).title for name in NAMES]
    assert len(titles) == len(set(titles))


def test_good_case_is_accepted(tmp_path):
    (tmp_path / "good.yml").write_text(yaml.safe_dump(GOOD), encoding="utf-8")
    case = load_case("good", folder=tmp_path)
    assert (case.year, case.growth, case.perimeter, case.compare) == (2014, (2011, 2014), "alpine_space_2014", ())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"region": "lombardi"}, "unknown region 'lombardi'; did you mean 'lombardy'?"),
        ({"region": "lombardy+slovenja"}, "unknown region 'slovenja'; did you mean 'slovenia'?"),
        ({"compare": ["venetto"]}, "unknown region 'venetto'; did you mean 'veneto'?"),
        ({"region": "qqqqqq"}, "unknown region 'qqqqqq'; keys are piedmont, "),
        ({"family": "machinry"}, "unknown cluster family 'machinry'; did you mean 'machinery'?"),
        ({"famly": "machinery"}, "unknown key 'famly'; did you mean 'family'?"),
        ({"zzzzzz": 1}, "unknown key 'zzzzzz'; known keys: name, title, region"),
        ({"without": "title"}, "the key 'title' is missing"),
        ({"without": "region"}, "the key 'region' is missing"),
        ({"year": 2030}, " 2030; available: 2008-201"),
        ({"region": "SI03", "year": 2012, "growth": None}, "no employment for SI03 in 2012; available: 2013-2015"),
        ({"region": "CH07"}, "no employment for region CH07 in any year"),
        ({"region": "LI00"}, "no employment for region LI00 in any year"),
        ({"compare": ["AT311"]}, "no employment for region AT311 in any year"),
        ({"growth": [2014, 2011]}, "growth is 2014 to 2011; two years in order"),
        ({"growth": [2012, 2012]}, "growth is 2012 to 2012; two years in order"),
        ({"growth": [2012, 2015]}, "growth is 2012 to 2015; two years in order, not after 2014"),
        ({"growth": [2001, 2014]}, " 2001; available: 2008-201"),
        ({"priority": "lombardy-2014-66"}, "unknown priority 'lombardy-2014-66'; did you mean 'lombardy-2014-6'?"),
        ({"priority": "zzz"}, "unknown priority 'zzz'; see data/raw/facts/s3_priorities.csv"),
        ({"divisions": ["C28"]}, "give either a family or divisions, not both and not neither"),
        ({"without": "family"}, "give either a family or divisions, not both and not neither"),
        ({"without": "family", "divisions": ["C99"]}, "'C99' is no NACE division; a code such as C28 would be right"),
        ({"title": "<script>alert(1)</script>"}, "holds HTML; plain text would be right"),
        ({"note": "a <b>word</b>"}, "holds HTML; plain text would be right"),
        ({"region_label": "<i>x</i>"}, "holds HTML; plain text would be right"),
        ({"title": "x"}, "title: String should have at least 3 characters"),
        ({"name": "../elsewhere"}, "'../elsewhere' is no case name; lower-case letters, digits and hyphens"),
        ({"perimeter": "alps"}, "unknown perimeter 'alps'; alpine_space_2014, alpine_space_2021, eusalp would be"),
    ],
)  # fmt: skip
def test_wrong_parameter_is_one_sentence_that_says_what_would_be_right(refusal, changes, expected):
    sentence = refusal(**changes)
    assert sentence.startswith("case wrong: ") and expected in sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a\n- b\n", "must hold lines such as 'region: lombardy'"),
        ("", "must hold lines such as 'region: lombardy'"),
        ("only words", "must hold lines such as 'region: lombardy'"),
        ("title: [\nregion: lombardy\n", "is not YAML"),
        ("title: a\n\tregion: b\n", "is not YAML"),
        ("title: !!python/object/apply:os.getcwd []\n", "is not YAML"),
        (b"title: \xff\xfe\n", "is not YAML"),
    ],
)
def test_file_that_is_no_mapping_is_one_sentence(tmp_path, text, expected):
    (tmp_path / "wrong.yml").write_bytes(text if isinstance(text, bytes) else text.encode())
    sentence = sentence_of(lambda: load_case("wrong", folder=tmp_path))
    assert sentence.startswith("case wrong: wrong.yml ") and expected in sentence


def test_unknown_case_names_the_nearest():
    assert sentence_of(lambda: load_case("machinery-lombardi")) == (
        "unknown case 'machinery-lombardi'; did you mean 'machinery-lombardy'?"
    )
    assert "`alpclusters list`" in sentence_of(lambda: load_case("zzzzzzzz"))


@pytest.mark.parametrize("name", ["../machinery-lombardy", "/etc/passwd", "Machinery", "a b", "", "a--b", "a.yml"])
def test_name_never_leads_out_of_the_folder(name):
    assert "is no case name" in sentence_of(lambda: load_case(name))


def test_area_counted_twice_is_refused(refusal):
    assert "DE21" in refusal(region="bavaria+DE21"), "Upper Bavaria is a part of Bavaria"


def test_area_compared_with_itself_is_refused(refusal):
    assert "lombardy" in refusal(compare=["lombardy"]).lower()


def test_division_named_twice_is_refused(refusal):
    assert "C28" in refusal(without="family", divisions=["C28", "C28"])


def test_growth_of_one_year_says_that_two_are_needed(refusal):
    assert "two years" in refusal(growth=[2011])


def test_unit_adds_up_published_codes_under_one_name():
    assert parse_unit("bavaria").codes == ("DE2",)
    assert parse_unit("bavaria").area == tuple(f"DE2{n}" for n in range(1, 8))
    assert parse_unit("bavaria").larger_than_a_region and not parse_unit("lombardy").larger_than_a_region
    assert parse_unit("slovenia").codes == ("SI",)
    both = parse_unit(" DE13 + DE14 ", label="Two")
    assert (both.codes, both.label, both.label_it) == (("DE13", "DE14"), "Two", "Two")
    assert parse_unit("lombardy").label_it == "Lombardia"


def test_area_holds_no_region_of_an_older_vintage():
    assert parse_unit("slovenia").area == ("SI03", "SI04")


def test_canton_has_its_country_for_a_frame():
    unit = parse_unit("fribourg")
    assert unit.national_frame and unit.codes == ("CH",) and unit.label == "Switzerland"
    assert load_case("food-fribourg").region_name != "Switzerland", "the report says which region it is about"
    assert not parse_unit("piedmont").national_frame


def test_written_case_is_what_is_loaded(home):
    path = write_case("wood-tyrol", region="AT33", family="wood-furniture", title="Legno è bello: «Tirol»")
    assert path == home / "notebooks" / "cases" / "wood-tyrol.yml"
    assert load_case("wood-tyrol") == Case(
        name="wood-tyrol", title="Legno è bello: «Tirol»", region="AT33", family="wood-furniture", growth=(2011, 2014)
    )
    assert "«Tirol»" in path.read_text(encoding="utf-8"), "a person can read and edit it"
    assert sorted(cases_in(home)) == ["taken.yml", "wood-tyrol.yml"], "nothing half-written is left"


def test_written_case_without_growth_and_title(home):
    write_case("food-fr", region="fribourg", family="food", growth="none")
    case = load_case("food-fr")
    assert case.growth is None and case.title == "Food and beverages in Switzerland"
    write_case("wood-si", region="SI03", family="wood-furniture", growth="2013-2014")
    assert load_case("wood-si").growth == (2013, 2014)


def test_existing_case_is_never_overwritten(home):
    before = cases_in(home)
    with pytest.raises(ValueError, match=r"notebooks/cases/taken.yml exists; choose another name"):
        write_case("taken", region="veneto", family="food")
    assert cases_in(home) == before


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"region": "lombardi"}, "did you mean 'lombardy'?"),
        ({"family": "machinry"}, "did you mean 'machinery'?"),
        ({"name": "../../escape"}, "is no case name"),
        ({"name": "Upper"}, "is no case name"),
        ({"growth": "2011"}, "growth is '2011'; two years such as 2011-2014, or none, would be right"),
        ({"growth": "2014-2011"}, "growth is 2014 to 2011; two years in order"),
        ({"growth": "1999-2014"}, " 1999; available: 2008-201"),
        ({"title": "<b>bold</b>"}, "holds HTML"),
    ],
)
def test_wrong_case_is_refused_before_anything_is_written(home, tmp_path, values, expected):
    before = {path for path in tmp_path.rglob("*") if not path.is_symlink()}
    wanted = {"name": "new", "region": "lombardy", "family": "machinery", **values}
    assert expected in sentence_of(lambda: write_case(wanted.pop("name"), **wanted))
    assert {path for path in tmp_path.rglob("*") if not path.is_symlink()} == before
