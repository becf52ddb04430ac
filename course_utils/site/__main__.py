"""`python -m course_utils.site [--open]` makes the site, in build/site, where it is old."""

from __future__ import annotations

import os
import sys
import time
import webbrowser


def has_window() -> bool:
    """Whether a window can open here; a browser in the terminal would not show what moves."""
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return sys.platform != "linux" or bool(display)


def main(arguments: list[str]) -> str | None:
    """Make the site and, with --open, show its page of all explorers; what went wrong, or None."""
    from course_utils.site import build

    folder = build.ROOT / "build/site"
    start = time.monotonic()
    try:
        if build.is_made(folder):
            print(f"site: {folder} is as it should be")
        else:
            print("site: films, then chapters. The first time this takes some minutes.", flush=True)
            for line in build.save(folder, build.ROOT / "build/films"):
                print(f"site: {line}", flush=True)
            print(f"site: made in {time.monotonic() - start:.0f} s")
    except ValueError as error:
        return f"site: {error}"
    except OSError as error:
        return f"site: {error.filename or folder} cannot be written: {error.strerror}"
    if "--open" in arguments:
        address = (folder / "explorers.html").as_uri()
        print(f"site: {address}")
        if has_window():
            webbrowser.open(address)
    return None


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        raise SystemExit("\nsite: stopped. What was filmed is kept.") from None
