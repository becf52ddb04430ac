"""reveal.js: got once through npm's registry, checked, kept in the user's cache folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from course_utils.support.npm import NotFetched as NotFetched
from course_utils.support.npm import Package

VERSION = "6.0.2"
INTEGRITY = (
    "JYIg5D9aoxoaLeb84O+OvAwsKWdIavVgEDScxtYEXFCT6t6TQrhNtSgogcjdCpdLsWglhJn3zyE3fUOwiH5KEg=="
)
PARTS = {
    "style": ("dist/reset.css", "dist/reveal.css"),
    "script": ("dist/reveal.js", "dist/plugin/notes.js"),
    "licence": ("LICENSE",),
}


def reveal(folder: Path | None = None, *, ways: Sequence[Callable] | None = None) -> dict[str, str]:
    """The style, script and licence of reveal.js, kept or else from npm's registry.

    Raises NotFetched where it is neither kept nor to be had.
    """
    package = Package("reveal.js", VERSION, INTEGRITY, "decks need", "run make slides")
    names = [name for part in PARTS.values() for name in part]
    found = dict(zip(names, package.texts(names, folder, ways=ways), strict=True))
    return {kind: "\n".join(map(found.__getitem__, part)) for kind, part in PARTS.items()}
