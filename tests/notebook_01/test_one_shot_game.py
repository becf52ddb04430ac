"""The one-shot game: it can be won, gives nothing away, and keeps its score."""

import numpy as np
import pytest

from course_utils.notebook_01.one_shot_game import (
    MOST_ALIKE,
    PICTURES,
    WAYS,
    one_shot_frame,
    one_shot_game,
)
from course_utils.support.scores import FILE, ONE_SHOT_GAME, ScoreBook
from tests import asked


@pytest.fixture
def game(tmp_path):
    return one_shot_game(ScoreBook(tmp_path))


def test_ten_right_answers_win_and_are_kept(game, tmp_path):
    for label in game.data.truth:
        game.answer(label)
    assert "10 of 10 right" in game.message
    assert "10 of 10 right" in game.alt
    kept = ScoreBook(tmp_path).results(ONE_SHOT_GAME)
    assert [(result["right"], result["of"]) for result in kept] == [(10, 10)]


def test_wrong_answers_are_counted_and_marked(game, tmp_path):
    truth = game.data.truth
    for n, label in enumerate(truth):
        game.answer(label if n % 3 else (label + 1) % WAYS)
        assert ("wrong" if n % 3 == 0 else "right, it is") in game.alt or n == PICTURES - 1
    assert "6 of 10 right" in game.message
    assert ScoreBook(tmp_path).results(ONE_SHOT_GAME)[0]["right"] == 6


def test_nothing_is_written_before_the_end(game, tmp_path):
    for label in game.data.truth[:-1]:
        game.answer(label)
    assert not (tmp_path / FILE).exists()
    assert game.message == ""


def test_answers_after_the_end_and_a_second_try_count_for_nothing(game, tmp_path):
    truth = game.data.truth
    for label in (*truth, 0, 1):
        game.answer(label)
    assert len(game.data.answers) == PICTURES
    game.reset()
    assert game.data.answers == ()
    for label in truth:
        game.answer(label)
    assert len(ScoreBook(tmp_path).results(ONE_SHOT_GAME)) == 1


def test_neither_alt_text_nor_places_depend_on_the_answer(game):
    """What is shown before an answer is the same, whichever character waits."""
    other = one_shot_game(ScoreBook("unused"))
    while other.data.truth[0] == game.data.truth[0]:
        other.set(new=other.values["new"] + 1)
    assert other.alt == game.alt
    assert other.canvas.handles == game.canvas.handles


def test_a_click_in_the_picture_answers(game):
    placed = game.canvas.handles[game.data.truth[0]]
    assert placed["label"] == f"it is character {game.data.truth[0] + 1}"
    game.canvas.drag = {"handle": placed["name"], "x": placed["x"], "y": placed["y"], "moves": 1}
    assert game.data.answers == (game.data.truth[0],)
    assert game.data.right == 1


def test_there_is_nothing_to_click_when_the_game_is_over(game):
    assert len(game.canvas.handles) == WAYS
    for _ in range(PICTURES):
        game.answer(0)
    assert game.canvas.handles == []


def test_buttons_one_to_five_answer(game):
    bar = game.children[-2]
    third = next(button for button in bar.children if button.description == "3")
    third.click()
    assert game.data.answers == (2,)


def test_the_button_deals_a_new_game_with_no_answers(game):
    before = game.data
    game.answer(0)
    game._widgets["new"].click()
    assert game.data.answers == ()
    assert not np.array_equal(before.support, game.data.support)


def test_a_full_disk_is_said_and_stops_nothing(tmp_path):
    (tmp_path / "file").write_text("in the way")
    game = one_shot_game(ScoreBook(tmp_path / "file" / "folder"))
    for label in game.data.truth:
        game.answer(label)
    assert "10 of 10 right" in game.message
    assert "could not be kept" in game.message


