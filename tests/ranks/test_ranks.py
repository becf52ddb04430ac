"""Training on several ranks: the same tasks, the same φ, and nothing lost where one is killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import ranks_program as program
import torch

from course_utils import checkpoints, maml, ranks
from course_utils.checkpoints import __main__ as command
from course_utils.checkpoints import cousin_results, cousins
from course_utils.networks import mlp, squared_error
from course_utils.tasks import AnyShots, Sinusoids, TaskBatch
from course_utils.tasks.batch import SETS, joined

ROOT = Path(__file__).parents[2]
NETWORK = mlp([1, 6, 6, 1])
LOSS = squared_error(NETWORK)


def of_two_steps(phi, batch):
    return maml.meta_loss(LOSS, phi, batch, inner_lr=0.01, steps=2)


def torchrun(*arguments, processes=2, kill="-1 -1", restarts=3, **more):
    """Run the program on some processes of this machine; fails if it does."""
    launch = ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    environment = dict(os.environ, OMP_NUM_THREADS="1", KILL=kill, PYTHONPATH=str(ROOT), **more)
    environment["TORCH_DISABLE_SHARE_RDZV_TCP_STORE"] = "1"  # as the Makefile says
    done = subprocess.run(
        [sys.executable, *launch, f"--max-restarts={restarts}", program.__file__, *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def on_two(folder, *parts, **how):
    """What each of two ranks found."""
    torchrun(str(folder), *parts, **how)
    return [torch.load(folder / f"rank{rank}.pt") for rank in (0, 1)]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    return on_two(tmp_path_factory.mktemp("plain"), *program.PARTS)


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[k], other[k]) for k in one)


def test_two_ranks_draw_the_tasks_of_one_and_none_twice(both):
    for batch, whole in enumerate(program.drawn(program.SINUSOIDS)):
        for which, expected in enumerate(whole):
            first, second = (each["drawn"][batch][which] for each in both)
            assert (len(first), len(second)) == (13, 12)
            assert torch.equal(first, expected[0::2])
            assert torch.equal(second, expected[1::2])


def test_after_100_meta_steps_two_ranks_have_the_phi_of_one(both):
    expected, history = program.train()
    for each in both:
        (phi, values), _ = each["train"]
        for name, leaf in expected.items():
            torch.testing.assert_close(phi[name], leaf, rtol=0, atol=1e-6)
        torch.testing.assert_close(values, history, rtol=1e-5, atol=0)
    assert same(both[0]["train"][0][0], both[1]["train"][0][0])


def test_a_meta_step_sends_one_message_the_gradient_the_value_and_a_count(both):
    numbers = sum(leaf.numel() for leaf in program.recipes.SINE_NETWORK.init().values())
    for each in both:
        assert each["train"][1] == program.STEPS * [numbers + 2]


def test_on_pictures_two_ranks_have_the_meta_gradient_of_one(both):
    value, expected = program.gradient(program.PICTURES)
    for each in both:
        (found_value, found), sent = each["pictures"]
        assert len(sent) == 1
        torch.testing.assert_close(found_value, value, rtol=1e-5, atol=0)
        for name, leaf in expected.items():
            torch.testing.assert_close(found[name], leaf, rtol=1e-4, atol=1e-5)


def test_a_rank_waits_longer_for_a_slow_one_than_for_a_connection(both):
    assert [each["late"] for each in both] == [(3.0, [0, 1]), (3.0, [])]


def test_rank_0_alone_writes_the_state(both):
    assert [each["written"] for each in both] == [program.STEPS // program.EVERY, 0]


def test_a_killed_rank_costs_nothing_but_time(both, tmp_path):
    found = on_two(tmp_path, "train", kill="1 57")
    for each, plain in zip(found, both, strict=True):
        assert each["facts"].endswith("true]")  # a second life
        assert len(each["train"][1]) == program.STEPS - 50  # from the snapshot on
        (phi, history), (plain_phi, plain_history) = each["train"][0], plain["train"][0]
        assert torch.equal(history, plain_history)
        assert same(phi, plain_phi)
    assert [path.name for path in (tmp_path / "unfinished").iterdir()] == ["state.pt"]


@pytest.mark.long
def test_a_run_that_ended_goes_on_when_it_is_started_again(both, tmp_path):
    with pytest.raises(AssertionError):
        on_two(tmp_path, "train", kill="0 33", restarts=0)
    for each, plain in zip(on_two(tmp_path, "train"), both, strict=True):
        assert each["facts"].endswith("false]")
        assert len(each["train"][1]) == program.STEPS - 30
        assert same(each["train"][0][0], plain["train"][0][0])


def compare(folder, monkeypatch, *, split):
    """The command's checkpoints against those of one process; nothing unfinished is left."""
    for module in (program.recipes, checkpoints, command):
        monkeypatch.setattr(module, "RECIPES", program.short())
    for name in program.SHORT:
        found = checkpoints.load(name, folder / "stored")
        expected = checkpoints.make(name, split=split)
        assert found.provenance == expected.provenance
        for leaf, tensor in expected.phi.items():
            torch.testing.assert_close(found.phi[leaf], tensor, rtol=0, atol=1e-6 * split)
    assert not any((folder / "unfinished").glob("*"))


