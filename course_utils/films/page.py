"""Pages: one self-contained file for each film. They ask for nothing.

A page holds its film, the player, a font and the picture as it opens, so that there is something to
see before it plays, and without scripts.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from course_utils.figures import font, pen
from course_utils.films import svg
from course_utils.films.film import Film

HERE = Path(__file__).parent
MOST_BYTES = 450 * 1024  # of a film's page
SCRIPTS = ("film.js", "controls.js", "player.js")


@dataclass(frozen=True)
class Shown:
    """A film with the place where the course shows it: a notebook's number and title."""

    film: Film
    number: str
    title: str

    @property
    def name(self) -> str:
        """The builder's name, which is that of the page."""
        return self.film.content["name"]

    @property
    def heading(self) -> str:
        """The heading of its page."""
        return heading(self.name)

    @property
    def sentence(self) -> str:
        """What the picture shows."""
        said = re.sub(r"^\w+: ", "", self.film.content["describe"])
        return said[0].upper() + said[1:]


def heading(name: str) -> str:
    """A builder's name as words."""
    return name.replace("_", " ").capitalize()


def page(shown: Shown) -> str:
    """The page of one film."""
    film = shown.film
    packed = base64.b64encode(film.pack()).decode()
    more = film.content["more"]
    return _document(
        f"{shown.heading} · meta-learning course",
        f"""<h1>{escape(shown.heading)}</h1>
<p>{escape(shown.sentence)}</p>
<div class="course-player" id="film">{question(film)}
<div class="course-frame" style="--ratio: {ratio(film):.4f}">{svg.still(film)}</div></div>
<noscript><p>This picture moves where scripts are allowed.</p></noscript>
<footer><p>{escape(more)} From notebook {shown.number}, <i>{escape(shown.title)}</i>. A picture of
the meta-learning course, CC BY 4.0.</p></footer>
<script>
{pen.SCRIPT}{"".join(map(_file, SCRIPTS))}
courseFilm.open(document.getElementById("film"), "{packed}", {{ address: location.hash }})
  .then((player) => {{
    if (player) addEventListener("hashchange", () => player.follow(location.hash));
  }});
</script>""",
        font.woff(characters([film])),
        _file("player.css"),
    )


def _document(title: str, body: str, woff: bytes, style: str) -> str:
    address = "data:font/woff;base64," + base64.b64encode(woff).decode()
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<style>
@font-face {{ font-family: "Course"; src: url({address}) format("woff"); }}
{style}{_file("page.css")}</style></head>
<body><main>
{body}
</main></body></html>
"""


def question(film: Film) -> str:
    """A prediction's question as HTML, nothing for an explorer."""
    asked = film.content["question"]
    return f'<p class="course-question"><b>Predict.</b> {asked}</p>' if asked else ""


def ratio(film: Film) -> float:
    """The picture's width in heights."""
    width, height = film.content["size"]
    return width / height


def characters(films: Sequence[Film]) -> str:
    """Every character in the films' pictures, in order."""
    found: set[str] = set()
    for film in films:
        for operation in _operations(film.content):
            if operation[0] == "t":
                found |= set(operation[6])
    return "".join(sorted(found))


def _operations(content: Mapping) -> Iterator[list]:
    yield from content["still"]
    for mark in content["marks"]:
        for state in mark["states"]:
            yield from state


def _file(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
