"""The part that every explorer and prediction is built on, tried on a dot that can be moved."""

import base64
import io
from dataclasses import dataclass

import ipywidgets
import matplotlib
import numpy as np
import pytest
from PIL import Image

from course_utils.explorers.controls import Choice, Hidden, Press, Slider, Stops
from course_utils.explorers.explorer import Explorer
from course_utils.explorers.frame import Handle
from course_utils.explorers.prediction import Prediction
from course_utils.figures import style


@dataclass(frozen=True)
class Dot:
    """A frame of the tests' explorer."""

    x: float
    height: float


CONTROLS = (
    Slider("x", "x", "place", -2.0, 2.0, 0.1, 0.5),
    Slider("n", "n", "count", 0, 5, 1, 2),
    Stops("power", "q", "power", (1.0, 2.0, 3.0), 1.0),
    Choice("colour", "colour", [("blue", style.MAML), ("red", style.TRANSFER)], style.MAML),
    Press("draw", "new draw"),
    Hidden("y", 0.5),
)


def make(kind=Explorer, controls=CONTROLS, compute=None, **more):
    """A dot at (x, y) that can be dragged, and the list of the values that were computed with."""
    figure, axes = style.new_figure(size=(4.0, 3.0))
    with style.course_style():
        axes.set(xlim=(-2, 2), ylim=(0, 1), xlabel="place  x")
        (dot,) = axes.plot([], [], "o", animated=True)
    calls = []

    def frame(**values):
        calls.append(values)
        if compute is not None:
            compute(**values)
        return Dot(values["x"], values["y"])

    def draw(f):
        dot.set_data([f.data.x], [f.data.height])
        dot.set_color(f.colour)
        return f"A dot at x = {f.x:.1f}."

    def button(f):
        return {"n": f.n + 1}

    explorer = kind(
        figure,
        compute=frame,
        draw=draw,
        controls=controls,
        handles=[
            Handle("dot", "the dot", axes, lambda f: (f.data.x, f.data.height), place),
            Handle("more", "one more", axes, lambda f: (-1, 0.9), click=button, size=(0.5, 0.2)),
            Handle("ghost", "seldom there", axes, lambda f: None, lambda x, y, f: {"x": x}),
        ],
        describe="Explorer: a dot.",
        **more,
    )
    return explorer, axes, calls


def place(x, y, f):
    return {"x": x, "y": y}


@pytest.fixture
def made():
    return make()


@pytest.fixture
def explorer(made):
    return made[0]


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def widgets(explorer, kind):
    found, todo = [], [explorer]
    while todo:
        widget = todo.pop(0)
        found += [widget] if isinstance(widget, kind) else []
        todo += getattr(widget, "children", ())
    return found


# --- values and frames ----------------------------------------------------------------------------


def test_opens_with_every_value_as_given_and_one_frame(made):
    explorer, _, calls = made
    assert explorer.values == {control.name: control.value for control in CONTROLS}
    assert len(calls) == 1
    assert explorer.data == Dot(0.5, 0.5)
    assert explorer.alt == "A dot at x = 0.5."
    assert explorer.message == ""


def test_no_frame_is_drawn_where_no_value_changes(made):
    explorer, _, calls = made
    for height in (0.5, 0.5, 0.5):
        explorer.set(x=0.51, y=height)
    assert len(calls) == 1
    explorer.set(x=0.6)
    assert len(calls) == 2
    explorer.reset()
    assert len(calls) == 3


def test_values_go_to_the_nearest_allowed_one(explorer):
    explorer.set(x=0.333, n=3.4, power=2.2)
    assert explorer.values["x"] == 0.3
    assert explorer.values["n"] == 3
    assert isinstance(explorer.values["n"], int)
    assert explorer.values["power"] == 2.0
    explorer.set(x=99, n=-4, power=99)
    assert (explorer.values["x"], explorer.values["n"]) == (2.0, 0)
    assert explorer.values["power"] == 3.0


def test_a_slider_that_starts_at_a_whole_number_keeps_its_fractions():
    slider = Slider("phi", "φ", "parameter", -5.0, 5.0, 0.01, 3)
    assert slider.nearest(1.234) == 1.23
    assert isinstance(slider.widget(), ipywidgets.FloatSlider)


def test_many_values_at_once_are_one_frame(made):
    explorer, _, calls = made
    explorer.set(x=1.0, n=4, power=3.0)
    assert len(calls) == 2
    assert {name: calls[-1][name] for name in ("x", "n", "power")} == {"x": 1, "n": 4, "power": 3}


