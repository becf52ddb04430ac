"""Notebook 08's appendix: words are sorted as computed, predictions judge, towns are as told."""

import csv
import itertools

import pytest
import torch
from torch.testing import assert_close

from course_utils import learners
from course_utils.evaluation import Mean
from course_utils.notebook_08 import own_towns, word_guesses, word_learners, word_task
from course_utils.notebook_08.word_learners import IDF, MAML, MEANS, WEIGHTS
from course_utils.tasks import Words, own_tasks
from tests import asked


def mean(value):
    return Mean(value, 1.0, 200)


def rows(maml_five=66.0, maml_twenty=70.5):
    found = {MEANS: (38.0, 57.0, 69.0), IDF: (42.5, 62.0, 74.0), WEIGHTS: (45.0, 64.5, 73.5)}
    found[MAML] = (47.0, maml_five, maml_twenty)
    return {
        name: dict(zip((1, 5, 20), map(mean, values), strict=True))
        for name, values in found.items()
    }


def lacks(ten=78.0):
    steps = {1: mean(43.0), 3: mean(70.5), 5: mean(75.0 if ten > 74 else 72.0), 10: mean(ten)}
    return word_guesses.what_it_lacks(steps, mean(54.0), mean(74.0))


@pytest.fixture(scope="module")
def explorer():
    return word_task.word_task()


def test_class_means_of_words_are_the_nearest_centroid_on_the_page():
    batch = word_learners.tasks("test", 5, n_tasks=10)
    answers = learners.nearest_centroid(batch.support_x, batch.support_y, batch.query_x)
    right = (answers == batch.query_y).float().mean(1)
    assert_close(word_learners.by_means(batch), right)


def test_a_word_of_weight_zero_counts_no_more():
    batch = word_learners.tasks("test", 5, n_tasks=10)
    phi = {"w": torch.zeros(1024)}
    phi["w"][:3] = 1.0
    assert word_learners.by_means(batch, phi).mean() < word_learners.by_means(batch).mean() - 0.1


def test_both_weightings_judge_on_the_same_words():
    plain, idf = (word_learners.tasks("test", 1, idf=on, n_tasks=3) for on in (False, True))
    assert torch.equal(plain.facts["query_word"], idf.facts["query_word"])
    assert not torch.equal(plain.query_x, idf.query_x)


def test_the_n_grams_of_a_word_make_up_the_whole_lead(explorer):
    for word, shots, idf in itertools.product((0, 5), (1, 20), (False, True)):
        data = explorer.pose(word=word, shots=shots, idf=idf).frame.data
        assert sum(share for _, share in data.deciding) == pytest.approx(data.margin, abs=1e-6)
        assert data.near[data.first] == max(data.near)
        assert data.margin >= 0


def test_no_new_word_is_among_those_to_learn_from():
    for codes in word_task.TASKS.values():
        task = word_task.drawn(codes)
        known = {word for words in task.support for word in words}
        assert not known & {word for word, _ in task.query}
        assert set(codes) <= set(Words("test").languages)


def test_the_bars_are_as_long_as_the_numbers(explorer):
    explorer.reset()
    explorer.set(task="far apart", word=6, shots=20, idf=True)
    for row, cosine in enumerate(explorer.data.near):
        assert asked.points(explorer, f"near {row}")[:, 0].tolist() == pytest.approx([0, cosine])
    for row, (gram, share) in enumerate(explorer.data.deciding[: word_task.DECIDE]):
        assert asked.points(explorer, f"adds {row}")[:, 0].tolist() == pytest.approx([0, share])
        assert gram in asked.readouts(explorer)
    nearest = [words for words in asked.readouts(explorer) if "nearest" in words]
    assert len(nearest) == 1
    assert nearest[0].startswith(explorer.data.languages[explorer.data.first])


