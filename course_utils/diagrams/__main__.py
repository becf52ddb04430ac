"""Draw the static diagrams into the folders that are named: what `make images` calls."""

import sys
from pathlib import Path

from course_utils import diagrams

for folder in sys.argv[1:]:
    for path in diagrams.save(Path(folder)):
        print(path)
