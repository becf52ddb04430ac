"""A file is written whole or not at all, and a sealed one shows when it was altered."""

import os

import pytest

from course_utils.support import whole_files
from course_utils.support.whole_files import BrokenFile, read_sealed, write_whole


def test_what_is_written_is_what_is_read_in_a_folder_that_was_not_there(tmp_path):
    path = tmp_path / "a" / "b" / "file"
    write_whole(path, b"content")
    assert path.read_bytes() == b"content"
    write_whole(path, b"sealed", sealed=True)
    assert read_sealed(path) == b"sealed"
    assert [p.name for p in path.parent.iterdir()] == ["file"]


def test_a_file_is_for_all_to_read_as_the_users_others_are(tmp_path):
    write_whole(tmp_path / "ours", b"")
    (tmp_path / "plain").write_bytes(b"")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_any_changed_bit_is_noticed(tmp_path):
    path = tmp_path / "file"
    write_whole(path, b"content", sealed=True)
    whole = path.read_bytes()
    for place in range(len(whole)):
        altered = bytearray(whole)
        altered[place] ^= 1
        path.write_bytes(altered)
        with pytest.raises(BrokenFile, match="is truncated or altered"):
            read_sealed(path)


@pytest.mark.parametrize("length", [0, 1, 31, 32, 38])
def test_a_truncated_file_is_noticed(tmp_path, length):
    path = tmp_path / "file"
    write_whole(path, b"content", sealed=True)
    path.write_bytes(path.read_bytes()[:length])
    with pytest.raises(BrokenFile):
        read_sealed(path)


@pytest.mark.parametrize("sealed", [True, False])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, sealed):
    path = tmp_path / "file"
    write_whole(path, b"old", sealed=sealed)
    before = path.read_bytes()

    def fails(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(OSError, match="disk full"):
        write_whole(path, b"new", sealed=sealed)
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [before]


def test_what_a_killed_write_left_is_removed_and_nothing_else(tmp_path):
    path = tmp_path / "file"
    left, running = tmp_path / "file-0123abcd.new", tmp_path / "file-abcd0123.new"
    others = [tmp_path / name for name in ("file-1.new", "other-0123abcd.new", "file-0123abcd")]
    for use in (lambda: write_whole(path, b"content", sealed=True), lambda: read_sealed(path)):
        for each in (left, running, *others):
            each.touch()
            if each != running:
                os.utime(each, (0, 0))
        use()
        assert set(tmp_path.iterdir()) == {path, running, *others}


def test_the_bytes_are_on_the_disk_before_the_file_has_its_name(tmp_path, monkeypatch):
    fsync, replace, done = os.fsync, os.replace, []

    def flushed(number):
        done.append(os.fstat(number).st_size)
        fsync(number)

    def renamed(*paths):
        done.append("renamed")
        replace(*paths)

    monkeypatch.setattr(os, "fsync", flushed)
    monkeypatch.setattr(os, "replace", renamed)
    write_whole(tmp_path / "file", b"content")
    assert done == [len(b"content"), "renamed"]


def test_a_disk_that_is_full_when_flushed_leaves_the_old_file(tmp_path, monkeypatch):
    write_whole(tmp_path / "file", b"old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "file", b"new")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_a_file_that_is_not_there_is_no_broken_one(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_sealed(tmp_path / "none")


def test_the_cache_is_the_users_own():
    assert whole_files.cache_folder().name == "meta-learning-course"
