"""A long training that is interrupted goes on where it stopped; a broken state is said."""

import pytest
import torch

from course_utils import maml, networks
from course_utils.snapshots import Snapshots
from course_utils.tasks import Sinusoids

NETWORK = networks.mlp([1, 4, 1])
LOSS = networks.squared_error(NETWORK)
ITERATIONS = 25


def train(snapshots=None, stop_at=None, generator="seeded"):
    """A training of 25 meta-steps; an interrupt comes at the given call of its objective."""
    calls = 0

    def objective(phi, batch):
        nonlocal calls
        calls += 1
        if calls == stop_at:
            raise KeyboardInterrupt
        return maml.meta_loss(LOSS, phi, batch, inner_lr=0.01, steps=1)

    if generator == "seeded":
        generator = torch.Generator().manual_seed(1)
    return maml.train(
        objective,
        NETWORK.init(torch.Generator().manual_seed(0)),
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


def test_an_interrupted_training_ends_like_an_uninterrupted_one_to_the_bit(snapshots):
    phi, history = train()
    _, cut = train(snapshots, stop_at=18)
    assert len(cut) == 17
    resumed_phi, resumed = train(snapshots)
    assert torch.equal(resumed, history)
    assert all(torch.equal(resumed_phi[name], phi[name]) for name in phi)


def test_what_was_done_is_not_done_again(snapshots):
    train(snapshots, stop_at=18)
    train(snapshots, stop_at=16)  # there are only 15 left: it never comes to the sixteenth
    assert len(train(snapshots)[1]) == ITERATIONS


@pytest.mark.parametrize("content", [b"", b"abc", "half"])
def test_a_broken_state_is_said_and_training_begins_anew(snapshots, content):
    train(snapshots, stop_at=18)
    whole = snapshots.path.read_bytes()
    snapshots.path.write_bytes(whole[: len(whole) // 2] if content == "half" else content)
    assert snapshots.read() is None
    assert "is broken: training begins anew" in snapshots.remark
    assert torch.equal(train(snapshots)[1], train()[1])


def test_the_state_of_other_settings_is_not_taken_up(snapshots):
    train(snapshots, stop_at=18)
    other = Snapshots(snapshots.path, settings="others", every=10)
    assert other.read() is None
    assert "other settings" in other.remark
    assert snapshots.read()["history"] == train()[1][:10].tolist()
    assert snapshots.remark == ""


def test_a_file_that_is_not_there_is_no_matter(snapshots):
    assert snapshots.read() is None
    assert snapshots.remark == ""
    snapshots.remove()


def test_a_write_that_fails_leaves_the_old_state(snapshots, monkeypatch):
    snapshots.write(history=[1.0])

    def fails(*_):
        raise OSError("disk full")

    monkeypatch.setattr(torch, "save", fails)
    with pytest.raises(OSError, match="disk full"):
        snapshots.write(history=[2.0])
    assert snapshots.read()["history"] == [1.0]
    assert [path.name for path in snapshots.path.parent.iterdir()] == ["state.pt"]


def test_no_training_can_be_taken_up_without_its_random_numbers(snapshots):
    with pytest.raises(ValueError, match="generator must be given with snapshots"):
        train(snapshots, generator=None)
    with pytest.raises(ValueError, match="every must be a whole number of at least 1"):
        Snapshots(snapshots.path, settings="", every=0)
