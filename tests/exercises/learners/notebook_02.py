"""Wrong answers to notebook 02's exercises, as learners wrote them, before any check was known."""

import torch

from course_utils import learners
from tests.exercises.learners import answer

# --- the meta-loss -------------------------------------------------------------------------------


@answer("meta_loss", "lets the learner learn from the query set on which it is judged")
def _(learner, tasks):
    prediction = learner(tasks.query_x, tasks.query_y, tasks.query_x)
    return ((prediction - tasks.query_y) ** 2).mean()


@answer("meta_loss", "adds the tasks' losses up, as the formula of L(F) does, and takes no average")
def _(learner, tasks):
    prediction = learner(tasks.support_x, tasks.support_y, tasks.query_x)
    l_n = ((prediction - tasks.query_y) ** 2).mean(dim=(1, 2))
    return sum(l_n)


@answer("meta_loss", "squares the mean of the errors: too high and too low cancel first")
def _(learner, tasks):
    prediction = learner(tasks.support_x, tasks.support_y, tasks.query_x)
    error = (prediction - tasks.query_y).mean()
    return error**2


@answer("meta_loss", "prints the loss and returns nothing")
def _(learner, tasks):
    prediction = learner(tasks.support_x, tasks.support_y, tasks.query_x)
    loss = ((prediction - tasks.query_y) ** 2).mean()
    print(f"L(F) = {loss:.3f}")


@answer("meta_loss", "takes the root of each task's loss before it averages over the tasks")
def _(learner, tasks):
    prediction = learner(tasks.support_x, tasks.support_y, tasks.query_x)
    l_n = ((prediction - tasks.query_y) ** 2).mean(dim=(1, 2))
    return torch.sqrt(l_n).mean()


# --- the mean of the nearest ---------------------------------------------------------------------


@answer("mean_of_nearest", "forgets the absolute value: the points furthest right count as nearest")
def _(k):
    def learner(support_x, support_y, query_x):
        distance = query_x - support_x.mT
        nearest = distance.topk(k, dim=2, largest=False).indices
        ys = support_y.mT.expand(distance.shape).gather(2, nearest)
        return ys.mean(dim=2, keepdim=True)

    return learner


@answer("mean_of_nearest", "loses the last dimension: the prediction is (tasks, points)")
def _(k):
    def learner(support_x, support_y, query_x):
        distance = (query_x - support_x.mT).abs()
        nearest = distance.topk(k, dim=2, largest=False).indices
        return support_y.mT.expand(distance.shape).gather(2, nearest).mean(2)

    return learner


@answer(
    "mean_of_nearest", "gathers from one row of support y a task without expanding it: an error"
)
def _(k):
    def learner(support_x, support_y, query_x):
        distance = (query_x - support_x.mT).abs()
        nearest = distance.topk(k, dim=2, largest=False).indices
        return support_y.mT.gather(2, nearest).mean(dim=2, keepdim=True)

    return learner


@answer("mean_of_nearest", "lets nearer points count more, an idea of one's own: no plain mean")
def _(k):
    def learner(support_x, support_y, query_x):
        distance = (query_x - support_x.mT).abs()
        near = distance.topk(k, dim=2, largest=False)
        ys = support_y.mT.expand(distance.shape).gather(2, near.indices)
        weights = 1 / (near.values + 1e-3)
        return (weights * ys).sum(2, keepdim=True) / weights.sum(2, keepdim=True)

    return learner


@answer(
    "mean_of_nearest", "finds the points nearest to the middle of the query set, once for all of it"
)
def _(k):
    def learner(support_x, support_y, query_x):
        distance = (support_x - query_x.mean(dim=1, keepdim=True)).abs()  # (tasks, points, 1)
        nearest = distance.topk(k, dim=1, largest=False).indices
        mean = support_y.gather(1, nearest).mean(dim=1, keepdim=True)
        return mean.expand(query_x.shape)

    return learner


# --- two knobs -----------------------------------------------------------------------------------


@answer("two_knobs", "turns one knob after the other: first λ at width 2, then the width at that λ")
def _(training, unseen, knobs, widths):
    losses = [learners.meta_loss(learners.kernel_ridge(lam), training) for lam in knobs]
    lam = knobs[losses.index(min(losses))]
    losses = [learners.meta_loss(learners.kernel_ridge(lam, width=w), training) for w in widths]
    width = widths[losses.index(min(losses))]
    loss = learners.meta_loss(learners.kernel_ridge(lam, width=width), unseen)
    return lam, width, loss


@answer("two_knobs", "forgets its best pair at each new width, so only the last width competes")
def _(training, unseen, knobs, widths):
    for width in widths:
        best = float("inf")
        for lam in knobs:
            loss = learners.meta_loss(learners.kernel_ridge(lam, width=width), training)
            if loss < best:
                best, pair = loss, (lam, width)
    learner = learners.kernel_ridge(pair[0], width=pair[1])
    return (*pair, learners.meta_loss(learner, unseen).item())


@answer("two_knobs", "gives the width by place, but kernel_ridge takes it by name: an error")
def _(training, unseen, knobs, widths):
    best = (None, None, 1e9)
    for lam in knobs:
        for width in widths:
            loss = learners.meta_loss(learners.kernel_ridge(lam, width), training)
            if loss < best[2]:
                best = (lam, width, loss)
    lam, width, _ = best
    return lam, width, learners.meta_loss(learners.kernel_ridge(lam, width), unseen)


@answer("two_knobs", "returns the loss on the training tasks, by which the pair was chosen")
def _(training, unseen, knobs, widths):
    results = {}
    for lam in knobs:
        for width in widths:
            learner = learners.kernel_ridge(lam, width=width)
            results[lam, width] = learners.meta_loss(learner, training).item()
    lam, width = min(results, key=results.get)
    return lam, width, results[lam, width]


@answer("two_knobs", "chooses by how well the curves fit their own support points")
def _(training, unseen, knobs, widths):
    best_loss = None
    for lam in knobs:
        for width in widths:
            learner = learners.kernel_ridge(lam, width=width)
            loss = learners.task_losses(learner, training, on="support").mean()
            if best_loss is None or loss < best_loss:
                best_loss, best_lam, best_width = loss, lam, width
    best = learners.kernel_ridge(best_lam, width=best_width)
    return best_lam, best_width, learners.meta_loss(best, unseen)
