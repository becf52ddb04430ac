"""One learner takes too much: the others do not feel it, and that one is told."""

import statistics
import time

import pytest

pytestmark = pytest.mark.classroom
GREEDY = "kept = []\nwhile True: kept.append(bytearray(16 << 20))"
PEAK = "print([l for l in open('/proc/self/status') if l.startswith('VmHWM')][0].split()[1])"


def seconds_of_a_cell(kernel, times=9):
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        assert kernel.run("print(1)") == "1"
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


@pytest.mark.skipif("sys.platform != 'linux'", reason="only Linux keeps to the limit of memory")
def test_a_kernel_that_eats_memory_gets_an_error_at_its_limit_and_lives_on(ann, ben, kernel):
    mine, theirs = kernel(ann), kernel(ben)
    theirs.run("x = 42")
    assert mine.run(GREEDY) == "MemoryError:"
    assert int(mine.run(PEAK)) < 1024**2
    assert mine.run("kept.clear(); print(7)") == "7"
    assert theirs.run("print(x)") == "42"


@pytest.mark.skipif("sys.platform != 'linux'", reason="only Linux keeps to the limit of memory")
def test_memory_that_processes_share_is_not_counted(ann, kernel):
    mine = kernel(ann)
    assert mine.run("import mmap; print(len(mmap.mmap(-1, 2 << 30)) >> 30)") == "2"
    assert mine.run("kept = mmap.mmap(-1, 2 << 30, mmap.MAP_PRIVATE)").startswith("OSError")


def test_kernels_that_loop_for_ever_leave_the_others_their_share(ann, ben, kernel):
    loops, theirs = [kernel(ann), kernel(ann)], kernel(ben)
    names = [loop.send("print('on', flush=True)\nwhile True: pass") for loop in loops]
    for loop, name in zip(loops, names, strict=True):  # what has not begun cannot be interrupted
        assert loop.said(name, until="on") == "on"
    assert seconds_of_a_cell(theirs) < 1
    for loop, name in zip(loops, names, strict=True):
        ann.ask("POST", f"api/kernels/{loop.id}/interrupt").raise_for_status()
        assert loop.said(name) == "KeyboardInterrupt:"
    assert loops[0].run("print(7)") == "7"


def test_a_killed_kernel_is_told_comes_back_empty_and_leaves_what_is_on_disk(ann, ben, kernel):
    mine, theirs = kernel(ann), kernel(ben)
    theirs.run("x = 42")
    mine.run("x = 41; open('work.txt', 'w').write('mine')")
    assert mine.run("import os; os.kill(os.getpid(), 9)") == "restarting"
    time.sleep(1)
    mine.connect()
    assert mine.run("print(x)").startswith("NameError")
    assert mine.run("print(open('work.txt').read())") == "mine"
    assert theirs.run("print(x)") == "42"
