"""What the tests run under torchrun: `ranks_program.py FOLDER PART...`; each rank keeps its finds.

KILL="RANK STEP" in the environment: that rank is killed at that meta-step, in its first life.
"""

import dataclasses
import datetime
import json
import os
import signal
import sys
import time
from pathlib import Path

import torch
import torch.distributed as dist

from course_utils import checkpoints, maml, ranks
from course_utils.checkpoints import __main__ as command
from course_utils.checkpoints import cousin_results, cousins, recipes
from course_utils.support import snapshots
from course_utils.tasks.batch import SETS

STEPS, EVERY = 100, 10
SINUSOIDS, PICTURES = "sinusoids-maml-k5-seed0", "cousin-maml-characters-seed0"
COUSINS = ("maml", "anil", "reptile")
SHORT = [f"sinusoids-maml-k5-seed{seed}" for seed in (0, 1, 2)]


def first_life():
    return os.environ.get("TORCHELASTIC_RESTART_COUNT", "0") == "0"


def mortal(objective):
    """The objective of a rank that may be killed, as by the system where memory ends."""
    who, when = map(int, os.environ.get("KILL", "-1 -1").split())
    calls = 0

    def counted(phi, batch):
        nonlocal calls
        calls += 1
        if first_life() and ranks.rank() == who and calls == when:
            os.kill(os.getpid(), signal.SIGKILL)
        return objective(phi, batch)

    return counted


def train(folder=None, device="cpu", steps=STEPS):
    """A training of the sinusoid network, its tasks split: φ, and the objective's history."""
    recipe = recipes.RECIPES[SINUSOIDS].split().on(torch.device(device))
    phi, family = recipe.start(), recipe.family()
    keeps = None
    if folder is not None:
        path = folder / "unfinished" / "state.pt"
        keeps = ranks.FirstRanksSnapshots(path, settings="the same", every=EVERY)
    how = {"iterations": steps, **recipe.settings, "progress": False}
    generator = torch.Generator().manual_seed(1)
    objective = mortal(recipe.objective)
    return maml.train(objective, phi, family, generator=generator, snapshots=keeps, **how)


def drawn(name, batches=2):
    """The tasks of the first meta-batches that this rank draws: by batch, by set."""
    recipe = recipes.RECIPES[name].split()
    settings = {key: recipe.settings[key] for key in ("n_tasks", "shots", "queries")}
    generator = torch.Generator().manual_seed(1)
    found = [recipe.family().sample(generator=generator, **settings) for _ in range(batches)]
    return [[getattr(batch, each) for each in SETS] for batch in found]


def gradient(name):
    """The value and the meta-gradient of a recipe's first meta-batch, at its start."""
    recipe = recipes.RECIPES[name].split()
    settings = {key: recipe.settings[key] for key in ("n_tasks", "shots", "queries")}
    batch = recipe.family().sample(generator=torch.Generator().manual_seed(1), **settings)
    phi = {leaf: tensor.requires_grad_() for leaf, tensor in recipe.start().items()}
    value = recipe.objective(phi, batch)
    value.backward()
    return value.detach(), {leaf: tensor.grad for leaf, tensor in phi.items()}


def counted(found):
    """What a part found, and how many messages it took."""
    sent, send = [], dist.all_reduce
    dist.all_reduce = lambda message: sent.append(message.numel()) or send(message)
    try:
        return found(), sent
    finally:
        dist.all_reduce = send


def short():
    """Three short trainings."""
    return {
        name: dataclasses.replace(recipes.RECIPES[name], iterations=60, error=lambda phi: "none")
        for name in SHORT
    }


def run_command(folder, asked, *, split):
    """`make checkpoints` of short trainings, with folders of its own."""
    quick = short()
    if int(os.environ["RANK"]) == int(os.environ.get("KILL", "-1").split()[0]):
        one = quick[os.environ["KILLED_IN"]]
        quick[os.environ["KILLED_IN"]] = dataclasses.replace(one, objective=mortal(one.objective))
    for module in (recipes, checkpoints, command, cousin_results):
        module.RECIPES = quick
    checkpoints.FOLDER = folder / "stored"
    command.unfinished = lambda: folder / "unfinished"
    command.EVERY = EVERY
    command.main(asked, split=split)


def few_cousins(folder, put=setattr):
    """Three stored cousins are all there are, judged on some tasks, with results in a folder."""
    members = {name: cousins.MEMBERS[name] for name in COUSINS}
    on_waves = {
        name: dataclasses.replace(each, on={"sinusoids": each.on["sinusoids"]})
        for name, each in members.items()
    }
    names = [cousins.name_of(name, "sinusoids", 0) for name in COUSINS]
    few, unseen = {name: recipes.RECIPES[name] for name in names}, cousins.unseen
    for module in (checkpoints, command, cousin_results):
        put(module, "RECIPES", few)
    put(cousin_results, "MEMBERS", on_waves)
    put(cousin_results, "SEEDS", (0,))
    put(cousin_results, "FILE", folder / "cousins.safetensors")
    put(cousin_results, "unseen", lambda kind, n_tasks=0, **how: unseen(kind, 20, **how))
    put(cousin_results, "COUNTS", {"sinusoids": (1, 2)})
    put(cousin_results, "META_STEPS", {"sinusoids": 2})


def late(seconds=8):
    """The sum of the ranks' numbers, of which the last comes later than a connection may take."""
    if ranks.rank() == 1:
        time.sleep(seconds)
    number = torch.tensor(float(ranks.rank() + 1))
    dist.all_reduce(number)
    return ranks.from_first(lambda: number.item()), ranks.at_first(ranks.rank())


PARTS = {
    "late": lambda folder: late(),
    "train": lambda folder: counted(lambda: train(folder)),
    "drawn": lambda folder: drawn(SINUSOIDS),
    "pictures": lambda folder: counted(lambda: gradient(PICTURES)),
}


def main(folder, *parts):
    folder = Path(folder)
    ranks.CONNECT = datetime.timedelta(seconds=5)
    if parts[0] == "command":
        run_command(folder, SHORT, split="split" in parts)
        return
    if parts[0] == "cousins":
        folder.mkdir(exist_ok=True)
        few_cousins(folder)
        command.main([])
        return
    written, write = [], snapshots.write_whole
    snapshots.write_whole = lambda path, *rest, **how: (
        written.append(path) or write(path, *rest, **how)
    )
    with ranks.group():
        found = {part: PARTS[part](folder) for part in parts}
        found["written"] = len(written)
        found["facts"] = json.dumps([ranks.rank(), ranks.ranks(), not first_life()])
        torch.save(found, folder / f"rank{ranks.rank()}.pt")


if __name__ == "__main__":
    main(*sys.argv[1:])
