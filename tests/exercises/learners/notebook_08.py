"""Wrong answers to notebook 08, as learners wrote them, before any check was known."""

import torch

from course_utils.evaluation import median_with_interval, percent
from tests.exercises.learners import answer


@answer(
    "chosen_step",
    "reported the median on the tasks that it was chosen on",
)
def _(errors, to_choose, to_report, tried):
    def median(pair, batch=to_choose):
        return median_with_interval(errors(batch, *pair)).median

    best = min(tried, key=median)
    return best, median(best)


@answer(
    "chosen_step",
    "kept the medians in a dict by inner_lr alone, so that of pairs with the same inner_lr only "
    "the last counts",
)
def _(errors, to_choose, to_report, tried):
    medians, steps_of = {}, {}
    for inner_lr, steps in tried:
        medians[inner_lr] = median_with_interval(errors(to_choose, inner_lr, steps)).median
        steps_of[inner_lr] = steps
    best = min(medians, key=medians.get)
    found = errors(to_report, best, steps_of[best])
    return (best, steps_of[best]), median_with_interval(found).median


@answer(
    "chosen_step",
    "called nan_to_num, which makes a NaN 0, so that an exploded task counts as a perfect one",
)
def _(errors, to_choose, to_report, tried):
    best, least = None, float("inf")
    for inner_lr, steps in tried:
        e = torch.nan_to_num(errors(to_choose, inner_lr, steps))
        if e.median() < least:
            best, least = (inner_lr, steps), e.median()
    reported = torch.nan_to_num(errors(to_report, *best)).median().item()
    return best, reported


@answer(
    "chosen_step",
    "took torch.median: one NaN makes it NaN, and min with a NaN keeps whatever comes first",
)
def _(errors, to_choose, to_report, tried):
    best = min(tried, key=lambda pair: errors(to_choose, pair[0], pair[1]).median().item())
    return best, errors(to_report, best[0], best[1]).median().item()


@answer(
    "chosen_step",
    "chose by both sets together, to have more tasks: the reported tasks had a say in the choice",
)
def _(errors, to_choose, to_report, tried):
    def key(pair):
        both = torch.cat([errors(to_choose, *pair), errors(to_report, *pair)])
        return median_with_interval(both).median

    best = min(tried, key=key)
    return best, median_with_interval(errors(to_report, *best)).median


@answer(
    "endings",
    "left out the tasks whose error is no number, and counted among the others",
)
def _(before, after):
    ok = torch.isfinite(after)
    before, after = before[ok], after[ok]
    return {
        "median": after.median().item(),
        "worse": (after > before).float().mean().item(),
        "exploded": int((after > 1000).sum()),
    }


@answer(
    "endings",
    "called only those better that fell: tasks whose error stayed as it was count as worse",
)
def _(before, after):
    after = torch.where(after.isnan(), torch.inf, after)
    better = (after < before).float().mean()
    return {
        "median": after.median().item(),
        "worse": 1 - better.item(),
        "exploded": (after > 1000).sum().item(),
    }


@answer(
    "endings",
    "wrote infinity into the caller's own errors, in place: the answer is right, the input is not "
    "what it was",
)
def _(before, after):
    after[after.isnan()] = float("inf")
    median = after.sort().values[len(after) // 2].item()
    worse = (after > before).float().mean().item()
    exploded = (after > 1000).sum().item()
    return {"median": median, "worse": worse, "exploded": exploded}


@answer("endings", "printed the three as the notebook did, and returned nothing")
def _(before, after):
    well = after <= before
    print("median", median_with_interval(after).median)
    print("worse", 1 - well.float().mean().item())
    print("exploded", (~(after <= 1000)).sum().item())


@answer(
    "endings",
    "gave both shares in per cent, as the notebook prints them, and missed the NaN in both",
)
def _(before, after):
    return {
        "median": median_with_interval(after).median,
        "worse": percent((after > before).float()).mean,
        "exploded": percent((after > 1000).float()).mean,
    }
