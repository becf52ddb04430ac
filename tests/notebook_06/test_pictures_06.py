"""Figures of notebook 06 draw what they are given, each thing where the sentence says it is."""

import numpy as np
import pytest
import torch

from course_utils.evaluation import Mean
from course_utils.figures import style
from course_utils.notebook_06 import diagrams, pictures
from course_utils.tasks import TaskBatch


def batch(n_tasks, shots=1, queries=2, seed=0):
    generator = torch.Generator().manual_seed(seed)
    y = torch.arange(5).repeat(n_tasks, 1)
    sets = []
    for k in (shots, queries):
        sets += [torch.rand(n_tasks, 5 * k, 1, 28, 28, generator=generator)]
        sets += [y.repeat_interleave(k, dim=1)]
    return TaskBatch(*sets)


def shown(ax):
    return np.stack([image.get_array() for image in ax.images])


def test_each_row_of_the_pipeline_shows_its_own_task_with_its_labels():
    train, unseen = batch(3), batch(2, seed=1)
    blocks = pictures.pipeline(train, unseen).subfigs
    tasks = [(train, n) for n in range(3)] + [(unseen, n) for n in range(2)]
    rows = [b.axes[i : i + 2] for b in blocks for i in range(0, len(b.axes), 2)]
    assert len(rows) == 5
    for number, ((support, query), (source, n)) in enumerate(zip(rows, tasks, strict=True), 1):
        np.testing.assert_array_equal(shown(support), source.support_x[n, :, 0])
        np.testing.assert_array_equal(shown(query), source.query_x[n, :, 0])
        labels = [int(label.get_text()) for label in query.get_xticklabels()]
        assert labels == source.query_y[n].tolist()
        assert support.get_ylabel() == f"task {number}"
    titles = [block._suptitle.get_text() for block in blocks]
    assert titles[0].startswith("meta-train")
    assert titles[1].startswith("unseen")


def test_query_sets_have_a_broken_frame_and_support_sets_a_bold_one():
    support, query = pictures.pipeline(batch(1), batch(1)).subfigs[0].axes
    assert support.spines["left"].get_linewidth() > query.spines["left"].get_linewidth()
    assert support.spines["left"].get_linestyle() == "-"
    assert query.spines["left"].get_linestyle() != "-"


def test_strips_keep_rows_of_different_lengths_at_one_scale():
    random = np.random.default_rng(0)
    rows = {"a": random.random((3, 28, 28)), "b": random.random((5, 28, 28))}
    axes = pictures.strips(rows).axes
    for ax, (name, expected) in zip(axes, rows.items(), strict=True):
        np.testing.assert_array_equal(shown(ax), expected)
        assert ax.get_ylabel() == name
    assert axes[0].get_xlim() == axes[1].get_xlim()


def test_one_row_is_a_row():
    (ax,) = pictures.strips({"a": np.zeros((4, 28, 28))}).axes
    assert len(ax.images) == 4


def test_accuracies_lie_in_their_rows_with_their_intervals():
    rows = {"pixels": Mean(62.0, 1.5, 600), "asked": None, "MAML": Mean(89.04, 0.5, 600)}
    ax = pictures.accuracies(rows)
    assert [label.get_text() for label in ax.get_yticklabels()] == list(rows)
    first, second = ax.containers
    for bars, place, name in ((first, 0, "pixels"), (second, 2, "MAML")):
        (segment,) = bars.lines[2][0].get_segments()
        mean, half = rows[name].mean, rows[name].half_width
        assert segment == pytest.approx(np.array([[mean - half, place], [mean + half, place]]))
    assert {"62.0", "89.0"} <= {text.get_text() for text in ax.texts}
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first row is on top


def test_accuracy_by_steps_puts_each_mean_at_its_number_of_steps():
    rows = {
        "MAML": {0: Mean(20.0, 1.0, 600), 3: Mean(89.0, 0.7, 600)},
        "MAML, live": {1: Mean(92.0, 0.6, 600), 3: Mean(93.0, 0.6, 600)},
    }
    ax = pictures.accuracy_by_steps(rows)
    assert ax.get_xticks().tolist() == [0, 1, 3]
    for bars, places in zip(ax.containers, ([0, 3], [1, 3]), strict=True):
        assert bars.lines[0].get_xdata().tolist() == places
    assert [bars.get_label() for bars in ax.containers] == list(rows)
    assert len({bars.lines[0].get_linestyle() for bars in ax.containers}) == len(rows)


