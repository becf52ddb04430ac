"""Exercise 1 of the appendix on words, idf by hand: what is right, and what else is written."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from course_utils.exercises import Case, Function, Mistake

LENGTH = 5.0


def _case(seed: int, train: int, asked: int, places: int) -> tuple[Tensor, Tensor]:
    """Counts of training words and of others; place 0 is in all of them, the last in no former."""
    generator = torch.Generator().manual_seed(seed)
    counts = torch.rand(train + asked, places, generator=generator)
    counts = (4 * counts - 1.5).clamp(min=0).ceil()  # 0, 1, 2 or 3, three in eight are 0
    counts[:, 0] = 1 + counts[:, 0].clamp(max=1)
    counts[:train, -1] = 0
    counts[train, -1] = 1
    return counts[:train], counts[train:]


def _idf(train_counts, counts):
    """Place by place and word by word, without a tensor's help."""
    n_words, places = train_counts.shape
    weights = []
    for place in range(places):
        having = sum(1 for word in range(n_words) if train_counts[word, place] > 0)
        weights.append(math.log((1 + n_words) / (1 + having)) + 1)
    rows = []
    for word in counts.tolist():
        row = [count * weight for count, weight in zip(word, weights, strict=True)]
        length = math.sqrt(sum(entry**2 for entry in row))
        rows.append([LENGTH * entry / length for entry in row])
    return torch.tensor(rows)


def _having(counts: Tensor) -> Tensor:
    return (counts > 0).sum(0)


def _by(
    weight: Callable[[Tensor, Tensor], Tensor],
    length: Callable[[Tensor], Tensor] = lambda x: x.norm(dim=1, keepdim=True),
) -> Callable[[Tensor, Tensor], Tensor]:
    """As is right, but with another weight of (train_counts, counts), or another length."""

    def answer(train_counts, counts):
        x = counts * weight(train_counts, counts)
        return LENGTH * x / length(x)

    return answer


def _weight(train: Tensor, counts: Tensor) -> Tensor:
    return ((1 + len(train)) / (1 + _having(train))).log() + 1


def _on_all(train: Tensor, counts: Tensor) -> Tensor:
    return _weight(torch.cat([train, counts]), counts)


def _upside_down(train: Tensor, counts: Tensor) -> Tensor:
    return ((1 + _having(train)) / (1 + len(train))).log() + 1


def _occurrences(train: Tensor, counts: Tensor) -> Tensor:
    return ((1 + len(train)) / (1 + train.sum(0))).log() + 1


def _places_for_words(train: Tensor, counts: Tensor) -> Tensor:
    return ((1 + train.shape[1]) / (1 + _having(train))).log() + 1


def _in_brackets(train: Tensor, counts: Tensor) -> Tensor:
    return ((1 + len(train)) / (1 + _having(train)) + 1).log()


def _one_plus_share(train: Tensor, counts: Tensor) -> Tensor:
    return (1 + len(train) / (1 + _having(train))).log() + 1


def _n_outside(train: Tensor, counts: Tensor) -> Tensor:
    return (1 + len(train) + _having(train)).log() + 1


def _base_ten(train: Tensor, counts: Tensor) -> Tensor:
    return ((1 + len(train)) / (1 + _having(train))).log10() + 1


def _base_two(train: Tensor, counts: Tensor) -> Tensor:
    return ((1 + len(train)) / (1 + _having(train))).log2() + 1


def _asked_for_train(train: Tensor, counts: Tensor) -> Tensor:
    return ((1 + len(counts)) / (1 + _having(train))).log() + 1


def _having_of_asked(train: Tensor, counts: Tensor) -> Tensor:
    return ((1 + len(train)) / (1 + _having(counts))).log() + 1


def _scaled_first(train_counts, counts):
    return LENGTH * counts / counts.norm(dim=1, keepdim=True) * _weight(train_counts, counts)


def _not_scaled(train_counts, counts):
    return counts * _weight(train_counts, counts)


def _there_or_not(train_counts, counts):
    return _by(_weight)(train_counts, (counts > 0).float())


