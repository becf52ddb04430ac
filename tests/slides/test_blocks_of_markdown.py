"""A cell's markdown is cut into blocks, and a slide gets those that it names."""

import pytest

from course_utils.slides.blocks import blocks_of, chosen

CELL = """## Two questions
Recall **both** objectives. The first is MAML's, "as it is." *The other is not.*

$$L = \\sum_n
l^n$$
$$y = 2$$
After it you can
* drag,
  with a finger,
* predict.

<img src="images/a.svg" alt="A picture: two wells.">

| a | b |
| --- | --- |
| 1 | 2 |

<details><summary>The answer</summary>

It jumps. Why?

```python
x = 1

y = 2
```
![a picture](images/b.png)

</details>
<details><summary>More</summary>
1. One.
2. Two.
</details>

The end."""


def kinds():
    return [(block.kind, block.fold) for block in blocks_of(CELL)]


def test_each_block_has_its_kind_and_its_fold():
    seen = ["heading", "words", "formula", "formula", "words", "list", "picture", "table"]
    first = ["question", "words", "code", "picture"]
    assert kinds() == [
        *((kind, 0) for kind in seen),
        *((kind, 1) for kind in first),
        *(("question", 2), ("list", 2), ("words", 0)),
    ]


def test_nothing_of_a_cell_is_lost():
    joined = "".join("".join(block.source.split()) for block in blocks_of(CELL))
    for word in (
        "Recall",
        "l^n$$",
        "finger",
        "predict",
        "wells",
        "|1|2|",
        "y=2```",
        "b.png",
        "Two.",
    ):
        assert word in joined


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("heading", "## Two questions"),
        ("words 2", "After it you can"),
        ("words 1.1", "Recall **both** objectives."),
        ("words 1.2", 'The first is MAML\'s, "as it is."'),
        ("words 1.2-3", 'The first is MAML\'s, "as it is." *The other is not.*'),
        ("formula 2", "$$y = 2$$"),
        ("list.1", "* drag,\n  with a finger,"),
        ("list.2", "* predict."),
        ("fold question", "**The answer**"),
        ("fold words 1.1", "It jumps."),
        ("fold 2 list.2", "2. Two."),
    ],
)
def test_a_name_gives_its_block_or_a_part_of_it(name, source):
    assert [block.source for block in chosen(CELL, name)] == [source]


def test_all_is_what_no_fold_holds_and_fold_is_what_one_does():
    assert [block.kind for block in chosen(CELL, "all")].count("words") == 3
    assert {block.fold for block in chosen(CELL, "all")} == {0}
    assert [block.kind for block in chosen(CELL, "fold 2")] == ["question", "list"]


@pytest.mark.parametrize(
    "name", ["words 4", "fold 3", "fold 2 picture", "list.3", "words 1.4", "quiz 1"]
)
def test_what_a_cell_has_not_is_said(name):
    with pytest.raises(ValueError, match=f"show asks for '?{name}'?, and the cell"):
        chosen(CELL, name)


def test_what_is_no_name_is_said():
    with pytest.raises(ValueError, match=r"must name blocks such as .words 2.*got 'sentence 2'"):
        chosen(CELL, "sentence 2")


QUIZ = """## Questions

**1. How many?**

<details><summary>one</summary>

No. Tempting.

</details>
<details><summary>two</summary>

Yes. Each is one.

</details>

**2. Which?**

<details><summary>this</summary>

Yes. Why not?

</details>"""


def test_a_quiz_has_its_choices_and_the_right_one_says_why():
    assert chosen(QUIZ, "quiz 1")[0].source == "**1. How many?**\n\n* one\n* two"
    assert chosen(QUIZ, "right 1")[0].source == "**two**: Each is one."
    assert chosen(QUIZ, "right 2")[0].source == "**this**: Why not?"


def test_a_question_that_folds_its_own_answer_is_a_quiz_too():
    cell = "<details><summary>1. Why?</summary>\n\nSo.\n</details>"
    assert chosen(cell, "quiz 1")[0].source == "**1. Why?**"
    assert chosen(cell, "right 1")[0].source == "So."
