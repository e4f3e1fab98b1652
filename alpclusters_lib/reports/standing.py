"""The short answer to "is anything to do?": one digest of all that reports are made from.

After a run that left every report current, the digest is kept. While it is the same and the reports' files are as
they were made, nothing is to do, and no table has to be read to say so. Otherwise the runner looks at each report.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import alpclusters_lib
from alpclusters_lib import paths
from alpclusters_lib.reports.files import write_atomically
from alpclusters_lib.reports.ledger import Ledger, why

if TYPE_CHECKING:
    from alpclusters_lib.reports.runner import Result

__all__ = ["nothing_to_do", "record"]

FILE = "standing.txt"


def _digest() -> str:
    library = Path(alpclusters_lib.__file__).parent
    files = [path for ending in ("py", "css", "html", "js") for path in library.rglob(f"*.{ending}")]
    for folder in (paths.processed(), paths.facts(), paths.notebooks()):
        files += [
            path for path in folder.rglob("*.*") if path.suffix in (".parquet", ".json", ".csv", ".ipynb", ".yml")
        ]
    files += [path for path in (paths.raw() / "sources.csv", paths.root() / "requirements.lock") if path.is_file()]
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def nothing_to_do(names: Sequence[str]) -> int:
    """Return how many reports are known to be current, all or those named; 0 where the runner has to look."""
    folder = paths.outputs()
    kept = folder / FILE
    if not kept.is_file() or not (folder / "index.html").is_file():
        return 0
    reports = Ledger(folder).reports
    wanted = list(dict.fromkeys(names)) or list(reports)
    if any(name not in reports for name in wanted) or kept.read_text(encoding="utf-8") != _digest():
        return 0
    return 0 if any(why(reports[name], reports[name]["inputs"], folder) for name in wanted) else len(wanted)


def record(results: Sequence[Result], *, whole: bool) -> None:
    """Keep the digest after a whole run without a failure; forget it after any other that changed something."""
    kept = paths.outputs() / FILE
    if whole and all(result.outcome != "failed" for result in results):
        write_atomically(kept, _digest())
    elif any(result.outcome != "unchanged" for result in results):
        kept.unlink(missing_ok=True)
