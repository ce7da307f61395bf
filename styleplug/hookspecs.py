"""The contract with host programs and plug-ins: what hosts call and plug-ins answer.

Hosts reach it through `styleplug.plugin_manager().hook`; requests and results are complete frozen
dataclasses. `HOOKS.md` beside this file is the guide, for both sides, and holds the promise of what
stays as it is.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy

from styleplug.config import FilterConfig, StylizeConfig
from styleplug.errors import ConfigError, UnsupportedImageError
from styleplug.image.formats import Format
from styleplug.painting import DEPTH, WEIGHT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    from styleplug.events import Event
    from styleplug.image.picture import Picture

hookspec = pluggy.HookspecMarker("styleplug")
hookimpl = pluggy.HookimplMarker("styleplug")

current_observer: ContextVar[Callable[[Event], None] | None] = ContextVar(
    "styleplug_current_observer", default=None
)
"""Who else is told of the events of the job that runs in this thread: `styleplug.observers`."""

STOPPED = ("finished", "time-limit", "cancelled", "diverged")
"""How a transfer that has a picture has ended."""
_BLAMELESS = "styleplug_blameless"


def set_blameless(error: BaseException) -> None:
    """Note that an error which comes through a plug-in isn't that plug-in's."""
    vars(error)[_BLAMELESS] = True


def is_blameless(error: BaseException) -> bool:
    """Whether `set_blameless` was called for an error."""
    return _BLAMELESS in vars(error)


@dataclass(frozen=True, kw_only=True)
class JobRequest:
    """What every job has: `on_event` is called with each event, in the thread that runs the job.

    Setting `cancel`, from any thread, ends the job within one evaluation; its result is then the
    picture so far.
    """

    on_event: Callable[[Event], None] | None = None
    cancel: threading.Event = field(default_factory=threading.Event)

    def notify(self, event: Event) -> None:
        """Tell whoever waits and the observers of an event; for the plug-in that does the job."""
        for listener in (self.on_event, current_observer.get()):
            if listener is not None:
                try:
                    listener(event)
                except BaseException as error:
                    set_blameless(error)
                    raise


@dataclass(frozen=True)
class Checkpoint:
    """A file that a transfer keeps its state in, so that it can go on after whatever ended it.

    The file stays; whoever has saved the picture removes it. To go on, ask for the same again, with
    `resume`; on the same machine the picture is then, to the last bit, that of an unbroken run.

    Args:
        path: of the file.
        every: seconds between one writing and the next; a job that is ended by its time limit or by
            `cancel` writes once more.
        resume: go on from the state in the file; otherwise the file must be a new one.
        note: what to keep in the file beside the state, as JSON can have it.
    """

    path: str | os.PathLike[str]
    every: float = 60.0
    resume: bool = False
    note: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Mask:
    """Where something acts, and how strongly: (h, w) float32 in [0, 1], 1 for fully.

    It may be of another size than the picture that it is for. `name` is what messages call it.

    Raises:
        UnsupportedImageError: another shape or dtype, or values outside of [0, 1].
    """

    values: NDArray[np.float32]
    name: str

    def at(self, size: tuple[int, int]) -> NDArray[np.float32]:
        """Its values, scaled to a size, (H, W), where they have another."""
        from styleplug.image.resize import resized

        return self.values if self.values.shape == size else resized(self.values, *size)

    def scaling_note(self, size: tuple[int, int]) -> str:
        """A line for people on its being scaled to another size, (H, W)."""
        before, after = (f"{width}×{height}" for height, width in (self.values.shape, size))
        return f"{self.name} is scaled from {before} pixels to the photograph's {after}"

    def __post_init__(self) -> None:
        values = self.values
        if values.ndim != 2 or 0 in values.shape or values.dtype != "float32":
            found = f"is {values.shape} {values.dtype}, but must be (H, W) float32"
            raise UnsupportedImageError(self.name, found)
        if not (values.min() >= 0 and values.max() <= 1):
            raise UnsupportedImageError(self.name, "has values outside of [0, 1]")


@dataclass(frozen=True)
class StyleRole:
    """What a painting is for.

    `weight`, 0 or more, is how much it counts among the paintings of its region. `depth` is which
    of the network's layers it is for: "fine", the brush and the canvas; "coarse", shapes; or "all".
    `region` is the part of the photograph to paint in its manner; None for what is left by the
    regions of other paintings, which is all of it where there are none.
    """

    weight: float = 1.0
    depth: str = "all"
    region: Mask | None = None

    def __post_init__(self) -> None:
        WEIGHT.checked(self.weight)
        DEPTH.checked(self.depth)


@dataclass(frozen=True, eq=False)
class PreviousFrame:
    """In a video, what the frame before has become, which this one is to go on from.

    `image`, (H, W, 3) float32, sRGB in [0, 1], of the size of this frame, is that result with all
    that it shows moved to where it is in this frame. `weight`, (H, W) float32 from 0 up to less
    than 1, is how firmly each pixel is held to it: about the share that it has in the new result,
    and 0 where nothing is known of it.

    Raises:
        UnsupportedImageError: another shape or dtype, or weights outside of their range.
    """

    image: NDArray[np.float32]
    weight: NDArray[np.float32]

    def __post_init__(self) -> None:
        for name, array in (("image", self.image), ("weight", self.weight)):
            if array.shape[:2] != self.image.shape[:2] or array.dtype != "float32":
                found = f"the previous frame's {name} is {array.shape} {array.dtype}"
                raise UnsupportedImageError(None, f"{found}, but must be float32 of one size")
        if not (self.weight.min() >= 0 and self.weight.max() < 1):
            raise UnsupportedImageError(None, "the previous frame's weight isn't within [0, 1)")

    def hold(self, image: NDArray[np.float32]) -> None:
        """Blend a result of this frame, (H, W, 3), with the previous one, in place."""
        image += self.weight[..., None] * (self.image - image)


@dataclass(frozen=True)
class StylizeRequest(JobRequest):
    """A photograph to paint in the manner of one or more paintings.

    Pictures are (H, W, 3) float32 arrays, sRGB in [0, 1]. Alphas are (H, W) float32 in [0, 1], None
    for an opaque picture: what is transparent has no influence. `style_alphas` has one for each
    painting, or is empty. So has `style_roles`; by default paintings are mixed in equal parts.
    `mask` is where, and how strongly, to paint at all; elsewhere the result is the photograph, and
    so it is where all paintings have regions, in none of them. `initial_image` is the picture to
    start from where the config's `init` names a file, and `palette_image` the one whose colours to
    take where its `palette` does. `checkpoint` is where to keep the state of the work, and to go on
    from. `previous` is that of a frame of a video which isn't its first: the work then begins with
    it, at the working size alone, and is held to it. `weaker` are strengths below the config's at
    which to paint the picture, too, each below the one before.

    Raises:
        ConfigError: there are alphas or roles for more or fewer paintings than there are.
    """

    content_image: NDArray[np.float32]
    style_images: tuple[NDArray[np.float32], ...]
    config: StylizeConfig = field(default_factory=StylizeConfig)
    initial_image: NDArray[np.float32] | None = None
    content_alpha: NDArray[np.float32] | None = None
    style_alphas: tuple[NDArray[np.float32] | None, ...] = ()
    checkpoint: Checkpoint | None = None
    style_roles: tuple[StyleRole, ...] = ()
    mask: Mask | None = None
    palette_image: NDArray[np.float32] | None = None
    previous: PreviousFrame | None = None
    weaker: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        count = len(self.style_images)
        for name, default, what in (
            ("style_alphas", None, "arrays or None"),
            ("style_roles", StyleRole(), "roles"),
        ):
            given = getattr(self, name) or (default,) * count
            object.__setattr__(self, name, given)
            if len(given) != count:
                allowed = f"{count}, one for each painting"
                raise ConfigError(name, f"{len(given)} {what}", allowed)


@dataclass(frozen=True)
class FilterRequest(JobRequest):
    """A picture, (H, W, 3) float32, sRGB in [0, 1], to send through the filter of this name.

    `alpha`, (H, W) float32 in [0, 1], is passed on to the result; None for an opaque picture.
    `mask` is where, and how strongly, to filter, besides the config's strength; None for
    everywhere.
    `palette_image` is the picture whose colours to take where the config's `palette` names a file.
    `previous` is that of a frame of a video which isn't its first; styleplug blends the result with
    it.
    """

    image: NDArray[np.float32]
    filter: str
    config: FilterConfig = field(default_factory=FilterConfig)
    alpha: NDArray[np.float32] | None = None
    mask: Mask | None = None
    palette_image: NDArray[np.float32] | None = None
    previous: PreviousFrame | None = None


@dataclass(frozen=True)
class Job:
    """A piece of work as observers see it; each has an identity of its own."""

    request: StylizeRequest | FilterRequest


@dataclass(frozen=True)
class JobResult:
    """What every job ends with: a picture, (H, W, 3) float32, sRGB in [0, 1].

    `alpha` is that of the picture it was made from, (H, W) float32 in [0, 1]; None if opaque.
    `device` is what it was computed on, for people: "CPU", or a GPU's name or kind; "" where nobody
    says.
    """

    image: NDArray[np.float32]
    alpha: NDArray[np.float32] | None = field(default=None, kw_only=True)
    device: str = field(default="", kw_only=True)

    def to_pil(self) -> Image.Image:
        """The picture as a PIL image, RGB or RGBA, 8 bits a channel."""
        from styleplug.image.picture import Picture

        return Picture(self.image, self.alpha).to_pil()

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the picture in the format that the name ends in, whole or not at all.

        The file is in sRGB, with 8 bits a channel and without metadata.

        Raises:
            UnwritableImageError: the place won't do, or there is a file already.
        """
        import styleplug
        from styleplug.image.picture import Picture

        styleplug.write_image(Picture(self.image, self.alpha), path, overwrite=overwrite)


