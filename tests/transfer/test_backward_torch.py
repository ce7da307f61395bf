"""A backward pass that fails, as for lack of memory, keeps nothing."""

import gc
import weakref
from typing import Any

import pytest
import torch
from torch import Tensor

from styleplug.transfer.backward_torch import backward


class Saved:
    """Stands for the features that the backward pass needs."""


class Saving(torch.autograd.Function):
    """The same number, with something saved for the backward pass."""

    @staticmethod
    def forward(context: Any, number: Tensor, saved: Saved) -> Tensor:
        context.saved = saved
        return number.clone()

    @staticmethod
    def backward(context: Any, by_number: Tensor) -> tuple[Tensor, None]:
        return by_number, None


def out_of_memory(gradient: Tensor) -> Tensor:
    raise MemoryError


def fail(saved: Saved) -> None:
    """Run out of memory in a branch, with another, which needs what is saved, yet to come."""
    leaf = torch.ones((), requires_grad=True)
    yet_to_come = Saving.apply(leaf, saved)
    fails_first = leaf * 2
    fails_first.register_hook(out_of_memory)
    with pytest.raises(MemoryError):
        backward([yet_to_come + fails_first], leaf)


def test_a_failed_pass_keeps_nothing() -> None:
    saved = Saved()
    kept = weakref.ref(saved)
    fail(saved)
    del saved
    gc.collect()
    assert kept() is None


def test_a_gradient_is_that_of_the_sum_or_of_what_comes_from_above() -> None:
    leaf = torch.tensor(3.0, requires_grad=True)
    assert backward([leaf**2, leaf], leaf) == 7
    assert backward([leaf**2, leaf], leaf, [torch.tensor(2.0), torch.tensor(5.0)]) == 17
