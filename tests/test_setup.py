"""The set-up: what is asked for, JupyterLab's settings, and what a fresh clone holds."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / ".ci"))
import install  # noqa: E402
import jupyter_settings  # noqa: E402
import lab  # noqa: E402

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DEPENDENCIES = [Requirement(line) for line in PROJECT["dependencies"]]
EXTRAS = [
    Requirement(line) for lines in PROJECT["optional-dependencies"].values() for line in lines
]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS = [line for line in LOCK.splitlines() if line and not line.startswith("#")]
CONDA_NAMES = {"torch": "pytorch-cpu", "matplotlib": "matplotlib-base"}
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(work|home|tmp|root|Users)/")


# The lock file


def test_lock_file_holds_names_versions_and_markers_only():
    form = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*==\d+(\.\d+)*(\.?(post|rc|a|b)\d+)?( ; \S.*)?")
    assert [pin for pin in PINS if not form.fullmatch(pin)] == []


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_lock_file_pins_every_requirement_once_on_every_machine(python, system):
    machine = {"python_version": python, "python_full_version": python + ".5"}
    machine |= {"sys_platform": system, "os_name": "nt" if system == "win32" else "posix"}
    pinned = {}
    for pin in PINS:
        name_version, _, marker = pin.partition(" ; ")
        if not marker or Marker(marker).evaluate(machine):
            name, version = name_version.split("==")
            assert name not in pinned, f"{name} is pinned twice"
            pinned[name] = version
    for requirement in DEPENDENCIES + EXTRAS:
        assert pinned[canonicalize_name(requirement.name)] in requirement.specifier


# conda and Binder


def conda_requirements():
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    items = [line.removeprefix("  - ") for line in lines if line.startswith("  - ")]
    return {r.name: r.specifier for r in map(Requirement, items[2:-1])}, items


def test_environment_yml_asks_for_what_pyproject_asks_for():
    found, items = conda_requirements()
    assert items[:2] == ["conda-forge", "nodefaults"]
    assert items[-1] == "pip:"
    wanted = {CONDA_NAMES.get(r.name, r.name): r.specifier for r in DEPENDENCIES}
    wanted["python"] = Requirement("python" + PROJECT["requires-python"]).specifier
    wanted["pip"] = Requirement("pip").specifier
    assert found == wanted


def test_installer_takes_the_pythons_that_pyproject_admits():
    specifier = Requirement("python" + PROJECT["requires-python"]).specifier
    minors = [minor for minor in range(8, 20) if f"3.{minor}.0" in specifier]
    assert [(3, minor) for minor in minors] == list(install.PYTHONS)


# JupyterLab's settings


def test_settings_are_ones_that_the_installed_jupyterlab_knows():
    share = Path(sys.prefix, "share", "jupyter")
    for plugin, values in jupyter_settings.SETTINGS.items():
        package, name = plugin.split(":")
        places = [
            share / "labextensions" / package / "schemas" / package / f"{name}.json",
            share / "lab" / "schemas" / package / f"{name}.json",
        ]
        schema = json.loads(next(p for p in places if p.exists()).read_text(encoding="utf-8"))
        assert set(values) <= set(schema["properties"])


def test_settings_are_added_to_those_that_are_there(tmp_path):
    path = jupyter_settings.write(tmp_path)
    path.write_text('{"other:plugin": {"kept": 1}}')
    settings = json.loads(jupyter_settings.write(tmp_path).read_text())
    assert settings["other:plugin"] == {"kept": 1}
    assert settings["@jupyter-widgets/jupyterlab-manager:plugin"] == {"saveState": True}


@pytest.mark.parametrize(
    "content", ["", '{"@jupyter-widgets/jup', "[]", "null", '{"a:b": 3}', "[" * 100_000, "\udcff"]
)
def test_broken_settings_are_said_kept_and_made_anew(tmp_path, content, capsys):
    path = jupyter_settings.write(tmp_path)
    good = path.read_text()
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    assert jupyter_settings.write(tmp_path) == path
    assert path.read_text() == good
    assert "was broken. It is now called overrides-broken.json" in capsys.readouterr().out
    assert {p.name for p in path.parent.iterdir()} == {path.name, "overrides-broken.json"}


def test_settings_whose_writing_is_killed_are_the_old_ones(tmp_path, monkeypatch):
    path = jupyter_settings.write(tmp_path)
    path.write_text('{"other:plugin": {"kept": 1}}')

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(jupyter_settings.os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        jupyter_settings.write(tmp_path)
    assert path.read_text() == '{"other:plugin": {"kept": 1}}'


# The commands


@pytest.mark.parametrize("root", [True, False])
def test_root_is_told_what_was_added_for_it(monkeypatch, capsys, root):
    started = []
    monkeypatch.setattr(lab.os, "geteuid", lambda: 0 if root else 1000, raising=False)
    monkeypatch.setattr(lab.os, "execv", lambda program, command: started.extend(command))
    monkeypatch.setattr(lab.os, "name", "posix")
    monkeypatch.setattr(lab, "has_browser", lambda: False)
    lab.main()
    assert started[:3] == [sys.executable, "-m", "jupyterlab"]
    assert ("--allow-root" in started) == root
    assert ("you are root, so --allow-root was added" in capsys.readouterr().out) == root


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C in another way")
def test_ctrl_c_stops_the_tests_with_a_sentence_and_no_traceback(tmp_path):
    (tmp_path / "brief.py").write_text("")
    (tmp_path / "slow.py").write_text(
        "import time\ntry:\n    print('begun', flush=True)\n    time.sleep(60)\n"
        "except KeyboardInterrupt:\n    time.sleep(0.5)\n    print('tidied up', flush=True)\n"
    )
    code = "import run_tests; run_tests.STAGES.clear(); "
    code += "run_tests.STAGES.update(first=['brief'], second=['slow']); run_tests.main()"
    running = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": f"{ROOT / '.ci'}{os.pathsep}{tmp_path}"},
        start_new_session=True,  # a terminal sends Ctrl-C to all that it has started
    )
    for line in running.stdout:  # ends, if the stages never begin
        if line == "begun\n":
            break
    os.killpg(running.pid, signal.SIGINT)
    out, errors = running.communicate(timeout=30)
    assert "tidied up" in out
    assert re.fullmatch(r"\ncourse: stopped in the stage second\. After first \d+ s ok\.\n", errors)
    assert running.returncode == 1


def test_what_runs_in_the_environment_is_run_by_its_python():
    """A program in .venv/bin names the folder that it was made for: where that was moved, none."""
    for name in ("README.md", "CONTRIBUTING.md", "Makefile"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert set(re.findall(r"\.venv/bin/([\w-]+)", text)) == {"python"}, name


def test_the_version_stands_in_one_form_everywhere():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    package = (ROOT / "course_utils/__init__.py").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    version = PROJECT["version"]
    assert f"\nversion: {version}\n" in citation
    assert f'__version__ = "{version}"' in package
    assert f"\n## {version}" in changes


# What a wheel and a clone hold


def test_every_file_of_the_package_is_installed_with_it():
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    package, patterns = ROOT / "course_utils", tool["setuptools"]["package-data"]["course_utils"]
    installed = {path for pattern in patterns for path in package.glob(pattern)}
    other = {path for path in package.rglob("*.*") if path.suffix not in (".py", ".pyc")}
    assert other - installed == set()


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_a_clone_made_on_windows_has_the_same_bytes(tmp_path):
    files = {"postBuild": b"#!/bin/sh\ntrue\n", "Makefile": b"all:\n", "a.png": b"\x89PNG\n\n"}
    files |= {"a.safetensors": b"{}\n\n", ".gitattributes": (ROOT / ".gitattributes").read_bytes()}
    here, clone = tmp_path / "here", tmp_path / "clone"
    here.mkdir()
    for name, content in files.items():
        (here / name).write_bytes(content)

    def git(*arguments):
        who = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
        windows = ("-c", "core.autocrlf=true", "-c", "core.eol=crlf", "-c", "core.safecrlf=false")
        subprocess.run(["git", *who, *windows, *arguments], check=True, cwd=tmp_path)

    git("init", "-q", "here")
    git("-C", "here", "add", "-A")
    git("-C", "here", "commit", "-q", "-m", "a")
    git("clone", "-q", "here", "clone")
    assert {name: (clone / name).read_bytes() for name in files} == files


def test_every_make_command_of_the_readme_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\s*make ([a-z]+)|`make ([a-z]+)", readme, re.MULTILINE))
    named = {first or second for first, second in named}
    assert {"lab", "test"} <= named <= targets


def test_only_the_three_forms_are_hidden_from_the_comparison_of_outputs():
    plugin = pytest.importorskip("nbval.plugin")
    config = (ROOT / ".ci" / "sanitize.cfg").read_text(encoding="utf-8")
    patterns = plugin.get_sanitize_patterns(config)
    assert len(patterns) == 3

    def sanitised(text):
        for pattern, replacement in patterns:
            text = re.sub(pattern, replacement, text)
        return text

    assert sanitised("0.62 ± 0.04, then -1.50 ± 0.31") == sanitised("0.43 ± 0.11, then 2.25 ± 0.10")
    assert sanitised("trained in 14 s, 9 ms a step") == sanitised("trained in 8 s, 12 ms a step")
    assert sanitised("12 x faster") == sanitised("9 x faster")
    for text in (
        "0.62",
        "2.83 and 3.48",
        "5 steps",
        "10 shots",
        "1.4 s",
        "61 x 61",
        "3.0 x",
        "(25, 10, 1)",
    ):
        assert sanitised(text) == text


def strings(value):
    """Every text in a notebook but the pictures, whose base64 may hold any letters."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if not key.startswith("image/"):
                yield from strings(item)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return request.param


def test_stored_notebook_carries_nothing_of_the_machine_that_ran_it(notebook):
    content = json.loads(notebook.read_text(encoding="utf-8"))
    assert "widgets" not in content["metadata"]
    assert content["metadata"]["kernelspec"]["name"] == "python3"
    assert [text for text in strings(content) if MACHINE_PATH.search(text)] == []
    assert notebook.stat().st_size < 1_500_000


def test_stored_notebook_was_run_top_to_bottom_without_errors(notebook):
    content = json.loads(notebook.read_text(encoding="utf-8"))
    code = [
        c for c in content["cells"] if c["cell_type"] == "code" and "".join(c["source"]).strip()
    ]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell["outputs"]]
    assert [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"] == []
