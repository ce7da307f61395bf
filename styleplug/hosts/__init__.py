"""Host programs: which there are on this machine, and putting styleplug's adapters into them."""

from styleplug.hosts.catalogue import ADAPTERS, Host, find_hosts, install_host, uninstall_host

__all__ = ["ADAPTERS", "Host", "find_hosts", "install_host", "uninstall_host"]
