"""The outer loop's Adam is torch's, to the bit, and needs less to be imported."""

import subprocess
import sys

import pytest
import torch

from course_utils.adam import Adam

TRAIN = """
import sys
from course_utils import maml, networks
from course_utils.tasks import Sinusoids

network = networks.mlp([1, 4, 1])
loss = networks.squared_error(network)
maml.train(
    lambda phi, batch: maml.meta_loss(loss, phi, batch, inner_lr=0.01, steps=1),
    network.init(), Sinusoids(), iterations=2, progress=False,
)
print([name for name in ("torch._dynamo", "torch._inductor", "sympy") if name in sys.modules])
"""


def leaves(dtype=torch.float32):
    generator = torch.Generator().manual_seed(0)
    shapes = (1, 40), (40,), (3, 1, 3, 3), ()
    return [
        torch.randn(shape, generator=generator, dtype=dtype).requires_grad_() for shape in shapes
    ]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_it_is_torchs_adam_to_the_bit_also_where_a_leaf_has_no_gradient_now_and_then(dtype):
    ours, theirs = leaves(dtype), leaves(dtype)
    adam, reference = Adam(ours, lr=1e-3), torch.optim.Adam(theirs, lr=1e-3, fused=True)
    generator = torch.Generator().manual_seed(1)
    for step in range(20):
        adam.lr = reference.param_groups[0]["lr"] = 1e-3 * (1 - step / 40)
        for which, (leaf, other) in enumerate(zip(ours, theirs, strict=True)):
            gradient = torch.randn(leaf.shape, generator=generator, dtype=dtype)
            leaf.grad = other.grad = None if (step + which) % 3 == 0 else gradient
        adam.step()
        reference.step()
    assert all(torch.equal(leaf, other) for leaf, other in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16])
def test_it_counts_its_steps_alike_whatever_type_new_tensors_have(dtype):
    ours, theirs = leaves(), leaves()
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        adam = Adam(ours, lr=1e-3)
    finally:
        torch.set_default_dtype(before)
    reference = torch.optim.Adam(theirs, lr=1e-3, fused=True)
    for _ in range(300):  # bfloat16 cannot count beyond 256
        for leaf, other in zip(ours, theirs, strict=True):
            leaf.grad, other.grad = leaf.detach().clone(), other.detach().clone()
        adam.step()
        reference.step()
    assert all(torch.equal(leaf, other) for leaf, other in zip(ours, theirs, strict=True))


def test_a_training_does_not_import_torchs_compiler():
    done = subprocess.run(
        [sys.executable, "-c", TRAIN], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout == "[]\n"
