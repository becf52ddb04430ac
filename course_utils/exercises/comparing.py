"""Two results compared: tensors, numbers, words, and dicts, lists and sets of these."""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from course_utils.support.check_input import shown


@dataclass(frozen=True)
class Difference:
    """The first place where two results differ: of which kind, and in words."""

    kind: Literal["type", "shape", "nan", "value"]
    says: str


def difference(
    found: Any, expected: Any, *, rtol: float, atol: float, at: str = ""
) -> Difference | None:
    """How `found` differs from `expected`; None where they are the same within the tolerance.

    A tensor of one number and a number are the same thing, and so are a tuple and a list, any two
    kinds of sets, and a tensor and a numpy array or a list of numbers.
    """
    close = {"rtol": rtol, "atol": atol}
    where = f" at {at}" if at else ""
    if isinstance(expected, Mapping):
        if not isinstance(found, Mapping):
            return Difference("type", f"a dict was expected{where}, got {described(found)}")
        if set(found) != set(expected):
            keys = f"{shown(list(found))}, not {shown(list(expected))}"
            return Difference("shape", f"its keys{where} are {keys}")
        parts = [(found[key], expected[key], f"{at}[{key!r}]") for key in expected]
    elif isinstance(expected, tuple | list):
        if not isinstance(found, tuple | list):
            kind = f"{type(expected).__name__} of {len(expected)}"
            return Difference("type", f"a {kind} was expected{where}, got {described(found)}")
        if len(found) != len(expected):
            counts = f"{len(found)} entries, not {len(expected)}"
            return Difference("shape", f"it has {counts}{where}")
        parts = [(f, e, f"{at}[{i}]") for i, (f, e) in enumerate(zip(found, expected, strict=True))]
    else:
        return _of_leaves(found, expected, where, rtol, atol)
    for one, other, place in parts:
        if different := difference(one, other, at=place, **close):
            return different
    return None


def same(found: Any, expected: Any, *, rtol: float, atol: float) -> bool:
    """Whether two results are the same within the tolerance."""
    return difference(found, expected, rtol=rtol, atol=atol) is None


def _of_leaves(
    found: Any, expected: Any, where: str, rtol: float, atol: float
) -> Difference | None:
    if isinstance(expected, str | set | frozenset):
        kind = "a text" if isinstance(expected, str) else "a set"
        if not isinstance(found, str if isinstance(expected, str) else Set):
            return Difference("type", f"{kind} was expected{where}, got {described(found)}")
        if found == expected:
            return None
        inside = not isinstance(found, str) and any(isinstance(part, Tensor) for part in found)
        hint = " (its members are tensors, no plain numbers)" if inside else ""
        says = f"{shown(found)} where {shown(expected)} was expected{where}{hint}"
        return Difference("value", says)
    if isinstance(expected, bool):
        given = _number(found)
        if given is None or isinstance(given, float):
            return Difference("type", f"True or False was expected{where}, got {described(found)}")
    else:
        row = isinstance(expected, Tensor) and expected.ndim
        given = _tensor(_row(found) if row else _single(found))
        if given is None:
            kind = "a tensor" if row else "a number"
            return Difference("type", f"{kind} was expected{where}, got {described(found)}")
    return _of_tensors(torch.as_tensor(given), torch.as_tensor(expected), where, rtol, atol)


def _of_tensors(
    found: Tensor, expected: Tensor, where: str, rtol: float, atol: float
) -> Difference | None:
    if found.shape != expected.shape:
        shapes = f"{tuple(found.shape)}, not {tuple(expected.shape)}"
        return Difference("shape", f"its shape{where} is {shapes}")
    f, e = (t.detach().to("cpu", torch.float64).flatten() for t in (found, expected))
    if bool((f.isnan() & ~e.isnan()).any()):
        return Difference("nan", f"it holds nan{where}, which is no number")
    close = torch.isclose(f, e, rtol=rtol, atol=atol, equal_nan=True)
    if bool(close.all()):
        return None
    first = int((~close).nonzero()[0])
    which = f" (entry {first} of {len(f)})" if len(f) > 1 else ""
    return Difference("value", f"{f[first]:.6g} where {e[first]:.6g} was expected{where}{which}")


def _number(value: Any) -> bool | float | None:
    """A value as a bool or a float, None where it is neither."""
    if isinstance(value, Tensor | np.ndarray | np.generic) and value.ndim == 0:
        if isinstance(value, Tensor) and value.device.type == "meta":
            return None
        value = value.item()
    if isinstance(value, bool):
        return value
    try:
        return float(value) if isinstance(value, Real) else None
    except OverflowError:  # a whole number that no float can hold
        return None


def _row(value: Any) -> Any:
    """A numpy array or a list of numbers as a tensor, everything else as it is."""
    if isinstance(value, tuple | list):
        parts = [_number(part) for part in value]
        if parts and not any(part is None or isinstance(part, bool) for part in parts):
            return torch.tensor(parts, dtype=torch.float64)
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return torch.as_tensor(value.tolist(), dtype=torch.float64).reshape(value.shape)
    return value


def _single(value: Any) -> Any:
    """A tensor or an array of one number without its axes, everything else as it is."""
    if isinstance(value, Tensor | np.ndarray) and math.prod(value.shape) == 1:
        return value.reshape(())
    return value


