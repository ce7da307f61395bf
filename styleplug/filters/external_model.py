"""Models of others as filters: ONNX files that take a picture and give one.

That is what most programs for feed-forward style transfer export (Johnson, Alahi and Fei-Fei,
"Perceptual Losses for Real-Time Style Transfer and Super-Resolution", 2016).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import numpy as np
from numpy.typing import NDArray

from styleplug.errors import FilterError, StyleplugError
from styleplug.filters.external_graph import LARGEST_SIDE, picture_input
from styleplug.filters.filter_function import FilterInput, check_cancelled
from styleplug.filters.ranges import RANGES
from styleplug.hookspecs import FilterResult
from styleplug.image.resize import elongation, fitted_size, resized
from styleplug.runtime.memory import memory_errors
from styleplug.runtime.providers import import_onnxruntime
from styleplug.runtime.session import Session, open_session
from styleplug.vgg.tensors import as_batch, as_pixels

Array = NDArray[np.float32]
Pads = tuple[tuple[int, int], tuple[int, int]]

WORKING_SIZE = 1024
"""Longest side, in pixels, of what a model of free size is given where strokes aren't scaled."""

STRIDE = 8
"""Sides of free size are multiples of it: most models halve them, and give back what is even."""

MARGIN = 16
"""Pixels of reflection around a picture of free size, at least: many models pad with zeros."""

TRIAL_SIZE = (48, 64)


class ExternalModel:
    """A model that takes a picture and gives one.

    Args:
        filter: what to call it in a message.
        data: the ONNX file.
        input_range, output_range: of `RANGES`.

    Raises:
        FilterError: its graph says that it is none.
    """

    def __init__(self, filter: str, data: bytes, input_range: str, output_range: str) -> None:
        self._filter = filter
        self._data = data
        self._input = picture_input(filter, data)
        self._white_in, self._white_out = RANGES[input_range], RANGES[output_range]

    def try_out(self) -> None:
        """Make sure that a picture goes in and comes out, and that the output's range is right.

        Raises:
            FilterError: it doesn't, or isn't.
        """
        height, width = self._input.size or TRIAL_SIZE
        rows, columns = np.mgrid[:height, :width].astype(np.float32)
        channels = [rows / height, columns / width, (rows + columns) % 16 / 16]
        output, _ = self._run(np.stack(channels, axis=2), "cpu", threading.Event())
        low, high = float(output.min()), float(output.max())
        found = f"gives numbers from {low:.3g} to {high:.3g}"
        if high - low < 1e-3 * self._white_out:
            raise FilterError(self._filter, f"{found}, which is no picture")
        # What networks give is more than white here and there, but not by so much.
        if self._white_out == 1 and high > 20:
            raise FilterError(self._filter, f"{found}; add it with --output-range 0..255")
        if self._white_out == 255 and high <= 2:
            raise FilterError(self._filter, f"{found}; add it with --output-range 0..1")

    def filtered(self, given: FilterInput) -> FilterResult:
        """A picture through the model in a single run, of which there is no progress to tell.

        A model of free size is given the picture at `WORKING_SIZE` / `stroke_scale`, but never
        enlarged. One of a fixed size is given the whole picture within that size, and reflections
        around it: its strokes are as large as it makes them. What comes out is resized to the
        picture's size, so that a much larger picture is soft.

        Raises:
            FilterError: the model can't be run, or gives no picture as large as it was given.
            ConfigError, MissingDependencyError, Cancelled: as in `FilterFunction`.
        """
        image = given.visible_image
        height, width = image.shape[:2]
        inner, pads = self._placed(height, width, given.stroke_scale)
        padded = np.pad(resized(image, *inner), (*pads, (0, 0)), mode="symmetric")
        check_cancelled(given.cancel)
        output, device = self._run(padded, given.device, given.cancel)
        (top, _), (left, _) = pads
        output = output[top : top + inner[0], left : left + inner[1]] / self._white_out
        return FilterResult(resized(output.clip(0, 1), height, width), device=device)

    def _placed(self, height: int, width: int, stroke_scale: float) -> tuple[tuple[int, int], Pads]:
        """The size of the picture in what the model is given, and what is before and after it."""
        if self._input.size:
            outer = self._input.size
            factor = min(outer[0] / height, outer[1] / width)
            inner = (max(1, round(height * factor)), max(1, round(width * factor)))
            before = [(whole - side) // 2 for whole, side in zip(outer, inner, strict=True)]
        else:
            wanted = round(elongation(height, width) * WORKING_SIZE / stroke_scale)
            longest = min(max(height, width), wanted, LARGEST_SIDE)
            inner = fitted_size(width, height, longest)
            outer = (_multiple(inner[0] + 2 * MARGIN), _multiple(inner[1] + 2 * MARGIN))
            before = [MARGIN, MARGIN]
        rows, columns = (
            (begin, whole - side - begin)
            for whole, side, begin in zip(outer, inner, before, strict=True)
        )
        return inner, (rows, columns)

    def _run(self, pixels: Array, device: str, cancel: threading.Event) -> tuple[Array, str]:
        """What the model gives for pixels in [0, 1], of their shape and in the output's range; and
        what it ran on."""
        pixels = pixels * np.float32(self._white_in)
        batch = pixels[None] if self._input.channels_last else as_batch(pixels)
        try:
            with memory_errors():
                session = open_session(self._data, device)
                (output,) = _run(session, {self._input.name: batch}, cancel)
        except StyleplugError:
            raise
        except Exception as error:  # ONNX Runtime's have no base of their own
            check_cancelled(cancel)
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            raise FilterError(
                self._filter, f"can't be run by ONNX Runtime ({reason}); export it anew"
            ) from error
        height, width = pixels.shape[:2]
        shape = getattr(output, "shape", None)
        if shape == (1, 3, height, width):
            output = as_pixels(output)
        elif shape == (1, height, width, 3):
            output = output[0]
        else:
            raise FilterError(
                self._filter,
                f"gives {shape} for a picture of {height}×{width} pixels, and so no picture",
            )
        if output.dtype != np.float32 or not np.isfinite(output).all():
            raise FilterError(self._filter, "gives what are no numbers of type float")
        return np.asarray(output), session.device


def _run(
    session: Session, feeds: Mapping[str, Array], cancel: threading.Event
) -> list[NDArray[Any]]:
    """A run that Ctrl-C and `cancel` end after the operator that is at work.

    In this thread ONNX Runtime would hold up both to its end.
    """
    options = import_onnxruntime().RunOptions()
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(session.run, None, feeds, options)
        try:
            while not wait([run], timeout=0.1).done:
                options.terminate = cancel.is_set()
        except BaseException:
            options.terminate = True
            raise
    return run.result()


def _multiple(side: int) -> int:
    return -(-side // STRIDE) * STRIDE
