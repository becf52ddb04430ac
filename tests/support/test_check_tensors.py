"""What is no set of points, no φ and no generator is said in words, wherever it is given."""

import math
import re

import numpy as np
import pytest
import torch

from course_utils import (
    curvature,
    evaluation,
    landscape,
    learners,
    maml,
    networks,
    prototypes,
    slices,
)
from course_utils.networks import mlp, squared_error
from course_utils.support import check_tensors
from course_utils.tasks import (
    AllClasses,
    Augmented,
    Characters,
    Digits,
    Sinusoids,
    TaskBatch,
    exact,
    uniform,
)

NETWORK = mlp([1, 3, 1])
LOSS = squared_error(NETWORK)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def phi(grad=True):
    return {name: leaf.requires_grad_(grad) for name, leaf in NETWORK.init(seeded()).items()}


def own(tasks=5):
    """A theta for each task."""
    return {k: leaf.expand(tasks, *leaf.shape).clone() for k, leaf in phi(grad=False).items()}


def batch(n_tasks=5, shots=1):
    return Sinusoids().sample(n_tasks, shots=shots, queries=2, generator=seeded(1))


# Each takes (phi, x, y): what the core does with one set.
ON_A_SET = {
    "adapt": lambda p, x, y: maml.adapt(LOSS, p, x, y, inner_lr=0.1, steps=1),
    "no step": lambda p, x, y: maml.adapt(LOSS, p, x, y, inner_lr=0.1, steps=0),
    "path": lambda p, x, y: landscape.path(LOSS, p, x, y, inner_lr=0.1, steps=1),
    "gradients": lambda p, x, y: curvature.gradients(LOSS, p, x, y),
    "eigenvalue": lambda p, x, y: curvature.top_eigenvalue(LOSS, p, x, y, generator=seeded()),
    "product": lambda p, x, y: curvature.hessian_vector_product(LOSS, p, x, y, own()),
}
# Each takes (loss, phi, batch).
ON_A_BATCH = {
    "meta_loss": lambda f, p, b: maml.meta_loss(f, p, b, inner_lr=0.1, steps=1),
    "transfer": maml.transfer_loss,
    "errors": lambda f, p, b: evaluation.errors_after(f, p, b, inner_lr=0.1),
    "curvature": curvature.curvature_along_step,
    "useful": lambda f, p, b: curvature.useful_step(f, p, b, [0.1]),
    "tuned": lambda f, p, b: evaluation.errors_with_tuned_step(
        f, p, b, validation=b, inner_lrs=[0.1]
    ),
    "train": lambda f, p, b: maml.train(
        lambda q, tasks: maml.meta_loss(f, q, tasks, inner_lr=0.1, steps=1),
        p,
        Fixed(b),
        iterations=1,
        progress=False,
    ),
}
POINTS = {
    "on_points": lambda f, p, b, **how: landscape.on_points(
        f, p, b, **({"inner_lr": 0.1, "steps": 0} | how)
    ),
    "losses_on": lambda f, p, b, **how: slices.losses_on(
        f, p, b, **({"inner_lr": 0.1, "steps": 0} | how)
    ),
}


class Fixed:
    def __init__(self, tasks):
        self.tasks = tasks

    def sample(self, *_, **__):
        return self.tasks


def says(words):
    return pytest.raises(ValueError, match=words)


# --- a forgotten dimension ------------------------------------------------------------------------


def forgotten(name):
    """The shape of one-shot tasks without features, or of a task without a task dimension."""
    return {"features": (5, 1), "tasks": (10, 1), "both": (10,)}[name]


@pytest.mark.parametrize("name", ["features", "tasks", "both"])
@pytest.mark.parametrize("call", ON_A_SET.values(), ids=ON_A_SET)
def test_a_set_that_lacks_a_dimension_is_refused_wherever_it_is_given(call, name):
    shape = forgotten(name)
    right = batch(shape[0], 1)
    for y in (torch.ones(shape), right.support_y):
        with says(r"x must be a tensor \(tasks, points, \.\.\.\)"):
            call(phi(), torch.ones(shape), y)
    with says(r"y must be a tensor \(tasks, points, \.\.\.\)"):
        call(phi(), right.support_x, torch.ones(shape))


