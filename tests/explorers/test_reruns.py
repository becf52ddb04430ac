"""A cell that runs again closes what it showed before: nothing is left in kernel, page or file."""

import gc
import weakref
from types import SimpleNamespace

import ipywidgets
import pytest
from ipywidgets.widgets.widget import _instances
from jupyter_client.manager import start_new_kernel

from course_utils.explorers import reruns


class Shell:
    """As much of a notebook's shell as is asked: which cell runs, what happens at its end."""

    def __init__(self):
        self.user_ns, self.user_ns_hidden = {"_oh": {}}, {}
        self.displayhook = SimpleNamespace(_=None, __=None, ___=None)
        self.events, self.todo, self.count = self, [], 0

    def register(self, event, function):
        assert event == "post_run_cell"
        self.todo.append(function)

    def unregister(self, event, function):
        self.todo.remove(function)

    def get_parent(self):
        return self.message

    def run(self, cell, *shown, metadata=None):
        """Run a cell that shows these widgets."""
        self.count += 1
        metadata = {"cellId": cell} if metadata is None else metadata
        self.message = {"header": {"msg_id": f"run {self.count}"}, "metadata": metadata}
        for widget in shown:
            reruns.note_shown(widget)
            self.user_ns["_oh"][self.count] = self.user_ns[f"_{self.count}"] = widget
            self.user_ns_hidden["_"] = self.user_ns["_"] = self.displayhook._ = widget
        for function in list(self.todo):
            function(None)


@pytest.fixture
def shell(monkeypatch):
    made = Shell()
    monkeypatch.setattr(reruns, "get_ipython", lambda: made)
    monkeypatch.setattr(reruns, "_shown", {})
    return made


def box():
    """An explorer's skeleton: a box in a box, with sliders and their layouts."""
    return ipywidgets.VBox([ipywidgets.Box([ipywidgets.IntSlider(), ipywidgets.FloatSlider()])])


def is_open(widget):
    return widget.comm is not None


def test_a_cell_run_again_closes_its_last_explorer_with_every_part(shell):
    before = set(_instances)
    first = box()
    one = len(set(_instances) - before)
    assert one > 8
    shell.run("a", first)
    for _ in range(15):
        shell.run("a", box())
    assert len(set(_instances) - before) == one
    assert not is_open(first)
    assert first not in shell.user_ns["_oh"].values()
    assert first not in shell.user_ns.values()
    assert shell.user_ns["_"] is not first
    assert len(shell.user_ns["_oh"]) == 1


def test_what_a_run_before_has_shown_is_freed_at_once(shell):
    first = box()
    gone = [weakref.ref(first), weakref.ref(first.children[0].children[0])]
    gc.disable()
    try:
        shell.run("a", first)
        del first
        assert all(each() is not None for each in gone)
        shell.run("a", box())
        assert [each() for each in gone] == [None, None]
    finally:
        gc.enable()


def test_other_cells_and_other_outputs_of_the_same_run_stay(shell):
    a, b, c = box(), box(), box()
    shell.run("a", a)
    shell.run("b", b, c)
    shell.run("c")
    assert all(map(is_open, (a, b, c)))
    shell.run("b", box())
    assert [is_open(widget) for widget in (a, b, c)] == [True, False, False]


def test_what_is_shown_again_or_elsewhere_stays_open(shell):
    mine, other = box(), box()
    shell.run("a", mine, other)
    shell.run("a", mine, other)
    shell.run("b", mine)
    shell.run("a", box())
    assert is_open(mine)
    assert not is_open(other)
    shell.run("b", box())
    assert not is_open(mine)


def test_a_closed_explorer_that_is_shown_again_opens_with_every_part(shell):
    mine = box()
    model = mine.model_id
    shell.run("a", mine)
    shell.run("a", box())
    assert not is_open(mine)
    shell.run("b", mine)
    slider = mine.children[0].children[0]
    assert all(map(is_open, (mine, slider, slider.layout, slider.style)))
    assert mine.model_id == model
    assert mine._repr_mimebundle_()["application/vnd.jupyter.widget-view+json"]


@pytest.mark.parametrize("metadata", [{}, {"cellId": None}, {"deletedCells": []}])
def test_where_no_cell_is_named_nothing_is_closed(shell, metadata):
    first = box()
    shell.run("", first, metadata=metadata)
    shell.run("", box(), metadata=metadata)
    assert is_open(first)


def test_outside_of_notebooks_nothing_happens(monkeypatch):
    for shell in (None, SimpleNamespace()):
        monkeypatch.setattr(reruns, "get_ipython", lambda shell=shell: shell)
        reruns.note_shown(box())


def test_a_cell_that_fails_after_showing_still_closes_the_last_one(shell):
    first, second = box(), box()
    shell.run("a", first)
    shell.run("a", second)  # an error in the cell ends it the same way
    assert shell.todo == []
    assert not is_open(first)


KERNEL = """
import gc
from ipywidgets.widgets.widget import _instances
from course_utils.explorers.explorer import Explorer
gc.collect()
alive = sum(isinstance(thing, Explorer) for thing in gc.get_objects() if type(thing) is Explorer)
print(len(_instances), alive)
"""


def test_in_a_kernel_fifteen_runs_leave_one_explorer_and_no_memory_of_the_others():
    manager, client = start_new_kernel()

    def run(cell, code):
        content = {"code": code, "silent": False, "store_history": True}
        content |= {"user_expressions": {}, "allow_stdin": False, "stop_on_error": True}
        message = client.session.msg("execute_request", content, metadata={"cellId": cell})
        client.shell_channel.send(message)
        said = ""
        while True:
            got = client.get_iopub_msg(timeout=60)
            if got["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            assert got["msg_type"] != "error", got["content"]
            said += got["content"].get("text", "")
            if got["content"].get("execution_state") == "idle":
                return said

    try:
        run("a", "from course_utils.notebook_03.shown import shown")
        run("b", "shown()['by_hand']()")
        one = run("c", KERNEL)
        for _ in range(14):
            run("b", "shown()['by_hand']()")
        assert run("c", KERNEL) == one
        assert one.split()[1] == "1"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
