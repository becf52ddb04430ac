"""A cell's markdown cut into blocks, and the blocks that a slide asks for by name.

A name is a kind and its number in the cell, the first where there is none: "heading", "words 2",
"picture", "list". "words 2.1" is a sentence of it, "list.2-4" are items, "fold words 1" lies in a
fold, "fold 2 picture" in the cell's second one, "fold question" is what is seen of a closed one;
"fold" is all of it, "all" what no fold holds. "quiz 2" is the question with this number and its
choices, "right 2" the choice that is right and why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

KINDS = ("heading", "question", "words", "list", "formula", "picture", "table", "code")
_NAME = re.compile(
    rf"(?P<fold>fold(?: (?P<nth>\d+))? )?(?P<kind>{'|'.join(KINDS)})(?: (?P<number>\d+))?"
    r"(?:\.(?P<first>\d+)(?:-(?P<last>\d+))?)?"
)
_ITEM = re.compile(r"(?:[*-]|\d+\.)\s")
_FOLD = re.compile(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", re.DOTALL)
_SENTENCE = re.compile(r"[.?!][*_\")]*\s+(?=[A-ZΑ-ω\"(*_$`])")


@dataclass(frozen=True)
class Block:
    """A piece of markdown; `fold` is the number of the fold that it lies in, 0 for none."""

    kind: str
    source: str
    fold: int = 0


def blocks_of(source: str) -> list[Block]:
    """The blocks of a cell's markdown, in order; those in a fold carry its number."""
    found: list[Block] = []
    end = 0
    for n, fold in enumerate(_FOLD.finditer(source), start=1):
        found += _blocks(source[end : fold.start()])
        found.append(Block("question", f"**{fold[1].strip()}**", n))
        found += (replace(block, fold=n) for block in _blocks(fold[2]))
        end = fold.end()
    return [*found, *_blocks(source[end:])]


def chosen(source: str, name: str) -> list[Block]:
    """The blocks of a cell's markdown that have a name, or the part of one that it asks for.

    Raises ValueError for what is no name and for what the cell has not.
    """
    blocks = blocks_of(source)
    if asked := re.fullmatch(r"(quiz|right) (\d+)", name):
        return [_quiz(blocks, asked[1], asked[2])]
    if name == "all":
        return [block for block in blocks if not block.fold]
    if fold := re.fullmatch(r"fold(?: (\d+))?", name):
        found = [block for block in blocks if block.fold == int(fold[1] or 1)]
    elif asked := _NAME.fullmatch(name):
        inside = int(asked["nth"] or 1) if asked["fold"] else 0
        kind = [block for block in blocks if (block.kind, block.fold) == (asked["kind"], inside)]
        place = int(asked["number"] or 1)
        found = [_part(block, asked) for block in kind[place - 1 : place]]
    else:
        raise ValueError(f'show must name blocks such as "words 2" or "fold picture", got {name!r}')
    if not found or not all(block.source for block in found):
        there = ", ".join(f"{'fold ' * bool(b.fold)}{b.kind}" for b in blocks)
        raise ValueError(f"show asks for {name!r}, and the cell has only {there}")
    return found


def _quiz(blocks: Sequence[Block], kind: str, number: str) -> Block:
    """A question with its choices as a list, or the right one of them with its words."""
    start = f"**{number}. "
    place = next((n for n, block in enumerate(blocks) if block.source.startswith(start)), None)
    if place is None:
        raise ValueError(f"show asks for {kind} {number}, and the cell has no such question")
    found = blocks[place]
    if found.fold:  # the question itself is what folds its answer
        said = [block.source for block in blocks if block.fold == found.fold][1:]
        return Block("words", found.source if kind == "quiz" else "\n\n".join(said))
    folds = list(takewhile(lambda block: block.fold, blocks[place + 1 :]))
    choices = [block for block in folds if block.kind == "question"]
    if kind == "quiz":
        listed = "\n".join(f"* {choice.source.strip('*')}" for choice in choices)
        return Block("words", f"{found.source}\n\n{listed}")
    for choice in choices:
        said = "\n\n".join(b.source for b in folds if b.fold == choice.fold and b is not choice)
        if said.startswith("Yes."):
            return Block("words", f"{choice.source}: {said.removeprefix('Yes.').strip()}")
    raise ValueError(f"show asks for right {number}, and no choice is answered with Yes")


def _part(block: Block, asked: re.Match) -> Block:
    """The sentences of words or the items of a list that a name asks for."""
    if not asked["first"]:
        return block
    first, last = int(asked["first"]), int(asked["last"] or asked["first"])
    if block.kind == "list":
        starts = [m.start() for m in re.finditer(rf"^{_ITEM.pattern}", block.source, re.MULTILINE)]
        ends = [*starts[1:], len(block.source)]
        parts = [block.source[a:b].rstrip() for a, b in zip(starts, ends, strict=True)]
        return replace(block, source="\n".join(parts[first - 1 : last]))
    ends = [0, *(m.end() for m in _SENTENCE.finditer(block.source)), len(block.source)]
    return replace(block, source=block.source[slice(*_span(ends, first, last))].strip())


def _span(ends: Sequence[int], first: int, last: int) -> tuple[int, int]:
    """Where the first of some sentences begins and the last one ends."""
    most = len(ends) - 1
    return ends[min(first - 1, most)], ends[min(last, most)]


def _blocks(source: str) -> Iterator[Block]:
    lines: list[str] = []
    for line in [*source.splitlines(), ""]:
        inside = _is_open(lines)
        if lines and not inside and (not line.strip() or _begins(line, lines)):
            yield _block(lines)
            lines = []
        if line.strip() or inside:
            lines.append(line)
    if lines:  # a fence or a formula that is not closed
        yield _block(lines)


def _is_open(lines: Sequence[str]) -> bool:
    """Whether a fence or a displayed formula has begun and not ended."""
    if not lines:
        return False
    if lines[0].lstrip().startswith("```"):
        return len(lines) == 1 or not lines[-1].startswith("```")
    return lines[0].startswith("$$") and "\n".join(lines).count("$$") % 2 == 1


def _begins(line: str, lines: Sequence[str]) -> bool:
    """Whether a line begins a block although no empty line stands before it."""
    if lines[-1].startswith(("#", "$$", "<img", "![")) or lines[-1].rstrip().endswith("$$"):
        return True
    if line.startswith(("#", "$$", "<img", "![", "```", "|")):
        return not (line.startswith("|") and lines[0].startswith("|"))
    return bool(_ITEM.match(line)) and not _ITEM.match(lines[0])


def _block(lines: Sequence[str]) -> Block:
    source = "\n".join(lines).strip()
    return Block(_kind(source), source)


def _kind(source: str) -> str:
    starts = {"#": "heading", "$$": "formula", "```": "code", "|": "table", "<img": "picture"}
    for start, kind in {**starts, "![": "picture"}.items():
        if source.startswith(start):
            return kind
    return "list" if _ITEM.match(source) else "words"