def test_accuracy_by_steps_has_each_whole_interval_in_the_colour_of_its_method():
    rows = {
        "MAML": {0: Mean(20.0, 1.0, 600), 3: Mean(89.0, 0.7, 600)},
        "transfer": {0: Mean(20.5, 0.6, 600), 3: Mean(21.0, 0.5, 600)},
    }
    ax = pictures.accuracy_by_steps(rows)
    for bars, (name, means) in zip(ax.containers, rows.items(), strict=True):
        segments = np.array(bars.lines[2][0].get_segments())
        wanted = [[[k, mean.low], [k, mean.high]] for k, mean in means.items()]
        np.testing.assert_allclose(segments, wanted)
        assert bars.lines[0].get_ydata().tolist() == [mean.mean for mean in means.values()]
        assert bars.lines[0].get_color() == pictures.LOOKS[name]["color"]
        assert bars.lines[0].get_marker() == pictures.LOOKS[name]["marker"]


def test_a_number_in_ink_stands_over_the_mark_of_its_method():
    ax = pictures.accuracies({"transfer": Mean(20.0, 0.5, 600), "MAML": Mean(89.0, 0.5, 600)})
    numbers = [text for text in ax.texts if text.get_text() != "chance"]
    for place, (number, bars) in enumerate(zip(numbers, ax.containers, strict=True)):
        mark = bars.lines[0]
        assert number.xy == (mark.get_xdata()[0], place)
        assert number.get_text() == f"{mark.get_xdata()[0]:.1f}"
        assert number.get_color() == style.INK
    colors = [bars.lines[0].get_color() for bars in ax.containers]
    assert colors == [style.TRANSFER, style.MAML]


@pytest.mark.parametrize("draw", [pictures.accuracies, pictures.accuracy_by_steps])
def test_the_chance_line_is_at_one_in_five(draw):
    mean = Mean(89.0, 0.5, 600)
    ax = draw({"MAML": mean if draw is pictures.accuracies else {0: mean}})
    (line,) = (line for line in ax.lines if line.get_linestyle() == ":")
    at = line.get_xdata() if draw is pictures.accuracies else line.get_ydata()
    assert list(at) == [20.0, 20.0]


def test_no_two_methods_look_alike():
    looks = [tuple(look.values()) for look in pictures.LOOKS.values()]
    assert len(set(looks)) == len(looks)
    assert len({look["marker"] for look in pictures.LOOKS.values()}) == len(looks)


def test_axes_limits_do_not_follow_the_data():
    low, high = (pictures.accuracies({"MAML": Mean(at, 0.5, 9)}) for at in (20.0, 99.0))
    assert low.get_xlim() == high.get_xlim()


@pytest.mark.parametrize("name", diagrams.DIAGRAMS)
def test_every_diagram_of_the_notebook_is_drawn(name):
    figure = diagrams.DIAGRAMS[name]()
    figure.canvas.draw()
    assert name.startswith("06-")
    assert figure.get_size_inches()[0] <= 7.6
    ink = np.asarray(figure.canvas.buffer_rgba())[..., :3].min(axis=2) < 200
    assert 0.005 < ink.mean() < 0.3


def test_only_the_transductive_query_set_has_statistics_of_its_own():
    own, shared = diagrams.statistics().axes
    boxes = [sum("variance" in text.get_text() for text in ax.texts) for ax in (own, shared)]
    assert boxes == [2, 1]
    assert own.get_title(loc="left").startswith("transductive")
    assert shared.get_title(loc="left").startswith("not transductive")


@pytest.mark.parametrize(("panel", "source"), [(0, "query"), (1, "support")])
def test_arrows_run_from_sets_to_statistics_and_from_these_to_what_they_normalise(panel, source):
    def at(place):
        heights = {"support": 2.05, "query": 0.62}
        kind = min(heights, key=lambda kind: abs(heights[kind] - place[1]))
        return kind, "set" if place[0] < 3 else "statistics"

    ax = diagrams.statistics().axes[panel]
    arrows = [text for text in ax.texts if getattr(text, "arrow_patch", None)]
    ways = {bold: set() for bold in (False, True)}
    for arrow in arrows:
        bold = arrow.arrow_patch.get_linewidth() > 2
        ways[bold].add((at(arrow.xyann), at(arrow.xy)))
    sets, statistics = (
        {kind: (kind, what) for kind in ("support", "query")} for what in ("set", "statistics")
    )
    assert ways[False] == {(sets[kind], statistics[kind]) for kind in ("support", source)}
    assert ways[True] == {
        (statistics["support"], sets["support"]),
        (statistics[source], sets["query"]),
    }


def test_answers_show_every_number_that_they_name():
    (ax,) = diagrams.answer_strong().axes
    rows = diagrams.KNOWN | diagrams.STRONG
    assert [label.get_text() for label in ax.get_yticklabels()] == list(rows)
    shown = [text.get_text() for text in ax.texts if text.get_text().isdigit()]
    assert shown == [f"{value}" for value in rows.values()]
    (ax,) = diagrams.answer_shuffled().axes
    shown = [text.get_text() for text in ax.texts if text.get_text().isdigit()]
    assert shown == [f"{value}" for value in diagrams.SHUFFLED.values()]
