"""Answers that would flood the page, judge themselves, or meet a terminal without a tick."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import torch
from nbclient import NotebookClient

from course_utils import check
from course_utils.exercises.exercise import NESTED
from course_utils.exercises.kept import Map
from course_utils.exercises.output import MORE, MOST_DISPLAYS, MOST_PRINTED, Printed
from course_utils.exercises.verdict import OPEN, RIGHT, WRONG, Card, Verdict, printable

ROOT = Path(__file__).resolve().parents[2]


def outputs_of(source):
    """The outputs of one cell in a kernel of its own."""
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(book, timeout=200, kernel_name="python3").execute()
    return book.cells[0].outputs


def test_what_is_displayed_in_a_loop_is_bounded_and_the_card_comes_last():
    outputs = outputs_of(
        "from IPython.display import HTML, clear_output, display\n"
        "from course_utils import check\n"
        "def my_idf(*words):\n"
        "    for _ in range(200):\n"
        "        display(HTML('again'))\n"
        "        clear_output()\n"
        "    return 'done'\n"
        "check.idf(my_idf)\n"
        "display('and now it is free again')"
    )
    *shown, card, free = outputs
    assert [one["data"]["text/html"] for one in shown] == ["again"] * MOST_DISPLAYS
    assert MORE in card["data"]["text/plain"]
    assert "done" in card["data"]["text/plain"]
    assert "free again" in free["data"]["text/plain"]


def test_figures_left_open_are_bounded_and_those_of_the_reader_stay():
    outputs = outputs_of(
        "import matplotlib.pyplot as plt\n"
        "from course_utils import check\n"
        "kept = [plt.figure() for _ in range(2)]\n"
        "def my_idf(*words):\n"
        "    return [plt.figure() for _ in range(4)]\n"
        "check.idf(my_idf)\n"
        "print(len(plt.get_fignums()), all(plt.fignum_exists(f.number) for f in kept))"
    )
    (printed,) = (one["text"] for one in outputs if one["output_type"] == "stream")
    assert printed == f"{2 + MOST_DISPLAYS} True\n"


def test_a_publisher_that_the_reader_had_put_in_stays():
    outputs = outputs_of(
        "from course_utils import check\n"
        "publisher = get_ipython().display_pub\n"
        "publisher.publish = mine = publisher.publish\n"
        "check.idf(lambda *words: 1)\n"
        "print(publisher.__dict__.get('publish') is mine)"
    )
    assert outputs[-1]["text"] == "True\n"


def test_what_is_too_large_is_not_displayed_at_all():
    *shown, card = outputs_of(
        "from IPython.display import display\n"
        "from course_utils import check\n"
        "def my_idf(*words):\n"
        "    display('small')\n"
        "    display('x' * 10**7)\n"
        "    return 1\n"
        "check.idf(my_idf)"
    )
    assert len(shown) == 1
    assert MORE in card["data"]["text/plain"]


def test_one_long_line_is_cut():
    printed = Printed()
    assert printed.write("x" * 10**6) == 10**6
    assert printed.getvalue() == "x" * MOST_PRINTED + " ..."


def test_of_many_lines_the_first_are_kept_and_that_there_were_more_is_said_once():
    printed = Printed()
    for _ in range(MOST_PRINTED):
        printed.write("y")
    assert printed.getvalue() == "y" * MOST_PRINTED
    for _ in range(9):
        printed.write("y")
    assert printed.getvalue() == "y" * MOST_PRINTED + " ..."


def test_what_is_as_long_as_may_be_printed_has_no_dots_after_it():
    printed = Printed()
    print("x" * MOST_PRINTED, file=printed)
    assert printed.getvalue() == "x" * MOST_PRINTED


def calls_its_check(documents, word=None):
    for _ in range(300):
        check.idf(calls_its_check)
    return 1


def test_an_answer_that_calls_its_own_check_is_told_so_on_one_card(capsys):
    check.idf(calls_its_check)
    said = capsys.readouterr().out
    assert said.count("Not yet right") == 1
    assert NESTED in said
    assert len(said) < 3000


def test_a_check_in_a_check_judges_nothing_and_afterwards_it_judges_again():
    found = []

    def answer(*args):
        found.append(check.idf.judge(check.idf.answer))
        return check.idf.answer(*args)

    assert check.idf.judge(answer).kind == RIGHT
    assert found[0] == Verdict(WRONG, NESTED)
    assert check.idf.judge(check.idf.answer).kind == RIGHT


def test_a_check_that_was_interrupted_judges_again():
    def stopped(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check.idf.judge(stopped)
    assert check.idf.judge(check.idf.answer).kind == RIGHT


def test_the_readers_device_counts_for_no_answer_and_what_an_answer_sets_does_not_stay():
    def sets_much(*args):
        torch.set_default_device("meta")
        torch.set_num_threads(threads + 1)
        return check.idf.answer(*args)

    threads, device = torch.get_num_threads(), torch.get_default_device()
    waves = check.sample_waves
    try:
        torch.set_default_device("meta")
        assert waves.judge(waves.answer).kind == RIGHT
        assert torch.get_default_device().type == "meta"
        torch.set_default_device(None)
        check.idf.judge(sets_much)
        assert (torch.get_num_threads(), torch.get_default_device()) == (threads, device)
    finally:
        torch.set_default_device(None)
        torch.set_num_threads(threads)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "no-such", "utf-8"])
@pytest.mark.parametrize("kind", [OPEN, RIGHT, WRONG])
def test_every_terminal_prints_a_card(kind, encoding, monkeypatch):
    class Terminal:
        def __init__(self):
            self.encoding = encoding

    text = repr(Card("φ − 1", Verdict(kind, "It is ½.", lines=("✓",))))
    monkeypatch.setattr(sys, "stdout", Terminal())
    plain = printable(text)
    monkeypatch.undo()
    words = {OPEN: "Not attempted yet", RIGHT: "Right", WRONG: "Not yet right"}
    if encoding == "utf-8":
        assert plain == text
    else:
        assert plain.splitlines()[0] == f"{words[kind]} - phi - 1"
        assert plain.isascii()


def test_in_ascii_a_card_and_the_map_are_plain_words(tmp_path):
    source = (
        "from course_utils import check\ncheck.idf(check.idf.answer)\ncheck.idf(len)\n"
        "print(check.done())"
    )
    env = dict(
        os.environ, PYTHONIOENCODING="ascii", PYTHONPATH=str(ROOT), COURSE_DATA=str(tmp_path)
    )
    command = [sys.executable, "-c", source]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("Right - ")
    assert any(line.startswith("Not yet right - ") for line in lines)
    assert "+ idf  - sort_words" in done.stdout


def test_the_map_is_as_it_was_where_it_can_be_printed():
    found = Map({"01": ("one", "two")}, frozenset({"two"}))
    assert str(found) == repr(found) == "01  1 of 2  ○ one  ✓ two"
