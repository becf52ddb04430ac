"""`python -m course_utils.export NOTEBOOK...` makes an HTML page beside each notebook."""

import sys
from pathlib import Path


def main(names: list[str]) -> str | None:
    """Make the pages; what went wrong as a sentence, or None."""
    if not names:
        return "name a notebook: make export NOTEBOOK=notebooks/04-maml-against-transfer.ipynb"
    from course_utils.export.pages import page
    from course_utils.support.whole_files import write_whole

    problems = []
    for path in map(Path, names):
        target = path.with_suffix(".html")
        try:
            made, lost = page(path)
        except ValueError as error:
            problems.append(str(error))
            continue
        try:
            write_whole(target, made.encode())
        except OSError as error:
            problems.append(f"{target} cannot be written: {error.strerror}")
            continue
        for sentence in lost:
            print(f"export: {path}: {sentence}")
        print(f"export: {target}, {target.stat().st_size // 1024} KiB, needs no kernel or network")
    return "\n".join(f"export: {problem}" for problem in problems) or None


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
