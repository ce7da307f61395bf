"""The pictures of a transfer: where the photograph is painted, and in whose manner.

A region is a part of the photograph with paintings of its own; regions may have soft edges, and a
pixel may belong to several in parts. After Gatys, Ecker, Bethge, Hertzmann and Shechtman 2017,
"Controlling Perceptual Factors in Neural Style Transfer" (https://arxiv.org/abs/1611.07865),
section 4. What belongs to no region stays as it is in the photograph.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from styleplug.errors import ConfigError
from styleplug.hookspecs import Mask, StyleRole, StylizeRequest
from styleplug.image.masks import is_black, shares
from styleplug.image.picture import Picture
from styleplug.image.resize import resized
from styleplug.image.transparency import fill_hidden, resized_picture
from styleplug.transfer.preserved import what_to_preserve
from styleplug.vgg.layers import block_of

Array = NDArray[np.float32]

BLOCKS: Mapping[str, range] = MappingProxyType(
    {"all": range(1, 6), "fine": range(1, 3), "coarse": range(3, 6)}
)
"""By depth, the network's blocks whose statistics a painting gives: shallow ones have the brush and
the canvas, deep ones shapes and composition (Gatys et al. 2017, section 6)."""


@dataclass(frozen=True, eq=False)
class ContentImage(Picture):
    """The photograph; its alpha is how much each pixel counts.

    `regions` are the parts of that which belong to each region, (H, W) float32 in [0, 1], and sum
    to alpha, or to 1 where there is none; empty where all is one region. `preserved` is how much of
    what it shows is to be preserved, (h, w) float32 in [0, 1]; None for nothing in particular.
    """

    regions: tuple[Array, ...] = field(default=(), kw_only=True)
    preserved: Array | None = field(default=None, kw_only=True)

    def at(self, height: int, width: int) -> Self:
        """The photograph at another size."""
        picture = resized_picture(self, height, width)
        if self.preserved is not None:
            picture = replace(picture, preserved=resized(self.preserved, height, width))
        if not self.regions:
            return picture
        regions = tuple(resized(region, height, width) for region in self.regions)
        alpha = None if self.alpha is None else np.sum(regions, axis=0).clip(0, 1)
        return replace(picture, alpha=alpha, regions=regions)


@dataclass(frozen=True, eq=False)
class StyleImage(Picture):
    """A painting, of which what is seen gives a region its style.

    Args:
        weight: how much it counts among the paintings of its region.
        depth: of `BLOCKS`.
        region: the number of its region.
    """

    weight: float = field(default=1.0, kw_only=True)
    depth: str = field(default="all", kw_only=True)
    region: int = field(default=0, kw_only=True)

    def layers(self, layers: Iterable[str]) -> list[str]:
        """Those of the layers that it is for."""
        return layers_at(self.depth, layers)


@dataclass(frozen=True, eq=False)
class Scene:
    """All pictures of a transfer, without hidden colours.

    Args:
        shown: how much of what is painted to show, the rest from the photograph, (H, W) float32 in
            [0, 1] of its size; None for all.
        notes: lines for the person who waits.
    """

    photograph: ContentImage
    paintings: tuple[StyleImage, ...]
    shown: Array | None = None
    notes: tuple[str, ...] = ()

    def composed(self, painted: Array) -> Array:
        """A picture of what is painted, (h, w, 3) of any size, as far as it is to be shown."""
        if self.shown is None:
            return painted
        size = painted.shape[:2]
        shown = resized(self.shown, *size)[..., np.newaxis]
        photograph = resized(self.photograph.pixels, *size)
        return photograph + shown * (painted - photograph)


def layers_at(depth: str, layers: Iterable[str]) -> list[str]:
    """Those of the layers that belong to a depth of `BLOCKS`."""
    return [layer for layer in layers if block_of(layer) in BLOCKS[depth]]


def compose(request: StylizeRequest) -> Scene:
    """The scene that a request describes.

    Raises:
        ConfigError: a region, or what is left for a painting, is empty; or a region has no weight.
        UnsupportedImageError: nothing of a picture is seen.
    """
    photograph = fill_hidden(Picture(request.content_image, request.content_alpha))
    roles, paintings = _weighted(request)
    places = _distinct(roles)
    size = photograph.pixels.shape[:2]
    notes = tuple(
        mask.scaling_note(size)
        for mask in (request.mask, *places)
        if mask is not None and mask.values.shape != size
    )
    regions, shown = _regions(places, request.mask, photograph)
    numbered = tuple(
        replace(painting, region=_index(places, role.region))
        for painting, role in zip(paintings, roles, strict=True)
    )
    preserved, remarks = what_to_preserve(photograph.pixels, request.config.preserve)
    content = replace(_counted(photograph, regions, shown), preserved=preserved)
    return Scene(content, numbered, shown, (*notes, *remarks))


def _weighted(request: StylizeRequest) -> tuple[list[StyleRole], list[StyleImage]]:
    """The paintings that count for something, and what each is for."""
    pictures = zip(request.style_images, request.style_alphas, request.style_roles, strict=True)
    roles, paintings = [], []
    for pixels, alpha, role in pictures:
        if role.weight:
            roles.append(role)
            painting = StyleImage(pixels, alpha, weight=role.weight, depth=role.depth)
            paintings.append(fill_hidden(painting))
    for place in _distinct(request.style_roles):
        if not any(_same(place, role.region) for role in roles):
            where = f"the paintings of {place.name}" if place else "the paintings"
            raise ConfigError("weight", 0, f"above 0 for one of {where}")
    return roles, paintings


def _regions(
    places: Sequence[Mask | None], mask: Mask | None, photograph: Picture
) -> tuple[list[Array], Array | None]:
    """How much of each pixel belongs to each place, and to all of them together."""
    size, alpha = photograph.pixels.shape[:2], photograph.alpha
    acts = None if mask is None else mask.at(size)
    regions = []
    masks = [None if place is None else place.at(size) for place in places]
    for place, region in zip(places, shares(masks, size), strict=True):
        region = region if acts is None else region * acts
        seen = region if alpha is None else region * alpha
        if is_black(seen):
            raise _empty(place)
        regions.append(region)
    shown = np.sum(regions, axis=0).clip(0, 1)
    return regions, None if shown.min() >= 1 - 1e-6 else shown


def _counted(photograph: Picture, regions: Sequence[Array], shown: Array | None) -> ContentImage:
    """The photograph, of which what is painted counts, as much as it is seen."""
    alpha = photograph.alpha
    if alpha is not None:
        regions = [region * alpha for region in regions]
    if len(regions) > 1:
        is_even = alpha is None and shown is None
        alpha = None if is_even else np.sum(regions, axis=0).clip(0, 1)
        return ContentImage(photograph.pixels, alpha, regions=tuple(regions))
    if shown is not None:
        # As of transparency, an even mask leaves all pixels their equal parts.
        [alpha] = regions
        alpha = None if alpha.min() == alpha.max() else alpha
    return ContentImage(photograph.pixels, alpha)


def _empty(place: Mask | None) -> ConfigError:
    if place is None:
        allowed = "such that they leave something for the paintings without a region"
        return ConfigError("regions", "all masks together", allowed)
    allowed = "white, or grey, somewhere; it is empty"
    if not is_black(place.values):
        allowed = "partly within the mask, and where the photograph is seen"
    return ConfigError("region", place.name, allowed)


def _distinct(roles: Iterable[StyleRole] | Sequence[StyleRole]) -> list[Mask | None]:
    """The places of roles, each once, in their order."""
    places: list[Mask | None] = []
    for role in roles:
        if not any(_same(role.region, place) for place in places):
            places.append(role.region)
    return places


def _index(places: Sequence[Mask | None], region: Mask | None) -> int:
    return next(i for i, place in enumerate(places) if _same(place, region))


def _same(one: Mask | None, other: Mask | None) -> bool:
    if one is None or other is None or one is other:
        return one is other
    return np.array_equal(one.values, other.values)
