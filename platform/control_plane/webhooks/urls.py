"""Which addresses a webhook may have; where one leads is checked again with every connection."""

from collections.abc import Sequence

import httpx

from control_plane.core import http
from control_plane.core.http import Network

_PORTS_END = 65536
_OTHERS_PORTS = frozenset({21, 22, 23, 25, 53, 110, 143, 389, 445, 465, 587, 636, 993, 995, 4190})
"""Of protocols that a webhook should not be made to talk to others' servers by: mail, shells, directories."""


async def problem_of(text: str, allowed: Sequence[Network]) -> str | None:
    """Say what is wrong with an address, if anything is."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        return "This is not a URL."
    return _problem_of_form(url, text) or await _problem_of_place(url, allowed)


def _problem_of_form(url: httpx.URL, text: str) -> str | None:
    if not url.host or not text.isascii() or not text.isprintable() or url.scheme not in ("https", "http"):
        return "Give an address such as https://example.com/hooks."
    if url.port is not None and not 0 < url.port < _PORTS_END:
        return "A port is a number from 1 to 65535."
    if url.port in _OTHERS_PORTS:
        return "This port belongs to another protocol: use 443, or one from 1024 on."
    if url.userinfo:
        return "Leave user name and password out: what we send is proven by its signature."
    return None


async def _problem_of_place(url: httpx.URL, allowed: Sequence[Network]) -> str | None:
    try:
        await http.checked_address(url, allowed)
    except http.ForbiddenAddress:
        return "Use an https:// address on the public internet."
    except http.Unresolved:
        return f"The host {url.host} cannot be looked up just now: try again in a moment."
    except httpx.ConnectError:
        return f"The host {url.host} has no address: check its spelling."
    return None
