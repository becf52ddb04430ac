"""What tasks split over ranks cost: `torchrun --standalone --nproc-per-node=2 -m benchmarks.ranks`.

Of one training on sinusoids and one on pictures, by rank: the processor's milliseconds of a
meta-step, those of them for drawing tasks, and for the message; and the message's size. With one
process, also the training as it is without ranks. Processor time, since a machine may be busy.
"""

import os
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

# Of each training the meta-steps: the first few import and allocate, and are not counted.
STEPS = {"sinusoids-maml-k5-seed0": (300, 30), "cousin-maml-characters-seed0": (40, 5)}


class Clock:
    """Adds up the processor's seconds of the calls of some functions."""

    def __init__(self):
        self.seconds = {}

    def of(self, name, function):
        """The function, its calls counted under a name."""

        def timed(*arguments, **how):
            began = time.process_time()
            try:
                return function(*arguments, **how)
            finally:
                self.seconds[name] = self.seconds.get(name, 0) + time.process_time() - began

        return timed


def measured(name: str, split: bool) -> str:
    """A training's milliseconds a meta-step on this rank, in words."""
    import dataclasses

    import torch.distributed as dist

    from course_utils.checkpoints.recipes import RECIPES

    steps, warm = STEPS[name]
    recipe = RECIPES[name].split() if split else RECIPES[name]
    clock, sizes, send = Clock(), [0], dist.all_reduce
    family, began = recipe.family(), []

    class Timed:
        def sample(self, *arguments, **how):
            if len(began) == warm:
                clock.seconds.clear()
            began.append(time.process_time())
            return clock.of("draw", family.sample)(*arguments, **how)

    def sent(message):
        sizes[0] = message.numel() * message.element_size()
        clock.of("send", send)(message)

    dist.all_reduce = sent
    try:
        dataclasses.replace(recipe, family=Timed, iterations=steps).train(progress=False)
    finally:
        dist.all_reduce = send
    whole = time.process_time() - began[warm]
    each = {key: 1000 * value / (steps - warm) for key, value in clock.seconds.items()}
    return (
        f"{1000 * whole / (steps - warm):.2f} ms a meta-step, of them drawing {each['draw']:.2f}, "
        f"sending {each.get('send', 0):.2f} ({sizes[0]:,} bytes)"
    )


def main() -> None:
    """Measure on every rank; rank 0 prints."""
    from course_utils import ranks

    with ranks.group():
        for name in STEPS:
            for split in (False, True) if ranks.ranks() == 1 else (True,):
                found = ranks.at_first(measured(name, split))
                for rank, said in enumerate(found):
                    kind = "split" if split else "as it is"
                    ranks.say(f"{name}, {kind}, rank {rank} of {len(found)}: {said}")


if __name__ == "__main__":
    main()
