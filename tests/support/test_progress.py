"""A progress bar shows how far training is, and leaves one sentence and nothing else."""

import re
import signal

import nbformat
import pytest
from nbclient import NotebookClient

from course_utils.support import progress
from course_utils.support.progress import bar


def test_a_finished_bar_leaves_one_line_with_the_time(capsys):
    with bar(1200, "meta-steps") as advance:
        for _ in range(1200):
            advance(0.5)
    out, err = capsys.readouterr()
    assert re.fullmatch(r"1,200 meta-steps took \d+ s\n", out)
    assert "/1200 [" in err
    assert err.rstrip(" \r").count("\n") == 0
    assert err.endswith(" \r")  # the bar is wiped away


def test_a_bar_that_is_not_shown_says_nothing(capsys):
    with bar(3, "meta-steps", show=False) as advance:
        advance(1.0)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("show", [True, False])
def test_an_interrupt_ends_the_block_quietly_and_is_said(capsys, show):
    with bar(1000, "meta-steps", show=show) as advance:
        for step in range(1000):
            if step == 4:
                raise KeyboardInterrupt
            advance(1.0)
    out = capsys.readouterr().out
    assert out == "stopped after 4 of 1,000 meta-steps; what was learned is kept\n"


def test_a_stop_while_the_bar_is_made_ends_the_block_quietly_too(capsys, monkeypatch, request):
    made = progress._open
    # What a shell starts in the background is deaf to Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))

    def stopped(*arguments):
        signal.raise_signal(signal.SIGINT)
        return made(*arguments)

    monkeypatch.setattr(progress, "_open", stopped)
    with bar(1000, "meta-steps") as advance:
        for _ in range(1000):
            advance(1.0)
    said = "stopped after 1 of 1,000 meta-steps; what was learned is kept\n"
    assert capsys.readouterr().out == said


def test_an_error_passes_through_and_claims_no_time(capsys):
    with pytest.raises(FloatingPointError), bar(10, "meta-steps"):
        raise FloatingPointError
    assert capsys.readouterr().out == ""


def test_a_stored_notebook_keeps_the_sentence_and_no_dead_widget():
    train = "with bar(120, 'meta-steps') as advance:\n    for _ in range(120): advance(0.5)"
    stop = "with bar(120, 'meta-steps') as advance:\n    advance(0.5)\n    raise KeyboardInterrupt"
    cells = [f"from course_utils.support.progress import bar\n{train}", stop]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    NotebookClient(notebook, timeout=60, kernel_name="python3", store_widget_state=False).execute()
    for cell, sentence in zip(
        notebook.cells,
        (
            r"120 meta-steps took \d+ s\n",
            "stopped after 1 of 120 meta-steps; what was learned is kept\n",
        ),
        strict=True,
    ):
        display, stream = cell.outputs
        assert display.data == {"text/plain": "120 meta-steps"}
        assert stream.name == "stdout"
        assert re.fullmatch(sentence, stream.text)
    assert "widgets" not in notebook.metadata
