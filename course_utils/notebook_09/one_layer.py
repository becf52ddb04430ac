"""One layer of linear attention beside one gradient step, query by query (notebook 09)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from course_utils.explorers.controls import Slider
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.scene import Scene
from course_utils.figures import style
from course_utils.linear_attention import attention_answer, gradient_answer

SUPPORT_X = torch.tensor([-2.0, -1.1, 0.6, 1.3, 2.2], dtype=torch.float64)
SLOPE = 1.2
ENDS = (-2.5, 2.5)
TOP = 4.5
POINT = 2  # the support point whose part is drawn in words


@dataclass(frozen=True)
class Step:
    """A frame: each support point's part in the answer (n,), and both answers at the query.

    slopes: of the line that each of the two has as its answers.
    """

    parts: np.ndarray
    attention: float
    gradient: float
    slopes: tuple[float, float]


def layer_frame(query: float, alpha: float, scale: float) -> Step:
    """One gradient step of size α, and one attention layer whose weights are `scale` times its."""
    x, y = SUPPORT_X[None, :, None], SLOPE * SUPPORT_X[None, :, None]
    asked = torch.tensor([query, 1.0], dtype=torch.float64)[None, :, None]
    attention = attention_answer(x, y, asked, alpha=scale * alpha)[0, :, 0]
    gradient = gradient_answer(x, y, asked, alpha=alpha)[0, :, 0]
    parts = scale * alpha / x.shape[1] * (x * query * y)[0, :, 0]
    slopes = attention[1].item(), gradient[1].item()
    return Step(parts.numpy(), attention[0].item(), gradient[0].item(), slopes)


def one_layer(query: float = 1.6, alpha: float = 0.3) -> Explorer:
    """Move a query: what attention adds up for it, and what one gradient step answers."""
    x, y = SUPPORT_X.numpy(), (SLOPE * SUPPORT_X).numpy()
    n = len(x)
    with Scene(1, 2, size=(7.6, 4.3)) as (scene, (left, right)):
        left.set(xlabel="input  x", ylabel="output  y", xlim=ENDS, ylim=(-TOP, TOP))
        left.axhline(0, color=style.FAINT, lw=0.8, zorder=0)
        left.plot(x, y, color=style.TASKS[0], zorder=3, **style.SUPPORT)
        for i in range(n):
            left.annotate(f"{i + 1}", (x[i], y[i]), (-6, 7), textcoords="offset points", size=9.5)
        ends = np.array(ENDS)
        step = {"color": style.MAML, "lw": 6, "alpha": 0.35, "gid": "gradient step"}
        a = scene.line(left, lambda f: (ends, f.data.slopes[1] * ends), **step)
        attend = {"color": style.INK, "lw": 1.8, "ls": (0, (4, 2)), "gid": "attention"}
        b = scene.line(left, lambda f: (ends, f.data.slopes[0] * ends), **attend)
        dot = {"marker": "o", "ms": 8, "ls": "", "zorder": 6}
        look = {**dot, "color": style.INK, "gid": "attention answer"}
        scene.line(left, lambda f: (f.query, f.data.attention), **look)
        scene.grip(left, lambda f: (f.query, -TOP), "the query", x="query", clip_on=False)
        right.set(
            xlabel="support point  i",
            ylabel="part of the answer",
            xlim=(-0.6, n + 0.6),
            ylim=(-TOP, TOP),
            xticks=range(n + 1),
            xticklabels=[*(str(i + 1) for i in range(n)), "sum"],
        )
        right.axhline(0, color=style.INK, lw=0.8)
        for i in range(n):
            bar = {
                "color": style.TASKS[0],
                "lw": 9,
                "solid_capstyle": "butt",
                "gid": f"part {i + 1}",
            }
            scene.line(right, lambda f, i=i: ([i, i], [0, f.data.parts[i]]), **bar)
        total = {"color": style.INK, "lw": 9, "solid_capstyle": "butt", "gid": "sum"}
        scene.line(right, lambda f: ([n, n], [0, f.data.parts.sum()]), **total)
        mark = {"color": style.MAML, "marker": "_", "ms": 26, "mew": 3.5, "ls": "", "zorder": 5}
        scene.line(right, lambda f: (n, f.data.gradient), gid="gradient answer", **mark)
        scene.figure.legend(
            [a, b],
            ["one gradient step", "one layer of linear attention"],
            loc="outside lower center",
            ncols=2,
        )
        scene.text(left, lambda f: f"q = {f.query:.2f}   α = {f.alpha:.2f}   s = {f.scale:.2f}")
        scene.text(right, _both)
    return scene.explorer(
        layer_frame,
        Slider("query", "q", "the query's x", *ENDS, 0.05, query),
        Slider("alpha", "α", "step size of both", 0.05, 1.0, 0.05, alpha),
        Slider("scale", "s", "scale of attention", 0.0, 2.0, 0.1, 1.0, ".1f"),
        alt=_alt,
        describe=(
            "Explorer: the answer of one gradient step and that of one layer of linear attention "
            "to a query that can be dragged, and what each support point adds to it."
        ),
    )


def _both(f) -> str:
    return f"gradient step {f.data.gradient:.2f}   attention {f.data.attention:.2f}"


def _alt(f) -> str:
    parts = ", ".join(f"{part:.2f}" for part in f.data.parts)
    return (
        f"Five points of a straight line through 0 and a query at x = {f.query:.2f}. One gradient "
        f"step of size {f.alpha:.2f} answers {f.data.gradient:.2f}; one layer of linear attention, "
        f"{f.scale:.1f} times as strong, answers {f.data.attention:.2f}, the sum of {parts}."
    )
