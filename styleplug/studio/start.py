"""Starting a service, as the commands do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from styleplug.errors import ConfigError
from styleplug.studio.access import Access
from styleplug.studio.app import application
from styleplug.studio.instance import Instance, leave_word
from styleplug.studio.limits import Limits
from styleplug.studio.security import LOOPBACK, Address
from styleplug.studio.server import Server
from styleplug.studio.service import Service


@dataclass(frozen=True)
class Start:
    """How to start a service.

    Args:
        folder: of this service alone.
        host: the address to listen at.
        port: likewise; 0 is any that is free.
        password: for people and programs on other machines.
        names: by which it is reached besides.
        photographs: to open.
        limits: of it.
        idle_seconds: after which it ends where nobody is connected and no job waits; None for
            never.
    """

    folder: Path
    host: str = "127.0.0.1"
    port: int = 0
    password: str | None = None
    names: Sequence[str] = ()
    photographs: Sequence[Path] = ()
    limits: Limits = field(default_factory=Limits)
    idle_seconds: float | None = None

    def __post_init__(self) -> None:
        if self.host in ("0.0.0.0", "::") and not self.names:
            raise ConfigError("host", self.host, "one address, or names be given with --allow-host")
        if not is_loopback(self.host) and self.password is None:
            raise ConfigError(
                "host",
                self.host,
                "an address of this machine alone, unless a password is given: with"
                " --password-file, or in STYLEPLUG_PASSWORD",
            )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def serve(start: Start, on_ready: Callable[[Instance], None]) -> None:
    """Serve until a signal ends it.

    Args:
        start: how.
        on_ready: told where the service is reached, once it is.

    Raises:
        StyleplugError: it can't begin.
    """
    access = Access(start.password)
    bracketed = f"[{start.host}]" if ":" in start.host else start.host
    hosts = tuple(dict.fromkeys((*LOOPBACK, bracketed.lower())))
    address = Address(0, hosts, tuple(name.lower() for name in start.names))
    service = Service(start.folder, start.limits, start.photographs)

    def on_listening(port: int) -> None:
        address.port = port
        instance = Instance(f"http://{bracketed}:{port}", access.token)
        leave_word(start.folder, instance)
        on_ready(instance)

    app = application(service, access, address)
    server = Server(
        app,
        start.host,
        start.port,
        start.limits,
        on_listening,
        start.idle_seconds,
        is_busy=lambda: service.store.count_waiting() > 0,
    )
    server.run_to_the_end()
