"""In which order a name's addresses are tried, and for how long: one of them, or a whole family, may lead nowhere."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address
from itertools import zip_longest

_MOST = 4


def in_turn(addresses: Iterable[IPv4Address | IPv6Address]) -> list[IPv4Address | IPv6Address]:
    """Choose the few to try: the families by turns, so that both are among them; IPv4 first, which is everywhere."""
    every = list(addresses)
    of_four = [address for address in every if isinstance(address, IPv4Address)]
    of_six = [address for address in every if isinstance(address, IPv6Address)]
    by_turns = [address for pair in zip_longest(of_four, of_six) for address in pair if address is not None]
    return by_turns[:_MOST]


def share(seconds_left: float, others: int) -> float:
    """Say how long one may take to be connected to: half of what is left, or all of it if there are no others."""
    return seconds_left / 2 if others else seconds_left
