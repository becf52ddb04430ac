"""Real words as few-shot tasks: which language is a word of? Nothing is downloaded."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

import torch
from torch import Tensor

from course_utils.support.check_input import number, room_for, shown, some_of, whole_number
from course_utils.tasks.batch import TaskBatch
from course_utils.tasks.episodes import Episodes

SPLITS = ("train", "validation", "test")
PARTS = (12, 15, 20)  # of 20 that a language's hash falls into: up to 12 train, to 15 validation
NAMES = ("territories", "languages", "scripts")  # and the months and days
LETTERS, WORDS, ALIKE = 3, 60, 0.7
GRAMS = (1, 2, 3)


@dataclass(frozen=True)
class Words(Episodes):
    """Few-shot tasks on real words: each task sorts words of `ways` languages.

    A class is a language, not a locale, with 60 words or more: with Babel 2.18 there are 79 to
    train on, 13 to choose settings on, 32 to test on. The words are the names of territories,
    languages, scripts, months and days in the Unicode project's CLDR, which the package Babel
    carries, cut at what is no letter, in small letters, of three letters or more, all Latin. A
    language that has more than seven in ten of its words in common with a larger one is left out
    (of Danish and Norwegian both stay). Of what is left a word counts only if no other language has
    it: so a borrowed name (Afghanistan) is nobody's, and a word has one answer. No word is in two
    sets of a task. The split of a language is decided by a hash of its code, whatever other
    languages there are.

    x is a word's n-grams of one to three letters, its two ends marked, each counted in one of
    `size` places by a hash. `idf` multiplies a place by the log of how rare it is among the words
    of the *training* languages (Spärck Jones 1972); then all of x is scaled to `length`.

    Facts of a batch: language, the places in `languages`, and support_word and query_word, the
    places in the words of the family, (tasks, points): `spelt` reads them.

    Parameters
    ----------
    split
        "train", "validation" or "test".
    only
        Some of the split's languages, as codes ("sv"); by default all of them.
    size
        Places for n-grams, that is features of x.
    idf
        Whether places are weighted.
    length
        Of x. Gradients grow with it, so it belongs to the inner step size.

    Raises
    ------
    ValueError
        If the split or a language is unknown, size below 1 or too large for memory, idf no bool,
        or length not above 0.
    """

    thing, examples = "language", "words"

    split: Literal["train", "validation", "test"] = "train"
    only: tuple[str, ...] | None = None
    size: int = 1024
    idf: bool = True
    length: float = 5.0

    def __post_init__(self) -> None:
        if self.split not in SPLITS:
            raise ValueError(f'split must be "train", "validation" or "test", got {self.split!r}')
        whole_number("size", self.size, least=1, why="n-grams need a place")
        room_for(10_000 * int(self.size), "the counts of many words", size=self.size)
        if not isinstance(self.idf, bool):
            raise ValueError(f"idf must be True or False, got {shown(self.idf)}")
        if number("length", self.length, least=0) == 0:
            raise ValueError(f"length must be above 0, got {shown(self.length)}: x would be 0")
        if self.only is not None:
            what = f"languages of the {self.split} split"
            object.__setattr__(self, "only", some_of("only", self.only, self._all, what=what))

    @property
    def _all(self) -> tuple[str, ...]:
        return tuple(code for code in own_words() if split_of(code) == self.split)

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages; the fact `language` counts in them."""
        return self._all if self.only is None else self.only

    def words(self, code: str) -> tuple[str, ...]:
        """The words of a language. Raises ValueError if it is not one of this family."""
        if code not in self.languages:
            raise ValueError(f"code must be one of {', '.join(self.languages)}, got {code!r}")
        return own_words()[code]

    def features(self, words: Sequence[str]) -> Tensor:
        """The x of any words in letters, (words, size): known ones or your own.

        Raises ValueError if they are no list of words.
        """
        listed = isinstance(words, Sequence) and not isinstance(words, str)
        if not listed or not all(isinstance(w, str) and w for w in words):
            raise ValueError(f'words must be a list of words, say ["hus"], got {shown(words)}')
        counts = torch.zeros(len(words), self.size)
        for row, word in enumerate(words):
            counts[row] = _counts(_composed(word), self.size)
        return self._weighted(counts)

    def sample(self, n_tasks: int, **how: Any) -> TaskBatch:
        """Draw tasks: x (n_tasks, ways·shots, size), y (n_tasks, ways·shots) in 0..ways−1.

        `ways` is 5; `shots` and `queries` count words *per language*; `generator` as elsewhere.
        Raises ValueError for impossible numbers.
        """
        places = super().sample(n_tasks, **how)
        support, query = places.support_x[..., 0], places.query_x[..., 0]
        table = _table(self.size)
        return replace(
            places,
            support_x=self._weighted(table[support]),
            query_x=self._weighted(table[query]),
            facts=places.facts | {"support_word": support, "query_word": query},
        )

    def spelt(self, places: Tensor) -> list[str]:
        """The words at some places of the facts support_word or query_word, in a row.

        Raises ValueError for a place where no word is.
        """
        if places.numel() and (places.min() < 0 or places.max() >= len(_all_words())):
            raise ValueError(
                f"places must be from 0 to {len(_all_words()) - 1}, as the facts of a batch, got "
                f"{places.min().item()} to {places.max().item()}"
            )
        return [_all_words()[place] for place in places.flatten().tolist()]

    def _weighted(self, counts: Tensor) -> Tensor:
        x = counts.float()
        if self.idf:
            x = x * rarity(self.size)
        return self.length * torch.nn.functional.normalize(x, dim=-1)

    def _classes(self) -> tuple[Sequence[Tensor], Mapping[str, Tensor]]:
        return _places(self.languages), {"language": torch.arange(len(self.languages))}


