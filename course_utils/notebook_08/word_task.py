"""An explorer: a few words of five languages, a new word, and the n-grams that decide (08)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from course_utils.explorers.controls import Choice, Slider, Stops
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.scene import Frame, Scene
from course_utils.figures import style
from course_utils.tasks.words import Words, grams, name_of, place

TASKS = {
    "languages of the north": ("da", "no", "fo", "de", "nds"),
    "daughters of Latin": ("fr", "ro", "ast", "scn", "ia"),
    "far apart": ("cs", "hu", "eu", "xh", "to"),
}
SHOTS, QUERIES, DECIDE = (1, 5, 20), 2, 7
LEAD = (-0.18, 0.18)
BAR = {"lw": 11, "solid_capstyle": "butt"}


@dataclass(frozen=True)
class Sorted:
    """A frame: a word, how near each language's mean is, and what decides between the first two.

    `near` holds the cosines of the word and the five means, `first` and `second` the places of the
    two nearest; `deciding` names n-grams with what each adds to the difference of the two cosines,
    the largest first. All n-grams of the word together make up the whole difference.
    """

    word: str
    true: int
    languages: tuple[str, ...]
    support: str
    near: tuple[float, ...]
    first: int
    second: int
    deciding: tuple[tuple[str, float], ...]

    @property
    def margin(self) -> float:
        """How much nearer the nearest mean is than the second."""
        return self.near[self.first] - self.near[self.second]


@dataclass(frozen=True)
class Drawn:
    """The words of one task: `support` (languages, 20) and `query`, with the true language each."""

    codes: tuple[str, ...]
    support: tuple[tuple[str, ...], ...]
    query: tuple[tuple[str, int], ...]


def drawn(codes: Sequence[str], seed: int = 0) -> Drawn:
    """Words of some unseen languages, none of them in both sets."""
    family, generator = Words("test"), torch.Generator().manual_seed(seed)
    support, query = [], []
    for true, code in enumerate(codes):
        words = family.words(code)
        order = torch.randperm(len(words), generator=generator)[: max(SHOTS) + QUERIES].tolist()
        chosen = [words[n] for n in order]
        support.append(tuple(chosen[: max(SHOTS)]))
        query += [(word, true) for word in chosen[max(SHOTS) :]]
    return Drawn(tuple(codes), tuple(support), tuple(query))


def sorted_frame(task: Drawn, word: int, shots: int, idf: bool) -> Sorted:
    """Sort one query word by the class means of the first `shots` words of each language."""
    family, (spelt, true) = Words("test", idf=idf, length=1.0), task.query[word]
    (x,) = family.features([spelt])
    means = torch.stack([family.features(words[:shots]).mean(0) for words in task.support])
    means = means / means.norm(dim=1, keepdim=True)
    near = means @ x
    first, second = near.topk(2).indices.tolist()
    shares = x * (means[first] - means[second])
    return Sorted(
        word=spelt,
        true=true,
        languages=tuple(map(name_of, task.codes)),
        support=task.support[true][0],
        near=tuple(near.tolist()),
        first=first,
        second=second,
        deciding=_deciding(spelt, shares),
    )


def _deciding(word: str, shares: Tensor) -> tuple[tuple[str, float], ...]:
    """The n-grams of a word and what each place adds; those that share a place stand together."""
    names: dict[int, list[str]] = {}
    for gram in dict.fromkeys(grams(word)):
        names.setdefault(place(gram, len(shares)), []).append(gram)
    found = [("/".join(known), shares[at].item()) for at, known in names.items()]
    return tuple(sorted(found, key=lambda pair: (-abs(pair[1]), pair[0])))


def word_task() -> Explorer:
    """Choose five unseen languages and a new word; see which mean is nearest, and why."""
    tasks = {name: drawn(codes) for name, codes in TASKS.items()}
    frames = {
        (name, word, shots, idf): sorted_frame(task, word, shots, idf)
        for name, task in tasks.items()
        for word in range(len(task.query))
        for shots in SHOTS
        for idf in (False, True)
    }
    with Scene(1, 2, size=(7.6, 4.0)) as (scene, (left, right)):
        _panel(left, "cosine of the word and the mean", (0, 0.75), 5)
        _panel(right, "what an n-gram adds to its lead over the next", LEAD, DECIDE)
        right.set_xticks((-0.1, 0, 0.1))
        right.axvline(0, color=style.INK, lw=0.8)
        for row in range(5):
            look = {"color": style.TASKS[0], **BAR, "gid": f"near {row}"}
            scene.line(left, partial(_near, row), **look)
            words = {"x": 0.01, "y": 1 - (row + 0.36) / 5, "size": 10}
            scene.text(left, partial(_language, row), **words)
        for row in range(DECIDE):
            look = {"color": style.TASKS[3], **BAR, "gid": f"adds {row}"}
            scene.line(right, partial(_adds, row), **look)
            words = {"x": 0.02, "y": 1 - (row + 0.68) / DECIDE, "size": 10}
            scene.text(right, partial(_gram, row), **words)
        scene.text(left, _said, size=10)
    return scene.explorer(
        lambda task, word, shots, idf: frames[task, word, shots, idf],
        Choice("task", "five unseen languages", [(n, n) for n in TASKS], next(iter(TASKS))),
        Slider("word", "", "new word", 0, 5 * QUERIES - 1, 1, 0),
        Stops("shots", "K", "words a language", SHOTS, 5, format="d"),
        Choice("idf", "weights", [("none", False), ("idf", True)], False, open=True),
        alt=_alt,
        describe="Explorer: a word is sorted among five languages by its n-grams.",
    )


def _panel(ax, label: str, limits: tuple[float, float], rows: int) -> None:
    ax.set(xlabel=label, xlim=limits, ylim=(rows - 0.5, -0.5), yticks=[])
    ax.set_title(" ", fontsize=10)


def _near(row: int, f: Frame) -> tuple:
    return (0, max(f.data.near[row], 1e-3)), (row + 0.22, row + 0.22)


def _adds(row: int, f: Frame) -> tuple | None:
    if row >= len(f.data.deciding):
        return None
    return (0, f.data.deciding[row][1]), (row, row)


def _gram(row: int, f: Frame) -> str:
    return f.data.deciding[row][0] if row < len(f.data.deciding) else ""


def _language(row: int, f: Frame) -> str:
    known = f.data.languages[row] + f"  {f.data.near[row]:.2f}"
    told = "   ← nearest" * (row == f.data.first) + "   (true)" * (row == f.data.true)
    return known + told


def _said(f: Frame) -> str:
    right = "right" if f.data.first == f.data.true else "wrong"
    return f"“{f.data.word}”, {f.shots} words a language: {right}"


def _alt(f: Frame) -> str:
    d = f.data
    near = ", ".join(f"{name} {c:.2f}" for name, c in zip(d.languages, d.near, strict=True))
    first, second = d.languages[d.first], d.languages[d.second]
    adds = ", ".join(f"{gram} {share:+.3f}" for gram, share in d.deciding[:3])
    return (
        f"The word “{d.word}” is {d.languages[d.true]}. Cosines with the means of {f.shots} words "
        f"a language, {'with' if f.idf else 'without'} idf: {near}. The nearest is {first}; for it "
        f"and against {second} speak {adds}."
    )
