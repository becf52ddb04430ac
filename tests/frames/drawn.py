"""Frames: what the course draws, at half its size, and where such pictures are stored."""

import io
import json
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
import PIL
from matplotlib import ft2font
from matplotlib.figure import Figure
from PIL import Image, features

from course_utils import diagrams, rooms
from course_utils.figures import style
from tests.frames.states import STATES
from tests.frames.stills import STILLS

FOLDER = Path(__file__).parent
VERSIONS = FOLDER / "versions.json"


def names():
    """The names of all frames: explorers' states, still figures, diagrams."""
    states = [f"{name}-{n}" for name, found in STATES.items() for n in range(len(found))]
    return states + [f"still-{name}" for name in STILLS] + [f"diagram-{name}" for name in _all()]


def drawn(name):
    """The frame of that name as it is drawn now."""
    kind, _, rest = name.partition("-")
    if kind == "still":
        return half(_pixels(STILLS[rest]()))
    if kind == "diagram":
        return half(_pixels(_all()[rest]()))
    explorer = made(kind)
    explorer.reset()
    explorer.set(**STATES[kind][int(rest)])
    assert explorer.message == "" or explorer.values.get("revealed") or kind == "one_shot_game"
    return half(Image.open(io.BytesIO(explorer.png())))


@cache
def made(name):
    """The explorer of that name, made once: its state is whatever the last caller left."""
    return rooms.shown()[name]()


def half(picture):
    """A picture at half its size, its channels rounded to sixteenths: a third of the bytes."""
    small = np.asarray(picture.convert("RGB").reduce(2), int)
    return Image.fromarray(np.minimum((small + 8) // 16 * 16, 255).astype(np.uint8))


def stored(name):
    """The stored frame of that name."""
    return Image.open(FOLDER / f"{name}.png")


def store(name):
    """Store the frame of that name as it is drawn now."""
    frame = drawn(name)
    few = frame.getcolors(256) is not None
    frame = frame.quantize(256, dither=Image.Dither.NONE) if few else frame
    frame.save(FOLDER / f"{name}.png", optimize=True)


def versions():
    """What a frame's pixels depend on besides the course's code."""
    return {
        "matplotlib": matplotlib.__version__,
        "freetype of matplotlib": ft2font.__freetype_version__,
        "pillow": PIL.__version__,
        "freetype of pillow": features.version("freetype2"),
    }


def noted_versions():
    """The versions that the stored frames were drawn with."""
    return json.loads(VERSIONS.read_text())


@cache
def _all():
    return diagrams.all_diagrams()


def _pixels(drawing):
    if not isinstance(drawing, Figure):
        drawing = np.ravel(drawing)[0].figure
    memory = io.BytesIO()
    with style.course_style():
        drawing.savefig(memory, format="png", dpi=style.DOTS_PER_INCH)
    return Image.open(memory)
