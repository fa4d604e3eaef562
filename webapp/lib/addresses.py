"""The IP address of a request, for records and for rate limits."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from flask import request

UNKNOWN = "unknown"
HOME_PREFIX = 64
"""Bits of an IPv6 address that identify an Internet connection; its owner chooses the rest freely."""


def remote_address() -> str:
    """Returns the caller's IP address; 'unknown' if a proxy sent an invalid one."""
    found = _parsed(request.remote_addr)
    return UNKNOWN if found is None else str(found)


def remote_network() -> str:
    """Returns the key of rate limits: an IPv4 address, or the /64 of an IPv6 one."""
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
    # A scope can contain any text, and has no meaning outside the caller's machine.
    return found.ipv4_mapped or IPv6Address(int(found))