def test_a_slider_moved_by_hand_is_one_frame_and_the_newest_value_wins(made):
    explorer, _, calls = made
    (slider,) = widgets(explorer, ipywidgets.FloatSlider)
    for value in (0.6, 0.7, -1.0):
        slider.value = value
    assert [call["x"] for call in calls] == [0.5, 0.6, 0.7, -1.0]
    assert explorer.data.x == -1.0
    assert explorer.alt == "A dot at x = −1.0."


def test_a_value_that_does_not_change_draws_nothing_new(made):
    explorer, _, calls = made
    (slider,) = widgets(explorer, ipywidgets.FloatSlider)
    slider.value = 0.5
    assert len(calls) == 1


def test_the_picture_follows_the_values_and_comes_back_with_them(explorer):
    first = explorer.png()
    explorer.set(x=-1.5)
    assert explorer.png() != first
    explorer.set(x=0.5)
    assert explorer.png() == first


def test_reset_puts_everything_back_in_one_frame(made):
    explorer, _, calls = made
    first = explorer.png()
    explorer.set(x=1.0, n=5, power=2.0, colour=style.TRANSFER, draw=3, y=0.1)
    explorer.reset()
    assert explorer.values == {control.name: control.value for control in CONTROLS}
    assert explorer.png() == first
    assert len(calls) == 3


def test_the_reset_button_resets(explorer):
    explorer.set(x=1.0)
    (button,) = [b for b in widgets(explorer, ipywidgets.Button) if b.description == "reset"]
    button.click()
    assert explorer.values["x"] == 0.5


def test_a_press_counts_and_draws(made):
    explorer, _, calls = made
    (button,) = [b for b in widgets(explorer, ipywidgets.Button) if b.description == "new draw"]
    button.click()
    button.click()
    assert [call["draw"] for call in calls] == [0, 1, 2]


def test_unknown_names_and_choices_are_refused_and_nothing_moves(made):
    explorer, _, calls = made
    with pytest.raises(ValueError, match=r"no control is called 'z': there are \['colour', 'draw"):
        explorer.set(x=1.0, z=1.0)
    with pytest.raises(ValueError, match=r"colour must be one of .* got 'green'"):
        explorer.set(x=1.0, colour="green")
    assert explorer.values["x"] == 0.5
    assert len(calls) == 1


@pytest.mark.parametrize("name", ["x", "n", "power", "y"])
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_a_value_that_is_not_finite_is_refused_by_its_controls_name(made, name, bad):
    explorer, _, calls = made
    before = explorer.values
    with pytest.raises(ValueError, match=f"^{name} must be finite, got {bad}"):
        explorer.set(**{name: bad})
    assert explorer.values == before
    assert len(calls) == 1


def test_a_button_cannot_be_pressed_a_part_of_a_time(explorer):
    with pytest.raises(ValueError, match=r"draw must be a whole number of at least 0, got 0.5"):
        explorer.set(draw=0.5)


def test_a_start_goes_to_the_nearest_allowed_value():
    starts = (
        Slider("x", "x", "place", -2.0, 2.0, 0.1, 0.333),
        Stops("power", "q", "power", (1.0, 2.0, 3.0), 2.2),
        Slider("n", "n", "count", 0, 5, 1, 99),
    )
    explorer, _, calls = make(controls=(*starts, *CONTROLS[3:]))
    wanted = {"x": 0.3, "power": 2.0, "n": 5}
    assert {name: calls[0][name] for name in wanted} == wanted
    explorer.set(x=1.0, power=1.0, n=0)
    explorer.reset()
    assert {name: explorer.values[name] for name in wanted} == wanted


def test_a_choice_may_start_without_an_answer_and_reset_goes_back_there():
    options = [("blue", style.MAML), ("red", style.TRANSFER)]
    asked = Choice("guess", "", options, None, open=True)
    explorer, _, _ = make(controls=(*CONTROLS, asked))
    explorer.set(guess=style.MAML)
    explorer.reset()
    assert explorer.values["guess"] is None
    with pytest.raises(ValueError, match=r"colour must be one of .* got None"):
        explorer.set(colour=None)


def test_two_controls_of_one_name_are_refused():
    with pytest.raises(ValueError, match=r"each control needs its own name: .* 'y'"):
        make(controls=(*CONTROLS, Hidden("y", 1.0)))


def test_controls_carry_symbol_and_word(explorer):
    sliders = widgets(explorer, ipywidgets.FloatSlider | ipywidgets.IntSlider)
    assert [slider.description for slider in sliders] == ["x  place", "n  count"]
    (stops,) = widgets(explorer, ipywidgets.SelectionSlider)
    assert stops.description == "q  power"
    assert stops._options_labels == ("1.00", "2.00", "3.00")


# --- in the picture -------------------------------------------------------------------------------


