"""A film holds every state of an explorer, and each part only over what it depends on."""

import itertools

import pytest

from course_utils.explorers.controls import Choice, Hidden, Press, Slider
from course_utils.explorers.scene import Scene
from course_utils.figures.pen import FilmError
from course_utils.films.film import Film
from course_utils.films.plan import Own, Plan, Quiz, thinned, tracks_of
from course_utils.films.recorder import film
from course_utils.films.states import States, answers_with, numbers


def bowl(secret=None, kind=None):
    """φ on a bowl and one step from it; `secret()` is drawn, and no control holds it."""
    with Scene(size=(4.0, 3.0)) as (scene, axes):
        axes.set(xlim=(-3, 3), ylim=(-1, 5))
        scene.line(axes, lambda f: (f.phi, f.phi**2), marker="o", gid="φ")
        scene.line(axes, lambda f: (f.data, f.data**2), marker="s", gid="θ")
        scene.line(axes, lambda f: ([0, 1], [0, 1]) if f.axis else None, gid="axis")
        scene.grip(axes, lambda f: (f.phi, 0), "φ", x="phi")
        scene.text(axes, lambda f: f"φ = {f.phi:.1f}")
        if secret is not None:
            scene.text(axes, lambda f: str(secret()), y=0.5)
    return scene.explorer(
        lambda phi, inner_lr, axis, new: phi * (1 - inner_lr),
        Slider("phi", "φ", "start", -2.0, 2.0, 0.1, 1.0),
        Slider("inner_lr", "α", "step", 0.0, 1.0, 0.1, 0.5),
        Choice("axis", "axis", [("hidden", False), ("shown", True)], False),
        Press("new", "again"),
        alt=lambda f: f"From {f.phi:.1f} to {f.data:.2f}.",
        describe="Explorer: a bowl.",
    )


@pytest.fixture(scope="module")
def filmed():
    return film(bowl(), name="bowl")


def test_each_part_is_kept_over_what_it_depends_on_only(filmed):
    phi, inner_lr, axis = range(3)
    marks = filmed.content["marks"]
    assert [mark["uses"] for mark in marks] == [[phi], [phi, inner_lr], [axis], [phi], [phi]]
    assert len(marks[0]["states"]) == 41
    assert filmed.content["alt"]["uses"] == [phi, inner_lr]
    assert filmed.content["handles"][0]["moves"] == [phi]
    assert filmed.content["handles"][0]["ways"] == "x"
    assert filmed.states == 41 * 11 * 2 * 3


def test_every_state_says_what_the_explorer_says(filmed):
    explorer = bowl()
    states = States(explorer, Plan())
    for _ in range(30):
        state = states.some()
        pose = explorer.pose(**states.values(state))
        assert filmed.at(filmed.content["alt"], state) == pose.alt
        place = filmed.at(filmed.content["handles"][0]["place"], state)
        placed = pose.handles["phi"]
        assert place[:2] == pytest.approx([placed["x"], placed["y"]], abs=1e-4)


def test_the_start_is_the_explorers(filmed):
    texts = [
        track["texts"][i] for track, i in zip(filmed.content["tracks"], filmed.start, strict=True)
    ]
    assert texts == ["1.00", "0.50", "hidden", "0"]


def test_what_no_control_holds_is_refused():
    turn = itertools.count()
    with pytest.raises(FilmError, match=r"\('mark', 5\) changes with something that no control"):
        film(bowl(lambda: next(turn)))


def test_too_many_states_are_refused_with_their_controls():
    plan = Plan({"phi": thinned(range(-20, 21), 41), "inner_lr": [0.5]})
    assert film(bowl(), plan).states == 5 * 1 * 2 * 3  # each is brought to an allowed value

    with Scene(size=(4.0, 3.0)) as (scene, axes):
        scene.line(axes, lambda f: (f.a + f.b + f.c, f.d), gid="all")
    sliders = [Slider(name, name, "", 0.0, 1.0, 0.02, 0.0) for name in "abcd"]
    with pytest.raises(FilmError, match=r"depend on \['a', 'b', 'c', 'd'\], together 2,825,761"):
        film(scene.explorer(lambda **_: None, *sliders, alt=lambda f: "", describe="Explorer: it."))


def test_a_plan_names_what_there_is():
    with pytest.raises(FilmError, match="the plan names 'beta'"):
        tracks_of(bowl(), Plan({"beta": [1.0]}))


def test_values_are_the_allowed_ones_with_the_start_among_them():
    tracks = {track.name: track for track in tracks_of(bowl(), Plan({"phi": [-2.0, 0.52]}))}
    assert tracks["phi"].values == (-2.0, 0.5, 1.0)
    assert tracks["phi"].texts == ("−2.00", "0.50", "1.00")
    assert tracks["phi"].start == 2
    assert [tracks[name].kind for name in ("phi", "axis", "new")] == ["range", "list", "press"]


def test_thinning_keeps_both_ends_and_what_must_stay():
    values = [n / 100 for n in range(101)]
    found = thinned(values, 11, 0.33)
    assert len(found) == 11
    assert {0.0, 0.33, 1.0} <= set(found)
    assert thinned(values[:5], 11, 0.0) == values[:5]


