"""Settings of each learner's own server. No hub is started here."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_client.manager import KernelManager
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from traitlets.config.loader import PyFileConfigLoader

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def settings():
    folder = ROOT / "deploy" / "jupyterhub" / "single_user"
    return PyFileConfigLoader(str(folder / "jupyter_server_config.py")).load_config()


def test_messages_are_sent_at_once_from_the_first_on(settings, monkeypatch):
    done = []
    monkeypatch.setattr(
        ZMQChannelsWebsocketConnection, "connect", lambda self: done.append("connected")
    )

    class Connection(settings.ServerApp.kernel_websocket_connection_class):
        websocket_handler = SimpleNamespace(set_nodelay=lambda on: done.append(on))

    Connection.__new__(Connection).connect()
    assert done == [True, "connected"]


def test_what_kernels_say_is_encrypted(settings):
    manager = KernelManager(config=settings)
    assert manager.transport_encryption == "auto"
    assert manager._kernel_supports_curve_encryption()
