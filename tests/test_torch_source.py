"""From where the installer takes torch: asked for, near, or pip's default."""

import base64
import hashlib
import http.server
import os
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / ".ci"))
from torch_source import (  # noqa: E402
    CPU_INDEX,
    answers,
    locked_version,
    torch_arguments,
    torch_source,
)

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("environ", "system", "nvidia", "reachable", "source"),
    [
        ({}, "Linux", False, True, CPU_INDEX),
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
    found = torch_source(environ, system, lambda: nvidia, lambda index: reachable)
    assert found == source


def test_only_a_linux_machine_without_a_card_asks_the_cpu_index():
    asked = []
    torch_source({"TORCH_INDEX": ""}, "Linux", lambda: False, asked.append)
    torch_source({}, "Linux", lambda: True, asked.append)
    torch_source({}, "Darwin", lambda: False, asked.append)
    assert asked == []
    torch_source({}, "Linux", lambda: False, asked.append)
    assert asked == [CPU_INDEX]


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
    assert answers(f"{index}/cpu")
    assert not answers(f"{index}/none")
    assert not answers("http://127.0.0.1:9/refused")
    Index.asked = 0
    start = time.monotonic()
    assert not answers(f"{index}/slow", seconds=0.3)
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
    version = locked_version("torch", LOCK)
    arguments = torch_arguments(str(tmp_path), version)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", tmp_path / "site"]
    # Without the settings of this machine, which may name a real torch's wheel: 200 MB to unpack.
    env = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    subprocess.run([*command, *arguments], check=True, env=env | {"PIP_CONFIG_FILE": os.devnull})
    (info,) = (tmp_path / "site").iterdir()
    assert info.name == "torch-2.13.0+cpu.dist-info"
