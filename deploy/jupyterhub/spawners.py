"""Learners' servers as processes of this machine, each with a limit of memory."""

from __future__ import annotations

import resource
from collections.abc import Callable

from jupyterhub.spawner import LocalProcessSpawner, SimpleLocalProcessSpawner


class LimitedSpawner(LocalProcessSpawner):
    """A server that runs as the learner's own system user.

    `mem_limit` holds for each process, so a learner with three kernels may take three times as
    much, and one process cannot take the whole machine. Only Linux keeps to it. There is no limit
    of CPU time: the system shares the cores out fairly.
    """

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
