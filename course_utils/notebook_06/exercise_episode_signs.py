"""What shows in the episodes of a sampler that it leaks, repeats itself or mixes up labels.

Each pixel of a picture says which picture of which class it is, and, less, where the pixel is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor

from course_utils.exercises.sampler import Try, not_moved_on

CLASSES, MOST = 8, 100  # pictures of a class are numbered below MOST
SIZES = (12, 16, 20)  # pictures of a class; the first of the list has fewest


def pools() -> list[Tensor]:
    """Classes whose pictures can be told apart, of three sizes in turn."""
    return [pool(n, _size(n)) for n in range(CLASSES)]


def _size(n: int) -> int:
    return SIZES[n % len(SIZES)]


def pool(n: int, size: int) -> Tensor:
    """The pictures of class n, (size, 1, 28, 28), that `numbers` can tell apart."""
    pixel = torch.arange(28 * 28).view(28, 28) / (28 * 28)  # a turned picture is another one
    numbered = n * MOST + torch.arange(size).view(-1, 1, 1, 1) + 0.4 * pixel
    return numbered / (CLASSES * MOST)


def numbers(x: Tensor) -> Tensor:
    """Which picture each is, (points,)."""
    return (x[:, 0, 0, 0] * CLASSES * MOST).round().long()


def classes(x: Tensor) -> Tensor:
    """Which class each picture is of, (points,)."""
    return numbers(x) // MOST


def _known_by_label(x: Tensor, y: Tensor) -> dict[int, set[int]]:
    """The classes of the pictures that have each label."""
    which = classes(x)
    return {label: set(which[y == label].tolist()) for label in y.unique().tolist()}


def in_each(seen: Callable[..., bool]) -> Callable[[list[Try]], bool]:
    """Whether it is seen in any try: seen(ways, shots, queries, sx, sy, qx, qy)."""
    return lambda tries: any(seen(*one.args[1:4], *one.result) for one in tries)


def _sets(shots, queries, sx, sy, qx, qy):
    return (shots, sx, sy), (queries, qx, qy)


def not_four(tries: list[Try]) -> bool:
    return not all(
        isinstance(one.result, tuple | list)
        and len(one.result) == 4
        and all(isinstance(part, Tensor) for part in one.result)
        for one in tries
    )


def too_few(ways, shots, queries, sx, sy, qx, qy) -> bool:
    return len(sx) == ways * shots and len(qx) == ways * (queries - shots)


def unlike(ways, *rest) -> bool:
    return any(
        x.shape[1:] != (1, 28, 28)
        or not x.is_floating_point()
        or y.shape != (len(x),)
        or y.dtype != torch.int64
        for _, x, y in _sets(*rest)
    )


@cache
def _all_pictures() -> Tensor:
    return torch.cat(pools())


def no_pictures_of_the_pools(ways, *rest) -> bool:
    """Whether a picture is none of the pools': scaled, turned, or not a number."""
    own = _all_pictures()
    for _, x, _ in _sets(*rest):
        x = x.detach().to("cpu", own.dtype)
        nearest = torch.searchsorted(numbers(own), numbers(x)).clamp(max=len(own) - 1)
        if not torch.allclose(x, own[nearest], rtol=0.0, atol=1e-6):
            return True
    return False


def in_all(ways, *rest) -> bool:
    return any(len(x) == each != each * ways for each, x, _ in _sets(*rest))


def numbers_of_classes(ways, *rest) -> bool:
    """Each label is its class's place in the list, and so may be beyond `ways`."""
    return any(
        len(y) > 0 and int(y.max()) >= ways and torch.equal(y, classes(x))
        for _, x, y in _sets(*rest)
    )


def another_number(ways, *rest) -> bool:
    return any(
        len(x) != each * ways or not 0 <= int(y.min()) <= int(y.max()) < ways
        for each, x, y in _sets(*rest)
    )


def out_of_step(ways, *rest) -> bool:
    return any(
        len(known) > 1 for _, x, y in _sets(*rest) for known in _known_by_label(x, y).values()
    )


def uneven(ways, *rest) -> bool:
    return any(
        (torch.bincount(y, minlength=ways) != each).any().item() for each, _, y in _sets(*rest)
    )


def class_twice(ways, *rest) -> bool:
    return any(len(set.union(*_known_by_label(x, y).values())) < ways for _, x, y in _sets(*rest))


def other_classes(ways, *rest) -> bool:
    support, query = (set.union(*_known_by_label(x, y).values()) for _, x, y in _sets(*rest))
    return support != query


def relabelled(ways, *rest) -> bool:
    support, query = (_known_by_label(x, y) for _, x, y in _sets(*rest))
    return support != query


def leak(ways, *rest) -> bool:
    support, query = (set(numbers(x).tolist()) for _, x, _ in _sets(*rest))
    return bool(support & query)


def picture_twice(ways, *rest) -> bool:
    return any(len(numbers(x).unique()) < len(x) for _, x, _ in _sets(*rest))


def _labels_of(one: Try) -> tuple[int, ...]:
    """The class of each label, in the order of the labels."""
    by_label = _known_by_label(*one.result[:2])
    return tuple(min(by_label[label]) for label in sorted(by_label))


def always_the_same(tries: list[Try]) -> bool:
    return len({frozenset(_labels_of(one)) for one in tries if one.args[1] == 5}) == 1


