"""Checkpoints: what is stored is what its provenance says, and what is broken is noticed."""

import dataclasses
import json
import os
from importlib.metadata import version

import pytest
import torch

from course_utils import checkpoints, maml
from course_utils.checkpoints import __main__ as command
from course_utils.checkpoints import cousin_results, pictures, recipes
from course_utils.tasks import Augmented, Characters, Words

NAME = "sinusoids-maml-k5-seed0"


@pytest.fixture
def quick(monkeypatch):
    """Recipes that take a moment."""
    quick = {
        name: dataclasses.replace(recipe, iterations=60, brief=20)
        for name, recipe in recipes.RECIPES.items()
        if name.startswith("sinusoids-maml-k5")
    }
    for module in (recipes, checkpoints, command, cousin_results):
        monkeypatch.setattr(module, "RECIPES", quick)
    return quick


@pytest.fixture
def stored(tmp_path):
    """A copy of a stored checkpoint that a test may break."""
    path = tmp_path / f"{NAME}.safetensors"
    path.write_bytes((checkpoints.FOLDER / path.name).read_bytes())
    return path


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_every_checkpoint_is_there_finite_and_was_made_by_its_recipe(name):
    checkpoint = checkpoints.load(name)
    assert all(torch.isfinite(leaf).all() for leaf in checkpoint.phi.values())
    recipe = recipes.RECIPES[name]
    assert checkpoint.provenance["meta_steps"] == f"{recipe.iterations:,}"
    assert checkpoint.provenance["command"].endswith(name)
    assert "/" not in "".join(checkpoint.provenance.values())  # no machine's paths


def test_nothing_is_stored_that_has_no_recipe():
    stored = {path.stem for path in checkpoints.FOLDER.iterdir()}
    assert stored == set(recipes.RECIPES)


def test_recipes_that_differ_say_so():
    """The text decides which interrupted training is continued."""
    texts = {recipe.settings_of(brief) for recipe in recipes.RECIPES.values() for brief in (0, 1)}
    assert len(texts) == 2 * len(recipes.RECIPES)


def test_a_brief_training_uses_its_own_settings_and_says_them(quick, monkeypatch):
    used = {}
    monkeypatch.setattr(maml, "train", lambda *_, **how: used.update(how) or ({}, torch.zeros(20)))
    quick[NAME].train(brief=True)
    assert (used["iterations"], used["meta_lr"], used["decay"]) == (20, 1e-2, "cosine")
    assert "20 meta-steps" in quick[NAME].settings_of(brief=True)
    assert "meta_lr=0.01, decay=cosine" in quick[NAME].settings_of(brief=True)
    quick[NAME].train()
    assert (used["iterations"], used["meta_lr"]) == (60, 1e-3)


# For two of them only: those with inner steps on pictures take minutes.
@pytest.mark.parametrize("name", [NAME, "augmented-prototypes-1shot-seed0"])
def test_the_stored_error_is_what_its_parameters_have(name):
    checkpoint = checkpoints.load(name)
    said = checkpoint.provenance["error"].split()
    measured = recipes.RECIPES[name].error(checkpoint.phi).split()
    for then, now in zip(said, measured, strict=True):
        try:
            assert float(now.rstrip(";")) == pytest.approx(
                float(then.rstrip(";")), rel=0.003, abs=0.02
            )
        except ValueError:
            assert now == then


def test_the_first_checkpoints_were_trained_on_more_scripts_in_the_same_order():
    """So that they can be made again: a generator draws the classes by their places."""
    first = pictures.FirstCharacters()
    parts = [Characters(split) for split in ("train", "validation")]
    assert torch.equal(first.pictures, torch.cat([part.pictures for part in parts]))
    assert first.sample(2, shots=1, queries=1).query_x.shape == (2, 5, 1, 28, 28)
    assert len(first.pictures) == 1307


def test_augmented_trainings_see_training_scripts_only():
    augmented = {n: r for n, r in recipes.RECIPES.items() if n.startswith("augmented")}
    assert len(augmented) == 15
    for recipe in augmented.values():
        family = recipe.family()
        assert isinstance(family, Augmented)
        assert Characters("train") in (family.family, getattr(family.family, "family", None))


