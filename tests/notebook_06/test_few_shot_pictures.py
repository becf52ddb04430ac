"""The explorer of few-shot pictures: tasks, adaptation, the reader's own characters."""

import itertools

import numpy as np
import pytest
import torch

from course_utils import checkpoints, maml, networks, tasks
from course_utils.evaluation import Mean
from course_utils.explorers.explorer import Values
from course_utils.figures import style
from course_utils.notebook_06 import episode_board, few_shot_pictures
from course_utils.support.scores import ONE_SHOT_GAME as GAME
from course_utils.support.scores import ScoreBook

VEE = [[[0.2, 0.2], [0.5, 0.8], [0.8, 0.2]]]
TEE = [[[0.2, 0.2], [0.8, 0.2]], [[0.5, 0.2], [0.5, 0.9]]]
ELL = [[[0.3, 0.1], [0.3, 0.9], [0.7, 0.9]]]


class Family:
    """Pictures that say what they are: character c of 20 has its own bright square and noise."""

    scripts = ("Left", "Right", "Rare")

    def sample(self, n_tasks, *, ways, shots, queries, generator):
        rows = [torch.randperm(20, generator=generator)[:ways] for _ in range(n_tasks)]
        code = torch.stack(rows)
        noise = torch.rand(n_tasks, ways, shots + queries, 28, 28, generator=generator)
        x = 0.3 * noise
        for n, way in itertools.product(range(n_tasks), range(ways)):
            row, column = divmod(int(code[n, way]), 5)
            x[n, way, :, 7 * row : 7 * row + 6, 5 * column : 5 * column + 5] += 0.6
        support, query = (part.flatten(1, 2)[:, :, None] for part in x.split([shots, queries], 2))
        labels = (
            torch.arange(ways).repeat_interleave(k).expand(n_tasks, -1) for k in (shots, queries)
        )
        support_y, query_y = labels
        # 0 to 9 are of the first script, 10 to 16 of the second, three of the last.
        script = (code > 9).long() + (code > 16).long()
        code = code + ord("A")
        return tasks.TaskBatch(
            support, support_y, query, query_y, facts={"code": code, "script": script}
        )


NETWORK = networks.convnet(channels=8)
NAMES = ("MAML", "random")


def starts():
    return {name: NETWORK.init(torch.Generator().manual_seed(i)) for i, name in enumerate(NAMES)}


POOL = few_shot_pictures.pool_of(Family(), torch.Generator().manual_seed(6))


def character_of(picture):
    """Which of the 20 characters a picture of the family shows."""
    squares = picture.reshape(4, 7, 28)[:, :6, :25].reshape(4, 6, 5, 5).mean((1, 3))
    return int(squares.argmax())


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


# --- tasks ----------------------------------------------------------------------------------------


def test_the_pool_knows_each_character_once_and_its_script():
    shown = [character_of(picture[0]) for picture in POOL.support]
    assert sorted(shown) == list(range(20))
    assert [character_of(picture[0]) for picture in POOL.query] == shown
    assert {shown[i] for i in POOL.members["Left"]} == set(range(10))
    assert {shown[i] for i in POOL.members["Right"]} == set(range(10, 17))


def test_letters_and_pictures_belong_together():
    for letter, support in zip(POOL.letters, POOL.support, strict=True):
        assert ord(letter) - ord("A") == character_of(support[0])
    task = few_shot_pictures.deal(POOL, "Left", 2, 1)
    assert [ord(letter) - ord("A") for letter in task.letters] == [
        character_of(support[0]) for support in task.support
    ]


def test_a_script_with_too_few_characters_is_not_offered():
    assert list(POOL.members) == [few_shot_pictures.ANY, "Left", "Right"]


@pytest.mark.parametrize("script", ["Left", "Right", few_shot_pictures.ANY])
def test_a_task_has_five_different_characters_of_the_script(script):
    for new in range(8):
        task = few_shot_pictures.deal(POOL, script, new, 3)
        names = [{character_of(p) for p in part} for part in task.support]
        assert len(set.union(*names)) == 5
        assert names == [{character_of(p) for p in part} for part in task.queries]
        allowed = {"Left": range(10), "Right": range(10, 17)}.get(script, range(20))
        assert set.union(*names) <= set(allowed)


def test_no_support_picture_is_a_query_picture():
    task = few_shot_pictures.deal(POOL, "Left", 0, 5)
    for support, queries in itertools.product(task.support, task.queries):
        for one, other in itertools.product(support, queries):
            assert not np.array_equal(one, other)


def test_surprise_me_is_another_task_and_a_number_always_the_same():
    first, again, other = (few_shot_pictures.deal(POOL, "Left", new, 1) for new in (3, 3, 4))
    assert np.array_equal(first.support, again.support)
    assert not np.array_equal(first.support, other.support)


def test_raising_k_adds_pictures_to_those_that_are_there():
    few, many = (few_shot_pictures.deal(POOL, "Left", 0, shots) for shots in (2, 5))
    for small, large in zip(few.support, many.support, strict=True):
        assert np.array_equal(small, large[:2])
    assert np.array_equal(few.queries, many.queries)


