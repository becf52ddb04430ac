"""Asking the artists of an explorer what they show, by the name (gid) that its scene gave them."""

import numpy as np
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnnotationBbox
from matplotlib.text import Text

from course_utils.figures.readout import Readout


def artist(explorer, name):
    """The one artist of that name."""
    found = explorer._stage.figure.findobj(lambda artist: artist.get_gid() == name)
    assert len(found) == 1, f"{len(found)} artists are called {name!r}"
    return found[0]


def ends(explorer, name):
    """Where the arrow of that name starts and where it ends; None where it is hidden."""
    arrow = artist(explorer, name)
    return tuple(map(tuple, arrow._posA_posB)) if arrow.get_visible() else None


def points(explorer, name):
    """The points (n, 2) of the line of that name; none where it is hidden."""
    line = artist(explorer, name)
    return np.column_stack(line.get_data()) if line.get_visible() else np.empty((0, 2))


def color(explorer, name):
    """The colour of the line, the points or the arrow of that name, as "#RRGGBB"."""
    found = artist(explorer, name)
    return to_hex(found.get_color() if isinstance(found, Line2D) else found.get_edgecolor()).upper()


def labelled(artist):
    """The words of every `labels.label` on axes or a figure, and the colour of their mark."""
    return {
        box.findobj(Text)[0].get_text(): box.findobj(Line2D)[0].get_color()
        for box in artist.findobj(AnnotationBbox)
    }


def readouts(explorer):
    """The lines of text that move, as they stand now."""
    found = explorer._stage.figure.findobj(lambda artist: isinstance(artist, Readout))
    return [readout.text for readout in found if readout.text]
