"""What styleplug itself contributes, as a plug-in like any other."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from styleplug.errors import StyleplugError
from styleplug.events import Failed, Finished
from styleplug.hookspecs import FeaturesRequest, StylizeRequest, StylizeResult, hookimpl

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from styleplug.runtime.models import Model
    from styleplug.transfer.pyramid import Transfer

log = logging.getLogger("styleplug")


@hookimpl
def styleplug_stylize(request: StylizeRequest) -> StylizeResult:
    """The optimisation over the pixels (`styleplug.transfer`)."""
    notify = request.on_event or (lambda event: None)
    try:
        for event in _transfer(request).run():
            notify(event)
    except StyleplugError as error:
        notify(Failed(error.code, str(error)))
        raise
    assert isinstance(event, Finished), "a transfer ends with its result"
    return event.result


@hookimpl
def styleplug_extract_features(request: FeaturesRequest) -> Mapping[str, NDArray[np.float32]]:
    """The ONNX encoder's features (`styleplug.vgg.encoder`)."""
    from styleplug.vgg.encoder import Encoder
    from styleplug.vgg.tensors import as_batch

    model, _ = _backbone(request.backbone)
    encoder = Encoder(model, pooling=request.pooling, device=request.device)
    return encoder.features(as_batch(request.image), request.layers)


def _transfer(request: StylizeRequest) -> Transfer:
    from styleplug.transfer.pyramid import Transfer
    from styleplug.vgg.encoder import Encoder
    from styleplug.vgg.mirror import Mirror

    config = request.config
    model, notes = _backbone(config.backbone)
    encoder = Encoder(model, pooling=config.pooling, device=config.device)
    mirror = Mirror(model, pooling=config.pooling, device=config.device, precision=config.precision)
    return Transfer(request, encoder, mirror, notes)


def _backbone(name: str) -> tuple[Model, tuple[str, ...]]:
    """The model of a network, and a line that says so where the choice was ours."""
    from styleplug.runtime.models import pick_backbone

    model = pick_backbone(name)
    fell_back = name == "auto" and model.name != "vgg19"
    return model, ("vgg19 is not installed; using the bundled vgg16",) if fell_back else ()
