"""What a check says of answers that are no known mistake: no guess, and nothing taken as right."""

import numpy as np
import pytest
import torch
from torch import Tensor

from course_utils import check
from course_utils.exercises import Case, Function, Mistake, Numbers, Place, Sampler, Sign
from course_utils.exercises.called import CHANGED
from course_utils.exercises.comparing import described, outlined, same
from course_utils.exercises.function import FORGETFUL, SIGN
from course_utils.exercises.verdict import OPEN, RIGHT, WRONG, Card


def means(x, weights):
    return {"mean": (x * weights["w"]).mean(dim=1), "all": x.mean()}


def sums(x, weights):
    return {"mean": (x * weights["w"]).sum(dim=1), "all": x.mean()}


def made(seed, points):
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(4, points, generator=generator), {
        "w": torch.rand(points, generator=generator)
    }


EXERCISE = Function(
    "means",
    title="means",
    notebook="00",
    answer=means,
    cases=(
        Case("four rows of three", lambda: made(0, 3)),
        Case("four rows of five", lambda: made(1, 5)),
    ),
    mistakes=(Mistake("sum for mean", "You add up where a mean was asked for, row by row.", sums),),
    means="You take means of what was weighted.",
    returns='a dict with "mean", (rows,), and "all", a number',
    reading=lambda args, found: "a reading",
)


def judge(function):
    return EXERCISE.judge(function)


def test_right_wrong_and_not_attempted():
    assert judge(means).kind == RIGHT
    assert judge(sums).names == ("sum for mean",)
    assert judge(None).kind == judge(...).kind == OPEN


def stub(x, weights):
    """With words."""
    ...


def bare_stub(x, weights): ...


def passes(x, weights):
    pass


def not_implemented(x, weights):
    raise NotImplementedError


def with_default(x, weights, *more, key=None, **others):
    """Still nothing."""


@pytest.mark.parametrize("function", [stub, bare_stub, passes, not_implemented, with_default])
def test_a_stub_is_not_attempted(function):
    assert judge(function).kind == OPEN


def test_something_that_returns_none_was_attempted():
    def forgot(x, weights):
        result = means(x, weights)
        result["all"]

    verdict = judge(forgot)
    assert verdict.kind == WRONG
    assert "return" in verdict.says


def test_a_result_in_place_of_the_function():
    assert "no parentheses" in judge(means(*made(0, 3))).says
    assert EXERCISE.judge().kind == EXERCISE.judge(means, means).kind == WRONG


@pytest.mark.parametrize("times", [-1, 2, 0.1, -3])
def test_a_constant_factor_is_named(times):
    def scaled(x, weights):
        return {key: times * value for key, value in means(x, weights).items()}

    verdict = judge(scaled)
    assert verdict.kind == WRONG
    assert verdict.names == ((SIGN,) if times == -1 else ())
    assert times == -1 or f"{times:.4g} times" in verdict.says


def test_a_factor_near_1_is_rounding_and_not_named():
    def rounded(function):
        return lambda x, w: {key: 1.0005 * value for key, value in function(x, w).items()}

    assert "none of the mistakes" in judge(rounded(means)).says
    verdict = judge(rounded(sums))
    assert verdict.names == ("sum for mean",)
    assert "times" not in verdict.says


def test_a_known_mistake_with_the_wrong_sign_as_well():
    def both(x, weights):
        return {key: -value for key, value in sums(x, weights).items()}

    assert judge(both).names == ("sum for mean", SIGN)


def changed_tensor(x, weights):
    result = means(x, weights)
    x.mul_(2)
    return result


def changed_dict(x, weights):
    result = means(x, weights)
    weights["w"] = 1
    return result


def added_to_dict(x, weights):
    weights["new"] = 1
    return means(x, weights)


def asked_for_a_gradient(x, weights):
    x.requires_grad_()
    return means(x, weights)


def left_a_gradient(x, weights):
    leaf = x.detach().requires_grad_()
    leaf.sum().backward()
    x.grad = leaf.grad
    return means(x, weights)


@pytest.mark.parametrize(
    "function",
    [changed_tensor, changed_dict, added_to_dict, asked_for_a_gradient, left_a_gradient],
)
def test_changing_what_was_given_is_a_mistake_though_the_result_is_right(function):
    assert judge(function).names == (CHANGED,)


