"""The static diagrams of notebook 07, and its explorers in the state after the event."""

from matplotlib.figure import Figure

from course_utils.evaluation import Mean
from course_utils.figures import style
from course_utils.notebook_07 import which_layer

# What notebook 07 measures, coarsely: it asserts each of them with a margin.
LEFT_OVER = {
    "sinusoids": {"all layers": 0.5, "first layer": 0.5, "second layer": 2.9, "head": 3.0},
    "pictures": {"all layers": 6, "convolutions": 73, "last layer": 6},
}


def answer_layer() -> Figure:
    """Below "which layer keeps MAML's result?": each layer alone, sinusoids beside pictures."""
    figure, axes = style.new_figure(1, 2, size=(7.6, 3.0))
    with style.course_style():
        for ax, (side, rows) in zip(axes, LEFT_OVER.items(), strict=True):
            which_layer.frame(ax, side)
            for row, value in rows.items():
                digits = {"sinusoids": 1, "pictures": 0}[side]
                which_layer.bars(ax, side, row, [Mean(value, 0.0, 2)], digits=digits)
    return figure


DIAGRAMS = {"07-answer-layer": answer_layer}

AFTER = {
    "07-answer-turn-round": ("turn_round", {"revealed": True}),
    "07-after-arrows": (
        "five_arrows",
        {"a": 2.0, "p": 1.2, "inner_lr": 0.2, "steps": 1, "tasks": 1},
    ),
    "07-after-race": ("race", {"meta_steps": 40}),
    "07-after-rests": (
        "reptile_rests",
        {"a_1": 1.75, "p_1": 1.04, "a_100": 3.0, "p_100": 1.58},
    ),
    "07-after-layers": ("layer_steps", {"second": 0.0, "head": 0.0}),
    "07-answer-who-wins": ("who_wins", {"revealed": True}),
}
