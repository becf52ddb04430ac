"""Tasks of one's own: of arrays and of files, checked, drawn, split and scaled."""

import re

import numpy as np
import pytest
import torch
from torch.testing import assert_close

from course_utils.tasks import Own, own_tasks


def family():
    """Two tasks of unequal size, float64, y = 10·task + x."""
    sizes = {"a": 6, "b": 9}
    xs = {name: np.arange(size, dtype=np.float64) for name, size in sizes.items()}
    return Own({name: (x, 10 * n + x) for n, (name, x) in enumerate(xs.items())})


def test_float64_arrays_lists_and_tensors_become_points_of_float32():
    made = Own({"a": ([1, 2, 3], np.array([4.0, 5, 6])), "b": (torch.ones(2, 1), [[1.0], [2]])})
    for x, y in made.tasks.values():
        assert x.dtype == y.dtype == torch.float32
        assert x.shape[1:] == y.shape[1:] == (1,)


def test_a_draw_has_points_of_one_task_and_none_twice():
    batch = family().sample(30, shots=2, queries=4, generator=torch.Generator().manual_seed(0))
    assert batch.support_x.shape == (30, 2, 1)
    assert batch.query_y.shape == (30, 4, 1)
    assert set(batch.facts["task"].tolist()) == {0, 1}
    for x, y in ((batch.support_x, batch.support_y), (batch.query_x, batch.query_y)):
        assert_close(y, x + 10 * batch.facts["task"][:, None, None])
    both = torch.cat([batch.support_x, batch.query_x], dim=1)[..., 0]
    assert all(len(set(points)) == 6 for points in both.tolist())


def test_each_draws_every_task_and_by_task_takes_its_mean():
    made = family()
    batch = made.each(3, shots=2, queries=2, generator=torch.Generator().manual_seed(0))
    assert batch.facts["task"].tolist() == [0, 1] * 3
    assert_close(made.by_task(torch.tensor([1.0, 5, 2, 6, 3, 7])), torch.tensor([2.0, 6]))
    with pytest.raises(ValueError, match=r"errors must be .* multiple of 2, got \(5,\)"):
        made.by_task(torch.ones(5))


def test_split_keeps_each_task_whole_on_one_side():
    seen, unseen = family().split(["b"])
    assert (seen.names, unseen.names) == (("a",), ("b",))
    assert len(unseen.tasks["b"][0]) == 9
    for wrong, said in ((["c"], "must name tasks of the family, got 'c'"), (["a", "b"], "leave a")):
        with pytest.raises(ValueError, match=said):
            family().split(wrong)


def test_scales_are_those_of_the_seen_tasks_alone():
    seen, unseen = family().split(["b"])
    scaled = seen.scaled_by(seen)
    for part in scaled.tasks["a"]:
        assert_close(part.mean(), torch.tensor(0.0), atol=1e-6, rtol=0)
        assert_close(part.std(correction=0), torch.tensor(1.0))
    (x_mean, x_unit), _ = seen.scales()
    assert_close(unseen.scaled_by(seen).tasks["b"][0] * x_unit + x_mean, unseen.tasks["b"][0])
    level = Own({"a": ([1, 2], [3, 3])})
    assert_close(level.scaled_by(level).tasks["a"][1], torch.zeros(2, 1))