def test_copies_may_require_a_gradient():
    def careful(x, weights):
        own = x.detach().requires_grad_()
        result = means(own, weights)
        own.sum().backward()
        return result

    assert judge(careful).kind == RIGHT


def test_a_wrong_result_and_changed_inputs_are_both_said():
    def both(x, weights):
        result = sums(x, weights)
        x.zero_()
        return result

    verdict = judge(both)
    assert verdict.names == ("sum for mean",)
    assert verdict.says.startswith("It changes the tensors")


def test_an_answer_that_keeps_something_between_calls():
    calls = []

    def forgetful(x, weights):
        calls.append(1)
        return means(x, weights) if len(calls) <= 2 else sums(x, weights)

    assert judge(forgetful).names == (FORGETFUL,)


def test_right_in_one_case_only():
    def one_case(x, weights):
        return means(x, weights) if x.shape[1] == 3 else {"mean": x[:, 0], "all": x.mean()}

    verdict = judge(one_case)
    assert verdict.names == ()
    assert "right in 1 of 2 cases" in verdict.says
    assert "four rows of five" in verdict.lines[0]
    assert verdict.lines[-1] == "a reading"


def test_a_result_of_nan_has_the_reading_too_where_there_is_one():
    def broken(x, weights):
        return {**means(x, weights), "mean": x.mean(dim=1) * torch.nan}

    verdict = judge(broken)
    assert "nan" in verdict.says
    assert verdict.lines[-1] == "a reading"
    silent = Function(
        "means",
        title="means",
        notebook="00",
        answer=means,
        cases=EXERCISE.cases,
        mistakes=EXERCISE.mistakes,
        means="You take means of what was weighted.",
        reading=lambda args, found: "",
    )
    assert silent.judge(broken).lines == verdict.lines[:-1]


def test_a_function_without_a_name_is_called_a_function():
    class Network:
        def __call__(self, x):
            return x

    assert described(Network()) == "a function"
    assert described(means) == "the function means"


def dice(sides, generator):
    return torch.randint(sides[0], (3,), generator=generator)


def two_dice(sides, generator):
    return torch.randint(sides[0], (2,), generator=generator)


DICE = Sampler(
    "dice",
    title="dice",
    notebook="00",
    answer=dice,
    cases=(Case("six sides", lambda: ([6], torch.Generator().manual_seed(0))),),
    signs=(
        Sign("", "Three numbers were asked for.", lambda tries: len(tries[0].result) != 3),
        Sign("", "Sides are counted from 0.", lambda tries: bool((tries[0].result > 5).any())),
    ),
    means="You can throw three dice now.",
)


def test_a_sampler_that_changes_its_lists_is_told_so():
    def changes(sides, generator):
        found = dice(sides, generator)
        sides.append(7)
        return found

    assert DICE.judge(dice).kind == RIGHT
    assert DICE.judge(changes).names == (CHANGED,)


def test_a_sampler_without_a_named_mistake_is_shown_what_it_drew():
    verdict = DICE.judge(two_dice)
    assert (verdict.kind, verdict.names) == (WRONG, ())
    assert "a tensor (2,)" in verdict.lines[0]


class Hostile:
    def __repr__(self):
        raise RuntimeError

    def __eq__(self, other):
        raise RuntimeError

    def __getattr__(self, name):
        raise RuntimeError

    __hash__ = None


@pytest.mark.parametrize(
    ("result", "says"),
    [
        (3, "another kind"),
        ("text", "another kind"),
        ([1, 2], "another kind"),
        ({}, "another shape"),
        ({"mean": torch.zeros(4), "all": torch.zeros(1)}, "none of the mistakes"),
        ({"mean": torch.zeros(4, 1), "all": 0.5}, "another shape"),
        ({"mean": torch.full((4,), torch.nan), "all": 0.5}, "nan"),
        ({"mean": None, "all": 0.5}, "another kind"),
        ({"mean": torch.zeros(4, dtype=torch.complex64), "all": 0.5}, "another kind"),
        ({"mean": torch.zeros(4).to_sparse(), "all": 0.5}, "another kind"),
        (torch.zeros(10**6), "another kind"),
        (np.zeros(4), "another kind"),
        (-(10**400), "another kind"),
        (lambda: None, "another kind"),
    ],
    ids=range(14),
)
def test_odd_results_are_said_and_never_right(result, says):
    verdict = judge(lambda x, weights: result)
    assert verdict.kind == WRONG
    assert says in verdict.says
    assert repr(Card("t", verdict))
    assert Card("t", verdict)._repr_html_()