def handle(explorer, name):
    return next((h for h in explorer.canvas.handles if h["name"] == name), None)


def pointer(explorer, name, x, y, moves):
    """A pointer event as canvas.js sends it: x and y are fractions of the picture."""
    explorer.canvas.drag = {"handle": name, "x": x, "y": y, "moves": moves}


def test_dragging_in_data_coordinates(explorer):
    explorer.drag("dot", -1.23, 0.25)
    assert explorer.values["x"] == -1.2
    assert explorer.values["y"] == 0.25


def test_the_pages_pointer_moves_the_dot_to_where_it_points(made):
    explorer, axes, calls = made
    width, height = axes.figure.canvas.get_width_height()
    across, up = axes.transData.transform((1.2, 0.25))
    pointer(explorer, "dot", across / width, 1 - up / height, moves=1)
    assert explorer.values["x"] == pytest.approx(1.2)
    assert explorer.values["y"] == pytest.approx(0.25)
    assert len(calls) == 2


def test_a_handle_is_where_the_page_would_have_dragged_it(explorer):
    before = handle(explorer, "dot")
    pointer(explorer, "dot", before["x"], before["y"], moves=1)
    assert explorer.values["x"] == pytest.approx(0.5)
    assert explorer.values["y"] == pytest.approx(0.5)
    explorer.set(x=1.5)
    after = handle(explorer, "dot")
    assert after["x"] > before["x"]
    assert after["y"] == pytest.approx(before["y"])
    assert after["value"] == "1.50, 0.50"
    assert after["label"] == "the dot"


def test_the_dot_is_painted_under_its_handle(explorer):
    at = handle(explorer, "dot")
    image = pixels(explorer.png())
    row, column = round(at["y"] * image.shape[0]), round(at["x"] * image.shape[1])
    np.testing.assert_allclose(image[row, column], (0x00, 0x72, 0xB2), atol=8)


def test_a_drag_past_the_edge_stays_inside(explorer):
    pointer(explorer, "dot", 1.0, 0.5, moves=1)
    assert explorer.values["x"] == 2.0


def test_events_for_a_handle_that_is_not_there_are_ignored(made):
    explorer, _, calls = made
    pointer(explorer, "nobody", 0.5, 0.5, moves=1)
    assert len(calls) == 1


def test_handles_that_are_not_there_are_named_with_those_that_are(explorer):
    for attempt in (lambda: explorer.drag("nobody", 0, 0), lambda: explorer.click("nobody")):
        with pytest.raises(
            ValueError, match=r"no handle is called 'nobody': .* \['dot', 'ghost', 'more'\]"
        ):
            attempt()


def test_buttons_are_clicked_and_handles_are_dragged(made):
    explorer, _, calls = made
    with pytest.raises(ValueError, match="'more' is a button: it can be clicked, not dragged"):
        explorer.drag("more", 0, 0)
    with pytest.raises(ValueError, match="'dot' is no button: it can be dragged, not clicked"):
        explorer.click("dot")
    assert len(calls) == 1


def test_a_handle_without_a_place_is_not_shown(explorer):
    assert handle(explorer, "ghost") is None


def test_a_handle_that_is_a_button_is_clicked(explorer):
    explorer.click("more")
    assert explorer.values["n"] == 3
    pointer(explorer, "more", 0.0, 0.0, moves=1)
    pointer(explorer, "more", 0.0, 0.0, moves=2)
    assert explorer.values["n"] == 5
    assert handle(explorer, "more")["width"] > 0
    assert handle(explorer, "more")["height"] > 0


# --- errors ---------------------------------------------------------------------------------------


def overshoots(x, **_):
    if x > 1:
        raise ValueError("α = 0.03 overshoots & leaves the picture")
    if x < -1:
        raise KeyError("lost")


def test_an_error_becomes_a_sentence_and_the_last_good_picture_stays():
    explorer, _, _ = make(compute=overshoots)
    explorer.set(x=1.0)
    good = explorer.png(), explorer.alt, explorer.data, explorer.canvas.handles
    explorer.set(x=1.5)
    assert explorer.message == "α = 0.03 overshoots & leaves the picture"
    assert (explorer.png(), explorer.alt, explorer.data, explorer.canvas.handles) == good
    explorer.set(x=-1.5)
    assert explorer.message == "This picture could not be drawn (KeyError: 'lost')"
    explorer.set(x=0.0)
    assert explorer.message == ""
    assert explorer.png() != good[0]


def test_an_error_in_a_slider_moved_by_hand_is_no_traceback():
    explorer, _, _ = make(compute=overshoots)
    (slider,) = widgets(explorer, ipywidgets.FloatSlider)
    slider.value = 1.5
    assert "overshoots" in explorer.message


