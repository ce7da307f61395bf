"""What styleplug itself contributes, as a plug-in like any other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from styleplug.hookspecs import (
    FeaturesRequest,
    Filter,
    FilterRequest,
    FilterResult,
    StylizeRequest,
    StylizeResult,
    hookimpl,
)
from styleplug.image.formats import FORMATS, Format
from styleplug.runtime.memory import memory_errors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from styleplug.image.picture import Picture


@hookimpl
def styleplug_stylize(request: StylizeRequest) -> StylizeResult:
    """The optimisation over the pixels (`styleplug.transfer`)."""
    from styleplug.transfer.setup import stylize

    with memory_errors():
        return stylize(request)


@hookimpl
def styleplug_register_filters() -> Iterable[Filter]:
    """The collection of filters (`styleplug.filters`)."""
    from styleplug.filters.collection import list_filters

    return list_filters()


@hookimpl
def styleplug_apply_filter(request: FilterRequest) -> FilterResult | None:
    """A filter of the collection, or a blend of several (`styleplug.filters`)."""
    from styleplug.filters.collection import apply_filter

    with memory_errors():
        return apply_filter(request)


@hookimpl
def styleplug_register_formats() -> Iterable[Format]:
    """What styleplug reads and writes without plug-ins of others (`styleplug.image.formats`)."""
    return FORMATS


@hookimpl
def styleplug_read_image(path: Path) -> Picture:
    """Pillow's formats (`styleplug.image`)."""
    from styleplug.image.read import read_picture

    return read_picture(path)


@hookimpl
def styleplug_write_image(image: Picture, path: Path, overwrite: bool) -> bool:
    """Pillow's formats (`styleplug.image`)."""
    from styleplug.image.write import write_picture

    write_picture(image, path, overwrite=overwrite)
    return True


@hookimpl
def styleplug_extract_features(request: FeaturesRequest) -> Mapping[str, NDArray[np.float32]]:
    """The ONNX encoder's features (`styleplug.vgg.encoder`)."""
    from styleplug.runtime.models import pick_backbone
    from styleplug.vgg.encoder import Encoder
    from styleplug.vgg.tensors import as_batch

    with memory_errors():
        model = pick_backbone(request.backbone)
        encoder = Encoder(model, pooling=request.pooling, device=request.device)
        return encoder.features(as_batch(request.image), request.layers)