def test_another_character_takes_one_place_and_the_others_stay():
    before, after = (
        few_shot_pictures.deal(POOL, "Right", 0, 1, others=o).letters for o in ((), (2,))
    )
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, True, False, True, True]
    assert after[2] not in before


def test_after_all_others_the_first_character_comes_back():
    # Of the seven characters of the script two wait: the third to come is the one that left first.
    letters = [
        few_shot_pictures.deal(POOL, "Right", 0, 1, others=(2,) * n).letters for n in range(4)
    ]
    assert letters[3] == letters[0]
    assert len({word[2] for word in letters}) == 3


# --- adaptation -----------------------------------------------------------------------------------


@pytest.mark.parametrize("transductive", [True, False])
def test_phi_is_adapted_as_the_core_adapts_it(transductive):
    phi, task = starts()["MAML"], few_shot_pictures.deal(POOL, "Right", 1, 2)
    frame = few_shot_pictures.episode_frame(
        NETWORK, phi, task, inner_lr=0.1, transductive=transductive
    )
    x, query = (
        torch.from_numpy(np.concatenate(part))[None, :, None]
        for part in (task.support, task.queries)
    )
    y = torch.arange(5).repeat_interleave(2)[None]
    for steps in (0, 1, 3):
        loss = networks.cross_entropy(NETWORK)
        theta = maml.adapt(loss, phi, x, y, inner_lr=0.1, steps=steps)
        used = theta if transductive else NETWORK.with_statistics(theta, x)
        wanted = NETWORK(used, query).softmax(-1)[0]
        np.testing.assert_allclose(frame.probabilities[steps], wanted, atol=1e-4)
    assert frame.probabilities.sum(-1) == pytest.approx(1, abs=1e-5)


def test_only_a_transductive_answer_depends_on_the_other_query_pictures():
    phi, task = starts()["MAML"], few_shot_pictures.deal(POOL, "Left", 0, 1)
    alone = few_shot_pictures.Task(
        task.letters, task.support, (task.queries[0][:1], *(q[:0] for q in task.queries[1:]))
    )
    for transductive in (True, False):
        options = {"inner_lr": 0.1, "transductive": transductive}
        one, all_ten = (
            few_shot_pictures.episode_frame(NETWORK, phi, t, **options).probabilities[:, 0]
            for t in (alone, task)
        )
        assert np.allclose(one, all_ten, atol=1e-5) == (not transductive)


def test_adapting_raises_the_share_that_is_right():
    phi, share = starts()["MAML"], []
    for new in range(10):
        task = few_shot_pictures.deal(POOL, few_shot_pictures.ANY, new, 5)
        frame = few_shot_pictures.episode_frame(NETWORK, phi, task, inner_lr=0.2)
        share.append([frame.right(k).mean() for k in (0, 5)])
    before, after = np.mean(share, axis=0)
    assert before < 0.4
    assert after > 0.6


def test_right_is_the_most_probable_character_and_never_one_that_is_not_finite():
    rows = [[0.1, 0.6, 0.1, 0.1, 0.1], [0.6, 0.1, 0.1, 0.1, 0.1], [np.nan] * 5]
    frame = few_shot_pictures.Episode(
        few_shot_pictures.Task("", (), ()), [2, 3, 4], [1, 1, 0], np.array([rows])
    )
    assert frame.right(0).tolist() == [True, False, False]


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


def test_a_click_on_a_support_picture_takes_another_character(explorer):
    before = explorer.data.task.letters
    explorer.click("other 2")
    after = explorer.data.task.letters
    assert after[1] != before[1]
    assert after[0] + after[2:] == before[0] + before[2:]
    assert f"{few_shot_pictures.ANY}: {', '.join(after)};" in explorer.alt
    explorer.set(new=1)
    second = explorer.data.task.letters
    assert second == few_shot_pictures.deal(POOL, few_shot_pictures.ANY, 1, 1).letters


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
    assert np.array_equal(task.support[4], [few_shot_pictures.picture_of(VEE)])
    assert len(task.queries[4]) == 0
    assert "of 8 right" in explorer.alt
    explorer.draw_own(4, TEE)
    assert np.array_equal(explorer.data.task.queries[4], [few_shot_pictures.picture_of(TEE)])
    assert "of 9 right" in explorer.alt
    assert "Query 9 is your character 5" in explorer.alt


def test_with_k_shots_the_first_k_drawings_are_learned_from(explorer):
    for strokes in (VEE, TEE, ELL):
        explorer.draw_own(1, strokes)
    vee, tee, ell = map(few_shot_pictures.picture_of, (VEE, TEE, ELL))
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
    wanted = [few_shot_pictures.picture_of(strokes) for strokes in (TEE, ELL)]
    assert np.array_equal(explorer.data.task.queries[0], wanted)
    assert explorer.values["chosen"] == 1


