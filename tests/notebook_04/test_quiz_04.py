"""What an answer of notebook 04's quiz says, and its outputs do not show."""

import pytest
import torch

from course_utils.notebook_04 import sine_plane


def test_mamls_phi_for_a_step_of_a_tenth_is_worse_than_transfers_after_one_twice_as_long():
    transfer, maml = sine_plane.planes(sine_plane.ENDLESS, 0.1)[:2]
    a, p = zip(maml.optimum, transfer.optimum, strict=True)
    points = {"a": torch.tensor(a).double(), "p": torch.tensor(p).double()}
    _, after = sine_plane.family(sine_plane.ENDLESS).means(points, inner_lr=0.2, steps=1).T
    assert after.tolist() == pytest.approx([2.20, 1.40], abs=0.005)
