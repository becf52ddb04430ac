"""What the exercises of notebook 08 say of answers that are no mistake of the table."""

import math

import pytest

from course_utils import check
from course_utils.evaluation import median_with_interval


def median(errors):
    return median_with_interval(errors).median


OTHER_WAYS = {
    "NaN is 0 in the mean": lambda e: e.nan_to_num(0.0).mean().item(),
    "NaN is left out of the mean": lambda e: e.nanmean().item(),
    "a quarter is worse": lambda e: e.nan_to_num(math.inf).sort().values[38].item(),
    "the best task": lambda e: e.nan_to_num(math.inf).min().item(),
    "errors are cut off": lambda e: e.nan_to_num(1000.0).clamp(max=1000).mean().item(),
}


@pytest.mark.parametrize("judge", OTHER_WAYS.values(), ids=OTHER_WAYS)
def test_another_way_to_choose_is_not_taken_for_a_known_mistake(judge):
    def answer(errors, to_choose, to_report, tried):
        pair = min(tried, key=lambda pair: judge(errors(to_choose, *pair)))
        return pair, median(errors(to_report, *pair))

    verdict = check.chosen_step.judge(answer)
    assert (verdict.kind, verdict.names) == ("wrong", ())
    assert verdict.lines[-1].endswith("the number is this pair's median on to_report")


def test_the_tasks_that_are_left_are_enough_for_a_median_with_its_interval():
    """Who drops exploded tasks gets that diagnosis, not an error about too few tasks."""

    def without(errors, to_choose, to_report, tried):
        def of_fine(batch, pair):
            found = errors(batch, *pair)
            return median(found[found <= 1000])

        pair = min(tried, key=lambda pair: of_fine(to_choose, pair))
        return pair, of_fine(to_report, pair)

    assert check.chosen_step.judge(without).names == ("exploded tasks left out",)

    def of_the_fine(before, after):
        fine = after <= 1000
        worse = (after > before)[fine].float().mean()
        return {"median": median(after[fine]), "worse": worse, "exploded": (~fine).sum()}

    assert check.endings.judge(of_the_fine).names == ("exploded tasks taken out first",)


def test_numbers_that_are_wrong_in_two_ways_are_told_one_by_one():
    def answer(before, after):
        worse = (after > before).float().mean()
        share = (~(after <= 1000)).float().mean()
        return {"median": after.median(), "worse": worse, "exploded": share}

    verdict = check.endings.judge(answer)
    assert verdict.names == ("median that is NaN", "NaN not worse", "exploded as a share")


@pytest.mark.parametrize(
    ("key", "value"), [("median", 1.0), ("worse", 0.123), ("exploded", 7)], ids=str
)
def test_a_number_from_nowhere_gets_no_name(key, value):
    def answer(before, after):
        return check.endings.answer(before, after) | {key: value}

    verdict = check.endings.judge(answer)
    assert verdict.names == ()
    assert f"{key} is not right" in verdict.lines[-1]
    assert verdict.lines[-1].count("is right") == 2


def test_a_number_without_a_name_does_not_hide_what_another_is():
    def with_zeros(before, after):
        return {
            "median": after.nan_to_num().median(),
            "worse": 0.123,
            "exploded": (~(after <= 1000)).sum(),
        }

    verdict = check.endings.judge(with_zeros)
    assert verdict.names == ("NaN as 0 in the median",)
    assert "NaN counts as 0 in `median`" in verdict.says
    assert "`worse`: this is none of the mistakes known here." in verdict.says
