"""The action plan of a region or of the Alps: table, figure, sentences, and a sheet of two pages to print."""

from __future__ import annotations

import functools
from importlib.resources import files
from typing import Any

import pandas as pd

from alpclusters_lib import datasets, paths, regions
from alpclusters_lib.figures import rankings, style
from alpclusters_lib.reports import innovation_model
from alpclusters_lib.reports import partner_evidence as evidence
from alpclusters_lib.reports.action_findings import alpine_findings, region_findings
from alpclusters_lib.reports.chain_evidence import place
from alpclusters_lib.reports.chain_words import listed
from alpclusters_lib.reports.files import write_atomically
from alpclusters_lib.reports.numbers import count
from alpclusters_lib.reports.partner_words import check_language, family_name, no_figures
from alpclusters_lib.reports.pictures import GEO, Picture, panel
from alpclusters_lib.reports.service_evidence import service_names
from alpclusters_lib.strategy.action_plan import build

__all__ = [
    "SOURCE", "at_a_glance", "baseline_picture", "explain_sentence", "finding", "groups_sentence", "limits", "plan",
    "plan_table", "sheet", "sheet_links",
]  # fmt: skip

SOURCE = f"Source: Eurostat, structural business statistics 2014; own rules in facts/action_kinds.csv. {GEO}"
DENSE = 8
"""Actions beyond which the sheet is set in small type, so that it stays on two pages."""

GROUP = {"en": "AG", "it": "GA"}
ALPS = {"en": "Alpine Space", "it": "Spazio alpino"}
COLUMNS = {
    "en": {
        "action": "action", "regions": "regions", "numbers": "number behind it, the baseline to monitor",
        "service": "service needed",
        "stage": "stage of the chain", "actors": "kinds of actors", "group": "EUSALP action group",
        "decided_by": "to be decided by",
    },
    "it": {
        "action": "azione", "regions": "regioni", "numbers": "numero alla base, da monitorare",
        "service": "servizio necessario",
        "stage": "fase della filiera", "actors": "tipi di soggetti", "group": "gruppo d'azione EUSALP",
        "decided_by": "da decidere da parte di",
    },
}  # fmt: skip
INDICATORS = {"location_quotient": {"en": "location quotient", "it": "quoziente di localizzazione"}}
SHEET = {
    "en": {
        "title": "Action plan", "actions": "Actions proposed", "follow": "Numbers, groups and who decides",
        "notes": "Notes",
        "intro": "Proposed from official figures of 2014 by published rules. Nothing here is decided.",
        "first": ["action", "regions", "service needed", "stage of the chain", "kinds of actors"],
        "second": ["number behind it, baseline 2014", "EUSALP group", "to be decided by", "yes | no", "new value"],
    },
    "it": {
        "title": "Piano d'azione", "actions": "Azioni proposte", "follow": "Numeri, gruppi e chi decide",
        "notes": "Note",
        "intro": "Proposto dai dati ufficiali del 2014 con regole pubbliche. Nulla qui è deciso.",
        "first": ["azione", "regioni", "servizio necessario", "fase della filiera", "tipi di soggetti"],
        "second": ["numero alla base, valore 2014", "gruppo d'azione EUSALP", "da decidere da parte di", "sì | no",
                   "nuovo valore"],
    },
}  # fmt: skip


@functools.lru_cache(maxsize=32)
def plan(region: str | None = None, language: str = "en") -> pd.DataFrame:
    """Return the plan of a region, or of the Alps where none is named (:func:`strategy.action_plan.build`).

    Empty for a region without figures.

    Raises
    ------
    ValueError
        If the region or the language is unknown.
    """
    check_language(language)
    found = alpine_findings(language) if region is None else region_findings(region, language)
    kinds = datasets.facts("action_kinds").set_index("kind")
    kinds[f"service_{language}"] = kinds["service"].map(service_names(language))
    return build(found, kinds, language=language)


