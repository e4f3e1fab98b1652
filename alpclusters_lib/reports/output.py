"""What a notebook hands to its report: figures with their data beside them, tables, text and the finding.

Every figure is shown, saved as PNG and accompanied by a CSV of the numbers it draws; every table is shown and saved
as CSV. Files are written to a temporary name and renamed, so that none is ever half-written.
"""

from __future__ import annotations

import io
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from alpclusters_lib import paths
from alpclusters_lib.reports.files import write_atomically

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from alpclusters_lib.reports.pictures import Picture

__all__ = ["SUMMARY_TYPE", "Report", "compact_png"]

DPI = 150
SUMMARY_TYPE = "application/vnd.alpclusters.summary+json"


def compact_png(figure: Figure, *, dpi: int = DPI) -> bytes:
    """Return a figure as PNG with a palette of 256 colours, a third of the size, the same bytes for the same figure."""
    from matplotlib import rcParams
    from PIL import Image

    drawn, compact = io.BytesIO(), io.BytesIO()
    figure.set_dpi(dpi)
    # "tight", without the drawing beforehand that only an engine of layouts needs
    box = figure.get_tightbbox(figure.canvas.get_renderer()).padded(rcParams["savefig.pad_inches"])
    # read again at once: no time is spent on making it small
    figure.savefig(drawn, format="png", bbox_inches=box, dpi=dpi, pil_kwargs={"compress_level": 0})
    drawn.seek(0)
    palette = Image.open(drawn).convert("RGB").quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    # the highest level takes six times as long and saves a fifteenth
    palette.save(compact, format="png", compress_level=6)
    return compact.getvalue()


class Report:
    """The report that a notebook is becoming.

    Parameters
    ----------
    name
        Name of the report; figures go to ``figures/NAME`` in the folder of outputs, tables to ``tables/NAME``.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.folder = paths.outputs()
        self._pending = ""

    def section(self, heading: str) -> None:
        """Begin a section: its heading is shown with the first thing in it, and not at all where nothing follows."""
        self._pending = heading

    def _show(self, shown: object, **options: object) -> None:
        """Show something, after the heading that waits for it."""
        from IPython.display import Markdown, display

        if self._pending:
            display(Markdown(f"## {self._pending}"))
            self._pending = ""
        display(shown, **options)

    def figure(self, picture: Picture | None, *, dpi: int = DPI) -> None:
        """Show a figure and save it as PNG with the numbers it draws beside it as CSV; None shows nothing.

        A page of many figures stays small with fewer dots per inch.
        """
        import matplotlib.pyplot as plt

        if picture is None:
            return
        image = compact_png(picture.figure, dpi=dpi)
        plt.close(picture.figure)
        place = self.folder / "figures" / self.name
        write_atomically(place / f"{picture.name}.png", image)
        write_atomically(place / f"{picture.name}.csv", picture.data.to_csv(lineterminator="\n", float_format="%.6g"))
        words = {"name": picture.name, "alt": picture.alt, "caption": picture.caption}
        self._show({"image/png": image}, raw=True, metadata={"image/png": words})

    def table(
        self,
        data: pd.DataFrame,
        name: str,
        *,
        title: str = "",
        source: str = "",
        index: bool = False,
        folded: bool = False,
    ) -> None:
        """Show a table of text and numbers and save it as CSV; an empty one shows nothing.

        A folded one, for long tables beside a figure that shows the same, opens with a click.
        """
        if data.empty:
            return
        from great_tables import GT
        from IPython.display import HTML

        write_atomically(
            self.folder / "tables" / self.name / f"{name}.csv", data.to_csv(lineterminator="\n", index=index)
        )
        shown = data.reset_index() if index else data
        table = GT(shown.reset_index(drop=True), id=f"{self.name}-{name}")
        table = table.tab_header(title=title) if title else table
        table = table.tab_source_note(source) if source else table
        shown_html = table.as_raw_html()
        if folded:
            head = f"Table of {len(data)} rows" + (f": {title[0].lower()}{title[1:]}" if title else "")
            shown_html = f"<details><summary>{escape(head)}</summary>{shown_html}</details>"
        self._show(HTML(shown_html))

    def say(self, *paragraphs: str) -> None:
        """Show paragraphs of Markdown; empty ones are left out, and what two parts of a report both say stands once."""
        from IPython.display import Markdown

        text = "\n\n".join(dict.fromkeys(paragraph for paragraph in paragraphs if paragraph))
        if text:
            self._show(Markdown(text))

    def points(self, *lines: str) -> None:
        """Show lines as a list; what two parts of a report both say stands once."""
        self.say("\n".join(f"- {line}" for line in dict.fromkeys(lines)))

    def summary(self, *, title: str, finding: str, thumbnail: str, **labels: str) -> None:
        """Hand the index page its card: title, finding, the figure that stands for the report, labels."""
        from IPython.display import display

        display({SUMMARY_TYPE: {"title": title, "finding": finding, "thumbnail": thumbnail, **labels}}, raw=True)
