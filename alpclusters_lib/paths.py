"""Where things are: the project's root and its folders.

The root is the folder that holds ``notebooks/`` and ``data/``. It is found from this file, or named by the
environment variable ``ALPCLUSTERS_HOME``. Nothing here changes the working directory or creates a folder.
"""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["downloads", "facts", "notebooks", "outputs", "processed", "raw", "root"]


def root() -> Path:
    """Return the project's root folder.

    Raises
    ------
    ValueError
        If ``ALPCLUSTERS_HOME`` is set but holds no ``notebooks`` folder.

    Examples
    --------
    >>> (root() / "notebooks").is_dir()
    True
    """
    named = os.environ.get("ALPCLUSTERS_HOME")
    folder = Path(named).expanduser().resolve() if named else Path(__file__).resolve().parents[1]
    if not (folder / "notebooks").is_dir():
        origin = "ALPCLUSTERS_HOME" if named else "the installed package"
        raise ValueError(
            f"{origin} points to {folder}, which has no notebooks folder; "
            "set ALPCLUSTERS_HOME to a checkout of alpclusters"
        )
    return folder


def raw() -> Path:
    """Return ``data/raw``: the catalogue of sources and the curated facts."""
    return root() / "data" / "raw"


def facts() -> Path:
    """Return ``data/raw/facts``: facts gathered by hand, a source in every row."""
    return raw() / "facts"


def downloads() -> Path:
    """Return the folder of the published files: ``ALPCLUSTERS_RAW``, else ``data/raw/downloads``."""
    named = os.environ.get("ALPCLUSTERS_RAW")
    return Path(named).expanduser().resolve() if named else raw() / "downloads"


def processed() -> Path:
    """Return ``data/processed``: the tables that the pipeline computed, committed."""
    return root() / "data" / "processed"


def notebooks() -> Path:
    """Return ``notebooks``."""
    return root() / "notebooks"


def outputs() -> Path:
    """Return the folder of reports, figures and tables: ``ALPCLUSTERS_OUTPUTS``, else ``outputs``."""
    named = os.environ.get("ALPCLUSTERS_OUTPUTS")
    return Path(named).expanduser().resolve() if named else root() / "outputs"
