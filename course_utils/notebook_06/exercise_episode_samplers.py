"""Episode samplers: the right one, and one for each sign that something is wrong."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor

from course_utils.notebook_06 import exercise_episode_signs as signs


def sampler(
    order=lambda n, g: torch.randperm(n, generator=g),
    pile=lambda n, g: torch.randperm(n, generator=g),
    classes_of_query=None,
    repeat=Tensor.repeat_interleave,
):
    """The right sampler, but for the order of classes, the pile of pictures or the labels."""

    def episode(pools, ways, shots, queries, generator):
        chosen = order(len(pools), generator)[:ways].tolist()
        other = classes_of_query(chosen, len(pools), generator) if classes_of_query else chosen
        piles = {n: pile(len(pools[n]), generator) for n in dict.fromkeys([*chosen, *other])}
        support = [pools[n][piles[n][:shots]] for n in chosen]
        query = [pools[n][piles[n][shots : shots + queries]] for n in other]
        labels = torch.arange(ways)
        support_y, query_y = repeat(labels, shots), repeat(labels, queries)
        return torch.cat(support), support_y, torch.cat(query), query_y

    return episode


right_episode = sampler()


def shots_in_all(pools, ways, shots, queries, generator):
    sx, sy, qx, qy = right_episode(pools, ways, shots, queries, generator)
    return sx[:shots], sy[:shots], qx[:queries], qy[:queries]


def early_end(pools, ways, shots, queries, generator):
    return right_episode(pools, ways, shots, queries - shots, generator)


def own_numbers(pools, ways, shots, queries, generator):
    sx, _, qx, _ = right_episode(pools, ways, shots, queries, generator)
    return sx, signs.classes(sx), qx, signs.classes(qx)


def two_piles(pools, ways, shots, queries, generator):
    found = []
    chosen = torch.randperm(len(pools), generator=generator)[:ways].tolist()
    for each in (shots, queries):
        for n in chosen:
            found.append(pools[n][torch.randperm(len(pools[n]), generator=generator)[:each]])
    labels = torch.arange(ways)
    support_y, query_y = labels.repeat_interleave(shots), labels.repeat_interleave(queries)
    return torch.cat(found[:ways]), support_y, torch.cat(found[ways:]), query_y


def with_replacement(pools, ways, shots, queries, generator):
    """Support and query from two halves of a pile, each drawn with replacement."""
    found = []
    chosen = torch.randperm(len(pools), generator=generator)[:ways].tolist()
    for start, each in ((0, shots), (6, queries)):
        for n in chosen:
            found.append(pools[n][start + torch.randint(6, (each,), generator=generator)])
    labels = torch.arange(ways)
    support_y, query_y = labels.repeat_interleave(shots), labels.repeat_interleave(queries)
    return torch.cat(found[:ways]), support_y, torch.cat(found[ways:]), query_y


def one_order(pools, ways, shots, queries, generator):
    order = torch.randperm(min(map(len, pools)), generator=generator)
    return sampler(pile=lambda n, g: order)(pools, ways, shots, queries, generator)


def same_places(pools, ways, shots, queries, generator):
    own = torch.Generator().manual_seed(0)
    pile = partial(torch.randperm, generator=own)
    return sampler(pile=lambda n, g: pile(n))(pools, ways, shots, queries, generator)


def from_its_seed(pools, ways, shots, queries, generator):
    own = torch.Generator().manual_seed(generator.initial_seed())
    return right_episode(pools, ways, shots, queries, own)
