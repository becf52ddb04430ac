"""`python -m course_utils.slides [NOTEBOOK...]` writes decks into build/slides/."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path


def main(names: Sequence[str]) -> None:
    """Write the decks of the notebooks named, of all that have slides where none is."""
    from course_utils import pages
    from course_utils.slides import making

    build = pages.ROOT / "build"
    for line in making.save(build / "slides", build / "films", [*map(Path, names)]):
        print(line, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ValueError as error:
        raise SystemExit(f"slides: {error}") from None
