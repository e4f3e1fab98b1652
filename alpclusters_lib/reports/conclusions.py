"""What the numbers allow to conclude: how strong a cluster is, how it moves, and the sentence for each pair."""

from __future__ import annotations

import pandas as pd

from alpclusters_lib.reports.evidence import Evidence

__all__ = ["CONCLUSIONS", "PACE", "pace", "specialisation"]

# Growth within this many percentage points of the reference's is called keeping pace.
PACE = 1.0


def specialisation(evidence: Evidence) -> str:
    """Return ``strong``, ``specialised``, ``even`` or ``weak``: what the interval of the quotient allows to say."""
    main = evidence.main
    if main["lower"] >= 2:
        return "strong"
    if main["lower"] > 1:
        return "specialised"
    return "weak" if main["upper"] < 1 else "even"


def pace(evidence: Evidence) -> str | None:
    """Return ``gains``, ``keeps`` or ``loses`` against the same divisions elsewhere, None without a window."""
    if evidence.growth is None or pd.isna(evidence.main.get("growth_pct")):
        return None
    difference = evidence.main["growth_pct"] - evidence.growth.reference_pct
    return "keeps" if abs(difference) <= PACE else "gains" if difference > 0 else "loses"


CONCLUSIONS = {
    "en": {
        ("strong", "gains"): "A strong cluster that gains ground.",
        ("strong", "keeps"): "A strong cluster that keeps pace.",
        ("strong", "loses"): "A strong cluster that loses ground.",
        ("specialised", "gains"): "A specialised cluster that gains ground.",
        ("specialised", "keeps"): "A specialised cluster that keeps pace.",
        ("specialised", "loses"): "A specialised cluster that loses ground.",
        ("even", "gains"): "No specialisation can be shown, yet these jobs develop better than elsewhere.",
        ("even", "keeps"): "No specialisation can be shown, and these jobs develop as elsewhere.",
        ("even", "loses"): "No specialisation can be shown, and these jobs develop less well than elsewhere.",
        ("weak", "gains"): "The jobs show no specialisation, yet they develop better than elsewhere: a beginning, "
        "not a base.",
        ("weak", "keeps"): "The jobs show no specialisation; a priority here would rest on other evidence.",
        ("weak", "loses"): "The jobs show no specialisation and develop less well than elsewhere; a priority here "
        "would rest on other evidence.",
        ("strong", None): "A strong cluster.",
        ("specialised", None): "A specialised cluster.",
        ("even", None): "No specialisation can be shown.",
        ("weak", None): "The jobs show no specialisation; a priority here would rest on other evidence.",
    },
    "it": {
        ("strong", "gains"): "Un cluster forte che guadagna terreno.",
        ("strong", "keeps"): "Un cluster forte che tiene il passo.",
        ("strong", "loses"): "Un cluster forte che perde terreno.",
        ("specialised", "gains"): "Un cluster specializzato che guadagna terreno.",
        ("specialised", "keeps"): "Un cluster specializzato che tiene il passo.",
        ("specialised", "loses"): "Un cluster specializzato che perde terreno.",
        ("even", "gains"): "Una specializzazione non è dimostrabile, ma l'occupazione va meglio che altrove.",
        ("even", "keeps"): "Una specializzazione non è dimostrabile e l'occupazione va come altrove.",
        ("even", "loses"): "Una specializzazione non è dimostrabile e l'occupazione va peggio che altrove.",
        ("weak", "gains"): "Gli addetti non mostrano una specializzazione, ma l'occupazione va meglio che altrove.",
        ("weak", "keeps"): "Gli addetti non mostrano una specializzazione.",
        ("weak", "loses"): "Gli addetti non mostrano una specializzazione e l'occupazione va peggio che altrove.",
        ("strong", None): "Un cluster forte.",
        ("specialised", None): "Un cluster specializzato.",
        ("even", None): "Una specializzazione non è dimostrabile.",
        ("weak", None): "Gli addetti non mostrano una specializzazione.",
    },
}  # fmt: skip
