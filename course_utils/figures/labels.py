"""Words beside a mark: ink, with the mark's colour before them, since colours are too pale to read.

Text needs a contrast of 4.5 : 1, a mark 3 : 1; the course's colours reach 3.1 to 5.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnnotationBbox, DrawingArea, HPacker, TextArea

from course_utils.figures import style

_ACROSS = {"left": 0.0, "center": 0.5, "right": 1.0}
_UP = {"bottom": 0.0, "center": 0.5, "top": 1.0}


def label(
    axes: Axes,
    x: float,
    y: float,
    words: str,
    mark: Mapping[str, Any],
    *,
    ha: str = "left",
    va: str = "center",
    size: float = 10.5,
    shift: tuple[float, float] = (0.0, 0.0),
    coords: Any = "data",
    box: Mapping[str, Any] | None = None,
) -> AnnotationBbox:
    """Words in ink at (x, y), after a mark: `mark` is its look, a line's where it has no marker.

    `shift` is in points, `box` the look of their background. Raises ValueError if `mark`
    has no color, or a side is none there is.
    """
    for name, side, sides in (("ha", ha, _ACROSS), ("va", va, _UP)):
        if side not in sides:
            raise ValueError(f"{name} must be one of {', '.join(sides)}, got {side!r}")
    if "color" not in mark:
        raise ValueError(f"mark must have a color, got {dict(mark)!r}")
    width = size if mark.get("marker") else 1.5 * size
    area = DrawingArea(width, size, 0, 0)
    look = {"lw": 2.0, "markersize": 0.75 * size, **mark}
    place = ([width / 2], [size / 2]) if mark.get("marker") else ([0, width], [size / 2] * 2)
    area.add_artist(Line2D(*place, **look))
    text = TextArea(words, textprops={"size": size, "color": style.INK})
    return axes.add_artist(
        AnnotationBbox(
            HPacker(children=[area, text], align="center", pad=0, sep=0.35 * size),
            (x, y),
            xybox=shift,
            xycoords=coords,
            boxcoords="offset points",
            box_alignment=(_ACROSS[ha], _UP[va]),
            frameon=box is not None,
            bboxprops=None if box is None else dict(box),
            pad=0.1,
            annotation_clip=False,
        )
    )