def test_a_result_that_fights_back_is_not_right():
    for result in (lambda: Hostile(), lambda: {"mean": Hostile(), "all": Hostile()}):
        verdict = judge(lambda x, weights, made=result: made())
        assert verdict.kind == WRONG
        assert repr(Card("t", verdict))
        assert NUMBERS.judge(left=result(), right=1, goes="up").kind == WRONG


def test_another_form_of_the_right_numbers_is_right():
    assert judge(lambda x, w: {k: v.double() for k, v in means(x, w).items()}).kind == RIGHT
    assert judge(lambda x, w: means(x, w) | {"all": x.mean().item()}).kind == RIGHT


@pytest.mark.parametrize("of", [Tensor.tolist, Tensor.numpy, list, lambda row: tuple(row.tolist())])
def test_a_list_or_an_array_is_a_row_and_a_tensor_of_one_number_a_number(of):
    def other(function):
        return lambda x, w: {
            "mean": of(function(x, w)["mean"]),
            "all": function(x, w)["all"].reshape(1, 1),
        }

    assert judge(other(means)).kind == RIGHT
    assert judge(other(sums)).names == ("sum for mean",)
    assert judge(lambda x, w: {"mean": ["0"] * 4, "all": x.mean()}).kind == WRONG
    assert judge(lambda x, w: means(x, w) | {"all": x.mean().repeat(2)}).kind == WRONG


@pytest.mark.parametrize("of", [set, frozenset, lambda found: dict.fromkeys(found).keys()])
def test_any_set_is_a_set(of):
    close = {"rtol": 0.0, "atol": 0.0}
    assert same(of({3, 5}), {3, 5}, **close)
    assert not same(of({3}), {3, 5}, **close)
    assert not same([3, 5], {3, 5}, **close)


def test_tensors_in_a_set_are_said_to_be_tensors():
    verdict = check.shared_classes.judge(
        lambda train, test: {torch.tensor(n) for n in check.shared_classes.answer(train, test)}
    )
    assert "its members are tensors" in verdict.lines[-1]


def test_a_list_among_the_inputs_stands_in_brackets():
    assert outlined(([1, 2], (3,))) == "([1, 2], (3))"


def test_a_secret_is_not_said():
    words = {"title": "means", "notebook": "00", "means": "You take means of what was weighted."}
    secret = Function(
        "means", answer=means, cases=EXERCISE.cases, mistakes=(), secret=True, **words
    )

    def off(x, weights):
        return means(x, weights) | {"all": x.mean() + 1}

    expected, said = f"{float(means(*made(0, 3))['all']):.3g}", "".join(secret.judge(off).lines)
    assert expected in "".join(judge(off).lines)
    assert expected not in said
    assert "got:" in said
    assert "keys" in "".join(secret.judge(lambda x, w: {"mean": x.mean(dim=1)}).lines)


def test_what_was_printed_is_shown_once():
    def talks(x, weights):
        print("shape", tuple(x.shape))
        return sums(x, weights)

    card = Card("t", judge(talks))
    assert repr(card).count("shape (4, 3)") == 1
    assert "shape (4, 5)" not in repr(card)


def test_an_error_says_in_which_case():
    def fails(x, weights):
        if x.shape[1] == 5:
            raise ValueError("five")
        return means(x, weights)

    verdict = judge(fails)
    assert "1 of the cases" in verdict.says
    assert verdict.lines[1] == "ValueError: five"


def test_a_card_reads_without_its_colour_and_escapes_what_it_shows():
    verdict = judge(lambda x, weights: "<script>")
    html = Card("a < b", verdict)._repr_html_()
    assert "<script>" not in html
    assert "a &lt; b" in html
    assert "Not yet right" in html
    assert "✗ Not yet right · a < b" in repr(Card("a < b", verdict))


NUMBERS = Numbers(
    "two",
    title="two numbers",
    notebook="00",
    answer=lambda: {"left": 2.0, "right": -0.25, "goes": "up"},
    mistakes=(
        Mistake("doubled", "You doubled both.", lambda: {"left": 4.0, "right": -0.5}),
        Mistake("down", "It goes up, since left is more.", lambda: {"goes": "down"}),
    ),
    means="You have found all three of them.",
)


