"""Predictions on words (08): who sorts best, and what MAML lacks with twenty words a language."""

from __future__ import annotations

from collections.abc import Mapping

from course_utils.evaluation import Mean
from course_utils.explorers import vocabulary
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Frame, Scene, revealed
from course_utils.figures import style
from course_utils.notebook_08 import word_pictures
from course_utils.notebook_08.word_learners import IDF, MAML, STEPS

FEW, ALL = 20, 79  # training languages
BEST = (
    ("MAML, with five words and with twenty", "both"),
    ("MAML with five, the class means with twenty", "five"),
    ("the class means, with five and with twenty", "none"),
)
LACKS = (
    ("yes, by more inner steps", "steps"),
    ("no, it would need more training languages", "languages"),
    ("no, class means suit these tasks better", "neither"),
)


def who_sorts_best(rows: Mapping[str, Mapping[int, Mean]]) -> Prediction:
    """Predict who sorts words of unseen languages best, from what one word a language gives.

    rows: {learner: {words a language: accuracy in per cent}}, with `IDF` and `MAML` at 1, 5 and 20.
    Raises ValueError where one is missing.
    """
    for name in (IDF, MAML):
        if not {1, 5, 20} <= set(rows.get(name, ())):
            raise ValueError(f"rows[{name!r}] must hold 1, 5 and 20 words, got {rows.get(name)}")
    five, twenty = (rows[MAML][k].mean > rows[IDF][k].mean for k in (5, 20))
    truth = "both" if five and twenty else "five" if five else "none"
    with Scene(size=(7.6, 4.1)) as (scene, axes):
        at = list(rows[MAML])
        word_pictures.frame(axes, "words a language in the support set  K", at)
        for name, means in rows.items():
            word_pictures.curve(axes, name, {at[0]: means[at[0]]})
            later = word_pictures.curve(axes, name, means, label=f"{name}, more words")
            for artist in later:
                scene.seen(artist, revealed)
        handles, names = axes.get_legend_handles_labels()
        known = [pair for pair in zip(handles, names, strict=True) if pair[1] in rows]
        axes.figure.legend(*zip(*known, strict=True), loc="outside lower center", ncols=2)
    return scene.prediction(
        lambda guess, revealed: truth,
        vocabulary.verdicts(BEST),
        question=(
            "Five unseen languages, and a word of one of them: which? With one word of each "
            "language to learn from, MAML is a little ahead of the best simple rule (class means "
            "with idf). <b>Who is ahead with five words, and with twenty?</b> MAML takes three "
            "inner steps, as in its training with five words."
        ),
        verdict=lambda f: _best(f, rows),
        alt=lambda f: _best_alt(f, rows),
        describe="Prediction: who sorts words of unseen languages best as there are more words.",
    )


def what_it_lacks(
    steps: Mapping[int, Mean], few: Mean, means: Mean, *, n_few: int = FEW, n_all: int = ALL
) -> Prediction:
    """Predict what takes MAML past the class means, with twenty words a language.

    steps: MAML's accuracy in per cent after numbers of inner steps, 3 among them; `few` that after
    three where it was trained on `n_few` languages instead of `n_all`; `means` that of the class
    means. Raises ValueError if 3 is missing.
    """
    if STEPS not in steps:
        raise ValueError(f"steps must hold {STEPS}, as in training, got {list(steps)}")
    ahead = max(mean.mean for mean in steps.values()) > means.mean
    with Scene(size=(7.6, 4.1)) as (scene, axes):
        word_pictures.frame(axes, "twenty words a language", list(steps))
        # What lies along the axis would answer the question.
        axes.set_xticks([])
        for k in steps:
            words = "1 step" if k == 1 else f"{k} steps"
            low = {"ha": "center", "va": "bottom", "size": 9.5, "gid": words}
            named = axes.text(k, word_pictures.LIMITS[0] + 0.5, words, **low)
            if k != STEPS:
                scene.seen(named, revealed)
        axes.axhline(means.mean, **_line(IDF), label=IDF)
        trained = {STEPS: steps[STEPS]}
        word_pictures.curve(axes, MAML, trained, label=f"MAML, {n_all} languages")
        hollow = {"mfc": "white", "color": style.MAML, "marker": "o", "ms": 8, "ls": ""}
        axes.plot([STEPS], [few.mean], **hollow, label=f"MAML, {n_few} languages", gid="few")
        for artist in word_pictures.curve(axes, MAML, steps, label="over steps"):
            scene.seen(artist, revealed)
        handles, names = axes.get_legend_handles_labels()
        known = [p for p in zip(handles, names, strict=True) if p[1] != "over steps"]
        axes.figure.legend(*zip(*known, strict=True), loc="outside lower center", ncols=3)
    return scene.prediction(
        lambda guess, revealed: "steps" if ahead else "neither",
        vocabulary.verdicts(LACKS),
        question=(
            f"Twenty words a language. After the {STEPS} steps of its training MAML is below the "
            f"class means, and with only {n_few} training languages far lower. <b>Can MAML pass "
            "them with the φ that it has?</b>"
        ),
        verdict=lambda f: _lacks(f, steps, means),
        alt=lambda f: _lacks_alt(f, steps, few, means, n_few),
        describe="Prediction: what MAML lacks with twenty words a language.",
    )


def _line(name: str) -> dict:
    look = word_pictures.LOOKS[name]
    return {"color": look["color"], "ls": look["ls"], "lw": 1.6}


def _judged(f: Frame) -> str:
    if f.guess is None:
        return ""
    return "You saw it. " if f.guess == f.data else "It is otherwise. "


def _best(f: Frame, rows: Mapping[str, Mapping[int, Mean]]) -> str:
    five, twenty = (f"MAML {rows[MAML][k]}, class means {rows[IDF][k]}" for k in (5, 20))
    return (
        f"{_judged(f)}Five words: {five}. Twenty words: {twenty}. Class means gain more by more "
        "words than MAML's three steps do."
    )


def _best_alt(f: Frame, rows: Mapping[str, Mapping[int, Mean]]) -> str:
    def told(k: int) -> str:
        return ", ".join(f"{name} {means[k].mean:.0f} %" for name, means in rows.items())

    later = f" With five: {told(5)}. With twenty: {told(20)}." * f.revealed
    return f"Right answers with one word a language: {told(1)}.{later}"


def _lacks(f: Frame, steps: Mapping[int, Mean], means: Mean) -> str:
    best = max(steps, key=lambda k: steps[k].mean)
    told = f"After {STEPS} steps {steps[STEPS]}, after {best} {steps[best]}; class means {means}."
    if f.data == "steps":
        told += " Nothing was trained anew: more steps take more from the hundred words."
    return _judged(f) + told


def _lacks_alt(f: Frame, steps: Mapping[int, Mean], few: Mean, means: Mean, n_few: int) -> str:
    told = ", ".join(f"{k}: {mean.mean:.0f} %" for k, mean in steps.items())
    return (
        f"Twenty words a language. Class means {means.mean:.0f} %, MAML after {STEPS} steps "
        f"{steps[STEPS].mean:.0f} %, trained on {n_few} languages {few.mean:.0f} %."
        + f" MAML over inner steps: {told}."
        * f.revealed
    )