@pytest.mark.parametrize("place", ["support_x", "support_y", "query_x", "query_y"])
@pytest.mark.parametrize("name", ["features", "tasks", "both"])
def test_a_batch_that_lacks_a_dimension_is_refused(place, name):
    shape = forgotten(name)
    sets = dict.fromkeys(("support_x", "support_y", "query_x", "query_y"), torch.ones(*shape, 1, 1))
    with says(rf"{place} must be a tensor \(tasks, points, \.\.\.\)"):
        TaskBatch(**(sets | {place: torch.ones(shape)}))


@pytest.mark.parametrize("place", range(3))
@pytest.mark.parametrize(
    "learner",
    [learners.kernel_ridge(0.1), learners.nearest_neighbour, learners.nearest_centroid],
    ids=["ridge", "neighbour", "centroid"],
)
def test_learners_refuse_it_too(learner, place):
    sets = [torch.zeros(5, 1, 1)] * 3
    sets[place] = torch.zeros(5, 1)
    with says(r"must be a tensor \(tasks, points, \.\.\.\)"):
        learner(*sets)


def test_both_ways_to_put_it_right_are_said_and_are_right():
    with says(
        r"x must be .* got the shape \(5, 1\): write x\[..., None\] for 5 tasks of 1 points "
        r"\(one-shot tasks have 1\), x\[None\] for a single task of 5 points"
    ):
        check_tensors.inputs("x", torch.ones(5, 1))
    with says(r"write x\[:, None, None\] for one-shot tasks, x\[None, :, None\] for a single task"):
        check_tensors.inputs("x", torch.ones(5))
    x = batch().support_x[..., 0]
    check_tensors.sets(x[..., None], x[..., None])
    check_tensors.sets(x[None], x[None])


def test_labels_are_whole_numbers_of_tasks_and_points():
    x = torch.ones(5, 2, 1, 8, 8)
    check_tensors.sets(x, torch.zeros(5, 2, dtype=torch.int64))
    for shape in ((5, 2, 1), (5,), (2, 5), (5, 1)):
        with says("y"):
            check_tensors.sets(x, torch.zeros(shape, dtype=torch.int64))
    with says(r"y has whole numbers and the shape \(5, 2, 1\): .* labels, \(tasks, points\)"):
        check_tensors.sets(x, torch.zeros(5, 2, 1, dtype=torch.int64))


def test_five_one_shot_tasks_get_five_thetas_and_the_meta_loss_of_each():
    tasks = batch()
    theta = maml.adapt(LOSS, phi(), tasks.support_x, tasks.support_y, inner_lr=0.1, steps=1)
    alone = [maml.meta_loss(LOSS, phi(), tasks[n : n + 1], inner_lr=0.1, steps=1) for n in range(5)]
    together = maml.meta_loss(LOSS, phi(), tasks, inner_lr=0.1, steps=1)
    torch.testing.assert_close(together, torch.stack(alone).mean())
    assert len(theta["b2"].flatten().unique()) == 5


def test_shapes_that_look_alike_never_broadcast_in_a_loss():
    # As many tasks as points: y of one set would be met by each task's outputs.
    x = torch.ones(5, 5, 1)
    for theta in (phi(), own()):
        with says(r"y has the shape \(5, 1\), the network's output \(5, 5, 1\)"):
            LOSS(theta, x, torch.ones(5, 1))
    network = networks.mlp([1, 3, 5])
    sort = networks.cross_entropy(network)
    with says(r"y has the shape \(5,\), the network's output \(5, 5, 5\)"):
        sort(network.init(), x, torch.zeros(5, dtype=torch.int64))