def test_every_bar_lies_within_its_panel(explorer):
    values = itertools.product(word_task.TASKS, range(10), word_task.SHOTS, (False, True))
    for task, word, shots, idf in values:
        data = explorer.pose(task=task, word=word, shots=shots, idf=idf).frame.data
        assert max(data.near) < 0.75
        low, high = word_task.LEAD
        assert all(low < share < high for _, share in data.deciding)


@pytest.mark.parametrize(
    ("five", "twenty", "truth"), [(66, 70, "five"), (66, 78, "both"), (60, 70, "none")]
)
def test_who_sorts_best_is_read_off_the_accuracies(five, twenty, truth):
    made = word_guesses.who_sorts_best(rows(five, twenty))
    assert made.data == truth
    made.set(guess=truth)
    assert made.note.value == ""
    made.reveal()
    assert made.note.value.startswith("You saw it.")


def test_curves_are_hidden_until_they_are_asked_for():
    made = word_guesses.who_sorts_best(rows())
    name = f"{MAML}, more words"
    assert "With twenty" not in made.alt
    assert not len(asked.points(made, name))
    made.set(revealed=True)
    assert asked.points(made, name).tolist() == [[1, 47], [5, 66], [20, 70.5]]
    assert "With twenty: " in made.alt


def test_what_maml_lacks_is_read_off_its_steps():
    made = lacks()
    assert made.data == "steps"
    assert lacks(ten=73.0).data == "neither"
    assert asked.points(made, "few").tolist() == [[3, 54]]
    told = {k: asked.artist(made, "1 step" if k == 1 else f"{k} steps") for k in (1, 3, 5, 10)}
    assert [k for k, words in told.items() if words.get_visible()] == [3]  # no hint at more
    assert "step" not in told[3].axes.get_xlabel()
    made.set(guess="languages", revealed=True)
    assert made.note.value.startswith("It is otherwise.")
    assert asked.points(made, "over steps")[:, 0].tolist() == [1, 3, 5, 10]
    assert all(words.get_visible() for words in told.values())


def test_rows_that_are_missing_are_named():
    with pytest.raises(ValueError, match=r"rows\['MAML'\] must hold 1, 5 and 20 words"):
        word_guesses.who_sorts_best({IDF: rows()[IDF]})
    with pytest.raises(ValueError, match="steps must hold 3, as in training"):
        word_guesses.what_it_lacks({1: mean(43.0)}, mean(54.0), mean(74.0))


def test_the_counts_that_the_question_names_are_those_of_the_families():
    from course_utils.checkpoints.words import FEW

    assert len(Words("train").languages) == word_guesses.ALL
    assert word_guesses.FEW == FEW


def test_towns_are_a_file_of_tasks_of_unequal_size(tmp_path):
    path = own_towns.write_towns(tmp_path / "towns.csv")
    with path.open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == ["town", "hour", "temperature"]
    towns = own_tasks(path, task="town", x=["hour"], y=["temperature"])
    sizes = {len(x) for x, _ in towns.tasks.values()}
    assert len(towns.names) == own_towns.TOWNS
    assert len(sizes) > 5
    assert min(sizes) >= 25
    assert path.read_text() == own_towns.write_towns(tmp_path / "again.csv").read_text()


def test_the_mean_curve_is_a_weighted_mean_of_points_nearby(tmp_path):
    towns = own_tasks(
        own_towns.write_towns(tmp_path / "towns.csv"), task="town", x=["hour"], y=["temperature"]
    )
    seen = towns.scaled_by(towns)
    at = torch.tensor([[[0.2], [-1.0]]])
    total = weights = 0.0
    for x, y in seen.tasks.values():
        weight = torch.exp(-((x[:, 0] - 0.2) ** 2) / 0.02)
        total, weights = total + (weight * y[:, 0]).sum(), weights + weight.sum()
    found = own_towns.mean_curve(seen, at)
    assert found.shape == (1, 2, 1)
    assert_close(found[0, 0, 0], total / weights, rtol=1e-4, atol=1e-5)
