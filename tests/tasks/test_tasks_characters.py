"""Drawn characters: splits without a shape in common, pictures with ink, tasks as promised."""

import hashlib
import io
import shutil
import unicodedata
from functools import partial
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given, settings

from course_utils import maml, networks
from course_utils.characters import draw_character, fonts, styles_of
from course_utils.support.whole_files import write_whole
from course_utils.tasks import Characters
from course_utils.tasks import characters as module
from course_utils.tasks.kept import read_arrays, write_arrays

few = settings(deadline=None, derandomize=True, max_examples=12)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with the characters, as all tests of the course draw them once into the cache."""
    folder, seed = tmp_path_factory.mktemp("cache"), 0
    assert Characters("test", seed=seed).n_classes
    drawn = module.cache_folder() / f"characters-seed{seed}-{module._version(seed)}.bin"
    if drawn.exists():
        shutil.copy(drawn, folder)
    return folder


@pytest.fixture(scope="module")
def train(folder):
    return Characters("train", folder=folder)


@pytest.fixture(scope="module")
def validation(folder):
    return Characters("validation", folder=folder)


@pytest.fixture(scope="module")
def test(folder):
    return Characters("test", folder=folder)


def character_codes(family):
    return set(family.codes.tolist())


# --- the classes ----------------------------------------------------------------------------------


def test_there_are_characters_enough_and_the_splits_share_none(train, validation, test):
    assert train.n_classes >= 1190
    assert validation.n_classes == 110
    assert test.n_classes == 318
    families = (train, validation, test)
    codes = [character_codes(family) for family in families]
    assert [len(one) for one in codes] == [family.n_classes for family in families]
    assert len(set.union(*codes)) == sum(family.n_classes for family in families)


def test_kept_pictures_are_those_that_would_be_drawn_now(train, validation, test):
    """For some classes of each split: the kept ones may be of before a change in how they are."""
    for family in (train, validation, test):
        for code in family.codes.tolist()[:: family.n_classes // 5]:
            drawn = module._draw_class(0, code, module._uprights(code))
            assert torch.equal(family.pictures[family.codes == code][0], torch.from_numpy(drawn))


def test_the_test_split_is_the_one_that_stored_checkpoints_were_judged_on(test):
    """Its classes and their order, which decide the tasks that a generator draws."""
    digest = hashlib.sha256(test.codes.numpy().tobytes()).hexdigest()
    assert digest.startswith("fbadf8dac674e340")


def test_a_characters_script_is_what_unicode_says(train, validation, test):
    assert train.scripts == ("Latin", "Cyrillic", "Canadian", "Arabic", "Armenian")
    assert set(validation.scripts) == {"Old Italic", "Nko", "Ogham", "Coptic", "Lisu"}
    assert test.scripts == ("Greek", "Hebrew", "Georgian", "Tifinagh", "Lao")
    for family in (train, validation, test):
        sizes = {}
        for script in family.scripts:
            part = family.of_script(script)
            sizes[script] = part.n_classes
            for code in part.codes.tolist():
                name = unicodedata.name(chr(code)).removeprefix("EXTENDED ")
                assert name.startswith(script.upper())
        assert sum(sizes.values()) == family.n_classes
        assert min(sizes.values()) >= 5  # each script has a five-way task


@pytest.mark.parametrize("style", ["Sans", "Serif"])
def test_no_two_characters_have_the_same_shape(train, validation, test, style):
    all_codes = torch.cat([train.codes, validation.codes, test.codes]).tolist()
    codes = [code for code in all_codes if style in styles_of(chr(code))]
    if style == "Sans":
        assert codes == all_codes
    upright = np.array([draw_character(chr(code), style=style).ravel() for code in codes])
    upright -= upright.mean(1, keepdims=True)
    upright /= np.linalg.norm(upright, axis=1, keepdims=True)
    alike = upright @ upright.T - 2 * np.eye(len(codes))
    worst = np.unravel_index(alike.argmax(), alike.shape)
    assert alike.max() < 0.992, [unicodedata.name(chr(codes[n])) for n in worst]


@pytest.mark.parametrize(
    ("kept", "dropped"),
    [
        ("A", "А"),  # Cyrillic A
        ("B", "Β"),  # Greek Beta
        ("O", "o"),  # of one shape once they are scaled
        ("I", "l"),  # alike without serifs
        ("Γ", "Г"),  # Greek keeps what only Cyrillic has besides
    ],
)
def test_a_shared_shape_is_one_class(train, test, kept, dropped):
    codes = character_codes(train) | character_codes(test)
    assert ord(kept) in codes
    assert ord(dropped) not in codes


def test_a_turned_or_mirrored_character_is_another_class(train):
    assert {ord(character) for character in "ᑭᑫᑯᑲ"} <= character_codes(train)


# --- the pictures ---------------------------------------------------------------------------------


def test_pictures_have_ink_on_white_and_lie_within_their_frame(train, validation, test):
    for family in (train, validation, test):
        pictures = torch.stack([family.pictures_of(code) for code in family.codes.tolist()])
        assert pictures.shape[1:] == (20, 1, 28, 28)
        assert pictures.min() == 0
        assert pictures.max() == 1
        ink = pictures.mean((2, 3, 4))
        assert ink.min() > 0.01
        assert ink.max() < 0.6
        edge = torch.cat(
            [pictures[..., [0, -1], :].flatten(2), pictures[..., :, [0, -1]].flatten(2)], 2
        )
        assert (edge.amax(2) > 0.5).float().mean() < 0.02


def test_no_two_pictures_of_a_character_are_the_same(test):
    for code in test.codes[::20].tolist():
        assert len(test.pictures_of(code).flatten(1).unique(dim=0)) == 20


def test_a_character_may_be_named_in_any_way_a_code_is_written(test):
    code = test.codes[3]
    for name in (code, code.numpy(), np.int32(code), int(code), chr(code)):
        assert torch.equal(test.pictures_of(name), test.pictures[3].float() / 255)


def test_pictures_show_their_character_turned_and_moved_a_little(test):
    # Averaged, they look like their own character drawn upright and like few of the other 300.
    codes = test.codes.tolist()
    upright = torch.stack([torch.from_numpy(draw_character(chr(code))).flatten() for code in codes])
    mean = torch.stack([test.pictures_of(code).mean(0).flatten() for code in codes])
    upright, mean = (
        (x - x.mean(1, keepdim=True)) / x.std(1, keepdim=True) for x in (upright, mean)
    )
    alike = mean @ upright.T
    rank = (alike > alike.diagonal()[:, None]).sum(1)
    assert (rank == 0).float().mean() > 0.4
    assert (rank < 20).float().mean() > 0.9


def test_pictures_are_the_same_for_a_seed_whatever_other_characters_there_are(
    validation, monkeypatch
):
    monkeypatch.setattr(module, "SCRIPTS", ("Ogham", "Lao"))
    one, two, other = (module._draw_all(seed) for seed in (0, 0, 1))
    assert all(np.array_equal(one[name], two[name]) for name in one)
    assert np.array_equal(one["codes"], other["codes"])
    assert not np.array_equal(one["pictures"], other["pictures"])
    monkeypatch.undo()
    drawn = dict(zip(one["codes"].tolist(), one["pictures"], strict=True))
    for code in validation.of_script("Ogham").codes.tolist():
        assert np.array_equal(drawn[code], np.rint(255 * validation.pictures_of(code).numpy()))


# --- the tasks ------------------------------------------------------------------------------------


@few
@given(
    st.integers(1, 4), st.integers(2, 12), st.integers(1, 5), st.integers(1, 15), st.integers(0, 99)
)
def test_tasks_are_balanced_disjoint_and_true_to_their_facts(test, n, ways, k, q, seed):
    batch = test.sample(n, ways=ways, shots=k, queries=q, generator=seeded(seed))
    assert batch.support_x.shape == (n, ways * k, 1, 28, 28)
    assert batch.query_x.shape == (n, ways * q, 1, 28, 28)
    assert batch.support_x.dtype == torch.float32
    assert batch.support_y.tolist() == [[c for c in range(ways) for _ in range(k)]] * n
    assert batch.query_y.tolist() == [[c for c in range(ways) for _ in range(q)]] * n
    for task in range(n):
        chosen = batch.facts["code"][task].tolist()
        assert len(set(chosen)) == ways
        for label, code in enumerate(chosen):
            name = test.scripts[batch.facts["script"][task, label]]
            assert unicodedata.name(chr(code)).startswith(name.upper())
            known = {picture.numpy().tobytes() for picture in test.pictures_of(code)}
            support, query = (
                {x[i].numpy().tobytes() for i in (y == label).nonzero()[:, 0]}
                for x, y in (
                    (batch.support_x[task], batch.support_y[task]),
                    (batch.query_x[task], batch.query_y[task]),
                )
            )
            assert support | query <= known
            assert not support & query


def test_labels_are_shuffled_and_all_characters_come_up(test):
    lao = test.of_script("Lao")
    codes = lao.sample(300, shots=1, queries=1, generator=seeded()).facts["code"]
    assert set(codes.flatten().tolist()) == character_codes(lao)
    first = codes[:, 0]
    assert len(set(first.tolist())) > 40


def test_same_seed_same_tasks(train):
    one, two, other = (train.sample(2, shots=1, queries=2, generator=seeded(s)) for s in (3, 3, 4))
    assert torch.equal(one.query_x, two.query_x)
    assert not torch.equal(one.facts["code"], other.facts["code"])


def test_a_family_of_one_script_counts_scripts_anew(test):
    georgian = test.of_script("Georgian")
    batch = georgian.sample(3, shots=1, queries=1, generator=seeded())
    assert georgian.scripts == ("Georgian",)
    assert batch.facts["script"].unique().tolist() == [0]


def test_training_takes_characters_as_it_takes_sinusoids(train):
    network = networks.convnet(ways=3, channels=4)
    loss = networks.cross_entropy(network)
    objective = partial(maml.meta_loss, loss, inner_lr=0.1, steps=1)

    class ThreeWays:
        def sample(self, n_tasks, **arguments):
            return train.sample(n_tasks, ways=3, **arguments)

    _, history = maml.train(
        objective,
        network.init(seeded()),
        ThreeWays(),
        iterations=2,
        n_tasks=2,
        shots=1,
        queries=2,
        generator=seeded(),
        progress=False,
    )
    assert torch.isfinite(history).all()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda _: Characters("unseen"),
            'split must be "train", "validation" or "test", got \'unseen\'',
        ),
        (lambda _: Characters(["test"]), r'split must be "train", .* got \[\'test\'\]'),
        (
            lambda _: Characters("train", only=("Nko",)),
            "only must name scripts of the train split, got 'Nko'",
        ),
        (lambda _: Characters("test", only=("Latin",)), "only must name scripts of the test split"),
        (lambda _: Characters("test", only=()), r"only must be a tuple .* got \(\)"),
        (lambda _: Characters("test", only="Lao"), "only must be a tuple .* got 'Lao'"),
        (lambda _: Characters("test", only=["Lao", "Lao"]), "scripts of the test split once each"),
        (lambda _: Characters(only=7), "only must be a tuple .* got 7"),
        (lambda _: Characters(folder=5), "folder must be a path, .* got 5"),
        (lambda _: Characters(seed=-1), "seed must be a whole number of at least 0, got -1"),
        (lambda f: f.of_script("Latin"), "name must be one of Greek, .*, got 'Latin'"),
        (lambda f: f.pictures_of("A"), "code must be that of a character of Greek, .* got 'A'"),
        (lambda f: f.pictures_of("ab"), "code must be that of a character of Greek, .* got 'ab'"),
        (lambda f: f.pictures_of(937.0), "code must be that of a character .* got 937.0"),
        (lambda f: f.pictures_of(10**30), "code must be that of a character .* got 10000"),
        (lambda f: f.pictures_of(f.codes), "code must be that of a character .* got tensor"),
        (lambda f: f.sample(1, shots=0, queries=1), "shots .*at least 1, got 0"),
        (lambda f: f.sample(1, ways=1, shots=1, queries=1), "ways .*two classes"),
        (lambda f: f.sample(0, shots=1, queries=1), "n_tasks .*at least 1, got 0"),
        (
            lambda f: f.of_script("Lao").sample(1, ways=99, shots=1, queries=1),
            "ways must be at most 4.*, the characters here, got 99",
        ),
        (
            lambda f: f.sample(1, shots=5, queries=16),
            r"shots \+ queries must be at most 20, the pictures of a character, got 5 \+ 16",
        ),
    ],
)
def test_what_a_character_family_cannot_draw_is_said(test, make, words):
    with pytest.raises(ValueError, match=words):
        make(test)


# --- the file of pictures -------------------------------------------------------------------------


@pytest.fixture
def drawings(train, folder, monkeypatch):
    """The pictures as drawn before, and a list that grows with each drawing."""
    assert train.n_classes  # they are drawn when first asked for
    (path,) = folder.iterdir()
    arrays, drawn = read_arrays(path, "pictures", module.FORM), []
    monkeypatch.setattr(module, "_draw_all", lambda seed: drawn.append(seed) or arrays)
    module._all_pictures.cache_clear()
    module._family.cache_clear()
    yield drawn
    module._all_pictures.cache_clear()
    module._family.cache_clear()


def reopened(folder):
    module._all_pictures.cache_clear()
    module._family.cache_clear()
    return Characters("test", folder=folder)


def test_characters_are_drawn_once_and_read_from_then_on(tmp_path, drawings, capsys):
    first = reopened(tmp_path).pictures_of("Ω")
    second = reopened(tmp_path).pictures_of("Ω")
    assert drawings == [0]
    assert torch.equal(first, second)
    assert len(list(tmp_path.iterdir())) == 1
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "harm",
    [
        lambda content: content[: len(content) // 2],
        lambda content: content[:5000] + b"\0\1\2" + content[5003:],
        lambda content: b"",
    ],
    ids=["truncated", "altered", "empty"],
)
def test_a_broken_file_is_said_and_made_anew(tmp_path, drawings, capsys, harm):
    wanted = reopened(tmp_path).pictures_of("Ω")
    (path,) = tmp_path.iterdir()
    path.write_bytes(harm(path.read_bytes()))
    assert torch.equal(reopened(tmp_path).pictures_of("Ω"), wanted)
    assert drawings == [0, 0]
    assert "was broken: it is made again" in capsys.readouterr().out
    reopened(tmp_path).pictures_of("Ω")
    assert drawings == [0, 0]
    assert capsys.readouterr().out == ""


def test_a_folder_that_cannot_be_written_to_is_no_error(tmp_path, drawings, capsys):
    (tmp_path / "file").write_text("no folder")
    assert reopened(tmp_path / "file" / "below").n_classes >= 300
    assert drawings == [0]
    assert capsys.readouterr() == ("", "")


def test_another_seed_is_another_file():
    assert module._version(0) == module._version(0)
    assert module._version(0) != module._version(1)


OTHER = {
    "FORMAT": 999,
    "SCRIPTS": ("Lao",),
    "PICTURES": 21,
    "ROTATION": 16.0,
    "SHEAR": 0.3,
    "SCALE": (0.9, 1.1),
    "SHIFT": 3.0,
    "FINE": 84,
    "COARSE": 28,
    "ALIKE": 0.95,
    "ALIKE_CASES": 0.9,
    "THE_SAME": 0.98,
}


@pytest.mark.parametrize("name", OTHER)
def test_other_settings_are_another_file(monkeypatch, name):
    before = module._version(0)
    monkeypatch.setattr(module, name, OTHER[name])
    assert module._version(0) != before


@pytest.mark.parametrize(
    ("place", "other"),
    [
        ("unicodedata.unidata_version", "1.0.0"),
        ("PIL.__version__", "1.0.0"),
        ("PIL.features.version", lambda library: "1.0.0"),
    ],
)
def test_other_libraries_are_another_file(monkeypatch, place, other):
    before = module._version(0)
    monkeypatch.setattr(place, other)
    assert module._version(0) != before


def test_other_fonts_are_another_file(monkeypatch, tmp_path):
    copies = []
    for font in fonts():
        copies.append(tmp_path / font.name)
        copies[-1].write_bytes(font.read_bytes())
    before = module._version(0)
    monkeypatch.setattr("course_utils.characters.fonts", lambda: copies)
    assert module._version(0) == before
    copies[-1].write_bytes(copies[-1].read_bytes() + b"!")
    assert module._version(0) != before


def test_a_new_file_replaces_those_of_other_versions(tmp_path, drawings, monkeypatch):
    monkeypatch.setattr(module, "cache_folder", lambda: tmp_path)
    old = tmp_path / f"characters-seed0-{'0' * 16}.bin"
    left_over = tmp_path / f"{old.name}-0123abcd.new"
    others = [
        f"characters-seed1-{'0' * 16}.bin",  # of another seed, which is still wanted
        f"characters-seed0-{'0' * 16}.bin.old",
        f"my-characters-seed0-{'0' * 16}.bin",
        "characters-seed0-mine.bin",
        f"omniglot-{'0' * 16}.bin",
    ]
    for name in (old.name, left_over.name, *others):
        (tmp_path / name).write_text("something")
    assert reopened(None).n_classes >= 300
    assert drawings == [0]
    assert not old.exists()
    new = f"characters-seed0-{module._version(0)}.bin"
    assert {path.name for path in tmp_path.iterdir()} == {new, *others}
    old.write_text("something")  # what is read and not written removes nothing
    assert reopened(None).n_classes >= 300
    assert old.exists()


def test_nothing_is_removed_from_a_folder_of_the_users(tmp_path, drawings):
    old = tmp_path / f"characters-seed0-{'0' * 16}.bin"
    old.write_text("something")
    assert reopened(tmp_path).n_classes >= 300
    assert len(list(tmp_path.iterdir())) == 2


def test_nothing_is_removed_where_nothing_could_be_written(tmp_path, drawings, monkeypatch):
    monkeypatch.setattr(module, "cache_folder", lambda: tmp_path)
    monkeypatch.setattr(module, "write_arrays", lambda path, arrays: None)
    old = tmp_path / f"characters-seed0-{'0' * 16}.bin"
    old.write_text("something")
    assert reopened(None).n_classes >= 300
    assert old.exists()


def test_a_folder_may_begin_at_home(tmp_path, drawings, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert reopened(Path("~/x")).n_classes >= 300
    assert len(list((tmp_path / "x").iterdir())) == 1
    assert Characters(folder="~/x") == Characters(folder=tmp_path / "x")


N = 300  # classes of a file that fits
FITS = {
    "pictures": np.zeros((N, module.PICTURES, 1, 28, 28), np.uint8),
    "codes": np.arange(N),
    "scripts": np.arange(N) % len(module.SCRIPTS),
}


def archived(arrays):
    memory = io.BytesIO()
    np.savez(memory, **arrays)
    return memory.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nothing of NumPy's",
        b"PK\x05\x06" + bytes(18),  # a zip file without a file
        archived(FITS)[:-30],
        archived({"a": np.array([{"an": "object"}], object)}),
        archived(FITS | {"codes": np.array([{}] * N, object)}),
        archived({name: FITS[name] for name in ("pictures", "codes")}),
        archived(FITS | {"more": np.arange(N)}),
        archived(FITS | {"codes": np.arange(N) + 0.5}),
        archived(FITS | {"codes": np.arange(N - 1)}),
        archived(FITS | {"scripts": np.arange(N)}),
        archived(FITS | {"scripts": np.arange(N) - 1}),
        archived(FITS | {"codes": np.array(5)}),
        archived({name: array[:0] for name, array in FITS.items()}),
        archived(FITS | {"pictures": FITS["pictures"][..., :20]}),
    ],
)
def test_a_well_sealed_file_of_something_else_is_made_again(tmp_path, capsys, content):
    """Also pickled objects, which could run code and are never opened."""
    path = tmp_path / "arrays.bin"
    write_whole(path, content, sealed=True)
    assert read_arrays(path, "drawn characters", module.FORM) is None
    said = f"The file of drawn characters, {path}, holds something else: it is made again."
    assert said in capsys.readouterr().out
    write_arrays(path, FITS)
    found = read_arrays(path, "drawn characters", module.FORM)
    assert all(np.array_equal(found[name], FITS[name]) for name in FITS)
    assert capsys.readouterr().out == ""


class Harmful:
    """Unpickled, it would write a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (self.path, "w")


def test_a_kept_file_runs_no_code(tmp_path):
    harmful = np.array([Harmful(str(tmp_path / "written"))] * N, object)
    write_whole(tmp_path / "arrays.bin", archived(FITS | {"codes": harmful}), sealed=True)
    assert read_arrays(tmp_path / "arrays.bin", "drawn characters", module.FORM) is None
    assert not (tmp_path / "written").exists()