def test_an_explorer_that_cannot_draw_its_first_frame_stops_the_cell():
    with pytest.raises(ValueError, match="overshoots"):
        make(
            compute=overshoots, controls=(Slider("x", "x", "", -2.0, 2.0, 0.1, 1.5), *CONTROLS[1:])
        )


def test_a_picture_without_words_for_it_is_refused():
    figure, _ = style.new_figure(size=(4.0, 3.0))
    with pytest.raises(TypeError, match=r"draw must return the alt text, .* got None"):
        Explorer(
            figure,
            compute=lambda **values: None,
            draw=lambda f: None,
            controls=(),
            describe="Explorer: nothing.",
        )


# --- what the notebook stores ---------------------------------------------------------------------


def test_the_bundle_holds_the_widget_a_picture_words_and_alt_text(explorer):
    explorer.set(x=1.0)
    data, metadata = explorer._repr_mimebundle_()
    view = data["application/vnd.jupyter.widget-view+json"]
    assert view["model_id"] == explorer.model_id
    image = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert (image.format, image.size) == ("PNG", (400, 300))
    image.load()
    assert base64.b64decode(data["image/png"]) == explorer.png()
    assert data["text/plain"] == "Explorer: a dot."
    assert metadata["image/png"] == {"alt": "A dot at x = 1.0.", "width": 400}


def test_only_moving_artists_are_drawn_again(made):
    explorer, axes, _ = made
    drawn = []
    axes.xaxis.label.draw = lambda renderer: drawn.append("label")
    before = pixels(explorer.png())
    explorer.set(x=-1.5)
    after = pixels(explorer.png())
    assert drawn == []
    moved = np.argwhere((before != after).any(axis=2))
    old, new = (round(f * 400) for f in (0.5, handle(explorer, "dot")["x"]))
    assert len(moved) > 0
    across = moved[:, 1]
    assert new - 8 <= across.min()
    still = (across > new + 8) & (across < old - 8)
    assert not still.any()


def test_every_frame_is_opaque_and_on_white_ground(explorer):
    assert Image.open(io.BytesIO(explorer.png())).info.get("transparency") is None
    assert (pixels(explorer.png())[0, 0] >= 254).all()  # the palette costs white one of 255


def test_making_and_moving_an_explorer_leaves_matplotlibs_settings_alone():
    before = dict(matplotlib.rcParams)
    explorer, _, _ = make()
    explorer.set(x=1.0)
    explorer._repr_mimebundle_()
    assert dict(matplotlib.rcParams) == before


# --- predictions ----------------------------------------------------------------------------------


@pytest.fixture
def prediction():
    def verdict(f):
        return f"The dot belongs at 1.0: {abs(f.data.x - 1):.1f} from your guess."

    return make(Prediction, question="Where does the <b>dot</b> go?", verdict=verdict)[0]


def test_a_prediction_asks_and_does_not_tell(prediction):
    (question,) = [w for w in widgets(prediction, ipywidgets.HTML) if "Where" in w.value]
    assert question.value == "<b>Predict.</b> Where does the <b>dot</b> go?"
    assert prediction.values["revealed"] is False
    prediction.drag("dot", -1.5, 0.5)
    assert prediction.message == ""


def test_revealing_tells_how_far_the_guess_was(prediction):
    prediction.set(x=0.2)
    prediction.reveal()
    assert prediction.message == "The dot belongs at 1.0: 0.8 from your guess."
    prediction.set(x=1.0)
    assert "0.0 from your guess" in prediction.message


def test_the_button_reveals_and_reset_asks_again(prediction):
    buttons = {b.description: b for b in widgets(prediction, ipywidgets.Button)}
    buttons["show the answer"].click()
    assert prediction.message != ""
    buttons["reset"].click()
    assert prediction.message == ""
    assert prediction.values["revealed"] is False


def test_a_verdict_that_fails_is_a_sentence_too():
    prediction, _, _ = make(Prediction, question="?", verdict=lambda f: f.data.lost)
    prediction.reveal()
    assert prediction.message.startswith("This picture could not be drawn (AttributeError")


@pytest.mark.parametrize(
    ("make_control", "said"),
    [
        (lambda: Slider("x", "x", "", 0.0, 1.0, 0.0, 0.5), "step of x must be above 0, got 0.0"),
        (lambda: Slider("x", "x", "", 1.0, 0.0, 0.1, 0.5), "x must run from low to high"),
        (lambda: Stops("x", "x", "", (), 0.5), "options of x must hold a value at least"),
    ],
)
def test_a_control_that_can_hold_no_value_is_refused(make_control, said):
    with pytest.raises(ValueError, match=said):
        make_control()
