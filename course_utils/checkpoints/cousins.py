"""How MAML and its cousins are trained side by side: the same tasks, the same number of meta-steps.

On sinusoids 15,000 meta-batches of 25 tasks, on characters 2,000 of 8 (5 ways, 1 shot). What a
member needs of its own, as the size and the number of its steps, was chosen on other tasks, with
another seed than those here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import torch
from torch import Tensor

from course_utils import evaluation, maml, networks, prototypes, variants
from course_utils.checkpoints.pictures import AUGMENTED, AUGMENTED_CHARACTERS
from course_utils.checkpoints.training import Recipe
from course_utils.networks import Loss, Params
from course_utils.support.check_input import shown
from course_utils.support.memory import give_back
from course_utils.tasks import Characters, Sinusoids, TaskBatch
from course_utils.tasks.batch import joined

Settings = Mapping[str, Any]
Objective = Callable[..., Tensor]  # (loss, phi, batch, **settings)


@dataclass(frozen=True)
class Kind:
    """A kind of task and how everybody is trained on it."""

    what: str
    network: networks.Network
    loss: Loss
    family: Callable[[], Any]
    iterations: int
    brief: int
    settings: Settings


SINUSOIDS = Kind(
    what=str(Sinusoids()),
    network=networks.mlp([1, 40, 40, 1]),
    loss=networks.squared_error(networks.mlp([1, 40, 40, 1])),
    family=Sinusoids,
    iterations=15_000,
    brief=3_000,
    settings={"n_tasks": 25, "shots": 5, "queries": 5},
)
CHARACTERS = Kind(
    what=AUGMENTED_CHARACTERS,
    network=networks.convnet(5),
    loss=networks.cross_entropy(networks.convnet(5)),
    family=lambda: AUGMENTED,
    iterations=2_000,
    brief=300,
    settings={"n_tasks": 8, "shots": 1, "queries": 1},
)
KINDS = {"sinusoids": SINUSOIDS, "characters": CHARACTERS}
JUDGED_ON = {"sinusoids": 1_000, "characters": 400}  # unseen tasks


@dataclass(frozen=True)
class Member:
    """MAML or one of its cousins.

    objective: what it minimises, called with the settings of the kind of task; on: those settings
    by kind (sinusoids have no classes for prototypes, characters no labels that stay the same from
    task to task for transfer learning); seconds: what a training took, by kind; added: what stands
    beside φ⁰, made with the same settings. adapts: the leaves that take inner steps, where not all
    do. own_loop(loss, phi, x, y, **settings): its inner loop, where that is none of plain steps.
    """

    objective: Objective
    on: Mapping[str, Settings]
    seconds: Mapping[str, int]
    added: Callable[..., Params] | None = None
    meta_lr: Mapping[str, float] = field(default_factory=dict)
    adapts: Callable[[Params], Collection[str]] | None = None
    own_loop: Callable[..., Params] | None = None


def _first_order(loss: Loss, phi: Params, batch: TaskBatch, **settings: Any) -> Tensor:
    return maml.meta_loss(loss, phi, batch, first_order=True, **settings)


def _meta_sgd(loss: Loss, phi: Params, batch: TaskBatch, *, inner_lr: float, steps: int) -> Tensor:
    return variants.meta_sgd_loss(loss, phi, batch, steps=steps)  # inner_lr is where it began


def _rates(phi: Params, *, inner_lr: float, steps: int) -> Params:
    return variants.with_rates(phi, inner_lr)


def _per_step(loss: Loss, phi: Params, batch: TaskBatch, *, inner_lr: float, steps: int) -> Tensor:
    return variants.per_step_loss(loss, phi, batch)


def _after_its_steps(loss: Loss, phi: Params, x: Tensor, y: Tensor, **settings: Any) -> Params:
    return variants.per_step_theta(loss, phi, x, y)


def _near_phi(
    loss: Loss, phi: Params, x: Tensor, y: Tensor, *, cg_steps: int, **settings: Any
) -> Params:
    return variants.proximal_theta(loss, phi, x, y, **settings)  # cg_steps is for its gradient


def _prototypes(loss: Loss, phi: Params, batch: TaskBatch) -> Tensor:
    return prototypes.prototype_loss(CHARACTERS.network, phi, batch)


def _on(sinusoids: Settings, characters: Settings) -> dict[str, Settings]:
    return {"sinusoids": sinusoids, "characters": characters}


def _how(inner_lr: float, steps: int, **more: float) -> Settings:
    return {"inner_lr": inner_lr, "steps": steps, **more}


def _seconds(sinusoids: int, characters: int) -> dict[str, int]:
    return {"sinusoids": sinusoids, "characters": characters}


TEST_RATE = {"sinusoids": 0.01, "characters": 0.4}  # of who was trained without one
MEMBERS: dict[str, Member] = {
    "maml": Member(maml.meta_loss, _on(_how(0.01, 1), _how(0.4, 1)), _seconds(25, 75)),
    "maml_3": Member(maml.meta_loss, {"sinusoids": _how(0.01, 3)}, {"sinusoids": 60}),
    "first_order": Member(_first_order, _on(_how(0.01, 1), _how(0.1, 3)), _seconds(17, 80)),
    "reptile": Member(variants.reptile_loss, _on(_how(0.01, 10), _how(0.4, 2)), _seconds(80, 60)),
    "anil": Member(
        variants.anil_loss,
        _on(_how(0.01, 1), _how(0.4, 1)),
        _seconds(16, 35),
        adapts=variants.head,
    ),
    "boil": Member(
        variants.boil_loss,
        _on(_how(0.01, 1), _how(0.4, 1)),
        _seconds(23, 70),
        adapts=variants.body,
    ),
    "meta_sgd": Member(_meta_sgd, _on(_how(0.01, 1), _how(0.4, 1)), _seconds(35, 75), _rates),
    "per_step": Member(
        _per_step,
        _on(_how(0.01, 3), _how(0.1, 3)),
        _seconds(75, 180),
        variants.with_step_rates,
        {"sinusoids": 1e-3},
        own_loop=_after_its_steps,
    ),
    "imaml": Member(
        variants.imaml_loss,
        _on(_how(0.01, 10, strength=20.0, cg_steps=3), _how(0.4, 8, strength=0.3, cg_steps=3)),
        _seconds(320, 320),
        own_loop=_near_phi,
    ),
    "transfer": Member(maml.transfer_loss, {"sinusoids": {}}, {"sinusoids": 7}),
    "prototypes": Member(_prototypes, {"characters": {}}, {"characters": 35}),
}


def name_of(member: str, kind: str, seed: int) -> str:
    """The name of a member's checkpoint."""
    return f"cousin-{member}-{kind}-seed{seed}"