@pytest.mark.long
def test_trainings_that_are_dealt_out_give_the_checkpoints_of_one_process(tmp_path, monkeypatch):
    first, _, third = program.SHORT
    said = torchrun(str(tmp_path), "command", kill="0 35", KILLED_IN=third)
    assert said.count(f"{first}\n") == 1  # made in the first life, and not again in the second
    assert said.count(f"{third}\n") == 2
    assert "3 to make" in said
    compare(tmp_path, monkeypatch, split=False)


@pytest.mark.long
def test_trainings_that_are_split_give_the_checkpoints_of_one_process(tmp_path, monkeypatch):
    first, second, third = program.SHORT
    said = torchrun(str(tmp_path), "command", "split", kill="1 35", KILLED_IN=second)
    assert [said.count(f"{name}\n") for name in (first, second, third)] == [1, 2, 1]
    compare(tmp_path, monkeypatch, split=True)


def test_two_ranks_judge_the_cousins_as_one_process_does(tmp_path, monkeypatch):
    said = torchrun(str(tmp_path / "two"), "cousins")
    program.few_cousins(tmp_path / "two", monkeypatch.setattr)
    found, facts = cousin_results._read()
    assert cousin_results.stale() == []
    assert all(said.count(f"{name} ") == 1 for name in facts)
    program.few_cousins(tmp_path / "one", monkeypatch.setattr)
    assert len(cousin_results.stale()) == len(facts) == 3  # one rank has two of them
    command.main([])
    expected, alone = cousin_results._read()
    assert same(found, expected)
    for name, fact in alone.items():
        assert facts[name] | {"seconds": 0} == fact | {"seconds": 0}


def test_a_split_checkpoint_says_so_and_is_loaded(tmp_path):
    recipe = program.recipes.RECIPES[program.SINUSOIDS]
    assert "each task from a generator of its own" in recipe.split().settings_of()
    stored = checkpoints.load(program.SINUSOIDS)
    text = dict(stored.provenance) | {"settings": recipe.split().settings_of()}
    checkpoints.save(checkpoints.Checkpoint(stored.name, stored.phi, text), tmp_path)
    assert checkpoints.load(program.SINUSOIDS, tmp_path).provenance == text


@pytest.mark.parametrize("member", ["reptile", "imaml", "meta_sgd", "per_step", "boil"])
def test_together_is_the_objective_itself_where_there_is_one_rank(member):
    recipe = program.recipes.RECIPES[cousins.name_of(member, "sinusoids", 0)]
    batch = recipe.family().sample(
        4, shots=5, queries=5, generator=torch.Generator().manual_seed(3)
    )
    found = []
    for objective in (recipe.objective, ranks.together(recipe.objective)):
        phi = {name: leaf.requires_grad_() for name, leaf in recipe.start().items()}
        value = objective(phi, batch)
        value.backward()
        found.append((value, phi))
    (value, phi), (again, at) = found
    torch.testing.assert_close(again, value)
    for name, leaf in phi.items():
        if leaf.grad is None:
            assert at[name].grad is None, name
        else:
            torch.testing.assert_close(at[name].grad, leaf.grad)


def test_together_takes_a_leaf_that_is_not_trained():
    start = NETWORK.init(torch.Generator().manual_seed(0))
    batch = Sinusoids().sample(4, shots=5, queries=5, generator=torch.Generator().manual_seed(3))
    found = []
    for objective in (of_two_steps, ranks.together(of_two_steps)):
        phi = {name: leaf.clone().requires_grad_(name != "W1") for name, leaf in start.items()}
        value = objective(phi, batch)
        value.backward()
        found.append([value, *(phi[name].grad for name in phi if name != "W1")])
        assert phi["W1"].grad is None
    torch.testing.assert_close(*found)


def test_an_objective_that_uses_no_leaf_is_refused_as_ever():
    start = NETWORK.init(torch.Generator().manual_seed(0))
    free = torch.ones(1, requires_grad=True)
    for objective in (lambda phi, batch: free.sum(), lambda phi, batch: torch.tensor(1.0)):
        with pytest.raises(ValueError, match="objective must"):
            maml.train(ranks.together(objective), start, Sinusoids(), iterations=1, progress=False)