def test_one_set_of_points_still_serves_parameters_of_several_tasks():
    x, y = torch.randn(5, 1, generator=seeded()), torch.randn(5, 1, generator=seeded(1))
    torch.testing.assert_close(LOSS(own(), x, y), LOSS(phi(), x, y).expand(5))
    x, y = torch.rand(3, 1, 28, 28, generator=seeded()), torch.tensor([0, 1, 1])
    network = networks.convnet(2, 4)
    params = network.init(seeded())
    many = {name: leaf.expand(3, *leaf.shape) for name, leaf in params.items()}
    sort = networks.cross_entropy(network)
    torch.testing.assert_close(sort(many, x, y), sort(params, x, y).expand(3))


# --- another type of number or device -------------------------------------------------------------

OTHER = {
    "double": (lambda t: t.double(), "torch.float64 on cpu"),
    "half": (lambda t: t.half(), "torch.float16 on cpu"),
    "device": (lambda t: t.to("meta"), "torch.float32 on meta"),
}


@pytest.mark.parametrize(("to", "words"), OTHER.values(), ids=OTHER)
@pytest.mark.parametrize("call", ON_A_SET.values(), ids=ON_A_SET)
def test_data_of_another_type_or_device_than_phi_are_refused(call, to, words):
    tasks = batch()
    with says(f"x is {words}, .*torch.float32 on cpu: both must be the same"):
        call(phi(), to(tasks.support_x), to(tasks.support_y))
    with says(f"y is {words}, .*torch.float32 on cpu: both must be the same"):
        call(phi(), tasks.support_x, to(tasks.support_y))


@pytest.mark.parametrize("call", [*ON_A_BATCH.values()], ids=ON_A_BATCH)
def test_a_batch_in_numpys_float64_is_refused(call):
    tasks = batch()
    sets = (tasks.support_x, tasks.support_y, tasks.query_x, tasks.query_y)
    with says("x is torch.float64 on cpu, .*torch.float32 on cpu"):
        call(LOSS, phi(), TaskBatch(*(each.double() for each in sets)))


@pytest.mark.parametrize("place", ["query_x", "query_y"])
def test_both_sets_of_a_batch_are_of_one_type(place):
    tasks = batch()
    sets = {n: getattr(tasks, n) for n in ("support_x", "support_y", "query_x", "query_y")}
    with says(f"{place} is torch.float64 on cpu, support_. torch.float32 on cpu"):
        TaskBatch(**(sets | {place: sets[place].double()}))


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (torch.full((1,), 0.1).double(), r"inner_lr is torch.float64, phi\['W1'\] torch.float32"),
        (torch.tensor(1j), r"inner_lr is torch.complex64, phi\['W1'\] torch.float32"),
        (torch.full((1,), 0.1, device="meta"), r"inner_lr is on meta, phi\['W1'\] on cpu"),
    ],
)
def test_a_step_size_of_another_type_or_device_is_refused(rate, words):
    tasks = batch()
    with says(words):
        maml.adapt(LOSS, phi(), tasks.support_x, tasks.support_y, inner_lr=rate, steps=1)


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (torch.ones(5, 1).double(), "x is torch.float64 on cpu, the network's parameters torch.fl"),
        (torch.arange(5)[:, None], "x is torch.int64 on cpu, the network's parameters torch.floa"),
        (np.ones((5, 1)), "x must be a tensor, got ndarray .*write torch.as_tensor"),
        ([[1.0]], r"x must be a tensor, got list \[\[1.0\]\]"),
        (torch.ones(5, 2), r"x must be \(\[tasks,\] points, 1\), as many .* the shape \(5, 2\)"),
        (torch.ones(1), r"x must be \(\[tasks,\] points, 1\), as many .* the shape \(1,\)"),
    ],
)
def test_a_network_says_what_it_cannot_be_called_with(x, words):
    with says(words):
        NETWORK(phi(), x)


def test_a_network_for_pictures_says_it_too():
    network = networks.convnet(2, 4)
    with says("x is torch.uint8 on cpu, the network's parameters torch.float32 on cpu"):
        network(network.init(), torch.zeros(3, 1, 28, 28, dtype=torch.uint8))


