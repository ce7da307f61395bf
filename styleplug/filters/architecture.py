"""The measures of the filter network, which training and applying share."""

from __future__ import annotations

HALF, QUARTER, EIGHTH = 32, 48, 96
"""Channels at a half, a quarter and an eighth of the picture's size."""

BLOCKS = 4
"""Residual blocks at the smallest size."""

STRIDE = 8
"""Pixels of the picture for each pixel at the smallest size."""

MARGIN = 16
"""Pixels of reflection around the picture, at least; its sides become multiples of `STRIDE`."""

INNER_MARGIN = 8
"""What is left of them after the first half of the network; zeros reach no further."""

NORMALISED = (HALF, QUARTER, EIGHTH, *(2 * BLOCKS * (EIGHTH,)), QUARTER, HALF)
"""Channels of each normalisation, in the order in which they are run."""

STYLE_SIZE = sum(NORMALISED)
"""Length of a style's vectors of scales and of shifts."""

EPSILON = 1e-3
"""Added to each variance before its root is divided by."""

LOCAL_CONTRAST_WINDOW = 9
LOCAL_CONTRAST_FLOOR = 0.5 / 255
"""The contrast that counts as none."""

LUMA = (0.299, 0.587, 0.114)
"""Weights of R', G' and B' in the brightness that the network sees (ITU-R BT.601), by which it was
trained; elsewhere `image.luma` has those of sRGB."""

WEIGHTS = {
    "encode_half.weight": (HALF, 3, 5, 5),
    "encode_quarter.weight": (QUARTER, HALF, 3, 3),
    "encode_eighth.weight": (EIGHTH, QUARTER, 3, 3),
    "encode_relief.weight": (EIGHTH, 1, 3, 3),
    **{f"blocks.{index}.weight": (EIGHTH, EIGHTH, 3, 3) for index in range(2 * BLOCKS)},
    "decode_quarter.weight": (QUARTER, EIGHTH, 3, 3),
    "decode_half.weight": (HALF, QUARTER, 3, 3),
    "decode_picture.weight": (3, HALF, 3, 3),
    "decode_picture.bias": (3,),
}
"""Shape of each of the network's arrays, by its name in PyTorch's state dict."""
