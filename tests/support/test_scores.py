"""Scores are kept, and no trouble with their file stops anyone."""

import os

import pytest

from course_utils.support.scores import BROKEN, FILE, ScoreBook


def test_a_score_is_there_in_the_next_session(tmp_path):
    ScoreBook(tmp_path).add("game", {"right": 7, "of": 10})
    ScoreBook(tmp_path).add("game", {"right": 9, "of": 10})
    ScoreBook(tmp_path).add("other", {"right": 1, "of": 2})
    book = ScoreBook(tmp_path)
    assert [result["right"] for result in book.results("game")] == [7, 9]
    assert book.remark == ""


def test_no_file_is_no_trouble(tmp_path):
    book = ScoreBook(tmp_path / "not" / "there")
    assert book.results("game") == []
    assert book.remark == ""
    assert book.add("game", {"right": 1}) == [{"right": 1}]
    assert book.path.exists()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe\x00", b"[]", b'{"game": 7}', b'{"game": [7]}', b"null"]
)
def test_a_broken_file_is_noticed_said_kept_and_made_anew(tmp_path, content):
    (tmp_path / FILE).write_bytes(content)
    book = ScoreBook(tmp_path)
    assert book.add("game", {"right": 3}) == [{"right": 3}]
    assert "broken" in book.remark
    assert BROKEN in book.remark
    assert (tmp_path / BROKEN).read_bytes() == content
    assert ScoreBook(tmp_path).results("game") == [{"right": 3}]
    assert book.results("game") == [{"right": 3}]
    assert book.remark == ""


def test_a_folder_that_cannot_be_written_is_said_and_the_score_returned(tmp_path):
    (tmp_path / "file").write_text("in the way")
    book = ScoreBook(tmp_path / "file" / "folder")
    assert book.add("game", {"right": 3}) == [{"right": 3}]
    assert "could not be kept" in book.remark


def test_writing_leaves_the_old_file_whole_until_the_new_one_is(tmp_path, monkeypatch):
    book = ScoreBook(tmp_path)
    book.add("game", {"right": 3})

    def full(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", full)
    book.add("game", {"right": 4})
    assert "no space left" in book.remark
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert ScoreBook(tmp_path).results("game") == [{"right": 3}]


def test_what_json_cannot_hold_is_refused(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        ScoreBook(tmp_path).add("game", {"right": float("nan")})
    with pytest.raises(ValueError, match="JSON"):
        ScoreBook(tmp_path).add("game", {"right": {1}})