def test_the_other_characters_stay_and_a_surprise_keeps_the_drawings(explorer):
    before = explorer.data.task
    explorer.draw_own(4, VEE)
    for n in range(4):
        assert np.array_equal(explorer.data.task.support[n], before.support[n])
    explorer.set(new=1)
    assert np.array_equal(explorer.data.task.support[4], [few_shot_pictures.picture_of(VEE)])
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
    full = Values(own=((0, ()),) * few_shot_pictures.MOST_DRAWINGS, shots=1)
    with pytest.raises(ValueError, match="the most there can be"):
        few_shot_pictures.with_drawing(0, VEE, full)


@pytest.mark.parametrize(
    ("drawings", "shots", "said"),
    [(1, 1, "to be asked"), (1, 2, "to learn from"), (3, 2, "to be asked")],
)
def test_beside_the_pad_stands_what_the_next_drawing_is_for(drawings, shots, said):
    values = Values(own=((4, ()),) * drawings, shots=shots)
    assert said in few_shot_pictures.told(values).partition("the next one is ")[2]


# --- scores ---------------------------------------------------------------------------------------


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


# --- the board ------------------------------------------------------------------------------------


@pytest.fixture
def board():
    return episode_board.EpisodeBoard(["a line"])


def shown(board, probabilities, **changes):
    task = few_shot_pictures.deal(POOL, "Left", 0, 1)
    options = {"right": np.ones(10, bool), "steps": 0, "column": 0, "color": style.MAML} | changes
    board.show(task.support, task.queries, probabilities, **options)
    return task


def test_a_certain_character_has_the_full_colour_and_an_impossible_one_none(board):
    certain = np.eye(5)[[0, 0, 1, 1, 2, 2, 3, 3, 4, 4]]
    shown(board, certain[None])
    blue = [0x00, 0x72, 0xB2]
    assert board._table._pixels[0, 0].tolist() == blue
    assert board._table._pixels[2, 5].tolist() == blue
    assert board._table._pixels[1, 0].tolist() == [255, 255, 255]


def test_the_true_character_is_framed_in_each_column(board):
    shown(board, np.full((1, 10, 5), 0.2))
    for column, frame in enumerate(board._truths.get_segments()):
        x, y = frame[:4].mean(0)
        assert x == pytest.approx(episode_board.middle(column)[0])
        row = (y - episode_board.TABLE_TOP) / episode_board.ROW
        assert int(row) == column // 2


def test_each_query_picture_has_one_mark_right_or_wrong(board):
    right = np.array([True, False] * 5)
    shown(board, np.full((1, 10, 5), 0.2), right=right)
    for marks, kind in ((board._rights, True), (board._wrongs, False)):
        wanted = [episode_board.middle(c)[0] for c in np.flatnonzero(right == kind)]
        assert marks.get_xdata() == pytest.approx(wanted)


@pytest.mark.parametrize("steps", [0, 2, 5])
def test_the_bars_are_the_chosen_picture_s_probabilities_after_each_step_so_far(board, steps):
    probabilities = np.random.default_rng(0).dirichlet(np.ones(5), size=(6, 10))
    task = shown(board, probabilities, column=3, steps=steps)
    heights = [path.vertices[:, 1].max() for path in board._bars.get_paths()]
    assert heights == pytest.approx(probabilities[: steps + 1, 3].ravel())
    large = 255 - board._large._pixels[..., 0].astype(float)
    np.testing.assert_allclose(large / 255, task.queries[1][1], atol=0.003)


def test_more_pictures_than_places_are_refused():
    with pytest.raises(ValueError, match="at most 2 pictures"):
        episode_board.places_of([np.zeros((3, 28, 28))])


def test_it_takes_the_course_s_unseen_characters():
    family = tasks.Characters("test")
    pool = few_shot_pictures.pool_of(family, torch.Generator().manual_seed(6))
    assert set(family.scripts) <= pool.members.keys()
    task = few_shot_pictures.deal(pool, family.scripts[0], 0, 1)
    assert min(part.max() for part in task.support) > 0.9  # ink is 1
    assert max(part.mean() for part in task.support) < 0.5


def doodle(random):
    """Some strokes that no alphabet has, lists of points."""
    return [random.uniform(0.1, 0.9, (4, 2)) for _ in range(2)]


def by_hand(strokes, random):
    """The same once more, with an unsteady hand."""
    return [(stroke + random.normal(0, 0.03, stroke.shape)).tolist() for stroke in strokes]


def test_the_stored_phi_recognises_what_is_drawn_twice():
    random, right = np.random.default_rng(0), []
    pool = few_shot_pictures.pool_of(tasks.Characters("test"), torch.Generator().manual_seed(6))
    phi = checkpoints.load("characters-maml-1shot").phi
    for new in range(30):
        strokes = doodle(random)
        own = tuple(
            (4, few_shot_pictures.checked_strokes(by_hand(strokes, random))) for _ in range(2)
        )
        task = few_shot_pictures.deal(pool, few_shot_pictures.ANY, new, 1, own=own)
        frame = few_shot_pictures.episode_frame(
            networks.convnet(), phi, task, inner_lr=0.4, steps=1
        )
        right.append([frame.right(steps)[-1] for steps in (0, 1)])
    before, after = np.mean(right, axis=0)
    assert before < 0.6
    assert after > 0.85