def recipes(seeds: Sequence[int]) -> dict[str, Recipe]:
    """The recipes of all members on both kinds of task, once for each seed."""
    return {
        name_of(name, kind, seed): _recipe(name, kind, seed)
        for kind in KINDS
        for name, member in MEMBERS.items()
        if kind in member.on
        for seed in seeds
    }


def _recipe(name: str, kind: str, seed: int) -> Recipe:
    member, tasks = MEMBERS[name], KINDS[kind]
    own = member.on[kind]
    said = ", ".join(f"{key}={value}" for key, value in own.items())
    return Recipe(
        what=f"{name} ({said}) of {tasks.network} on {tasks.what}",
        network=lambda: tasks.network,
        added=None if member.added is None else partial(member.added, **own),
        objective=partial(member.objective, tasks.loss, **own),
        family=tasks.family,
        error=partial(_error, name, kind),
        seed=seed,
        iterations=tasks.iterations,
        brief=tasks.brief,
        seconds=member.seconds[kind],
        settings={**tasks.settings, "meta_lr": member.meta_lr.get(kind, 5e-3), "decay": "cosine"},
    )


def known(what: str, name: str, names: Iterable[str]) -> None:
    """Raise ValueError unless a name, called `what`, is one of these."""
    if not isinstance(name, str) or name not in names:
        raise ValueError(f"{what} must be one of {', '.join(names)}, got {shown(name)}")