@pytest.mark.parametrize("number", range(12))
def test_every_game_is_fair(number):
    game = one_shot_frame(number, ())
    flat = game.support.reshape(WAYS, -1)
    alike = np.corrcoef(flat) - np.eye(WAYS)
    assert alike.max() < MOST_ALIKE
    assert len(set(game.truth)) > 1
    for label, query in zip(game.truth, game.queries, strict=True):
        assert np.abs(query - game.support[label]).sum() > 10  # another drawing of it
    again = one_shot_frame(number, ())
    assert np.array_equal(again.queries, game.queries)


def test_wrong_values_become_sentences():
    with pytest.raises(ValueError, match="at most 10"):
        one_shot_frame(0, (0,) * 11)
    with pytest.raises(ValueError, match="0 to 4"):
        one_shot_frame(0, (5,))


def test_an_answer_that_names_no_character_is_refused_and_leaves_the_game_as_it_was(tmp_path):
    game = one_shot_game(ScoreBook(tmp_path))
    with pytest.raises(ValueError, match="label must be 0 to 4"):
        game.answer(9)
    game.answer(0)
    assert game.data.answers == (0,)


def picture(game, name):
    return np.asarray(asked.artist(game, name).get_array())


def play(game, answers, right):
    """Answer so that the answers listed in `right` are, and no others."""
    for n in range(answers):
        game.answer((game.data.truth[n] + (n not in right)) % WAYS)


@pytest.mark.parametrize("new", [0, 3])
def test_the_upper_row_shows_the_support_set_each_with_its_number_beside_it(game, new):
    game.set(new=new)
    numbers = {text.get_text(): text.get_position() for text in game._stage.figure.axes[0].texts}
    for n in range(WAYS):
        np.testing.assert_array_equal(picture(game, f"support {n + 1}"), game.data.support[n])
        _, right, low, high = asked.artist(game, f"support {n + 1}").get_extent()
        x, y = numbers[str(n + 1)]
        assert 0 < x - right < 0.3
        assert y == pytest.approx((low + high) / 2)


def test_the_place_to_click_is_the_picture_itself(game):
    for placed, n in zip(game.canvas.handles, range(1, WAYS + 1), strict=True):
        image = asked.artist(game, f"support {n}")
        left, right, low, high = image.get_extent()
        corners = [game._stage.fraction(image.axes, *at) for at in ((left, high), (right, low))]
        (x0, y0), (x1, y1) = corners
        assert placed["name"] == str(n)
        assert (placed["x"], placed["y"]) == pytest.approx(((x0 + x1) / 2, (y0 + y1) / 2))
        assert (placed["width"], placed["height"]) == pytest.approx((x1 - x0, abs(y1 - y0)))


def test_the_waiting_picture_is_the_next_query_and_gone_at_the_end(game):
    for n in range(PICTURES):
        np.testing.assert_array_equal(picture(game, "waiting"), game.data.queries[n])
        game.answer(0)
    assert not picture(game, "waiting").any()


def test_answered_pictures_are_put_in_a_row_in_their_order(game):
    play(game, 4, right=())
    for n in range(PICTURES):
        expected = game.data.queries[n] if n < 4 else np.zeros((28, 28))
        np.testing.assert_array_equal(picture(game, f"done {n + 1}"), expected)


def test_a_tick_is_under_each_right_answer_and_a_cross_under_each_wrong_one(game):
    play(game, 5, right=(1, 2, 4))
    for name, which, marker in (("right", [1, 2, 4], "$✓$"), ("wrong", [0, 3], "$✗$")):
        shown = [n for n in range(PICTURES) if len(asked.points(game, f"{name} {n + 1}"))]
        assert shown == which
        for n in which:
            ((x, _),) = asked.points(game, f"{name} {n + 1}")
            picture = asked.artist(game, f"done {n + 1}").get_extent()
            assert np.mean(picture[:2]) == pytest.approx(x)
            assert asked.artist(game, f"{name} {n + 1}").get_marker() == marker
