"""What makes a page stand alone: its files come into it, what is elsewhere becomes a link."""

from __future__ import annotations

import base64
import mimetypes
import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, Tag

_DRAWN = ("img", "iframe", "video", "audio", "embed", "object", "source", "track")
_STEERS = ("script", "link", "base", 'meta[http-equiv="refresh" i]')
_ELSEWHERE = re.compile(r"url\(\s*(?!['\"]?(?:data:|#))[^)]*\)|@import[^;]*;?", re.IGNORECASE)


def stand_alone(page: str, folder: Path) -> tuple[str, list[str]]:
    """The page with the pictures of `folder` in it, and a sentence for each that is not there.

    Nothing in it runs or is fetched: scripts go, pictures and films of other hosts become links,
    links to files that are not there become words.
    """
    soup, lost = BeautifulSoup(page, features="html.parser"), []
    for tag in soup.select(", ".join(_STEERS)):
        if tag.find_parent("svg") is None or tag.name == "script":
            tag.decompose()
    for tag in soup.find_all(_DRAWN):
        if not tag.decomposed:
            _bring_in(soup, tag, folder, lost)
    for image in soup.find_all(
        ["image", "use", "feimage", "input", "body", "table", "td", "video"]
    ):
        for name in ("href", "xlink:href", "src", "background", "poster"):
            if not str(image.get(name, "#")).startswith(("#", "data:")):
                del image[name]
    for tag in soup.select('a[href^="javascript:" i]'):
        del tag["href"]
    for tag in soup.find_all("a", href=True):
        if _is_missing(tag["href"], folder):
            tag.unwrap()
    for tag in soup.find_all(srcset=True):
        del tag["srcset"]
    for tag in soup.find_all(style=True):
        tag["style"] = _ELSEWHERE.sub("none", tag["style"])
    for tag in soup.find_all("style"):
        tag.string = _ELSEWHERE.sub("", tag.get_text())
    for tag in soup.find_all(lambda tag: any(name.startswith("on") for name in tag.attrs)):
        tag.attrs = {name: v for name, v in tag.attrs.items() if not name.startswith("on")}
    return str(soup), lost


def _bring_in(soup: BeautifulSoup, tag: Tag, folder: Path, lost: list[str]) -> None:
    source = tag.get("src") or tag.get("data") or ""
    words = tag.get("alt") or tag.get("title") or ""
    if source.startswith("data:"):
        return
    if not source:  # a film's sources are tags of their own
        if tag.name in ("img", "iframe", "embed", "object"):
            tag.replace_with(words)
        return
    found = _embedded(source, folder)
    if found is not None and tag.name in ("img", "video", "audio", "source"):
        tag["src"] = found
        return
    link = soup.new_tag("a", href=source)
    link.string = words or source
    if not urlsplit(source).netloc:
        lost.append(f"{source} is not a picture that can be read from {folder}")
        link = soup.new_tag("em")
        link.string = f"(Not there: {source}. {words})"
    outer = tag.parent if tag.name in ("source", "track") else tag
    outer.replace_with(link)


def _is_missing(link: str, folder: Path) -> bool:
    """Whether a link names a file, and there is none."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc or not parts.path:
        return False
    try:
        return not (folder / unquote(parts.path)).exists()
    except (OSError, ValueError):
        return True


def _embedded(source: str, folder: Path) -> str | None:
    """A local picture or film as a data address; None where it is none, or not there."""
    parts = urlsplit(source)
    kind = mimetypes.guess_type(parts.path)[0] or ""
    if parts.scheme or parts.netloc or not kind.startswith(("image/", "video/", "audio/")):
        return None
    try:
        content = (folder / unquote(parts.path)).read_bytes()
    except (OSError, ValueError):
        return None
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