def test_more_ranks_than_tasks_are_refused(monkeypatch):
    monkeypatch.setattr(ranks, "ranks", lambda: 8)
    with pytest.raises(ValueError, match="n_tasks must be a whole number of at least 8, got 5"):
        ranks.Split(Sinusoids()).sample(
            5, shots=1, queries=1, generator=torch.Generator().manual_seed(0)
        )


@pytest.mark.parametrize("n_tasks", [2.0, True, 0, "2"])
def test_a_number_of_tasks_that_is_none_is_refused(n_tasks):
    with pytest.raises(ValueError, match=f"n_tasks must be a whole number.*got {n_tasks!r}"):
        ranks.Split(Sinusoids()).sample(
            n_tasks, shots=1, queries=1, generator=torch.Generator().manual_seed(0)
        )


def test_any_shots_are_drawn_once_for_a_batch_the_same_on_all_ranks(monkeypatch):
    def batches(rank, n_ranks):
        monkeypatch.setattr(ranks, "rank", lambda: rank)
        monkeypatch.setattr(ranks, "ranks", lambda: n_ranks)
        generator, split = torch.Generator().manual_seed(0), ranks.Split(AnyShots(Sinusoids()))
        return [split.sample(5, shots=9, queries=2, generator=generator) for _ in range(6)]

    whole, *of_two = batches(0, 1), batches(0, 2), batches(1, 2)
    assert len({batch.support_x.shape[1] for batch in whole}) > 2
    for rank, own in enumerate(of_two):
        for batch, expected in zip(own, whole, strict=True):
            for name in SETS:
                assert torch.equal(getattr(batch, name), getattr(expected, name)[rank::2])


def test_a_family_whose_tasks_do_not_fit_together_is_refused():
    class OfAnyLength:
        def sample(self, n_tasks, *, shots, queries, generator):
            drawn = int(torch.randint(1, shots, (), generator=generator))
            return Sinusoids().sample(n_tasks, shots=drawn, queries=queries, generator=generator)

    with pytest.raises(ValueError, match="tasks of the same shapes"):
        ranks.Split(OfAnyLength()).sample(
            9, shots=9, queries=1, generator=torch.Generator().manual_seed(0)
        )


def test_batches_are_joined_in_order_with_their_facts():
    batch = Sinusoids().sample(5, shots=2, queries=3, generator=torch.Generator().manual_seed(0))
    whole = joined([batch[:1], batch[1:4], batch[4:]])
    assert isinstance(whole, TaskBatch)
    for name in SETS:
        assert torch.equal(getattr(whole, name), getattr(batch, name))
    assert same(dict(whole.facts), dict(batch.facts))
    with pytest.raises(ValueError, match="got 0 shapes"):
        joined([])


def test_the_longest_trainings_are_dealt_first_and_each_to_who_has_least(monkeypatch):
    monkeypatch.setattr(command, "RECIPES", program.short())
    recipes = command.RECIPES
    assert sorted(name for hand in command.dealt([*recipes], 2) for name in hand) == sorted(recipes)
    every = [*program.recipes.RECIPES]
    monkeypatch.setattr(command, "RECIPES", program.recipes.RECIPES)
    sums = [
        sum(program.recipes.RECIPES[n].seconds for n in hand) for hand in command.dealt(every, 7)
    ]
    longest = max(recipe.seconds for recipe in program.recipes.RECIPES.values())
    assert max(sums) - min(sums) <= longest
    assert sum(map(len, command.dealt(every, 7))) == len(every)


def test_a_batch_moves_to_a_device_with_its_facts():
    batch = Sinusoids().sample(2, shots=1, queries=1)
    assert batch.to("cpu") is batch
    assert batch.to(torch.device("cpu")) is batch


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_said():
    with pytest.raises(ValueError, match="device must be there, got 'cuda'"), ranks.group("cuda"):
        pass
    with pytest.raises(ValueError, match="device must be 'cpu' or 'cuda', got 'gpu'"):
        ranks.group("gpu").__enter__()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_on_a_gpu_the_gradient_is_that_of_the_processor():
    batch = Sinusoids().sample(4, shots=5, queries=5, generator=torch.Generator().manual_seed(0))
    there = batch.to("cuda")
    assert {getattr(there, name).device.type for name in SETS} == {"cuda"}
    assert there.facts["phase"].device.type == "cuda"
    (on_cpu, _), (on_gpu, _) = (program.train(device=device, steps=3) for device in ("cpu", "cuda"))
    for name, leaf in on_cpu.items():
        torch.testing.assert_close(on_gpu[name].cpu(), leaf, rtol=1e-4, atol=1e-5)
