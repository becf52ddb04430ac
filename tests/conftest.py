"""Defaults for every test, set before torch and matplotlib are imported."""

import os
import tempfile

# One thread: the course's tensors are small, and results don't depend on the machine's cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "Agg")
# No reader's scores: neither read nor added to. Removed when the tests end.
_nobody = tempfile.TemporaryDirectory(prefix="course-")
os.environ["COURSE_DATA"] = _nobody.name
