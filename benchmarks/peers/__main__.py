"""Measure the peers and write what was found into the docs: ``python -m benchmarks.peers``.

With ``--page`` nothing is measured: page and picture are made anew of the stored numbers.
"""

import json
import sys

from benchmarks.peers import page, race

if __name__ == "__main__":
    if "--page" not in sys.argv:
        page.NUMBERS.write_text(json.dumps(race.measure(), indent=1) + "\n", encoding="utf-8")
    page.write()
