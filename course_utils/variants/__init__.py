"""MAML's cousins: what each leaves out or puts in its place, on the core of `maml`.

Each is an objective (loss, phi, batch, ...) -> scalar for `maml.train`, with the core's
names and shapes: leaves S of phi, (tasks, *S) of theta. Prototypical networks, which take no inner
step at all, are in `prototypes`.
"""

from course_utils.variants.given_gradient import slopes
from course_utils.variants.implicit import imaml_loss, proximal, proximal_theta
from course_utils.variants.layers import anil_loss, body, boil_loss, head, layer_of, partly_loss
from course_utils.variants.learned_steps import (
    meta_sgd_loss,
    per_step_loss,
    per_step_theta,
    split_steps,
    with_rates,
    with_step_rates,
)
from course_utils.variants.reptile import reptile_loss, reptile_serial, reptile_theta

__all__ = [
    "anil_loss",
    "body",
    "boil_loss",
    "head",
    "imaml_loss",
    "layer_of",
    "meta_sgd_loss",
    "partly_loss",
    "per_step_loss",
    "per_step_theta",
    "proximal",
    "proximal_theta",
    "reptile_loss",
    "reptile_serial",
    "reptile_theta",
    "slopes",
    "split_steps",
    "with_rates",
    "with_step_rates",
]
