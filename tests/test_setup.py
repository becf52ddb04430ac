"""The set-up: what is installed, from where, and what a fresh clone holds."""

import base64
import hashlib
import http.server
import json
import re
import subprocess
import sys
import threading
import time
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / ".ci"))
import install  # noqa: E402
import jupyter_settings  # noqa: E402

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DEPENDENCIES = [Requirement(line) for line in PROJECT["dependencies"]]
TEST_TOOLS = [Requirement(line) for line in PROJECT["optional-dependencies"]["test"]]
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
    for requirement in DEPENDENCIES + TEST_TOOLS:
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


# The installer


@pytest.mark.parametrize(
    ("environ", "system", "nvidia", "reachable", "source"),
    [
        ({}, "Linux", False, True, install.CPU_INDEX),
        ({}, "Linux", False, False, None),
        ({}, "Linux", True, True, None),
        ({}, "Darwin", False, True, None),
        ({}, "Windows", False, True, None),
        (
            {"TORCH_INDEX": "https://mirror.example/cpu"},
            "Linux",
            True,
            False,
            "https://mirror.example/cpu",
        ),
        ({"TORCH_INDEX": "wheels"}, "Darwin", False, False, "wheels"),
        ({"TORCH_INDEX": ""}, "Linux", False, True, None),
    ],
)
def test_torch_comes_from_the_small_build_where_it_can_be_had(
    environ, system, nvidia, reachable, source
):
    found = install.torch_source(environ, system, lambda: nvidia, lambda index: reachable)
    assert found == source


def test_only_a_linux_machine_without_a_card_asks_the_cpu_index():
    asked = []
    install.torch_source({"TORCH_INDEX": ""}, "Linux", lambda: False, asked.append)
    install.torch_source({}, "Linux", lambda: True, asked.append)
    install.torch_source({}, "Darwin", lambda: False, asked.append)
    assert asked == []
    install.torch_source({}, "Linux", lambda: False, asked.append)
    assert asked == [install.CPU_INDEX]


class Index(http.server.BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self):
        type(self).asked += 1
        if self.path.startswith("/slow"):
            time.sleep(1.5)
        self.send_response(
            200 if self.path.endswith("/torch/") and "none" not in self.path else 404
        )
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def index():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_an_index_is_asked_once_and_not_waited_for(index):
    assert install.answers(f"{index}/cpu")
    assert not install.answers(f"{index}/none")
    assert not install.answers("http://127.0.0.1:9/refused")
    Index.asked = 0
    start = time.monotonic()
    assert not install.answers(f"{index}/slow", seconds=0.3)
    assert time.monotonic() - start < 1
    assert Index.asked == 1


def fake_wheel(folder, version):
    """A wheel named torch with nothing in it, as pip wants it."""
    info = f"torch-{version}.dist-info"
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: torch\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=")
        record += f"{name},sha256={digest.decode()},{len(text)}\n"
    with zipfile.ZipFile(folder / f"torch-{version}-py3-none-any.whl", "w") as wheel:
        for name, text in (files | {f"{info}/RECORD": record}).items():
            wheel.writestr(name, text)


def test_torch_is_taken_from_a_folder_of_wheels_with_its_local_label(tmp_path):
    fake_wheel(tmp_path, "2.13.0+cpu")
    version = install.locked_version("torch", LOCK)
    arguments = install.torch_arguments(str(tmp_path), version)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", tmp_path / "site"]
    subprocess.run([*command, *arguments], check=True)
    assert (tmp_path / "site" / "torch-2.13.0+cpu.dist-info").is_dir()


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


def test_an_install_is_not_ready_before_its_end(environment, monkeypatch):
    monkeypatch.setattr(install.Environment, "install_torch", lambda self, source: True)
    monkeypatch.setattr(install.Environment, "pip", lambda self, *arguments: False)
    monkeypatch.setattr(install, "torch_source", lambda: None)
    with pytest.raises(SystemExit, match="starts it anew"):
        environment.install(test=False)
    assert not environment.ready(test=False)


@pytest.mark.parametrize("note", ['{"digest": null, "test": false}', '{"dig'])
def test_an_interrupted_install_is_made_anew(environment, note, monkeypatch, capsys):
    half = environment.folder / "half-installed"
    half.touch()
    environment.note.write_text(note)
    made = subprocess.CompletedProcess([], 0)
    monkeypatch.setattr(install.subprocess, "run", lambda *args, **kwargs: made)
    environment.prepare()
    assert not half.exists()
    assert "was not finished" in capsys.readouterr().out


def test_an_environment_made_by_hand_is_kept(environment):
    environment.note.unlink()
    environment.prepare()
    assert environment.python.exists()


def test_a_python_that_cannot_run_the_course_is_named_with_what_would_be_right():
    assert install.python_problem((3, 12)) is None
    assert "Python 3.10" in install.python_problem((3, 10), which=lambda name: None)
    only_312 = {"python3.12": "there"}.get
    assert "make lab PYTHON=python3.12" in install.python_problem((3, 14), which=only_312)


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


# What a wheel and a clone hold


def test_every_file_of_the_package_is_installed_with_it():
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    package, patterns = ROOT / "course_utils", tool["setuptools"]["package-data"]["course_utils"]
    installed = {path for pattern in patterns for path in package.glob(pattern)}
    other = {path for path in package.rglob("*.*") if path.suffix not in (".py", ".pyc")}
    assert other - installed == set()


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
