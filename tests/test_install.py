"""The installer: which environments it uses, mends or waits for."""

import json
import os
import shutil
import subprocess
import sys
import threading
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / ".ci"))
import install  # noqa: E402
import one_at_a_time  # noqa: E402
import whole  # noqa: E402

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def test_a_torch_source_that_fails_falls_back_to_the_default_and_says_so(monkeypatch, capsys):
    tried = []

    def pip(self, *arguments):
        tried.append(arguments)
        return "--index-url" not in arguments

    monkeypatch.setattr(install.Environment, "pip", pip)
    assert install.Environment(ROOT).install_torch("https://broken.example")
    version = install.locked_version("torch", LOCK)
    assert tried == [
        ("--no-deps", "--index-url", "https://broken.example", f"torch=={version}"),
        ("--no-deps", f"torch=={version}"),
    ]
    assert "pip's default index" in capsys.readouterr().out


@pytest.fixture
def environment(tmp_path):
    """An `Environment` that looks installed, in a project of its own."""
    for name in ("pyproject.toml", "requirements.lock"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    environment = install.Environment(tmp_path)
    environment.python.parent.mkdir(parents=True)
    environment.python.symlink_to(sys.executable)
    environment.write_note(environment.digest(), test=False)
    return environment


def test_a_finished_install_is_used_until_what_it_depends_on_changes(environment):
    assert environment.ready(test=False)
    assert not environment.ready(test=True)
    with (environment.root / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    assert not environment.ready(test=False)


@pytest.mark.parametrize(
    ("before", "asked", "extras", "noted"),
    [
        ((False, False), (False, True), ".[site]", (False, True)),
        ((False, True), (True, False), ".[test,site]", (True, True)),
        ((True, False), (False, True), ".[test,site]", (True, True)),
        ((False, False), (True, False), ".[test,site]", (True, True)),
    ],
)
def test_what_makes_the_site_is_added_and_comes_with_the_test_tools(
    environment, monkeypatch, before, asked, extras, noted
):
    test, site = before
    environment.write_note(environment.digest(), test=test, site=site)
    assert not environment.ready(*asked)
    wanted = []
    monkeypatch.setattr(install.Environment, "install_torch", lambda self, source: True)
    monkeypatch.setattr(install.Environment, "pip", lambda self, *a: wanted.append(a) or True)
    monkeypatch.setattr(install, "torch_source", lambda: None)
    environment.install(*asked)
    assert wanted[0][-1] == extras
    note = environment.noted()
    assert (note["test"], note["site"]) == noted
    assert environment.ready(*asked)
    assert environment.ready(test=False)


@pytest.mark.parametrize(
    ("before", "asked", "extras"),
    [
        ({}, {"test": False, "classroom": True}, ".[classroom]"),
        ({"classroom": True}, {"test": False, "site": True}, ".[site,classroom]"),
        ({"classroom": True}, {"test": True}, ".[test,site,classroom]"),
        ({}, {"test": True, "classroom": True}, ".[test,site,classroom]"),
    ],
)
def test_the_hub_is_added_and_stays_and_comes_with_nothing_else(
    environment, monkeypatch, before, asked, extras
):
    environment.write_note(environment.digest(), test=False, **before)
    assert not environment.ready(**asked)
    wanted = []
    monkeypatch.setattr(install.Environment, "install_torch", lambda self, source: True)
    monkeypatch.setattr(install.Environment, "pip", lambda self, *a: wanted.append(a) or True)
    monkeypatch.setattr(install, "torch_source", lambda: None)
    environment.install(**asked)
    assert wanted[0][-1] == extras
    assert environment.ready(**asked)
    assert environment.ready(test=False, classroom=True)


def test_the_peers_go_into_an_environment_of_their_own(monkeypatch, tmp_path):
    for name in install.PeersEnvironment.files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    peers, wanted = install.PeersEnvironment(tmp_path), []
    monkeypatch.setattr(install.Environment, "prepare", lambda self: self.folder.mkdir())
    monkeypatch.setattr(install.Environment, "install_torch", lambda self, source: True)
    monkeypatch.setattr(install.Environment, "pip", lambda self, *a: wanted.append(a) or True)
    monkeypatch.setattr(install, "torch_source", lambda: None)
    peers.install(test=False)
    assert wanted == [("-c", "requirements.lock", "-e", ".", "-r", install.PEERS)]
    assert peers.folder.name == ".venv-peers"
    assert not (tmp_path / ".venv").exists()


def test_the_peers_pins_are_those_that_are_asked_for_and_change_none_of_the_course():
    pins = dict(
        line.split("==")
        for line in (ROOT / install.PEERS).read_text(encoding="utf-8").splitlines()
        if "==" in line
    )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for wanted in map(Requirement, project["dependency-groups"]["peers"]):
        assert wanted.specifier.contains(pins[wanted.name]), wanted
    assert not {name for name in pins if f"\n{name}==" in LOCK}


def test_an_install_is_not_ready_before_its_end(environment, monkeypatch):
    monkeypatch.setattr(install.Environment, "install_torch", lambda self, source: True)
    monkeypatch.setattr(install.Environment, "pip", lambda self, *arguments: False)
    monkeypatch.setattr(install, "torch_source", lambda: None)
    with pytest.raises(SystemExit, match="starts it anew"):
        environment.install(test=False)
    assert not environment.ready(test=False)


def test_a_finished_install_notes_what_it_holds(filled, monkeypatch):
    environment, site = filled
    environment.note.unlink()
    monkeypatch.setattr(install.Environment, "install_torch", lambda self, source: True)
    monkeypatch.setattr(install.Environment, "pip", lambda self, *arguments: True)
    monkeypatch.setattr(install, "torch_source", lambda: None)
    environment.install(test=True)
    assert environment.ready(test=True)
    (site / "b.py").unlink()
    assert not environment.ready(test=True)


NOTES = [
    *('{"digest": null, "test": false}', '{"dig', "null", "[]", "[1]", '"a"', "7", "NaN", "{}"),
    *('{"digest": 5}', '{"digest": [], "test": true}', "[" * 100_000, ""),
]


@pytest.mark.parametrize("note", NOTES, ids=range(len(NOTES)))
def test_an_interrupted_install_is_made_anew(environment, note, monkeypatch, capsys):
    half = environment.folder / "half-installed"
    half.touch()
    environment.note.write_text(note)
    assert not environment.ready(test=False)
    made = subprocess.CompletedProcess([], 0)
    monkeypatch.setattr(install.subprocess, "run", lambda *args, **kwargs: made)
    environment.prepare()
    assert not half.exists()
    assert "was not finished" in capsys.readouterr().out


@pytest.mark.parametrize("digest", ["", "of another version"])
def test_what_was_installed_by_another_version_is_added_to(environment, digest, capsys):
    environment.write_note(digest, test=True)
    assert not environment.ready(test=False)
    environment.prepare()
    assert environment.python.exists()
    assert capsys.readouterr().out == ""


def test_a_file_in_the_way_of_the_folder_is_replaced(tmp_path, monkeypatch, capsys):
    environment = install.Environment(tmp_path)
    environment.folder.write_text("")
    made = subprocess.CompletedProcess([], 0)
    monkeypatch.setattr(install.Environment, "starts", lambda self: False)
    monkeypatch.setattr(install.subprocess, "run", lambda *args, **kwargs: made)
    environment.prepare()
    assert environment.folder.is_dir()
    assert "making .venv anew" in capsys.readouterr().out


def test_an_environment_made_by_hand_is_kept(environment):
    environment.note.unlink()
    environment.prepare()
    assert environment.python.exists()


# Environments that have lost something


def add_package(environment, name, files):
    """Put a package into the environment as pip does: its files, and a note of them."""
    lib = "Lib" if os.name == "nt" else "lib/python3.12"
    site = environment.folder / lib / "site-packages"
    info = site / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    for file, content in files.items():
        (site / file).parent.mkdir(parents=True, exist_ok=True)
        (site / file).write_text(content)
    noted = [f'"{file}",sha256=x,{len(content)}' for file, content in files.items()]
    (info / "RECORD").write_text("\n".join([*noted, f"{info.name}/RECORD,,", ""]))
    return site


@pytest.fixture
def pip_makes_it(monkeypatch):
    """No program but the environment's Python is started: what makes it anew says that it did."""
    run, done = subprocess.run, subprocess.CompletedProcess([], 0)
    monkeypatch.setattr(
        install.subprocess, "run", lambda a, **how: done if "venv" in a else run(a, **how)
    )


@pytest.fixture
def filled(environment):
    """An `Environment` with three packages."""
    programs = {"../../../bin/a": "#!", "a/__init__.py": "", "a/__pycache__/a.pyc": "x"}
    add_package(environment, "a", programs | {"a/core.py": "1"})
    add_package(environment, "b_c", {"b.py": "1"})
    site = add_package(environment, "d", {"d/data, 2.txt": "1"})
    packages = whole.whole_packages(environment.folder)
    assert packages == ["a", "b_c", "d"]
    environment.write_note(environment.digest(), test=False, packages=packages)
    assert environment.ready(test=False)
    return environment, site


@pytest.mark.parametrize(
    ("lost", "packages"),
    [
        (["a/core.py"], "a"),
        (["../../../bin/a"], "a"),
        (["d/data, 2.txt", "a/__init__.py"], "a, d"),
        (["b_c-1.0.dist-info/RECORD"], "b_c"),
        (["a-1.0.dist-info", "a"], "a"),
        (
            ["a", "b.py", "d", "a-1.0.dist-info", "b_c-1.0.dist-info", "d-1.0.dist-info"],
            "a, b_c, d",
        ),
    ],
)
def test_a_half_deleted_environment_is_noticed_and_made_anew(
    filled, lost, packages, pip_makes_it, capsys
):
    environment, site = filled
    for name in lost:
        path = site / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert not environment.ready(test=False)
    environment.prepare()
    assert not site.exists()
    assert f".venv has lost files of {packages}: making .venv anew" in capsys.readouterr().out


def test_a_file_that_has_lost_its_content_is_lost(filled):
    environment, site = filled
    (site / "a" / "core.py").write_text("")
    assert environment.lacking() == ["a"]


def test_a_note_on_a_package_that_has_lost_its_content_is_a_loss(filled):
    environment, site = filled
    (site / "a-1.0.dist-info" / "RECORD").write_text("")
    assert environment.lacking() == ["a"]


def test_a_link_to_nothing_is_replaced(tmp_path, monkeypatch):
    environment = install.Environment(tmp_path)
    environment.folder.symlink_to(tmp_path / "gone")
    assert "a link to what is not there" in environment.broken()


def test_what_python_makes_again_or_the_user_adds_is_no_loss(filled):
    environment, site = filled
    (site / "a" / "__pycache__" / "a.pyc").unlink()
    add_package(environment, "e", {"e.py": "1"})
    (site / "e.py").unlink()
    assert environment.ready(test=False)


@pytest.mark.parametrize("packages", [None, "a", {"a": 1}, [1, None, [2], {}], 5])
def test_a_note_that_lists_no_names_lists_nothing(filled, packages):
    environment, _ = filled
    note = {"digest": environment.digest(), "test": False, "packages": packages}
    environment.note.write_text(json.dumps(note))
    assert environment.ready(test=False)


def test_what_was_not_whole_after_the_install_is_not_looked_at(filled):
    """Else it would be installed anew for ever."""
    environment, site = filled
    (site / "b.py").unlink()
    environment.write_note(environment.digest(), False, whole.whole_packages(environment.folder))
    assert environment.ready(test=False)


@pytest.mark.parametrize("copied", [True, False])
def test_an_environment_of_another_folder_is_made_anew(
    environment, tmp_path_factory, pip_makes_it, capsys, copied
):
    pip = environment.python.with_name("pip.exe" if os.name == "nt" else "pip")
    pip.write_text(f"#!{environment.python}\n")
    assert environment.ready(test=False)
    there = tmp_path_factory.mktemp("elsewhere") / "course"
    if copied:
        shutil.copytree(environment.root, there, symlinks=True)
    else:
        environment.root.rename(there)
    moved = install.Environment(there)
    assert not moved.ready(test=False)
    moved.prepare()
    assert not moved.python.with_name(pip.name).exists()
    assert "was moved or copied" in capsys.readouterr().out
    assert environment.python.exists() == copied


# Two installs at once


def test_one_program_waits_for_the_other(tmp_path):
    done, waited = [], []
    inside, go = threading.Event(), threading.Event()

    def first():
        with one_at_a_time.one_at_a_time(tmp_path / "lock", waited.append):
            inside.set()
            go.wait(10)
            done.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    inside.wait(10)

    def waits():
        waited.append("second")
        go.set()

    with one_at_a_time.one_at_a_time(tmp_path / "lock", waits, seconds=0.01):
        done.append("second")
    thread.join()
    assert (done, waited) == (["first", "second"], ["second"])


def test_a_program_that_was_killed_holds_nothing(tmp_path):
    code = (
        f"import sys, time; sys.path.insert(0, {str(ROOT / '.ci')!r}); import one_at_a_time as o\n"
        f"with o.one_at_a_time({str(tmp_path / 'lock')!r}, None): print(flush=True); time.sleep(60)"
    )
    holding = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    holding.stdout.readline()
    with open(tmp_path / "lock", "a+b") as file:
        assert not one_at_a_time.held_now(file)
        holding.kill()
        holding.communicate()
        assert one_at_a_time.held_now(file)


def test_a_disk_that_holds_nothing_keeps_nobody_from_installing(tmp_path, monkeypatch):
    def unknown(_):
        raise OSError(one_at_a_time.errno.ENOLCK, "no locks here")

    monkeypatch.setattr(one_at_a_time, "_hold", unknown)
    with one_at_a_time.one_at_a_time(tmp_path / "lock", None):
        pass


@pytest.mark.parametrize("ends", ["whole", "killed"])
def test_an_install_that_runs_is_waited_for_and_one_that_was_killed_is_made_anew(
    environment, monkeypatch, capsys, ends
):
    """Both look the same in the folder: nothing of a running one may be removed."""
    (environment.folder / "half-installed").touch()
    environment.write_note(None, False)
    monkeypatch.setattr(install, "Environment", lambda: environment)
    monkeypatch.setattr(install, "python_problem", lambda: None)
    installed = []
    monkeypatch.setattr(environment, "install", lambda *what: installed.append(what))
    with open(environment.lock, "a+b") as file:
        assert one_at_a_time.held_now(file)

        def sleep(_):
            assert (environment.folder / "half-installed").exists()
            if ends == "whole":
                environment.write_note(environment.digest(), False)
            file.close()

        monkeypatch.setattr(one_at_a_time.time, "sleep", sleep)
        install.main([])
    said = capsys.readouterr().out
    assert "another terminal installs into .venv just now: waiting" in said
    assert installed == ([] if ends == "whole" else [(False, False, False)])


# The Python that runs it


@pytest.mark.skipif(os.name == "nt", reason="a shim is a shell script")
def test_a_shim_that_runs_no_python_is_not_advised(tmp_path, monkeypatch):
    def shim(name, line):
        (tmp_path / name).write_text(f"#!/bin/sh\n{line}\n")
        (tmp_path / name).chmod(0o755)

    shim("python3.13", "echo 'python3.13: command not found' >&2; exit 127")
    shim("python3.12", f'exec "{sys.executable}" "$@"')
    monkeypatch.setenv("PATH", str(tmp_path))
    here = sys.version_info[:2]
    assert install.runs("python3.12", here)
    assert not install.runs("python3.12", (3, 10))
    assert not install.runs("python3.13", here)
    assert not install.runs("python3.11", here)  # is not there at all
    if here != (3, 12):
        assert "Install one of them" in install.python_problem((3, 14))


def test_a_python_that_cannot_run_the_course_is_named_with_what_would_be_right():
    assert install.python_problem((3, 12)) is None
    assert "Python 3.10" in install.python_problem((3, 10), runs=lambda name, version: False)
    only_312 = [("python3.12", (3, 12))]
    said = install.python_problem((3, 14), runs=lambda *asked: asked in only_312)
    assert "make lab PYTHON=python3.12" in said
