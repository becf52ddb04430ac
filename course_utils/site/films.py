"""What moves on the site: each film in a file, its picture in another, and their HTML.

A page shows the picture; the film is asked for when the picture comes into view (`site.js`).
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from pathlib import Path

from course_utils.figures import font, pen
from course_utils.films import page, svg
from course_utils.films.film import Film
from course_utils.films.page import Shown
from course_utils.support.whole_files import write_whole

HERE = Path(__file__).parent
FILMS, PICTURES = "films", "pictures"  # the site's folders for them


def write_films(folder: Path, films: Sequence[Film]) -> None:
    """The films, their pictures, the player and its font, as files below `folder`."""
    for film in films:
        name = film.content["name"]
        packed = base64.b64encode(film.pack()).decode()
        script = f'courseFilms.arrived("{name}", "{packed}");\n'
        write_whole(folder / FILMS / f"{name}.js", script.encode())
        write_whole(folder / PICTURES / f"{name}.svg", _picture(film).encode())


def write_static(folder: Path, films: Sequence[Film]) -> None:
    """The player, the site's own script and their style, for Sphinx to copy."""
    films_folder = Path(page.__file__).parent
    scripts = [films_folder / name for name in page.SCRIPTS]
    player = pen.SCRIPT + "".join(path.read_text(encoding="utf-8") for path in scripts)
    write_whole(folder / "course-player.js", player.encode())
    write_whole(folder / "course-site.js", (HERE / "site.js").read_bytes())
    woff = base64.b64encode(font.woff(page.characters(films))).decode()
    # In the style sheet: a font in a file of its own is not read where pages are files themselves.
    face = f'@font-face {{ font-family: "Course"; src: url(data:font/woff;base64,{woff}); }}\n'
    style = (films_folder / "player.css").read_text(encoding="utf-8")
    own = (HERE / "site.css").read_text(encoding="utf-8")
    write_whole(folder / "course.css", (face + style + own).encode())


def place(film: Film, up: str = "../") -> str:
    """The HTML in an explorer's place: its picture, which plays once it is in view."""
    name = escape(film.content["name"])
    more = escape(film.content["more"])
    near = "" if film.content["question"] else " course-near"  # as the player opens it
    return (
        f'<figure class="course-film" id="film-{name}" data-film="{name}">'
        f'<div class="course-player">{page.question(film)}'
        f'<div class="course-view{near}" style="--drawn: {film.content["size"][0] / 10:g}px">'
        f'<div class="course-frame" style="--ratio: {page.ratio(film):.4f}">'
        f"{picture(film, up)}</div></div></div>"
        f"<figcaption>{more} "
        f'<a href="{up}explorers.html#{name}">Alone and large</a></figcaption>'
        "<noscript><p>This picture moves where scripts are allowed.</p></noscript></figure>"
    )


def picture(film: Film, up: str = "../") -> str:
    """The picture that a film opens with, as an `<img>` with its words."""
    width, height = film.content["size"]
    words = film.at(film.content["alt"], film.start)
    return (
        f'<img src="{up}{PICTURES}/{escape(film.content["name"])}.svg" alt="{escape(words)}" '
        f'width="{width / 10:.0f}" height="{height / 10:.0f}" loading="lazy">'
    )


def card(shown: Shown) -> str:
    """A film on the page of all explorers: picture, sentence, and what Jupyter has besides."""
    name, content = escape(shown.name), shown.film.content
    kind = "question" if content["question"] else "explorer"
    more = f'<p class="course-more">{escape(content["more"])}</p>' if content["more"] else ""
    return (
        f'<article data-film="{name}"><a href="#{name}">{picture(shown.film, "")}'
        f'<span class="course-name">{escape(shown.heading)}</span></a>'
        f'<p><span class="course-kind">{kind}</span> {escape(shown.sentence)}</p>{more}</article>'
    )


def _picture(film: Film) -> str:
    """The picture as a file: an SVG that says what it is, in a font that most machines have."""
    width, height = film.content["size"]
    space = 'xmlns="http://www.w3.org/2000/svg" font-family="DejaVu Sans, Verdana, sans-serif"'
    opening = f'<svg {space} width="{width / 10:g}" height="{height / 10:g}"'
    blanks = "<style>text { white-space: pre; }</style>"
    return svg.still(film).replace("<svg", opening, 1).replace("<defs>", f"{blanks}<defs>", 1)
