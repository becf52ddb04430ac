"""Who is not the learner gets nothing of the learner's."""

import socket
from pathlib import Path

import pytest
import requests

pytestmark = pytest.mark.classroom
ROOT = Path(__file__).resolve().parent.parent.parent
FORGED = [
    {},
    {"headers": {"Authorization": "token " + "0" * 64}},
    {"headers": {"Authorization": "Bearer " + "0" * 64}},
    {"params": {"token": "0" * 64}},
    {"cookies": {"jupyterhub-user-learner-01": "forged", "jupyterhub-session-id": "forged"}},
]


@pytest.mark.parametrize("how", FORGED, ids=["none", "token", "bearer", "address", "cookie"])
@pytest.mark.parametrize("path", ["api/contents", "api/kernels", "api/terminals"])
def test_a_missing_or_forged_token_is_refused(ann, path, how):
    assert requests.get(f"{ann.server}/{path}", **how).status_code == 403
    assert requests.post(f"{ann.server}/{path}", json={}, **how).status_code == 403


def test_a_kernels_socket_needs_its_learner(ann, ben, kernel):
    import websocket
    from learner import Kernel

    mine = kernel(ann)
    for stranger in (requests.Session(), ben.session):
        learner = type("Stranger", (), {"server": ann.server, "url": ann.url, "session": stranger})
        with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
            Kernel(learner, mine.id)


def test_one_learner_is_refused_at_anothers_server(ann, ben):
    for path in ("api/contents", "api/kernels", "files/work.txt"):
        assert ben.session.get(f"{ann.server}/{path}").status_code == 403
    assert "learner-01" not in ben.session.get(f"{ben.url}/hub/api/users").text


@pytest.mark.parametrize(("name", "password"), [("learner-01", "wrong"), ("stranger", None)])
def test_a_wrong_password_and_a_name_that_is_not_listed_do_not_come_in(hub, name, password):
    from learner import Learner

    with pytest.raises(requests.HTTPError, match="403"):
        Learner(hub.url, name, password or hub.password, ready=False)


def test_the_trial_is_heard_on_this_machine_alone(hub):
    outside = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None)}
    for address in outside - {"127.0.0.1", "::1"}:
        with pytest.raises((ConnectionRefusedError, TimeoutError)):
            socket.create_connection((address, hub.ports["public"]), timeout=2)


@pytest.fixture
def settings(hub, monkeypatch):
    """The trial hub's settings."""
    from traitlets.config.loader import PyFileConfigLoader

    monkeypatch.setenv("COURSE_TRIAL", str(hub.facts))
    loader = PyFileConfigLoader(str(ROOT / "deploy" / "jupyterhub" / "trial_config.py"))
    return loader.load_config()


def authenticator(settings):
    from jupyterhub.app import JupyterHub

    return settings.JupyterHub.authenticator_class(parent=JupyterHub(config=settings))


@pytest.mark.parametrize("url", ["http://0.0.0.0:8000", "http://:8000", "http://10.0.0.7:8000"])
def test_the_trials_authenticator_refuses_any_other_address(settings, url):
    authenticator(settings)
    settings.JupyterHub.bind_url = url
    with pytest.raises(ValueError, match=r"a trial hub listens on 127\.0\.0\.1 alone, got"):
        authenticator(settings)


@pytest.mark.parametrize(("name", "fits"), [("Zoë 2", True), ("é" * 40, True), ("a" * 300, False)])
def test_a_name_that_is_too_long_for_a_folder_is_refused_at_once(settings, name, fits):
    assert authenticator(settings).validate_username(name) is fits
