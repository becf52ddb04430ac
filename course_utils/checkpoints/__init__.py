"""Trained parameters that come with the course, each with its origin and a check sum.

A checkpoint is a safetensors file: it can hold tensors and text, and no code that loading would
run. Its text says how it was made; `make checkpoints` makes those that are missing or broken.
"""

from __future__ import annotations

import datetime
import hashlib
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from course_utils import ranks
from course_utils.checkpoints.recipes import RECIPES, Recipe, sinusoid_start
from course_utils.networks import Params
from course_utils.support.check_input import expanded_path
from course_utils.support.snapshots import Snapshots
from course_utils.support.whole_files import write_whole

__all__ = [
    "Checkpoint",
    "CheckpointError",
    "load",
    "load_or_train",
    "make",
    "recipe",
    "save",
    "sinusoid_start",
]

FOLDER = Path(__file__).parent / "stored"
DIGEST = "sha256"
FACTS = {"command", "settings", "meta_steps", "seed", "torch", "python", "date", "error"}


class CheckpointError(ValueError):
    """A checkpoint that is missing, broken or of something else; the text says which."""


@dataclass(frozen=True)
class Checkpoint:
    """Trained parameters and where they came from.

    `provenance` has command, settings (all that the training depended on), meta_steps, seed, torch,
    python, date and error (what was measured on unseen tasks), all as text. A classifier's φ lacks
    its last layer, W4 and b4.
    """

    name: str
    phi: Params
    provenance: Mapping[str, str]

    def __str__(self) -> str:
        p = self.provenance
        return f"{self.name}: {p['meta_steps']} meta-steps, seed {p['seed']}, made on {p['date']}"


def recipe(name: str) -> Recipe:
    """How a checkpoint is made. Raises ValueError for an unknown name."""
    if not isinstance(name, str) or name not in RECIPES:
        raise ValueError(f"name must be one of {', '.join(RECIPES)}, got {name!r}")
    return RECIPES[name]


def load(name: str, folder: Path | str | None = None) -> Checkpoint:
    """The checkpoint of that name.

    Raises ValueError for an unknown name, and CheckpointError where the file is missing,
    truncated or altered, or does not hold what the recipe of that name makes.
    """
    from safetensors import SafetensorError, safe_open

    wanted = recipe(name)
    path = expanded_path("folder", folder or FOLDER) / f"{name}.safetensors"
    try:
        with safe_open(path, framework="pt") as file:
            provenance = dict(file.metadata() or {})
            phi = {leaf: file.get_tensor(leaf) for leaf in sorted(file.keys())}
    except FileNotFoundError:
        raise CheckpointError(f"The checkpoint {name} is missing") from None
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"The checkpoint {name} cannot be read ({error})") from None
    if provenance.pop(DIGEST, None) != digest(phi, provenance):
        raise CheckpointError(f"The checkpoint {name} was altered: its check sum does not fit")
    start = wanted.kept(wanted.start())
    if _form(phi) != _form(start):
        raise CheckpointError(f"The checkpoint {name} belongs to another network")
    if lacking := sorted(FACTS - provenance.keys()):
        raise CheckpointError(f"The checkpoint {name} does not say its {', '.join(lacking)}")
    if provenance["settings"] not in (wanted.settings_of(), wanted.split().settings_of()):
        raise CheckpointError(
            f"The checkpoint {name} was made with other settings ({provenance['settings']})"
        )
    for leaf, tensor in phi.items():
        if not torch.isfinite(tensor).all():
            raise CheckpointError(f"The checkpoint {name} has values in {leaf} that are not finite")
    return Checkpoint(name, {leaf: phi[leaf] for leaf in start}, provenance)


def _form(phi: Mapping[str, Tensor]) -> dict[str, tuple[torch.Size, torch.dtype]]:
    return {leaf: (tensor.shape, tensor.dtype) for leaf, tensor in phi.items()}


def load_or_train(name: str, folder: Path | str | None = None) -> Checkpoint:
    """The checkpoint of that name or, with a sentence that says so, the result of a brief training.

    Raises ValueError for an unknown name.
    """
    try:
        return load(name, folder)
    except CheckpointError as error:
        print(
            f"{error}. A brief training replaces it, {recipe(name).brief:,} meta-steps instead of "
            f"{recipe(name).iterations:,}; `make checkpoints` makes it again."
        )
    return make(name, brief=True)


def make(
    name: str,
    *,
    brief: bool = False,
    snapshots: Snapshots | None = None,
    split: bool = False,
    device: torch.device | str = "cpu",
) -> Checkpoint:
    """Train what the checkpoint of that name holds, and measure it, on the CPU.

    `split`: the tasks of a meta-batch are split over the ranks, which must all call this, with
    `ranks.FirstRanksSnapshots`. Raises KeyboardInterrupt where the training was stopped: it makes
    no checkpoint then.
    """
    device = torch.device(device)
    chosen = recipe(name).split() if split else recipe(name)
    trained = chosen if device.type == "cpu" else chosen.on(device)
    iterations = chosen.brief if brief else chosen.iterations
    phi, history = trained.train(brief=brief, snapshots=snapshots, progress=ranks.rank() == 0)
    if len(history) < iterations:
        raise KeyboardInterrupt
    phi = {leaf: tensor.cpu() for leaf, tensor in phi.items()}
    options = " --split" * split + f" --device {device.type}" * (device.type != "cpu")
    return Checkpoint(
        name,
        chosen.kept(phi),
        {
            "command": f"python -m course_utils.checkpoints{options} {name}",
            "settings": chosen.settings_of(brief),
            "meta_steps": f"{iterations:,}",
            "seed": str(chosen.seed),
            "torch": torch.__version__.partition("+")[0],
            "python": platform.python_version(),
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
            "error": ranks.from_first(lambda: chosen.error(phi)) if split else chosen.error(phi),
        },
    )


def save(checkpoint: Checkpoint, folder: Path | str | None = None) -> Path:
    """Write a checkpoint, whole or not at all, and return its path.

    Raises ValueError for an unknown name, or a provenance that is no text.
    """
    from safetensors.torch import save as to_bytes

    recipe(checkpoint.name)
    path = expanded_path("folder", folder or FOLDER) / f"{checkpoint.name}.safetensors"
    for key, text in checkpoint.provenance.items():
        if not isinstance(text, str):
            raise ValueError(f"provenance[{key!r}] must be text, got {text!r}")
    phi = {leaf: tensor.detach().contiguous() for leaf, tensor in checkpoint.phi.items()}
    text = dict(checkpoint.provenance)
    write_whole(path, to_bytes(phi, metadata=text | {DIGEST: digest(phi, text)}))
    return path


def digest(phi: Mapping[str, Tensor], provenance: Mapping[str, str]) -> str:
    """The check sum of parameters and their provenance, in hexadecimal digits."""
    found = hashlib.sha256()
    for leaf in sorted(phi):
        tensor = phi[leaf]
        found.update(f"{leaf} {tensor.dtype} {tuple(tensor.shape)}".encode())
        # As bytes, since NumPy does not know every type that a file can name.
        found.update(tensor.detach().contiguous().flatten().view(torch.uint8).numpy().tobytes())
    for key in sorted(provenance):
        found.update(f"{key}={provenance[key]}\0".encode())
    return found.hexdigest()
