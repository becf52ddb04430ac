"""Exercise 1 of notebook 06: an episode sampler."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from course_utils.exercises import Case, Sampler, Sign
from course_utils.notebook_06 import exercise_episode_samplers as samplers
from course_utils.notebook_06 import exercise_episode_signs as signs

SEEDS, SEEDS_OF_TWO = range(12), range(40)
FROM = f"classes of {min(signs.SIZES)} to {max(signs.SIZES)} pictures, seed"


def _case(
    seed: int, ways: int, shots: int, queries: int, before: int = 0
) -> Callable[[], tuple[Any, ...]]:
    def make():
        generator = torch.Generator().manual_seed(seed)
        torch.rand(before, generator=generator)  # it may have drawn numbers for something else
        return signs.pools(), ways, shots, queries, generator

    return make


episode = Sampler(
    "episode",
    title="an episode",
    notebook="06",
    answer=samplers.right_episode,
    cases=(
        *(Case(f"5 ways, 2 shots, 3 queries, {FROM} {n}", _case(n, 5, 2, 3)) for n in SEEDS),
        *(Case(f"3 ways, 1 shot, 4 queries, {FROM} {n}", _case(n, 3, 1, 4)) for n in SEEDS),
        *(Case(f"2 ways, 1 shot, 1 query, {FROM} {n}", _case(n, 2, 1, 1)) for n in SEEDS_OF_TWO),
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
            samplers.early_end,
        ),
        Sign(
            "",
            "The four tensors do not fit together. x is (pictures, 1, 28, 28), y has one label a "
            "picture, (pictures,), of the type int64.",
            signs.in_each(signs.unlike),
        ),
        Sign(
            "",
            "These pictures are not in `pools`. A task shows pictures as they are: not scaled, not "
            "turned, not made anew.",
            signs.in_each(signs.no_pictures_of_the_pools),
        ),
        Sign(
            "shots in all",
            "A set has as many pictures in all as each *class* should have. Shots and queries "
            "are counted for each class.",
            signs.in_each(signs.in_all),
            samplers.shots_in_all,
        ),
        Sign(
            "a class's own number as label",
            "Your labels are the places of the classes in `pools`. A label is a place in this "
            "task: 0 to ways - 1, given anew to whatever classes were drawn.",
            signs.in_each(signs.numbers_of_classes),
            samplers.own_numbers,
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
            samplers.sampler(repeat=torch.Tensor.repeat),
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
            samplers.sampler(lambda n, g: torch.randint(n, (n,), generator=g)),
        ),
        Sign(
            "other classes in the query set",
            "The query set holds classes that the support set does not. The support set cannot "
            "say anything about them. Draw the classes once for both.",
            signs.in_each(signs.other_classes),
            samplers.sampler(
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
            samplers.sampler(classes_of_query=lambda chosen, n, g: sorted(chosen)),
        ),
        Sign(
            "a picture in both sets",
            "A leak: some picture is in the support set and in the query set. Who knows it by "
            "heart gets it right. How can one draw for both rule that out?",
            signs.in_each(signs.leak),
            samplers.two_piles,
        ),
        Sign(
            "a picture twice",
            "A picture comes twice in the same set, so it holds fewer examples than it says. Draw "
            "pictures without putting them back.",
            signs.in_each(signs.picture_twice),
            samplers.with_replacement,
        ),
        Sign(
            "always the same classes",
            "Every task has the same classes, whatever the seed. A learner would see one task "
            "again and again. Draw anew which classes come.",
            signs.always_the_same,
            samplers.sampler(lambda n, g: torch.arange(n)),
        ),
        Sign(
            "labels in the order of the list",
            "In every task, labels follow the order of `pools`. So a class's place in the list "
            "says something of its label, and a picture betrays it. Draw the order, too.",
            signs.in_the_lists_order,
            samplers.sampler(lambda n, g: torch.randperm(n, generator=g)[:5].sort().values),
        ),
        Sign(
            "always the same support pictures",
            "In all tasks a class's support pictures are the same ones, or never come as query "
            "pictures. Shuffle the pile anew for each task, before you cut it.",
            signs.same_pictures,
            samplers.sampler(pile=lambda n, g: torch.arange(n)),
        ),
        Sign(
            "one order for all classes",
            "In each task all classes show the same places of their pools, as if one order were "
            "drawn for all of them. If the pools are sorted, by who drew them say, that is a "
            "hint. Draw an order for each class.",
            signs.one_order,
            samplers.one_order,
        ),
        Sign(
            "the same places in each task",
            "Which classes come is drawn anew, but the first of them always shows the same places "
            "of its pool. Does something start from the same seed in every task?",
            signs.same_places,
            samplers.same_places,
        ),
        Sign(
            "the ends of the pools left out",
            "The last pictures of larger pools never come, in no task. Pools may have different "
            "numbers of pictures: how long is the list of places that you draw from?",
            signs.ends_never_drawn,
            samplers.sampler(pile=lambda n, g: torch.randperm(min(signs.SIZES), generator=g)),
        ),
        Sign(
            "drawn without the generator",
            "Twice the same seed, and two different tasks: something was drawn without "
            "`generator`. Then no result can be had again.",
            signs.not_from_the_generator,
            samplers.sampler(pile=lambda n, g: torch.randperm(n)),
        ),
        Sign(
            "a generator of its own",
            "You draw from a generator of your own that starts like `generator`, from its seed or "
            "its state. Who calls twice with one generator gets the same task twice. Draw from "
            "`generator` itself, so that it moves on.",
            signs.a_generator_of_its_own,
            samplers.from_its_seed,
        ),
        Sign(
            "a class left out",
            "One class comes in none of the tasks, the last or the first of `pools` most likely. "
            "`torch.randperm(n)` ends at n - 1 by itself.",
            signs.class_left_out,
            samplers.sampler(lambda n, g: torch.randperm(n - 1, generator=g)),
        ),
        Sign(
            "a picture left out",
            "Some pictures come in none of the tasks, at the end or at the start of a class's "
            "pool. `torch.randperm(n)` ends at n - 1 by itself: each picture should have its "
            "chance.",
            signs.a_place_left_out,
            samplers.sampler(pile=lambda n, g: torch.randperm(n - 1, generator=g)),
        ),
        Sign(
            "",
            "Classes do not come evenly: one is in far too many tasks, or some never come "
            "together. Each set of classes should be as likely as any other.",
            signs.classes_not_evenly,
        ),
        Sign(
            "",
            "A label says something of a class's place in `pools`. So a picture betrays its label. "
            "Each class should have each label equally often.",
            signs.labels_by_place,
        ),
        Sign(
            "",
            "The pictures of a class are neighbours in its pool. If the pool is sorted, by who "
            "drew them say, they are alike. Shuffle the pile, then cut it.",
            signs.neighbours,
        ),
    ),
    means="No leak, no double, labels drawn anew and the same task for the same seed: on such "
    "episodes an accuracy can be believed.",
)
