"""Before the first step: predict whose φ answers better, MAML's or transfer's (notebook 03)."""

from __future__ import annotations

from collections.abc import Mapping

from course_utils.evaluation import Mean, average_wave
from course_utils.explorers import vocabulary
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, revealed
from course_utils.figures import training

BETTER, SAME, WORSE = "better", "same", "worse"
SAID = {BETTER: "MAML clearly better", SAME: "nearly the same", WORSE: "MAML clearly worse"}
NEARLY = 0.15


def before_the_first_step(
    maml: Mapping[int, Mean], transfer: Mapping[int, Mean], difference: Mean
) -> Prediction:
    """Predict whether MAML is better or worse than transfer before its first step.

    `maml` and `transfer` are {steps: mean error} for 0 and 1 steps, `difference` the paired
    difference MAML − transfer at 0 steps.
    """
    clearly = BETTER if difference.mean < 0 else WORSE
    answer = SAME if abs(difference.mean) < NEARLY else clearly
    floor = average_wave().floor
    before, after = ((maml[k].mean, transfer[k].mean) for k in (0, 1))
    with Scene(size=(7.6, 3.7)) as (scene, axes):
        for artist in training.before_and_after(axes, maml, transfer, floor):
            scene.seen(artist, revealed)
        scene.text(axes, lambda f: _errors(f, before, after))

    def alt(f) -> str:
        if not f.revealed:
            return f"An empty picture of errors, with the floor of {floor:.2f} marked."
        return (
            f"Mean squared errors on unseen tasks: before any step MAML {before[0]:.2f} and "
            f"transfer {before[1]:.2f}, at the floor of {floor:.2f}; after one step MAML "
            f"{after[0]:.2f} and transfer {after[1]:.2f}."
        )

    def verdict(f) -> str:
        judged = "Right." if f.guess == answer else f"You said: {SAID.get(f.guess, 'nothing yet')}."
        return (
            f"{judged} Before any step MAML's error is {before[0]:.2f} and transfer's is "
            f"{before[1]:.2f}; on the same tasks MAML's minus transfer's is {difference}. "
            f"Both stand at the floor of {floor:.2f}, as far as {maml[0].n_tasks:,} tasks can tell "
            f"(± {maml[0].half_width:.2f}): MAML's φ is no better answer, it is a better start."
        )

    return scene.prediction(
        lambda guess, revealed: None,
        vocabulary.verdicts([(SAID[k], k) for k in (BETTER, SAME, WORSE)]),
        question=(
            "Same network, same tasks, same start. MAML's φ and transfer's φ are tried on unseen "
            "tasks <b>before any inner step</b>. MAML's error there is …"
        ),
        verdict=verdict,
        alt=alt,
        describe="Prediction: is MAML's error before any step better or worse than transfer's?",
    )


def _errors(f, before: tuple[float, float], after: tuple[float, float]) -> str:
    if not f.revealed:
        return "before any step, MAML is ...?"
    return (
        f"before: MAML {before[0]:.2f}, transfer {before[1]:.2f}      "
        f"after one step: {after[0]:.2f}, {after[1]:.2f}"
    )