def split_of(code: str) -> str:
    """The split that a language belongs to, by its code alone."""
    part = zlib.crc32(code.encode()) % PARTS[-1]
    return next(split for split, end in zip(SPLITS, PARTS, strict=True) if part < end)


def name_of(code: str) -> str:
    """The English name of a language, by its code."""
    return _english().get(code, code)


@cache
def _english() -> dict[str, str]:
    from babel import localedata

    return dict(localedata.load("en")["languages"])


def grams(word: str) -> list[str]:
    """The n-grams of a word, one to three letters long; in the longer ones ^ and $ are its ends."""
    marked = f"^{word}$"
    longer = (marked[i : i + n] for n in GRAMS[1:] for i in range(len(marked) - n + 1))
    return [*word, *longer]


@cache
def place(gram: str, size: int) -> int:
    """The place of an n-gram among `size`: its CRC-32, the same on every computer."""
    return zlib.crc32(gram.encode()) % size


def _composed(text: str) -> str:
    """Small letters, a letter with its accent being one character."""
    return unicodedata.normalize("NFC", text.lower())


def _counts(word: str, size: int) -> Tensor:
    places = torch.tensor([place(gram, size) for gram in grams(word)])
    return torch.bincount(places, minlength=size)


@cache
def own_words() -> dict[str, tuple[str, ...]]:
    """The words that only one language has, by language code, sorted: from Babel."""
    found = {code: words for code, words in _latin_words() if len(words) >= WORDS}
    kept: list[str] = []
    for code in sorted(found, key=lambda code: (-len(found[code]), code)):
        words = found[code]
        if all(len(words & found[larger]) <= ALIKE * len(words) for larger in kept):
            kept.append(code)
    known_to = Counter(word for code in kept for word in found[code])
    own = {code: sorted(w for w in found[code] if known_to[w] == 1) for code in sorted(kept)}
    return {code: tuple(words) for code, words in own.items() if len(words) >= WORDS}


def _latin_words() -> Iterator[tuple[str, set[str]]]:
    """Each language that Babel knows, and its words that are written in Latin letters."""
    from babel import localedata

    word, latin = re.compile(rf"[^\W\d_]{{{LETTERS},}}"), _Latin()
    cache = getattr(localedata, "_cache", {})
    for code in localedata.locale_identifiers():
        if "_" in code:  # a language in a country or a script
            continue
        # Read anew: what Babel has kept may hold another language's words, too. And let go: it
        # would keep all that it knows of each language, 140 MB with what lies between.
        kept = cache.pop(code, None)
        data = localedata.load(code, merge_inherited=False)
        cache.pop(code, None)
        if kept is not None:
            cache[code] = kept
        entries = [data.get(kind, {}) for kind in NAMES]
        for kind in ("months", "days"):
            entries += [widths.get("wide", {}) for widths in data.get(kind, {}).values()]
        text = " ".join(t for part in entries for t in part.values() if isinstance(t, str))
        words = word.findall(_composed(text))
        yield code, {w for w in words if all(latin[letter] for letter in w)}


class _Latin(dict):
    """Whether a letter is Latin, looked up once each."""

    def __missing__(self, letter: str) -> bool:
        self[letter] = unicodedata.name(letter, "").startswith("LATIN")
        return self[letter]


@cache
def _all_words() -> tuple[str, ...]:
    """All words of all languages in a row: a word's place in it is what tasks are drawn from."""
    return tuple(word for words in own_words().values() for word in words)


@cache
def _places(languages: tuple[str, ...]) -> list[Tensor]:
    """The places of each language's words, (words, 1) each."""
    first, found = 0, {}
    for code, words in own_words().items():
        found[code] = torch.arange(first, first + len(words))[:, None]
        first += len(words)
    return [found[code] for code in languages]


@cache
def _table(size: int) -> Tensor:
    """The counts of all words, (words, size), uint8: not weighted."""
    lists = [[place(gram, size) for gram in grams(word)] for word in _all_words()]
    rows = torch.arange(len(lists)).repeat_interleave(torch.tensor([len(one) for one in lists]))
    columns = torch.tensor([one for places in lists for one in places])
    table = torch.zeros(len(lists), size, dtype=torch.uint8)
    ones = torch.ones(len(rows), dtype=torch.uint8)
    return table.index_put_((rows, columns), ones, accumulate=True)


@cache
def rarity(size: int) -> Tensor:
    """The idf of each place, (size,): log((1 + words) / (1 + words that have it)) + 1.

    It is counted on the training languages only: an unseen language has no say in it.
    """
    train = torch.cat(_places(Words("train").languages))[:, 0]
    having = torch.bincount(_table(size)[train].nonzero()[:, 1], minlength=size)
    return torch.log((1 + len(train)) / (1.0 + having)) + 1
