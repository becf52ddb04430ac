"""Slices of a landscape: losses along a line between two φ, and on planes (notebook 05)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm

from course_utils.figures import style
from course_utils.figures.landscapes import GROUND

AFTER = {1: "-", 5: (0, (2, 1.5))}  # MAML's objective after so many steps, as a line
LEVELS = (0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 8.0, 10.0)
_BANDS = BoundaryNorm([0, *LEVELS], GROUND.N, extend="max")


def line_axes(ax: Axes, t: np.ndarray, *, top: float = 5.0) -> None:
    """Label an axes whose x runs from transfer's φ at 0 to MAML's at 1."""
    ax.set(xlim=(t[0], t[-1]), ylim=(0, top), xticks=[0, 0.25, 0.5, 0.75, 1])
    ax.set_xticklabels(["0\ntransfer's φ", ".25", ".5", ".75", "1\nMAML's φ"])
    ax.set_xlabel("place  t  on the line")


def ends(ax: Axes, t: np.ndarray, curve: np.ndarray) -> None:
    """Both φ as diamonds on a curve over t: transfer's at 0, MAML's at 1."""
    for at, color in ((0.0, style.TRANSFER), (1.0, style.MAML)):
        ax.plot(at, np.interp(at, t, curve), color=color, zorder=6, **style.PHI)


def along_line(t: np.ndarray, losses: Mapping[int, np.ndarray]) -> np.ndarray:
    """Four tasks' losses and the mean of all, before and after adapting, along a line: two axes.

    t (G,) is 0 at transfer's φ and 1 at MAML's. losses: {steps: (G, tasks)} for 0 steps and those
    of AFTER; the first four tasks are drawn, thin and in their colours.
    """
    figure, axes = style.new_figure(1, 2, size=(7.6, 4.4), sharey=True)
    with style.course_style():
        for ax, steps, title in zip(
            axes, (0, 1), ("before any step", "after one step of α"), strict=True
        ):
            for n, color in enumerate(style.TASKS_BESIDE_METHODS):
                ax.plot(t, losses[steps][:, n], color=color, lw=1.1, label=f"task {n + 1}")
            line_axes(ax, t, top=7.0)
            ax.set_title(title)
        means = {steps: values.mean(axis=1) for steps, values in losses.items()}
        axes[0].plot(t, means[0], color=style.TRANSFER, lw=3, label="mean before: transfer's loss")
        ends(axes[0], t, means[0])
        for steps, dashes in AFTER.items():
            label = f"mean after {steps} step{'s' * (steps > 1)}" + ": MAML's loss" * (steps == 1)
            axes[1].plot(t, means[steps], color=style.MAML, ls=dashes, lw=3, label=label)
        ends(axes[1], t, means[1])
        axes[0].set_ylabel("squared error on the query set")
        pairs = zip(*(ax.get_legend_handles_labels() for ax in axes), strict=True)
        handles, labels = ([*right[4:], left[4], *left[:4]] for left, right in pairs)
        figure.legend(handles, labels, loc="outside lower center", ncols=3, columnspacing=1.2)
    return axes


def planes(
    a: np.ndarray, surfaces: Mapping[str, tuple[np.ndarray, np.ndarray]], *, steps: int
) -> np.ndarray:
    """One row a method: its mean loss on a plane through its φ, before and after adapting.

    a (n,): both axes of the plane, φ at 0. surfaces: {"MAML" or "transfer": two of (n, n)}.
    """
    _, rows = style.new_figure(
        len(surfaces), 2, size=(6.6, 2.95 * len(surfaces)), sharex=True, sharey=True, squeeze=False
    )
    with style.course_style():
        for row, (name, pair) in zip(rows, surfaces.items(), strict=True):
            color = style.METHODS[name]
            for ax, surface in zip(row, pair, strict=True):
                _contours(ax, a, surface)
                ax.plot(0, 0, color=color, zorder=6, **style.PHI)
                ax.set_aspect("equal")
            row[0].set_ylabel(f"around {name}'s φ\nsecond direction  b")
        rows[0, 0].set_title("before any step")
        rows[0, 1].set_title(f"after {steps} step{'s' * (steps > 1)}")
        for ax in rows[-1]:
            ax.set_xlabel("first direction  a")
    return rows


def _contours(ax: Axes, a: np.ndarray, surface: np.ndarray) -> None:
    """Bands from white (low) to grey (high), their lines labelled with the loss."""
    shown = np.where(np.isfinite(surface), surface, np.inf).clip(max=1e6)
    ax.contourf(a, a, shown, levels=[0, *LEVELS, 1e7], cmap=GROUND, norm=_BANDS)
    lines = ax.contour(a, a, shown, levels=LEVELS, colors="#6b6b6b", linewidths=0.8)
    for text in ax.clabel(lines, fontsize=8.5, fmt="%g", inline_spacing=2):
        text.set_color(style.INK)
    ax.spines[["top", "right"]].set_visible(True)
