"""Any file of answers as figure, table and sentences in a folder of one's own."""

from __future__ import annotations

import io
import textwrap
from pathlib import Path

import pandas as pd

from alpclusters_lib.indicators._checks import one_of
from alpclusters_lib.reports import governance, service_survey
from alpclusters_lib.reports.files import write_atomically
from alpclusters_lib.reports.pictures import Picture
from alpclusters_lib.reports.survey_files import KINDS

__all__ = ["write_report"]


def _parts(path: Path | str, kind: str, region: str | None) -> tuple[list[str], pd.DataFrame, Picture | None]:
    """Return sentences, table and figure of a kind."""
    said, rows, drawn = {
        "survey": ((governance.sentence, governance.difference_sentence, governance.reliability_sentence),
                   governance.table, governance.picture),
        "wheel": ((governance.wheel_sentence,), governance.wheel_table, governance.wheel_picture),
        "services": ((service_survey.gap_sentence, service_survey.reliability_sentence), service_survey.gap_table,
                     service_survey.gap_picture),
        "self-assessment": ((service_survey.assessment_sentence,), service_survey.assessment_table,
                            service_survey.assessment_picture),
    }[one_of(kind, KINDS, name="kind")]  # fmt: skip
    return [sentence(path, region=region) for sentence in said], rows(path, region=region), drawn(path, region=region)


def write_report(path: Path | str, folder: Path, *, kind: str = "survey", region: str | None = None) -> list[str]:
    """Write figure and table of a file of answers to a folder and return the sentences.

    Figures are PNG with the numbers they draw beside them; names begin with the kind. No text of a respondent is in
    them: comments are a table of their own (:func:`governance.comments_table`).
    """
    import matplotlib.pyplot as plt

    told, rows, drawn = _parts(path, kind, region)
    write_atomically(Path(folder) / f"{kind}-table.csv", rows.to_csv(index=False, lineterminator="\n"))
    if drawn is not None:
        image = io.BytesIO()
        drawn.figure.savefig(image, format="png", bbox_inches="tight", dpi=150)
        plt.close(drawn.figure)
        write_atomically(Path(folder) / f"{kind}.png", image.getvalue())
        write_atomically(Path(folder) / f"{kind}.csv", drawn.data.to_csv(lineterminator="\n", float_format="%.6g"))
    return [textwrap.fill(text, 100) for text in told]
