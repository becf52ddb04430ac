"""Learners' servers as processes of this machine, each with a limit of memory."""

from __future__ import annotations

import resource
import socket
from collections.abc import Callable
from itertools import cycle

from jupyterhub.spawner import LocalProcessSpawner, SimpleLocalProcessSpawner

# Below those that Linux gives to whoever asks for any port: there a kernel can be given a server's
# port in the seconds until the server listens. Seen once among forty learners.
PORTS = range(20_000, 32_000)
_ports = cycle(PORTS)


def next_port() -> int:
    """A port of PORTS on which nothing listens, each call another one."""
    for _ in PORTS:
        port = next(_ports)
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError(f"no port is free from {PORTS.start} to {PORTS.stop - 1}")


class LimitedSpawner(LocalProcessSpawner):
    """A server that runs as the learner's own system user.

    `mem_limit` holds for each process, so a learner with three kernels may take three times as
    much, and one process cannot take the whole machine. Only Linux keeps to it. There is no limit
    of CPU time: the system shares the cores out fairly.
    """

    async def start(self) -> tuple[str, int]:
        """Start the server; its address and port."""
        if self.port == 0 or self.port in PORTS:
            self.port = next_port()
        return await super().start()

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        """What the new process does before it becomes the server."""
        before, limit = super().make_preexec_fn(name), self.mem_limit

        def preexec() -> None:
            if limit:
                resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
            before()

        return preexec


class TrialSpawner(LimitedSpawner, SimpleLocalProcessSpawner):
    """A server in a folder of its own, run by whoever runs the hub: for a trial, it keeps nobody
    from another's files.
    """
