"""The functions of the public API: they make requests and call the hooks, and nothing else."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from styleplug.config import Config, FilterConfig, StylizeConfig
from styleplug.errors import ConfigError, UnsupportedImageError, UnwritableImageError
from styleplug.events import Finished
from styleplug.filter_region import FilterRegion
from styleplug.guard import OWN_PLUGIN
from styleplug.hookspecs import (
    Checkpoint,
    FeaturesRequest,
    Filter,
    FilterRequest,
    FilterResult,
    Mask,
    PreviousFrame,
    StyleRole,
    StylizeRequest,
    StylizeResult,
)
from styleplug.image.formats import Format
from styleplug.offers import offered_filters, offered_formats
from styleplug.options import split_list
from styleplug.painting import Painting
from styleplug.parts import Part, missing, path_or_part
from styleplug.plugins import plugin_manager

_log = logging.getLogger("styleplug")

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    from styleplug.events import Event
    from styleplug.image.picture import Picture

    ImageLike = str | os.PathLike[str] | Image.Image | NDArray[Any] | Picture


def stylize(
    content_image: ImageLike,
    style_images: ImageLike | Painting[Any] | Sequence[ImageLike | Painting[Any]],
    config: StylizeConfig | None = None,
    on_event: Callable[[Event], None] | None = None,
    cancel: threading.Event | None = None,
    checkpoint: Checkpoint | None = None,
    mask: ImageLike | Part | None = None,
    previous: PreviousFrame | None = None,
    weaker: Iterable[float] = (),
) -> StylizeResult:
    """Paint a photograph in the manner of one or more paintings.

    Args:
        content_image: the photograph: a path, a PIL image, or an array (H, W, 3), uint8 in 0..255,
            uint16 in 0..65535 or float in [0, 1], sRGB. (H, W, 4) has an alpha: it is kept, and
            what is transparent has no influence, in paintings neither.
        style_images: one painting or a list of several, likewise, or by its name in the collection
            (`styleplug styles list`); several are mixed in equal parts. A `Painting` says besides
            how much it counts, at which depth, and in which region of the photograph.
        config: how to paint; the default is the preset "painterly" at 512 pixels.
        on_event: called with each event of `styleplug.events`.
        cancel: set it, from any thread, to end within one evaluation with the picture so far.
        checkpoint: a file to keep the state in, and to go on from.
        mask: where, and how strongly, to paint: a grey picture, white for fully. What is black
            stays as it is. One of another size is scaled. Or a part that is found in the
            photograph: "person", "background" or "sky".
        previous: of a frame of a video, what the one before has become.
        weaker: strengths below the config's at which to paint the picture, too, in much less time
            than by themselves.

    Returns:
        The result, whose `image` is (H, W, 3) float32, sRGB in [0, 1], as large as the photograph,
        and whose `alpha` is the photograph's; `to_pil()` gives a PIL image, `save(path)` writes a
        file. Its `weaker` has the results of weaker strengths, by strength.

    Raises:
        StyleplugError: a wrong option, picture or model, or a missing package; see
            `styleplug.errors` for all of them.
        Cancelled: before there was a picture to keep.

    Example:
        >>> result = styleplug.stylize("photo.jpg", "painting.jpg")  # doctest: +SKIP
        >>> result.to_pil().show()  # doctest: +SKIP
    """
    config = config or StylizeConfig()
    paintings: Sequence[Any] = (
        style_images if isinstance(style_images, (list, tuple)) else [style_images]
    )
    if not paintings:
        raise ConfigError("style_images", paintings, "one painting or more")
    photograph = _picture(content_image)
    styles, roles = _styles(paintings, photograph)
    request = StylizeRequest(
        content_image=photograph.pixels,
        style_images=tuple(style.pixels for style in styles),
        config=config,
        initial_image=_option_pixels(config, "init"),
        on_event=on_event,
        cancel=cancel or threading.Event(),
        content_alpha=photograph.alpha,
        style_alphas=tuple(style.alpha for style in styles),
        checkpoint=checkpoint,
        style_roles=tuple(roles),
        mask=_where(mask, "the mask", photograph),
        palette_image=_option_pixels(config, "palette"),
        previous=previous,
        weaker=tuple(sorted(set(weaker), reverse=True)),
    )
    result: StylizeResult = plugin_manager().hook.styleplug_stylize(request=request)
    return result


def apply_filter(
    image: ImageLike,
    filter: str | Sequence[FilterRegion[Any]],
    config: FilterConfig | None = None,
    on_event: Callable[[Event], None] | None = None,
    cancel: threading.Event | None = None,
    mask: ImageLike | Part | None = None,
    previous: PreviousFrame | None = None,
) -> FilterResult:
    """Send a picture through a filter.

    Args:
        image: as `stylize` takes it.
        filter: the name of one that `list_filters` gives, or styles of styleplug's own blended by
            weights, such as "starry-night:0.6,the-wave:0.4". Or a list of `FilterRegion`: several
            filters, each in a region of its own. What they leave is for the one without a region;
            if there is none, it stays as it is.
        config: how to apply it; by default at full strength.
        on_event: called with each event of `styleplug.events`.
        cancel: set it, from any thread, to end the work early.
        mask: where, and how strongly, to filter, as of `stylize`.
        previous: as of `stylize`.

    Returns:
        The result, whose `image` is (H, W, 3) float32, sRGB in [0, 1], as large as the picture.

    Raises:
        ConfigError: there is no such filter, or the blend is none; or a region is empty.
        FilterError: the filter's file is damaged, or of another version of the network.
        PluginError: the plug-in that has the filter failed.
        StyleplugError: a wrong option or picture.
    """
    picture, config = _picture(image), config or FilterConfig()
    request = FilterRequest(
        image=picture.pixels,
        filter=filter if isinstance(filter, str) else "",
        config=config,
        on_event=on_event,
        cancel=cancel or threading.Event(),
        alpha=picture.alpha,
        mask=_where(mask, "the mask", picture),
        palette_image=_option_pixels(config, "palette"),
        previous=previous,
    )
    if not isinstance(filter, str):
        return _apply_in_regions(request, filter, picture)
    result: FilterResult = plugin_manager().hook.styleplug_apply_filter(request=request)
    return result


def find_part(image: ImageLike, part: Part | str) -> NDArray[np.float32] | None:
    """Where a part of a photograph is, as a mask with the photograph's edges.

    Args:
        image: as `stylize` takes it.
        part: "person", also for several persons; "background", all but these; or "sky".

    Returns:
        (H, W) float32 in [0, 1], 1 for what belongs to it; None where there is no such part. Where
        nobody is found, all is background.

    Raises:
        ConfigError: there is no part of this name.
        ImageError: it is no picture.
        ModelError: the network that finds persons is missing or damaged.
        MissingDependencyError: ONNX Runtime isn't installed.
    """
    from styleplug import segmentation

    if part not in list(Part):
        raise ConfigError("part", part, f"one of {', '.join(Part)}")
    return segmentation.find_part(Part(part), _pixels(image))


def list_filters() -> tuple[Filter, ...]:
    """The filters that there are, by name: styleplug's own, the user's, and those of plug-ins."""
    return offered_filters(plugin_manager())


def list_formats() -> tuple[Format, ...]:
    """The formats of pictures that there are: styleplug's own, and those of plug-ins."""
    return offered_formats(plugin_manager())


