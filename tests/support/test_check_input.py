"""Checks of arguments let through what is right, and name what is not."""

import math
from pathlib import Path

import numpy as np
import pytest

from course_utils.support.check_input import (
    expanded_path,
    number,
    numbers,
    shown,
    some_of,
    span,
    whole_number,
)


@pytest.mark.parametrize("value", [5, 5.0])
def test_numbers_come_back_as_floats(value):
    assert number("noise", value) == 5.0
    assert isinstance(number("noise", value), float)
    assert span("x", (-1, value)) == (-1.0, 5.0)


@pytest.mark.parametrize("value", ["5", b"5", None, "five", [5]])
def test_text_is_no_number_even_where_it_spells_one(value):
    with pytest.raises(ValueError, match="noise must be a number, got "):
        number("noise", value)


@pytest.mark.parametrize("ends", [("1", "5"), (1, "5"), "15", 5, (1, 2, 3), (1,)])
def test_a_span_is_a_pair_of_numbers(ends):
    with pytest.raises(ValueError, match=r"x must be a pair \(low, high\) of numbers, got "):
        span("x", ends)


@pytest.mark.parametrize("value", [math.nan, math.inf, -0.5])
def test_a_number_is_finite_and_not_below_its_least(value):
    with pytest.raises(ValueError, match="noise must be finite and at least 0, got "):
        number("noise", value, least=0)


@pytest.mark.parametrize("value", [10**400, -(10**400), 10**5000], ids=["+", "-", "digits"])
def test_a_number_too_large_for_a_float_is_said_in_a_short_line(value):
    for check in (lambda: number("noise", value), lambda: span("noise", (0, value))):
        with pytest.raises(ValueError, match=r"noise must (be|have) finite.*, got ") as error:
            check()
        assert len(str(error.value)) < 130


def test_what_is_no_row_of_numbers_is_said():
    assert numbers("rates", np.array([1, 2])) == numbers("rates", [1, 2.0]) == (1.0, 2.0)
    assert numbers("rates", range(2)) == (0.0, 1.0)
    for value, words in (
        (iter([1.0]), "rates must be a list of numbers, say"),
        (b"ab", "rates must be a list of numbers, say"),
        (np.float64(1), r"rates must be a list of numbers, .*: write .tolist\(\)"),
        (np.array(1.0), r"rates must be one row of numbers, got the shape \(\)"),
        ([[1.0]], r"rates must be a number, got \[1.0\]"),
        ([np.ones(1)], "rates must be a number, got array"),
        ([1j], "rates must be a number, got 1j"),
        ([], "rates must hold at least one knob, got none"),
    ):
        with pytest.raises(ValueError, match=words):
            numbers("rates", value, each="knob")


def test_a_value_is_shown_on_one_short_line():
    class Silent:
        def __repr__(self):
            raise RuntimeError

    assert shown(np.zeros((3, 3))) == "array([[0., 0., 0.], [0., 0., 0.], [0., 0., 0.]])"
    assert shown("x" * 99) == "'" + 56 * "x" + "..."
    assert shown(10**5000) == "a whole number of thousands of digits"
    assert shown(Silent()) == "something of the type Silent"


def test_a_reversed_span_is_put_right_in_words():
    with pytest.raises(ValueError, match=r"got \(5, 1\): try \(1.0, 5.0\)"):
        span("x", (5, 1))


@pytest.mark.parametrize("value", [True, 2.0, "2", 0])
def test_a_count_is_a_whole_number(value):
    assert whole_number("shots", 2, least=1, why="") == 2
    with pytest.raises(ValueError, match=r"shots must be a whole number of at least 1, .*: why"):
        whole_number("shots", value, least=1, why="why")


def some(chosen):
    return some_of("only", chosen, ("Lao", "Greek", "Nko"), what="scripts of the split")


def test_some_names_come_back_as_a_tuple_in_their_order():
    assert some(["Nko", "Lao"]) == ("Nko", "Lao")
    assert some(("Greek",)) == ("Greek",)


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ("Lao", r"only must be a tuple of scripts of the split, say .*Nko.*, got 'Lao'"),
        ((), r"only must be a tuple .* got \(\)"),
        (7, "only must be a tuple .* got 7"),
        ({"Lao"}, "only must be a tuple .* got {'Lao'}"),
        (("Lao", 7), "only must name scripts of the split, got 7: there are Lao, Greek, Nko"),
        ([["Lao"]], r"only must name scripts of the split, got \['Lao'\]"),
        (("Lao", "Lao"), "only must name scripts of the split once each, got"),
    ],
)
def test_names_that_are_not_there_are_said(chosen, words):
    with pytest.raises(ValueError, match=words):
        some(chosen)


def test_a_path_may_begin_at_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))  # Windows' name for it
    assert expanded_path("folder", "~/x") == tmp_path / "x"
    assert expanded_path("folder", Path("y")) == Path("y")


@pytest.mark.parametrize("value", [5, None, ["x"], "~nobody-of-this-name/x"])
def test_what_is_no_path_is_said(value):
    with pytest.raises(ValueError, match="folder must be a path, "):
        expanded_path("folder", value)
