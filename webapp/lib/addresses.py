"""The address that a request comes from, as it is recorded and as it is counted."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from flask import request

UNKNOWN = "unknown"
HOME_PREFIX = 64
"""Bits of an IPv6 address that one connection to the Internet keeps; the rest its owner chooses freely."""


def remote_address() -> str:
    """The address of the caller; 'unknown' where a proxy passed on something that is none."""
    found = _parsed(request.remote_addr)
    return UNKNOWN if found is None else str(found)


def remote_network() -> str:
    """What requests are counted by: an IPv4 address, or the /64 of an IPv6 one."""
    found = _parsed(request.remote_addr)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, HOME_PREFIX), strict=False))
    return UNKNOWN if found is None else str(found)


def _parsed(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text or "")
    except ValueError:
        return None
    if isinstance(found, IPv4Address):
        return found
    # A scope can hold any text, and is of no use beyond the caller's own machine.
    return found.ipv4_mapped or IPv6Address(int(found))