@pytest.mark.parametrize("kind", [lambda t: t.numpy(), lambda t: t.tolist()])
@pytest.mark.parametrize("call", ON_A_SET.values(), ids=ON_A_SET)
def test_arrays_and_lists_are_no_tensors(call, kind):
    tasks = batch()
    with says(r"x must be a tensor \(tasks, points, \.\.\.\), got (ndarray|list)"):
        call(phi(), kind(tasks.support_x), tasks.support_y)
    with says(r"y must be a tensor \(tasks, points, \.\.\.\), got (ndarray|list)"):
        call(phi(), tasks.support_x, kind(tasks.support_y))


# --- φ --------------------------------------------------------------------------------------------

NO_PHI = {
    "module": lambda: torch.nn.Linear(1, 1),
    "parameters": lambda: torch.nn.Linear(1, 1).parameters(),
    "list": lambda: [torch.ones(1)],
    "tensor": lambda: torch.ones(1),
    "none": lambda: None,
}


@pytest.mark.parametrize("make", NO_PHI.values(), ids=NO_PHI)
@pytest.mark.parametrize("call", [*ON_A_BATCH.values()], ids=ON_A_BATCH)
def test_what_is_no_dict_of_tensors_is_no_phi(call, make):
    with says(r"must be a dict of tensors by name, got .*dict\(module.named_parameters\(\)\)"):
        call(LOSS, make(), batch())


@pytest.mark.parametrize("call", POINTS.values(), ids=POINTS)
@pytest.mark.parametrize(
    ("points", "words"),
    [
        (torch.nn.Linear(1, 1), "points must be a dict of tensors by name, got Linear"),
        ({}, "points must have at least one leaf"),
        (
            {"phi": torch.ones(0).double()},
            r"points must have leaves \(points, \.\.\.\) of the same",
        ),
        ({"phi": torch.tensor(1.0).double()}, r"points must have leaves \(points, \.\.\.\)"),
        ({"a": torch.ones(2).double(), "b": torch.ones(3).double()}, "the same number of points"),
    ],
)
def test_what_holds_no_points_is_said(call, points, words):
    with says(words):
        call(exact.quadratic_loss, points, exact.quadratics())


@pytest.mark.parametrize("call", POINTS.values(), ids=POINTS)
@pytest.mark.parametrize("rate", [-1.0, math.nan, "small", {"psi": 0.1}])
def test_points_are_not_adapted_with_a_bad_step_size_even_where_no_step_is_taken(call, rate):
    with says(r"inner_lr"):
        call(
            exact.quadratic_loss, {"phi": torch.ones(2).double()}, exact.quadratics(), inner_lr=rate
        )


# --- losses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        (lambda value: None, "loss must return a tensor, one value a task, .* got NoneType None"),
        (lambda value: 0.5, "loss must return a tensor, one value a task, .* got float 0.5"),
        (lambda value: value.detach().numpy(), "loss must return a tensor, .* got ndarray"),
        (lambda value: value.mean(), r"loss must return one value a task, shape \(5,\), got \(\)"),
    ],
)
@pytest.mark.parametrize("call", [*ON_A_BATCH.values()], ids=ON_A_BATCH)
def test_a_loss_that_returns_no_value_a_task_is_refused(call, returned, words):
    with says(words):
        call(lambda *given: returned(LOSS(*given)), phi(), batch())


@pytest.mark.parametrize("call", POINTS.values(), ids=POINTS)
def test_so_it_is_on_points(call):
    points, tasks = {"phi": torch.ones(2).double()}, exact.quadratics()
    with says("loss must return a tensor, one value a task"):
        call(lambda *given: None, points, tasks)
    with says(r"loss must return one value a task, shape \(4,\), got \(\)"):
        call(lambda *given: exact.quadratic_loss(*given).mean(), points, tasks)


