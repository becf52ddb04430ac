"""A learner's code may do what it likes: the check comes back, in time, and says at which line."""

import sys
import time

import pytest

from course_utils.exercises import attempt, deadline
from course_utils.exercises.attempt import Attempts, Outcome, Overdue


def call(function, *args, seconds=0.2):
    start = time.monotonic()
    outcome = Attempts(seconds).call(function, *args)
    assert time.monotonic() - start < seconds + 20  # a busy machine may be slow, not hang
    return outcome


def test_a_result_and_what_was_printed():
    def fine(x):
        print("x is", x)
        return x + 1

    outcome = call(fine, 2)
    assert (outcome.result, outcome.printed, outcome.error) == (3, "x is 2\n", "")


def for_ever():
    while True:
        pass


def for_ever_in_one_line():
    return [x for x in iter(int, 1)]


def catches_errors():
    while True:
        try:
            for_ever()
        except Exception:
            continue


def catches_everything():
    while True:
        try:
            for_ever()
        except BaseException:
            continue


def sleeps():
    time.sleep(1e6)


def prints_for_ever():
    while True:
        print("again and again" * 100)


def calls_itself():
    try:
        calls_itself()
    except BaseException:
        calls_itself()


def calls_itself_at_last():
    try:
        calls_itself_at_last()
    finally:
        calls_itself_at_last()


def calls_itself_again_and_again():
    for _ in range(3):
        try:
            calls_itself_again_and_again()
        except BaseException:
            continue


def calls_itself_deeper():
    sys.setrecursionlimit(3000)
    calls_itself()


DEEP = [calls_itself, calls_itself_at_last, calls_itself_again_and_again, calls_itself_deeper]


@pytest.mark.parametrize("function", DEEP)
def test_code_that_calls_itself_and_catches_everything_is_ended(function):
    """Each of them makes 2 to the power of 1,000 calls."""
    before, start = sys.getrecursionlimit(), time.thread_time()
    outcome = call(function, seconds=0.5)
    assert "had not ended after" in outcome.error
    assert outcome.line.startswith("line ")
    assert time.thread_time() - start < 4
    assert (sys.getrecursionlimit(), sys.getprofile()) == (before, None)


LOOPS = [for_ever, for_ever_in_one_line, catches_errors, catches_everything, sleeps]


@pytest.mark.parametrize("function", [*LOOPS, prints_for_ever])
def test_what_never_ends_is_ended_and_said(function):
    before = sys.gettrace()
    outcome = call(function)
    assert "had not ended after" in outcome.error
    assert outcome.line.startswith("line ")
    assert len(outcome.printed) < 10_000
    assert sys.gettrace() is before  # a debugger's, say


def test_without_alarms_the_clock_is_looked_at_before_every_line(monkeypatch):
    import signal

    monkeypatch.delattr(signal, "SIGALRM")
    for function in (for_ever, for_ever_in_one_line, catches_errors, prints_for_ever):
        assert "had not ended after" in call(function).error


def test_another_alarm_is_left_alone():
    import signal

    heard = []
    before = signal.signal(signal.SIGALRM, lambda *_: heard.append(1))
    try:
        assert "had not ended" in call(for_ever).error
        assert signal.getsignal(signal.SIGALRM)(0, None) is None
        assert heard == [1]
    finally:
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("late", ["before", "after"])
def test_an_alarm_in_the_checks_own_code_ends_nothing(late, monkeypatch):
    """What is right is right, though the time ends just before or after the function is called."""

    def busy(when):
        end = time.monotonic() + 0.6
        while when == late and time.monotonic() < end:
            pass

    def learners(*args):
        busy("before")
        result = deadline.learners(*args)
        busy("after")
        return result

    monkeypatch.setattr(attempt, "learners", learners)
    assert call(abs, -3, seconds=0.05) == Outcome(3)


def test_an_error_is_shown_at_the_learners_own_line():
    import torch

    def wrong():
        x = torch.zeros(3)
        return torch.nn.functional.mse_loss(x, "no tensor")

    outcome = call(wrong)
    assert "mse_loss" in outcome.line
    assert "of wrong:" in outcome.line
    assert outcome.error.partition(":")[0].endswith("Error")


@pytest.mark.parametrize("error", [SystemExit, GeneratorExit, MemoryError, ValueError("why")])
def test_every_error_comes_back_as_words(error):
    def fails():
        raise error

    kind = error.__name__ if isinstance(error, type) else "ValueError: why"
    assert call(fails).error == kind


def test_the_readers_own_interrupt_goes_through():
    def stopped():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        call(stopped)


def test_a_message_that_cannot_be_written_is_left_out():
    class Odd(Exception):
        def __str__(self):
            raise RuntimeError

    def fails():
        raise Odd

    assert call(fails).error == "Odd"


def test_endless_recursion_is_an_error_like_others():
    def again(n):
        return again(n + 1)

    assert call(again, 0, seconds=5).error.startswith("RecursionError")


def test_all_calls_share_the_time():
    attempts = Attempts(0.4)
    start = time.thread_time()
    assert attempts.call(for_ever).error
    assert attempts.call(for_ever).error
    assert time.thread_time() - start < 2.0
    assert not issubclass(Overdue, Exception)


def test_all_calls_share_the_waiting_too():
    attempts, start, calls = Attempts(0.2), time.monotonic(), 0
    while not attempts.call(time.sleep, 0.3).error:
        calls += 1
        assert calls < 4
    assert time.monotonic() - start < 2.5


class Stubborn(Exception):
    def __str__(self):
        while True:
            pass


class Interrupting(Exception):
    def __str__(self):
        raise KeyboardInterrupt


@pytest.mark.parametrize("error", [Stubborn, Interrupting])
def test_a_message_that_never_ends_or_interrupts_is_left_out(error):
    def fails():
        raise error

    assert call(fails).error == error.__name__


def test_an_import_is_never_cut_in_two(tmp_path, monkeypatch):
    """Half a module would stay in the kernel; the clock begins anew after it."""
    (tmp_path / "slow_to_import.py").write_text(
        "import time\nstart = time.monotonic()\n"
        "while time.monotonic() < start + 1.0:\n    pass\nwhole = True\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    def uses_it():
        import slow_to_import

        return slow_to_import.whole

    def uses_it_and_goes_on():
        import slow_to_import  # noqa: F401

        for_ever()

    assert call(uses_it).result is True
    monkeypatch.delitem(sys.modules, "slow_to_import")
    assert "had not ended after" in call(uses_it_and_goes_on).error
    assert sys.modules["slow_to_import"].whole
