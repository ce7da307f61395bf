"""The contract with host programs and plug-ins: what hosts call and plug-ins answer.

Hosts reach it through `styleplug.plugin_manager().hook`; requests and results are complete frozen
dataclasses.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pluggy

from styleplug.config import StylizeConfig
from styleplug.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    from styleplug.events import Event

hookspec = pluggy.HookspecMarker("styleplug")
hookimpl = pluggy.HookimplMarker("styleplug")


@dataclass(frozen=True)
class StylizeRequest:
    """A photograph to paint in the manner of one or more paintings.

    Pictures are (H, W, 3) float32 arrays, sRGB in [0, 1]; several paintings are mixed in equal
    parts. Alphas are (H, W) float32 in [0, 1], None for an opaque picture: what is transparent has
    no influence. `style_alphas` has one for each painting, or is empty. `initial_image` is the
    picture to start from where the config's `init` names a file. `on_event` is called with each
    event, in the thread that runs the job. Setting `cancel`, from any thread, ends the job within
    one evaluation; its result is then the picture so far.

    Raises:
        ConfigError: there are alphas for more or fewer paintings than there are.
    """

    content_image: NDArray[np.float32]
    style_images: tuple[NDArray[np.float32], ...]
    config: StylizeConfig = field(default_factory=StylizeConfig)
    initial_image: NDArray[np.float32] | None = None
    on_event: Callable[[Event], None] | None = None
    cancel: threading.Event = field(default_factory=threading.Event)
    content_alpha: NDArray[np.float32] | None = None
    style_alphas: tuple[NDArray[np.float32] | None, ...] = ()

    def __post_init__(self) -> None:
        count = len(self.style_images)
        if not self.style_alphas:
            object.__setattr__(self, "style_alphas", (None,) * count)
        if len(self.style_alphas) != count:
            given = f"{len(self.style_alphas)} arrays or None"
            raise ConfigError("style_alphas", given, f"{count}, one for each painting")


@dataclass(frozen=True)
class StylizeResult:
    """A painted picture: (H, W, 3) float32, sRGB in [0, 1], of the size that the config asks for.

    `alpha` is the photograph's, (H, W) float32 in [0, 1], or None where that is opaque.
    `stopped` is "finished", "time-limit", "cancelled" or "diverged"; the errors are those at the
    last scale that was reached; `cost` is the work done in passes over the picture at full size.
    """

    image: NDArray[np.float32]
    stopped: str
    backbone: str
    content_error: float
    style_error: float
    cost: float
    seconds: float
    alpha: NDArray[np.float32] | None = None

    def to_pil(self) -> Image.Image:
        """The picture as a PIL image, RGB or RGBA, 8 bits a channel."""
        from styleplug.image.picture import Picture

        return Picture(self.image, self.alpha).to_pil()

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the picture to a .jpg, .png, .tif or .webp file, whole or not at all.

        Raises:
            UnwritableImageError: the place won't do, or there is a file already.
        """
        from styleplug.image.picture import Picture
        from styleplug.image.write import write_picture

        write_picture(Picture(self.image, self.alpha), path, overwrite=overwrite)


@dataclass(frozen=True)
class FeaturesRequest:
    """A picture, (H, W, 3) float32, sRGB in [0, 1], and the layers to give features of."""

    image: NDArray[np.float32]
    layers: tuple[str, ...]
    backbone: str = "auto"
    pooling: str = "max"
    device: str = "auto"


@hookspec(firstresult=True)
def styleplug_stylize(request: StylizeRequest) -> StylizeResult | None:
    """Paint a picture. The first result counts; None passes the request on to the next plug-in.

    Raises:
        StyleplugError: the request can't be carried out.
    """


@hookspec(firstresult=True)
def styleplug_extract_features(
    request: FeaturesRequest,
) -> Mapping[str, NDArray[np.float32]] | None:
    """Features by layer, (1, C, H, W) float32. The first result counts; None passes it on.

    Raises:
        LayerNotFoundError: the network has no such layer.
    """