def test_checkpoints_on_words_say_which_words_these_were():
    """Babel's next version may have other words, and idf or length change every x."""
    for name, recipe in recipes.RECIPES.items():
        if name.startswith("words-"):
            assert f"{Words('train')}, from Babel {version('babel')}" in recipe.settings_of()


def test_training_moved_away_from_the_start_of_the_same_seed():
    start, phi = checkpoints.sinusoid_start(0), checkpoints.load(NAME).phi
    assert {k: v.shape for k, v in start.items()} == {k: v.shape for k, v in phi.items()}
    assert not torch.allclose(start["W2"], phi["W2"], atol=0.1)
    assert not torch.equal(start["W2"], checkpoints.sinusoid_start(1)["W2"])


def test_a_missing_checkpoint_is_said(tmp_path):
    with pytest.raises(checkpoints.CheckpointError, match=f"checkpoint {NAME} is missing"):
        checkpoints.load(NAME, tmp_path)


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_a_truncated_checkpoint_is_noticed(stored, share):
    whole = stored.read_bytes()
    stored.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(checkpoints.CheckpointError, match="cannot be read"):
        checkpoints.load(NAME, stored.parent)


@pytest.mark.parametrize("place", [-3, -5000])
def test_an_altered_checkpoint_is_noticed(stored, place):
    content = bytearray(stored.read_bytes())
    content[place] ^= 1
    stored.write_bytes(content)
    with pytest.raises(checkpoints.CheckpointError, match="its check sum does not fit"):
        checkpoints.load(NAME, stored.parent)


def test_altered_provenance_is_noticed(stored):
    stored.write_bytes(stored.read_bytes().replace(b"2.13.0", b"2.12.0"))
    with pytest.raises(checkpoints.CheckpointError, match="its check sum does not fit"):
        checkpoints.load(NAME, stored.parent)


