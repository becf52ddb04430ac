"""A long training that is interrupted continues where it stopped; a broken state is reported."""

import copy
import io
import pickle

import pytest
import torch

from course_utils import maml, networks
from course_utils.support.snapshots import Snapshots
from course_utils.support.whole_files import read_sealed, write_whole
from course_utils.tasks import Sinusoids

NETWORK = networks.mlp([1, 4, 1])
LOSS = networks.squared_error(NETWORK)
ITERATIONS = 25


def train(snapshots=None, stop_at=None, generator="seeded", unused=False):
    """A training of 25 meta-steps; an interrupt comes at the given call of its objective."""
    calls = 0

    def objective(phi, batch):
        nonlocal calls
        calls += 1
        if calls == stop_at:
            raise KeyboardInterrupt
        used = {name: leaf for name, leaf in phi.items() if name != "W9"}
        return maml.meta_loss(LOSS, used, batch, inner_lr=0.01, steps=1)

    if generator == "seeded":
        generator = torch.Generator().manual_seed(1)
    phi = NETWORK.init(torch.Generator().manual_seed(0))
    return maml.train(
        objective,
        phi | {"W9": torch.ones(2)} if unused else phi,
        Sinusoids(),
        iterations=ITERATIONS,
        n_tasks=2,
        shots=2,
        queries=2,
        decay="cosine",
        generator=generator,
        progress=False,
        snapshots=snapshots,
    )


@pytest.fixture
def snapshots(tmp_path):
    return Snapshots(tmp_path / "folder" / "state.pt", settings="the same", every=10)


@pytest.mark.parametrize("unused", [False, True], ids=["all leaves", "one leaf is not used"])
def test_an_interrupted_training_ends_like_an_uninterrupted_one_to_the_bit(snapshots, unused):
    phi, history = train(unused=unused)
    _, cut = train(snapshots, stop_at=18, unused=unused)
    assert len(cut) == 17
    resumed_phi, resumed = train(snapshots, stop_at=16, unused=unused)
    assert torch.equal(resumed, history)
    assert all(torch.equal(resumed_phi[name], phi[name]) for name in phi)


def test_what_was_done_is_not_done_again(snapshots):
    train(snapshots, stop_at=18)
    train(snapshots, stop_at=16)  # there are only 15 left: it never comes to the sixteenth
    assert len(train(snapshots)[1]) == ITERATIONS


