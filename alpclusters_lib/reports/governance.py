"""The governance stress test as a report: answers to the survey by direction and group, ratings on the wheel.

No answers to the project's survey are public. Without a file of one's own every function shows the form on a file
marked illustrative, whose values follow a rule: figures carry a watermark, sentences and tables say so.

Small groups are hidden within one table: publish one region of a file or all of it, since the difference of the two
would tell them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from alpclusters_lib import paths
from alpclusters_lib.figures import style
from alpclusters_lib.figures.diverging_bars import diverging_bars
from alpclusters_lib.reports import survey_files, survey_forms
from alpclusters_lib.reports._survey_words import ILLUSTRATIVE, answers_of, lead, mark, source_of, title_of
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.governance_wheel import wheel_picture, wheel_sentence, wheel_table
from alpclusters_lib.reports.numbers import decimal, p_is, percent, span
from alpclusters_lib.reports.pictures import Picture, panel
from alpclusters_lib.reports.plain_cells import plain_cells
from alpclusters_lib.strategy import survey
from alpclusters_lib.strategy._survey_rules import ALL

__all__ = [
    "comments_table",
    "difference_sentence",
    "form_links",
    "how_to_sentence",
    "picture",
    "reliability_sentence",
    "sentence",
    "table",
    "wheel_picture",
    "wheel_sentence",
    "wheel_table",
]

FORMS = {"survey": "survey", "wheel": "assessment wheel"}
MINIMUM = 3
LEVEL = 0.05
DIRECTIONS = {"s3_to_clusters": "from the strategy to clusters", "clusters_to_s3": "from clusters to the strategy"}
ANSWERS = ("strongly disagree", "disagree", "neither", "agree", "strongly agree")
FEW = f"fewer than {MINIMUM} answers"
SEED = 2017


def _items() -> pd.DataFrame:
    return survey_files.questions("survey")


def _texts() -> dict[str, str]:
    return {row.key: row.text_en.rstrip(".") for row in _items().itertuples()}


def _label(group: str) -> str:
    return survey_files.GROUPS[group]["en"]


def _governance(path: Path | str | None, region: str | None) -> pd.DataFrame:
    return survey.governance(answers_of(path, region), _items(), minimum=MINIMUM)


def _points(value: float) -> str:
    return percent(100 * value, 0, signed=True).removesuffix(" %")


def _people(number: int) -> str:
    return f"{number} respondent{'' if number == 1 else 's'}"


def sentence(path: Path | str | None = None, *, region: str | None = None) -> str:
    """Return who answered, and which statement of each direction speaks best and worst of it.

    Statements are compared by net agreement (share of agreement less share of disagreement), reverse-coded ones turned.
    """
    answers, found = answers_of(path, region), _governance(path, region)
    people = answers.drop_duplicates("respondent")
    regions, groups = people["region"].nunique(), people["group"].nunique()
    where = people["region"].iloc[0] if regions == 1 else f"{regions} regions"
    text = f"Answers of {_people(len(people))} of {where}, in {groups} group{'' if groups == 1 else 's'}."
    total = found[(found["group"] == ALL) & (found["status"] == "shown")]
    if total.empty:
        return lead(path, f"{text} No statement has {MINIMUM} answers or more, so none is shown.")
    reverse = _items().set_index("key")["reverse"] == "1"
    favour = total["net_agreement"].where(~total["item"].map(reverse), -total["net_agreement"])
    for direction, words in DIRECTIONS.items():
        own = favour[total["direction"] == direction]
        if own.empty:
            continue
        best, worst = (_told(total.loc[place]) for place in (own.idxmax(), own.idxmin()))
        text += f" {words.capitalize()}, the most favourable answers are to {best}, the least to {worst}."
    return lead(path, text)


def _told(row: pd.Series) -> str:
    turned = "reverse-coded, " if _items().set_index("key")["reverse"][row["item"]] == "1" else ""
    net = _points(row["net_agreement"])
    return f"“{_texts()[row['item']]}” ({turned}net agreement {net} points, n = {int(row['n'])})"


def difference_sentence(path: Path | str | None = None, *, region: str | None = None) -> str:
    """Return whether respondents rate one direction above the other, over all and by group."""
    found = survey.direction_difference(answers_of(path, region), _items(), minimum=MINIMUM, rng=SEED)
    total = found.loc[ALL]
    if total["status"] != "shown":
        return lead(path, f"Fewer than {MINIMUM} respondents rate both directions, so these are not compared.")
    first, second = (decimal(total[direction], 1) for direction in survey.DIRECTIONS)
    shown = found.drop(ALL)[lambda table: table["status"] == "shown"]
    apart = shown.index[shown["q"] <= LEVEL]
    if shown.empty:
        which = "No group is large enough to be shown alone."
    elif len(apart):
        which = (
            f"By group they differ for {listed([_label(group) for group in apart])} (false discoveries held at 5 %)."
        )
    elif len(shown) == 1:
        which = f"The one group shown, {_label(shown.index[0])}, shows no difference of its own."
    else:
        which = (
            f"In none of the {len(shown)} groups shown do they differ (false discoveries held at 5 %; a group of fewer "
            "than six pairs cannot show a difference by this test)."
        )
    return lead(
        path,
        f"On a scale from 1 to 5, with reverse-coded statements turned, {int(total['n'])} respondents score the "
        f"direction from the strategy to clusters {first} and that from clusters to the strategy {second} "
        f"(mean difference {decimal(total['difference'], 2)}, {p_is(total['p'])} with signs flipped at random). "
        f"{which}",
    )


def reliability_sentence(path: Path | str | None = None, *, region: str | None = None) -> str:
    """Return alpha with its interval and the agreement of all respondents, by direction."""
    import warnings

    answers, items = answers_of(path, region), _items()
    if answers["respondent"].nunique() < MINIMUM:
        return lead(path, f"Fewer than {MINIMUM} respondents answered, so reliability is not computed.")
    agreement = survey.group_agreement(answers, items, minimum=MINIMUM)
    parts = []
    for direction, words in DIRECTIONS.items():
        with warnings.catch_warnings():
            # the caution is said in the sentence
            warnings.simplefilter("ignore", UserWarning)
            wide = survey.responses(answers, items, direction=direction)
            alpha = survey.reliability(wide, rng=SEED)
        row = agreement.loc[(direction, ALL)]
        if pd.isna(alpha.alpha):
            told = f"Cronbach's alpha cannot be computed from {alpha.n} complete answers"
        else:
            ends = f"{span(alpha.lower, alpha.upper)}, " if pd.notna(alpha.lower) else ""
            told = (
                f"Cronbach's alpha is {decimal(alpha.alpha)} ({ends}{alpha.n} complete answers to {alpha.items} items)"
            )
            told += f"; {alpha.caution}" if alpha.caution else ""
        if pd.notna(row["r_wg"]):
            told += f"; median r_wg is {decimal(row['r_wg'])}"
        if pd.notna(row["kendall_w"]):
            told += f" and Kendall's W {decimal(row['kendall_w'])} ({p_is(row['p'])})"
        parts.append(f"{words.capitalize()}, {told}.")
    return lead(path, " ".join(parts))


def table(path: Path | str | None = None, *, region: str | None = None) -> pd.DataFrame:
    """Return the statements as text: n, median and net agreement over all, net agreement by group."""
    found = _governance(path, region)
    texts, reverse = _texts(), _items().set_index("key")["reverse"]
    total = found[found["group"] == ALL].set_index("item")
    told = {
        "direction": total["direction"].map(DIRECTIONS),
        "statement": [f"{texts[item]}{' (reverse-coded)' if reverse[item] == '1' else ''}" for item in total.index],
        "n": [_or_few(row, decimal(row["n"], 0)) for _, row in total.iterrows()],
        "median": [_or_few(row, decimal(row["median"], 1)) for _, row in total.iterrows()],
        "net agreement, points": [_or_few(row, _points(row["net_agreement"])) for _, row in total.iterrows()],
    }
    for group in survey_files.GROUPS:
        own = found[found["group"] == group].set_index("item")
        if len(own):
            told[_label(group)] = [_or_few(row, _points(row["net_agreement"])) for _, row in own.iterrows()]
    frame = pd.DataFrame(told).reset_index(drop=True)
    return frame.assign(data=ILLUSTRATIVE) if mark(path) else frame


def _or_few(row: pd.Series, text: str) -> str:
    """Return a figure, or why it is not shown."""
    return {"shown": text, "suppressed": "hidden", "no answers": "no answers"}[row["status"]]


def comments_table(path: Path | str, *, kind: str = "survey", region: str | None = None) -> pd.DataFrame:
    """Return the comments of a file without saying who made them; empty where there are none.

    They are text as it was written, HTML and all: :meth:`alpclusters_lib.reports.output.Report.table` escapes it. One
    that a spreadsheet would run as a formula has an apostrophe before it.
    """
    return plain_cells(pd.DataFrame({"comment": survey_files.read_comments(path, kind=kind, region=region)}))


def picture(path: Path | str | None = None, *, region: str | None = None) -> Picture | None:
    """Draw how each statement was answered, by direction; None where no statement has enough answers."""
    found = _governance(path, region)
    total = found[found["group"] == ALL]
    if not (total["status"] == "shown").any():
        return None
    texts, reverse = _texts(), _items().set_index("key")["reverse"]
    names = {key: f"{text} (R)" if reverse[key] == "1" else text for key, text in texts.items()}
    order = {direction: place for place, direction in enumerate(DIRECTIONS)}
    total = total.assign(place=total["direction"].map(order)).sort_values(
        ["place", "net_agreement"], ascending=[True, False], kind="stable"
    )
    data = total.assign(item=total["item"].map(names)).set_index("item")
    shares = data[[f"share_{answer}" for answer in range(1, 6)]]
    low, high = int(data["n"].min()), int(data["n"].max())
    with style.style():
        figure, ax = panel(6.2, 0.36 * (len(data) + 2))
        diverging_bars(
            shares, ax=ax, counts=data["n"], labels=ANSWERS, hidden=FEW, mark=mark(path),
            groups={name: DIRECTIONS[value].capitalize() for name, value in data["direction"].items()},
            title=title_of(path, "Strategy and clusters: how far respondents agree"), source=source_of(path, "survey"),
        )  # fmt: skip
    answered = f"{low}" if low == high else f"{low} to {high}"
    alt = f"A bar of shares around 0 for each of {len(data)} statements. {sentence(path, region=region)}"
    caption = lead(
        path,
        f"Statements by net agreement within each direction; (R): reverse-coded, so that agreement speaks against it. "
        f"{answered} answers a statement, without “don't know”. {source_of(path, 'survey')}",
    )
    data = data.drop(columns="place").rename(columns=dict(zip(shares.columns, ANSWERS, strict=True)))
    return Picture(figure, "governance", data, alt, caption)


def how_to_sentence() -> str:
    """Return how to ask one's own stakeholders and see their answers here."""
    return (
        "No answers to the project's survey are public, and its questions were not found: the statements are our "
        "wording along its two directions. Print the form or fill in the sheet, one row a respondent, then run "
        "`alpclusters survey check FILE` and `alpclusters survey report FILE`; groups with fewer than three answers "
        "are hidden. Publish one region of a file or all of it, never both: their difference tells what is hidden."
    )


def form_links(report: str = "05-s3-stress-test", names: Mapping[str, str] = FORMS) -> str:
    """Write forms in both languages beside the tables of a report and return links to them.

    ``names`` says what each kind of form is called.
    """
    parts = []
    for language, word in (("en", "English"), ("it", "Italian")):
        survey_forms.write_forms(paths.outputs() / "tables" / report, language, kinds=list(names))
        links = [
            f"{name} ([page to print](../tables/{report}/{kind}-{language}.html), "
            f"[sheet](../tables/{report}/{kind}-{language}.csv))"
            for kind, name in names.items()
        ]
        parts.append(f"{word}: {listed(links)}")
    return f"Forms. {'. '.join(parts)}."
