"""Files that are whole or absent: written under a temporary name, then renamed."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

__all__ = ["unfinished_files", "write_atomically"]


def write_atomically(path: Path, content: bytes | str) -> Path:
    """Write a file under a temporary name beside its place, then rename it there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8") if isinstance(content, str) else content
    handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(scratch, 0o644)
        os.replace(scratch, path)
    except BaseException:
        Path(scratch).unlink(missing_ok=True)
        raise
    return path


def unfinished_files(folder: Path) -> list[Path]:
    """Return temporary files that :func:`write_atomically` could not rename because its process was killed."""
    ours = re.compile(r"\.[^.].*\.(?:html|png|csv|json|ipynb|zip|svg|js)\.\w{8}")
    return [path for path in folder.rglob(".*") if path.is_file() and ours.fullmatch(path.name)]
