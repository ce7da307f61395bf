"""The type of number that the network computes in."""

import pytest
import torch

from styleplug.vgg import precision
from styleplug.vgg.precision import autocast, quick_type

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def untested():
    """Each test's processor is a new one."""
    precision._quick_type_of_cpu.cache_clear()
    yield
    precision._quick_type_of_cpu.cache_clear()


@pytest.mark.parametrize("quick", [torch.float32, torch.bfloat16])
def test_a_processor_gets_the_type_that_it_is_quick_with(quick, monkeypatch):
    monkeypatch.setattr(precision, "_seconds", lambda type: 1 if type == quick else 2)
    assert quick_type(CPU) == quick


def test_a_processor_is_put_to_the_test_once(monkeypatch):
    tested = []
    monkeypatch.setattr(precision, "_seconds", lambda type: tested.append(type) or 1)
    assert quick_type(CPU) == quick_type(CPU)
    assert tested == [torch.float32, torch.bfloat16]


def test_a_processor_is_put_to_the_test():
    assert quick_type(CPU) in (torch.float32, torch.bfloat16)
    assert precision._seconds(torch.float32) > 0


def test_other_devices_are_not_guessed_at():
    assert quick_type(torch.device("mps")) == torch.float32


@pytest.mark.parametrize("type", [torch.float32, torch.bfloat16])
def test_convolutions_are_computed_in_it(type):
    with autocast(CPU, type):
        result = torch.nn.functional.conv2d(torch.ones(1, 1, 4, 4), torch.ones(1, 1, 3, 3))
    assert result.dtype == type
