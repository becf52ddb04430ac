"""A film's file says what it is; one that is broken or altered is refused with a reason."""

import copy
import gzip
import json
import random

import pytest

from course_utils.figures.pen import FilmError
from course_utils.films import film as films
from course_utils.films import svg
from course_utils.films.film import Film
from tests.films.test_recorder import bowl, film


@pytest.fixture(scope="module")
def packed():
    return film(bowl(), name="bowl").pack()


def test_it_comes_back_as_it_was(packed):
    again = Film.unpack(packed)
    assert again.pack() == packed
    assert again.content["name"] == "bowl"


def test_no_cut_or_altered_file_is_taken(packed):
    chance = random.Random(0)
    for _ in range(60):
        with pytest.raises(FilmError, match="broken"):
            Film.unpack(packed[: chance.randrange(len(packed))])
    for _ in range(200):
        altered = bytearray(packed)
        altered[chance.randrange(10, len(packed))] ^= 1 << chance.randrange(8)
        with pytest.raises(FilmError, match="broken"):
            Film.unpack(bytes(altered))


def edited(packed, edit):
    content = copy.deepcopy(Film.unpack(packed).content)
    edit(content)
    return gzip.compress(json.dumps(content).encode())


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (lambda c: c.pop("format"), "no format"),
        (lambda c: c.update(format="course film 2"), "'course film 2', and 'course film 1'"),
        (lambda c: c.pop("alt"), "no alt"),
        (lambda c: c.update(tracks="many"), "no tracks"),
        (lambda c: c["marks"][0]["states"].pop(), "lacks states"),
        (lambda c: c["alt"].update(uses=[9]), "no track 9"),
        (lambda c: c["marks"][0].update(at=[0]), "lacks states"),
        (lambda c: c["alt"].update(at=[99_999] * 451), "lacks states"),
        (lambda c: c.pop("quiz"), "no quiz"),
        (lambda c: c.update(quiz={}), "its quiz has no answers"),
        (lambda c: c.update(size=[100]), "no width and height"),
        (lambda c: c["tracks"][0].update(start=99), "no value 99"),
        (lambda c: c["tracks"][0].pop("texts"), "a track has no texts"),
        (lambda c: c["tracks"][0].update(resets=[9]), "no track 9"),
        (lambda c: c["marks"][0].pop("uses"), "a mark has no uses"),
        (lambda c: c["handles"][0].update(moves=[9]), "no track 9"),
        (lambda c: c["handles"][0].pop("moves"), "KeyError 'moves'"),
        (lambda c: c["alt"].update(states=[None] * len(c["alt"]["states"])), "its alt is no text"),
        (lambda c: c["still"].append(["p", 999, "M0 0"]), "no look 999"),
        (lambda c: c["still"].append(["z"]), "draws nothing"),
        (lambda c: c["still"].append(None), "TypeError"),
        (lambda c: c.update(looks=[None] * len(c["looks"])), "one of its looks is none"),
        (lambda c: c["tracks"][0].update(start=999), "no value 999"),
        (lambda c: c.update(marks=[1]), "this film is broken"),
        (lambda c: c.update(handles=[{"name": "x"}]), "this film is broken"),
        (lambda c: c["marks"][0].update(at=["one"] * 41), "this film is broken"),
    ],
)
def test_a_well_packed_film_of_something_else_is_refused(packed, edit, why):
    with pytest.raises(FilmError, match=why):
        Film.unpack(edited(packed, edit))


OTHER_FILES = {
    "empty": b"",
    "not packed": b"[]",
    "a zip": b"PK",
    "a list": gzip.compress(b"[]"),
    "no text": gzip.compress(b"\xff"),
    "many brackets": gzip.compress(b"[" * 100_000),
}


@pytest.mark.parametrize("content", OTHER_FILES.values(), ids=OTHER_FILES)
def test_other_files_are_refused(content):
    with pytest.raises(FilmError):
        Film.unpack(content)


def test_a_film_that_is_too_large_says_so(packed, monkeypatch):
    monkeypatch.setattr(films, "MOST_BYTES", 1000)
    with pytest.raises(FilmError, match=r"'bowl' takes [\d,]+ bytes and may take 1,000"):
        Film.unpack(packed).pack()


def test_its_still_picture_has_all_marks_and_the_alt_text(packed):
    found = Film.unpack(packed)
    picture = svg.still(found)
    assert 'aria-label="From 1.0 to 0.50."' in picture
    assert ">φ = 1.0</text>" in picture
    assert picture.count("<path") >= 5
    assert "<script" not in picture