def read_image(path: str | os.PathLike[str]) -> Picture:
    """The picture in a file, by whichever plug-in reads it.

    Raises:
        ImageError: the file can't be read.
    """
    picture: Picture = plugin_manager().hook.styleplug_read_image(path=Path(path))
    return picture


def check_output(
    path: str | os.PathLike[str], *, inputs: Iterable[str | os.PathLike[str]], overwrite: bool
) -> None:
    """Make sure, before any work is done, that `write_image` can write a picture to `path`.

    Raises:
        UnwritableImageError: the place or the format won't do, or there is a file that may not be
            replaced, such as one of the `inputs`.
    """
    from styleplug.image.write import check_place

    path = Path(path)
    check_place(path, inputs=inputs, overwrite=overwrite)
    _check_format(path)


def write_image(
    picture: ImageLike, path: str | os.PathLike[str], *, overwrite: bool = False
) -> None:
    """Write a picture in the format that the name ends in, whole or not at all.

    Args:
        picture: as `read_image` gives it, with all that it keeps; or as `stylize` takes one.
        path: of the file.
        overwrite: whether an existing file may be replaced.

    Raises:
        UnwritableImageError: the place or the format won't do, or there is a file already.
        ImageError: it is no picture.
    """
    image = _picture(picture)
    plugin_manager().hook.styleplug_write_image(image=image, path=Path(path), overwrite=overwrite)


