"""A scene's marks stand where the frame says, its handles move what they name, its answers wait."""

import numpy as np
import pytest

from course_utils.explorers import vocabulary
from course_utils.explorers.controls import Slider
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.prediction import Prediction
from course_utils.explorers.scene import Scene, answer, revealed
from course_utils.figures import style
from tests import asked


def compute(phi, h, **values):
    return phi**2 * h


def controls():
    return vocabulary.phi(-2.0, 2.0, 0.1, 0.5), Slider("h", "h", "height", 0.0, 3.0, 0.5, 1.0)


def scene_of_marks():
    with Scene(size=(4, 3)) as (scene, axes):
        axes.set(xlim=(-2, 2), ylim=(0, 12))
        scene.line(axes, lambda f: ([0, f.phi], [0, f.data]), color="black", gid="line")
        scene.diamond(axes, style.MAML, lambda f: (f.phi, f.data) if f.h else None, gid="diamond")
        scene.arrow(axes, style.MAML, lambda f: ((0, 1), (f.phi, 2)) if f.h else None, gid="arrow")
        scene.grip(axes, lambda f: (f.phi, f.h), "φ and h", x="phi", y="h", gid="grip")
        peak = {"x": ("phi", lambda x: x - 1), "y": ("h", lambda y: y / 2), "name": "peak"}
        scene.handle(axes, lambda f: (f.phi + 1, 2 * f.h), "the peak", **peak)
        scene.text(axes, lambda f: f"h = {f.h:.1f}")
        spot = axes.plot(0, 0, "o", gid="spot")[0]
        scene.seen(spot, lambda f: f.h > 1)
        scene.follow(axes.axvline(0, gid="rule"), lambda line, f: line.set_xdata([f.phi, f.phi]))
    return scene


@pytest.fixture
def explorer():
    return scene_of_marks().explorer(
        compute, *controls(), alt=lambda f: f"φ = {f.phi:.1f}", describe="Explorer: marks."
    )


def test_marks_stand_where_the_frame_says(explorer):
    explorer.set(phi=1.5, h=2.0)
    np.testing.assert_allclose(asked.points(explorer, "line"), [[0, 0], [1.5, 4.5]])
    np.testing.assert_allclose(asked.points(explorer, "diamond"), [[1.5, 4.5]])
    np.testing.assert_allclose(asked.points(explorer, "grip"), [[1.5, 2.0]])
    assert asked.ends(explorer, "arrow") == ((0, 1), (1.5, 2))
    assert asked.artist(explorer, "rule").get_xdata() == [1.5, 1.5]
    assert explorer.alt == "φ = 1.5"


def test_a_mark_without_a_place_is_not_there(explorer):
    explorer.set(h=0.0)
    assert len(asked.points(explorer, "diamond")) == 0
    assert asked.ends(explorer, "arrow") is None
    explorer.set(h=1.0)
    assert len(asked.points(explorer, "diamond")) == 1
    assert asked.ends(explorer, "arrow") is not None


def test_a_surface_is_that_of_the_frame_and_hidden_where_there_is_none():
    grid = np.linspace(-2, 2, 5)
    with Scene(size=(4, 3)) as (scene, axes):
        losses = grid[:, None] ** 2 + grid**2
        surface = scene.surface(
            axes, grid, grid, lambda f: f.phi * losses if f.h else None, levels=np.array([2.0])
        )
    explorer = scene.explorer(compute, *controls(), alt=lambda f: "x", describe="y")
    for phi in (1.0, 2.0):
        explorer.set(phi=phi)
        (line,) = surface.lines
        assert np.allclose(line[np.isclose(line[:, 1], 0), 0] ** 2, 2 / phi, atol=0.35)
    explorer.set(h=0.0)
    assert not surface.get_visible()
    explorer.set(h=1.0)
    assert surface.get_visible()


def test_an_artist_is_seen_where_it_is_said(explorer):
    assert not asked.artist(explorer, "spot").get_visible()
    explorer.set(h=2.0)
    assert asked.artist(explorer, "spot").get_visible()


