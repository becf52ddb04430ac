"""What all exercises share: a name, a verdict on an answer, and the card that shows it."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from course_utils.exercises.attempt import in_words
from course_utils.exercises.kept import keep
from course_utils.exercises.output import figures_bounded
from course_utils.exercises.verdict import OPEN, RIGHT, WRONG, Card, Verdict
from course_utils.support.memory import give_back

NESTED = (
    "A check is at work already, and judges nothing from inside the answer that it judges. Is the "
    "call of the check indented, so that it belongs to your function?"
)
_at_work: list[str] = []  # the exercise that is judged at this time, by its name


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer: its name, the diagnosis in words, and an answer that makes it."""

    name: str
    says: str
    answer: Callable[..., Any]


class Exercise(ABC):
    """One exercise; called with a learner's answer it shows a card, and never raises an error.

    Parameters
    ----------
    name
        What the check is called: `check.<name>(my_<name>)`.
    title, notebook
        As they stand over the exercise: "the meta-gradient", "03".
    means
        What is said when the answer is right: what the learner has now in hand.
    """

    def __init__(self, name: str, *, title: str, notebook: str, means: str):
        self.name, self.title, self.notebook, self.means = name, title, notebook, means

    def __call__(self, *answer: Any, **parts: Any) -> None:
        """Show what is to be said of an answer, and keep that it was right."""
        if _at_work:
            print(NESTED)  # kept with what the answer prints
            return
        verdict = self.judge(*answer, **parts)
        remark = ""
        if verdict.kind == RIGHT:
            try:
                remark = keep(self.name)
            except Exception as error:  # no folder can be made of what COURSE_DATA names
                remark = f"It could not be kept that this is solved: {in_words(error)}"
        Card(self.title, verdict, remark).show()
        give_back()  # what the learner's code, and the cases, have taken

    def judge(self, *answer: Any, **parts: Any) -> Verdict:
        """The verdict on an answer; nothing is shown and nothing is kept."""
        if _at_work:
            return Verdict(WRONG, NESTED)
        _at_work.append(self.name)
        try:
            with plain_torch(), figures_bounded():
                return self._judge(*answer, **parts)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # an answer that cannot even be looked at
            return Verdict(WRONG, f"The answer could not be judged: {in_words(error)}")
        finally:
            _at_work.clear()

    @property
    def when_right(self) -> Verdict:
        """The verdict on a right answer."""
        return Verdict(RIGHT, self.means)

    @property
    @abstractmethod
    def mistakes(self) -> tuple[Any, ...]:
        """The mistakes that have a name."""

    @abstractmethod
    def _judge(self, *answer: Any, **parts: Any) -> Verdict: ...

    def __repr__(self) -> str:
        return f"check.{self.name}(my_{self.name})  # {self.title}, notebook {self.notebook}"


def one_answer(name: str, answer: tuple[Any, ...], parts: dict[str, Any]) -> Any:
    """The function that was given to a check, or the verdict where none was."""
    if len(answer) != 1 or parts:
        return Verdict(
            WRONG, f"The check takes one thing, your function: `check.{name}(my_{name})`."
        )
    (function,) = answer
    if function is None or function is Ellipsis or is_stub(function):
        return Verdict(OPEN, "")
    if not callable(function):
        says = (
            f"The check takes the function itself, not its result: `check.{name}(my_{name})`, "
            "with no parentheses after the function's name."
        )
        return Verdict(WRONG, says)
    return function


@contextlib.contextmanager
def plain_torch() -> Iterator[None]:
    """Torch as a fresh kernel has it, whatever the reader has set; put back afterwards."""
    import torch

    known, threads = torch.get_default_dtype(), torch.get_num_threads()
    device = torch.get_default_device()
    try:
        torch.set_default_device(None)
        with torch.inference_mode(False), torch.enable_grad():
            torch.set_default_dtype(torch.float32)
            yield
    finally:
        torch.set_default_dtype(known)
        # None is the processor, and costs nothing where a device would be asked in each call.
        torch.set_default_device(None if device.type == "cpu" else device)
        torch.set_num_threads(threads)


def is_stub(function: Any) -> bool:
    """Whether a function does nothing: its body is `...`, `pass`, or raises NotImplementedError."""
    if not isinstance(function, FunctionType):
        return False
    code = function.__code__
    nothing = set(code.co_consts) <= {None, function.__doc__}
    refuses = code.co_code in _REFUSING and code.co_names == ("NotImplementedError",)
    return (code.co_code in _EMPTY and nothing) or refuses


def _empty() -> None: ...


def _empty_with_words() -> None:
    """Nothing."""


def _refuses() -> None:
    raise NotImplementedError


_REFUSING = {_refuses.__code__.co_code}
_EMPTY = {_empty.__code__.co_code, _empty_with_words.__code__.co_code}
