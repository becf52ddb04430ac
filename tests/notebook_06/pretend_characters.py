"""Twenty pretended characters that a picture itself tells apart, and drawings of a reader."""

import itertools

import torch

from course_utils import networks, tasks
from course_utils.notebook_06 import episodes

VEE = [[[0.2, 0.2], [0.5, 0.8], [0.8, 0.2]]]
TEE = [[[0.2, 0.2], [0.8, 0.2]], [[0.5, 0.2], [0.5, 0.9]]]
ELL = [[[0.3, 0.1], [0.3, 0.9], [0.7, 0.9]]]


class Family:
    """Pictures that say what they are: character c of 20 has its own bright square and noise."""

    scripts = ("Left", "Right", "Rare")

    def sample(self, n_tasks, *, ways, shots, queries, generator):
        rows = [torch.randperm(20, generator=generator)[:ways] for _ in range(n_tasks)]
        code = torch.stack(rows)
        noise = torch.rand(n_tasks, ways, shots + queries, 28, 28, generator=generator)
        x = 0.3 * noise
        for n, way in itertools.product(range(n_tasks), range(ways)):
            row, column = divmod(int(code[n, way]), 5)
            x[n, way, :, 7 * row : 7 * row + 6, 5 * column : 5 * column + 5] += 0.6
        support, query = (part.flatten(1, 2)[:, :, None] for part in x.split([shots, queries], 2))
        labels = (
            torch.arange(ways).repeat_interleave(k).expand(n_tasks, -1) for k in (shots, queries)
        )
        support_y, query_y = labels
        # 0 to 9 are of the first script, 10 to 16 of the second, three of the last.
        script = (code > 9).long() + (code > 16).long()
        code = code + ord("A")
        return tasks.TaskBatch(
            support, support_y, query, query_y, facts={"code": code, "script": script}
        )


NETWORK = networks.convnet(channels=8)
NAMES = ("MAML", "random")


def starts():
    return {name: NETWORK.init(torch.Generator().manual_seed(i)) for i, name in enumerate(NAMES)}


POOL = episodes.pool_of(Family(), torch.Generator().manual_seed(6))


def character_of(picture):
    """Which of the 20 characters a picture of the family shows."""
    squares = picture.reshape(4, 7, 28)[:, :6, :25].reshape(4, 6, 5, 5).mean((1, 3))
    return int(squares.argmax())
