"""A part of a page that is generated: it stands between two marks."""


def between(page: str, begin: str, end: str, text: str) -> str:
    """The page with `text` between its two marks; ValueError where it does not have both."""
    before, first, rest = page.partition(begin)
    _, last, after = rest.partition(end)
    if not first or not last:
        raise ValueError(f"the page has no block from {begin!r} to {end!r}")
    return f"{before}{begin}\n\n{text}\n\n{end}{after}"
