"""Colours by ICC profiles: into sRGB, which is what the networks know, and back again.

Conversions are relative colorimetric with black point compensation, and in floating point, so that
16 bits stay 16 bits.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from styleplug.image.samples import Array, PathOrNone, Samples, scaled

# The data colour space in a profile's header, and how many channels it has.
_SPACES = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}
_NAMES = {1: "grey", 3: "RGB", 4: "CMYK"}
_LCMS_NAMES = {1: "gray", 3: "rgb", 4: "cmyk"}
# Less than half of an 8-bit level from sRGB is sRGB: its usual profiles differ from one another by
# as much, and most photographs carry one of them.
_SAME = 0.5 / 255
# What becomes of sRGB's 0.5: 0.21 in linear light, 0.43 under ProPhoto's gamma of 1.8.
_NEARLY_LINEAR = 0.3


class ProfileError(Exception):
    """An ICC profile is damaged or made for something else; the text continues "its profile"."""


@cache
def srgb_profile() -> bytes:
    """An ICC profile of sRGB."""
    return _undated(imagecodecs.cms_profile("srgb"))


@cache
def adobe_profile() -> bytes:
    """An ICC profile of Adobe RGB (1998)."""
    return _undated(imagecodecs.cms_profile("adobergb"))


def chromatic_profile(
    white: Sequence[float], primaries: Sequence[float], gamma: float | None
) -> bytes:
    """An ICC profile of RGB.

    Args:
        white: x and y of its white.
        primaries: x and y of red, green and blue.
        gamma: the power of its curve; None for sRGB's.

    Raises:
        ProfileError: there are no such colours.
    """
    curve: dict[str, Any] = {"gamma": gamma}
    if gamma is None:
        levels = np.linspace(0, 1, 1024)
        light = np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
        curve = {"transferfunction": np.rint(light * 65535).astype(np.uint16)}
    try:
        profile = imagecodecs.cms_profile("rgb", whitepoint=white, primaries=primaries, **curve)
        seen = _transformed(np.ones((1, 1, 3), np.float32), profile, srgb_profile())
    except (imagecodecs.CmsError, ValueError, ProfileError) as error:
        raise ProfileError("makes no sense") from error
    if np.abs(seen - 1).max() > _SAME:
        raise ProfileError("makes no sense")  # white isn't white
    return _undated(profile)


def srgb_curve(linear: Array) -> Array:
    """sRGB of linear light, both in [0, 1] (IEC 61966-2-1)."""
    curved: Array = np.where(
        linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055
    )
    return curved


def to_srgb(
    samples: Samples, path: PathOrNone = None
) -> tuple[Array, bytes | None, tuple[str, ...]]:
    """Colours as the networks take them, and how to write a picture that should look like these.

    Without a profile they are taken for sRGB, CMYK for its plain complement. What lies outside of
    sRGB, as vivid colours of Display P3, Adobe RGB or ProPhoto may, is clipped to it.

    Returns:
        pixels: (H, W, 3) float32, sRGB in [0, 1].
        profile: the ICC profile to write with: the picture's own if it is one of RGB; sRGB where
            the picture is in other colours; None where it has no profile and needs none.
        warnings: the picture's own, and what was made of its profile.

    Raises:
        UnsupportedImageError: values that aren't samples, or none at all.
    """
    colours, profile, warnings = samples.colours, samples.profile, list(samples.warnings)
    pixels = None
    if profile is not None:
        try:
            pixels = _converted(colours, profile, path)
            if not _is_rgb(profile):
                profile = srgb_profile()
            elif not _serves(profile, samples.depth):
                profile = srgb_profile()
                warnings.append("has colours that are only for reading; sRGB is written instead")
        except ProfileError as problem:
            profile = None
            warnings.append(f"has a colour profile that {problem}; it was ignored")
    if pixels is None:
        pixels = _without_profile(scaled(colours, path))
    if colours.shape[2] == 4:
        guess = " without a profile, so that its colours are a guess" if profile is None else ""
        warnings.append(f"is in CMYK{guess}; it is written as RGB")
        profile = srgb_profile()
    return pixels, profile, tuple(warnings)


def from_srgb(pixels: Array, profile: bytes | None) -> Array:
    """sRGB pixels, (H, W, 3) float32 in [0, 1], as the values of an RGB profile from `to_srgb`."""
    if profile is None or _is_srgb(profile):
        return pixels
    return _transformed(pixels, srgb_profile(), profile)


def lab_to_srgb(lab: NDArray[np.uint16]) -> Array:
    """L*a*b* as sRGB, (H, W, 3) float32 in [0, 1]; what lies outside of it is clipped.

    Args:
        lab: (H, W, 3), encoded as ICC profiles of version 4 do: L* 0..100, a* and b* -128..127.
    """
    pixels = _transformed(lab, _lab_profile(), srgb_profile(), space="lab")
    return np.clip(pixels, 0, 1, out=pixels)


@cache
def _lab_profile() -> bytes:
    return bytes(imagecodecs.cms_profile("lab4"))


def _undated(profile: bytes) -> bytes:
    """A profile made on no special day, so that equal pictures make equal files."""
    return profile[:24] + struct.pack(">6H", 2000, 1, 1, 0, 0, 0) + profile[36:]


def _converted(colours: NDArray[np.generic], profile: bytes, path: PathOrNone) -> Array:
    if profile[36:40] != b"acsp":
        raise ProfileError("is damaged")
    channels = _SPACES.get(profile[16:20])
    if colours.shape[2] == 1 and channels == 3:
        colours = np.repeat(colours, 3, axis=2)
    if colours.shape[2] != channels:
        raise ProfileError(f"isn't for {_NAMES[colours.shape[2]]}")
    if _is_rgb(profile) and _is_srgb(profile):
        return scaled(colours, path)
    if colours.dtype.kind == "f":
        colours = scaled(colours, path)
    converted = _transformed(colours, profile, srgb_profile())
    return np.clip(converted, 0, 1, out=converted)


def _without_profile(values: Array) -> Array:
    if values.shape[2] == 1:
        return np.repeat(values, 3, axis=2)
    if values.shape[2] == 4:
        return (1 - values[..., :3]) * (1 - values[..., 3:])
    return values


def _is_rgb(profile: bytes) -> bool:
    return _SPACES.get(profile[16:20]) == 3


@lru_cache(8)
def _is_srgb(profile: bytes) -> bool:
    """Whether an RGB profile's colours are those of sRGB, but for what no one can see."""
    levels = np.linspace(0, 1, 9, dtype=np.float32)
    grid = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    return bool(np.abs(_transformed(grid, profile, srgb_profile()) - grid).max() < _SAME)