def first_unseen(kind: str, n_tasks: int) -> TaskBatch:
    """The first of the unseen tasks, without what all of them take of memory.

    Raises ValueError for an unknown kind.
    """
    few = joined([unseen(kind)[:n_tasks]])  # a copy
    give_back()
    return few


def unseen(kind: str, n_tasks: int = 0, seed: int = 2024, *, validation: bool = False) -> TaskBatch:
    """The unseen tasks that all members are judged on, 1,000 waves or 400 of pictures.

    Those of validation choose settings: pictures of other scripts, and other waves by their seed.
    Raises ValueError for an unknown kind.
    """
    known("kind", kind, KINDS)
    generator = torch.Generator().manual_seed(seed)
    if kind == "sinusoids":
        return Sinusoids().sample(
            n_tasks or JUDGED_ON[kind], shots=5, queries=100, generator=generator
        )
    family = Characters("validation" if validation else "test")
    return family.sample(n_tasks or JUDGED_ON[kind], shots=1, queries=10, generator=generator)


def judged(
    name: str,
    kind: str,
    phi: Params,
    batch: TaskBatch,
    *,
    steps: Sequence[int],
    inner_lr: float | None = None,
) -> dict[int, Tensor]:
    """What a member makes of each task after some inner steps, {steps: (tasks,)}.

    Errors on sinusoids, shares of right answers on characters. inner_lr is the trained one where
    none is given; of learned step sizes it is a factor, 1 where none is given. iMAML, and step
    sizes of layers and steps, have an inner loop of their own, prototypes have none: there `steps`
    and inner_lr say nothing. Raises ValueError for an unknown name or kind.
    """
    known("kind", kind, KINDS)
    known("name", name, [each for each in MEMBERS if kind in MEMBERS[each].on])
    member, tasks = MEMBERS[name], KINDS[kind]
    if name == "prototypes":
        found = {0: prototypes.prototype_accuracies(tasks.network, phi, batch)}
        give_back()
        return found
    if member.own_loop is not None:
        return _after_own_loop(member, kind, phi, batch)
    rate = member.on[kind].get("inner_lr", TEST_RATE[kind]) if inner_lr is None else inner_lr
    if name == "meta_sgd":
        phi, rates = variants.split_steps(phi)
        rate = {leaf: (1 if inner_lr is None else inner_lr) * rates[leaf] for leaf in phi}
    elif member.adapts is not None:
        rate = {leaf: rate if leaf in member.adapts(phi) else 0.0 for leaf in phi}
    if kind == "sinusoids":
        return evaluation.errors_after(tasks.loss, phi, batch, inner_lr=rate, steps=steps)
    return evaluation.accuracies_after(tasks.network, phi, batch, inner_lr=rate, steps=steps)


@torch.no_grad()
def _after_own_loop(member: Member, kind: str, phi: Params, batch: TaskBatch) -> dict[int, Tensor]:
    tasks, own, found = KINDS[kind], member.on[kind], []
    for part in evaluation.parts(batch, evaluation.PICTURE_CHUNK):
        theta = member.own_loop(tasks.loss, phi, part.support_x, part.support_y, **own)
        if tasks is SINUSOIDS:
            found.append(tasks.loss(theta, part.query_x, part.query_y))
        else:
            right = tasks.network(theta, part.query_x).argmax(-1) == part.query_y
            found.append(right.float().mean(1))
    return {own["steps"]: torch.cat(found)}


def _error(name: str, kind: str, phi: Params) -> str:
    tasks = unseen(kind, n_tasks=1000 if kind == "sinusoids" else 600)
    found = judged(name, kind, phi, tasks, steps=(1, 3, 5))
    if kind == "sinusoids":
        said = "; ".join(f"{k}: {mean}" for k, mean in evaluation.means(found).items())
        return f"mean squared error on 1,000 unseen tasks after inner steps {said}"
    said = "; ".join(f"{k}: {evaluation.percent(shares)}" for k, shares in found.items())
    return f"% right on 600 unseen tasks, 5 ways, 1 shot, after inner steps {said}"