@pytest.mark.parametrize(
    ("tasks", "said"),
    [
        ({}, "of one task at least"),
        ([1], "must be a dict"),
        ({"a": 3}, "tasks['a'] must be a pair (x, y), got 3"),
        ({"a": ([1, 2], [1])}, "tasks['a'] has 2 points in x, 1 in y"),
        (
            {"a": ([1, float("nan")], [1, 2])},
            "x of tasks['a'] must be finite, got [nan] at",
        ),
        ({"a": (["one"], [1])}, "x of tasks['a'] must be numbers"),
        ({"a": ([[1, 2], [3]], [1, 2])}, "x of tasks['a'] must be numbers"),
        ({"a": ([], [])}, "a point at least"),
        ({"a": ([1], [1]), "b": ([[1, 2]], [1])}, "tasks['b'] has 2 features a point"),
    ],
)
def test_arrays_that_cannot_be_used_are_named(tasks, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        Own(tasks)


def test_a_task_with_too_few_points_is_named():
    with pytest.raises(ValueError, match=r"at most 6, the points of the task 'a', got 5 [+] 2"):
        family().sample(1, shots=5, queries=2)
    with pytest.raises(ValueError, match="shots must be"):
        family().sample(1, shots=0, queries=2)


def written(folder, text):
    path = folder / "mine.csv"
    path.write_bytes(text.encode("utf-8-sig"))  # as a spreadsheet writes it
    return path


def read(path, **columns):
    return own_tasks(path, **{"task": "town", "x": ["hour"], "y": ["t"], **columns})


def test_a_file_becomes_tasks_by_the_column_that_names_them(tmp_path):
    made = read(written(tmp_path, "town,hour,t\nBergen,1,3.5\nRom,2,8\nBergen,4,2.5\n"))
    assert made.names == ("Bergen", "Rom")
    assert_close(made.tasks["Bergen"][0], torch.tensor([[1.0], [4.0]]))
    assert_close(made.tasks["Bergen"][1], torch.tensor([[3.5], [2.5]]))


@pytest.mark.parametrize(
    ("text", "columns", "said"),
    [
        ("town,hour,t\na,1,2\n", {"y": ["rain"]}, "has no column 'rain': there are town, hour, t"),
        ("town,hour,t\na,1,warm\n", {}, "line 2, column 't' must hold a number, got 'warm'"),
        ("town,hour,t\na,1,2\na,,2\n", {}, "line 3, column 'hour' must hold a number, got ''"),
        ("town,hour,t\na,1\n", {}, "line 2, column 't' must hold a number, got ''"),
        ("town,hour,t\na,1,nan\n", {}, "y of tasks['a'] must be finite"),
        ("town,hour,t,t\na,1,2,3\n", {}, "has two columns 't'"),
        ("town,hour,t\n", {}, "a line of numbers at least"),
        ("town,hour,t\na,1,2\n", {"x": "hour"}, "x must be a list of columns"),
        ("town;hour;t\na;1;2\n", {}, "has no column 'town': there are town;hour;t"),
    ],
)
def test_files_that_cannot_be_used_are_named(tmp_path, text, columns, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        read(written(tmp_path, text), **columns)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"path must be a CSV file in UTF-8, got 'none.csv'"):
        read(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("text", "columns", "said"),
    [
        ("t,h,c\na,1,2\n,1,2\n", {}, "line 3, column 't' must name a task, got an empty cell"),
        ("t,h,c\na,1,2\na,1,2,5\n", {}, "line 3 must have a cell for each column, got more"),
        ("t,h,c\na,1,2\n", {"x": ["h", "c"]}, "must name different columns, got 'c' twice"),
        ("t,h,c\n1,1,2\n", {"x": ["t"]}, "must name different columns, got 't' twice"),
    ],
)
def test_slips_that_would_give_wrong_tasks_are_named(tmp_path, text, columns, said):
    path = tmp_path / "own.csv"
    path.write_text(text)
    with pytest.raises(ValueError, match=re.escape(said)):
        own_tasks(path, **({"task": "t", "x": ["h"], "y": ["c"]} | columns))


def test_blanks_around_a_name_make_no_second_task(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("t,h,c\na,1,2\na ,3,4\n")
    assert own_tasks(path, task="t", x=["h"], y=["c"]).names == ("a",)


def test_calls_that_would_go_wrong_in_silence_are_named():
    made, pair = family(), ([1.0, 2.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="names that differ as text"):
        Own({1: pair, "1": pair})
    with pytest.raises(ValueError, match="errors must be one number for each task"):
        made.by_task(torch.ones(0))
    with pytest.raises(ValueError, match="other must be a family of tasks"):
        made.scaled_by(None)
    with pytest.raises(ValueError, match=r"other must have 1 features and 1 outputs.* got 2 and 1"):
        made.scaled_by(Own({"a": (torch.ones(3, 2), torch.ones(3))}))
    with pytest.raises(ValueError, match="n_tasks must make a batch"):
        made.sample(10**12, shots=2, queries=2)
