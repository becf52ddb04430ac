"""The benchmark of a class: what its figures mean, and that it runs at all."""

import asyncio
import json
import time
from contextlib import suppress

import pytest
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)

from benchmarks.classroom import browser, lesson, table
from benchmarks.classroom.kernel import Kernel, KernelLost, packed, unpacked


def test_messages_are_those_of_jupyter_server():
    parts = [{"msg_type": "comm_msg"}, {"msg_id": "é"}, {}, {"a": [1, 2]}]
    as_bytes = [json.dumps(part).encode() for part in parts]
    channel, read = deserialize_msg_from_ws_v1(packed("shell", *parts))
    assert (channel, [bytes(part) for part in read]) == ("shell", as_bytes)
    sent = serialize_msg_to_ws_v1(as_bytes, "iopub")
    assert unpacked(sent) == (b"iopub", as_bytes[0], as_bytes[1], as_bytes[3])


def test_a_cookie_is_sent_under_its_path_alone_and_the_longer_path_wins():
    one = browser.Browser.__new__(browser.Browser)
    one._cookies = {("/user/ann/", "_xsrf"): "server", ("/", "_xsrf"): "hub", ("/", "gone"): ""}
    assert one._xsrf("http://127.0.0.1/user/ann/lab") == "server"
    assert one._sent("http://127.0.0.1/user/ben/lab") == {"_xsrf": "hub"}


class SlowKernel:
    """Answers every move after some seconds, with a picture or without."""

    def __init__(self, seconds, picture=True):
        self.models = {"phi": {"min": -5.0, "max": 5.0}}
        self.seconds, self.picture, self.values = seconds, picture, []

    async def move(self, widget, value):
        self.values.append(value)
        await asyncio.sleep(self.seconds)
        return time.perf_counter() if self.picture else None


def slid(kernel, seconds):
    """A learner who has moved a slider for some seconds."""
    learner = lesson.Learner("http://127.0.0.1:1", "ann")
    learner.kernel, learner.slider = kernel, "phi"
    asyncio.run(learner.slide(seconds, wait=0.0))
    return learner


def test_every_move_is_another_value_and_its_trip_is_from_when_it_was_due():
    learner = slid(SlowKernel(0.02), seconds=1)
    assert len(learner.trips) == 5 == len(set(learner.kernel.values))
    assert all(0.02 <= trip < 0.5 for trip in learner.trips)


def test_moves_that_wait_for_a_picture_are_merged_and_count_their_waiting():
    learner = slid(SlowKernel(0.5), seconds=1)
    assert len(learner.kernel.values) < 5 == len(learner.trips)
    assert max(learner.trips) > 0.65


def test_a_move_without_a_picture_is_told_and_has_no_trip():
    learner = slid(SlowKernel(0.0, picture=False), seconds=0.4)
    assert (learner.trips, learner.unanswered) == ([], 2)


def test_who_loses_a_kernel_drops_out_and_is_counted():
    everybody = [lesson.Learner("http://127.0.0.1:1", name) for name in ("ann", "ben")]

    async def act(n, learner):
        if n:
            raise KernelLost("the kernel is dead")

    here = asyncio.run(lesson._all(everybody, act))
    assert here == everybody[:1]
    assert (everybody[1].lost, everybody[1].problem) == (True, "the kernel is dead")


def test_a_server_that_is_not_there_is_a_failed_request():
    learner = lesson.Learner("http://127.0.0.1:1", "ann")
    assert asyncio.run(lesson._all([learner], lambda _, each: each.arrive("", "01", 0.0))) == []
    assert (learner.browser.requests, len(learner.browser.failed)) == (1, 1)


def test_a_kernel_that_dies_ends_what_is_waited_for():
    parts = [{"msg_type": "status"}, {}, {}, {"execution_state": "restarting"}]

    class Socket:
        def __init__(self):
            self.to_read = asyncio.Queue()

        def write_message(self, message, binary):
            for heard in (packed("iopub", *parts), None):
                self.to_read.put_nowait(heard)

        async def read_message(self):
            return await self.to_read.get()

    async def ask():
        await Kernel(Socket(), "ann").run("1 + 1")

    with pytest.raises(KernelLost, match="restarting"):
        asyncio.run(asyncio.wait_for(ask(), 5))


def test_little_memory_stops_the_class(monkeypatch):
    monkeypatch.setattr(lesson.taken, "free", lambda: 1.2)
    with pytest.raises(lesson.TooLittleMemory, match="GiB of memory were left"):
        asyncio.run(lesson._watch([20.0]))


def sources(notebook):
    path = table.ROOT / "notebooks" / f"{lesson.NOTEBOOKS[notebook]}.ipynb"
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def test_what_is_shortened_and_what_has_the_slider_is_in_the_notebooks():
    for notebook, (long, _) in lesson.FEWER.items():
        assert sum(long in source for source in sources(notebook)) == 1
    assert sum(lesson.SHOWS_SLIDER in source for source in sources("04")) == 1


def test_the_page_has_the_figures_that_are_kept():
    if not table.STORED.exists():
        pytest.skip("no figures are kept")
    page = table.PAGE.read_text(encoding="utf-8")
    assert table.written(page, table.stored()) == page


def test_the_verdict_names_the_classes_for_which_all_held():
    fine = {"kernels_lost": 0, "cells_failed": 0, "requests_failed": 0, "unanswered": 0}
    fine |= {"learners": 1, "trip_p95_ms": 99.9}
    slow, lost = fine | {"learners": 20, "trip_p95_ms": 101.0}, fine | {"kernels_lost": 1}
    assert "held for a class of 1 and 10." in table.verdict([fine, fine | {"learners": 10}, slow])
    assert "held for none of these classes" in table.verdict([slow, lost])


def test_a_page_without_a_block_is_refused():
    with pytest.raises(ValueError, match="no block"):
        table.written("# A class", table.stored())


@pytest.mark.classroom
def test_a_real_kernel_that_is_killed_is_lost(hub):
    async def killed():
        learner = lesson.Learner(hub.url, "learner-02")
        await learner.browser.log_in(hub.password)
        await learner.browser.open_lab()
        await learner.start_kernel("killed.ipynb")
        try:
            await learner.kernel.run("import os; os.kill(os.getpid(), 9)")
        finally:
            with suppress(browser.Failed):  # the server may just restart it
                await learner.shut_down()

    with pytest.raises(KernelLost):
        asyncio.run(killed())


@pytest.mark.classroom
def test_one_learner_runs_a_notebook_and_moves_a_slider():
    from benchmarks.classroom.__main__ import machine, measured

    found = measured(1, ["04"], gap=0.0, seconds=4.0)
    assert not found["problems"]
    assert (found["kernels_lost"], found["cells_failed"], found["requests_failed"]) == (0, 0, 0)
    assert (found["movers"], found["moves"], found["unanswered"]) == (1, 20, 0)
    assert all(50 < size < 600 for size in found["memory_mib"]["04"].values())
    assert 1 < found["ready_cpu_s"] < found["lesson_cpu_s"] < 120
    text = table.rendered({"machine": machine(), "lessons": [found]})
    assert "| kernels lost | 0 |" in text
    assert found["trip_ms"] > 1
