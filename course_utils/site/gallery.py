"""The page of all explorers: a picture, a sentence and a notebook for each, opened by its address."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from course_utils.films.page import Shown
from course_utils.site.chapters import Chapter
from course_utils.site.films import card

HEAD = """# All explorers

Each picture moves with no Python and no network. Open one, drag in it, move its sliders, answer its question.
An address can open one in a state: `explorers.html#one_axis?phi=0&inner_lr=1`. The button *address of this state* makes such an address.

Films hold recorded states. What needs free computing is in the notebook: drag single support points in {your_points}, draw your own sinusoid in {your_sinusoid}, classify your own drawings in {pad}. Run it with `make lab`.
"""
# What computes with what the reader does, and the notebook where it is.
FREE = {"your_points": "09", "your_sinusoid": "03", "pad": "06"}

DIALOG = """<dialog id="course-dialog" aria-labelledby="course-stage-name"><div class="course-stage">
<header><h2 id="course-stage-name" class="course-stage-name"></h2>
<button type="button" class="course-stage-link">address of this state</button>
<button type="button" class="course-stage-large">full screen</button>
<button type="button" class="course-stage-close">close</button></header>
<p class="course-stage-said" aria-live="polite"></p>
<div class="course-stage-film"></div>
<p class="course-stage-more"></p><p>From notebook <span class="course-stage-from"></span></p>
</div></dialog>"""


def gallery(places: Sequence[tuple[Chapter, Sequence[Shown]]]) -> str:
    """The page as Markdown: for each chapter the films that it shows."""
    links = {}
    for name, number in FREE.items():
        (found,) = (chapter for chapter, _ in places if chapter.number == number)
        links[name] = f"[notebook {number}](notebooks/{found.path.name})"
    parts = [HEAD.format(**links)]
    for chapter, all_shown in places:
        if not all_shown:
            continue
        heading = escape(chapter.heading)
        cards = "\n".join(map(card, all_shown))
        link = f'<a class="course-from" href="notebooks/{chapter.stem}.html">{heading}</a>'
        html = f'<p>In {link}</p><div class="course-cards">{cards}</div>'
        parts.append(f"## {chapter.heading}\n\n```{{raw}} html\n{html}\n```\n")
    parts.append(f"```{{raw}} html\n{DIALOG}\n```\n")
    return "\n".join(parts)