def test_numbers_by_name():
    right = {"left": 2, "right": -0.2501, "goes": " up"}
    assert NUMBERS.judge(**right).kind == RIGHT
    assert NUMBERS.judge(left=..., right=..., goes=...).kind == OPEN
    assert NUMBERS.judge(left=None).kind == OPEN
    assert NUMBERS.judge().kind == OPEN
    some = NUMBERS.judge(left=2.0, right=..., goes=...)
    assert some.kind == WRONG
    assert "`right`, `goes`" in some.says
    assert NUMBERS.judge(**{**right, "left": 4.0, "right": -0.5}).names == ("doubled",)
    assert NUMBERS.judge(**{**right, "goes": "down"}).names == ("down",)
    assert NUMBERS.judge(**{**right, "left": 4.0, "right": -0.7}).names == ()
    for odd in (torch.ones(3), "2", float("nan"), [2], True):
        assert NUMBERS.judge(**{**right, "left": odd}).kind == WRONG
    assert NUMBERS.judge(2.0, -0.25).kind == NUMBERS.judge(up=1).kind == WRONG


def test_a_place_that_was_not_moved_is_not_attempted():
    from course_utils.notebook_03 import by_hand

    place = Place(
        "spot",
        title="a spot",
        notebook="00",
        answer=lambda: {"phi": 2.83},
        within={"phi": 0.1},
        mistakes=(Mistake("another", "That is the other one's place.", lambda: {"phi": 3.5}),),
        means="There all the pulls cancel.",
    )
    explorer = by_hand.by_hand()
    assert place.judge(explorer).kind == place.judge(...).kind == OPEN
    explorer.set(phi=2.8)
    assert place.judge(explorer).kind == RIGHT
    explorer.set(phi=3.45)
    assert place.judge(explorer).names == ("another",)
    explorer.set(phi=1.0)
    assert place.judge(explorer).names == ()
    assert place.judge(3.0).kind == place.judge(explorer, explorer).kind == WRONG


def test_a_constant_is_an_answer_and_no_stub():
    for constant in (0, 0.0, 3.5, "", (), False):
        space = {}
        exec(f"def constant(x, weights):\n    return {constant!r}", space)
        assert judge(space["constant"]).kind == WRONG


def test_a_nearly_right_answer_has_no_name():
    for times in (1.0005, 0.9995):
        verdict = judge(lambda x, w, t=times: {k: t * v for k, v in means(x, w).items()})
        assert (verdict.kind, verdict.names) == (WRONG, ())


def test_an_error_in_the_second_call_is_shown_as_such():
    left = iter(range(2))

    def used_up(x, weights):
        next(left)
        return means(x, weights)

    verdict = judge(used_up)
    assert verdict.names == ()
    assert "StopIteration" in verdict.lines[-1]


def test_a_reading_that_fails_says_nothing(monkeypatch):
    monkeypatch.setattr(EXERCISE, "reading", lambda args, found: 1 / 0)
    verdict = judge(lambda x, weights: {"mean": x[:, 0], "all": x.mean()})
    assert "none of the mistakes" in verdict.says


def test_torch_is_as_in_a_fresh_kernel_and_as_it_was_afterwards():
    def sets(x, weights):
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
        return means(x, weights)

    assert judge(sets).kind == RIGHT
    assert torch.get_default_dtype() == torch.float32
    assert torch.is_grad_enabled()
    with torch.inference_mode():
        assert judge(means).kind == RIGHT
    torch.set_default_dtype(torch.float64)
    try:
        assert judge(means).kind == RIGHT
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)


def test_exit_in_a_notebook_is_said_and_the_kernel_lives_on():
    import nbformat
    from nbclient import NotebookClient

    source = [
        "from course_utils import check\ndef my_idf(*words):\n    exit()\ncheck.idf(my_idf)",
        "print('alive')",
    ]
    book = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, source)))
    NotebookClient(book, timeout=120, kernel_name="python3").execute()
    assert "SystemExit" in book.cells[0].outputs[0]["data"]["text/plain"]
    assert book.cells[1].outputs[0]["text"] == "alive\n"
