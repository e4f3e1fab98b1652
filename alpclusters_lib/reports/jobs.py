"""Which reports there are: a notebook with the parameters it runs with."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alpclusters_lib import paths, regions
from alpclusters_lib.reports.case import case_names, load_case
from alpclusters_lib.reports.chain_files import chain_names, load_chain
from alpclusters_lib.reports.parameter_files import NAME

__all__ = ["CHAIN", "Job", "all_jobs", "select"]

CHAIN = "chain-"


@dataclass(frozen=True)
class Job:
    """One report to make: its name, its notebook and the notebook's parameters."""

    name: str
    notebook: str
    kind: str
    title: str
    parameters: dict[str, Any] = field(default_factory=dict)
    case_file: Path | None = None


def all_jobs() -> list[Job]:
    """Return every report that a full run makes, in the order of the notebooks.

    Raises
    ------
    ValueError
        If a case or a chain is wrong: nothing is run then.
    """
    jobs = [
        Job("start-here", "00-start-here.ipynb", "guide", "Start here"),
        Job("data-and-perimeter", "01-data-and-perimeter.ipynb", "guide", "Data and perimeter"),
    ]
    for perimeter, label in regions.PERIMETERS.items():
        slug, parameters = f"atlas-{perimeter.replace('_', '-')}", {"perimeter": perimeter}
        jobs += [
            Job(slug, "02-alpine-atlas.ipynb", "atlas", f"Atlas of the {label['en']}", parameters),
            Job(
                f"{slug}-families", "02-alpine-atlas-families.ipynb", "atlas", f"Maps of the {label['en']}", parameters
            ),
        ]
    jobs += _strategy_jobs()
    jobs += _cooperation_jobs()
    jobs.append(Job("growth", "12-growth.ipynb", "study", "Growth and entry of industries"))
    jobs.append(Job("chains-compared", "13-chains-compared.ipynb", "chain", "Value chains across the Alps"))
    jobs += [_chain_job(name) for name in chain_names()]
    jobs += [_case_job(name) for name in case_names()]
    return jobs


def _strategy_jobs() -> list[Job]:
    """Return benchmark and stress test: of the Alps, then a page for each region with a strategy."""
    keys = regions.s3_regions().index
    jobs = []
    for kind, notebook, words in (
        ("benchmark", "04-s3-benchmark", "Benchmark"),
        ("stress-test", "05-s3-stress-test", "Stress test"),
    ):
        jobs.append(Job(f"s3-{kind}", f"{notebook}.ipynb", kind, f"{words} of the strategies"))
        for key in keys:
            title = f"{words}: {regions.s3_region(key).name('en')}"
            jobs.append(Job(f"{kind}-{key}", f"{notebook}-region.ipynb", kind, title, {"region": key}))
    return jobs


def _cooperation_jobs() -> list[Job]:
    """Return what follows from the evidence, a page for each region with a strategy."""
    jobs = [
        Job(
            "s3-lombardy",
            "11-s3-lombardia.ipynb",
            "lombardy",
            "Lombardy: evidence for the strategy",
            {"language": "en"},
        ),
        Job(
            "s3-lombardia", "11-s3-lombardia.ipynb", "lombardy", "Lombardia: dati per la strategia", {"language": "it"}
        ),
        Job("action-plan", "09-action-plan.ipynb", "action-plan", "Action plan for the Alps"),
        Job("cluster-services", "08-cluster-services.ipynb", "services", "Services to and by clusters"),
    ]
    for kind, notebook, words in (
        ("partners", "07-cooperation", "Partners"),
        ("innovation-model", "10-innovation-model", "Innovation model"),
        ("action-plan", "09-action-plan-region", "Action plan"),
    ):
        for key in regions.s3_regions().index:
            title = f"{words}: {regions.s3_region(key).name('en')}"
            # a blank family is the region's leading one
            parameters = {"region": key} | ({"family": ""} if kind == "partners" else {})
            jobs.append(Job(f"{kind}-{key}", f"{notebook}.ipynb", kind, title, parameters))
    return jobs


def _chain_job(name: str) -> Job:
    chain = load_chain(name)
    file = paths.notebooks() / "chains" / f"{name}.yml"
    # the prefix tells a chain from the case study of a cluster of the same name
    parameters = {"chain_name": name, "year": 2014, "regions": []}
    return Job(f"{CHAIN}{name}", "06-value-chains.ipynb", "chain", chain.title, parameters, file)


def _case_job(name: str) -> Job:
    case = load_case(name)
    file = paths.notebooks() / "cases" / f"{name}.yml"
    return Job(name, "03-cluster-case-study.ipynb", "case", case.title, {"case_name": name}, file)


def select(names: list[str]) -> list[Job]:
    """Return the jobs of some names, all of them where none is named; an unknown name raises a sentence."""
    jobs = {job.name: job for job in all_jobs()}
    for name in names:
        if name not in jobs:
            if not NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no report name; lower-case letters, digits and hyphens would be right")
            near = difflib.get_close_matches(name, jobs, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "`alpclusters list` shows them all"
            raise ValueError(f"unknown report {name!r}; {hint}")
    return [jobs[name] for name in dict.fromkeys(names)] if names else list(jobs.values())
