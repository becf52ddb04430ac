"""Which layer alone keeps MAML's result: asked before it is shown, and told as measured."""

import pytest

from course_utils.evaluation import Mean
from course_utils.notebook_07 import diagrams, which_layer
from tests import asked


def trainings(*values):
    return [Mean(value, 0.05, 300) for value in values]


PICTURES = {
    "all layers": trainings(6, 6.2, 5.5),
    "convolutions": trainings(74, 73, 72),
    "last layer": trainings(6, 5.8, 5.6),
}


def sinusoids(first=0.52, head=2.97):
    return {
        "all layers": trainings(0.54, 0.56, 0.63),
        "first layer": trainings(first, first + 0.01, first + 0.06),
        "second layer": trainings(2.86, 2.83, 2.87),
        "head": trainings(head, head - 0.04, head + 0.03),
    }


def made(**values):
    return which_layer.which_layer(sinusoids(**values), PICTURES)


def seen_bars(prediction, panel):
    """The lengths of the bars that are seen, from the top down."""
    axes = prediction._stage.figure.axes[panel]
    seen = [bar for bar in axes.patches if bar.get_visible()]
    return [bar.get_width() for bar in sorted(seen, key=lambda bar: bar.get_y())]


def test_pictures_and_all_layers_are_known_and_the_single_layers_wait():
    prediction = made()
    assert seen_bars(prediction, 0) == pytest.approx([0.54, 0.56, 0.63])
    assert seen_bars(prediction, 1) == pytest.approx([6, 6.2, 5.5, 74, 73, 72, 6, 5.8, 5.6])
    assert asked.points(prediction, "asked")[:, 1].tolist() == [1, 2, 3]
    assert "2.8" not in prediction.alt + prediction.message + prediction.question
    prediction.reveal()
    order = [v.mean for means in sinusoids().values() for v in means]
    assert seen_bars(prediction, 0) == pytest.approx(order)
    assert len(asked.points(prediction, "asked")) == 0
    assert "second layer alone 2.83 to 2.87" in prediction.alt
    prediction.reset()
    assert len(seen_bars(prediction, 0)) == 3


@pytest.mark.parametrize(
    ("guess", "said"),
    [
        ("first layer", "Right. The first layer alone has 0.52 to 0.58"),
        ("head", "You said: the head. The first layer alone"),
        (None, "You said: nothing yet."),
    ],
)
def test_the_guess_is_judged(guess, said):
    prediction = made()
    prediction.set(guess=guess)
    prediction.reveal()
    assert prediction.message.startswith(said)
    assert "the head 2.93 to 3.00, where no step has about 3" in prediction.message


def test_the_answer_is_the_layer_that_was_measured_best():
    prediction = made(first=2.9, head=0.5)
    prediction.set(guess="head")
    prediction.reveal()
    assert prediction.message.startswith("Right. The head alone has 0.46 to 0.53")


def test_a_missing_row_is_said():
    with pytest.raises(ValueError, match="pictures must have the rows"):
        which_layer.which_layer(sinusoids(), sinusoids())


def test_the_still_picture_draws_the_same_rows():
    left, right = diagrams.answer_layer().axes
    for ax, side in ((left, "sinusoids"), (right, "pictures")):
        assert [bar.get_width() for bar in ax.patches] == [*diagrams.LEFT_OVER[side].values()]
        assert [label.get_text() for label in ax.get_yticklabels()] == [*diagrams.LEFT_OVER[side]]
