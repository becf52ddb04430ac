"""Exercise 1 of notebook 06: an episode sampler."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from course_utils.exercises import Case, Sampler, Sign
from course_utils.notebook_06 import exercise_episode_signs as signs

SEEDS = range(12)
FROM = f"classes of {min(signs.SIZES)} to {max(signs.SIZES)} pictures, seed"


def _case(
    seed: int, ways: int, shots: int, queries: int, before: int = 0
) -> Callable[[], tuple[Any, ...]]:
    def make():
        generator = torch.Generator().manual_seed(seed)
        torch.rand(before, generator=generator)  # it may have drawn numbers for something else
        return signs.pools(), ways, shots, queries, generator

    return make


# Samplers: the right one, and one for each sign.


def _sampler(
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


_episode = _sampler()


def _shots_in_all(pools, ways, shots, queries, generator):
    sx, sy, qx, qy = _episode(pools, ways, shots, queries, generator)
    return sx[:shots], sy[:shots], qx[:queries], qy[:queries]


def _early_end(pools, ways, shots, queries, generator):
    return _episode(pools, ways, shots, queries - shots, generator)


def _own_numbers(pools, ways, shots, queries, generator):
    sx, _, qx, _ = _episode(pools, ways, shots, queries, generator)
    return sx, signs.classes(sx), qx, signs.classes(qx)


def _two_piles(pools, ways, shots, queries, generator):
    found = []
    chosen = torch.randperm(len(pools), generator=generator)[:ways].tolist()
    for each in (shots, queries):
        for n in chosen:
            found.append(pools[n][torch.randperm(len(pools[n]), generator=generator)[:each]])
    labels = torch.arange(ways)
    support_y, query_y = labels.repeat_interleave(shots), labels.repeat_interleave(queries)
    return torch.cat(found[:ways]), support_y, torch.cat(found[ways:]), query_y


def _with_replacement(pools, ways, shots, queries, generator):
    """Support and query from two halves of a pile, each drawn with replacement."""
    found = []
    chosen = torch.randperm(len(pools), generator=generator)[:ways].tolist()
    for start, each in ((0, shots), (6, queries)):
        for n in chosen:
            found.append(pools[n][start + torch.randint(6, (each,), generator=generator)])
    labels = torch.arange(ways)
    support_y, query_y = labels.repeat_interleave(shots), labels.repeat_interleave(queries)
    return torch.cat(found[:ways]), support_y, torch.cat(found[ways:]), query_y


def _one_order(pools, ways, shots, queries, generator):
    order = torch.randperm(min(map(len, pools)), generator=generator)
    return _sampler(pile=lambda n, g: order)(pools, ways, shots, queries, generator)


def _same_places(pools, ways, shots, queries, generator):
    own = torch.Generator().manual_seed(0)
    pile = partial(torch.randperm, generator=own)
    return _sampler(pile=lambda n, g: pile(n))(pools, ways, shots, queries, generator)


def _from_its_seed(pools, ways, shots, queries, generator):
    own = torch.Generator().manual_seed(generator.initial_seed())
    return _episode(pools, ways, shots, queries, own)


episode = Sampler(
    "episode",
    title="an episode",
    notebook="06",
    answer=_episode,
    cases=(
        *(Case(f"5 ways, 2 shots, 3 queries, {FROM} {n}", _case(n, 5, 2, 3)) for n in SEEDS),
        *(Case(f"3 ways, 1 shot, 4 queries, {FROM} {n}", _case(n, 3, 1, 4)) for n in SEEDS),
        Case("the first, after the generator has drawn", _case(0, 5, 2, 3, before=999)),
        Case("the first, after it has drawn more", _case(0, 5, 2, 3, before=9999)),
        Case("the first once more", _case(0, 5, 2, 3)),
    ),
    signs=(
        Sign(
            "",
            "Four tensors were asked for, in this order: support_x, support_y, query_x, query_y.",
            signs.not_four,
        ),
        Sign(
            "a slice that ends too early",
            "A class has as many query pictures too few as it has shots. The end of a slice "
            "`[a:b]` is counted from the start of the pile, not from a.",
            signs.in_each(signs.too_few),
            _early_end,
        ),
        Sign(
            "",
            "The four tensors do not fit together. x is (pictures, 1, 28, 28), y has one label a "
            "picture, (pictures,), of the type int64.",
            signs.in_each(signs.unlike),
        ),
        Sign(
            "shots in all",
            "A set has as many pictures in all as each *class* should have. Shots and queries "
            "are counted for each class.",
            signs.in_each(signs.in_all),
            _shots_in_all,
        ),
        Sign(
            "a class's own number as label",
            "Your labels are the places of the classes in `pools`. A label is a place in this "
            "task: 0 to ways - 1, given anew to whatever classes were drawn.",
            signs.in_each(signs.numbers_of_classes),
            _own_numbers,
        ),
        Sign(
            "",
            "The numbers are not right. A set has ways times shots (or queries) pictures, and its "
            "labels lie between 0 and ways - 1.",
            signs.in_each(signs.another_number),
        ),
        Sign(
            "labels out of step",
            "Pictures of different classes have the same label. In which order do you put the "
            "pictures together, and in which order are their labels?",
            signs.in_each(signs.out_of_step),
            _sampler(repeat=Tensor.repeat),
        ),
        Sign(
            "",
            "Not every label has as many pictures as were asked for of each class.",
            signs.in_each(signs.uneven),
        ),
        Sign(
            "a class twice",
            "In some tasks a class was drawn twice, and so has two labels. Nobody can tell which "
            "of the two is meant. Draw the classes without putting them back.",
            signs.in_each(signs.class_twice),
            _sampler(lambda n, g: torch.randint(n, (n,), generator=g)),
        ),
        Sign(
            "other classes in the query set",
            "The query set holds classes that the support set does not. The support set cannot "
            "say anything about them. Draw the classes once for both.",
            signs.in_each(signs.other_classes),
            _sampler(
                classes_of_query=lambda chosen, n, g: torch.randperm(n, generator=g)[
                    : len(chosen)
                ].tolist()
            ),
        ),
        Sign(
            "labels of each set its own",
            "A class has one label in the support set and another in the query set. Then what is "
            "learned from the first is wrong in the second.",
            signs.in_each(signs.relabelled),
            _sampler(classes_of_query=lambda chosen, n, g: sorted(chosen)),
        ),
        Sign(
            "a picture in both sets",
            "A leak: some picture is in the support set and in the query set. Who knows it by "
            "heart gets it right. How can one draw for both rule that out?",
            signs.in_each(signs.leak),
            _two_piles,
        ),
        Sign(
            "a picture twice",
            "A picture comes twice in the same set, so it holds fewer examples than it says. Draw "
            "pictures without putting them back.",
            signs.in_each(signs.picture_twice),
            _with_replacement,
        ),
        Sign(
            "always the same classes",
            "Every task has the same classes, whatever the seed. A learner would see one task "
            "again and again. Draw anew which classes come.",
            signs.always_the_same,
            _sampler(lambda n, g: torch.arange(n)),
        ),
        Sign(
            "labels in the order of the list",
            "In every task, labels follow the order of `pools`. So a class's place in the list "
            "says something of its label, and a picture betrays it. Draw the order, too.",
            signs.in_the_lists_order,
            _sampler(lambda n, g: torch.randperm(n, generator=g)[:5].sort().values),
        ),
        Sign(
            "always the same support pictures",
            "In all tasks a class's support pictures are the same ones, or never come as query "
            "pictures. Shuffle the pile anew for each task, before you cut it.",
            signs.same_pictures,
            _sampler(pile=lambda n, g: torch.arange(n)),
        ),
        Sign(
            "one order for all classes",
            "In each task all classes show the same places of their pools, as if one order were "
            "drawn for all of them. If the pools are sorted, by who drew them say, that is a "
            "hint. Draw an order for each class.",
            signs.one_order,
            _one_order,
        ),
        Sign(
            "the same places in each task",
            "Which classes come is drawn anew, but the first of them always shows the same places "
            "of its pool. Does something start from the same seed in every task?",
            signs.same_places,
            _same_places,
        ),
        Sign(
            "the ends of the pools left out",
            "The last pictures of larger pools never come, in no task. Pools may have different "
            "numbers of pictures: how long is the list of places that you draw from?",
            signs.ends_never_drawn,
            _sampler(pile=lambda n, g: torch.randperm(min(signs.SIZES), generator=g)),
        ),
        Sign(
            "drawn without the generator",
            "Twice the same seed, and two different tasks: something was drawn without "
            "`generator`. Then no result can be had again.",
            signs.not_from_the_generator,
            _sampler(pile=lambda n, g: torch.randperm(n)),
        ),
        Sign(
            "a generator of its own",
            "You draw from a generator of your own that starts like `generator`, from its seed or "
            "its state. Who calls twice with one generator gets the same task twice. Draw from "
            "`generator` itself, so that it moves on.",
            signs.a_generator_of_its_own,
            _from_its_seed,
        ),
        Sign(
            "a class left out",
            "One class comes in none of the tasks, the last or the first of `pools` most likely. "
            "`torch.randperm(n)` ends at n - 1 by itself.",
            signs.class_left_out,
            _sampler(lambda n, g: torch.randperm(n - 1, generator=g)),
        ),
        Sign(
            "a picture left out",
            "Some pictures come in none of the tasks, at the end or at the start of a class's "
            "pool. `torch.randperm(n)` ends at n - 1 by itself: each picture should have its "
            "chance.",
            signs.a_place_left_out,
            _sampler(pile=lambda n, g: torch.randperm(n - 1, generator=g)),
        ),
    ),
    means="No leak, no double, labels drawn anew and the same task for the same seed: on such "
    "episodes an accuracy can be believed.",
)
