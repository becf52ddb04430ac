"""Notebook 04's static diagrams: the post's pictures, and the answers below the predictions."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import torch
from matplotlib.figure import Figure

from course_utils import landscape
from course_utils.figures import style
from course_utils.figures.labels import label
from course_utils.notebook_04 import meta_step, shown_tasks
from course_utils.tasks import exact

_GRID = np.linspace(-5, 5, 501)


def two_questions() -> Figure:
    """The post's two landscape pictures: φ good to start from, φ good where it stands."""
    figure, panels = style.new_figure(1, 2, size=(7.6, 3.0), sharey=True)
    tasks, loss = exact.two_wells(), exact.wells_loss
    titles = ("MAML: where is φ good to start from?", "transfer: where is φ good as it stands?")
    with style.course_style():
        for ax, title in zip(panels, titles, strict=True):
            for n, color in enumerate(style.TASKS[:2]):
                alone = landscape.along_axis(loss, tasks[n : n + 1], _GRID, inner_lr=0, steps=0)
                ax.plot(_GRID, alone.transfer, color=color)
            ax.set(xlabel="parameter", xticks=[], yticks=[], ylim=(-0.5, 2.2), title=title)
            label(ax, -5.3, 0.1, "task 1", {"color": style.TASKS[0]})
            label(ax, 5.3, 0.1, "task 2", {"color": style.TASKS[1]}, ha="right")
        panels[0].set_ylabel("loss  $l^n$")
        start = float(np.interp(0, _GRID, alone.transfer))
        panels[0].plot(0, start, color=style.MAML, zorder=6, **style.PHI)
        panels[0].text(0, start + 0.17, "φ", ha="center", fontsize=13)
        for n, (end, color) in enumerate(zip((-1.85, 1.85), style.TASKS, strict=False)):
            height = 0.03
            bend = f"arc3,rad={0.25 if end < 0 else -0.25}"
            panels[0].annotate(
                "",
                (end, height + 0.04),
                (0, start),
                arrowprops={**style.INNER_STEP, "color": style.INK, "connectionstyle": bend},
            )
            panels[0].plot(end, height, color=color, zorder=5, **style.THETA)
            panels[0].text(
                end, height - 0.25, rf"$\hat\theta^{n + 1}$", ha="center", va="center", fontsize=13
            )
        at = -2.12
        panels[1].plot([at, at], [0.003, 0.863], color=style.INK, lw=1, ls=":")
        panels[1].plot(at, 0.003, color=style.TRANSFER, zorder=6, **style.PHI)
        panels[1].text(at, -0.3, "φ: the sum is small", ha="center", fontsize=10)
    return figure


def steps() -> Figure:
    """The post's last picture, φ⁰ → θ̂ᵐ → φ¹, with the two arrows that it draws as one."""
    figure, ax = style.new_figure(size=(6.6, 3.3))
    phi, theta, query = np.array([0.6, 0.7]), np.array([3.0, 2.3]), np.array([1.5, -0.55])
    turned = np.array([1.9, -0.1])
    with style.course_style():
        ax.set(xlim=(0, 6), ylim=(-0.25, 3), xticks=[], yticks=[])
        ax.spines[["left", "bottom"]].set_visible(False)
        look = {"color": style.INK, "textcoords": "data"}
        inner = {**style.INNER_STEP, "color": style.INK, "shrinkB": 6}
        ax.annotate("", theta, phi, arrowprops=inner)
        ax.text(1.15, 1.95, "support set of task m:\n−α ∇l(φ⁰)", ha="center", fontsize=10)
        ghost = {**style.INNER_STEP, "color": style.MAML, "ls": "--", "lw": 1.8}
        ax.annotate("", theta + query, theta, arrowprops=ghost)
        dashed = {"color": style.MAML, "ls": ghost["ls"], "lw": ghost["lw"]}
        label(ax, *(theta + np.array([0.95, -0.15])), "query set: −∇l at θ̂ᵐ", dashed, size=10)
        ax.annotate("", phi + query, phi, arrowprops=ghost)
        bold = {**style.META_STEP, "color": style.MAML}
        ax.annotate("", phi + turned, phi, arrowprops=bold)
        ax.text(
            *(phi + query + np.array([0.1, -0.08])),
            "carried over: first-order",
            fontsize=10,
            va="center",
        )
        ax.text(
            *(phi + turned + np.array([0.3, 0.02])),
            "times (I − αH): MAML's φ¹",
            fontsize=10,
            va="center",
        )
        ax.plot(*phi, color="white", zorder=6, **style.PHI)
        ax.plot(*(phi + turned), color=style.MAML, zorder=6, **style.PHI)
        ax.plot(*theta, color=style.TASKS[0], zorder=6, **style.THETA)
        ax.text(phi[0] - 0.15, phi[1] + 0.05, "φ⁰", ha="right", fontsize=14, color=look["color"])
        ax.text(theta[0], theta[1] + 0.2, r"$\hat\theta^m$", ha="center", fontsize=14)
    return figure


