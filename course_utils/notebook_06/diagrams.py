"""Notebook 06's static diagrams: whose batch statistics, and the answers below the predictions."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from course_utils.evaluation import Mean
from course_utils.figures import style
from course_utils.notebook_06 import pictures

# What notebook 06 measures, in whole per cent: it asserts each of them with a margin.
SHUFFLED = {"transfer, before adapting": 20, "transfer, after 3 steps": 20}
FROZEN = {"MAML": 94, "convolutions frozen": 94, "last layer frozen": 26}
KNOWN = {"pixels": 52, "random": 47, "transfer": 20, "MAML": 94}
STRONG = {"classifier, class means": 91}

_LEFT, _WIDE, _HIGH = 0.15, 2.3, 0.62
_PLACES = {"support": 2.05, "query": 0.62}


def statistics() -> Figure:
    """Whose mean and variance normalise the query pictures: their own, or the support set's."""
    figure, panels = style.new_figure(1, 2, size=(7.6, 2.7))
    titles = (
        "transductive:\nthe query set has its own statistics",
        "not transductive:\nthe support set's statistics serve both",
    )
    with style.course_style():
        for ax, title, own in zip(panels, titles, (True, False), strict=True):
            ax.set(xlim=(0, 4.6), ylim=(0.1, 2.75))
            ax.axis("off")
            ax.set_title(title, size=10.5)
            for kind in _PLACES:
                _draw_set(ax, kind)
            for kind in _PLACES if own else ("support",):
                _draw_statistics(ax, kind)
            _arrow(ax, "support", "support")
            _arrow(ax, "query" if own else "support", "query")
    return figure


def _draw_set(ax: Axes, kind: str) -> None:
    y, query = _PLACES[kind], kind == "query"
    frame = {"ec": style.INK, "lw": 1.2 if query else 2.2, "ls": (0, (3, 2)) if query else "-"}
    ax.add_patch(Rectangle((_LEFT, y - _HIGH / 2), _WIDE, _HIGH, fill=False, **frame))
    face = {"fc": "none", "ec": style.INK, "lw": 1.3} if query else {"fc": style.INK, "ec": "none"}
    for n in range(5):
        ax.add_patch(Rectangle((_LEFT + 0.14 + 0.43 * n, y - 0.15), 0.3, 0.3, **face))
    ax.text(_LEFT, y + _HIGH / 2 + 0.05, f"{kind} set", va="bottom", fontsize=10)


def _draw_statistics(ax: Axes, kind: str) -> None:
    y, look = _PLACES[kind], {"fc": "white", "ec": style.MAML, "lw": 1.4}
    ax.add_patch(FancyBboxPatch((3.4, y - 0.24), 1.0, 0.48, boxstyle="round,pad=0.04", **look))
    ax.text(3.9, y, "mean,\nvariance", ha="center", va="center", fontsize=9.5)


def _arrow(ax: Axes, source: str, target: str) -> None:
    """From a set to its statistics, thin, and from these to the set that they normalise, bold."""
    edge = _LEFT + _WIDE + 0.06
    thin = {**style.INNER_STEP, "color": style.INK}
    bold = {**style.META_STEP, "lw": 2.4, "mutation_scale": 15, "color": style.MAML}
    y = _PLACES[source]
    ax.annotate("", (3.33, y + 0.14), (edge, y + 0.14), arrowprops=thin)
    if source == target:
        ax.annotate("", (edge, y - 0.14), (3.33, y - 0.14), arrowprops=bold)
    else:
        ax.annotate("", (edge, _PLACES[target]), (3.6, y - 0.32), arrowprops=bold)


def _measured(rows: dict[str, float]) -> dict[str, Mean]:
    return {name: Mean(value, 0.0, 2) for name, value in rows.items()}


def answer_shuffled() -> Figure:
    """Below "transfer with shuffled labels": chance before adapting, and after."""
    rows = dict.fromkeys(SHUFFLED)
    ax = pictures.accuracies(rows)
    with style.course_style():
        for place, mean in enumerate(_measured(SHUFFLED).values()):
            pictures.accuracy_mark(ax, place, mean, "transfer", digits=0)
    return ax.figure


def answer_frozen() -> Figure:
    """Below "what is left if a part is frozen?": all layers free, and a part of them."""
    rows = _measured(FROZEN)
    ax = pictures.accuracies(dict.fromkeys(rows))
    with style.course_style():
        for place, mean in enumerate(rows.values()):
            pictures.accuracy_mark(ax, place, mean, "MAML", digits=0)
    return ax.figure


def answer_strong() -> Figure:
    """Below "where will the classifier stand?": all methods, the classifier's features last."""
    return pictures.accuracies(_measured(KNOWN | STRONG), digits=0).figure


DIAGRAMS = {
    "06-statistics": statistics,
    "06-answer-shuffled": answer_shuffled,
    "06-answer-frozen": answer_frozen,
    "06-answer-strong": answer_strong,
}

AFTER = {
    "06-after-pictures": ("few_shot_pictures", {"steps": 1}),
}
