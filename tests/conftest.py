"""Defaults for every test, set before torch and matplotlib are imported."""

import os

# One thread: the course's tensors are small, and results don't depend on the machine's cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")