@pytest.mark.parametrize("name", ["meta_loss", "errors", "curvature", "useful", "tuned", "train"])
def test_a_leaf_that_the_loss_does_not_use_is_named(name):
    with says(r"loss does not use theta\['W9'\], so there is no gradient"):
        ON_A_BATCH[name](LOSS, phi() | {"W9": torch.ones(1, requires_grad=True)}, batch())


@pytest.mark.parametrize("name", ["meta_loss", "errors", "curvature", "useful", "tuned", "train"])
def test_a_loss_that_does_not_depend_on_theta_is_said(name):
    with says("loss must depend on the parameters it is given"):
        ON_A_BATCH[name](lambda p, x, y: LOSS(p, x, y).detach(), phi(), batch())


@pytest.mark.parametrize("what", [lambda v: v * 1j, lambda v: v.detach().long()])
@pytest.mark.parametrize("call", [*ON_A_BATCH.values()], ids=ON_A_BATCH)
def test_a_loss_is_a_floating_point_number(call, what):
    with says(
        r"loss must return a tensor, one value a task, shape \(5,\), of floating-point numbers"
    ):
        call(lambda *given: what(LOSS(*given)), phi(), batch())


@pytest.mark.parametrize("y", [np.ones((5, 1, 1)), [1.0]])
def test_y_is_a_tensor_in_a_loss_of_its_own_too(y):
    with says("y must be a tensor, got (ndarray|list)"):
        LOSS(phi(), torch.ones(5, 1, 1), y)
    with says("y must be a tensor, got (ndarray|list)"):
        networks.cross_entropy(NETWORK)(phi(), torch.ones(5, 1, 1), y)


def test_parameters_of_another_network_are_said():
    pictures = networks.convnet(2, 4)
    x, params = torch.ones(3, 1, 28, 28), pictures.init(seeded())
    headless = {name: leaf for name, leaf in params.items() if name not in ("W4", "b4")}
    assert pictures.features(headless, x).shape == (3, 64)
    for call, words in (
        (lambda: pictures(headless, x), "params['W4'] is missing, there are W1, g1, b1"),
        (
            lambda: pictures.features({"W1": params["W1"]}, x),
            "params['g1'] is missing, there are W1:",
        ),
        (lambda: NETWORK({"W1": phi()["W1"]}, torch.ones(5, 1)), "params['b1'] is missing"),
        (lambda: networks.sine2()({"a": torch.ones(1)}, torch.ones(5, 1)), "params['p'] is miss"),
        (lambda: NETWORK(torch.nn.Linear(1, 1), torch.ones(5, 1)), "params must be a dict of ten"),
        (lambda: networks.sine2()(networks.sine2().init(), np.ones((5, 1))), "x must be a tensor"),
        (
            lambda: prototypes.prototype_loss(pictures, [1], pictures_batch()),
            "params must be a dic",
        ),
    ):
        with says(re.escape(words)):
            call()


def pictures_batch():
    return Digits(pixels=28).sample(1, ways=2, shots=1, queries=1, generator=seeded())


@pytest.mark.parametrize(
    "call",
    [
        *ON_A_BATCH.values(),
        lambda f, p, b: landscape.on_points(f, {"W": torch.ones(2)}, b, inner_lr=0.1, steps=0),
        lambda f, p, b: slices.losses_on(f, {"W": torch.ones(2)}, b, inner_lr=0.1, steps=0),
        lambda f, p, b: landscape.along_axis(f, b, [1.0], inner_lr=0.1, steps=0),
        lambda f, p, b: learners.task_losses(learners.nearest_neighbour, b),
        lambda f, p, b: prototypes.prototype_accuracies(networks.convnet(), p, b),
        lambda f, p, b: prototypes.prototype_loss(networks.convnet(), p, b),
        lambda f, p, b: exact.sampled_support(b, shots=1, generator=seeded()),
    ],
)
@pytest.mark.parametrize("no_batch", [None, torch.ones(5, 1, 1), (torch.ones(5, 1, 1),) * 4])
def test_what_is_no_batch_is_said(call, no_batch):
    with says("(batch|tasks) must be a TaskBatch, got "):
        call(LOSS, phi(), no_batch)


