"""What a trial's processes have taken, by learner: memory and the processor's time."""

from collections import defaultdict
from contextlib import suppress

import psutil

SHARED = "hub and proxy"  # and the idle culler: what is no learner's


def owner(process: psutil.Process) -> str:
    """The learner whose server or kernel it is, or SHARED."""
    return process.environ().get("JUPYTERHUB_USER") or SHARED


def seconds(processes: list[psutil.Process]) -> dict[str, float]:
    """Seconds of the processor by owner, those of kernels that have ended with their server's."""
    found = defaultdict(float)
    for process in processes:
        with suppress(psutil.Error):
            times = process.cpu_times()
            ended = times.children_user + times.children_system
            found[owner(process)] += times.user + times.system + ended
    return dict(found)


def memory(processes: list[psutil.Process]) -> dict[str, dict[str, float]]:
    """MiB by owner and by kind ("server", "kernel"): PSS, so what n share counts 1/n for each."""
    found = defaultdict(lambda: {"server": 0.0, "kernel": 0.0})
    for process in processes:
        with suppress(psutil.Error):
            kind = "kernel" if "ipykernel_launcher" in process.cmdline() else "server"
            # psutil reads it from /proc/PID/smaps_rollup.
            found[owner(process)][kind] += process.memory_full_info().pss / 2**20
    return dict(found)


def busy() -> float:
    """Seconds that the machine's processors have worked, for anybody."""
    times = psutil.cpu_times()
    return times.user + times.nice + times.system + times.irq + times.softirq


def free() -> float:
    """GiB of the machine's memory that a new process could have."""
    return psutil.virtual_memory().available / 2**30
