"""Model-agnostic meta-learning (Finn, Abbeel & Levine 2017), its tested core.

Every function carries a leading task dimension: the leaves of phi have shape S, those of the
adapted theta (tasks, *S), data has (tasks, points, ...), and a loss returns one value a task. Tasks
do not touch each other, so the gradient of the *sum* of their losses is each task's own gradient.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Literal, Protocol

import torch
from torch import Tensor

from course_utils.networks import Loss, Params
from course_utils.support.check_input import number, whole_number
from course_utils.support.progress import bar
from course_utils.support.snapshots import Snapshots
from course_utils.tasks import TaskBatch

StepSize = float | Tensor | Mapping[str, float | Tensor]


class TaskFamily(Protocol):
    """What `train` draws its tasks from."""

    def sample(
        self, n_tasks: int, *, shots: int, queries: int, generator: torch.Generator | None
    ) -> TaskBatch:
        """Draw a batch of tasks."""


def adapt(
    loss: Loss,
    phi: Params,
    x: Tensor,
    y: Tensor,
    *,
    inner_lr: StepSize,
    steps: int,
    first_order: bool = False,
) -> Params:
    """Adapt phi to the support set of every task: theta = phi − inner_lr·∇loss, `steps` times.

    Finn et al. 2017, equation 1 and algorithm 1, line 6.

    Parameters
    ----------
    loss
        (params, x, y) -> (tasks,), see `networks.squared_error`.
    phi
        Initial parameters, leaves of shape S.
    x, y
        Support sets, (tasks, points, ...).
    inner_lr
        α: a number, or a dict with phi's keys (numbers or tensors that broadcast to the leaf). A
        number is at least 0; a tensor may be negative, since a learned step size can go there.
    steps
        Number of gradient steps; 0 gives phi itself, expanded.
    first_order
        True leaves out the second derivatives: theta counts as phi plus a constant.

    Returns
    -------
    theta: leaves (tasks, *S). Differentiable with respect to phi and inner_lr where gradients are
    on and one of their leaves requires them; detached otherwise, with no second-order graph built.

    Raises
    ------
    ValueError
        If an argument is not usable, or the loss does not return one value a task.
    """
    whole_number("steps", steps, least=0, why="it counts gradient steps")
    _check_leaves(phi)
    _check_sets(x, y)
    rates = _step_sizes(inner_lr, phi)
    tracked = torch.is_grad_enabled() and _requires_grad(phi, inner_lr)

    with torch.enable_grad():
        theta = {name: leaf.expand(len(x), *leaf.shape) for name, leaf in phi.items()}
        for _ in range(steps):
            theta = {name: _differentiable(leaf, tracked) for name, leaf in theta.items()}
            total = _one_per_task(loss(theta, x, y), len(x)).sum()
            grads = torch.autograd.grad(
                total, list(theta.values()), create_graph=tracked and not first_order
            )
            theta = {
                name: leaf - rates[name] * grad
                for (name, leaf), grad in zip(theta.items(), grads, strict=True)
            }
    return theta if tracked else {name: leaf.detach() for name, leaf in theta.items()}


def meta_loss(
    loss: Loss,
    phi: Params,
    batch: TaskBatch,
    *,
    inner_lr: StepSize,
    steps: int,
    first_order: bool = False,
) -> Tensor:
    """MAML's objective L(phi): the mean over tasks of the query loss *after* adaptation, a scalar.

    Finn et al. 2017, equation 2. Arguments as for `adapt`. At steps=0 this is `transfer_loss`.
    Raises ValueError where gradients are on and nothing requires them (the meta-gradient would be
    lost without a word).
    """
    _needs_grad(phi, inner_lr)
    theta = adapt(
        loss,
        phi,
        batch.support_x,
        batch.support_y,
        inner_lr=inner_lr,
        steps=steps,
        first_order=first_order,
    )
    return _one_per_task(loss(theta, batch.query_x, batch.query_y), len(batch)).mean()


def transfer_loss(loss: Loss, phi: Params, batch: TaskBatch) -> Tensor:
    """Transfer learning's objective: the mean over tasks of the query loss at phi itself, a scalar.

    What pre-training on all tasks together minimises. Raises ValueError as `meta_loss` does.
    """
    _needs_grad(phi)
    return _one_per_task(loss(phi, batch.query_x, batch.query_y), len(batch)).mean()


def train(
    objective: Callable[[Params, TaskBatch], Tensor],
    phi: Params,
    tasks: TaskFamily,
    *,
    iterations: int,
    n_tasks: int = 25,
    shots: int = 10,
    queries: int = 10,
    meta_lr: float = 1e-3,
    decay: Literal["cosine"] | None = None,
    generator: torch.Generator | None = None,
    progress: bool = True,
    snapshots: Snapshots | None = None,
) -> tuple[Params, Tensor]:
    """Minimise an objective over batches of fresh tasks with Adam: the outer loop.

    Parameters
    ----------
    objective
        (phi, batch) -> scalar: `meta_loss` or `transfer_loss` with its settings filled in.
    phi
        Where to start; it is copied, never changed.
    tasks
        A family with `sample`, drawn from anew at each of the `iterations`.
    meta_lr, decay
        β, Adam's step size; "cosine" lets it fall to 0 along half a cosine.
    generator
        Source of the tasks' random numbers.
    progress
        Whether to show a progress bar and, at the end, one line with the time taken.
    snapshots
        Where to keep the state of a long training, and to take up that of an interrupted one: the
        result is the same as without an interruption, to the bit. Needs a generator.

    Returns
    -------
    phi, history: detached leaves, and the objective at each iteration, (iterations,). An interrupt
    (the stop button) ends training and returns what was reached, history cut short.

    Raises
    ------
    ValueError
        If an argument is not usable, phi is not finite, or the objective returns no scalar tensor.
    FloatingPointError
        If the objective is no longer finite.
    """
    whole_number("iterations", iterations, least=1, why="training needs a step")
    number("meta_lr", meta_lr, least=0)
    if decay not in ("cosine", None):
        raise ValueError(f"decay must be 'cosine' or None, got {decay!r}")
    _check_leaves(phi)
    _check_finite(phi)
    phi = {name: leaf.detach().clone().requires_grad_() for name, leaf in phi.items()}
    optimizer = torch.optim.Adam(phi.values(), lr=meta_lr, fused=True)
    history = _taken_up(snapshots, phi, optimizer, generator, iterations)

    with (
        torch.enable_grad(),
        bar(iterations - len(history), "meta-steps", show=progress) as advance,
    ):
        for i in range(len(history), iterations):
            batch = tasks.sample(n_tasks, shots=shots, queries=queries, generator=generator)
            value = _scalar(objective(phi, batch))
            if not math.isfinite(value.item()):
                raise FloatingPointError(_not_finite(value.item(), i))
            for leaf in phi.values():
                leaf.grad = None  # what optimizer.zero_grad() does, without its overhead
            value.backward()
            if decay == "cosine":
                optimizer.param_groups[0]["lr"] = meta_lr * _half_cosine(i / iterations)
            optimizer.step()
            history.append(value.item())
            if snapshots and len(history) % snapshots.every == 0:
                _keep(snapshots, phi, optimizer, generator, history)
            advance(history[-1])
    return {name: leaf.detach() for name, leaf in phi.items()}, torch.tensor(history)


def _keep(
    snapshots: Snapshots,
    phi: Params,
    optimizer: torch.optim.Optimizer,
    generator: torch.Generator,
    history: list[float],
) -> None:
    leaves = {name: leaf.detach() for name, leaf in phi.items()}
    how = {"optimizer": optimizer.state_dict(), "generator": generator.get_state()}
    snapshots.write(phi=leaves, history=history, **how)


def _taken_up(
    snapshots: Snapshots | None,
    phi: Params,
    optimizer: torch.optim.Optimizer,
    generator: torch.Generator | None,
    iterations: int,
) -> list[float]:
    """The history so far; phi, optimizer and generator are put back to where it ended."""
    if snapshots is None:
        return []
    if generator is None:
        raise ValueError(
            "generator must be given with snapshots: without its state no training can be taken up"
        )
    state = snapshots.read()
    if state is None:
        return []
    kept = state["phi"]
    if {k: v.shape for k, v in kept.items()} != {k: v.shape for k, v in phi.items()}:
        snapshots.refuse("is of another network")
        return []
    if len(state["history"]) > iterations:
        snapshots.refuse(f"has {len(state['history']):,} meta-steps, {iterations:,} are wanted")
        return []
    with torch.no_grad():
        for name, leaf in phi.items():
            leaf.copy_(kept[name])
    optimizer.load_state_dict(state["optimizer"])
    generator.set_state(state["generator"])
    return list(state["history"])


def _half_cosine(done: float) -> float:
    return (1 + math.cos(math.pi * done)) / 2


def _not_finite(value: float, iteration: int) -> str:
    said = f"the objective is {value} after {iteration} meta-steps: most likely "
    if iteration == 0:  # phi is finite, and meta_lr has had no say yet
        return said + "inner_lr is too large and the inner steps overshoot. Try a third of it"
    return said + (
        "meta_lr is too large and phi ran away, or inner_lr is and the inner steps overshoot. "
        "Try a third of one, then of the other"
    )


def _scalar(value: Tensor) -> Tensor:
    if not isinstance(value, Tensor) or value.ndim:
        got = f"shape {tuple(value.shape)}" if isinstance(value, Tensor) else f"{value!r:.60}"
        raise ValueError(
            f"objective must return a scalar tensor, shape (), got {got}: return the mean over "
            "tasks, as meta_loss does, and as a tensor, since its gradient is needed"
        )
    return value


def _check_leaves(phi: Params) -> None:
    if not phi:
        raise ValueError("phi must have at least one leaf, got an empty dict")
    for name, leaf in phi.items():
        if not isinstance(leaf, Tensor) or not leaf.is_floating_point():
            got = leaf.dtype if isinstance(leaf, Tensor) else f"{leaf!r:.60}"
            raise ValueError(f"phi[{name!r}] must be a tensor of floating-point numbers, got {got}")


def _check_finite(phi: Params) -> None:
    for name, leaf in phi.items():
        if not torch.isfinite(leaf).all():
            raise ValueError(
                f"phi[{name!r}] has values that are NaN or infinite: training starts where all are "
                "finite"
            )


def _check_sets(x: Tensor, y: Tensor) -> None:
    if x.ndim < 2 or x.shape[:1] != y.shape[:1]:
        raise ValueError(
            f"x has the shape {tuple(x.shape)}, y {tuple(y.shape)}: both must start with "
            "(tasks, points), as many tasks in y as in x"
        )


def _differentiable(leaf: Tensor, tracked: bool) -> Tensor:
    """A leaf that can be differentiated by; untracked steps start a graph of their own."""
    if tracked and leaf.requires_grad:
        return leaf
    return leaf.detach().requires_grad_()


def _step_sizes(inner_lr: StepSize, phi: Params) -> Mapping[str, float | Tensor]:
    """The step size of each leaf, by its name."""
    if not isinstance(inner_lr, Mapping):
        _check_step_size("inner_lr", inner_lr, phi)
        return dict.fromkeys(phi, inner_lr)
    for name in sorted(phi.keys() ^ inner_lr.keys()):
        raise ValueError(
            f"inner_lr[{name!r}] and phi do not match: inner_lr has {sorted(inner_lr)}, "
            f"phi has {sorted(phi)}; a dict of step sizes needs exactly phi's leaves"
        )
    for name, rate in inner_lr.items():
        _check_step_size(f"inner_lr[{name!r}]", rate, {name: phi[name]})
    return inner_lr


def _check_step_size(what: str, rate: float | Tensor, leaves: Params) -> None:
    if not isinstance(rate, Tensor):
        number(what, rate, least=0)
        return
    if not torch.isfinite(rate).all():
        raise ValueError(f"{what} has values that are NaN or infinite: all must be finite")
    for name, leaf in leaves.items():
        if not _broadcasts(rate.shape, leaf.shape):
            raise ValueError(
                f"{what} has the shape {tuple(rate.shape)}, phi[{name!r}] {tuple(leaf.shape)}: "
                "a step size must broadcast to its leaf"
            )


def _broadcasts(small: torch.Size, full: torch.Size) -> bool:
    """Whether a tensor of the one shape can be broadcast to the other."""
    sizes = zip(reversed(small), reversed(full), strict=False)
    return len(small) <= len(full) and all(size in (1, whole) for size, whole in sizes)


def _requires_grad(phi: Params, inner_lr: StepSize) -> bool:
    rates = inner_lr.values() if isinstance(inner_lr, Mapping) else [inner_lr]
    return any(isinstance(v, Tensor) and v.requires_grad for v in (*phi.values(), *rates))


def _needs_grad(phi: Params, inner_lr: StepSize = 0.0) -> None:
    _check_leaves(phi)
    if torch.is_grad_enabled() and not _requires_grad(phi, inner_lr):
        raise ValueError(
            f"phi[{next(iter(phi))!r}] does not require grad: the meta-gradient would be lost; "
            "call requires_grad_(), or evaluate under torch.no_grad()"
        )


def _one_per_task(losses: Tensor, n_tasks: int) -> Tensor:
    if losses.shape != (n_tasks,):
        raise ValueError(
            f"loss must return one value a task, shape ({n_tasks},), got {tuple(losses.shape)}: "
            "average over points and features, not over tasks"
        )
    return losses