def answer_jump() -> Figure:
    """Below "glide or jump?": MAML's objective at α = .40 and .50 with its optima."""
    figure, ax = style.new_figure(size=(7.0, 2.9))
    tasks, loss = exact.two_wells(), exact.wells_loss
    with style.course_style():
        for rate, dashes in ((0.4, "-"), (0.5, (0, (2, 1)))):
            curve = landscape.along_axis(loss, tasks, _GRID, inner_lr=rate, steps=3)
            ax.plot(_GRID, curve.maml, color=style.MAML, ls=dashes, label=f"α = {rate:.2f}")
            at, least = curve.maml_optimum, curve.maml.min()
            ax.plot(at, least, color=style.MAML, zorder=6, **style.PHI)
            ax.text(at, least - 0.22, f"{at:.2f}".replace("-", "−"), ha="center", va="top")
        ax.set(xlabel="parameter  φ", ylabel="L(φ), three steps", ylim=(0.2, 3))
        ax.legend(loc="upper center")
    return figure


def answer_taller() -> Figure:
    """Below "smaller or taller?": the mean loss over the amplitude before and after one step."""
    figure, ax = style.new_figure(size=(7.0, 2.9))
    heights = np.linspace(0, 5, 101)
    family, weight = exact.sine_quadrature()
    points = {
        "a": torch.tensor(heights),
        "p": torch.full((len(heights),), np.pi / 2, dtype=torch.float64),
    }
    here = landscape.on_points(exact.sine_loss, points, family, inner_lr=0.1, steps=1)
    curves = (here.before @ weight).numpy(), (here.after @ weight).numpy()
    looks = (
        (style.TRANSFER, "-", "before adapting", (0.55, "bottom")),
        (style.MAML, (0, (6, 1.2)), "after one step of α = .1", (-0.7, "top")),
    )
    with style.course_style():
        for curve, (color, dashes, name, (away, va)) in zip(curves, looks, strict=True):
            ax.plot(heights, curve, color=color, ls=dashes, label=name)
            at, least = heights[curve.argmin()], curve.min()
            ax.plot(at, least, color=color, zorder=6, **style.PHI)
            ax.text(at, least + away, f"a = {at:.1f}, loss {least:.2f}", ha="center", va=va)
        ax.set(xlabel="amplitude  a, at p = π/2", ylabel="mean loss", xlim=(0, 5), ylim=(-0.6, 9))
        ax.legend(loc="upper left")
    return figure