def _readable(region: str | None, language: str) -> pd.DataFrame:
    """Return the plan with every cell as text, columns by their keys."""
    table = plan(region, language)
    return pd.DataFrame([
        {
            "action": row.action, "regions": listed([place(code, language) for code in row.regions], language),
            "numbers": f"{INDICATORS[row.monitor][language]} {row.numbers[0].year}: "
            + "; ".join(number.text for number in row.numbers), "service": row.service,
            "stage": row.stage or "–", "actors": row.actors, "group": f"{GROUP[language]} {row.group}",
            "decided_by": "; ".join(row.decided_by),
        }
        for row in table.itertuples()
    ], columns=list(COLUMNS["en"]))  # fmt: skip


def plan_table(region: str | None = None, language: str = "en") -> pd.DataFrame:
    """Return the plan for the reader; empty for a region without figures."""
    return _readable(region, language).rename(columns=COLUMNS[language])


def at_a_glance(region: str | None = None, language: str = "en") -> list[str]:
    """Return what the plan rests on, a line each: activity and partner of a region, or the Alpine bottlenecks."""
    if region is not None:
        return innovation_model.at_a_glance(region, language)
    it, table = check_language(language), plan(None, language)
    thin = table[table["kind"] == "hold_bottleneck"]
    # each group of regions has its partner last
    joined = table[table["kind"] == "develop_activity"]["regions"]
    partners = joined.map(lambda codes: len(codes) - 1).groupby(joined.map(lambda codes: codes[-1])).sum()
    partners = partners.sort_values(ascending=False, kind="stable")
    named = " | ".join(dict.fromkeys(thin["stage"]))
    most, number = place(partners.index[0], language), int(partners.iloc[0])
    if it:
        return [
            f"**Strozzature.** Le filiere sono sottili in {len(thin)} fasi in cui alcune regioni sono forti: {named}.",
            f"**Partner.** {most} completa l'attività meglio documentata di {number} delle {partners.sum()} regioni.",
        ]
    return [
        f"**Bottlenecks.** The chains are thin at {len(thin)} stages at which some regions are strong: {named}.",
        f"**Partners.** {most} completes the best-evidenced activity of {number} of {partners.sum()} regions.",
    ]


def finding(region: str | None = None, language: str = "en") -> str:
    """Return the finding for the index."""
    if region is None:
        return " ".join(line.replace("**", "") for line in at_a_glance(language=language))
    if evidence.area_of(region) is None:
        return no_figures(region, language)
    table = plan(region, language)
    number, first = len(table), table["action"].iloc[0]
    if language == "it":
        return f"{'Una azione proposta' if number == 1 else f'{number} azioni proposte'}. La prima: {first}."
    return f"{count(number)} actions proposed. First: {first}."


def _numbers(region: str | None) -> pd.DataFrame:
    """Return every number of the plan once, with its interval: index its text."""
    seen = {number.text: number for numbers in plan(region)["numbers"] for number in numbers}
    rows = {}
    for number in seen.values():
        own = (number.sector,) if number.sector[1:].isdigit() else evidence.family_divisions(number.sector)
        row = evidence.quotients_of(own).loc[number.region]
        # the first words of a family's name are enough beside a bar
        name = number.sector if number.sector[1:].isdigit() else family_name(number.sector).split(",")[0]
        rows[f"{name} in {place(number.region)}"] = row[["lq", "lower", "upper", "status"]]
    return pd.DataFrame(rows).T


