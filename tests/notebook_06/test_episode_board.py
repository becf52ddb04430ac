"""The board of an episode: each picture, probability and mark stands where it belongs."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from course_utils.explorers.controls import Hidden
from course_utils.explorers.scene import Scene
from course_utils.figures import style
from course_utils.notebook_06 import episode_board, episodes
from course_utils.notebook_06.episode_board import CELL, COLUMN, GROUP, PICTURE
from course_utils.notebook_06.pad import checked_strokes
from tests import asked
from tests.notebook_06.pretend_characters import POOL, VEE

METHODS = {"MAML": style.MAML, "transfer": style.TRANSFER}
CHANCE = np.full((1, 10, 5), 0.2)
TRUTH = np.repeat(np.arange(5), 2)  # the character of each query picture


def board_of(probabilities, *, shots=1, own=(), **values):
    """The board of one made-up episode: probabilities (steps + 1, pictures, 5)."""
    task = episodes.deal(POOL, "Left", 0, shots, own=own)
    episode = episodes.Episode(task, *episodes.places_of(task.queries), probabilities)
    with Scene(size=episode_board.SIZE) as (scene, board):
        episode_board.draw_still(board, ["a line"])
        episode_board.draw_moving(scene, board)
    start = {"method": "MAML", "steps": 0, "chosen": 0} | values
    controls = [Hidden(name, value) for name, value in start.items()]
    return scene.explorer(
        lambda **_: episode, *controls, alt=lambda f: "a board", describe="A board."
    )


def random_probabilities():
    return np.random.default_rng(0).dirichlet(np.ones(5), size=(6, 10))


def ink(explorer, name):
    """What the tiles of that name show, from 0, white, to 1, black."""
    return 1 - asked.artist(explorer, name).pixels[..., 0] / 255


@pytest.mark.parametrize("method", METHODS)
def test_a_certain_character_has_the_methods_full_colour_and_an_impossible_one_none(method):
    board = board_of(np.eye(5)[TRUTH][None], method=method)
    table = asked.artist(board, "table").pixels / 255
    assert table.shape == (5, 10, 3)
    for column, truth in enumerate(TRUTH):
        for row in range(5):
            wanted = to_rgb(METHODS[method]) if row == truth else (1, 1, 1)
            np.testing.assert_allclose(table[row, column], wanted, atol=0.003)


def test_the_table_is_darker_where_the_probability_after_this_step_is_higher():
    probabilities = random_probabilities()
    board = board_of(probabilities, steps=2)
    np.testing.assert_allclose(ink(board, "table"), probabilities[2].T, atol=0.003)


def test_the_true_character_is_framed_in_each_column():
    board = board_of(CHANCE)
    frames = asked.artist(board, "true").get_segments()
    assert len(frames) == 10
    for column, frame in enumerate(frames):
        x, y = frame[:4].mean(0)
        assert x == pytest.approx(episode_board.middle(column)[0])
        assert y == pytest.approx(episode_board.support_row(column // 2)[1])


def test_each_query_picture_is_ticked_if_it_is_right_and_crossed_if_it_is_wrong():
    named = np.where([True, False] * 5, TRUTH, (TRUTH + 1) % 5)
    board = board_of(np.eye(5)[[TRUTH, named]] * 0.6, steps=1)
    for name, marker, first in (("right", "$✓$", 0), ("wrong", "$✗$", 1)):
        wanted = [episode_board.middle(column)[0] for column in range(first, 10, 2)]
        assert asked.points(board, name)[:, 0] == pytest.approx(wanted)
        assert asked.artist(board, name).get_marker() == marker
    board.set(steps=0)
    assert len(asked.points(board, "right")) == 10
    assert len(asked.points(board, "wrong")) == 0


@pytest.mark.parametrize("steps", [0, 2, 5])
def test_the_bars_are_the_chosen_picture_s_probabilities_after_each_step_so_far(steps):
    probabilities = random_probabilities()
    board = board_of(probabilities, chosen=3, steps=steps)
    bars = [path.vertices for path in asked.artist(board, "bars").get_paths()]
    assert [bar[:, 1].max() for bar in bars] == pytest.approx(probabilities[: steps + 1, 3].ravel())
    middles = [(bar[:, 0].min() + bar[:, 0].max()) / 2 for bar in bars]
    assert middles == pytest.approx([GROUP * k + n for k in range(steps + 1) for n in range(5)])


@pytest.mark.parametrize("method", METHODS)
def test_the_true_character_s_bar_has_the_method_s_colour(method):
    board = board_of(random_probabilities(), chosen=7, steps=1, method=method)
    faces = asked.artist(board, "bars").get_facecolor()[:, :3]
    for place, face in enumerate(faces):
        wanted = to_rgb(METHODS[method]) if place % 5 == TRUTH[7] else to_rgb("0.8")
        assert tuple(face) == pytest.approx(wanted)


@pytest.mark.parametrize("steps", [0, 4])
def test_the_bars_of_this_step_lie_on_a_ground_and_under_their_number(steps):
    board = board_of(random_probabilities(), steps=steps)
    ground = asked.artist(board, "now")
    left, right = ground.get_x(), ground.get_x() + ground.get_width()
    assert left < GROUP * steps - 0.42
    assert right > GROUP * steps + 4.42
    under = [text for text in ground.axes.texts if left < text.get_position()[0] < right]
    assert [text.get_text() for text in under] == [f"k = {steps}"]
    ticks = dict(zip(ground.axes.get_xticks(), ground.axes.get_xticklabels(), strict=True))
    numbers = [label.get_text() for at, label in ticks.items() if left < at < right]
    assert numbers == list("12345")


@pytest.mark.parametrize("chosen", [0, 3, 8])
def test_the_chosen_query_picture_is_framed_and_shown_large(chosen):
    board = board_of(CHANCE, chosen=chosen)
    character, which = divmod(chosen, 2)
    np.testing.assert_allclose(
        ink(board, "large"), board.data.task.queries[character][which], atol=0.003
    )
    frame = asked.artist(board, "chosen")
    assert frame.get_x() + COLUMN / 2 == pytest.approx(episode_board.middle(chosen)[0])


def test_query_pictures_stand_over_their_columns_one_character_beside_the_next():
    board = board_of(CHANCE)
    sheet = ink(board, "queries").reshape(CELL, 10, CELL)[1:-1, :, 1:-1]
    for column in range(10):
        wanted = board.data.task.queries[column // 2][column % 2]
        np.testing.assert_allclose(sheet[:, column], wanted, atol=0.003)


def test_support_pictures_stand_in_their_rows_the_first_next_to_the_number():
    board = board_of(CHANCE, shots=3)
    rows = np.split(ink(board, "support"), 5)
    for row, wanted in zip(rows, board.data.task.support, strict=True):
        margin = (len(row) - PICTURE) // 2
        cells = np.split(row[margin : margin + PICTURE], 5, axis=1)
        for cell, picture in zip(cells[::-1], [*wanted, *np.zeros((2, 28, 28))], strict=True):
            np.testing.assert_allclose(cell[:, 1:-1], picture, atol=0.003)


def test_a_pencil_stands_beside_the_reader_s_own_characters_only():
    own = tuple((3, checked_strokes(VEE)) for _ in range(2))
    board = board_of(CHANCE[:, :9], own=own)
    (pencil,) = board._stage.figure.findobj(lambda artist: getattr(artist, "text", "") == "✎")
    beside = episode_board.support_row(3)[1]
    assert (1 - pencil._at[1]) * episode_board.HEIGHT == pytest.approx(beside, abs=0.1)


def test_a_column_without_a_picture_stays_empty():
    own = tuple((0, checked_strokes(VEE)) for _ in range(2))
    board = board_of(CHANCE[:, :9], own=own)
    assert board.data.columns == [0, *range(2, 10)]
    assert ink(board, "table")[:, 1].max() == 0
    marked = np.concatenate([asked.points(board, name)[:, 0] for name in ("right", "wrong")])
    assert episode_board.middle(1)[0] not in marked.round(6)
    assert len(asked.artist(board, "true").get_segments()) == len(marked) == 9


def test_the_true_bar_is_that_of_the_picture_shown_where_the_place_chosen_is_empty():
    board = board_of(random_probabilities()[:1, :8], own=((0, checked_strokes(VEE)),))
    edges = asked.artist(board, "bars").get_linewidth()
    assert board.data.columns[0] == 2  # character 1 has a drawing to learn from, none to be asked
    assert [n for n in range(5) if edges[n] > 1] == [1]
