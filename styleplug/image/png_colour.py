"""The colours of PNG files, which may be described in five ways (PNG, third edition, 4.3)."""

from __future__ import annotations

import struct
from dataclasses import replace

from styleplug.image.cicp import described as described_by_numbers
from styleplug.image.colour import ProfileError, chromatic_profile
from styleplug.image.png_chunks import contents
from styleplug.image.samples import Samples

_BY_NUMBERS, _SRGB, _GAMMA, _CHROMATICITIES = b"cICP", b"sRGB", b"gAMA", b"cHRM"
_LENGTHS = {_BY_NUMBERS: 4, _SRGB: 1, _GAMMA: 4, _CHROMATICITIES: 32}

_SRGB_CORNERS = (0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)  # the white first
_SRGB_GAMMA = 2.2
# Nobody sees less, and it is what writers put in for programs that don't know sRGB (libpng).
_SAME_GAMMA, _SAME_CORNER = 1.05, 0.001
# With other primaries only what is written for sRGB's curve: Adobe RGB's gamma is 2.199.
_SAME_ENCODING = 0.0001
_GAMMAS = (0.05, 20)


def described(samples: Samples, data: bytes, *, has_profile: bool) -> Samples:
    """Samples with the ICC profile that the file means.

    The first of these counts that a file has: cICP, the ICC profile, sRGB, gAMA with cHRM. Those
    that mean sRGB change nothing.

    Args:
        samples: with the file's ICC profile, or what its EXIF data say.
        data: the file.
        has_profile: whether it is the file's ICC profile.
    """
    found = contents(data, _LENGTHS)
    found = {kind: content for kind, content in found.items() if len(content) == _LENGTHS[kind]}
    if _BY_NUMBERS in found:
        primaries, transfer, *_ = found[_BY_NUMBERS]
        return described_by_numbers(
            replace(samples, profile=None) if has_profile else samples, primaries, transfer
        )
    if has_profile or _SRGB in found or not {_GAMMA, _CHROMATICITIES} & found.keys():
        return samples
    try:
        profile = _profile(found.get(_GAMMA), found.get(_CHROMATICITIES))
    except ProfileError as problem:
        warning = f"has colours whose description {problem}; it was ignored"
        return replace(samples, warnings=(*samples.warnings, warning))
    return samples if profile is None else replace(samples, profile=profile)


def _profile(gamma: bytes | None, chromaticities: bytes | None) -> bytes | None:
    """The ICC profile of two chunks; None if it would be that of sRGB.

    Raises:
        ProfileError: they make no sense.
    """
    corners = _SRGB_CORNERS
    if chromaticities is not None:
        corners = tuple(value / 100_000 for value in struct.unpack(">8I", chromaticities))
    same = zip(corners, _SRGB_CORNERS, strict=True)
    has_srgb_corners = all(abs(one - other) <= _SAME_CORNER for one, other in same)
    power = None
    if gamma is not None:
        encoding = int.from_bytes(gamma, "big") / 100_000
        power = 1 / encoding if encoding else 0
        if not _GAMMAS[0] <= power <= _GAMMAS[1]:
            raise ProfileError("makes no sense")
        is_near = 1 / _SAME_GAMMA < power / _SRGB_GAMMA < _SAME_GAMMA
        if is_near and (has_srgb_corners or abs(encoding - 1 / _SRGB_GAMMA) < _SAME_ENCODING):
            power = None
    if power is None and has_srgb_corners:
        return None
    return chromatic_profile(corners[:2], corners[2:], power)
