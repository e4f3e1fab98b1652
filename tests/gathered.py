"""The evidence of cases, gathered once for all tests that read it."""

from __future__ import annotations

import functools

from alpclusters_lib.reports.case import load_case
from alpclusters_lib.reports.evidence import Evidence, collect


@functools.cache
def evidence_of(name: str) -> Evidence:
    return collect(load_case(name))
