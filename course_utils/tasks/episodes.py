"""The sampler that all families with classes share: few-shot tasks from pictures by class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import torch
from torch import Tensor

from course_utils.support.check_input import room_for, whole_number
from course_utils.support.check_tensors import generator as check_generator
from course_utils.tasks.batch import ADAPTS_TO, AT_LEAST_ONE, JUDGED_ON, TaskBatch


class Episodes:
    """A family of few-shot tasks with classes: what `sample` draws is the same for all of them.

    A family says what its classes and their examples are called in an error (`thing`, `examples`),
    and gives its pools and facts as `draw_episodes` takes them (`_classes`).
    """

    thing: ClassVar[str]
    examples: ClassVar[str] = "pictures"

    def _classes(self) -> tuple[Sequence[Tensor] | Tensor, Mapping[str, Tensor]]:
        raise NotImplementedError

    def sample(
        self,
        n_tasks: int,
        *,
        ways: int = 5,
        shots: int,
        queries: int,
        generator: torch.Generator | None = None,
    ) -> TaskBatch:
        """Draw tasks: x (n_tasks, ways·shots, 1, H, W), y (n_tasks, ways·shots) in 0..ways−1.

        `shots` and `queries` count *per class*; no picture is in both sets. Labels are shuffled
        again for each task. Facts are those of the family, (n_tasks, ways), in the order of the
        labels. Raises ValueError for impossible numbers.
        """
        pools, facts = self._classes()
        return draw_episodes(
            pools,
            facts,
            n_tasks,
            ways=ways,
            shots=shots,
            queries=queries,
            generator=generator,
            thing=self.thing,
            examples=self.examples,
        )


def draw_episodes(
    pools: Sequence[Tensor] | Tensor,
    facts: Mapping[str, Tensor],
    n_tasks: int,
    *,
    ways: int,
    shots: int,
    queries: int,
    generator: torch.Generator | None,
    thing: str,
    examples: str = "pictures",
) -> TaskBatch:
    """Draw tasks that each sort `ways` classes: x (n_tasks, ways·shots, *S), y int64 in 0..ways−1.

    Both sets are ordered class by class. Which class has which label is shuffled again for each
    task, and no picture is in both sets.

    Parameters
    ----------
    pools
        The pictures of each class, (pictures, *S), or all in one tensor: floats in [0, 1], or
        uint8 up to 255 (which take a quarter of the memory) that become such floats here.
    facts
        What is known of each class, by name, (classes,): the batch's facts are those of its
        classes, (n_tasks, ways), in the order of the labels.
    shots, queries
        Pictures *per class* in the support and in the query set.
    thing
        What a class is called in an error: "digit".
    examples
        What the examples of a class are called there.

    Raises
    ------
    ValueError
        If a number is too small, or there are not enough classes or pictures.
    """
    whole_number("n_tasks", n_tasks, least=1, why=AT_LEAST_ONE)
    whole_number("ways", ways, least=2, why="sorting needs two classes")
    whole_number("shots", shots, least=1, why=ADAPTS_TO)
    whole_number("queries", queries, least=1, why=JUDGED_ON)
    if ways > len(pools):
        raise ValueError(f"ways must be at most {len(pools)}, the {thing}s here, got {ways}")
    tensor = isinstance(pools, Tensor)
    sizes = [pools.shape[1]] * len(pools) if tensor else [len(pool) for pool in pools]
    fewest = min(sizes)
    if shots + queries > fewest:
        raise ValueError(
            f"shots + queries must be at most {fewest}, the {examples} of a {thing}, "
            f"got {shots} + {queries}"
        )
    numbers = int(n_tasks) * ways * (shots + queries) * pools[0][0].numel()
    room_for(numbers, "a batch", n_tasks=n_tasks, ways=ways, shots=shots, queries=queries)
    check_generator(generator)
    chosen, which = [], []
    for _ in range(n_tasks):
        classes = torch.randperm(len(pools), generator=generator)[:ways]
        chosen.append(classes)
        for one in classes.tolist():
            order = torch.randperm(sizes[one], generator=generator)
            which.append(order[: shots + queries])
    classes, which = torch.stack(chosen), torch.stack(which).unflatten(0, (n_tasks, ways))
    if tensor:
        rows = (classes[..., None] * sizes[0] + which).flatten()
        x = pools.flatten(0, 1).index_select(0, rows).unflatten(0, which.shape)
    else:
        pairs = zip(classes.flatten().tolist(), which.flatten(0, 1), strict=True)
        x = torch.stack([pools[one][order] for one, order in pairs]).unflatten(0, (n_tasks, ways))
    if x.dtype == torch.uint8:
        x = x.float().div_(255)
    # Else a support set of one shot is a view that keeps all of x, many times its size.
    parts = (part.flatten(1, 2).contiguous() for part in x.split([shots, queries], dim=2))
    support_x, query_x = parts
    support_y, query_y = (
        torch.arange(ways).repeat_interleave(k).repeat(n_tasks, 1) for k in (shots, queries)
    )
    known = {name: fact[classes] for name, fact in facts.items()}
    return TaskBatch(support_x, support_y, query_x, query_y, facts=known)
