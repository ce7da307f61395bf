"""Putting a network that `styleplug train` made in the place of the one that styleplug brings."""

from __future__ import annotations

import hashlib
from pathlib import Path

from styleplug.errors import ModelError
from styleplug.filters.weights import MODEL, load_weights
from styleplug.runtime.files import read_whole
from styleplug.runtime.models import Model, install_model

LARGEST = 200_000_000
"""Bytes of a network; ours has 3 million."""


def install_filters(source: Path) -> Model:
    """Copy a filter network into the user's folder of models, from where it is used from now on.

    Raises:
        ModelError: the file can't be read, is no filter network of styleplug's, or the folder
            can't be written to.
    """
    try:
        data = read_whole(source, LARGEST)
    except OSError as error:
        raise ModelError(MODEL, f"{source} can't be read ({error.strerror})") from error
    terms = {"licence": "your own", "attribution": "", "source": str(source.absolute())}
    load_weights(Model(MODEL, source, hashlib.sha256(data).hexdigest(), len(data), **terms))
    return install_model(MODEL, data, **terms)