@pytest.mark.parametrize("damage", ["empty", "nonsense", "half", "one bit"])
def test_a_broken_state_is_said_and_training_begins_anew(snapshots, damage, capsys):
    train(snapshots, stop_at=18)
    whole = snapshots.path.read_bytes()
    altered = bytearray(whole)
    altered[len(whole) // 2] ^= 1
    damaged = {"empty": b"", "nonsense": b"abc", "half": whole[: len(whole) // 2]}
    snapshots.path.write_bytes(damaged.get(damage, bytes(altered)))
    capsys.readouterr()
    assert torch.equal(train(snapshots)[1], train()[1])
    said = capsys.readouterr().out
    assert "is truncated or altered" in said
    assert said.count("starts again") == 1


def test_the_state_of_other_settings_is_not_taken_up(snapshots, capsys):
    train(snapshots, stop_at=18)
    capsys.readouterr()
    other = Snapshots(snapshots.path, settings="others", every=10)
    assert other.read() is None
    assert "other settings: the training starts again" in capsys.readouterr().out
    assert snapshots.read()["history"] == train()[1][:10].tolist()
    assert "again" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("phi", "done", "words"),
    [
        ({"W1": torch.zeros(1, 1)}, 10, "belongs to another network"),
        ({"W1": torch.zeros(1, 4), "W9": torch.zeros(4)}, 10, "belongs to another network"),
        (NETWORK.init(), 26, "has 26 meta-steps, 25 are wanted"),
    ],
)
def test_a_state_that_does_not_fit_is_said_and_training_begins_anew(
    snapshots, capsys, phi, done, words
):
    snapshots.write(phi=phi, history=[0.0] * done, optimizer={}, generator=torch.zeros(1))
    assert torch.equal(train(snapshots)[1], train()[1])
    assert f"{words}: the training starts again" in capsys.readouterr().out


def without(state, *names):
    return {name: value for name, value in state.items() if name not in names}


def with_moments(state, change):
    """The state with something changed inside its optimizer's."""
    moments = copy.deepcopy(state["optimizer"])
    change(moments[1])
    return state | {"optimizer": moments}


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (lambda s: without(s, "format"), "holds something else"),
        (lambda s: s | {"format": 99}, "holds something else"),
        (lambda s: [1, 2], "holds something else"),
        (lambda s: torch.zeros(3), "holds something else"),
        (lambda s: None, "holds something else"),
        (lambda s: {"format": s["format"]}, "other settings"),
        (lambda s: s | {"settings": 7}, "other settings"),
        (lambda s: without(s, "phi"), "holds something else"),
        (lambda s: s | {"phi": [0.0]}, "holds something else"),
        (lambda s: s | {"phi": dict.fromkeys(s["phi"], 0.0)}, "another network"),
        (lambda s: s | {"phi": {k: v.double() for k, v in s["phi"].items()}}, "another network"),
        (lambda s: s | {"phi": {k: v * torch.nan for k, v in s["phi"].items()}}, "not finite"),
        (lambda s: without(s, "history"), "holds something else"),
        (lambda s: s | {"history": []}, "values of the objective"),
        (lambda s: s | {"history": ["a"] * 10}, "values of the objective"),
        (lambda s: s | {"history": [float("nan")] * 10}, "values of the objective"),
        (lambda s: without(s, "optimizer"), "another optimizer"),
        (lambda s: s | {"optimizer": {"state": {}, "param_groups": []}}, "another optimizer"),
        (lambda s: s | {"optimizer": s["optimizer"][1:]}, "another optimizer"),
        (lambda s: s | {"optimizer": [1.0] * len(s["optimizer"])}, "another optimizer"),
        (lambda s: with_moments(s, lambda m: m.pop("exp_avg")), "another optimizer"),
        (lambda s: with_moments(s, lambda m: m.update(exp_avg=torch.zeros(1))), "optimizer"),
        (lambda s: with_moments(s, lambda m: m["exp_avg_sq"].fill_(torch.nan)), "optimizer"),
        (lambda s: with_moments(s, lambda m: m.update(step=3)), "another optimizer"),
        (lambda s: without(s, "generator"), "another generator"),
        (lambda s: s | {"generator": s["generator"][:16]}, "another generator"),
        (lambda s: s | {"generator": [1, 2]}, "another generator"),
        (lambda s: s | {"generator": torch.zeros(3)}, "another generator"),
    ],
)
def test_a_well_sealed_file_of_something_else_is_said_and_training_begins_anew(
    snapshots, capsys, other, words
):
    train(snapshots, stop_at=18)
    state = torch.load(io.BytesIO(read_sealed(snapshots.path)), weights_only=True)
    memory = io.BytesIO()
    torch.save(other(state), memory)
    write_whole(snapshots.path, memory.getvalue(), sealed=True)
    capsys.readouterr()
    (phi, history), (whole_phi, whole) = train(snapshots), train()
    assert torch.equal(history, whole)
    assert all(torch.equal(phi[name], whole_phi[name]) for name in phi)
    said = capsys.readouterr().out
    assert words in said
    assert said.count("starts again") == 1


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), pickle.dumps(print, 2)])
def test_a_well_sealed_file_that_torch_cannot_load_is_said(snapshots, capsys, content):
    write_whole(snapshots.path, content, sealed=True)
    assert snapshots.read() is None
    assert "holds something else" in capsys.readouterr().out


def test_a_finished_training_leaves_nothing_behind(snapshots):
    train(snapshots, stop_at=18)
    snapshots.path.with_name("state.pt-0123abcd.new").touch()  # the process was killed as it wrote
    snapshots.remove()
    assert list(snapshots.path.parent.iterdir()) == []


def test_a_file_that_is_not_there_is_no_matter(snapshots, capsys):
    assert snapshots.read() is None
    snapshots.remove()
    assert capsys.readouterr().out == ""


def test_where_no_state_can_be_kept_training_goes_on_and_it_is_said_once(tmp_path, capsys):
    (tmp_path / "folder").write_text("a file is in the way")
    snapshots = Snapshots(tmp_path / "folder" / "state.pt", settings="the same", every=5)
    assert torch.equal(train(snapshots)[1], train()[1])
    said = capsys.readouterr().out
    assert said.count("No state can be kept") == 1


def test_no_training_can_be_taken_up_without_its_random_numbers(snapshots):
    with pytest.raises(ValueError, match="generator must be given with snapshots"):
        train(snapshots, generator=None)
    with pytest.raises(ValueError, match="every must be a whole number of at least 1"):
        Snapshots(snapshots.path, settings="", every=0)
