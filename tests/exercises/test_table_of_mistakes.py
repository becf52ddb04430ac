"""Every exercise x every mistake: right answers are right, each mistake has its own diagnosis."""

import ast
from pathlib import Path

import nbformat
import pytest

from course_utils import check
from course_utils.exercises import Function, Numbers, Place, Sampler
from course_utils.exercises.verdict import OPEN, RIGHT, WRONG
from course_utils.solutions import exercises_of

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = {path: nbformat.read(path, 4) for path in sorted(ROOT.glob("notebooks/*.ipynb"))}
EXERCISES = check.all_of_them()
TABLE = [(name, mistake) for name, exercise in EXERCISES.items() for mistake in exercise.mistakes]
SET = [(path, solved) for path, book in NOTEBOOKS.items() for solved in exercises_of(book)]

each = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)


def judged(exercise, answer):
    """The verdict on what the right answer or a mistake of a table returns."""
    if isinstance(exercise, Place):
        raise NotImplementedError("places are judged in their notebook's tests")
    if isinstance(exercise, Numbers):
        return exercise.judge(**{**exercise.expected, **answer()})
    return exercise.judge(answer)


@each
def test_the_right_answer_is_right(exercise):
    if isinstance(exercise, Place):
        pytest.skip("a place is set in a picture: tested with the picture")
    assert judged(exercise, exercise.answer) == exercise.when_right


@pytest.mark.parametrize(("name", "mistake"), TABLE, ids=[f"{n}: {m.name}" for n, m in TABLE])
def test_a_mistake_gets_its_own_diagnosis_and_no_other(name, mistake):
    exercise = EXERCISES[name]
    if isinstance(exercise, Place):
        found = exercise.verdict_on({**exercise.expected, **mistake.answer()})
    else:
        found = judged(exercise, mistake.answer)
    assert (found.kind, found.names) == (WRONG, (mistake.name,))
    assert mistake.says in found.says


@each
def test_the_names_of_its_mistakes_differ_and_say_something(exercise):
    names = [mistake.name for mistake in exercise.mistakes]
    assert len(set(names)) == len(names) >= 3
    assert len({mistake.says for mistake in exercise.mistakes}) == len(names)
    for mistake in exercise.mistakes:
        assert 6 <= len(mistake.says.split()) <= 80, mistake.says
        assert mistake.says.rstrip()[-1] in ".?", mistake.says
    assert len(exercise.means.split()) >= 5


@each
def test_cases_differ_and_are_the_same_each_time(exercise):
    if not isinstance(exercise, Function | Sampler):
        return
    assert len(exercise.cases) >= 2
    assert len({case.says for case in exercise.cases}) == len(exercise.cases)
    if isinstance(exercise, Function):
        verdict = exercise.verdict_on_results(exercise.results(exercise.answer))
        assert verdict == exercise.when_right


@pytest.mark.parametrize(("path", "solved"), SET, ids=[s.name for _, s in SET])
def test_the_solution_in_the_notebook_is_right_and_its_stub_is_not_attempted(path, solved):
    exercise, book = EXERCISES[solved.name], NOTEBOOKS[path]
    known = {}
    exec(imports(book), known)
    source = book.cells[solved.cell].source
    if isinstance(exercise, Place):
        pytest.skip("a place is set in a picture: tested with the picture")
    for code, kind in ((solved.solution, RIGHT), (source, OPEN)):
        space = dict(known)
        exec(without_calls(code), space)
        (call,) = calls(source)
        args = [eval(ast.unparse(arg), space) for arg in call.args]
        parts = {}
        for keyword in call.keywords:
            value = eval(ast.unparse(keyword.value), space)
            parts |= value if keyword.arg is None else {keyword.arg: value}
        verdict = exercise.judge(*args, **parts)
        assert verdict.kind == kind, verdict


def imports(book):
    """The import statements of a notebook's code."""
    nodes = [
        node
        for cell in book.cells
        if cell.cell_type == "code"
        for node in ast.parse(cell.source).body
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    return "\n".join(map(ast.unparse, nodes))


def calls(source):
    """The calls of checks among the statements of a cell."""
    statements = [node for node in ast.parse(source).body if isinstance(node, ast.Expr)]
    found = [node.value for node in statements if isinstance(node.value, ast.Call)]
    return [call for call in found if ast.unparse(call.func).startswith("check.")]


def without_calls(source):
    """A cell without its calls of checks."""
    out = {ast.unparse(call) for call in calls(source)}
    return "\n".join(t for node in ast.parse(source).body if (t := ast.unparse(node)) not in out)


def test_the_notebooks_set_exactly_the_exercises_that_have_checks():
    for path, book in NOTEBOOKS.items():
        in_it = [solved.name for solved in exercises_of(book)]
        stem = path.stem
        name = {"appendix-landscapes": "appendix to 05", "appendix-words": "appendix to 08"}
        assert in_it == list(check.EXERCISES.get(name.get(stem, stem[:2]), ())), stem


def test_every_exercise_is_called_as_it_is_named_and_belongs_to_its_notebook():
    for notebook, names in check.EXERCISES.items():
        for name in names:
            assert (EXERCISES[name].name, EXERCISES[name].notebook) == (name, notebook)


def test_the_stub_is_documented_and_its_body_is_three_dots():
    for path, solved in SET:
        tree = ast.parse(NOTEBOOKS[path].cells[solved.cell].source)
        for stub in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
            assert ast.get_docstring(stub), solved.name
            assert [ast.unparse(node) for node in stub.body[1:]] == ["..."], solved.name
            assert stub.name == f"my_{solved.name}"


def test_there_are_enough():
    assert len(EXERCISES) >= 35
    assert len(TABLE) >= 400