def extract_features(
    image: ImageLike,
    layers: Iterable[str] = ("relu4_2",),
    *,
    size: int | None = None,
    backbone: str = "auto",
    pooling: str = "max",
    device: str = "auto",
) -> Mapping[str, NDArray[np.float32]]:
    """Features of a picture by layer, (1, C, H, W) float32, from ONNX Runtime.

    Args:
        image: as `stylize` takes it.
        layers: names such as "relu4_2", or a text of them, separated by commas.
        size: longest side to bring the picture to first, pixels; None leaves it as it is.

    Raises:
        ImageError, LayerNotFoundError, ModelError, ConfigError, MissingDependencyError
    """
    from styleplug.image.resize import fitted

    pixels = _pixels(image)
    if size is not None:
        pixels = fitted(pixels, size)
    if isinstance(layers, str):
        layers = split_list(layers)
    request = FeaturesRequest(pixels, tuple(layers), backbone, pooling, device)
    features: Mapping[str, NDArray[np.float32]]
    features = plugin_manager().hook.styleplug_extract_features(request=request)
    return features


def _check_format(path: Path) -> None:
    from styleplug.image.encode import check_format

    formats = list_formats()
    writers = {format.source for format in formats if path.suffix.lower() in format.writes}
    if not writers:
        known = ", ".join(extension for format in formats for extension in format.writes)
        raise UnwritableImageError(path, f"has no known extension; use one of {known}")
    if writers == {OWN_PLUGIN}:
        check_format(path)


def _apply_in_regions(
    request: FilterRequest, regions: Sequence[FilterRegion[Any]], picture: Picture
) -> FilterResult:
    """A request's picture through filters, each in its region, as a request of its own.

    A mask has each change its part alone, so that the changes add up.
    """
    masks = _shares(regions, request.mask, picture)
    done: list[FilterResult] = []
    image = request.image.copy()

    def on_event(event: Event) -> None:
        if request.on_event and not isinstance(event, Finished):  # of one region
            request.on_event(event)

    for region, mask in zip(regions, masks, strict=True):
        inner = replace(request, filter=region.filter, mask=mask, on_event=on_event, previous=None)
        done.append(plugin_manager().hook.styleplug_apply_filter(request=inner))
        image += done[-1].image - request.image
    if request.previous:
        request.previous.hold(image)
    result = replace(done[-1], image=image.clip(0, 1))
    request.notify(Finished(result))
    return result


def _shares(
    regions: Sequence[FilterRegion[Any]], mask: Mask | None, picture: Picture
) -> list[Mask]:
    """How much of each pixel is a filter's, within the mask."""
    from styleplug.image.masks import is_black, shares

    if not regions or sum(region.region is None for region in regions) > 1:
        names = ", ".join(region.filter for region in regions)
        allowed = "filters with a region each, and one without at most; blend others: a:0.6,b:0.4"
        raise ConfigError("filter", names, allowed)
    size = picture.pixels.shape[:2]
    places = [
        _where(region.region, f"the region of {region.filter}", picture) for region in regions
    ]
    for place in (*places, mask):
        if place and place.values.shape != size:
            _log.warning("%s", place.scaling_note(size))
    values = shares([None if place is None else place.at(size) for place in places], size)
    within = 1 if mask is None else mask.at(size)
    found = []
    for region, place, share in zip(regions, places, values, strict=True):
        name = place.name if place else f"the rest, for {region.filter}"
        acts = Mask(share * within, name)
        if is_black(acts.values):
            raise ConfigError("region", name, "such that something of the picture is left for it")
        found.append(acts)
    return found


