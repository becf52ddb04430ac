"""Exercise 3 of the appendix on words, scale and α: what is right, and what else is written."""

from __future__ import annotations

from course_utils.exercises import Mistake, Numbers

TIMES = 5  # shorter


def _scale_and_alpha() -> dict[str, float]:
    """From one inner step each, on a layer of two units and x of length 5 and of length 1."""
    long, short = (_step(length) for length in (5.0, 5.0 / TIMES))
    smaller = {name: long[name] / short[name] for name in long}
    return smaller | {"alpha": smaller["change"]}


def _step(length: float) -> dict[str, float]:
    """What one step of α = 1 does to Wx + b, where the same gradient arrives at it."""
    import torch

    direction = torch.tensor([[0.6], [0.8]])
    x = length * direction
    w, b = (torch.zeros(size, requires_grad=True) for size in ((3, 2), (3, 1)))
    arriving = torch.tensor([[1.0], [-2.0], [0.5]])
    by_w, by_b = torch.autograd.grad(((w @ x + b) * arriving).sum(), [w, b])
    return {
        "gradient": by_w.norm().item(),
        "change": (by_w @ x).norm().item(),
        "bias": by_b.norm().item(),
    }


scale_and_alpha = Numbers(
    "scale_and_alpha",
    title="scale and α",
    notebook="appendix to 08",
    answer=_scale_and_alpha,
    mistakes=(
        Mistake(
            "x counted once",
            "x comes in twice: once in the gradient of W, and once more when the changed W is "
            "multiplied with x.",
            lambda: {"change": 5, "alpha": 5},
        ),
        Mistake(
            "the gradient does not see x",
            "The gradient of W is not only what arrives at Wx + b: it is that times x. What does a "
            "shorter x do to it?",
            lambda: {"gradient": 1, "change": 5, "alpha": 5},
        ),
        Mistake(
            "squared too early",
            "In the gradient of W there is one x. A second comes when the changed W meets x again, "
            "and there is no third.",
            lambda: {"gradient": 25, "change": 125, "alpha": 125},
        ),
        Mistake(
            "the bias shrinks as the gradient of W",
            "The bias is not multiplied with x. Its gradient is what arrives at Wx + b, and that "
            "stays as it is.",
            lambda: {"bias": 5},
        ),
        Mistake(
            "the bias shrinks as the effect of W",
            "What the step of b changes has no x in it, neither in its gradient nor after it.",
            lambda: {"bias": 25},
        ),
        Mistake(
            "five for all",
            "Not all is in proportion to x. Follow it: how often does x come into the gradient of "
            "W, into what its step changes in Wx, and into what the step of b changes?",
            lambda: {"change": 5, "bias": 5, "alpha": 5},
        ),
        Mistake(
            "the bias does not move",
            "0 times smaller? The bias moves just as far as before: how many times smaller is what "
            "did not change?",
            lambda: {"bias": 0},
        ),
        Mistake(
            "a smaller α",
            "The step has too little effect already. A smaller α makes it smaller still.",
            lambda: {"alpha": 1 / 25},
        ),
        Mistake(
            "the α of the text",
            "α = 15 is the one of the trial that the text calls unstable, not the one that gives "
            "W its old effect. Work it out from `change`.",
            lambda: {"alpha": 15},
        ),
        Mistake(
            "what is left, not how many times smaller",
            "You say what is left of them: a share. Asked was how many times smaller they are, a "
            "number above 1.",
            lambda: {"gradient": 1 / 5, "change": 1 / 25, "alpha": 1 / 25},
        ),
    ),
    means="Scale and α belong together, and layer by layer: when you bring data of your own, "
    "choose the scale of x before you tune α.",
)
