"""Colours that a file describes by numbers (CICP), as AVIF, HEIF and PNG do: as ICC profiles, or
tone-mapped where they are those of HDR (ITU-T H.273, BT.2100)."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from styleplug.image.colour import chromatic_profile, srgb_curve
from styleplug.image.samples import Array, Samples, quantised, scaled

_D65 = (0.3127, 0.3290)
_C = (0.310, 0.316)
# By number: the white, then red, green and blue.
_PRIMARIES = {
    1: (_D65, (0.640, 0.330, 0.300, 0.600, 0.150, 0.060)),  # BT.709, sRGB
    4: (_C, (0.670, 0.330, 0.210, 0.710, 0.140, 0.080)),  # BT.470 M
    5: (_D65, (0.640, 0.330, 0.290, 0.600, 0.150, 0.060)),  # BT.470 B, G
    6: (_D65, (0.630, 0.340, 0.310, 0.595, 0.155, 0.070)),  # BT.601
    7: (_D65, (0.630, 0.340, 0.310, 0.595, 0.155, 0.070)),  # SMPTE 240M
    8: (_C, (0.681, 0.319, 0.243, 0.692, 0.145, 0.049)),  # film
    9: (_D65, (0.708, 0.292, 0.170, 0.797, 0.131, 0.046)),  # BT.2020
    11: ((0.314, 0.351), (0.680, 0.320, 0.265, 0.690, 0.150, 0.060)),  # DCI-P3
    12: (_D65, (0.680, 0.320, 0.265, 0.690, 0.150, 0.060)),  # Display P3
    22: (_D65, (0.630, 0.340, 0.295, 0.605, 0.155, 0.077)),  # EBU 3213
}
# Video's curves go with screens of much the same curve as sRGB, for which browsers take them.
_LIKE_SRGB = (1, 6, 7, 13, 14, 15)
_GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0}
_UNSPECIFIED = 2
_PQ, _HLG = 16, 18
_HDR_NAMES = {_PQ: "PQ", _HLG: "HLG"}

WHITE = 203.0
"""Of a sheet of paper in HDR, in cd/m² (BT.2408); it becomes the white of sRGB."""
_HLG_PEAK = 1000.0
_AT_A_TIME = 2**16  # pixels, since tone mapping takes many arrays


def described(samples: Samples, primaries: int, transfer: int) -> Samples:
    """Samples with the ICC profile that the numbers mean, or in sRGB if they are HDR.

    They stay as they are where the numbers are those of sRGB, which writers put in where they know
    no better, or where they are unspecified. Unknown numbers are warned of.
    """
    primaries = 1 if primaries == _UNSPECIFIED else primaries
    transfer = 13 if transfer == _UNSPECIFIED else transfer
    known = primaries in _PRIMARIES
    if known and transfer in _HDR_NAMES:
        return _tone_mapped(samples, primaries, transfer)
    if not known or not (transfer in _LIKE_SRGB or transfer in _GAMMAS):
        warning = f"has colours of an unknown kind ({primaries}/{transfer}); they count as sRGB"
        return replace(samples, warnings=(*samples.warnings, warning))
    if primaries == 1 and transfer in _LIKE_SRGB:
        return samples
    white, corners = _PRIMARIES[primaries]
    return replace(samples, profile=chromatic_profile(white, corners, _GAMMAS.get(transfer)))


def _tone_mapped(samples: Samples, primaries: int, transfer: int) -> Samples:
    """Samples of HDR as sRGB: paper becomes white, and highlights are compressed below it.

    The curve is BT.2390's (section 5.4.1), applied to the largest of R, G and B, so that hues stay.
    """
    to_light = _pq_light if transfer == _PQ else _hlg_light
    values = scaled(samples.colours)
    if values.shape[2] == 1:
        values = np.repeat(values, 3, axis=2)
    peak = float(to_light(values.max().reshape(1, 1, 1).repeat(3, 2)).max())
    matrix = _xyz_matrix(1, inverse=True) @ _xyz_matrix(primaries)
    depth = samples.depth
    colours = np.empty(values.shape, np.uint16 if depth == 16 else np.uint8)
    rows = max(1, _AT_A_TIME // values.shape[1])
    for start in range(0, len(values), rows):
        light = to_light(values[start : start + rows])
        largest = np.maximum(light.max(axis=2, keepdims=True), 1e-6)
        light *= _compressed(largest, peak) / largest / WHITE
        linear = np.clip(light @ matrix.T.astype(np.float32), 0, 1)
        colours[start : start + rows] = quantised(srgb_curve(linear), depth)
    warning = f"is HDR ({_HDR_NAMES[transfer]}); its highlights were compressed to those of sRGB"
    return replace(samples, colours=colours, profile=None, warnings=(*samples.warnings, warning))


def _compressed(light: Array, peak: float) -> Array:
    """Light, in cd/m², whose most is `peak`, as light up to `WHITE`."""
    if peak <= WHITE:
        return light
    whole = _pq_signal(np.float32(peak))
    most = _pq_signal(np.float32(WHITE)) / whole
    knee = 1.5 * most - 0.5
    signal = _pq_signal(light) / whole
    t = np.clip((signal - knee) / (1 - knee), 0, 1)
    spline = (
        (2 * t**3 - 3 * t**2 + 1) * knee
        + (t**3 - 2 * t**2 + t) * (1 - knee)
        + (-2 * t**3 + 3 * t**2) * most
    )
    return _pq_light(np.where(signal < knee, signal, spline) * whole)


_M1, _M2 = 2610 / 16384, 2523 / 32
_C1, _C2, _C3 = 3424 / 4096, 2413 / 128, 2392 / 128


def _pq_light(signal: Array) -> Array:
    """cd/m² of a PQ signal in [0, 1] (BT.2100, table 4)."""
    power = signal ** (1 / _M2)
    light: Array = 10000 * (np.maximum(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1)
    return light


def _pq_signal(light: Array | np.float32) -> Array:
    power = np.power(light / 10000, _M1)
    return np.asarray(((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2, np.float32)


def _hlg_light(signal: Array) -> Array:
    """cd/m² on a screen of 1000, of an HLG signal in [0, 1] (BT.2100, table 5)."""
    a = 0.17883277
    b, c = 1 - 4 * a, 0.5 - a * np.log(4 * a)
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    luminance = scene @ np.array([0.2627, 0.6780, 0.0593], np.float32)
    light: Array = scene * (np.maximum(luminance, 1e-9) ** 0.2 * _HLG_PEAK)[..., np.newaxis]
    return light


@lru_cache
def _xyz_matrix(primaries: int, *, inverse: bool = False) -> NDArray[np.float64]:
    """From linear RGB to CIE XYZ (SMPTE RP 177), or back."""
    white, corners = _PRIMARIES[primaries]
    x, y = np.array([*corners, *white]).reshape(4, 2).T
    xyz = np.stack([x / y, np.ones(4), (1 - x - y) / y])
    matrix = xyz[:, :3] * np.linalg.solve(xyz[:, :3], xyz[:, 3])
    return np.asarray(np.linalg.inv(matrix) if inverse else matrix, np.float64)
