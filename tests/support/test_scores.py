"""Scores are kept, and no trouble with their file stops anyone."""

import json
import os
import re
import threading

import pytest
from filelock import FileLock

from course_utils.support import scores
from course_utils.support.scores import BROKEN, FILE, LOCK, ScoreBook


def result(right, of=10, **more):
    return {"right": right, "of": of, **more}


def names(folder):
    return {path.name for path in folder.iterdir()} - {LOCK}


def test_a_score_is_there_in_the_next_session(tmp_path):
    ScoreBook(tmp_path).add("game", result(7))
    ScoreBook(tmp_path).add("game", result(9, script="Georgian"))
    ScoreBook(tmp_path).add("other", result(1, 2))
    book = ScoreBook(tmp_path)
    assert book.results("game") == [result(7), result(9, script="Georgian")]
    assert book.remark == ""


def test_no_file_is_no_trouble(tmp_path):
    book = ScoreBook(tmp_path / "not" / "there")
    assert book.results("game") == []
    assert book.remark == ""
    assert book.add("game", result(1)) == [result(1)]
    assert book.path.exists()


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"\xff\xfe\x00", b"[]", b'{"game": 7}', b'{"game": {}}', b"null", b"NaN"),
        b"[" * 100_000,
        b'{"game": [' + b"9" * 10_000 + b"]}",
    ],
    ids=range(10),
)
def test_a_broken_file_is_noticed_said_kept_and_made_anew(tmp_path, content):
    (tmp_path / FILE).write_bytes(content)
    book = ScoreBook(tmp_path)
    assert book.results("game") == []
    assert book.remark == f"The file of earlier scores, {book.path}, is broken."
    assert names(tmp_path) == {FILE}  # reading changes nothing
    assert book.add("game", result(3)) == [result(3)]
    assert "was broken" in book.remark
    assert BROKEN in book.remark
    assert (tmp_path / BROKEN).read_bytes() == content
    assert ScoreBook(tmp_path).results("game") == [result(3)]
    assert book.results("game") == [result(3)]
    assert book.remark == ""


ODD = [
    *({}, {"right": 3}, {"of": 0}, {"right": 0, "of": 0}, {"right": 50, "of": 10}),
    *({"right": -1, "of": 10}, {"right": "3", "of": 10}, {"right": 3, "of": None}),
    *({"right": True, "of": 10}, {"right": 3.0, "of": 10}, {"right": float("nan"), "of": 10}),
    *({"right": 10**300, "of": 10**300}, "3", None, 7, [], float("inf")),
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_an_entry_that_is_no_result_is_left_out_and_said_and_never_added(tmp_path, odd):
    (tmp_path / FILE).write_text(json.dumps({"game": [result(3), odd], "other": [odd]}))
    book = ScoreBook(tmp_path)
    assert book.results("game") == [result(3)]
    assert "that are no scores are left out: 1." in book.remark
    with pytest.raises(ValueError, match=re.escape('"right" and "of", right from 0 to of')):
        book.add("game", odd)
    assert book.add("game", result(4)) == [result(3), result(4)]
    assert book.remark == ""
    assert ScoreBook(tmp_path).results("game") == [result(3), result(4)]
    assert len(json.loads(book.path.read_text())["other"]) == 1  # what is not ours stays


def test_a_folder_that_cannot_be_written_is_said_and_the_score_returned(tmp_path):
    (tmp_path / "file").write_text("in the way")
    book = ScoreBook(tmp_path / "file" / "folder")
    assert book.add("game", result(3)) == [result(3)]
    assert "could not be kept" in book.remark


def test_a_file_that_cannot_be_read_is_not_written_over(tmp_path):
    (tmp_path / FILE).mkdir()
    book = ScoreBook(tmp_path)
    assert book.results("game") == []
    assert "could not be read" in book.remark
    assert book.add("game", result(3)) == [result(3)]
    assert "could not be kept" in book.remark
    assert names(tmp_path) == {FILE}


def test_writing_leaves_the_old_file_whole_until_the_new_one_is(tmp_path, monkeypatch):
    book = ScoreBook(tmp_path)
    book.add("game", result(3))

    def full(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", full)
    assert book.add("game", result(4)) == [result(3), result(4)]
    assert book.remark == "The score could not be kept: no space left."
    assert names(tmp_path) == {FILE}
    assert ScoreBook(tmp_path).results("game") == [result(3)]


def test_what_many_programs_add_at_once_is_all_kept(tmp_path):
    """Threads stand for programs: each has its own book, and with it its own lock."""
    remarks = []

    def play(right):
        for _ in range(8):
            book = ScoreBook(tmp_path)
            book.add("game", result(right))
            remarks.append(book.remark)

    threads = [threading.Thread(target=play, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = [entry["right"] for entry in ScoreBook(tmp_path).results("game")]
    assert remarks == [""] * 32
    assert sorted(kept) == sorted([0, 1, 2, 3] * 8)


def test_where_another_program_writes_for_too_long_the_score_is_said_not_to_be_kept(
    tmp_path, monkeypatch
):
    assert scores.LOCK_SECONDS == 2
    monkeypatch.setattr(scores, "LOCK_SECONDS", 0.05)
    book = ScoreBook(tmp_path)
    book.add("game", result(3))
    with FileLock(tmp_path / LOCK):
        assert book.add("game", result(4)) == [result(3), result(4)]
    assert book.remark == (f"The score could not be kept: another program holds {tmp_path / LOCK}.")
    assert book.add("game", result(5)) == [result(3), result(5)]
    assert book.remark == ""


def test_a_lock_that_cannot_be_had_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(scores, "LOCK_SECONDS", 0.05)
    (tmp_path / LOCK).mkdir()
    book = ScoreBook(tmp_path)
    assert book.add("game", result(3)) == [result(3)]
    assert "could not be kept" in book.remark
    assert names(tmp_path) == set()


def test_a_game_has_a_name(tmp_path):
    for game in (None, 5, ["game"]):
        with pytest.raises(ValueError, match="game must be text"):
            ScoreBook(tmp_path).add(game, result(3))


def test_what_json_cannot_hold_is_refused(tmp_path):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    for odd in (float("nan"), {1}, deep):
        with pytest.raises(ValueError, match="JSON"):
            ScoreBook(tmp_path).add("game", result(3, more=odd))


def test_a_file_that_an_editor_began_with_a_byte_order_mark_is_read(tmp_path):
    book = scores.ScoreBook(tmp_path)
    book.path.write_text('{"game": [{"right": 1, "of": 2}]}', encoding="utf-8-sig")
    assert book.results("game") == [{"right": 1, "of": 2}]
    with pytest.raises(ValueError, match="game must be text"):
        book.results(["game"])
