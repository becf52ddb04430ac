"""The course's one visual language: a thing keeps its colour and its mark on every page.

phi is a black-edged diamond; task n has its own colour and its adapted theta is a dot of that
colour; support points are filled, query points hollow; an inner step is a thin arrow, a meta-step a
bold one. All colours reach a contrast of 3 : 1 on white, and no meaning rests on colour alone.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from PIL import Image

MAML = "#0072B2"
TRANSFER = "#D55E00"
RANDOM = "#777777"
METHODS = {"MAML": MAML, "transfer": TRANSFER, "random": RANDOM}
INK = "#222222"
FAINT = "#B5B5B5"
TASKS = ("#009E73", "#CC79A7", "#B87A00", "#2B8CC4")
# In a picture that shows methods, too: the last two of TASKS look like transfer and MAML.
TASKS_BESIDE_METHODS = (*TASKS[:2], "#666666", "#1A1A1A")

PHI = {"marker": "D", "markersize": 9, "markeredgecolor": "black", "markeredgewidth": 1.4, "ls": ""}
THETA = {
    "marker": "o",
    "markersize": 8,
    "markeredgecolor": "white",
    "markeredgewidth": 0.8,
    "ls": "",
}
SUPPORT = {"marker": "o", "markersize": 8, "ls": ""}
QUERY = {
    "marker": "o",
    "markersize": 6,
    "markerfacecolor": "none",
    "markeredgewidth": 1.3,
    "ls": "",
}
INNER_STEP = {"arrowstyle": "-|>", "lw": 1.3, "mutation_scale": 11, "shrinkA": 0, "shrinkB": 0}
META_STEP = {"arrowstyle": "-|>", "lw": 3.2, "mutation_scale": 20, "shrinkA": 0, "shrinkB": 0}

DOTS_PER_INCH = 100
_RC = {
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "axes.edgecolor": "#555555",
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.labelsize": 11,
    "xtick.labelsize": 9.5,
    "ytick.labelsize": 9.5,
    "xtick.color": "#555555",
    "ytick.color": "#555555",
    "text.color": INK,
    "font.family": "DejaVu Sans",
    "font.size": 10.5,
    "legend.frameon": False,
    "legend.fontsize": 9.5,
    "lines.linewidth": 2.0,
    "mathtext.fontset": "dejavusans",
    "savefig.facecolor": "white",
    "svg.hashsalt": "course",
}
# Without "backend": rc_context would not put it back, and the reader's own plots would stay hidden.
_ALL_SETTINGS = {k: v for k, v in matplotlib.rcParamsDefault.items() if k != "backend"} | _RC


@contextmanager
def course_style() -> Iterator[None]:
    """The course's look inside the block, matplotlib's settings untouched outside it."""
    with matplotlib.rc_context(_ALL_SETTINGS):
        yield


def new_figure(
    rows: int = 1, columns: int = 1, *, size: tuple[float, float] = (7.0, 4.0), **subplots: Any
) -> tuple[Figure, Any]:
    """A figure outside pyplot's bookkeeping, and its axes (one, or an array as from `subplots`)."""
    with course_style():
        figure = Figure(figsize=size, dpi=DOTS_PER_INCH, layout="constrained")
        FigureCanvasAgg(figure)
        return figure, figure.subplots(rows, columns, **subplots)


def axes_for(ax: Axes | None, *, size: tuple[float, float] = (7.0, 4.0)) -> Axes:
    """The given axes, or those of a new figure."""
    return new_figure(size=size)[1] if ax is None else ax


@cache
def palette() -> Image.Image:
    """The 256 colours of stored frames: greys, and each course colour on its way to white."""
    # Pillow looks a colour up by its cell's lower corner, a multiple of 4: with these greys, greys
    # stay grey and white stays white.
    greys = np.append(np.arange(0, 252, 4), 255)[:, None].repeat(3, axis=1)
    hues = np.array([to_rgb(color) for color in (MAML, TRANSFER, *TASKS)]) * 255
    tints = [hue + white * (255 - hue) for hue in hues for white in np.linspace(0, 0.87, 32)]
    image = Image.new("P", (1, 1))
    image.putpalette(np.vstack([greys, tints]).round().astype(np.uint8).tobytes())
    return image


def with_minus_signs(text: str) -> str:
    """The text with a true minus sign before its negative numbers, as axes have it."""
    return re.sub(r"(?<![\w.])-(?=[\d.])", "−", text)


class Picture:
    """A still picture with alt text, as the last line of a cell shows it.

    Once it was shown it keeps the image alone: a notebook keeps all results, and a figure is large.
    """

    def __init__(self, axes: Axes | np.ndarray | Figure, alt: str):
        first = axes if isinstance(axes, Axes | Figure) else np.ravel(axes)[0]
        self.figure: Figure | None = first if isinstance(first, Figure) else first.figure
        self.alt = alt
        self._shown: tuple[dict, dict] | None = None

    def png(self) -> bytes:
        """The picture as PNG."""
        buffer = io.BytesIO()
        with course_style():
            self.figure.savefig(buffer, format="png", dpi=1.4 * DOTS_PER_INCH)
        return buffer.getvalue()

    def _repr_mimebundle_(self, include=None, exclude=None) -> tuple[dict, dict]:
        if self._shown is None:
            width = round(self.figure.get_figwidth() * DOTS_PER_INCH)
            self._shown = png_bundle(self.png(), self.alt, self.alt, width=width)
            self.figure = None
        return self._shown


def png_bundle(png: bytes, text: str, alt: str, width: int | None = None) -> tuple[dict, dict]:
    """A MIME bundle of a picture and its metadata: what is shown without widgets or sight."""
    data = {"text/plain": text, "image/png": base64.b64encode(png).decode()}
    return data, {"image/png": {"alt": alt} | ({"width": width} if width else {})}


def show(axes: Axes | np.ndarray | Figure, alt: str) -> Picture:
    """Show a figure with alt text that says what it shows."""
    return Picture(axes, alt)
