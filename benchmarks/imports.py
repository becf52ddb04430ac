"""What importing the course costs, each time in a fresh Python."""

import subprocess
import sys
from statistics import median

ROUNDS = 5
STATEMENTS = {
    "import course_utils": "import course_utils",
    "import torch, by itself": "import torch",
    "course_utils.maml (needs torch)": "from course_utils import maml",
    "torch, and a first torch.optim.Adam": (
        "import torch; torch.optim.Adam([torch.zeros(1)], fused=True)"
    ),
    "torch, and a first Adam of the course": (
        "import torch; from course_utils.adam import Adam; Adam([torch.zeros(1)], 1e-3)"
    ),
    "torch, matplotlib, anywidget, by themselves": "import torch, matplotlib.figure, anywidget",
    "an explorer (needs all of them)": "from course_utils.notebook_04 import one_axis",
}
CLOCK = "import time; t = time.perf_counter(); {}; print(time.perf_counter() - t)"


def table() -> str:
    """Seconds that each import takes, without the start of Python itself."""
    took = {name: [] for name in STATEMENTS}
    for _ in range(ROUNDS):
        for name, statement in STATEMENTS.items():
            command = [sys.executable, "-c", CLOCK.format(statement)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            took[name].append(float(done.stdout))
    lines = ["Imports, each in a fresh Python"]
    lines += [f"  {name:45s} {median(seconds):6.3f} s" for name, seconds in took.items()]
    return "\n".join(lines)
