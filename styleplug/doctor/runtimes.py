"""ONNX Runtime: whether it is there once, and which of its execution providers start."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.metadata import packages_distributions, version
from pathlib import Path

from styleplug.doctor.finding import Finding
from styleplug.errors import MissingDependencyError
from styleplug.runtime.files import home_folder
from styleplug.runtime.providers import CPU, PROVIDERS, Provider, import_onnxruntime, providers_for
from styleplug.runtime.session import problem_with, working_provider


def check() -> Iterator[Finding]:
    """The packages that bring it, its version, and what runs on it."""
    packages = sorted(set(packages_distributions().get("onnxruntime", ())))
    if len(packages) > 1:
        yield Finding(
            "note",
            f"{' and '.join(packages)} are installed at once, and overwrite each other's files",
            f"pip uninstall {' '.join(packages)}, then pip install 'styleplug[cpu]' or "
            "'styleplug[gpu]', never both",
        )
    try:
        runtime = import_onnxruntime()
    except MissingDependencyError as error:
        yield Finding("fault", str(error))
        return
    installed = [f"{package} {version(package)}" for package in packages]
    yield Finding("ok", ", ".join(installed) or f"onnxruntime {runtime.__version__}")
    yield _telemetry()
    yield from map(_started, _listed(set(runtime.get_available_providers())))
    chosen = working_provider("auto").name
    yield Finding("ok", f"--device auto runs on {chosen}")


def _telemetry() -> Finding:
    """That it is off here; and whether it was on, here or in another program."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or home_folder() / ".cache")
    gathered = cache / "Microsoft/DeveloperTools/.onnxruntime"
    if not gathered.exists():
        return Finding("ok", "nothing is sent to its maker (ORT_DISABLE_TELEMETRY=1)")
    return Finding(
        "note",
        "nothing is sent to its maker (ORT_DISABLE_TELEMETRY=1), but another program or an earlier "
        f"styleplug has: {gathered} holds this machine's identifier",
        "remove that folder; a program that loads ONNX Runtime before styleplug must be started "
        "with ORT_DISABLE_TELEMETRY=1",
    )


def _listed(available: set[str]) -> list[tuple[str, Provider]]:
    """Each provider that is listed and that a device stands for, with the first such device."""
    devices: dict[str, str] = {}
    for device, name in PROVIDERS.items():
        if name in available:
            devices.setdefault(name, device)
    return [(device, providers_for(device)[0]) for device in devices.values()]


def _started(listed: tuple[str, Provider]) -> Finding:
    device, provider = listed
    problem = problem_with(provider)
    if problem is None:
        return Finding("ok", f"{provider.name} starts (--device {device})")
    text = f"{provider.name} is listed, but doesn't start: {problem}"
    if provider.name == CPU:
        return Finding("fault", text, "pip install --force-reinstall 'styleplug[cpu]'")
    return Finding(
        "note",
        text,
        "where its hardware is there, install the driver and the libraries that it needs; "
        "where it isn't, there is nothing to do",
    )
