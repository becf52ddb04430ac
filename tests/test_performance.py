"""What is said of speed stands in docs/performance.md, and that is what was measured."""

import json

import pytest

from benchmarks.peers import page
from benchmarks.peers.race import PEERS, SETTINGS, TOLERANCE, difference

FOUND = json.loads(page.NUMBERS.read_text(encoding="utf-8"))
PAGE = page.PAGE.read_text(encoding="utf-8")
README = (page.ROOT / "README.md").read_text(encoding="utf-8")


def test_the_page_is_made_of_the_stored_numbers():
    between = PAGE.partition(page.BEGIN)[2].partition(page.END)[0]
    assert between.strip() == page.measured(FOUND)


def test_the_readme_quotes_the_page():
    (quoted,) = page.QUOTED.findall(README)
    assert quoted in PAGE


def test_the_picture_is_there_and_told():
    assert page.PICTURE.stat().st_size < 300_000
    assert f"![{page.alt(FOUND)}]({page.PICTURE.name})" in PAGE


@pytest.mark.parametrize("name", PEERS)
def test_every_peer_was_measured_and_has_the_same_meta_gradient(name):
    races = [race for _, _, race in FOUND["settings"]]
    assert len(races) == len(SETTINGS)
    measured = [race[name] for race in races if name in race]
    assert len(measured) >= len(SETTINGS) - 1  # one has no first order
    assert all(each["off"] <= 5 * TOLERANCE for each in measured)


def test_what_the_page_says_of_a_wide_network():
    last = {name: found[-1][1] for name, found in FOUND["growth"]["width"].items()}
    assert "there the core is no cheaper than the plain loop" in PAGE
    assert last["plain"] <= last["ours"]


def test_what_the_page_says_of_many_tasks():
    vmap, core = (dict(FOUND["growth"]["tasks"][name]) for name in ("with_vmap", "ours"))
    assert "`vmap` draws level with the core at about 250 tasks and passes it beyond" in PAGE
    assert [vmap[n] < core[n] for n in (25, 79, 790, 2500)] == [False, False, True, True]
    assert 0.8 < vmap[250] / core[250] < 1.25


def test_another_meta_gradient_is_found():
    right = {"W": [[1.0, -2.0]], "b": [0.5]}
    assert difference(right, right) == 0
    assert difference(right | {"b": [0.6]}, right) == pytest.approx(0.2)