def baseline_picture(region: str | None = None) -> Picture | None:
    """Draw the baselines of a plan: the quotients behind its actions with their intervals; nothing without figures."""
    if plan(region).empty:
        return None
    table = _numbers(region)
    values = table["lq"].astype(float)
    labels = pd.Series({text: text for text in table.index})
    guessed = list(table.index[table["status"].isin(["estimated", "bound", "confidential"])])
    area = ALPS["en"] if region is None else regions.s3_region(region).name("en")
    with style.style():
        figure, ax = panel(6.2, 0.3 * len(table) + 0.6)
        rankings.ranked_bars(
            values, ax=ax, names=labels, lower=table["lower"].astype(float), upper=table["upper"].astype(float),
            estimated=guessed, title=f"Baselines of the plan: {area}, 2014", source=SOURCE,
        )  # fmt: skip
    told = "; ".join(f"{text} {value:.2f}" for text, value in values.items() if pd.notna(value))
    alt, caption = f"Location quotients behind the actions: {told}.", "EU = 1, log scale; dotted: estimated."
    return Picture(figure, "baselines", table, alt, caption)


def groups_sentence(region: str | None = None, language: str = "en") -> str:
    """Return what the EUSALP action groups of a plan are; empty for a plan without actions."""
    table, known = plan(region, language), datasets.facts("eusalp_action_groups").set_index("group")
    if table.empty:
        return ""
    told = [
        f"{GROUP[language]} {group}: {known.loc[group, f'name_{language}']}" for group in sorted(set(table["group"]))
    ]
    return f"EUSALP. {'; '.join(told)}."


def explain_sentence(region: str | None = None) -> str:
    """Return how to find the first number of the plan again; empty without figures."""
    table = plan(region)
    if table.empty:
        return ""
    first = table["numbers"].iloc[0][0]
    return (
        f"Every number is found again from the official figures: `alpclusters explain {first.indicator} {first.region} "
        f"{first.sector}`."
    )


def limits(language: str = "en") -> list[str]:
    """Return what the plan rests on and does not decide."""
    if check_language(language):
        return [
            "Ogni azione segue una regola pubblica (facts/action_kinds.csv) applicata ai dati 2014: è una proposta.",
            "I decisori sono i partner noti del progetto S3-4AlpClusters; dove non ce n'è uno, si dice.",
            "I quozienti dicono dove sono gli addetti; servizi e soggetti vanno validati con il cluster.",
        ]
    return [
        "Every action follows a published rule (facts/action_kinds.csv) applied to figures of 2014: it is a proposal.",
        "Deciders are the known partners of the project S3-4AlpClusters; where none is known, the plan says so.",
        "Quotients say where jobs are; services and actors are to be validated with the cluster.",
    ]


@functools.lru_cache(maxsize=1)
def _page() -> Any:
    from jinja2 import Environment, StrictUndefined

    # StrictUndefined: a name misspelt in the template raises instead of printing nothing
    text = files(__package__).joinpath("action_sheet.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(text)


def sheet(region: str | None = None, language: str = "en") -> str:
    """Return the plan as one file to print on two pages of A4 that loads nothing; one sentence without figures."""
    check_language(language)
    area = ALPS[language] if region is None else regions.s3_region(region).name(language)
    glance = []
    for line in at_a_glance(region, language):
        head, _, rest = line.partition("** ")
        glance.append((head.removeprefix("**"), rest) if rest else ("", line))
    return _page().render(
        language=language, words=SHEET[language], area=area, glance=glance,
        css=files(__package__).joinpath("action_sheet.css").read_text(encoding="utf-8"),
        rows=_readable(region, language).to_dict("records"), dense=len(plan(region, language)) > DENSE,
        limits=[groups_sentence(region, language), *limits(language)],
    )  # fmt: skip


def sheet_links(region: str | None = None) -> str:
    """Write the sheets in both languages beside the tables of the report and return links to them."""
    if plan(region).empty:
        return ""
    report = "action-plan" if region is None else f"action-plan-{region}"
    for language in ("en", "it"):
        write_atomically(paths.outputs() / "tables" / report / f"sheet-{language}.html", sheet(region, language))
    links = [f"[{word}](../tables/{report}/sheet-{language}.html)"
             for language, word in (("en", "English"), ("it", "italiano"))]  # fmt: skip
    kit = "" if region is None else f" For a workshop, in five languages: `alpclusters kit {region} --language de`."
    return f"To print on two pages: {', '.join(links)}.{kit}"
