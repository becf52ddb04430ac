"""SVG's path data: polylines as steps from point to point, in tenths of a pixel: it packs best."""

from __future__ import annotations

import numpy as np
from matplotlib.path import Path

UNIT = 10  # parts of a pixel
CURVES = {Path.CURVE3: ("Q", 2), Path.CURVE4: ("C", 3)}


def tenths(pixels: np.ndarray) -> np.ndarray:
    """Pixels as whole tenths."""
    return np.rint(UNIT * np.clip(pixels, -1e5, 1e5)).astype(int)


def polyline(points: np.ndarray) -> str:
    """One polyline: its first point, then the step to each next one."""
    steps = np.diff(points, axis=0)
    steps = _merged(steps[steps.any(axis=1)])  # rounded, neighbours may be one point
    start = f"M{points[0, 0]} {points[0, 1]}"
    return f"{start}l{' '.join(map(str, steps.ravel().tolist()))}" if len(steps) else start


def _merged(steps: np.ndarray) -> np.ndarray:
    """Steps of one direction as one."""
    if len(steps) < 2:
        return steps
    (x, y), (next_x, next_y) = steps[:-1].T, steps[1:].T
    turns = (x * next_y != y * next_x) | (x * next_x + y * next_y < 0)
    ends = np.append(np.flatnonzero(turns), len(steps) - 1)
    return np.diff(np.cumsum(steps, axis=0)[ends], axis=0, prepend=0)


def path_data(points: np.ndarray, codes: np.ndarray) -> str:
    """Points (n, 2) and matplotlib's codes (n,) as path data."""
    data, n, end = [], 0, len(codes)
    while n < end:
        code = codes[n]
        if code == Path.MOVETO:
            stop = n + 1
            while stop < end and codes[stop] == Path.LINETO:
                stop += 1
            data.append(polyline(points[n:stop]))
            n = stop
        elif code == Path.LINETO:
            data.append(f"L{points[n, 0]} {points[n, 1]}")
            n += 1
        elif code in CURVES:
            letter, corners = CURVES[code]
            data.append(letter + " ".join(map(str, points[n : n + corners].ravel().tolist())))
            n += corners
        elif code == Path.CLOSEPOLY:
            data.append("z")
            n += 1
        else:  # STOP
            break
    return "".join(data)
