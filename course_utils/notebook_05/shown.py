"""How notebook 05 makes what moves in it."""

from collections.abc import Callable
from functools import cache

import torch

from course_utils import checkpoints, curvature, maml, networks, slices
from course_utils.explorers.explorer import Explorer
from course_utils.networks import Params
from course_utils.notebook_05 import curvature_guess, fed_noise, halfway, network_plane
from course_utils.tasks import Sinusoids, TaskBatch

NETWORK = networks.mlp([1, 40, 40, 1])
LOSS = networks.squared_error(NETWORK)
INNER_LR = 0.01


def shown() -> dict[str, Callable[[], Explorer]]:
    """Every explorer and prediction of notebook 05 by its builder's name, to be made."""
    return {
        "halfway": _halfway,
        "network_plane": lambda: network_plane.network_plane(NETWORK, _phis(), _unseen()[:8]),
        "curvature_guess": _curvature_guess,
        "fed_noise": _fed_noise,
    }


@cache
def _unseen() -> TaskBatch:
    generator = torch.Generator().manual_seed(1312)
    return Sinusoids().sample(200, shots=5, queries=100, generator=generator)


def _phis() -> dict[str, Params]:
    return {
        name: checkpoints.load(f"sinusoids-{name.lower()}-k5-seed0").phi
        for name in ("MAML", "transfer")
    }


def _halfway() -> Explorer:
    phis, t = _phis(), torch.linspace(-0.2, 1.2, 71)
    line = slices.line(phis["transfer"], phis["MAML"], t)
    losses = slices.losses_on(LOSS, line, _unseen()[:100], inner_lr=INNER_LR, steps=1)
    return halfway.halfway(t.numpy(), *(part.mean(dim=1).numpy() for part in losses))


def _curvature_guess() -> Explorer:
    starts = _phis() | {"random": checkpoints.sinusoid_start(0)}
    along = {
        name: curvature.curvature_along_step(LOSS, phi, _unseen()).numpy()
        for name, phi in starts.items()
    }
    return curvature_guess.curvature_guess(along, inner_lr=INNER_LR)


def _fed_noise() -> Explorer:
    phi, x = _phis()["MAML"], _unseen().support_x
    noise = 2 * torch.randn(x.shape, generator=torch.Generator().manual_seed(2))
    grid = torch.linspace(-5, 5, 201)[:, None]
    theta = maml.adapt(LOSS, phi, x, noise, inner_lr=INNER_LR, steps=1)
    asked = (noise - NETWORK(phi, x))[..., 0]
    fed = NETWORK(theta, grid)[..., 0] - NETWORK(phi, grid)[:, 0]
    return fed_noise.fed_noise(grid[:, 0].numpy(), x[..., 0].numpy(), asked.numpy(), fed.numpy())
