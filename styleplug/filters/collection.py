"""Every filter of styleplug's own: the network's styles, the user's, and models of others."""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from styleplug.errors import ConfigError, FilterError, ModelError
from styleplug.filters import external
from styleplug.filters.store import (
    SPEC_SUFFIX,
    changing,
    has_file,
    is_users,
    remove_files,
    remove_models,
    user_file,
    user_files,
)
from styleplug.filters.style import SUFFIX, FilterStyle, mix, read_style, write_style
from styleplug.filters.weights import MODEL as NETWORK
from styleplug.filters.weights import FilterWeights, load_weights
from styleplug.hookspecs import Filter, FilterRequest, FilterResult
from styleplug.names import check_name
from styleplug.runtime.models import Model, find_model

if TYPE_CHECKING:
    from styleplug.filters.filter_function import FilterFunction

_log = logging.getLogger("styleplug")


def list_filters() -> tuple[Filter, ...]:
    """All filters, by name; the user's own hides a bundled one of the same name.

    What is damaged is named in a warning and left out.
    """
    filters = {filter.name: filter for filter in (*_bundled(), *_users())}
    return tuple(filters[name] for name in sorted(filters))


def apply_filter(request: FilterRequest) -> FilterResult | None:
    """What a filter of ours makes of a picture; None where none has this name.

    Errors as of `find_filter` and of the filter.
    """
    from styleplug.filters.filter_function import FilterInput

    apply = find_filter(request.filter)
    if apply is None:
        return None
    return apply(
        FilterInput(
            request.image,
            request.alpha,
            request.config.stroke_scale,
            on_progress=request.notify,
            cancel=request.cancel,
        )
    )


def find_filter(text: str) -> FilterFunction | None:
    """The filter of a name, or of a blend of styles such as "starry-night:0.6,the-wave:0.4".

    Weights count relative to each other, and 1 where none is given. None where no filter of ours
    has this name.

    Raises:
        ConfigError: a blend has weights that are none, or what is no style of the network.
        FilterError: a file is damaged, or a style was learned on another network.
        ModelError: the network can't be read.
    """
    if has_file(text, SPEC_SUFFIX):
        return external.read_model(text).filtered
    style = _style_or_blend(text)
    if style is None:
        return None

    from styleplug.filters.apply import filtered

    return functools.partial(filtered, style=style, weights=_network())


def find_style(text: str) -> FilterStyle:
    """The style of a name, or the blend of several, as `find_filter` has it.

    Raises:
        ConfigError: there is none of this name; or as in `find_filter`.
        FilterError, ModelError: as in `find_filter`.
    """
    style = _style_or_blend(text)
    if style is None:
        raise ConfigError("name", text, f"a style, or a blend of several ({_style_names()})")
    return style


def check_new(name: str, *, overwrite: bool) -> None:
    """Make sure that the user may add a filter of this name.

    Raises:
        ConfigError: the name won't do, or is taken; only the user's own may be overwritten.
    """
    check_name(name)
    if is_users(name):
        if not overwrite:
            raise ConfigError("name", name, "a new name, unless --overwrite is given")
    elif name in {filter.name for filter in _bundled()}:
        raise ConfigError("name", name, "a new one; styleplug brings a filter of this name")


def add_style(style: FilterStyle) -> None:
    """Keep a style among the user's filters, in the place of one of its name.

    Raises:
        FilterError: it can't be kept.
    """
    with changing(style.name):
        write_style(style, user_file(style.name, SUFFIX))
        remove_files(style.name, SPEC_SUFFIX)
        remove_models(style.name)


def import_style(path: Path, name: str | None = None, *, overwrite: bool = False) -> FilterStyle:
    """Keep a style that was exported or learned, by default under the name that it has.

    Raises:
        ConfigError: as in `check_new`.
        FilterError: the file holds no style, or one of another network; or it can't be kept.
    """
    style = read_style(path)
    if name is not None:
        check_name(name)
        style = replace(style, name=name)
    check_new(style.name, overwrite=overwrite)
    _network().check(style)
    add_style(style)
    return style


def add_external(
    path: Path, name: str, spec: external.ExternalFilterSpec, *, overwrite: bool = False
) -> None:
    """Keep a copy of an ONNX model of others as a filter.

    Raises:
        ConfigError: as in `check_new`.
        FilterError: the model is none that can be used; or it can't be kept.
    """
    check_new(name, overwrite=overwrite)
    external.add(path, name, spec)


def remove_filter(name: str) -> None:
    """Remove one of the user's filters, be it a damaged one.

    Raises:
        ConfigError: the user has none of this name.
        FilterError: it can't be removed.
    """
    if not is_users(name):
        own = ", ".join(file.stem for file in user_files(SUFFIX, SPEC_SUFFIX)) or "you have none"
        raise ConfigError("name", name, f"one of your own filters ({own})")
    with changing(name):
        # As long as there is one of the others, this can be done again.
        remove_models(name)
        remove_files(name, SUFFIX, SPEC_SUFFIX)


def _bundled() -> Iterator[Filter]:
    try:
        yield from (Filter(style.name, style.description) for style in _network().styles)
    except ModelError as error:
        _log.warning("%s", error)


def _users() -> Iterator[Filter]:
    for file in user_files(SUFFIX, SPEC_SUFFIX):
        read = read_style if file.suffix == SUFFIX else external.read_spec
        try:
            yield Filter(file.stem, read(file).description)
        except FilterError as error:
            remedy = f"or remove it with: styleplug filters remove {file.stem}"
            _log.warning("%s, %s", error, remedy)


def _network() -> FilterWeights:
    return _weights(find_model(NETWORK))


@functools.lru_cache(maxsize=1)
def _weights(model: Model) -> FilterWeights:
    """Read once in a process: hosts list filters and apply one after the other."""
    return load_weights(model)


def _style_or_blend(text: str) -> FilterStyle | None:
    if {",", ":"} & set(text):
        return mix([_part(part.strip(), text) for part in text.split(",")])
    return _style(text)


def _style(name: str) -> FilterStyle | None:
    if has_file(name, SUFFIX):
        style = replace(read_style(user_file(name, SUFFIX)), name=name)
        _network().check(style)
        return style
    return next((style for style in _network().styles if style.name == name), None)


def _part(part: str, blend: str) -> tuple[FilterStyle, float]:
    """One style of a blend, and its weight."""
    name, colon, weight = part.partition(":")
    try:
        share = float(weight) if colon else 1.0
    except ValueError:
        raise ConfigError(
            "filter", blend, "names with weights, such as starry-night:0.6,the-wave:0.4"
        ) from None
    style = _style(name)
    if style is None:
        allowed = f"a blend of styles, which {name!r} is none of ({_style_names()})"
        raise ConfigError("filter", blend, allowed)
    return style, share


def _style_names() -> str:
    names = {style.name for style in _network().styles}
    return ", ".join(sorted(names | {file.stem for file in user_files(SUFFIX)}))
