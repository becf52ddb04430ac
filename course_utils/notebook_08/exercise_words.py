"""Exercise 2 of the appendix, words of your own: what is right, and what else is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import torch
from torch import Tensor

from course_utils import learners
from course_utils.exercises import Case, Function, Mistake
from course_utils.tasks import Words

Features = Callable[[Sequence[str]], Tensor]
Known = Mapping[str, Sequence[str]]

THREE = {
    "Danish": ["hus", "gade", "skov"],
    "German": ["haus", "strasse", "wald"],
    "French": ["maison", "chaussée", "forêt"],
}
UNEQUAL = {
    "German": ["wasser", "brot", "schule", "kirche", "nachmittag", "buchstabe"],
    "French": ["église", "nuit"],
    "Danish": ["kirke", "vand", "eftermiddag", "bogstav"],
}
TWO = {
    "Dutch": ["straat"],
    "Italian": ["strada", "foresta", "chiesa", "scuola", "acqua", "notte"],
}

THREE_ASKED = "skovhus waldhaus chaussées forêts gaderne skole schule brød jours nuits"
UNEQUAL_ASKED = "nuits églises vandet blomst fisk lundi tage natten hausmann morgen"
TWO_ASKED = "straten straatje scuole acque brood water nacht strand strade paese maisonnette"


def _case(known: Known, asked: str) -> tuple[Any, ...]:
    words = {language: list(own) for language, own in known.items()}
    return Words("test", idf=False).features, words, asked.split()


def _sort_words(features, known, asked):
    """By the package, as the rule of the page."""
    words = [word for own in known.values() for word in own]
    labels = [label for label, own in enumerate(known.values()) for _ in own]
    sets = features(words)[None], torch.tensor(labels)[None], features(asked)[None]
    return [list(known)[label] for label in learners.nearest_centroid(*sets)[0].tolist()]


def _best(near: Callable[[Tensor, Tensor], Tensor], features: Features, known: Known, asked: Any):
    """The language of largest nearness: `near` takes x asked and x known, and is (asked,)."""
    x = features(asked)
    scores = torch.stack([near(x, features(own)) for own in known.values()], -1)
    return [list(known)[place] for place in scores.argmax(-1).tolist()]


def _distance(x: Tensor, place: Tensor) -> Tensor:
    return (x - place).norm(dim=-1)


def _as_one(features, known, asked):
    """All words of a language written as one."""
    return _sort_words(features, {name: ["".join(own)] for name, own in known.items()}, asked)


def _alphabetical(features, known, asked):
    names = dict(zip(known, sorted(known), strict=True))
    return [names[name] for name in _sort_words(features, known, asked)]


sort_words = Function(
    "sort_words",
    title="words of your own",
    notebook="appendix to 08",
    answer=_sort_words,
    cases=(
        Case("three languages of three words", partial(_case, THREE, THREE_ASKED)),
        Case("three languages of 6, 2 and 4 words", partial(_case, UNEQUAL, UNEQUAL_ASKED)),
        Case("two languages of 1 and 6 words", partial(_case, TWO, TWO_ASKED)),
    ),
    mistakes=(
        Mistake(
            "nearest word",
            "Each word gets the language of the one word that is nearest. A single odd word then "
            "decides; the rule asked for makes one place of all words of a language first.",
            partial(_best, lambda x, own: -torch.cdist(x, own).amin(1)),
        ),
        Mistake(
            "sum of the words",
            "You take the sum of a language's words for its place. It grows with their number, and "
            "lies far from all of them: languages of few words win.",
            partial(_best, lambda x, own: -_distance(x, own.sum(0))),
        ),
        Mistake(
            "farthest mean",
            "You take the mean that is farthest. Large distances mean unlike.",
            partial(_best, lambda x, own: _distance(x, own.mean(0))),
        ),
        Mistake(
            "mean of the distances",
            "You take the mean of the distances to a language's words. That is not the distance to "
            "their mean: it punishes a language whose own words lie far apart.",
            partial(_best, lambda x, own: -torch.cdist(x, own).mean(1)),
        ),
        Mistake(
            "inner product",
            "You take the largest inner product with the means. A mean of many unlike words is "
            "short, and an inner product counts that against it; a distance was asked for.",
            partial(_best, lambda x, own: x @ own.mean(0)),
        ),
        Mistake(
            "cosine",
            "You take the largest cosine with the means, as the explorer shows it, or means scaled "
            "to one length, which is the same. Some words it sorts otherwise; the distance to the "
            "mean as it is was asked for.",
            partial(_best, lambda x, own: torch.cosine_similarity(x, own.mean(0)[None], dim=-1)),
        ),
        Mistake(
            "one long word",
            "You write the words of a language as one and take its x. So n-grams arise where two "
            "words meet, and long words count for more. Take the x of each word first.",
            _as_one,
        ),
        Mistake(
            "names in another order",
            "Your means come in the order of `known`, and your names in that of the alphabet: the "
            "places are right and the names are not.",
            _alphabetical,
        ),
    ),
    means="You have the strongest simple rule for words in hand, on any languages that you know. "
    "What is learned has to beat it.",
    returns="a list with one of the names in `known` for each asked word",
)
