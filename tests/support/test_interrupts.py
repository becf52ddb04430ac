"""A stop waits where it would leave something half done, and is obeyed right after."""

import signal
import threading

import pytest

from course_utils.support.interrupts import StopLater


def test_a_stop_in_a_block_is_obeyed_after_it_and_only_once():
    before = signal.getsignal(signal.SIGINT)
    with StopLater() as stop:
        signal.raise_signal(signal.SIGINT)
        reached = True
    assert reached
    assert signal.getsignal(signal.SIGINT) is before
    with pytest.raises(KeyboardInterrupt):
        stop.now()
    stop.now()


def test_without_a_stop_nothing_happens_and_an_error_passes_through():
    before = signal.getsignal(signal.SIGINT)
    stop = StopLater()
    with pytest.raises(ZeroDivisionError), stop:
        1 / 0  # noqa: B018
    stop.now()
    assert signal.getsignal(signal.SIGINT) is before


def test_another_thread_may_wait_too_since_no_stop_arrives_there():
    done = []

    def block():
        with StopLater() as stop:
            pass
        stop.now()
        done.append(True)

    thread = threading.Thread(target=block)
    thread.start()
    thread.join()
    assert done == [True]
