"""A stop waits where it would leave something half done, and is obeyed right after."""

import signal
import subprocess
import sys
import threading

import pytest

from course_utils.support.interrupts import StopLater

COMPILE = """
import sys, threading, time, _thread
import torch
from course_utils import compiled, maml, networks
from course_utils.tasks import Sinusoids

network = networks.mlp([1, 1])
loss = networks.squared_error(network)

def stop():
    while "torch._dynamo" not in sys.modules:
        time.sleep(0.001)
    _thread.interrupt_main()

assert "torch._dynamo" not in sys.modules, "there is nothing left to break"
threading.Thread(target=stop, daemon=True).start()
objective = compiled.objective(lambda phi, batch: maml.transfer_loss(loss, phi, batch))
phi, history = maml.train(objective, network.init(), Sinusoids(), iterations=9, progress=False)
print(len(history))
torch.optim.Adam(network.init().values())
print(torch._dynamo.is_compiling())
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


def test_a_stop_while_torchs_compiler_is_imported_leaves_it_whole():
    done = subprocess.run(
        [sys.executable, "-c", COMPILE], capture_output=True, text=True, check=False, timeout=120
    )
    said = "stopped after 0 of 9 meta-steps; what was learned is kept\n0\nFalse\n"
    assert (done.stdout, done.stderr) == (said, "")