@pytest.mark.parametrize("row", [[0.0, 1.0], torch.ones(0), torch.ones(2, 2), 1.0])
def test_places_on_a_slice_are_a_row_of_numbers(row):
    right, plane = torch.ones(2), slices.random_plane(phi(), seeded())
    for name, call in (
        ("t", lambda: slices.line(phi(), phi(), row)),
        ("a", lambda: plane.points(row, right)),
        ("b", lambda: plane.points(right, row)),
    ):
        with says(rf"{name} must be (a tensor|one row of numbers, one at least), got "):
            call()
    for call in (
        lambda: slices.line([1], phi(), right),
        lambda: slices.line(phi(), torch.nn.Linear(1, 1), right),
        lambda: slices.plane_through(phi(), [1], phi()),
    ):
        with says("must be a dict of tensors by name"):
            call()


def test_a_plain_module_is_adapted_and_trained_as_the_page_says():
    module = torch.nn.Sequential(torch.nn.Linear(1, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    lines = networks.__doc__.splitlines()
    page = "\n".join(line.removeprefix("    ") for line in lines if line.startswith("    "))
    said = {"torch": torch, "module": module}
    exec(page, said)
    ours = {
        f"{what}{layer}": said["phi"][f"{2 * layer - 2}.{long}"].detach().mT.requires_grad_()
        if what == "W"
        else said["phi"][f"{2 * layer - 2}.{long}"]
        for layer in (1, 2)
        for what, long in (("W", "weight"), ("b", "bias"))
    }
    for name in ("meta_loss", "transfer"):
        found, wanted = (
            ON_A_BATCH[name](loss, start, batch())
            for loss, start in ((said["loss"], said["phi"]), (LOSS, ours))
        )
        torch.testing.assert_close(found, wanted)
    assert ON_A_BATCH["train"](said["loss"], said["phi"], batch())[1].shape == (1,)


# --- random numbers -------------------------------------------------------------------------------

COUNTS = {"shots": 1, "queries": 1}
DRAWS = {
    "mlp": lambda g: NETWORK.init(g),
    "sine2": lambda g: networks.sine2().init(g),
    "convnet": lambda g: networks.convnet(2, 4).init(g),
    "sinusoids": lambda g: Sinusoids().sample(1, **COUNTS, generator=g),
    "task": lambda g: Sinusoids().task(1.0, 1.0, **COUNTS, generator=g),
    "digits": lambda g: Digits().sample(1, **COUNTS, generator=g),
    "augmented": lambda g: Augmented(Digits()).sample(1, **COUNTS, generator=g),
    "changed": lambda g: Augmented(Digits()).changed(torch.ones(1, 1, 8, 8), generator=g),
    "classes": lambda g: AllClasses(Characters()).sample(queries=1, generator=g),
    "uniform": lambda g: uniform((0, 1), 2, generator=g),
    "support": lambda g: exact.sampled_support(exact.sine_tasks([1], [1]), shots=1, generator=g),
    "plane": lambda g: slices.random_plane(phi(), g),
    "eigenvalue": lambda g: curvature.top_eigenvalue(
        LOSS, phi(), batch().support_x, batch().support_y, generator=g
    ),
    "train": lambda g: maml.train(
        lambda phi, batch: 0, phi(), Sinusoids(), iterations=1, generator=g
    ),
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_a_seed_is_no_generator(draw):
    with says(
        "generator must be a torch.Generator or None, got 7: write "
        r"torch.Generator\(\).manual_seed\(7\)"
    ):
        draw(7)
    with says(r"got <module .*: write torch.Generator\(\).manual_seed\(0\)"):
        draw(np)


def test_a_generator_of_another_device_is_refused():
    class Far:
        type = "cuda"

        def __str__(self):
            return "cuda:0"

    class Elsewhere(torch.Generator):
        device = Far()

    with says("generator must be one of the processor, got one of cuda:0"):
        check_tensors.generator(Elsewhere())
