"""A stop waits where it would leave something half done, and is obeyed right after."""

import signal
import subprocess
import sys
import threading

import pytest

from course_utils.support.interrupts import StopLater

TRAIN = """
import sys, threading, time, _thread
from course_utils import maml, networks
from course_utils.tasks import Sinusoids

network = networks.mlp([1, 1])
loss = networks.squared_error(network)

def train(iterations):
    def objective(phi, batch):
        return maml.transfer_loss(loss, phi, batch)

    phi = network.init()
    return maml.train(objective, phi, Sinusoids(), iterations=iterations, progress=False)

def stop():
    while "torch._dynamo" not in sys.modules:
        time.sleep(0.001)
    _thread.interrupt_main()

assert "torch._dynamo" not in sys.modules, "there is nothing left to break"
threading.Thread(target=stop, daemon=True).start()
print(len(train(1_000_000)[1]))
print(len(train(3)[1]))
"""


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


def test_a_stop_in_a_kernels_first_second_of_training_leaves_it_able_to_train():
    done = subprocess.run(
        [sys.executable, "-c", TRAIN], capture_output=True, text=True, check=False, timeout=120
    )
    said = "stopped after 0 of 1,000,000 meta-steps; what was learned is kept\n0\n3\n"
    assert (done.stdout, done.stderr) == (said, "")
