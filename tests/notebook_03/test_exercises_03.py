"""The exercise on the meta-gradient: where no mistake is known, the slope is measured."""

import torch

from course_utils import check


def test_the_last_leafs_first_number_is_measured_beside_what_was_found():
    exercise = check.meta_gradient

    def unknown(*args):
        right = exercise.answer(*args)
        return {
            name: leaf + torch.arange(1.0, leaf.numel() + 1).view_as(leaf)
            for name, leaf in right.items()
        }

    verdict = exercise.judge(unknown)
    assert verdict.names == ()
    right = exercise.expected[0]
    name = next(reversed(right))
    slope = float(right[name].flatten()[0])
    said = next(line for line in verdict.lines if line.startswith("measured"))
    assert f"number 0 of {name} grows" in said
    assert abs(float(said.split()[said.split().index("times") - 1]) - slope) < 1e-3 * abs(slope)
    assert said.endswith(f"says {slope + 1:.4g}")
