"""What the exercises of notebook 07 say of answers that are no mistake of the table."""

import pytest
import torch

from course_utils import check, maml


def judged(answer):
    return check.step_too_large.judge(**{**check.step_too_large.expected, **answer})


def test_the_places_on_paper_are_those_of_the_package():
    expected = check.step_too_large.expected
    assert expected["maml"] == pytest.approx(0.16 * 5 / 0.65)
    assert expected["first_order"] == pytest.approx(40)
    assert expected["ends_there"] is False


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ({"maml": 4}, "no inner step for MAML"),
        ({"first_order": 4}, "no inner step"),
        ({"first_order": 2.67, "ends_there": True}, "the sign of the overshoot lost"),
        ({"maml": 40.0, "first_order": 1.23}, "first-order and MAML exchanged"),
        ({"maml": 40.0, "first_order": 1.23, "ends_there": True}, "first-order and MAML exchanged"),
        ({"maml": 2.5}, "the middle of the optima"),
    ],
)
def test_a_wrong_place_is_known_alone_or_with_its_company(answer, name):
    assert judged(answer).names == (name,)


def test_one_place_that_is_right_leaves_two_to_be_found():
    verdict = check.step_too_large.judge(maml=1.23)
    assert "`first_order`, `ends_there`" in verdict.says


def test_first_order_mamls_sum_of_the_gradients_at_its_still_point_is_zero():
    """Counted with the package's own step, not with the weights."""
    from course_utils.tasks import exact

    batch = exact.quadratics(h=(1.0, 4.0), c=(0.0, 5.0))
    for at, kind in ((check.step_too_large.expected["first_order"], True), (16 / 13, False)):
        phi = {"phi": torch.tensor(at, dtype=torch.float64, requires_grad=True)}
        how = {"inner_lr": 0.3, "steps": 1, "first_order": kind}
        value = maml.meta_loss(exact.quadratic_loss, phi, batch, **how)
        (slope,) = torch.autograd.grad(value, [phi["phi"]])
        assert abs(slope) < 1e-6


def test_where_no_mistake_is_known_the_slope_at_a_leaf_that_counts_is_measured():
    """A sensible answer with one wrong leaf: the measured slope is the right one there."""
    exercise = check.anil_gradient

    def half(*args):
        right = exercise.answer(*args)
        first = next(iter(right))
        return right | {first: right[first] / 2}

    verdict = exercise.judge(half)
    assert verdict.names == ()
    measured = next(line for line in verdict.lines if line.startswith("measured"))
    words = measured.replace(";", "").split()
    says, yours = float(words[words.index("times") - 1]), float(words[-1])
    assert says == pytest.approx(2 * yours, rel=1e-2)
    assert abs(says) > 0.1


def test_a_known_value_is_told_beside_one_that_has_no_name():
    verdict = check.step_too_large.judge(maml=4, first_order=-40)
    assert verdict.names == ("no inner step for MAML", "a sign slipped in the quotient")
    verdict = check.step_too_large.judge(maml=4, first_order=33)
    assert verdict.names == ("no inner step for MAML",)
    assert "`first_order`: this is none of the mistakes" in verdict.says
    assert check.step_too_large.judge(maml=4, first_order=4).names == ("no inner step",)
