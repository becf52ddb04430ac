"""A task that explodes: its loss and its curvature, step by step, beside those of other tasks."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from course_utils.figures import style

LOSSES, CURVATURES = (1e-3, 1e8), (3.0, 3e4)  # beyond them a curve leaves the picture
MANY, ONE = "200 tasks", "a task that explodes"


def explosion(
    losses: tuple[np.ndarray, np.ndarray],
    curvatures: tuple[np.ndarray, np.ndarray],
    *,
    limit: float,
) -> np.ndarray:
    """Support loss and curvature along the next step, after each inner step; returns two axes.

    Each of the two is (of many tasks (steps + 1, tasks), of the one that explodes (steps + 1,)).
    The many are drawn as their median and middle half. `limit` is 2/α, marked.
    """
    figure, axes = style.new_figure(1, 2, size=(7.6, 3.6))
    with style.course_style():
        panels = (
            ("support loss", losses, LOSSES),
            ("curvature along the next step", curvatures, CURVATURES),
        )
        for ax, (label, (many, one), limits) in zip(axes, panels, strict=True):
            _panel(ax, many, one)
            steps = range(len(one))
            ax.set(xlabel="inner steps taken", title=label, yscale="log", ylim=limits)
            ax.set(xlim=(0, steps[-1]), xticks=steps[::2])
        axes[1].axhline(limit, color=style.INK, lw=1, ls=":")
        axes[1].text(len(one) - 1, limit * 0.92, "2/α", ha="right", va="top", size=9.5)
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return axes


def _panel(ax: Axes, many: np.ndarray, one: np.ndarray) -> None:
    steps = np.arange(len(one))
    quarter, median, three = np.nanquantile(many, (0.25, 0.5, 0.75), axis=1)
    ax.fill_between(steps, quarter, three, color=style.MAML, alpha=0.18, lw=0)
    ax.plot(steps, median, color=style.MAML, lw=2.6, label=f"{MANY}: median, middle half")
    drawn = np.where(np.isfinite(one), one, np.nan)
    ax.plot(steps, drawn, color=style.INK, marker="o", ms=5, lw=1.6, ls="--", label=ONE)
