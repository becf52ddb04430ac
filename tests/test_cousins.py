"""The family side by side: equal budgets, and stored results that are the checkpoints'."""

import pytest
import torch

from course_utils import checkpoints, maml
from course_utils.checkpoints import cousin_results, cousins
from course_utils.checkpoints.cousins import KINDS, MEMBERS, name_of
from course_utils.checkpoints.recipes import RECIPES, SEEDS
from course_utils.tasks import Characters

OF_KIND = [(member, kind) for kind in KINDS for member in MEMBERS if kind in MEMBERS[member].on]


@pytest.mark.parametrize(("member", "kind"), OF_KIND)
def test_everybody_has_the_same_budget_and_the_same_tasks(member, kind):
    for seed in SEEDS:
        recipe, mamls = (RECIPES[name_of(name, kind, seed)] for name in (member, "maml"))
        assert recipe.iterations == mamls.iterations == KINDS[kind].iterations
        assert recipe.seed == mamls.seed == seed
        drawn = ("n_tasks", "shots", "queries")
        assert [recipe.settings[key] for key in drawn] == [mamls.settings[key] for key in drawn]
        assert recipe.family is mamls.family


def test_all_begin_at_the_same_phi():
    for kind in KINDS:
        starts = [RECIPES[name_of(m, kind, 1)].start() for m, k in OF_KIND if k == kind]
        for start in starts[1:]:
            for name, leaf in starts[0].items():
                assert torch.equal(start[name], leaf)


def test_the_results_are_those_of_the_stored_checkpoints():
    found = cousin_results.digests()
    assert found.keys() == {name for name in RECIPES if name.startswith("cousin-")}
    for name, digest in found.items():
        assert cousin_results.of_checkpoint(name) == digest, f"{name}: measure the results again"
    assert cousin_results.stale() == []  # nor were they judged in another way


@pytest.mark.parametrize(
    ("member", "kind", "n_tasks"),
    [
        *(
            (member, "sinusoids", 40)
            for member in ("maml", "anil", "meta_sgd", "per_step", "imaml")
        ),
        ("boil", "characters", 12),
        ("per_step", "characters", 12),
        ("prototypes", "characters", 12),
    ],
)
def test_a_stored_result_is_what_its_checkpoint_does_today(member, kind, n_tasks):
    phi = checkpoints.load(name_of(member, kind, 1)).phi
    steps = MEMBERS[member].on[kind].get("steps", 0)
    tasks = cousins.unseen(kind)[:n_tasks]
    (now,) = cousins.judged(member, kind, phi, tasks, steps=(steps,)).values()
    stored = cousin_results.results(kind)[member][1].as_trained[:n_tasks]
    if kind == "sinusoids":
        torch.testing.assert_close(now.median(), stored.median(), rtol=0.02, atol=1e-3)
    else:
        assert (now - stored).abs().median() < 0.021  # a picture of fifty


def test_a_member_that_adapts_some_layers_is_judged_so():
    phi = checkpoints.load(name_of("anil", "sinusoids", 0)).phi
    tasks, loss = cousins.unseen("sinusoids", n_tasks=20), KINDS["sinusoids"].loss
    rates = {name: 0.01 if name in ("W3", "b3") else 0.0 for name in phi}
    with torch.no_grad():
        theta = maml.adapt(loss, phi, tasks.support_x, tasks.support_y, inner_lr=rates, steps=1)
        expected = loss(theta, tasks.query_x, tasks.query_y)
    found = cousins.judged("anil", "sinusoids", phi, tasks, steps=(1,))[1]
    torch.testing.assert_close(found, expected)


def test_settings_are_chosen_on_scripts_that_nobody_is_judged_on():
    for validation, split in ((False, "test"), (True, "validation")):
        drawn = cousins.unseen("characters", n_tasks=5, validation=validation)
        known = set(Characters(split).codes.tolist())
        assert set(drawn.facts["code"].flatten().tolist()) <= known


def test_tuning_takes_what_is_best_on_validation_tasks_and_judges_it_on_others(monkeypatch):
    asked = []

    def judged(member, kind, phi, batch, *, steps, inner_lr=None):
        asked.append((len(batch), steps, inner_lr))
        rate = 0.4 if inner_lr is None else inner_lr
        return {k: torch.full((len(batch),), 1 - abs(rate - 0.2) - abs(k - 3) / 9) for k in steps}

    monkeypatch.setattr(cousin_results, "judged", judged)
    found = cousin_results.measure("maml", "characters", {})
    assert found.setting == "3 x 0.2"
    assert asked[0] == (400, (1,), None)
    assert asked[-1] == (400, (3,), 0.2)
    assert {n for n, _, rate in asked[1:-1]} == {80}
    torch.testing.assert_close(found.tuned, torch.ones(400))


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="kind must be one of sinusoids, characters"):
        cousin_results.results("words")


def test_results_that_are_missing_or_broken_are_said(monkeypatch, tmp_path):
    for text in (None, b"nothing that safetensors knows"):
        path = tmp_path / "cousins.safetensors"
        if text is not None:
            path.write_bytes(text)
        monkeypatch.setattr(cousin_results, "FILE", path)
        with pytest.raises(checkpoints.CheckpointError, match="results of the cousins"):
            cousin_results.results("sinusoids")
