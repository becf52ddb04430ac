"""The files of deploy/ agree with each other, and what they and the page name is there."""

import importlib.util
import re
import sys
from pathlib import Path

import pytest
import yaml
from traitlets.config import Config

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
SERVER = (DEPLOY / "jupyterhub" / "jupyterhub_config.py").read_text(encoding="utf-8")
PAGE = (ROOT / "docs" / "classroom.md").read_text(encoding="utf-8")
VALUES = yaml.safe_load((DEPLOY / "kubernetes" / "values.yaml").read_text(encoding="utf-8"))


def test_one_server_and_kubernetes_give_a_learner_the_same():
    learner = VALUES["singleuser"]
    assert f'MEMORY = "{learner["memory"]["limit"]}"' in SERVER
    assert f"CORES = {float(learner['cpu']['limit'])}" in SERVER
    assert f"--timeout={VALUES['cull']['timeout']}" in SERVER
    assert '"OMP_NUM_THREADS": "1"' in SERVER
    assert learner["extraEnv"]["OMP_NUM_THREADS"] == "1"


def test_what_is_named_in_the_installed_course_is_there():
    named = set()
    for path in [*DEPLOY.rglob("*.service"), DEPLOY / "kubernetes" / "values.yaml"]:
        named.update(re.findall(r"/srv/course/([\w./-]+)", path.read_text(encoding="utf-8")))
    assert len(named) >= 4
    missing = [name for name in named if not (ROOT / name).exists()]
    assert [name for name in missing if not name.startswith(".venv/")] == []


def test_the_page_names_files_that_are_there():
    named = re.findall(r"`((?:deploy|benchmarks|docs)/[\w./-]+)`", PAGE)
    assert len(named) >= 4
    assert [n for n in named if not (ROOT / n).exists()] == []


def test_ports_of_proxy_and_hub_agree():
    proxy = (DEPLOY / "jupyterhub/systemd/course-proxy.service").read_text(encoding="utf-8")
    port, api = re.search(r"--port (\d+) .*--api-port (\d+)", proxy).groups()
    assert f'bind_url = "http://127.0.0.1:{port}"' in SERVER
    assert f'api_url = "http://127.0.0.1:{api}"' in SERVER
    assert f"reverse_proxy 127.0.0.1:{port}" in PAGE


@pytest.fixture
def settings(monkeypatch):
    """The real hub's settings where there is systemd; with its lines for OAuth taken in, or not."""
    monkeypatch.setattr(sys, "path", [str(ROOT / ".ci"), *sys.path])
    monkeypatch.setattr("jupyter_settings.write", lambda prefix: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr(Path, "is_dir", lambda path: True)
    grp = pytest.importorskip("grp", reason="no system of this kind has a hub")
    sudo = grp.struct_group(("sudo", "x", 27, ["ubuntu"]))
    monkeypatch.setattr(grp, "getgrall", lambda: [sudo])

    def load(oauth=False):
        text, lines = SERVER.split("# With the university's accounts instead")
        text += "#" + (lines.replace("\n# c.", "\nc.") if oauth else lines)
        config = Config()
        path = str(DEPLOY / "jupyterhub" / "jupyterhub_config.py")
        exec(compile(text, path, "exec"), {"get_config": lambda: config, "__file__": path})
        return config

    return load


def test_neither_root_nor_accounts_of_the_system_come_in(settings):
    assert {"root", "daemon"} <= settings().Authenticator.blocked_users


def test_a_providers_name_gives_an_account_to_none_but_learners_that_are_named(settings):
    config = settings(oauth=True)
    # Only the local ones make accounts.
    assert config.JupyterHub.authenticator_class.startswith("local-")
    assert config.LocalAuthenticator.create_system_users
    assert not config.Authenticator.allow_all
    assert config.Authenticator.allowed_users
    assert {"root", "ubuntu"} <= config.Authenticator.blocked_users
    assert config.GenericOAuthenticator.username_claim not in ("preferred_username", "email")


def test_systemd_limits_how_many_processes_a_learner_starts(settings):
    assert int(settings().SystemdSpawner.unit_extra_properties["TasksMax"]) < 1000