def answer_steeper() -> Figure:
    """Below "task 2 gets steeper": where each rule's φ goes when h₂ rises from 4 to 6."""
    figure, ax = style.new_figure(size=(7.0, 2.2))
    tasks = {h: exact.quadratics((1.0, h), (0.0, 5.0)).facts for h in (4.0, 6.0)}
    colors = {"transfer": style.TRANSFER, "first_order": style.MAML, "maml": style.MAML}
    names = {"transfer": "transfer", "first_order": "first-order", "maml": "MAML"}
    with style.course_style():
        for row, (rule, color) in enumerate(colors.items()):
            was, now = (
                exact.quadratic_optima(f["h"], f["c"], inner_lr=1 / 8)[rule] for f in tasks.values()
            )
            mark = {**style.PHI, "color": color}
            if rule == "first_order":
                mark |= {"color": "white", "markeredgecolor": color, "markeredgewidth": 2}
            ax.plot(was, row, **mark, alpha=0.4)
            look = {**style.INNER_STEP, "color": style.INK, "shrinkA": 6, "shrinkB": 7}
            ax.annotate("", (now, row), (was, row), arrowprops=look)
            ax.plot(now, row, **mark, zorder=6)
            side = -1 if now < was else 1
            ax.text(
                now + 0.15 * side,
                row,
                f"{now:.2f}",
                ha="right" if side < 0 else "left",
                va="center",
            )
        ax.set(xlim=(0, 5), ylim=(2.5, -0.5), xlabel="φ, as h₂ rises from 4 (pale) to 6")
        ax.set_yticks(range(3), names.values())
        ax.tick_params(axis="y", length=0)
    return figure


def after_meta_steps() -> Figure:
    """Below the meta-steps: twelve of them from one φ⁰, by MAML's gradient and by transfer's."""
    figure, panels = style.new_figure(1, 2, size=(7.6, 3.6), sharey=True)
    colors = {"MAML": style.MAML, "transfer": style.TRANSFER}
    with style.course_style():
        for ax, (rule, color) in zip(panels, colors.items(), strict=True):
            trail = meta_step.meta_step_frame(*TRAIL["phi"], 0.1, 0.15, TRAIL["steps"], rule).trail
            for start, end in pairwise(trail):
                if np.linalg.norm(end - start) < 0.08:  # shorter than its own head
                    continue
                way = {**style.INNER_STEP, "color": color, "lw": 1.5, "shrinkB": 2}
                ax.annotate("", end, start, arrowprops=way)
            ax.plot(*trail[1:].T, color=color, zorder=6, **{**style.PHI, "markersize": 4.5})
            ax.plot(*trail[0], color="white", zorder=7, gid="φ⁰", **style.PHI)
            ax.annotate("φ⁰", trail[0], (-20, 5), textcoords="offset points", fontsize=12)
            for task, shade in enumerate(shown_tasks.COLORS):
                ax.plot(*shown_tasks.optimum(task), color=shade, ms=14, **shown_tasks.STAR)
                left = {"xytext": (-15, -1), "textcoords": "offset points", "va": "center"}
                ax.annotate(str(task + 1), shown_tasks.optimum(task), **left)
            ax.set(xlim=(0, 5), ylim=(0, np.pi), xlabel="amplitude  a", title=f"{rule}'s gradient")
        panels[0].set_yticks([0, np.pi / 2, np.pi], ["0", "π/2", "π"])
        panels[0].set_ylabel("phase  p")
    return figure


TRAIL = {"phi": (2.6, 1.9), "steps": 12}  # where meta_step opens

DIAGRAMS = {
    "04-two-questions": two_questions,
    "04-steps": steps,
    "04-answer-jump": answer_jump,
    "04-answer-taller": answer_taller,
    "04-answer-steeper": answer_steeper,
    "04-after-meta-steps": after_meta_steps,
}

AFTER = {
    "04-after-one-axis": ("one_axis", {"phi": 0.0, "inner_lr": 1.0, "steps": 3}),
    "04-after-plane": ("sine_plane", {"inner_lr": 0.1}),
    "04-after-drawing": (
        "draw_objective",
        {"l1": 0.86, "l2": 0.86, "l3": 0.86, "l4": 0.0, "l5": 0.0, "l6": 0.0, "l7": 0.0},
    ),
    "04-after-weights": ("task_weights", {"h": 6.0, "inner_lr": 0.125}),
}