# --- a quiz ---------------------------------------------------------------------------------------

KEY = ((1, 2, 3, 1), (2, 2, 1, 3))


@pytest.mark.parametrize("key", KEY)
def test_numbers_that_answers_can_have_are_had_by_some(key):
    every = [
        (*given, *[0] * (4 - len(given)))
        for n in range(5)
        for given in itertools.product((1, 2, 3), repeat=n)
    ]
    possible = {numbers(answers, key) for answers in every}
    for wanted in itertools.product(range(5), range(5), range(4)):
        found = answers_with(key, *wanted)
        assert (found is not None) == (wanted in possible)
        if found is not None:
            assert numbers([*found, *[0] * (4 - len(found))], key) == wanted


def quiz():
    """Four answers of 1 to 3, a mark for each, and a score."""
    with Scene(size=(4.0, 3.0)) as (scene, axes):
        axes.set(xlim=(0, 5), ylim=(0, 5))
        for n in range(4):
            scene.line(
                axes, lambda f, n=n: (n, f.given[n]) if n < len(f.given) else None, marker="o"
            )
        scene.text(axes, lambda f: f"{f.data} right of {len(f.given)}, last {f.given[-1:]}")
        for label in (1, 2, 3):
            scene.button(
                axes,
                lambda f, label=label: (label, 4) if len(f.given) < 4 else None,
                f"answer {label}",
                lambda f, label=label: {"given": (*f.given, label)},
                name=str(label),
                size=(0.5, 0.5),
            )
    return scene.explorer(
        lambda given, new: sum(a == b for a, b in zip(given, KEY[new], strict=False)),
        Press("new", "again"),
        Hidden("given", ()),
        alt=lambda f: f"Game {f.new}: {f.data} right of {len(f.given)}.",
        describe="Game: a quiz.",
    )


NAMES = tuple("abcd")
PLAN = Plan(
    {"new": range(2)},
    own={
        "given": Own(
            [(name, (None, 1, 2, 3)) for name in NAMES],
            lambda values: tuple(itertools.takewhile(bool, (values[name] for name in NAMES))),
            lambda given: dict(zip(NAMES, given, strict=False)),
        )
    },
    quiz=Quiz(NAMES, "new", KEY),
    resets={"new": NAMES},
)


def test_a_quiz_is_kept_by_its_numbers_and_each_mark_by_its_answer():
    explorer = quiz()
    filmed = film(explorer, PLAN)
    new, given, right, last = 0, 5, 6, 7
    assert [mark["uses"] for mark in filmed.content["marks"]] == [
        *([n] for n in (1, 2, 3, 4)),
        [new, given, right, last],
    ]
    states = States(explorer, PLAN)
    for _ in range(60):
        state = states.some()
        pose = explorer.pose(**states.values(state))
        assert filmed.at(filmed.content["alt"], state) == pose.alt
        for handle in filmed.content["handles"]:
            to = filmed.at(handle["to"], state)
            label, n = int(handle["name"]), len(pose.frame.given)
            assert to == ([[1 + n, label]] if n < 4 else None)


def test_a_film_is_the_same_each_time(filmed):
    again = film(bowl(), name="bowl")
    assert again.pack() == filmed.pack()
    assert Film.unpack(filmed.pack()).content == Film.unpack(again.pack()).content


def test_a_part_that_seldom_depends_on_a_control_is_kept_over_it_all_the_same():
    with Scene(size=(4.0, 3.0)) as (scene, axes):
        scene.line(axes, lambda f: (f.a * (f.b > 0.85), 0), gid="seldom")
    sliders = [Slider(name, name, "", 0.0, 1.0, 0.1, 0.0) for name in "ab"]
    how = {"alt": lambda f: "", "describe": "Explorer: it."}
    filmed = film(scene.explorer(lambda **_: None, *sliders, **how))
    (mark,) = filmed.content["marks"]
    assert mark["uses"] == [0, 1]
    assert len(mark["states"]) == 11


def test_a_film_says_which_tracks_another_one_puts_back():
    filmed = film(bowl(), Plan(resets={"phi": ("inner_lr", "axis")}))
    assert [track["resets"] for track in filmed.content["tracks"]] == [[1, 2], [], [], []]


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ({"phi": [0.0]}, "plan must be a Plan"),
        (Plan({"phi": 5}), "the plan's values of phi must be a list, got 5"),
        (Plan(resets={"beta": ("phi",)}), "the plan names 'beta'"),
        (Plan(resets={"phi": ("beta",)}), "the plan names the track 'beta'"),
        (Plan(keeps=("nobody",)), "must be a tuple of marks, got 'nobody'; there are .*'axis'"),
        (Plan(keeps="axis"), "must be a tuple of marks, got 'axis'"),
        (Plan(quiz=Quiz(("a",), "phi", ())), "the plan names the track 'a'"),
        (Plan(quiz=Quiz(("axis",), "new", ((1,),))), "a key of 1 answers for each of the 3 values"),
        (Plan(own={"phi": Own([("axis", [1.0])], dict)}), "two tracks of one name"),
    ],
)
def test_a_plan_that_names_what_there_is_not_is_refused(plan, words):
    with pytest.raises(FilmError, match=words):
        tracks_of(bowl(), plan)
