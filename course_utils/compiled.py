"""An objective compiled for long trainings: the same numbers, with no Python in between.

    maml.train(compiled.objective(lambda phi, batch: maml.meta_loss(...)), phi, ...)

The objective is run once, and the operations that torch carries out for its value and its gradient
are written down; torch's compiler makes one C++ program of them. That takes many seconds, and few
where torch has kept the same program from before: `docs/performance.md` says when it pays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from course_utils import core_checks as check
from course_utils.networks import Params, differentiable
from course_utils.support.interrupts import StopLater
from course_utils.tasks import TaskBatch
from course_utils.tasks.batch import SETS

Objective = Callable[[Params, TaskBatch], Tensor]
Program = Callable[..., tuple[Tensor, ...]]
# Another order of the same sums rounds differently; a program that is wrong is off by far more.
# A share of the value, and of the largest number of the gradient.
TOLERANCE = 1e-3


def objective(of: Objective) -> Objective:
    """The objective (phi, batch) -> scalar, for `maml.train`: compiled when it is first called.

    It must be a function of phi and the batch alone, and take the same way through its code each
    time; other shapes are compiled anew. The result can be differentiated once. Where compiling
    fails (there is no C++ compiler, the objective looks at numbers) one sentence says so, and the
    objective is used as it is. Raises ValueError where `of` is no function.
    """
    if not callable(of):
        raise ValueError(f"objective must be a function of (phi, batch), got {of!r}")
    programs: dict[tuple, Program | None] = {}

    def faster(phi: Params, batch: TaskBatch) -> Tensor:
        if not check.gradient_wanted(phi):
            return of(phi, batch)
        sets = (getattr(batch, name) for name in SETS)
        # A program takes its inputs in one order in memory alone.
        inputs = [each.contiguous() for each in (*phi.values(), *sets, *batch.facts.values())]
        form = (*phi, *batch.facts, *((each.shape, each.dtype, each.device) for each in inputs))
        if form not in programs:
            programs[form] = _compiled(of, phi, batch, inputs)
        program = programs[form]
        if program is None:
            return of(phi, batch)
        with torch.no_grad():
            value, *gradient = program(*inputs)
        return _WithGradient.apply(value, gradient, *phi.values())

    return faster


def _compiled(of: Objective, phi: Params, batch: TaskBatch, inputs: list[Tensor]) -> Program | None:
    """The objective's value and gradient as a program of the inputs; None where there is none."""
    right = _value_and_gradient(of, phi, batch)
    try:
        program = _program(of, phi, batch.facts, inputs)
        with torch.no_grad():
            found = program(*inputs)
        for ours, theirs in ((found[:1], right[:1]), (found[1:], right[1:])):
            largest = max(each.abs().max().item() for each in theirs)
            torch.testing.assert_close([*ours], [*theirs], rtol=TOLERANCE, atol=TOLERANCE * largest)
    except Exception as problem:  # of many kinds: of the tracer, the compiler, the system
        why = str(problem).strip().partition("\n")[0] or type(problem).__name__
        print(f"Not compiled, so the training is slower and otherwise the same: {why[:200]}")
        return None
    return program


def _program(of: Objective, phi: Params, facts: Mapping, inputs: list[Tensor]) -> Program:
    with StopLater() as stop:  # half of torch: an import that is broken off stays broken
        from torch import _dynamo, _inductor  # noqa: F401
        from torch._inductor import config
        from torch.fx.experimental.proxy_tensor import make_fx
    stop.now()

    def flat(*inputs: Tensor) -> tuple[Tensor, ...]:
        each = iter(inputs)
        here = {name: next(each) for name in phi}
        sets = {name: next(each) for name in SETS}
        return _value_and_gradient(of, here, _unchecked(sets, {name: next(each) for name in facts}))

    traced = make_fx(flat)(*(each.detach() for each in inputs))
    how = {
        "cpp_wrapper": True,  # one program, its calls of matrix products included
        "compile_threads": 1,  # no processes to wait for
        # Both save seconds: a header made ready would serve later programs alone, and the compiler
        # is not asked by a trial program for each kind of vector that the processor has.
        "cpp_cache_precompile_headers": False,
        "cpp.vec_isa_ok": True if config.cpp.vec_isa_ok is None else config.cpp.vec_isa_ok,
    }
    with config.patch(how), torch.no_grad():
        return _inductor.standalone_compile(
            traced, [each.detach() for each in inputs], dynamic_shapes="from_example_inputs"
        )


def _value_and_gradient(of: Objective, phi: Params, batch: TaskBatch) -> tuple[Tensor, ...]:
    """The value, detached, and its gradient by each leaf: zeros where it does not depend on it."""
    here = differentiable(phi)
    with torch.enable_grad():
        value = check.scalar(of(here, batch))
        gradient = torch.autograd.grad(value, [*here.values()], materialize_grads=True)
    return value.detach(), *gradient


def _unchecked(sets: dict[str, Tensor], facts: dict[str, Tensor]) -> TaskBatch:
    """A batch whose numbers nobody looks at: while operations are written down there are none."""
    batch: Any = object.__new__(TaskBatch)
    vars(batch).update(sets, facts=facts)
    return batch


class _WithGradient(torch.autograd.Function):
    """A value whose gradient by the leaves is known already."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, gradient: list[Tensor], *leaves: Tensor) -> Tensor:
        ctx.gradient = gradient
        return value.clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor | None, ...]:
        return None, None, *torch._foreach_mul(ctx.gradient, slope)
