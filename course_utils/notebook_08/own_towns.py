"""A file as a reader may have one: temperatures of sixty towns at some hours of a day, made up."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import Tensor

from course_utils.figures import style
from course_utils.tasks import Own

TOWNS, READINGS = 60, (25, 60)
LOOKS = {
    "MAML": {"color": style.MAML, "lw": 2.4},
    "mean curve, fitted": {"color": style.INK, "lw": 1.6, "ls": "--"},
}


def write_towns(path: Path, seed: int = 0) -> Path:
    """Write town, hour and temperature of sixty towns, 25 to 59 readings each: returns the path.

    A town has its own lowest temperature, rise, sunrise and warmest hour. It warms up from sunrise
    to the warmest hour, then cools down all night; readings are rounded, with errors of half a
    degree.
    """
    random = np.random.default_rng(seed)
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["town", "hour", "temperature"])
        for town in range(TOWNS):
            low, rise = random.uniform(-5, 20), random.uniform(3, 18)
            sunrise, warmest = random.uniform(3, 9), random.uniform(11, 18)
            hours = np.sort(random.uniform(0, 24, random.integers(*READINGS)))
            for hour in hours.round(2).tolist():
                warmth = low + rise * _warm(hour, sunrise, warmest) + random.normal(0, 0.5)
                lines.writerow([f"town {town:02}", hour, round(warmth, 1)])
    return Path(path)


def _warm(hour: float, sunrise: float, warmest: float) -> float:
    """From 0 at sunrise to 1 at the warmest hour, then down again all night."""
    since, day = (hour - sunrise) % 24, warmest - sunrise
    if since < day:
        return math.sin(math.pi / 2 * since / day) ** 2
    return math.exp(-2.5 * (since - day) / (24 - day))


def mean_curve(seen: Own, x: Tensor, width: float = 0.1) -> Tensor:
    """The mean y of all points of the seen tasks near x (..., 1), with weights exp(−d²/2w²)."""
    all_x, all_y = (torch.cat(part) for part in zip(*seen.tasks.values(), strict=True))
    weight = torch.exp(-((x - all_x[:, 0]) ** 2) / (2 * width**2))
    return weight @ all_y / weight.sum(-1, keepdim=True)


def curves(
    own: Own, support: tuple[Tensor, Tensor], answers: Mapping[str, Tensor], hours: Tensor
) -> Figure:
    """Some towns: all readings, those of the support set, and each method's curve.

    `own` names the towns, in units of the file; support (x, y), (towns, shots, 1) each, and answers
    {method: (towns, hours, 1)} in the same units; hours (hours,).
    """
    figure, axes = style.new_figure(1, len(own.tasks), size=(7.6, 3.3), sharey=True)
    with style.course_style():
        for n, (ax, (name, (x, y))) in enumerate(zip(axes, own.tasks.items(), strict=True)):
            ax.plot(x, y, ".", ms=3, color=style.RANDOM, label="other readings")
            for method, values in answers.items():
                ax.plot(hours, values[n], label=method, **LOOKS[method])
            points = {"color": style.TASKS[0], "mec": style.INK, "ms": 7, "zorder": 5}
            ax.plot(*(part[n] for part in support), "o", label="support set", **points)
            ax.set(title=name, xlabel="hour", xlim=(0, 24), xticks=(0, 6, 12, 18, 24))
        axes[0].set_ylabel("temperature (°C)")
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure
