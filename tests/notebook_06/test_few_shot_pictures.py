"""The explorer of few-shot pictures: what is clicked, chosen, drawn, and said of it."""

import numpy as np
import pytest
from matplotlib.text import Text

from course_utils.evaluation import Mean
from course_utils.explorers.frame import Frame
from course_utils.notebook_06 import episode_board, episodes, few_shot_pictures, own_drawings, pad
from course_utils.support.scores import ONE_SHOT_GAME as GAME
from course_utils.support.scores import ScoreBook
from tests import asked
from tests.notebook_06.pretend_characters import ELL, NETWORK, POOL, TEE, VEE, Family, starts


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    book = ScoreBook(tmp_path_factory.mktemp("scores"))
    return few_shot_pictures.few_shot_pictures(NETWORK, starts(), Family(), inner_lr=0.4, book=book)


@pytest.fixture
def explorer(shared):
    shared.reset()
    return shared


def button(explorer, text):
    bars = [box for box in explorer.children[-2].children[1].children if hasattr(box, "children")]
    return next(b for bar in bars for b in bar.children if b.description == text)


# --- the explorer ---------------------------------------------------------------------------------


def test_it_opens_before_the_first_step_with_one_shot(explorer):
    assert (explorer.values["steps"], explorer.values["shots"]) == (0, 1)
    assert explorer.values["method"] == "MAML"
    assert "MAML after 0 inner steps" in explorer.alt
    assert "1 support picture of each" in explorer.alt


def test_every_control_changes_the_picture(explorer):
    explorer.set(steps=2)
    for change in (
        {"steps": 3},
        {"shots": 3},
        {"script": "Right"},
        {"method": "random"},
        {"transductive": False},
        {"new": 1},
        {"chosen": 4},
    ):
        before = explorer.png()
        explorer.set(**change)
        assert explorer.png() != before, change


def test_a_step_only_redraws_and_a_task_seen_again_is_not_adapted_again(explorer):
    data = explorer.data
    explorer.set(steps=4)
    assert explorer.data is data
    explorer.set(new=1)
    explorer.set(new=0)
    assert explorer.data is data


def test_the_words_say_how_many_are_right(explorer):
    for steps in (0, 5):
        explorer.set(steps=steps, shots=5)
        right = int((explorer.data.probabilities[steps].argmax(-1) == explorer.data.truth).sum())
        assert f"{right} of 10 right" in explorer.alt


@pytest.mark.parametrize("steps", [0, 5])
def test_as_many_are_ticked_as_the_words_say(explorer, steps):
    explorer.set(steps=steps, shots=5)
    ticks, crosses = (len(asked.points(explorer, name)) for name in ("right", "wrong"))
    assert ticks + crosses == 10
    assert f"after {steps} inner steps: {ticks} of 10 right" in explorer.alt


def test_the_last_bars_are_the_probabilities_that_the_words_name(explorer):
    explorer.set(steps=3, chosen=6)
    bars = asked.artist(explorer, "bars").get_paths()
    heights = [path.vertices[:, 1].max() for path in bars]
    assert len(heights) == 4 * 5
    assert f"Query 7 is character 4, p = {heights[-2]:.2f}" in explorer.alt
    table = asked.artist(explorer, "table").pixels
    assert table[3, 6, 0] == pytest.approx(255 * (1 - heights[-2]), abs=1)


def test_a_click_on_a_query_picture_shows_it_large(explorer):
    placed = next(handle for handle in explorer.canvas.handles if handle["name"] == "7")
    assert placed["label"] == "query picture 7: show it large"
    explorer.canvas.drag = {
        "handle": placed["name"],
        "x": placed["x"],
        "y": placed["y"],
        "moves": 1,
    }
    p = explorer.data.probabilities[0, 6, 3]
    assert f"Query 7 is character 4, p = {p:.2f}" in explorer.alt


def test_what_is_clicked_lies_over_the_pictures_that_it_means(explorer):
    board = asked.artist(explorer, "support").axes
    for handle in explorer.canvas.handles:
        x, y = explorer._stage.place(board, handle["x"], handle["y"])
        place = int(handle["name"].split()[-1]) - 1
        row = handle["name"].startswith("other")
        wanted = (episode_board.support_row if row else episode_board.middle)(place)
        assert (x, y) == pytest.approx(wanted)


def test_a_click_on_a_support_picture_takes_another_character(explorer):
    before = explorer.data.task.letters
    explorer.click("other 2")
    after = explorer.data.task.letters
    assert after[1] != before[1]
    assert after[0] + after[2:] == before[0] + before[2:]
    assert f"{episodes.ANY}: {', '.join(after)};" in explorer.alt
    explorer.set(new=1)
    second = explorer.data.task.letters
    assert second == episodes.deal(POOL, episodes.ANY, 1, 1).letters


def test_a_drawn_character_is_not_clicked_away(explorer):
    explorer.draw_own(1, VEE)
    names = {handle["name"] for handle in explorer.canvas.handles}
    assert {"other 1", "other 3"} < names
    assert "other 2" not in names


def test_too_large_a_step_becomes_a_sentence(tmp_path):
    wild = few_shot_pictures.few_shot_pictures(
        NETWORK, starts(), Family(), inner_lr=1e30, book=ScoreBook(tmp_path)
    )
    assert "overshoot" not in wild.alt
    wild.set(steps=4)
    assert "The inner steps overshoot" in wild.alt
    assert "0 of 10 right" in wild.alt
    assert wild.message == ""  # a frame was drawn all the same


def test_what_cannot_be_shown_is_said(tmp_path):
    options = {"inner_lr": 0.1, "book": ScoreBook(tmp_path)}
    with pytest.raises(ValueError, match="phis must hold one φ"):
        few_shot_pictures.few_shot_pictures(NETWORK, {}, Family(), **options)
    with pytest.raises(ValueError, match="script must be one of"):
        few_shot_pictures.few_shot_pictures(NETWORK, starts(), Family(), script="Rare", **options)


def test_the_stored_sentence_holds_no_trained_number(explorer):
    assert not any(letter.isdigit() for letter in explorer.describe)


# --- the reader's own characters ------------------------------------------------------------------


def test_the_first_drawing_is_the_support_picture_and_the_next_ones_are_asked(explorer):
    explorer.draw_own(4, VEE)
    task = explorer.data.task
    assert task.own == (4,)
    assert np.array_equal(task.support[4], [pad.picture_of(VEE)])
    assert len(task.queries[4]) == 0
    assert "of 8 right" in explorer.alt
    explorer.draw_own(4, TEE)
    assert np.array_equal(explorer.data.task.queries[4], [pad.picture_of(TEE)])
    assert "of 9 right" in explorer.alt
    assert "Query 9 is your character 5" in explorer.alt


def test_with_k_shots_the_first_k_drawings_are_learned_from(explorer):
    for strokes in (VEE, TEE, ELL):
        explorer.draw_own(1, strokes)
    vee, tee, ell = map(pad.picture_of, (VEE, TEE, ELL))
    assert np.array_equal(explorer.data.task.queries[1], [tee, ell])
    explorer.set(shots=2)
    assert np.array_equal(explorer.data.task.support[1], [vee, tee])
    assert np.array_equal(explorer.data.task.queries[1], [ell])
    explorer.set(shots=5)
    assert len(explorer.data.task.support[1]) == 3
    assert len(explorer.data.task.support[0]) == 5


def test_the_newest_two_drawings_are_asked(explorer):
    for strokes in (VEE, VEE, TEE, ELL):
        explorer.draw_own(0, strokes)
    wanted = [pad.picture_of(strokes) for strokes in (TEE, ELL)]
    assert np.array_equal(explorer.data.task.queries[0], wanted)
    assert explorer.values["chosen"] == 1


def test_the_other_characters_stay_and_a_surprise_keeps_the_drawings(explorer):
    before = explorer.data.task
    explorer.draw_own(4, VEE)
    for n in range(4):
        assert np.array_equal(explorer.data.task.support[n], before.support[n])
    explorer.set(new=1)
    assert np.array_equal(explorer.data.task.support[4], [pad.picture_of(VEE)])
    assert not np.array_equal(explorer.data.task.support[0], before.support[0])


def test_a_number_takes_the_drawing_off_the_pad(explorer):
    explorer.pad.strokes = VEE
    button(explorer, "3").click()
    assert explorer.pad.strokes == []
    assert explorer.data.task.own == (2,)
    assert "Character 3 is yours" in explorer._told.value
    button(explorer, "forget my drawings").click()
    assert explorer.data.task.own == ()
    assert "Draw your own character" in explorer._told.value


def test_an_empty_pad_is_a_sentence_and_changes_nothing(explorer):
    before = explorer.png()
    button(explorer, "5").click()
    assert explorer.message == "the pad is empty: draw a character first."
    assert explorer.png() == before
    explorer.pad.strokes = VEE
    button(explorer, "5").click()
    assert explorer.message == ""


def test_the_pad_is_cleared_by_its_button_and_by_reset(explorer):
    explorer.pad.strokes = VEE
    button(explorer, "clear the pad").click()
    assert explorer.pad.strokes == []
    explorer.pad.strokes = VEE
    explorer.draw_own(0, VEE)
    explorer.reset()
    assert explorer.pad.strokes == []
    assert explorer.data.task.own == ()


def test_five_own_characters_and_nothing_to_ask_is_a_sentence(explorer):
    for label in range(5):
        explorer.draw_own(label, VEE)
    assert "there is no query picture" in explorer.message
    assert "Draw it again and press 5" in explorer._told.value
    explorer.draw_own(0, VEE)
    assert explorer.message == ""
    assert "of 1 right" in explorer.alt


def test_only_places_with_a_picture_can_be_clicked(explorer):
    def places():
        return [h["name"] for h in explorer.canvas.handles if h["name"].isdigit()]

    assert places() == [str(n) for n in range(1, 11)]
    explorer.draw_own(4, VEE)
    assert places() == [str(n) for n in range(1, 9)]


def test_what_cannot_be_a_drawing_is_said(explorer):
    with pytest.raises(ValueError, match="label must be 0 to 4"):
        explorer.draw_own(5, VEE)
    with pytest.raises(ValueError, match="the pad is empty"):
        explorer.draw_own(0, [])
    full = Frame(own=((0, ()),) * own_drawings.MOST_DRAWINGS, shots=1)
    with pytest.raises(ValueError, match="the most there can be"):
        own_drawings.with_drawing(0, VEE, full)


@pytest.mark.parametrize(
    ("drawings", "shots", "said"),
    [(1, 1, "to be asked"), (1, 2, "to learn from"), (3, 2, "to be asked")],
)
def test_beside_the_pad_stands_what_the_next_drawing_is_for(drawings, shots, said):
    values = Frame(own=((4, ()),) * drawings, shots=shots)
    assert said in own_drawings.told(values).partition("the next one is ")[2]


# --- scores ---------------------------------------------------------------------------------------


def test_where_there_is_no_cell_to_run_again_nothing_is_said_of_one():
    options = {"inner_lr": 0.4, "own": False}
    board = few_shot_pictures.few_shot_pictures(NETWORK, starts(), Family(), **options)
    said = [text.get_text() for text in board._stage.figure.findobj(Text)]
    assert "support set" in said
    assert not any("run this cell" in words or "You:" in words for words in said)


def test_without_a_score_the_reader_is_invited_to_the_game(tmp_path):
    assert "Play the one-shot game of notebook 01" in few_shot_pictures.own_score(
        ScoreBook(tmp_path)
    )


def test_the_reader_s_own_score_stands_beside_the_methods(tmp_path):
    book = ScoreBook(tmp_path)
    for right in (8, 9):
        book.add(GAME, {"right": right, "of": 10})
    lines = few_shot_pictures.scores({"MAML": Mean(0.934, 0.006, 600)}, "200 Georgian tasks", book)
    assert "MAML: 93.4 ± 0.6 %" in lines[0].replace("\xa0", " ")
    assert lines[1].startswith("You, in 2 one-shot games of notebook 01: 17 of 20 right, 85 %")


def test_scores_that_cannot_be_read_are_said_where_the_reader_s_own_would_stand(tmp_path):
    book = ScoreBook(tmp_path)
    book.path.write_text('{"one-shot game": [{"of": 0}, "3", null, {"right": 50, "of": 10}]}')
    assert "You: not known yet. Entries of" in few_shot_pictures.own_score(book)
    book.path.write_text("{")
    assert "is broken" in few_shot_pictures.own_score(book)


def test_a_score_in_per_cent_is_refused(tmp_path):
    with pytest.raises(ValueError, match="must be a share from 0 to 1"):
        few_shot_pictures.scores(
            {"MAML": Mean(93.4, 0.6, 600)}, "many unseen tasks", ScoreBook(tmp_path)
        )


def test_the_scores_stand_in_the_picture(tmp_path):
    book = ScoreBook(tmp_path)
    book.add(GAME, {"right": 8, "of": 10})
    made = few_shot_pictures.few_shot_pictures(
        NETWORK,
        starts(),
        Family(),
        inner_lr=0.1,
        accuracies={"MAML": Mean(0.934, 0.006, 600)},
        book=book,
    )
    texts = made._stage.figure.axes[0].texts
    written = " ".join(text.get_text() for text in texts).replace("\xa0", " ")
    assert "MAML: 93.4 ± 0.6 %" in written
    assert "8 of 10 right" in written
