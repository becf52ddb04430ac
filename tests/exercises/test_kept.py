"""What was solved is kept in the file of scores by its rules, and shown as a map."""

import json

from course_utils import check
from course_utils.exercises.kept import game, keep, map_of
from course_utils.support.scores import FILE, ONE_SHOT_GAME, ScoreBook

TWO = {"01": ("sample_waves", "count_leaks"), "02": ("meta_loss",)}


def test_nothing_is_done_without_a_file(tmp_path):
    book = ScoreBook(tmp_path / "not there")
    assert map_of(TWO, book).done == frozenset()
    assert map_of(TWO, book).remark == ""
    assert not (tmp_path / "not there").exists()


def test_a_solved_exercise_is_kept_once_beside_other_scores(tmp_path):
    book = ScoreBook(tmp_path)
    book.add(ONE_SHOT_GAME, {"right": 7, "of": 10})
    assert keep("meta_loss", book) == ""
    assert keep("meta_loss", book) == ""
    kept = json.loads((tmp_path / FILE).read_text())
    assert kept[game("meta_loss")] == [{"right": 1, "of": 1}]
    assert kept[ONE_SHOT_GAME] == [{"right": 7, "of": 10}]
    shown = map_of(TWO, book)
    assert shown.done == {"meta_loss"}
    assert repr(shown).splitlines() == [
        "01  0 of 2  ○ sample_waves  ○ count_leaks",
        "02  1 of 1  ✓ meta_loss",
    ]
    assert "1 of 1" in shown._repr_html_()


def test_a_broken_file_is_said_and_a_new_one_made(tmp_path):
    book = ScoreBook(tmp_path)
    (tmp_path / FILE).write_text("{oh")
    assert "broken" in map_of(TWO, book).remark
    assert "broken" in keep("meta_loss", book)
    assert map_of(TWO, book).done == {"meta_loss"}
    assert (tmp_path / "scores-broken.json").read_text() == "{oh"


def test_what_another_version_wrote_is_left_where_it_is(tmp_path):
    known = {game("meta_loss"): [{"solved": True}], "a game to come": [{"stars": 3}]}
    (tmp_path / FILE).write_text(json.dumps(known))
    book = ScoreBook(tmp_path)
    assert "left out: 1" in map_of(TWO, book).remark
    keep("meta_loss", book)
    kept = json.loads((tmp_path / FILE).read_text())
    assert kept[game("meta_loss")] == [{"solved": True}, {"right": 1, "of": 1}]
    assert kept["a game to come"] == [{"stars": 3}]


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    book = ScoreBook(tmp_path / "file")
    assert "could not be kept" in keep("meta_loss", book)


def test_only_a_right_answer_is_kept(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    exercise = check.meta_gradient
    exercise(exercise.mistakes[0].answer)
    exercise(None)
    assert check.done().done == frozenset()
    exercise(exercise.answer)
    assert check.done().done == {"meta_gradient"}
    said = capsys.readouterr().out
    assert [word in said for word in ("Not yet right", "Not attempted yet", "✓ Right")] == [
        True
    ] * 3


def test_a_name_without_an_exercise_is_said():
    import pytest

    with pytest.raises(AttributeError, match="there are sample_waves"):
        check.metagradient  # noqa: B018
    assert "meta_gradient" in dir(check)