@dataclass(frozen=True)
class FilterResult(JobResult):
    """A picture as large as the one that was filtered."""


@dataclass(frozen=True)
class StylizeResult(JobResult):
    """A painted picture, of the size that the config asks for.

    `stopped` is "finished", "time-limit", "cancelled" or "diverged"; the errors are those at the
    last scale that was reached; `cost` is the work done in passes over the picture at full size;
    `engine` is what computed the gradients, "" where nobody says. `weaker` are the results of the
    request's weaker strengths, by strength, as far as they were reached.
    """

    stopped: str
    backbone: str
    content_error: float
    style_error: float
    cost: float
    seconds: float
    engine: str = ""
    weaker: Mapping[float, StylizeResult] = field(default_factory=dict, kw_only=True)


@dataclass(frozen=True)
class Filter:
    """A filter that a plug-in offers.

    `name` is lower-case words joined by hyphens, `description` a line for people; `source` is the
    plug-in, filled in by styleplug.
    """

    name: str
    description: str
    source: str = ""


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


@hookspec
def styleplug_register_filters() -> Iterable[Filter]:
    """The filters that this plug-in offers; asked for each time that filters are listed."""
    return ()


@hookspec(firstresult=True)
def styleplug_apply_filter(request: FilterRequest) -> FilterResult | None:
    """Send a picture through a filter; the result's is shaped as the request's, and float32.

    The first result counts; None, for a filter of another plug-in, passes the request on. What the
    config says of every filter, such as its strength, is done to the result by styleplug.

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


@hookspec
def styleplug_register_formats() -> Iterable[Format]:
    """The formats of pictures that this plug-in reads or writes; asked for as filters are.

    A folder's files are taken for pictures, and places for results are allowed, by the extensions
    that are offered.
    """
    return ()


@hookspec(firstresult=True)
def styleplug_read_image(path: Path) -> Picture | None:
    """The picture in a file. The first result counts; None passes the file on.

    Raises:
        ImageError: the file can't be read.
    """


@hookspec(firstresult=True)
def styleplug_write_image(image: Picture, path: Path, overwrite: bool) -> bool | None:
    """Write a picture, whole or not at all, and answer True; None passes it on.

    Raises:
        UnwritableImageError: the place won't do, or there is a file that may not be replaced.
    """


@hookspec
def styleplug_before_job(job: Job) -> None:
    """A job begins. What an observer raises is logged, and the job goes on."""


@hookspec
def styleplug_progress(job: Job, event: Event) -> None:
    """A job says something (`styleplug.events`), in the thread that runs it."""


@hookspec
def styleplug_after_job(
    job: Job, result: StylizeResult | FilterResult | None, error: BaseException | None
) -> None:
    """A job has ended: with a result, or with an error."""