@lru_cache(8)
def _serves(profile: bytes, depth: int) -> bool:
    """Whether a picture can be written with this RGB profile.

    Those of scanners only lead out of their colours, and 8 bits of linear light are too few.
    """
    try:
        middle = _transformed(np.full((1, 1, 3), 0.5, np.float32), srgb_profile(), profile)
    except ProfileError:
        return False
    return depth == 16 or bool(middle.mean() > _NEARLY_LINEAR)


def _transformed(
    colours: NDArray[np.generic], profile: bytes, target: bytes, *, space: str | None = None
) -> Array:
    """Colours of one profile as float32 in another; they may leave [0, 1]."""
    try:
        # It takes neither grey with a third axis nor strides other than those of a fresh array.
        result: Array = imagecodecs.cms_transform(
            (colours[..., 0] if colours.shape[2] == 1 else colours).copy(),
            profile,
            target,
            colorspace=space or _LCMS_NAMES[colours.shape[2]],
            planar=False,
            outcolorspace="rgb",
            outplanar=False,
            outdtype=np.float32,
            intent=imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC,
            flags=imagecodecs.CMS.FLAGS.BLACKPOINTCOMPENSATION,
        )
    except (imagecodecs.CmsError, ValueError) as error:
        raise ProfileError("is damaged") from error
    return result