def in_the_lists_order(tries: list[Try]) -> bool:
    found = [list(_labels_of(one)) for one in tries]
    return any(all(c == sorted(c, reverse=back) for c in found) for back in (False, True))


def same_pictures(tries: list[Try]) -> bool:
    """Whether no class ever has a picture in both sets, of all tries of one kind."""
    alike = [one.result for one in tries if one.args[1] == 5]
    support, query = (set(torch.cat([numbers(r[k]) for r in alike]).tolist()) for k in (0, 2))
    return not support & query


def _places(one: Try) -> list[tuple[int, frozenset[int]]]:
    """For each label its class's number of pictures, and the places of its support pictures."""
    x, y = one.result[:2]
    places = numbers(x) % MOST
    return [
        (_size(which), frozenset(places[y == label].tolist()))
        for label, which in enumerate(_labels_of(one))
    ]


def one_order(tries: list[Try]) -> bool:
    """Whether in each task all classes of one size show the same places."""
    return all(len({size for size, _ in found}) == len(set(found)) for found in map(_places, tries))


def same_places(tries: list[Try]) -> bool:
    """Whether the class of label 0 shows the same places in all tasks, if it is of one size."""
    found = [_places(one)[0] for one in tries if one.args[1] == 5]
    return len({size for size, _ in found}) == len(set(found))


def class_left_out(tries: list[Try]) -> bool:
    """Whether a class comes in no task: of right samplers this is so of one in ten million."""
    return len({which for one in tries for which in _labels_of(one)}) < CLASSES


def _all_drawn(tries: list[Try]) -> list[tuple[int, int]]:
    """Each picture's place in its pool and how many the pool has, over all tries."""
    drawn = torch.cat([numbers(one.result[k]) for one in tries for k in (0, 2)])
    return [(number % MOST, _size(number // MOST)) for number in drawn.tolist()]


def a_place_left_out(tries: list[Try]) -> bool:
    """Whether a place comes in no pool, counted from the start or from the end.

    Pools of one size are looked at by quarters: a single place may be missed there by chance.
    """
    drawn = _all_drawn(tries)
    by_place = ({place for place, _ in drawn}, {size - place for place, size in drawn})
    few = [set(range(min(SIZES))) - by_place[0], set(range(1, min(SIZES) + 1)) - by_place[1]]
    quarters = {(size, 4 * place // size) for place, size in drawn}
    return any(few) or len(quarters) < 4 * len(SIZES)


def a_generator_of_its_own(tries: list[Try]) -> bool:
    """Whether classes or pictures come from the generator's seed, wherever it stands.

    The two tries before the last are the first once more, after the generator has drawn.
    """
    first, later = tries[0], tries[-3:-1]
    return (
        not_moved_on(tries)
        or all(_labels_of(one) == _labels_of(first) for one in later)
        or all(_shown_alike(one, first) for one in later)
    )


def _shown_alike(one: Try, other: Try) -> bool:
    """Whether classes that both have show the same support pictures in both."""
    shown = [
        {which: places for which, (_, places) in zip(_labels_of(t), _places(t), strict=True)}
        for t in (one, other)
    ]
    return all(shown[0][which] == shown[1][which] for which in set(shown[0]) & set(shown[1]))


def ends_never_drawn(tries: list[Try]) -> bool:
    """Whether the larger pools' pictures beyond the smallest pool's size never come."""
    drawn = torch.cat([numbers(one.result[k]) % MOST for one in tries for k in (0, 2)])
    return int(drawn.max()) < min(SIZES)


def not_from_the_generator(tries: list[Try]) -> bool:
    """The last try is the first once more, with a generator of the same seed."""
    first, again = tries[0].result, tries[-1].result
    return not all(map(torch.equal, first, again))


def _pairs(tries: list[Try]) -> list[tuple[int, ...]]:
    """The classes of each task of two, in the order of their labels."""
    return [_labels_of(one) for one in tries if one.args[1] == 2]


def classes_not_evenly(tries: list[Try]) -> bool:
    """Whether in tasks of two classes one comes too often, or few pairs ever meet.

    Forty right tasks have 21 of the 28 pairs (five standard deviations above 12), and a class is
    in a quarter of them (six below 0.65).
    """
    pairs = _pairs(tries)
    most = Counter(which for pair in pairs for which in pair).most_common(1)[0][1]
    return most > 0.65 * len(pairs) or len(set(map(frozenset, pairs))) <= 12


def labels_by_place(tries: list[Try]) -> bool:
    """Whether a label says something of a class's place: by which is first, or of one class."""
    pairs = _pairs(tries)
    rising = sum(one < other for one, other in pairs) / len(pairs)
    found = [set() for _ in range(CLASSES)]
    for one in tries:
        for label, which in enumerate(_labels_of(one)):
            found[which].add(label)
    return not 0.1 < rising < 0.9 or any(len(labels) == 1 for labels in found)


def neighbours(tries: list[Try]) -> bool:
    """Whether most classes show places that lie side by side, the last beside the first.

    Of five places among twelve this is so once in 66 draws.
    """
    found = []
    for one in (t for t in tries if t.args[1] == 5):
        drawn = torch.cat([numbers(one.result[k]) for k in (0, 2)])
        for which in _labels_of(one):
            places = set((drawn[drawn // MOST == which] % MOST).tolist())
            after = sum((place + 1) % _size(which) in places for place in places)
            found.append(after >= len(places) - 1)
    return sum(found) > 0.5 * len(found)
