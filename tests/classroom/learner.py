"""A learner at the hub, without a browser: logs in through the proxy, opens kernels, runs code.

A class that is measured has learners of its own (`benchmarks/classroom/browser.py`): forty at once
in one process, and a refusal is an error. Here one thing comes after another, and refusals and lost
kernels are what is asked for.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import requests
import websocket

SECONDS_TO_READY = 90


class Kernel:
    """A kernel of a learner, over its WebSocket."""

    def __init__(self, learner: Learner, kernel_id: str):
        self.id, self.learner = kernel_id, learner
        self.socket = None
        self.connect()

    def connect(self) -> None:
        """Connect, or again after the proxy was away."""
        if self.socket is not None:
            with suppress(OSError, websocket.WebSocketException):
                self.socket.close()
        url = f"{self.learner.server}/api/kernels/{self.id}/channels".replace("http", "ws", 1)
        cookies = "; ".join(f"{c.name}={c.value}" for c in self.learner.session.cookies)
        self.socket = websocket.create_connection(
            url, cookie=cookies, origin=self.learner.url, timeout=60
        )

    def send(self, code: str) -> str:
        """Ask for a run of `code`; the message's name."""
        name = uuid.uuid4().hex
        header = {"msg_id": name, "msg_type": "execute_request", "username": "", "version": "5.3"}
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        message = {"header": header | {"session": self.id}, "parent_header": {}, "metadata": {}}
        message |= {"content": content, "channel": "shell", "buffers": []}
        self.socket.send(json.dumps(message))
        return name

    def said(self, name: str, seconds: float = 60, until: str = "") -> str:
        """What that run printed, or its error, or what became of the kernel meanwhile.

        until: words after which no more is waited for.
        """
        words, end = [], time.monotonic() + seconds
        # The server's pings would start a longer wait anew each time.
        self.socket.settimeout(1)
        while time.monotonic() < end:
            try:
                message = json.loads(self.socket.recv())
            except websocket.WebSocketTimeoutException:
                continue
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "status" and content["execution_state"] in ("restarting", "dead"):
                return content["execution_state"]
            if message["parent_header"].get("msg_id") != name:
                continue
            if kind == "stream":
                words.append(content["text"])
                if until and until in "".join(words):
                    return until
            elif kind == "error":
                words.append(f"{content['ename']}: {content['evalue']}")
            elif kind == "status" and content["execution_state"] == "idle":
                return "".join(words).strip()
        raise TimeoutError(f"no end of a run within {seconds} s; it said {''.join(words)!r}")

    def run(self, code: str, seconds: float = 60) -> str:
        """Run `code`; what it printed, or its error."""
        return self.said(self.send(code), seconds)


class Learner:
    """Logged in, with a server that is ready."""

    def __init__(self, url: str, name: str, password: str, *, ready: bool = True):
        self.url, self.name = url, name
        self.server = f"{url}/user/{name}"
        self.session = requests.Session()
        self.session.get(f"{url}/hub/login")
        form = {"username": name, "password": password, "_xsrf": self._xsrf("/hub/")}
        answer = self.session.post(f"{url}/hub/login?next=/hub/home", data=form)
        answer.raise_for_status()
        if ready:
            self.start()

    def start(self) -> None:
        """Have the server started, and wait until it answers."""
        self.session.get(f"{self.url}/hub/spawn/{self.name}")
        end = time.monotonic() + SECONDS_TO_READY
        while time.monotonic() < end:
            # The page lets the server ask the hub who this is.
            if self.session.get(f"{self.server}/lab").url.startswith(f"{self.server}/lab"):
                return
            time.sleep(0.3)
        raise TimeoutError(f"the server of {self.name} was not ready in {SECONDS_TO_READY} s")

    def _xsrf(self, path: str) -> str:
        found = [c.value for c in self.session.cookies if c.name == "_xsrf" and c.path == path]
        return found[0] if found else ""

    def ask(self, how: str, path: str, **what) -> requests.Response:
        """Call this learner's own server."""
        token = {"X-XSRFToken": self._xsrf(f"/user/{self.name}/")}
        return self.session.request(how, f"{self.server}/{path}", headers=token, **what)

    def kernel(self) -> Kernel:
        """A new kernel."""
        answer = self.ask("POST", "api/kernels", json={"name": "python3"})
        answer.raise_for_status()
        return Kernel(self, answer.json()["id"])


def together(hub, names: Sequence[str]) -> list[Learner]:
    """Learners of a hub who come in at the same time."""
    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(lambda name: Learner(hub.url, name, hub.password), names))
