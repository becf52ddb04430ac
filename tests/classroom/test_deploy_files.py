"""The files of deploy/ agree with each other, and what they and the page name is there."""

import re
from pathlib import Path

import yaml

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
    # The measurements come with the page's table.
    assert [n for n in named if not (ROOT / n).exists() and not n.startswith("benchmarks")] == []


def test_ports_of_proxy_and_hub_agree():
    proxy = (DEPLOY / "jupyterhub/systemd/course-proxy.service").read_text(encoding="utf-8")
    port, api = re.search(r"--port (\d+) .*--api-port (\d+)", proxy).groups()
    assert f'bind_url = "http://127.0.0.1:{port}"' in SERVER
    assert f'api_url = "http://127.0.0.1:{api}"' in SERVER
    assert f"reverse_proxy 127.0.0.1:{port}" in PAGE
