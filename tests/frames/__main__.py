"""Draw all frames anew, or those that are named: what `make frames` calls."""

import json
import sys

from tests.frames import drawn

wanted = sys.argv[1:] or drawn.names()
if unknown := set(wanted) - set(drawn.names()):
    raise SystemExit(f"no frame {sorted(unknown)[0]!r}: there are {', '.join(drawn.names())}")
for name in wanted:
    drawn.store(name)
if not sys.argv[1:]:
    for path in drawn.FOLDER.glob("*.png"):
        if path.stem not in wanted:
            path.unlink()
    drawn.VERSIONS.write_text(json.dumps(drawn.versions(), indent=1) + "\n")
sizes = [path.stat().st_size for path in drawn.FOLDER.glob("*.png")]
print(f"{len(wanted)} frames drawn; all {len(sizes)} take {sum(sizes) / 1e6:.2f} MB")
