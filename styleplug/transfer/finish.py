"""From the picture of the largest scale to the one that was asked for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from styleplug.hookspecs import StylizeRequest
from styleplug.image.detail import enlarged
from styleplug.image.luma import recoloured
from styleplug.image.resize import resized
from styleplug.vgg.tensors import Pixels


def finished_picture(
    painted: Pixels, photograph: Pixels, request: StylizeRequest
) -> tuple[Pixels, NDArray[np.float32] | None]:
    """A painting in the size and the colours that the request asks for, and its alpha.

    `photograph` is the request's, without hidden colours.
    """
    image, alpha, config = painted, request.content_alpha, request.config
    if config.output_size == "photo":
        image = enlarged(image, photograph, config.detail)
    elif alpha is not None:
        alpha = resized(alpha, *image.shape[:2])
    if config.keep_colors:
        image = recoloured(image, resized(photograph, *image.shape[:2]))
    return image, alpha
