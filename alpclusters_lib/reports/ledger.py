"""The ledger: which reports were made, from what, and whether they are still as they were made.

``ledger.json`` holds for every report its card, its files with their SHA-256 and its inputs with their digests.
``timings.json`` holds how long each took, to say how long a run will take; nothing else depends on it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from alpclusters_lib.reports.dependencies import reasons
from alpclusters_lib.reports.files import write_atomically

__all__ = ["Ledger", "why"]

KEYS = {"kind", "title", "summary", "figures", "inputs", "files"}


class Ledger:
    """The ledger of a folder of outputs; a broken one counts as empty."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        found = _read(folder / "ledger.json").get("reports")
        entries = found.items() if isinstance(found, dict) else ()
        self.reports: dict[str, dict[str, Any]] = {
            name: entry for name, entry in entries if isinstance(entry, dict) and entry.keys() >= KEYS
        }
        seconds = _read(folder / "timings.json")
        self.seconds = {name: float(value) for name, value in seconds.items() if isinstance(value, (int, float))}

    def record(self, name: str, entry: dict[str, Any], seconds: float) -> None:
        """Record a report that was made, at once: a run that is killed keeps what it has made."""
        self.reports[name] = entry
        self.seconds[name] = round(seconds, 1)
        text = json.dumps({"reports": dict(sorted(self.reports.items()))}, indent=1, ensure_ascii=False)
        write_atomically(self.folder / "ledger.json", text + "\n")
        write_atomically(self.folder / "timings.json", json.dumps(dict(sorted(self.seconds.items())), indent=1) + "\n")


def _read(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def why(entry: dict[str, Any] | None, inputs: dict[str, str], folder: Path) -> list[str]:
    """Return why a report has to be made, in words; an empty list means that it is as it should be."""
    if entry is None:
        return ["not made yet"]
    changed = reasons(entry["inputs"], inputs)
    if changed:
        return changed
    return [
        f"outputs/{name} is {state}" for name, sha in entry["files"].items() if (state := _state(folder / name, sha))
    ]


def _state(path: Path, sha: str) -> str:
    if not path.is_file():
        return "gone"
    return "" if hashlib.sha256(path.read_bytes()).hexdigest() == sha else "not as it was made"