def _tensor(value: Any) -> Tensor | float | None:
    """A value as a tensor of real numbers, None where it is none; a bool counts as no number."""
    if isinstance(value, Tensor):
        usable = value.layout == torch.strided and not value.is_complex()
        return value if usable and value.device.type != "meta" else None
    number = _number(value)
    return None if isinstance(number, bool) else number


def numbers(result: Any) -> Tensor | None:
    """All numbers of a result in one row; None where it holds anything else."""
    if isinstance(result, Mapping):
        result = list(result.values())
    if isinstance(result, tuple | list):
        rows = [numbers(part) for part in result]
        return torch.cat(rows) if rows and all(row is not None for row in rows) else None
    value = _tensor(_row(result))
    return None if value is None else torch.as_tensor(value).detach().double().flatten()


def share(true: Tensor) -> float:
    """The share of a tensor's entries that are True."""
    return true.double().mean().item()


def factor(found: Any, expected: Any, *, rtol: float, atol: float) -> float | None:
    """The number by which one result is a multiple of the other; None where it is none."""
    f, e = numbers(found), numbers(expected)
    if f is None or e is None or f.shape != e.shape or not len(e):
        return None
    size = e @ e
    if not (bool(size > 0) and bool(f.isfinite().all()) and bool(e.isfinite().all())):
        return None
    times = float(f @ e / size)
    if not torch.allclose(f, times * e, rtol=rtol, atol=atol * max(1.0, abs(times))):
        return None
    return times if math.isfinite(times) and abs(times) > 1e-6 else None


def described(value: Any) -> str:
    """A value in a few words: its kind, its shape and its first numbers."""
    if value is None:
        return "None"
    if isinstance(value, Tensor):
        return _described_tensor(value)
    if isinstance(value, np.ndarray):
        return f"a numpy array of shape {value.shape}"
    if isinstance(value, Mapping):
        parts = [f"{key!r}: {described(part)}" for key, part in list(value.items())[:3]]
        return "{" + ", ".join(parts) + (", ...}" if len(value) > 3 else "}")
    if isinstance(value, tuple | list):
        parts = [described(part) for part in value[:4]]
        inside = ", ".join(parts) + (", ..." if len(value) > 4 else "")
        return f"({inside})" if isinstance(value, tuple) else f"[{inside}]"
    if isinstance(value, bool | str | set | frozenset):
        return shown(value)
    if isinstance(value, Real):
        number = _number(value)
        return shown(value) if number is None else f"{number:.6g}"
    if callable(value):
        name = getattr(value, "__name__", "")
        return f"the function {name}" if name else "a function"
    if hasattr(value, "support_x") and hasattr(value, "query_x"):
        support, query = tuple(value.support_x.shape), tuple(value.query_x.shape)
        return f"a batch, support x {support}, query x {query}"
    return f"something of the type {type(value).__name__}"


def outlined(value: Any) -> str:
    """A value by its shape alone where it holds many numbers, as the inputs of a case do."""
    if isinstance(value, Tensor) and value.numel() > 3:
        return f"{tuple(value.shape)}"
    if isinstance(value, Mapping):
        parts = [f"{key!r}: {outlined(part)}" for key, part in list(value.items())[:6]]
        return "{" + ", ".join(parts) + (", ...}" if len(value) > 6 else "}")
    if isinstance(value, tuple | list) and len(value) <= 3:
        inside = ", ".join(map(outlined, value))
        return f"({inside})" if isinstance(value, tuple) else f"[{inside}]"
    return described(value)


def _described_tensor(value: Tensor) -> str:
    if _tensor(value) is None:
        return f"a tensor {tuple(value.shape)} of the kind {value.layout}, {value.dtype}"
    first = [f"{x:.4g}" for x in value.detach().flatten()[:5].tolist()]
    if value.ndim == 0:
        return first[0]
    more = ", ..." if value.numel() > 5 else ""
    return f"a tensor {tuple(value.shape)}: {', '.join(first)}{more}"


def unchanged(args: Any, fresh: Any) -> bool:
    """Whether arguments are what they were: tensors to the bit, dicts and lists part by part."""
    if isinstance(args, Tensor):
        alike = isinstance(fresh, Tensor) and args.requires_grad == fresh.requires_grad
        if not alike or not same(args, fresh, rtol=0.0, atol=0.0):
            return False
        # Only a leaf has a `.grad`; to ask another tensor for it warns.
        return unchanged(*(t.grad if t.is_leaf else None for t in (args, fresh)))
    if isinstance(args, dict):
        keys = isinstance(fresh, dict) and list(args) == list(fresh)
        return keys and all(unchanged(args[key], fresh[key]) for key in args)
    if isinstance(args, tuple | list):
        alike = type(args) is type(fresh) and len(args) == len(fresh)
        return alike and all(unchanged(a, f) for a, f in zip(args, fresh, strict=True))
    if hasattr(args, "support_x") and hasattr(fresh, "support_x"):
        return unchanged(vars(args), vars(fresh))
    return type(args) is type(fresh) and (not isinstance(args, Real | str) or args == fresh)