def _styles(paintings: Iterable[Any], photograph: Picture) -> tuple[list[Picture], list[StyleRole]]:
    """The pictures of paintings, each with what it is for."""
    from styleplug.image.masks import cropped, masked

    styles, roles = [], []
    for number, each in enumerate(paintings, start=1):
        painting = each if isinstance(each, Painting) else Painting(each)
        picture = cropped(_painting(painting.image), painting.crop)
        for region, mask in _places(painting, number, photograph):
            styles.append(picture if mask is None else masked(picture, mask.values))
            roles.append(StyleRole(painting.weight, painting.depth, region))
    return styles, roles


def _places(
    painting: Painting[Any], number: int, photograph: Picture
) -> Iterator[tuple[Mask | None, Mask | None]]:
    """The regions of a painting in the photograph, each with the mask of what is learned from."""
    names = f"the region of painting {number}", f"the mask of painting {number}"
    region: Any = painting.region
    mask: Any = painting.mask
    if not painting.by_color:
        where = _where(region, names[0], photograph)
        yield where, None if mask is None else _mask(mask, names[1])
        return
    from styleplug.image.masks import matched_colors

    maps = _picture(region), _picture(mask)
    names = str(maps[0].path or names[0]), str(maps[1].path or names[1])
    for color, in_photograph, in_painting in matched_colors(*maps):
        yield (
            Mask(in_photograph, f"{color} in {names[0]}"),
            Mask(in_painting, f"{color} in {names[1]}"),
        )


def _where(place: ImageLike | Part | None, name: str, photograph: Picture) -> Mask | None:
    """The mask of a place in a photograph, which `name` is what to call, unless it has a name."""
    if isinstance(place, str) and not isinstance(place, Part):
        place = path_or_part(place)
    if place is None:
        return None
    return _part(place, photograph) if isinstance(place, Part) else _mask(place, name)


def _mask(image: ImageLike, name: str) -> Mask:
    from styleplug.image.masks import is_black, mask_values

    picture = _picture(image)
    mask = Mask(mask_values(picture), str(picture.path or name))
    if is_black(mask.values):
        raise ConfigError("mask", mask.name, "white, or grey, somewhere; it is empty")
    return mask


def _part(part: Part, photograph: Picture) -> Mask:
    from styleplug.image.masks import is_black

    values = find_part(photograph, part)
    if values is None or is_black(values):
        # The picture's own fault: others of a batch may well show it.
        raise UnsupportedImageError(photograph.path, f"{missing(part)}; give a mask's file instead")
    if part is Part.BACKGROUND and values.min() == 1:
        _log.warning("nobody is found in the photograph, so all of it is background")
    return Mask(values, str(part))


def _painting(image: ImageLike) -> Picture:
    from styleplug.styles import painting_file

    return _picture(painting_file(image) if isinstance(image, str | os.PathLike) else image)


def _picture(image: ImageLike) -> Picture:
    from styleplug.image.picture import Picture

    return Picture.from_any(image)


def _option_pixels(config: Config, option: str) -> NDArray[np.float32] | None:
    """Of the picture whose file an option names; None where it names none."""
    path = config.files().get(option)
    return None if path is None else _pixels(path)


def _pixels(image: ImageLike) -> NDArray[np.float32]:
    """A picture's pixels, where there is no place for its alpha: without hidden colours."""
    from styleplug.image.transparency import fill_hidden

    return fill_hidden(_picture(image)).pixels
