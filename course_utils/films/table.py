"""What a part of a film shows in each state, kept once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np


class Table:
    """The states of a part over the tracks that it depends on, each once."""

    def __init__(self, uses: Sequence[int], sizes: Sequence[int]):
        self.uses = list(uses)
        self.index = np.zeros([sizes[track] for track in uses], dtype=int)
        self.states: dict[str, int] = {}

    def put(self, index: tuple[int, ...], shown: str) -> None:
        """Keep what is shown where the tracks have these indices."""
        self.index[index] = self.states.setdefault(shown, len(self.states))

    def at(self, at: Sequence[int]) -> str:
        """What is shown in a state."""
        return list(self.states)[self.index[tuple(at[track] for track in self.uses)]]

    def plain(self) -> dict[str, Any]:
        """As it stands in the film: without the tracks that turned out not to matter."""
        index, uses = self.index, []
        for track in self.uses:
            axis = len(uses)
            first = np.take(index, [0], axis)
            if (index == first).all():
                index = first.squeeze(axis)
            else:
                uses.append(track)
        states = [json.loads(state) for state in self.states]
        flat = index.ravel().tolist()
        same = flat == list(range(len(states)))
        return {"uses": uses, "at": None if same else flat, "states": states}