idf = Function(
    "idf",
    title="idf by hand",
    notebook="appendix to 08",
    answer=_idf,
    cases=(
        Case("two words by seven training words, six places", partial(_case, 0, 7, 2, 6)),
        Case("four words by five training words, nine places", partial(_case, 1, 5, 4, 9)),
        Case("three words by twelve training words, four places", partial(_case, 2, 12, 3, 4)),
    ),
    mistakes=(
        Mistake(
            "counted on the words themselves",
            "You count how rare a place is among the words that are to be weighted. In a test "
            "these are unseen, and must have no say: which words may be counted?",
            _by(lambda train, counts: _weight(counts, counts)),
        ),
        Mistake(
            "counted on all words",
            "You count on the training words and on those to be weighted. That is the small leak: "
            "the unseen words have a say in their own weights.",
            _by(_on_all),
        ),
        Mistake(
            "occurrences for words",
            "You count how often an n-gram occurs. A word that has it three times is still one "
            "word that has it.",
            _by(_occurrences),
        ),
        Mistake(
            "the ratio upside down",
            "Your ratio is upside down: what is in every word gets the largest weight. The rare "
            "places were to count more.",
            _by(_upside_down),
        ),
        Mistake(
            "nothing added inside",
            "The two 1s inside the fraction are missing. A place that no training word has is "
            "divided by 0, and its weight is infinite.",
            _by(lambda train, counts: (len(train) / _having(train)).log() + 1),
        ),
        Mistake(
            "nothing added behind",
            "The 1 behind the logarithm is missing. A place that every training word has then "
            "weighs nothing, and is not seen any more.",
            _by(lambda train, counts: _weight(train, counts) - 1),
        ),
        Mistake(
            "the last 1 in the logarithm",
            "The 1 behind the logarithm has come into it: it is added after the logarithm is "
            "taken.",
            _by(_in_brackets),
        ),
        Mistake(
            "the upper 1 outside the fraction",
            "You add 1 to the fraction, and its upper part is N alone. Are the parentheses around "
            "1 + N missing?",
            _by(_one_plus_share),
        ),
        Mistake(
            "n outside the fraction",
            "You divide by 1 and add n after it, so a place weighs *more* the more words have it. "
            "Are the parentheses around 1 + n missing?",
            _by(_n_outside),
        ),
        Mistake(
            "another logarithm",
            "This is the logarithm to base 10. With a 1 behind it the base matters: the natural "
            "one was asked for.",
            _by(_base_ten),
        ),
        Mistake(
            "logarithm to base 2",
            "This is the logarithm to base 2. With a 1 behind it the base matters: the natural "
            "one was asked for.",
            _by(_base_two),
        ),
        Mistake(
            "N of the other words",
            "Your N counts the words that are to be weighted. It is to be the number of "
            "*training* words, as n is counted on them.",
            _by(_asked_for_train),
        ),
        Mistake(
            "n of the words themselves",
            "Your N is the number of training words, but your n is counted among the words that "
            "are to be weighted. Both belong to the training words.",
            _by(_having_of_asked),
        ),
        Mistake(
            "places for words",
            "Your N is the number of places. It is to be the number of training words: which "
            "dimension of `train_counts` are they?",
            _by(_places_for_words),
        ),
        Mistake(
            "not scaled",
            "Your weights are right, but each word still has a length of its own. The last step, "
            "scaling to length 5, is missing.",
            _not_scaled,
        ),
        Mistake(
            "scaled before weighting",
            "You scale first and weight then, so the words do not have length 5 in the end. What "
            "must come last?",
            _scaled_first,
        ),
        Mistake(
            "each place scaled",
            "You scale each place over the words, and it is the words that were to have length 5. "
            "Now a word's x depends on which others come with it.",
            _by(_weight, lambda x: x.norm(dim=0, keepdim=True)),
        ),
        Mistake(
            "sum for length",
            "You scale so that the numbers of a word sum to 5. Its length is the root of the sum "
            "of their squares.",
            _by(_weight, lambda x: x.sum(1, keepdim=True)),
        ),
        Mistake(
            "one length for all words",
            "All words are divided by one length, that of the whole table. Each word has its own.",
            _by(_weight, lambda x: x.norm()),
        ),
        Mistake(
            "there or not",
            "You only ask whether a word has a place. In the words to be weighted the counts "
            "themselves are multiplied: an n-gram that comes twice weighs twice.",
            _there_or_not,
        ),
    ),
    means="This is the x of this notebook's tasks, and its weights come from the training "
    "languages alone: nothing of the test has leaked into them.",
    returns="a tensor (words, places)",
)
