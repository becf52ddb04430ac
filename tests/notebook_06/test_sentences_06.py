"""Sentences of notebook 06 about three trainings say what its stored cells print."""

import json
import re
from pathlib import Path

import pytest

PATH = next((Path(__file__).resolve().parents[2] / "notebooks").glob("06-*.ipynb"))
CELLS = json.loads(PATH.read_text(encoding="utf-8"))["cells"]
PROSE = "\n".join("".join(c["source"]) for c in CELLS if c["cell_type"] == "markdown")
OTHERS = ("classifier, class means", "MAML's φ, class means", "prototypes")


def printed(mark):
    """What the one cell of code with this text in it has printed."""
    (cell,) = (c for c in CELLS if c["cell_type"] == "code" and mark in "".join(c["source"]))
    return "".join("".join(out.get("text", "")) for out in cell["outputs"])


def means(text):
    """Every mean with its interval: [(mean, half width)]."""
    found = re.findall(r"(-?\d+\.\d+) ± (\d+\.\d+)", text)
    return [(float(mean), float(half)) for mean, half in found]


def rows(text, name):
    """The means of each line that begins with this name, one list a training."""
    return [means(line) for line in text.splitlines() if re.match(rf"\d?\s+{name} ", line)]


@pytest.fixture(scope="module")
def table():
    """{method: three lists: right, ahead of MAML, right without transduction, ahead}."""
    return {name: rows(printed("'ahead of MAML':17"), name) for name in ("MAML", *OTHERS)}


def test_one_method_s_lead_has_the_same_sign_in_all_trainings(table):
    for name in OTHERS:
        sign = -1 if name.startswith("classifier") else 1
        assert len(table[name]) == 3
        for _, ahead, _, alone in table[name]:
            assert all(sign * mean > half for mean, half in (ahead, alone))
    for right, alone in table["MAML"]:
        assert 0 < right[0] - alone[0] < 1  # "worth less than a point"


def test_by_how_much_prototypes_and_the_classifier_differ_from_maml(table):
    leads = [lead[0] for row in table["prototypes"] for lead in row[1::2]]
    assert (round(min(leads)), round(max(leads))) == (1, 2)
    assert "by one to two points, transductive or not" in PROSE
    behind = {round(-lead[0]) for row in table["classifier, class means"] for lead in row[1::2]}
    assert behind == {3, 4}
    assert "behind MAML in all three, by three to four points" in PROSE
    assert [round(row[0][0]) for row in table["prototypes"]] == [96, 96, 96]
    assert round(table["MAML"][0][0][0]) == 94  # both in the first paragraph


def test_by_how_much_class_means_are_better_than_steps():
    found = [means(line) for line in printed("last layer only {for_frozen}").splitlines()]
    leads = [lead for _, (lead, _) in found]
    assert f"are {min(leads):.1f} to {max(leads):.1f} points **better**" in PROSE
    assert all(abs(frozen) < max(half, 0.2) for (frozen, half), _ in found)


def test_with_five_shots_the_classifier_is_level_and_class_means_are_ahead():
    text = printed("MAML after one step")
    for _, (ahead, half) in rows(text, "classifier, class means"):
        assert 0 < ahead < half
    for name in OTHERS[1:]:
        for (right, _), (ahead, half) in rows(text, name):
            assert ahead > half
            assert right == pytest.approx(99, abs=0.7)


def test_how_far_means_move_from_training_to_training():
    moved = {}
    for line in printed("made.provenance").splitlines():
        kind = line.partition(",")[0]
        for place, (mean, _) in enumerate(means(line)):
            moved.setdefault((kind, place), []).append(mean)
    moved = {key: max(three) - min(three) for key, three in moved.items()}
    assert f"{moved.pop(('maml-1shot', 0)):.1f}" == "1.3"
    assert f"{moved.pop(('maml-5shot', 0)):.1f}" == "2.5"
    assert "moves by 1.3 points, and by 2.5 where" in PROSE
    assert max(moved.values()) < 1


def test_without_look_alikes_no_accuracy_falls_by_more_than_its_interval():
    lines = printed("new_tasks, inner_lr").splitlines()
    assert len(lines) == 6
    for line in lines:
        (before, half), (now, _) = means(line)
        assert now > before - half


def test_on_digits_all_that_use_class_means_are_ahead():
    text = printed("on_digits, ahead_on_digits, lines")
    maml = [means(line)[0][0] for line in text.splitlines() if line.startswith("training")]
    assert (round(min(maml)), round(max(maml))) == (81, 83)
    ends = []
    for name in OTHERS:
        for right, ((ahead, half),) in zip(maml, rows(text, name), strict=True):
            assert ahead > half
            ends.append(right + ahead)
    assert (round(min(ends)), round(max(ends))) == (84, 86)
    assert "84 to 86 % and MAML's steps 81 to 83" in PROSE
