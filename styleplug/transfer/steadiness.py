"""How far a frame of a video is from what the frame before has become, and its gradient by hand.

The temporal loss of Ruder, Dosovitskiy and Brox 2016, "Artistic Style Transfer for Videos"
(https://arxiv.org/abs/1604.08610), equation 7: the mean squared difference of pixels, by how far
each is held. Arrays are NumPy's or PyTorch's.

The rest of the loss pulls a pixel about as a spring would, and this is another one. Of two springs
the stronger one has its share of what comes of both: so a weight w as `PreviousFrame` has it makes
this one w / (1 − w) times as strong as the other, whose strength is `STRENGTH`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from styleplug.hookspecs import PreviousFrame
from styleplug.image.resize import resized
from styleplug.transfer.arrays import Array, AsArray
from styleplug.vgg.tensors import Pixels, as_batch

STRENGTH = 300.0
"""Of the loss's pull on a pixel, in style errors for each square of a pixel's range: as found by
what frames painted without a hold, from where the one before was, differ from it."""


class Steadiness:
    """Of pictures (1, 3, H, W) in [0, 1].

    Args:
        held: the picture that they are held to, (H, W, 3).
        strengths: by how much, (H, W).
        as_array: to the pictures' framework.
    """

    def __init__(self, held: Pixels, strengths: NDArray[np.float32], as_array: AsArray) -> None:
        self._held, self._strengths = as_array(as_batch(held)), as_array(strengths / held.size)

    @classmethod
    def of(cls, previous: PreviousFrame, size: tuple[int, int], as_array: AsArray) -> Steadiness:
        """At a size, (H, W), to the frame before."""
        weight = resized(previous.weight, *size).clip(0, float(previous.weight.max()))
        return cls(resized(previous.image, *size), STRENGTH * weight / (1 - weight), as_array)

    def __call__(self, picture: Array, gradient: Array) -> float:
        """The error; its gradient is added to `gradient`, in place."""
        difference = picture - self._held
        pull = difference * self._strengths
        gradient += 2 * pull
        return float((pull * difference).sum())