def test_a_grip_moves_the_values_that_it_names(explorer):
    explorer.drag("phi", -1.0, 2.5)
    assert explorer.values == {"phi": -1.0, "h": 2.5}
    explorer.drag("peak", 1.5, 3.0)
    assert explorer.values == {"phi": 0.5, "h": 1.5}


def test_a_handle_knows_which_values_it_moves(explorer):
    assert explorer._handle("phi").moves == ("phi", "h")
    assert explorer._handle("peak").moves == ("phi", "h")


def test_a_drag_may_depend_on_the_values_and_a_button_too():
    with Scene(size=(4, 3)) as (scene, axes):
        place = {"moves": ("phi",), "name": "twice"}
        scene.drag(axes, lambda f: (f.phi, f.h), "it", lambda x, y, f: {"phi": x * f.h}, **place)
        button = {"name": "more", "size": (0.5, 0.5)}
        scene.button(axes, lambda f: (0, 0), "more", lambda f: {"h": f.h + 1}, **button)
    explorer = scene.explorer(compute, *controls(), alt=lambda f: "x", describe="y")
    explorer.click("more")
    explorer.drag("twice", 0.5, 0)
    assert explorer.values == {"phi": 1.0, "h": 2.0}


def test_the_course_look_is_on_inside_the_block_only():
    import matplotlib

    before = dict(matplotlib.rcParams)
    with Scene(size=(4, 3)):
        assert matplotlib.rcParams["axes.spines.top"] is False
    assert dict(matplotlib.rcParams) == before


def test_an_answer_waits_until_it_is_asked_for():
    with Scene(size=(4, 3)) as (scene, axes):
        scene.diamond(axes, style.MAML, answer(lambda f: (f.data, 1)), gid="answer")
        scene.seen(axes.plot(0, 0, "o", gid="spot")[0], revealed)
    said = {"question": "Where?", "verdict": lambda f: f"At {f.data:.1f}, not {f.phi:.1f}."}
    prediction = scene.prediction(
        lambda phi, revealed: 2.0,
        vocabulary.guess("phi", "φ", -2.0, 2.0, 0.1, 0.5),
        **said,
        alt=lambda f: "x",
        describe="y",
    )
    assert isinstance(prediction, Prediction)
    assert len(asked.points(prediction, "answer")) == 0
    assert not asked.artist(prediction, "spot").get_visible()
    assert prediction.message == ""
    prediction.reveal()
    np.testing.assert_allclose(asked.points(prediction, "answer"), [[2.0, 1.0]])
    assert asked.artist(prediction, "spot").get_visible()
    assert prediction.message == "At 2.0, not 0.5."


def test_an_explorer_may_be_of_a_kind_that_takes_more():
    class Kind(Explorer):
        def __init__(self, *explorer, book, **named):
            self.book = book
            super().__init__(*explorer, **named)

    scene = scene_of_marks()
    made = scene.explorer(
        compute, *controls(), alt=lambda f: "x", describe="y", kind=Kind, book="kept"
    )
    assert made.book == "kept"


def test_a_count_is_in_words_with_its_plural():
    said = [vocabulary.counted(n, "step") for n in (0, 1, 2)]
    assert said == ["0 steps", "1 step", "2 steps"]


def test_a_grip_that_moves_what_no_control_owns_is_refused():
    with Scene(size=(4, 3)) as (scene, axes):
        scene.grip(axes, lambda f: (0, 0), "φ", x="fi")
    with pytest.raises(ValueError, match=r"moves 'fi', and no control is called so: .*'phi'"):
        scene.explorer(compute, *controls(), alt=lambda f: "x", describe="y")


def test_a_handle_that_moves_nothing_is_refused():
    with Scene(size=(4, 3)) as (scene, axes), pytest.raises(ValueError, match="x or y must name"):
        scene.handle(axes, lambda f: (0, 0), "φ", name="nothing")