@pytest.mark.parametrize("dtype", ["BF16", "F16", "F8_E5M2", "I32", "U64"])
def test_a_header_that_names_another_type_is_noticed(stored, dtype):
    """Also one that NumPy does not know: a brief training can only follow a CheckpointError."""
    whole = stored.read_bytes()
    length = int.from_bytes(whole[:8], "little")
    header = json.loads(whole[8 : 8 + length])
    size = {"BF16": 2, "F16": 2, "F8_E5M2": 1, "I32": 4, "U64": 8}[dtype]
    header["W2"] |= {"dtype": dtype, "shape": [40 * 40 * 4 // size]}
    altered = json.dumps(header).encode()
    stored.write_bytes(len(altered).to_bytes(8, "little") + altered + whole[8 + length :])
    with pytest.raises(checkpoints.CheckpointError, match="its check sum does not fit"):
        checkpoints.load(NAME, stored.parent)


@pytest.mark.parametrize("other", ["sinusoids-maml-k5-seed1", "sinusoids-transfer-k5-seed0"])
def test_a_checkpoint_under_another_one_s_name_is_refused(tmp_path, other):
    bytes_of_another = (checkpoints.FOLDER / f"{other}.safetensors").read_bytes()
    (tmp_path / f"{NAME}.safetensors").write_bytes(bytes_of_another)
    with pytest.raises(checkpoints.CheckpointError, match=r"made with other settings \(.*seed"):
        checkpoints.load(NAME, tmp_path)


@pytest.mark.parametrize(
    ("leaves", "facts", "words"),
    [
        ({"W2": torch.full((40, 40), torch.nan)}, {}, "values in W2 that are not finite"),
        ({"b3": torch.tensor([torch.inf])}, {}, "values in b3 that are not finite"),
        ({"W2": torch.zeros(40, 40, dtype=torch.bfloat16)}, {}, "belongs to another network"),
        ({"W2": torch.zeros(40, 40, dtype=torch.float64)}, {}, "belongs to another network"),
        ({"W2": torch.zeros(40, 39)}, {}, "belongs to another network"),
        ({"W9": torch.zeros(1)}, {}, "belongs to another network"),
        ({}, {"settings": "others"}, r"made with other settings \(others\)"),
        ({}, {"date": None, "settings": None}, "does not say its date, settings"),
    ],
)
def test_a_well_sealed_file_of_something_else_is_refused(tmp_path, leaves, facts, words):
    ours = checkpoints.load(NAME)
    text = {k: v for k, v in (ours.provenance | facts).items() if v is not None}
    checkpoints.save(checkpoints.Checkpoint(NAME, ours.phi | leaves, text), tmp_path)
    with pytest.raises(checkpoints.CheckpointError, match=f"checkpoint {NAME} .*{words}"):
        checkpoints.load(NAME, tmp_path)


def test_a_name_that_there_is_not_is_refused(tmp_path):
    for use in (checkpoints.load, checkpoints.load_or_train, checkpoints.make):
        with pytest.raises(ValueError, match="name must be one of sinusoids-maml-k5-seed0"):
            use("sinusoids")
    with pytest.raises(ValueError, match=r"got '\.\./escape'"):
        checkpoints.save(checkpoints.Checkpoint("../escape", {}, {}), tmp_path)


def test_what_is_saved_is_what_is_loaded(quick, tmp_path):
    made = checkpoints.make(NAME)
    checkpoints.save(made, tmp_path)
    loaded = checkpoints.load(NAME, tmp_path)
    assert loaded.provenance == made.provenance
    assert list(loaded.phi) == list(made.phi)
    assert all(torch.equal(loaded.phi[leaf], made.phi[leaf]) for leaf in made.phi)
    assert str(loaded).startswith(f"{NAME}: 60 meta-steps, seed 0, made on 20")


@pytest.mark.parametrize("broken", [True, False])
def test_where_one_is_missing_or_broken_a_brief_training_stands_in(quick, tmp_path, capsys, broken):
    if broken:
        (tmp_path / f"{NAME}.safetensors").write_bytes(b"nothing")
    found = checkpoints.load_or_train(NAME, tmp_path)
    assert found.provenance["meta_steps"] == "20"
    assert "20 meta-steps" in found.provenance["settings"]
    said = capsys.readouterr().out
    assert ("cannot be read" if broken else "is missing") in said
    assert "A brief training replaces it, 20 meta-steps instead of 60" in said
    assert "make checkpoints" in said


def test_a_failed_write_leaves_what_was_there(stored, monkeypatch):
    whole = stored.read_bytes()
    made = checkpoints.load(NAME, stored.parent)

    def fails(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(OSError, match="disk full"):
        checkpoints.save(made, stored.parent)
    assert [path.read_bytes() for path in stored.parent.iterdir()] == [whole]


@pytest.fixture
def folders(monkeypatch, tmp_path):
    """The command with folders of its own: for what is finished, and for what is not."""
    monkeypatch.setattr(checkpoints, "FOLDER", tmp_path / "stored")
    monkeypatch.setattr(command, "unfinished", lambda: tmp_path / "unfinished")
    return tmp_path


def test_the_command_makes_what_is_missing_and_only_that(quick, folders, capsys):
    command.main([])
    said = capsys.readouterr().out
    assert "The checkpoint sinusoids-maml-k5-seed2 is missing" in said
    assert "3 to make, about 4 minutes" in said
    assert sorted(path.stem for path in (folders / "stored").iterdir()) == sorted(quick)
    assert not any((folders / "unfinished").glob("*"))
    command.main([])
    assert "All 3 checkpoints are there" in capsys.readouterr().out
    (folders / "stored" / f"{NAME}.safetensors").write_bytes(b"")
    command.main([])
    said = capsys.readouterr().out
    assert f"The checkpoint {NAME} cannot be read" in said
    assert "1 to make" in said


def test_an_interrupted_command_stores_nothing_and_goes_on_where_it_stopped(
    quick, folders, monkeypatch
):
    whole = checkpoints.make(NAME)
    monkeypatch.setattr(command, "EVERY", 10)
    objective, calls = quick[NAME].objective, []

    def counting(phi, batch):
        calls.append(1)
        if len(calls) == 35:
            raise KeyboardInterrupt
        return objective(phi, batch)

    quick[NAME] = dataclasses.replace(quick[NAME], objective=counting)
    with pytest.raises(KeyboardInterrupt):
        command.main([NAME])
    assert not (folders / "stored").exists()
    command.main([NAME])
    assert len(calls) == 35 + 30  # 30 of the 60 meta-steps were kept
    found = checkpoints.load(NAME)
    assert all(torch.equal(found.phi[leaf], whole.phi[leaf]) for leaf in whole.phi)
