"""The page of all explorers: picture, sentence and notebook of each; its address opens one."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from course_utils.films.page import Shown
from course_utils.site.chapters import Chapter
from course_utils.site.films import card

HEAD = (
    "# All explorers\n\n"
    "Each picture moves with no Python and no network. Open one, drag in it, move its sliders, "
    "answer its question. An address can open one in a state: "
    "`explorers.html#one_axis?phi=0&inner_lr=1`. The button *address of this state* makes such "
    "an address.\n\n"
    "A film holds recorded states. What computes with anything that you give it needs Python, and "
    "is in the notebooks: support points to drag one by one ({points}), a sinusoid of your own "
    "({wave}), the pad for your own drawings ({pad}). `make lab` opens them.\n"
)
# What computes with what the reader does: the notebook where it is.
FREE = {"points": "09", "wave": "03", "pad": "06"}

SAID = '```{raw} html\n<p class="course-said" role="status"></p>\n```\n'
DIALOG = """<dialog id="course-dialog" aria-labelledby="course-stage-name">
<div class="course-stage">
<header><h2 id="course-stage-name" class="course-stage-name"></h2>
<button type="button" class="course-stage-link">address of this state</button>
<button type="button" class="course-stage-large">full screen</button>
<button type="button" class="course-stage-close">close</button></header>
<p class="course-stage-said" aria-live="polite"></p>
<div class="course-stage-film"></div>
<p class="course-stage-more"></p>
<p class="course-stage-source">From notebook <span class="course-stage-from"></span></p>
</div></dialog>"""


def gallery(places: Sequence[tuple[Chapter, Sequence[Shown]]]) -> str:
    """The page as Markdown: for each chapter the films that it shows."""
    links = {}
    for name, number in FREE.items():
        (found,) = (chapter for chapter, _ in places if chapter.number == number)
        links[name] = f"[notebook {number}](notebooks/{found.path.name})"
    parts = [HEAD.format(**links), SAID]
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
